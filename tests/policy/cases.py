"""Cases for every control of the shipped packs: where it is met, where it is not, and where it cannot be told.

Each row is put into an estate with the rows of the other controls and has a name of its own, by which a control is
judged over it alone. `NEEDS` stands for a control whose rows always tell: there it is the missing evidence that cannot.
"""

from __future__ import annotations

from datetime import datetime

from case_rows import (
    CHACHA,
    DAY,
    GCM,
    ISSUED_2021,
    ISSUED_2027,
    ISSUED_2029,
    MAYBE_PUBLIC,
    NEEDS,
    NEW,
    OLD,
    ONE_LOOK,
    PLAIN,
    PRIVATE,
    RSA,
    UNKNOWN_KEY,
    chained,
    changed,
    described_in_full,
    known,
    lasting,
    left_behind,
    logged,
    managed,
    named_twice,
    offering,
    owned,
    recorded_and_served,
    renewed,
    request,
    request_elsewhere,
    revocation,
    served,
    set_up,
    shared_key,
    taken_over,
    undated,
    under,
    zoned,
)
from estate_rows import AS_OF

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
    "SP-INV-2": (described_in_full, served(), NEEDS),
    "SP-INV-7": (set_up(seen=True), set_up(looked_at=True), set_up()),
    "SP-OWN-2-B": (owned(owner="ann", team="platform"), owned(owner="ann"), owned(owner="a stranger")),
    "SP-OWN-2-C": (
        named_twice(owner_email="ann@example.com"),
        named_twice(owner_email="bob@example.com"),
        named_twice(owner_name="Ann Somebody"),
    ),
    "SP-CA-5": (zoned("digicert.com", "sectigo.com"), zoned("digicert.com"), zoned("digicert.com", at=())),
    "SP-CA-7-A": (chained(900, 3000), chained(-5, 3000), served()),
    "SP-CA-7-B": (chained(900, 3000), chained(20, 3000), served()),
    "SP-NAM-5": (logged(), logged("db.corp"), logged(evidence="parsed")),
    "SP-NAM-6": (
        served(),
        lambda rows, name: rows.served("elsewhere.example.net", name, sni=name),
        lambda rows, name: rows.served("unasked.example.net", name),
    ),
    "SP-REQ-3": (
        managed("certbot", '{"server": "acme.example", "account": "1"}'),
        managed("venafi-tpp", '{"ManagementType": "Provisioning"}', beside=True),
        managed("cert-manager"),
    ),
    "SP-REQ-4": (logged(recorded=True), logged(), logged(issuer_o="A CA nobody records")),
    "SP-REN-1-B": (
        taken_over(looked=((41, "old"), (40, "new"))),
        taken_over(looked=((9, "old"), (8, "new"))),
        taken_over(looked=()),
    ),
    "SP-AUT-1-A": (
        managed("certbot"),
        managed("venafi-tpp", '{"ManagementType": "Monitoring"}', requester="ann"),
        served(),
    ),
    "SP-AUT-1-B": (
        managed("caddy"),
        managed("venafi-tpp", '{"ManagementType": "Unassigned"}', requester="ann"),
        managed("certbot"),  # it is not said who installs what certbot renews
    ),
    "SP-PKS-5": (served(), shared_key(names=("other",)), shared_key(key=None)),
    "SP-ROT-1": (left_behind(renewed=True), left_behind(lifetime=400), left_behind(owner="gone")),
    "SP-REV-1": (
        revocation(compromised=True, status="revoked", put=known),
        revocation(compromised=True, status="good", put=known),
        revocation(compromised=True, put=known),
    ),
    "SP-REV-3": (revocation(status="good"), revocation(status="revoked"), served()),
    "SP-REV-5": (
        revocation(status="revoked", reason="superseded", put=known),
        revocation(status="revoked", put=known),
        request(state="revoked"),
    ),
    "SP-MON-2": (chained(900, 3000), chained(900, 3000, order=(1, 0)), served()),
    "SP-MON-3": (
        chained(900, 3000),
        under("Entrust Root Certification Authority - G2", "Entrust, Inc."),
        served(),
    ),
    "SP-MON-4": (
        changed(),
        changed(issuer_o="Sectigo Limited", beside=2),  # records hold most of what that CA issued
        changed(issuer_o="A CA nobody records"),
    ),
    "SP-CAA-1": (zoned("digicert.com"), zoned(), zoned(at=())),
    "SP-CAA-2": (zoned("digicert.com"), zoned("sectigo.com"), zoned(at=())),
    "BR-CAA-1": (zoned("digicert.com"), zoned("sectigo.com"), zoned("sectigo.com", at=(10,))),
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
    "ORG-CA-3": (served(), served(**PRIVATE), served(**MAYBE_PUBLIC)),
    "ORG-CAA-1": (zoned("digicert.com"), zoned("digicert.com", "sectigo.com"), zoned("digicert.com", "ca.example")),
    "ORG-PKS-1": (shared_key(hosts=("b",)), shared_key(hosts=("b", "c")), shared_key(key=None)),
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
    "SP-INV-9": (list(range(1, 400, 30)), [1, 95], [1, 31, 61]),
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
    "public_ca_domains": ["example.com"],
    "max_hosts_per_key": 2,
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
    rows.team("platform")
    rows.person("gone", active=False)
    rows.person("leaver", at=AS_OF - 200 * DAY)
    rows.person("leaver", active=False, at=AS_OF - 100 * DAY)
    for control, made in CASES.items():
        for case, make in zip(("met", "broken", "untold"), made, strict=True):
            if make != NEEDS:
                make(rows, name_of(control, case))
    return rows
