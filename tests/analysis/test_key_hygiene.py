"""Which keys are shared, old, or kept at renewal."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.keys.hygiene import NO_OWNERS, reuse

DAY = timedelta(days=1)
PRIVATE = {"sct_count": 0}


def values(result):
    return {kpi.id: kpi.value for kpi in result.kpis.values()}


def figure(rows, name, **asked):
    return reuse(rows.estate(), as_of=AS_OF, **asked).kpis[name]


@pytest.fixture
def shared(rows):
    """Eight certificates in service; two keys in three and two of them, the first of two owners, the second of one."""
    for name in ("a", "b", "c"):
        rows.served(f"{name}.example.com", spki_sha256="wide")
    rows.seen(rows.tables["certificate"][0]["identity"], "a.example.com", port=8443)
    for name in ("d", "e"):
        rows.served(f"{name}.example.com", spki_sha256="narrow")
    for name in ("f", "g", "h"):
        rows.served(f"{name}.example.com")
    rows.asset("*.example.com", owner="ann")
    rows.asset("c.example.com", owner="bob")
    return rows


def test_the_share_of_certificates_on_keys_that_cross_owners(shared):
    found = reuse(shared.estate(), as_of=AS_OF)
    owners = found.kpis["across_owners"]
    assert (owners.numerator, owners.denominator, owners.value, owners.excluded) == (3, 8, 3 / 8, None)
    assert values(found)["across_boundaries"] == 3 / 8
    assert values(found)["across_trust"] == 0
    assert found.headline == ("3 certificates in service (37.5 %) share a key across a boundary of ownership or trust.")
    frame = found.frame
    assert frame["spki_sha256"].tolist() == ["wide", "narrow"]
    assert frame["endpoints"].tolist() == [4, 2]
    assert frame["owner_list"][0].tolist() == ["ann", "bob"]
    assert values(found)["widest_key"] == 4


def test_a_key_without_an_owner_for_each_certificate_is_not_judged(rows):
    rows.served("a.example.com", spki_sha256="shared")
    rows.served("b.example.com", spki_sha256="shared")
    rows.served("c.example.com")
    rows.asset("a.example.com", owner="ann")
    kpi = figure(rows, "across_owners")
    assert (kpi.value, kpi.denominator, kpi.tone) == (0, 1, "neutral")
    assert kpi.excluded == "2 certificates that share a key of which it is not known"


def test_without_ownership_data_only_trust_is_judged(rows):
    rows.served("a.example.com", spki_sha256="shared")
    rows.served("b.example.com", spki_sha256="shared", **PRIVATE)
    rows.served("c.example.com")
    found = reuse(rows.estate(), as_of=AS_OF)
    assert (found.kpis["across_owners"].value, found.kpis["across_owners"].sentence) == (None, NO_OWNERS)
    assert found.kpis["across_boundaries"].value is None
    assert found.kpis["across_trust"].value == 2 / 3
    assert found.headline == found.kpis["across_trust"].sentence


def test_trust_that_is_unknown_crosses_nothing_and_is_said(rows):
    rows.served("a.example.com", spki_sha256="shared")
    rows.served("b.example.com", spki_sha256="shared", evidence="parsed", sct_count=None)
    kpi = figure(rows, "across_trust")
    assert (kpi.value, kpi.sentence) == (None, "Of no shared key it is known whether it crosses a boundary.")


def test_one_endpoint_with_two_certificates_for_a_key_is_one_endpoint(rows):
    rows.seen(rows.certificate("a.example.com", days=10, spki_sha256="k"), "a.example.com", ip="192.0.2.1")
    rows.seen(rows.certificate("a.example.com", days=80, spki_sha256="k"), "a.example.com", ip="192.0.2.2")
    assert figure(rows, "widest_key").value == 1


def test_a_key_is_as_old_as_its_oldest_certificate(rows):
    """Renewed twice with the same key: 90 days each, the oldest 300 days ago and never in service again."""
    rows.logged(rows.certificate("a.example.com", begins=AS_OF - 300 * DAY, days=-210, spki_sha256="k"))
    rows.logged(rows.certificate("a.example.com", begins=AS_OF - 200 * DAY, days=-110, spki_sha256="k"))
    rows.served("a.example.com", begins=AS_OF - 10 * DAY, days=80, spki_sha256="k")
    rows.served("b.example.com", begins=AS_OF - 20 * DAY, days=70)
    found = reuse(rows.estate(), as_of=AS_OF)
    assert (values(found)["oldest_key"], values(found)["median_key_age"]) == (300, 20)
    assert found.tables["ages"].to_numpy().tolist() == [[0, 2, 2, 0]]


@pytest.mark.parametrize(("age", "aged"), [(1096, 0), (1097, 1)])
def test_three_years_are_the_last_day_of_a_key(rows, age, aged):
    rows.served("a.example.com", begins=AS_OF - age * DAY, days=10)
    found = reuse(rows.estate(), as_of=AS_OF)
    assert (values(found)["aged_keys"], len(found.tables["aged"])) == (aged, aged)
    assert found.tables["ages"]["aged"].sum() == aged


def test_a_device_that_knows_no_time_has_no_old_key(rows):
    rows.served("printer", begins=datetime(1970, 1, 1), days=10, is_self_issued=True)
    assert figure(rows, "oldest_key").value == 1  # seen a day ago


def test_what_a_certificate_says_of_the_future_makes_no_key_young(rows):
    rows.served("a.example.com", begins=AS_OF + 5 * DAY, days=90)
    assert figure(rows, "oldest_key").value == 1


def test_the_share_of_renewals_with_a_new_key(rows):
    """a was renewed twice, once with a new key; b once, keeping it; c never; of d's first key nothing is known."""
    for begins, key in ((-200, "a1"), (-110, "a1"), (-20, "a2")):
        rows.logged(rows.certificate("a.example.com", begins=AS_OF + begins * DAY, days=begins + 90, spki_sha256=key))
    for begins in (-100, -10):
        rows.served("b.example.com", begins=AS_OF + begins * DAY, days=begins + 90, spki_sha256="b1")
    rows.served("c.example.com")
    for begins, key in ((-100, None), (-10, "d1")):
        rows.logged(rows.certificate("d.example.com", begins=AS_OF + begins * DAY, days=begins + 90, spki_sha256=key))
    found = reuse(rows.estate(), as_of=AS_OF)
    kpi = found.kpis["new_key_at_renewal"]
    assert (kpi.numerator, kpi.denominator, kpi.excluded) == (1, 3, "1 renewal of which one key is not known")
    assert kpi.sentence == "33.3 % of 3 renewals came with a new key; 2 renewals kept the old one."
    assert sorted(found.tables["kept"]["subject_cn"]) == ["a.example.com", "b.example.com"]


def test_without_a_renewal_none_is_judged(rows):
    rows.served("a.example.com")
    assert figure(rows, "new_key_at_renewal").value is None


def test_a_scope_bounds_certificates_and_not_the_age_of_their_keys(shared):
    shared.logged(shared.certificate("old.example.net", begins=AS_OF - 900 * DAY, days=-800, spki_sha256="narrow"))
    found = reuse(shared.estate(), as_of=AS_OF, scope="spki_sha256 = 'narrow' AND in_service")
    assert values(found)["oldest_key"] == 900
    assert found.kpis["across_owners"].denominator == 2


def test_with_whom_a_key_is_shared_does_not_end_at_the_scope(shared):
    """Bob alone sees that his key is Ann's, too; of Ann's five certificates two share it."""
    found = reuse(shared.estate(), as_of=AS_OF, scope="owner = 'bob'")
    owners = found.kpis["across_owners"]
    assert (owners.numerator, owners.denominator) == (1, 1)
    assert found.frame[["spki_sha256", "certificates", "in_scope"]].to_numpy().tolist() == [["wide", 3, 1]]
    assert values(found)["widest_key"] == 4
    found = reuse(shared.estate(), as_of=AS_OF, scope="owner = 'ann'")
    owners = found.kpis["across_owners"]
    assert (owners.numerator, owners.denominator) == (2, 7)
    assert found.frame["in_scope"].tolist() == [2, 2]
