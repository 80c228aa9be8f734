"""What the rows of controls are made of: each maker puts one case into an estate under a name of its own."""

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


def chained(*above, order=None, **columns):
    """A certificate presented with CA certificates above it: days until each of them ends, the root last."""

    def make(rows, name):
        names = [f"{name} CA {number}" for number in range(len(above))]
        leaf = rows.certificate(name, issuer_cn=names[0], **columns)
        cas = [
            rows.authority(called, under=under, days=days)
            for called, under, days in zip(names, [*names[1:], None], above, strict=True)
        ]
        rows.seen([leaf, *(cas[place] for place in order or range(len(cas)))], name)

    return make


def under(root, organisation, **columns):
    """A certificate presented with the root it is directly issued by."""

    def make(rows, name):
        leaf = rows.certificate(name, issuer_cn=root, issuer_o=organisation, **columns)
        rows.seen([leaf, rows.authority(root, organisation=organisation)], name)

    return make


def domain_of(name):
    """A registered domain for one case alone."""
    return name.replace(".example.com", ".example")


def zoned(*caa, at=(100, 10), **columns):
    """A certificate of DigiCert for a domain of its own, whose zone was loaded so many days ago with these records."""

    def make(rows, name):
        domain = domain_of(name)
        rows.served([domain, f"www.{domain}"], name, **{"issuer_o": "DigiCert Inc", **columns})
        for ago in at:
            for kind, value in (("A", "192.0.2.1"), *(("CAA", f'0 issue "{one}"') for one in caa)):
                row = {"locator": "line", "system": "zone-file", "zone": domain, "name": domain}
                row |= {"record_type": kind, "value": value, "observed_at": AS_OF - ago * DAY}
                rows.add("dns_record", load=rows.load("dns-zone"), **row)

    return make


def logged(*names, recorded=False, **columns):
    """A certificate a log holds, for more names perhaps; records of other certificates of its CA are younger."""

    def make(rows, name):
        certificate = rows.logged(rows.certificate([name, *names], **columns))
        if recorded:
            rows.recorded(certificate)

    return make


def managed(system, attributes="{}", *, beside=False, put=served, **columns):
    """A certificate, and what a manager or client says of how it is renewed; beside others it was asked for."""

    def make(rows, name):
        put()(rows, name)
        certificate = rows.tables["certificate"][-1]["identity"]
        rows.recorded(certificate, system=system, attributes=attributes, **columns)
        if beside:
            rows.recorded(rows.certificate(f"beside.{name}"), system=system, requester="ann", attributes=attributes)

    return make


def shared_key(*, hosts=(), names=(), key="shared"):
    """A certificate whose key is presented on other hosts, with the same certificate or in others for other names."""

    def make(rows, name):
        spki = f"{key} {name}" if key else None
        certificate = rows.served(name, spki_sha256=spki)
        for host in hosts:
            rows.seen(certificate, f"{host}.{name}")
        for other in names:
            rows.served(f"{other}.{name}", spki_sha256=spki)

    return make


def revocation(*, status=None, put=served, compromised=False, **said):
    """A certificate, and what is said of its revocation; its key may stand in another that was revoked for its loss."""

    def make(rows, name):
        key = {"spki_sha256": f"lost {name}"} if compromised else {}
        if compromised:
            lost = rows.recorded(rows.certificate(f"lost.{name}", **key))
            rows.revoked(lost, reason="keyCompromise")
        put(**key)(rows, name)
        if status:
            more = {"system": "ocsp", "revoked_at": None, "next_update": AS_OF + DAY} if status == "good" else {}
            rows.revoked(rows.tables["certificate"][-1]["identity"], status=status, **{**more, **said})

    return make


def changed(*, beside=0, **columns):
    """A certificate, and the one that took its place at the endpoint; beside it so many like that are recorded."""

    def make(rows, name):
        for number in range(beside):
            rows.recorded(rows.served(f"recorded{number}.example.com", **columns))
        rows.seen(rows.certificate(name, days=5), name, at=AS_OF - 40 * DAY)
        rows.seen(rows.certificate(name, days=70, **columns), name, at=AS_OF - 20 * DAY)

    return make


def taken_over(*, looked, ended=10):
    """A certificate that has ended, seen so many days ago, and its successor seen after that, or never."""

    def make(rows, name):
        rows.seen(rows.certificate(name, days=-ended), name, at=AS_OF - 90 * DAY)
        successor = rows.certificate(name, days=45)
        for ago, whose in looked:
            old = rows.tables["certificate"][-2]["identity"]
            rows.seen(successor if whose == "new" else old, name, at=AS_OF - ago * DAY)
        rows.logged(successor)

    return make


def left_behind(*, owner="leaver", renewed=False, **columns):
    """A certificate whose owner has left; it may be the renewal of another with another key."""

    def make(rows, name):
        if renewed:
            rows.logged(rows.certificate(name, days=-50, lifetime=250))
        rows.served(name, **columns)
        rows.asset(name, owner=owner)

    return make


def named_twice(**recorded):
    """A certificate whose owner a register names, and a manager's record, too."""

    def make(rows, name):
        rows.recorded(rows.served(name), **recorded)
        rows.asset(name, owner="ann")

    return make


def set_up(*, seen=False, looked_at=False):
    """A certificate a web server is set up to serve, which may be seen, or looked for in vain."""

    def make(rows, name):
        certificate = rows.certificate(name)
        rows.seen(certificate, name, kind="config", source="nginx-config", path="/etc/nginx/site.conf")
        if seen:
            rows.seen(certificate, name)
        if looked_at:
            rows.probe(name, outcome="closed")

    return make


def described_in_full(rows, name):
    """A served certificate of which every attribute of the guide is known that a table holds."""
    certificate = rows.served(name)
    rows.seen(certificate, name, kind="config", source="nginx-config", path="/etc/nginx/site.conf")
    rows.recorded(certificate, approver="ann", requester="bob")
    rows.asset(name, owner="ann", service="Shop", business_unit="Retail", environment="prod")
