"""What must not change when something that does not matter does."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis import changes, completeness, expiry, inventory, issuers, keys, ownership, renewal
from certanalytics.sql import questions

ANALYSES = (
    expiry.expiring,
    keys.strength,
    issuers.concentration,
    ownership.gaps,
    completeness.attributes,
    renewal.lead_times,
)
OF_ENDPOINTS = (inventory.holdings, changes.at_endpoints)
"""Analyses that count endpoints: twice as many of them are another answer."""

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
    rows.logged(rows.certificate("client.example.org", extended_key_usage=["clientAuth"]))
    rows.seen(rows.certificate("ghost.example.org"), None, kind="config", source="f5-config", resource="/Common/vs")
    for days, at in ((-90, 100), (10, 50), (60, 1)):
        rows.seen(rows.certificate("again.example.org", days=days), "again.example.org", at=AS_OF - at * DAY)
    return rows


def answers(estate, as_of=AS_OF):
    """Everything the analyses say."""
    found = {}
    for analysis in (*ANALYSES, *OF_ENDPOINTS):
        result = analysis(estate, as_of=as_of)
        found[result.name] = result.headline, {kpi.id: (kpi.value, kpi.sentence) for kpi in result.kpis.values()}
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
    once = [analysis(mixture.estate(), as_of=AS_OF) for analysis in ANALYSES]
    sightings = mixture.tables["sighting"]
    sightings += [{**row, "port": 8443} for row in sightings]
    twice = [analysis(mixture.estate(), as_of=AS_OF) for analysis in ANALYSES]
    for before, after in zip(once, twice, strict=True):
        assert before.headline == after.headline
        for name, kpi in before.kpis.items():
            assert after.kpis[name].value == (2 * kpi.value if name == "wildcard_reach" else kpi.value), name
        for name, frame in {"frame": before.frame, **before.tables}.items():
            same = after.frame if name == "frame" else after.tables[name]
            assert same.drop(columns="endpoints", errors="ignore").equals(
                frame.drop(columns="endpoints", errors="ignore")
            ), name


def test_every_question_names_its_columns_alike_with_and_without_rows(mixture):
    estate = mixture.estate()
    for name, text in questions().items():
        more = {"horizon": 90} if "$horizon" in text else {}
        nothing = estate.ask(name, as_of=AS_OF, scope="false", **more)
        everything = estate.ask(name, as_of=AS_OF, **more)
        assert list(nothing.columns) == list(everything.columns)
        assert len(everything) > 0, name
