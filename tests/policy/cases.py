"""Rows for every control of the shipped packs: where it is met, where it is not, and where it cannot be told.

Each row is put into an estate with the rows of the other controls and has a name of its own, by which a control is
judged over it alone. `NEEDS` stands for a control whose rows always tell: there it is the missing evidence that cannot.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from estate_rows import AS_OF

DAY = timedelta(days=1)
NEEDS = "needs"
"""It cannot be told where a kind of evidence it needs is missing, and only there."""

RSA = {"key_algorithm": "RSA", "key_curve": None}
UNKNOWN_KEY = {"key_algorithm": None, "key_bits": None, "key_curve": None}
PRIVATE = {"sct_count": 0}
MAYBE_PUBLIC = {"sct_count": None, "evidence": "parsed", "is_self_issued": None}
ISSUED_2021 = {"begins": datetime(2025, 12, 1)}
ISSUED_2027 = {"begins": datetime(2027, 6, 1)}
ISSUED_2029 = {"begins": datetime(2029, 6, 1)}


def served(**columns):
    """A certificate an endpoint presents."""
    return lambda rows, name: rows.served(name, **columns)


def known(**columns):
    """A certificate a CA records."""
    return lambda rows, name: rows.recorded(rows.certificate(name, **columns))


def lasting(days, issued):
    """A recorded certificate issued on a day for so many days; the last second counts."""
    return known(**issued, ends=issued["begins"] + days * DAY - timedelta(seconds=1))


def undated(*, put=known, **columns):
    """A certificate whose dates no export tells."""

    def make(rows, name):
        put(**columns)(rows, name)
        rows.tables["certificate"][-1].update(not_before=None, not_after=None)

    return make


def recorded_and_served(rows, name):
    rows.recorded(rows.served(name))


def owned(**columns):
    """A served certificate with an asset that says who answers for it."""

    def make(rows, name):
        rows.served(name)
        rows.asset(name, **columns)

    return make


def request(**columns):
    return lambda rows, name: rows.recorded(rows.certificate(name), **columns)


def request_elsewhere(**columns):
    """A request in a system that names no approver at all."""

    def make(rows, name):
        rows.recorded(rows.certificate(name), system="other", **columns)

    return make


def renewed(*, deployed, days=3, key=None, **columns):
    """A served certificate and its successor, in service at the same place or only logged."""

    def make(rows, name):
        shared = {"spki_sha256": f"shared {name}"} if key == "same" else {}
        rows.served(name, days=days, **shared, **columns)
        if key == "unknown":
            shared = {"spki_sha256": None}
        successor = rows.certificate(name, days=days + 80, **shared)
        if deployed:
            rows.seen(successor, name)
        else:
            rows.logged(successor)

    return make


def offering(protocols=(), suites=(), groups=(), *, source="nmap-xml", refused=()):
    """An endpoint, and what one scanner says it offers and refuses."""

    def make(rows, name):
        rows.served(name)
        if protocols or suites or groups:
            rows.add(
                "endpoint_tls",
                load=rows.load(source),
                locator="endpoint",
                host=name,
                port=443,
                protocols=list(protocols),
                refused=list(refused),
                cipher_suites=list(suites),
                groups=list(groups),
                observed_at=AS_OF - DAY,
                time_basis="record",
            )

    return make


NEW, OLD = ("TLSv1.2", "TLSv1.3"), ("TLSv1.0", "TLSv1.2")
GCM, CHACHA, PLAIN = (
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
)
ONE_LOOK = offering(("TLSv1.3",), ("TLS_AES_128_GCM_SHA256",), source="zgrab2-json")
"""A scanner that made one handshake: it saw one version and one suite, and not what else there is."""

FINE_KEY = served()
CASES = {
    "SP-INV-1": (recorded_and_served, served(), NEEDS),
    "SP-INV-8": (owned(business_unit="Retail"), served(), NEEDS),
    "SP-OWN-1": (owned(owner="ann"), served(), NEEDS),
    "SP-OWN-2": (owned(owner="ann"), owned(owner="a team nobody knows"), NEEDS),
    "SP-OWN-3": (owned(owner="ann"), owned(owner="gone"), owned(owner="a stranger")),
    "SP-CA-4": (served(), served(is_self_issued=True), served(**MAYBE_PUBLIC)),
    "SP-KEY-1": (FINE_KEY, served(**RSA, key_bits=1024), served(**RSA, key_bits=None)),
    "SP-SIG-1": (served(), served(signature_hash="sha1"), served(signature_hash=None)),
    "SP-NAM-2": (served(), served(subject_cn="elsewhere.example.net"), served(san_dns=[], evidence="parsed")),
    "SP-EKU-1": (
        served(),
        served(extended_key_usage=["serverAuth", "codeSigning"]),
        served(extended_key_usage=[], evidence="parsed"),
    ),
    "SP-EKU-2": (
        served(),
        served(extended_key_usage=["clientAuth"]),
        served(extended_key_usage=[], evidence="parsed"),
    ),
    "SP-REQ-1": (request(approver="ann"), request(requester="ann"), request_elsewhere(requester="ann")),
    "SP-REQ-2": (
        request(requester="ann@example.com", approver="bob@example.com"),
        request(requester="ann@example.com", approver="ann"),
        request(requester="ann@example.com", approver="Ann Somebody"),
    ),
    "SP-REN-1": (renewed(deployed=True), served(days=3), undated(put=served)),
    "SP-REN-4": (renewed(deployed=True), renewed(deployed=False), NEEDS),
    "SP-REN-5": (served(), served(days=-3), undated(put=served)),
    "SP-PKS-6": (
        renewed(deployed=True),
        renewed(deployed=True, key="same"),
        renewed(deployed=True, key="unknown"),
    ),
    "SP-CT-1": (
        known(),
        known(sct_count=0, issuer_o="DigiCert Inc"),
        known(sct_count=None, evidence="parsed", issuer_o="DigiCert Inc"),
    ),
    "SP-AGI-4": (served(), served(**UNKNOWN_KEY), NEEDS),
    "BR-VAL-398": (lasting(398, ISSUED_2021), lasting(399, ISSUED_2021), undated()),
    "BR-VAL-200": (
        known(begins=datetime(2026, 6, 1), ends=datetime(2026, 12, 17, 23, 59, 59)),
        known(begins=datetime(2026, 6, 1), ends=datetime(2026, 12, 18)),
        undated(),
    ),
    "BR-VAL-100": (lasting(100, ISSUED_2027), lasting(101, ISSUED_2027), undated()),
    "BR-VAL-47": (lasting(47, ISSUED_2029), lasting(48, ISSUED_2029), undated()),
    "BR-KEY-1": (known(), known(key_curve="secp256k1"), known(**UNKNOWN_KEY)),
    "BR-KEY-2": (known(**RSA, key_bits=2048), known(**RSA, key_bits=2050), known(**RSA, key_bits=None)),
    "BR-SIG-1": (known(), known(signature_hash="sha1"), known(signature_hash=None)),
    "BR-NAM-1": (known(), known(subject_cn="elsewhere.example.net"), known(**MAYBE_PUBLIC, subject_cn="other")),
    "BR-EKU-1": (
        known(),
        known(extended_key_usage=["serverAuth", "anyExtendedKeyUsage"]),
        known(extended_key_usage=[], evidence="parsed"),
    ),
    "BR-EKU-2": (
        known(**ISSUED_2027, days=250),
        known(**ISSUED_2027, days=250, extended_key_usage=["serverAuth", "clientAuth"]),
        known(**ISSUED_2027, days=250, extended_key_usage=[], evidence="parsed"),
    ),
    "BR-REV-1": (
        known(crl_urls=["http://crl.example/1"], ocsp_urls=[]),
        known(crl_urls=[], ocsp_urls=[]),
        known(evidence="parsed"),
    ),
    "TLS-1": (offering(NEW, (GCM,)), offering(OLD, (GCM,)), ONE_LOOK),
    "TLS-2": (offering(NEW), offering(("TLSv1.3",)), offering(("TLSv1.3",), source="zgrab2-json")),
    "TLS-3": (
        offering(NEW, source="testssl-json"),
        offering(("TLSv1.2",), source="testssl-json", refused=("TLSv1.3",)),
        offering(("TLSv1.2",), source="tlsx-json"),  # one handshake
    ),
    "TLS-4": (offering(NEW, (GCM,)), offering(NEW, ("TLS_RSA_WITH_RC4_128_SHA",)), ONE_LOOK),
    "TLS-5": (offering(NEW, (GCM,)), offering(NEW, (CHACHA,)), ONE_LOOK),
    "TLS-6": (offering(NEW, (GCM,)), offering(NEW, (GCM, PLAIN)), ONE_LOOK),
    "TLS-7": (served(**RSA, key_bits=2048), served(**RSA, key_bits=1024), served(**RSA, key_bits=None)),
    "PCI-4.2.1.1-A": (served(), undated(put=served), NEEDS),
    "PCI-4.2.1.1-B": (served(), served(**UNKNOWN_KEY), NEEDS),
    "PCI-4.2.1.1-C": (owned(owner="ann"), owned(owner="gone"), NEEDS),
    "PCI-4.2.1.1-D": (served(), served(is_self_issued=True), served(**MAYBE_PUBLIC)),
    "PCI-12.3.3-A": (offering(NEW, (GCM,)), ONE_LOOK, NEEDS),
    "PCI-12.3.3-B": (offering(NEW), offering(OLD), ONE_LOOK),
    "PCI-12.3.3-C": (served(), served(signature_hash="md5"), served(**UNKNOWN_KEY)),
    "PQC-1": (
        offering(NEW, groups=("X25519MLKEM768",), source="zgrab2-json"),
        offering(("TLSv1.2",), source="testssl-json", refused=("TLSv1.3",)),
        offering(NEW, groups=("x25519",), source="testssl-json"),
    ),
    "PQC-2": (served(), served(**UNKNOWN_KEY), NEEDS),
    "PQC-3": (
        served(ends=datetime(2031, 6, 1)),
        served(**RSA, key_bits=2048, ends=datetime(2031, 6, 1)),
        served(**RSA, key_bits=None, ends=datetime(2031, 6, 1)),
    ),
    "PQC-4": (served(), served(ends=datetime(2036, 6, 1)), served(**UNKNOWN_KEY)),
    "ORG-CA-1": (
        known(issuer_o="DigiCert Inc"),
        known(issuer_o="Sectigo Limited"),
        known(**MAYBE_PUBLIC, issuer_o="Somebody"),
    ),
    "ORG-CA-2": (
        known(**PRIVATE, issuer_o="Example Internal"),
        known(**PRIVATE, issuer_o="A team"),
        known(**MAYBE_PUBLIC, issuer_o="A team"),
    ),
    "ORG-KEY-1": (known(**RSA, key_bits=3072), known(**RSA, key_bits=2048), known(**RSA, key_bits=None)),
    "ORG-KEY-2": (known(), known(key_curve="secp224r1", key_bits=224), known(key_bits=None)),
    "ORG-VAL-1": (known(lifetime=80), known(lifetime=180), undated()),
    "ORG-VAL-2": (known(**PRIVATE, lifetime=180), known(**PRIVATE, lifetime=720), undated(**PRIVATE)),
    "ORG-NAM-1": (known(), known(san_dns=["www.example.org"]), known(evidence="parsed")),
    "ORG-NAM-2": (
        known(san_dns=["*.wild.example.com"]),
        known(san_dns=["*.example.net"]),
        known(san_dns=["a.example.net"], evidence="parsed"),
    ),
    "ORG-NAM-3": (
        known(),
        known(san_dns=[f"h{number}.example.com" for number in range(6)]),
        known(evidence="parsed"),
    ),
    "ORG-NAM-4": (known(), known(san_dns=["db.example-internal.net"]), known(evidence="parsed")),
    "ORG-OWN-1": (
        owned(owner="ann", environment="prod"),
        owned(owner="gone", environment="prod"),
        owned(owner="a stranger", environment="prod"),
    ),
}
"""Controls about rows: a row that keeps it, one that breaks it, and one of which it cannot be told."""

OF_THE_ESTATE = {
    "SP-INV-5": ([1], [40], []),
    "SP-MON-5": ([1, 31, 61], [1, 95], [1, 31]),
}
"""Controls about the estate: on which days before it was scanned."""

POLICY = {
    "approved_public_cas": ["DigiCert"],
    "approved_private_cas": ["Example Internal"],
    "min_rsa_bits": 3072,
    "min_ec_bits": 256,
    "max_days_public": 100,
    "max_days_private": 365,
    "own_domains": ["example.com"],
    "wildcard_domains": ["example.com"],
    "max_names": 5,
    "max_domains": 2,
    "internal_domains": ["example-internal.net"],
    "owner_required_environments": ["prod"],
}
"""What the organisation of these tests wants."""


def name_of(control, case):
    """The host of one case."""
    return f"{control.lower().replace('.', '-')}-{case}.example.com"


def everything(rows):
    """The estate's rows: every case of every control, and a directory."""
    rows.person("ann")
    rows.person("bob")
    rows.person("gone", active=False)
    for control, made in CASES.items():
        for case, make in zip(("met", "broken", "untold"), made, strict=True):
            if make != NEEDS:
                make(rows, name_of(control, case))
    return rows
