"""What must not change when something that does not matter does."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from estate_rows import AS_OF
from pandas.testing import assert_frame_equal

from certanalytics.analysis import ANALYSES, coverage, inventory, tls
from certanalytics.sql import questions

REACH = {"wildcard_reach", "widest_key"}
"""Figures that count endpoints."""

ENDPOINTS = ["endpoints", "critical_endpoints", "places"]
"""Columns that count endpoints."""

ABOUT_ENDPOINTS = (
    tls.offers,
    tls.served,
    coverage.sources,
    coverage.freshness,
    inventory.holdings,
    inventory.at_endpoints,
)
"""Analyses that count endpoints, and not certificates."""

HALVES = ("certificate < '8'", "certificate >= '8'")
"""Two scopes that divide the certificates as chance will."""

UNDIVIDED = {"top_share", "critical_top_share", "largest_load", "client_only"}
"""Figures of the largest of its kind, and one that no scope bounds."""

DAY = timedelta(days=1)


@pytest.fixture
def mixture(rows):
    """Sixty certificates of all kinds, with renewals, shared keys, logs, orders and owners."""
    rng = random.Random(1816)  # noqa: S311 - any mixture will do, always the same
    for person in range(5):
        rows.person(f"p{person}", active=person > 1)
    rows.asset("*.one.example.com", owner="p2", business_unit="One")
    rows.asset("*.example.com", business_unit="Group", criticality="critical")
    for number in range(60):
        name = f"h{number % 45}.{rng.choice(('one', 'two'))}.example.com"
        certificate = rows.certificate(
            [name, f"{number}.example.net"] if number % 9 == 0 else name,
            days=rng.randrange(-20, 200),
            lifetime=rng.choice((6, 47, 90, 398)),
            issuer_o=rng.choice(("Able", "Able", "Baker")),
            spki_sha256=f"key {number % 50}",
            key_curve=rng.choice(("secp256r1", "secp256k1")),
        )
        if number % 3:
            rows.seen(certificate, name, at=AS_OF - rng.choice((1, 1, 31, 60)) * DAY)
        if number % 4 == 0:
            rows.logged(certificate)
        if number % 7 == 0:
            rows.asset(name, owner=f"p{rng.randrange(5)}")
            rows.recorded(certificate, owner_email=f"p{rng.randrange(5)}@example.com")
    said_of = rows.served("*.two.example.com", "w.example.com")
    rows.add("stated_certificate", load=rows.load("digicert-orders-json"), identity=said_of, key_bits=2048)
    rows.logged(rows.certificate("shadow.example.org"))
    # An old key kept at a renewal, a weakly signed CA above it, purposes for clients and code, names of two owners.
    rows.logged(rows.certificate("old.one.example.com", days=-800, lifetime=400, spki_sha256="old"))
    kept = rows.certificate("old.one.example.com", days=50, lifetime=860, spki_sha256="old")
    authority = rows.certificate("Old CA", is_ca=True, san_dns=[], signature_hash="sha1")
    rows.seen([kept, authority], "old.one.example.com")
    rows.served("c.two.example.com", extended_key_usage=["serverAuth", "clientAuth", "codeSigning"])
    rows.served(["x.one.example.com", "y.example.org"], subject_cn="z")
    rows.asset("y.example.org", owner="p4")
    rows.logged(rows.certificate(["db.internal", "ns.examp1e.com"]))
    rows.seen(rows.certificate("ghost.example.com"), "h1.one.example.com", source="f5", kind="config")
    rows.served("unlogged.example.com", issuer_o="DigiCert Inc", sct_count=0, ip="192.0.2.7")
    zone = {"system": "zone-file", "zone": "example.com", "name": "example.com", "observed_at": AS_OF - 60 * DAY}
    for value in ('0 issue "letsencrypt.org"', '0 iodef "mailto:pki@example.com"'):
        rows.add("dns_record", load=rows.load("dns-zone"), locator="line", record_type="CAA", value=value, **zone)
    rows.asset("critical.example.com", criticality="critical", service="Critical")
    rows.logged(rows.served("critical.example.com", issuer_o="Able"))
    rows.logged(rows.certificate("client.example.org", extended_key_usage=["clientAuth"]))
    rows.seen(rows.certificate("ghost.example.org"), None, kind="config", source="f5-config", resource="/Common/vs")
    for days, at in ((-90, 100), (10, 50), (60, 1)):
        rows.seen(rows.certificate("again.example.org", days=days), "again.example.org", at=AS_OF - at * DAY)
    _endpoints(rows)
    return rows


def _endpoints(rows):
    """What endpoints offer and send, under a root that Chrome distrusts, some of it revoked."""
    root = rows.authority("GLOBALTRUST 2020", organisation="e-commerce monitoring GmbH")
    issuing = [rows.authority(f"Issuing {number}", under="GLOBALTRUST 2020", days=40 * number) for number in range(3)]
    for authority in (root, *issuing):
        rows.seen(authority, None, kind="file", path="ca.pem", port=None)
    for row in rows.tables["certificate"][-3:]:
        row.update(issuer_dn="CN=GLOBALTRUST 2020,O=e-commerce monitoring GmbH", issuer_o="e-commerce monitoring GmbH")
    for number in range(9):
        name = f"e{number}.three.example.com"
        leaf = rows.certificate(name, days=60, issuer_cn=f"Issuing {number % 3}")
        chain = [leaf, root, issuing[number % 3]][: 1 + number % 3]
        sni = f"e{number % 7}.three.example.com"
        rows.seen(chain, sni, sni=sni, source="zgrab2-json")
        suites = ["ECDHE-RSA-AES128-GCM-SHA256", "AES128-SHA", "TLS_AES_128_GCM_SHA256"][: 1 + number % 3]
        versions = ["TLSv1.2", "TLSv1.3", "TLSv1.0"][: 1 + number % 3]
        rows.offered(sni, *versions, suites=suites, groups=["x25519", "X25519MLKEM768"][: 1 + number % 2])
        if number % 2:
            rows.revoked(leaf, reason="superseded" if number % 4 == 1 else None)
        rows.probe(f"n{number}.three.example.com", outcome="timeout" if number % 2 else "handshake failed")
    rows.revocation_list("CN=Issuing 1,O=Example Trust")
    rows.revocation_list("CN=Issuing 2,O=Example Trust", at=AS_OF - 40 * DAY)


def _rounded(value):
    """A figure without what the order of a sum does to its last digits."""
    return value if value is None else round(value, 9)


def answers(estate, as_of=AS_OF):
    """Everything the analyses say."""
    found = {}
    for analysis in (*ANALYSES, *ABOUT_ENDPOINTS):
        result = analysis(estate, as_of=as_of)
        found[result.name] = (
            result.headline,
            {kpi.id: (_rounded(kpi.value), kpi.sentence) for kpi in result.kpis.values()},
        )
        for name, frame in {"frame": result.frame, **result.tables}.items():
            found[f"{result.name}.{name}"] = frame.to_json(date_format="iso")
    return found


def test_the_order_in_which_rows_came_changes_nothing(mixture):
    def shuffled(table):
        return random.Random(7).sample(table, len(table))  # noqa: S311 - any order will do

    expected = answers(mixture.estate())
    assert answers(mixture.estate(order=shuffled)) == expected
    assert answers(mixture.estate(order=lambda table: table[::-1])) == expected


def test_what_came_later_does_not_change_the_past(mixture):
    moment = AS_OF - 25 * DAY
    expected = answers(mixture.estate(), moment)
    later = mixture.certificate("h1.one.example.com", days=300)
    mixture.seen(later, "h1.one.example.com", at=moment + DAY)
    mixture.logged(later, at=moment + DAY)
    mixture.probe("h2.one.example.com", at=moment + DAY)
    mixture.recorded(later, at=moment + DAY, owner_email="p3@example.com")
    assert answers(mixture.estate(), moment) == expected


def test_twice_the_endpoints_are_the_same_certificates(mixture):
    about_certificates = [analysis for analysis in ANALYSES if analysis not in ABOUT_ENDPOINTS]
    estate = mixture.estate()
    once = [analysis(estate, as_of=AS_OF) for analysis in about_certificates]
    sightings = mixture.tables["sighting"]
    sightings += [{**row, "port": 8443} for row in sightings]
    estate = mixture.estate()
    twice = [analysis(estate, as_of=AS_OF) for analysis in about_certificates]
    for before, after in zip(once, twice, strict=True):
        assert before.headline == after.headline
        for name, kpi in before.kpis.items():
            assert after.kpis[name].value == pytest.approx(2 * kpi.value if name in REACH else kpi.value), name
        for name, frame in {"frame": before.frame, **before.tables}.items():
            same = after.frame if name == "frame" else after.tables[name]
            left, right = (table.drop(columns=ENDPOINTS, errors="ignore") for table in (same, frame))
            assert_frame_equal(left, right, rtol=1e-9, obj=name)  # sums of fractions depend on their order


def test_every_question_names_its_columns_alike_with_and_without_rows(mixture):
    estate = mixture.estate()
    for name, text in questions().items():
        more = {"horizon": 90} if "$horizon" in text else {}
        nothing = estate.ask(name, as_of=AS_OF, scope="false", **more)
        everything = estate.ask(name, as_of=AS_OF, **more)
        assert list(nothing.columns) == list(everything.columns)
        assert len(everything) > 0, name
        assert not [column for column in everything.columns if column.endswith("_1")], name  # of two by one name


def test_two_scopes_that_divide_the_certificates_divide_what_is_counted(mixture):
    """Whatever lies in the other scope (a second holder of a key, a successor, an issuer) still counts for this one."""
    estate = mixture.estate()
    compared = 0
    for analysis in {*ANALYSES, *ABOUT_ENDPOINTS}:
        whole, *parts = (analysis(estate, as_of=AS_OF, scope=scope) for scope in (None, *HALVES))
        for name, kpi in whole.kpis.items():
            told = [part.kpis[name].numerator for part in parts]
            if kpi.counts == "certificates" and None not in {kpi.numerator, *told} and name not in UNDIVIDED:
                assert sum(told) == pytest.approx(kpi.numerator), f"{whole.name}: {name}"
                compared += 1
    assert compared > 60
