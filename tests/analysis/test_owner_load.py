"""How certificates and renewals lie on owners, and what gaps weigh."""

from __future__ import annotations

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.ownership.owner_load import NO_OWNER, gini, load
from certanalytics.analysis.ownership.risk import weighted
from certanalytics.analysis.ownership.stated import NOT_ASSESSABLE


@pytest.mark.parametrize(
    ("amounts", "index"), [([1, 1, 1, 1], 0), ([0, 0, 0, 4], 0.75), ([1, 3], 0.25), ([3, 1], 0.25), ([7], 0)]
)
def test_gini_by_hand(amounts, index):
    assert gini(amounts) == pytest.approx(index)


@pytest.mark.parametrize("amounts", [[], [0, 0], [1, -1]])
def test_gini_of_nothing_is_none(amounts):
    with pytest.raises(ValueError, match="amounts"):
        gini(amounts)


def test_load(rows):
    for name in ("ann", "bob"):
        rows.person(name)
    for number in range(3):
        rows.served(f"a{number}.example.com", lifetime=90)
        rows.asset(f"a{number}.example.com", owner="ann", service="Shop", business_unit="Retail")
    rows.served("b.example.com", lifetime=6, days=3)
    rows.asset("b.example.com", owner="bob")
    rows.served("c.example.com")
    found = load(rows.estate(), as_of=AS_OF)
    quarter = 365.25 / 4
    assert found.frame[["owner", "certificates"]].to_numpy().tolist() == [["ann", 3], ["bob", 1]]
    assert found.frame["renewals_per_quarter"].tolist() == pytest.approx([3 * quarter / 60, quarter / 3])
    assert {name: kpi.value for name, kpi in found.kpis.items()} == {
        "owners": 2,
        "largest_load": 0.75,
        "renewals_per_quarter": pytest.approx(3 * quarter / 60 + quarter / 3),
        "gini": 0.25,
        "organised": 0.6,
    }
    assert found.headline == "Ann owns 3 of 4 certificates with an active owner (75.0 %)."
    assert found.kpis["owners"].excluded == "1 certificate without an active owner"


def test_four_hundred_days_renew_as_often_as_the_catalogue_says(rows):
    """[calc] at two thirds of 397 days, 1.38 renewals a year."""
    rows.served("a.example.com", lifetime=397)
    rows.asset("a.example.com", owner="ann")
    found = load(rows.estate(), as_of=AS_OF)
    assert 4 * found.kpis["renewals_per_quarter"].value == pytest.approx(1.38, abs=0.005)


def test_one_that_is_replaced_or_has_no_dates_is_not_renewed(rows):
    rows.served("a.example.com", days=5, at=AS_OF.replace(hour=1))
    rows.served("a.example.com", days=80, at=AS_OF.replace(hour=2))
    rows.served("b.example.com")
    rows.tables["certificate"][-1].update(not_before=None)
    rows.asset("*.example.com", owner="ann")
    found = load(rows.estate(), as_of=AS_OF)
    assert found.frame["certificates"].tolist() == [2]  # of one endpoint and scanner the last look counts
    assert found.kpis["renewals_per_quarter"].value == pytest.approx(365.25 / 4 / 60)
    assert found.kpis["renewals_per_quarter"].excluded == "1 certificate whose lifetime is not known"


def test_load_that_cannot_be_told(rows):
    rows.served("a.example.com")
    found = load(rows.estate(), as_of=AS_OF)
    assert (found.headline, found.kpis["gini"].value) == (NOT_ASSESSABLE, None)
    assert found.kpis["organised"].value is None
    rows.person("gone", active=False)
    rows.asset("a.example.com", owner="gone")
    found = load(rows.estate(), as_of=AS_OF)
    assert (found.headline, found.kpis["gini"].value) == (NO_OWNER, None)


@pytest.fixture
def tiers(rows):
    rows.person("ann")
    rows.person("gone", active=False)
    for name, owner, criticality in (
        ("a", "ann", "critical"),
        ("b", "gone", "critical"),
        ("c", None, "low"),
        ("d", "stranger", "high"),
        ("e", "ann", "low"),
        ("f", None, None),
    ):
        rows.served(f"{name}.example.com")
        rows.asset(f"{name}.example.com", owner=owner, criticality=criticality)
    return rows


def test_gaps_weigh_by_criticality(tiers):
    found = weighted(tiers.estate(), as_of=AS_OF)
    # Of three owners a directory knows one has left; d's is taken to have left with that probability.
    assert found.kpis["left_rate"].value == pytest.approx(1 / 3)
    assert found.kpis["weighted_risk"].value == pytest.approx((4 + 1 + 3 / 3) / (4 + 4 + 1 + 3 + 1))
    assert "1 certificate of unknown criticality, 1 of them without an owner, is not in it" in found.headline
    told = found.frame.dropna(subset="weight")
    assert dict(zip(told["criticality"], told["weight"], strict=True)) == {"critical": 4, "high": 3, "low": 1}
    assert found.frame["expected_gaps"].tolist() == pytest.approx([1, 1 / 3, 1, 1])


def test_without_a_directory_what_is_not_confirmed_is_left_out(tiers):
    tiers.tables["person"].clear()
    found = weighted(tiers.estate(), as_of=AS_OF)
    assert found.kpis["left_rate"].value is None
    assert found.kpis["weighted_risk"].value == 1  # all that can be judged is c, which nobody owns
    assert "4 certificates whose owner no directory knows" in found.kpis["weighted_risk"].excluded
    assert found.frame["expected_gaps"].isna().tolist() == [True, True, True, False]


def test_without_criticality_gaps_are_not_weighed(rows):
    rows.person("ann")
    rows.served("a.example.com")
    rows.asset("a.example.com", owner="ann")
    found = weighted(rows.estate(), as_of=AS_OF)
    assert found.kpis["weighted_risk"].sentence == (
        "Which services are critical cannot be told: no loaded export says so."
    )
    assert found.kpis["left_rate"].value == 0
