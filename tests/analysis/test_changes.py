"""Routine renewals told from changes of issuer, key type, names or owner: worked out by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.inventory.changes import NONE, ONCE, at_endpoints

DAY = timedelta(days=1)
OLD, NEW = AS_OF - 31 * DAY, AS_OF - DAY


def values(result):
    return {kpi.id: kpi.value for kpi in result.kpis.values()}


def changed(rows, name, **differs):
    rows.seen(rows.certificate(name, days=10), name, at=OLD)
    return rows.seen(rows.certificate(name, days=80, **differs), name, at=NEW)


@pytest.fixture
def mixed(rows):
    changed(rows, "a.example.com")
    changed(rows, "b.example.com")
    changed(rows, "c.example.com", issuer_o="Other Trust")
    changed(rows, "d.example.com", key_bits=384)
    return rows


def test_figures(mixed):
    found = at_endpoints(mixed.estate(), as_of=AS_OF)
    assert values(found) == {"changes": 4, "material": 2, "unexpected": None, "issuer_changed": 1}
    assert (
        found.headline == "4 endpoints changed certificates, 4 times in all; 2 of the changes were more than a renewal."
    )
    assert found.kpis["material"].denominator == 4
    assert found.tables["months"][["material", "untold", "routine"]].to_numpy().tolist() == [[2, 0, 2]]


def of_example_trust(rows):
    return [row["identity"] for row in rows.tables["certificate"] if row["issuer_o"] == "Example Trust"]


def test_unexpected_is_what_records_of_its_ca_do_not_know(mixed):
    for each in of_example_trust(mixed)[:4]:  # of the seven that endpoints have presented; d.example.com is the last
        mixed.recorded(each, at=NEW)
    kpi = at_endpoints(mixed.estate(), as_of=AS_OF).kpis["unexpected"]
    assert (kpi.value, kpi.denominator) == (1, 1)
    assert kpi.excluded == "1 change to a CA of which records are older, few or none"


def test_records_of_few_certificates_of_a_ca_tell_nothing_of_the_others(mixed):
    """The storage of one ACME client among hundreds does not make the certificates of all others unexpected."""
    for each in of_example_trust(mixed)[:3]:
        mixed.recorded(each, at=NEW)
    found = at_endpoints(mixed.estate(), as_of=AS_OF)
    assert values(found)["unexpected"] is None
    assert found.kpis["unexpected"].sentence == (
        "What was expected cannot be told: of the CAs concerned no record as young as the change is loaded, or few."
    )


def test_what_records_know_is_expected(rows):
    rows.recorded(changed(rows, "a.example.com", key_bits=384))
    kpi = at_endpoints(rows.estate(), as_of=AS_OF).kpis["unexpected"]
    assert (kpi.value, kpi.denominator, kpi.tone) == (0, 1, "good")


def test_a_scope_bounds_the_new_certificates_and_still_knows_the_old(mixed):
    found = at_endpoints(mixed.estate(), as_of=AS_OF, scope="ca_owner = 'Other Trust'")
    assert values(found)["changes"] == 1
    assert found.frame["previous_ca_owner"].tolist() == ["Example Trust"]


def test_one_look_compares_nothing(rows):
    rows.served("a.example.com")
    found = at_endpoints(rows.estate(), as_of=AS_OF)
    assert found.headline == ONCE
    assert set(values(found).values()) == {None}


def test_two_looks_without_a_change(rows):
    for at in (OLD, NEW):
        rows.seen(rows.certificate("a.example.com"), "a.example.com", at=at)
    found = at_endpoints(rows.estate(), as_of=AS_OF)
    assert found.headline == NONE
    assert values(found) == {"changes": 0, "material": None, "unexpected": None, "issuer_changed": None}


def test_what_cannot_be_told_is_not_called_routine(rows):
    changed(rows, "a.example.com")
    rows.tables["certificate"][-1].update(key_algorithm=None, evidence="parsed")
    found = at_endpoints(rows.estate(), as_of=AS_OF)
    assert values(found) == {"changes": 1, "material": None, "unexpected": None, "issuer_changed": None}
