"""Which certificates nobody answers for, and which ones nobody told of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.ownership.stated import gaps

DAY = timedelta(days=1)


def values(result):
    return {kpi.id: kpi.value for kpi in result.kpis.values()}


@pytest.fixture
def staffed(rows):
    """Seven certificates in service: two owned, two whose owner has left, three nobody is named for."""
    rows.person("ann")
    rows.person("gone", active=False)
    rows.asset("owned.example.com", owner="ann", business_unit="Retail")
    rows.asset("unverified.example.com", owner="stranger", business_unit="Retail")
    rows.asset("left.example.com", owner="gone", business_unit="Retail", criticality="critical")
    rows.asset("left-soon.example.com", owner="gone", business_unit="Payments")
    rows.asset("nobody-ended.example.com", business_unit="Payments")
    rows.served("owned.example.com", days=3)
    rows.served("unverified.example.com", days=50)
    rows.served("left.example.com", days=200)
    rows.served("left-soon.example.com", days=10)
    rows.served("nobody-ended.example.com", days=-2)
    rows.served("nobody.example.com", days=200)
    rows.served("nobody-soon.example.com", days=30)
    rows.logged(rows.certificate("shadow.example.com", days=20))
    return rows


def test_figures(staffed):
    found = gaps(staffed.estate(), as_of=AS_OF)
    assert values(found) == {
        "owned": pytest.approx(2 / 7),
        "without_owner": 5,
        "inactive": 2,
        "none": 3,
        "critical_without_owner": 1,
        "ends_in_30_without_owner": 2,
        "shadow": 1,
    }
    assert found.headline == (
        "5 of 7 certificates in service (71.4 %) have no active owner, 1 of them for a critical service."
    )
    assert found.kpis["owned"].sentence == "28.6 % of the certificates in service have an active owner."
    assert "No directory confirms the owner of 1 of the certificates counted as owned." in found.caveats


def test_the_list_is_worst_first(staffed):
    frame = gaps(staffed.estate(), as_of=AS_OF).frame
    assert frame["subject_cn"].tolist() == [
        "nobody-ended.example.com",
        "left-soon.example.com",
        "nobody-soon.example.com",
        "left.example.com",  # as late as the next, and critical
        "nobody.example.com",
    ]
    assert frame["owner"].fillna("").tolist() == ["", "gone", "", "gone", ""]


def test_by_business_unit_and_days_left(staffed):
    found = gaps(staffed.estate(), as_of=AS_OF)
    units = found.tables["units"].fillna({"business_unit": "?"})
    assert units[["business_unit", "owned", "inactive", "none"]].to_numpy().tolist() == [
        ["Payments", 0, 1, 1],
        ["?", 0, 0, 2],
        ["Retail", 2, 1, 0],
    ]
    assert found.tables["days_left"].to_numpy().tolist() == [
        ["ended", 0, 0, 1],
        ["0–7 days", 1, 0, 0],
        ["8–30 days", 0, 1, 1],
        ["31–90 days", 1, 0, 0],
        ["91–180 days", 0, 0, 0],
        ["later", 0, 1, 1],
    ]


def test_a_scope_bounds_everything(staffed):
    found = gaps(staffed.estate(), as_of=AS_OF, scope="business_unit = 'Retail'")
    assert (values(found)["without_owner"], values(found)["shadow"]) == (1, 0)


@pytest.mark.parametrize(
    "known_by",
    [
        lambda rows, certificate: rows.seen(certificate, "x.example.com", at=AS_OF - 200 * DAY),
        lambda rows, certificate: rows.seen(certificate, None, kind="file", path="a.pem"),
        lambda rows, certificate: rows.recorded(certificate),
        lambda rows, certificate: rows.served("shadow.example.com", days=2),
    ],
    ids=["an endpoint long ago", "a file", "a manager", "an earlier certificate for its names"],
)
def test_what_anyone_shows_is_no_shadow(rows, known_by):
    certificate = rows.logged(rows.certificate("shadow.example.com", days=20))
    rows.served("other.example.com")
    assert values(gaps(rows.estate(), as_of=AS_OF))["shadow"] == 1
    known_by(rows, certificate)
    assert values(gaps(rows.estate(), as_of=AS_OF))["shadow"] == 0


def test_an_ended_certificate_is_no_shadow(rows):
    rows.logged(rows.certificate("shadow.example.com", ends=AS_OF - timedelta(seconds=1)))
    rows.served("other.example.com")
    assert values(gaps(rows.estate(), as_of=AS_OF))["shadow"] == 0


def test_nothing_in_service(rows):
    rows.logged(rows.certificate("a.example.com"))
    found = gaps(rows.estate(), as_of=AS_OF)
    assert found.headline == "What is in service is not known: no scan of the last 45 days is loaded."
    assert set(values(found).values()) == {None}
