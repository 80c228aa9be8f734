"""What ends when, net of what is replaced, and as a share of the lifetime."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.expiry.horizons import expiring

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)


def values(result):
    return {kpi.id: kpi.value for kpi in result.kpis.values()}


def table(result, name, *columns):
    return list(result.tables[name][list(columns)].itertuples(index=False, name=None))


@pytest.fixture
def estate(rows):
    """Six certificates in service, one known from a log only.

    Ended three hours ago, ends now, in 7 days, a second later, in 100 days, end not known.
    """
    rows.person("ann")
    rows.asset("*.example.com", owner="ann", criticality="critical")
    rows.served("ended.example.com", ends=AS_OF - 3 * HOUR)
    rows.served("now.example.com", ends=AS_OF)
    rows.served("week.example.com", ends=AS_OF + 7 * DAY)
    rows.served("later.example.com", ends=AS_OF + 7 * DAY + SECOND)
    rows.served("far.example.net", ends=AS_OF + 100 * DAY)
    rows.served("undated.example.com")
    rows.tables["certificate"][-1].update(not_before=None, not_after=None)
    rows.logged(rows.certificate("logged.example.com", ends=AS_OF + 5 * DAY))
    return rows.estate()


def test_figures(estate):
    found = expiring(estate, as_of=AS_OF)
    assert values(found) == {
        "in_service": 6,
        "expired_in_service": 1,
        "ends_in_7": 2,
        "ends_in_14": 3,
        "ends_in_30": 3,
        "ends_in_60": 3,
        "ends_in_90": 3,
        "renewed_not_deployed": 0,
        "past_renewal_window": 3,  # 0, 7 and 7 of 90 days left
        "median_days_left": 7,  # of 0, 7, 7, 100
    }
    assert found.headline == "1 certificate has ended and is still served; 3 more end within 30 days."
    assert found.kpis["median_days_left"].sentence == "Of those that have not ended, the median has 7 days left."
    assert found.kpis["past_renewal_window"].sentence == "3 certificates are due for renewal without a known successor."
    assert found.kpis["renewed_not_deployed"].sentence == (
        "No certificates in service have known successors that are issued but not served everywhere."
    )
    assert found.kpis["expired_in_service"].excluded == "1 certificate without a known end"
    assert found.kpis["expired_in_service"].sentence == (
        "1 certificate has ended and is still presented at 1 endpoint, for a critical service."
    )


def test_list_is_worst_first_and_days_bound_it(estate):
    frame = expiring(estate, as_of=AS_OF, days=7).frame
    assert frame["subject_cn"].tolist() == ["ended.example.com", "now.example.com", "week.example.com"]
    assert frame["days_left"].tolist() == [-1, 0, 7]
    assert len(expiring(estate, as_of=AS_OF, days=100_000).frame) == 5


def test_horizons_tell_known_from_in_service(estate):
    found = table(expiring(estate, as_of=AS_OF), "horizons", "within_days", "known", "in_service", "net")
    assert found == [(7, 3, 2, 2), (14, 4, 3, 3), (30, 4, 3, 3), (60, 4, 3, 3), (90, 4, 3, 3)]


def test_weeks(estate):
    weeks = expiring(estate, as_of=AS_OF).tables["weeks"]  # the moment is a Monday
    assert len(weeks) == 53
    assert weeks["week"][0] == AS_OF.replace(hour=0)
    assert (weeks["week"].diff().dropna() == 7 * DAY).all()
    filled = weeks[(weeks[["without_owner", "owned", "replaced"]] > 0).any(axis=1)]
    assert filled[["without_owner", "owned", "replaced"]].to_numpy().tolist() == [[0, 1, 0], [0, 2, 0], [1, 0, 0]]
    assert filled.index.tolist() == [0, 1, 14]  # 100 days are 14 weeks and 2 days


@pytest.mark.parametrize(
    ("lifetime", "days", "band", "late"),
    [
        (47, 20, "33–67 %", False),
        (398, 20, "< 10 %", True),
        (90, 9, "10–33 %", True),
        (90, 30, "33–67 %", False),
        (90, 60, "> 67 %", False),
        (90, -1, "ended", None),
        (10, 4, "33–67 %", True),  # short-lived ones are renewed at half of the lifetime; 10 days and a second are 11
        (6, 3, "33–67 %", False),
        (6, 2, "33–67 %", True),
    ],
)
def test_share_of_lifetime(rows, lifetime, days, band, late):
    ends = AS_OF + days * DAY
    rows.served("a.example.com", begins=ends - lifetime * DAY, ends=ends - (SECOND if lifetime == 10 else 0 * DAY))
    found = expiring(rows.estate(), as_of=AS_OF)
    assert [name for name, number in table(found, "life", "band", "certificates") if number] == [band]
    assert found.kpis["past_renewal_window"].value == late


def test_net_of_replaced(rows):
    old = rows.certificate("a.example.com", days=5)
    new = rows.certificate("a.example.com", days=80)
    rows.seen(old, "a.example.com", at=AS_OF - 20 * HOUR, source="nmap-xml")
    rows.seen(new, "a.example.com", at=AS_OF - 2 * HOUR, source="sslyze-json")
    found = expiring(rows.estate(), as_of=AS_OF)
    assert values(found)["ends_in_7"] == 0
    assert found.kpis["ends_in_7"].excluded == "1 certificate already replaced"
    assert values(found)["ends_in_90"] == 1
    assert found.tables["weeks"].loc[0, ["without_owner", "replaced"]].tolist() == [0, 1]
    assert values(found)["renewed_not_deployed"] == 0


def test_renewed_not_deployed(rows):
    old = rows.served("a.example.com", days=5)
    new = rows.logged(rows.certificate("a.example.com", days=80))
    found = expiring(rows.estate(), as_of=AS_OF)
    assert values(found)["renewed_not_deployed"] == 1
    assert values(found)["ends_in_7"] == 1
    assert values(found)["past_renewal_window"] == 0
    assert table(found, "renewed_not_deployed", "certificate", "successor") == [(old, new)]
    assert found.frame["renewed_not_deployed"].tolist() == [True, False][: len(found.frame)]


def test_an_estate_without_anything_in_service(rows):
    rows.logged(rows.certificate("a.example.com"))
    found = expiring(rows.estate(), as_of=AS_OF)
    assert found.headline == "What is in service is not known: no scan of the last 45 days is loaded."
    assert found.frame.empty
    assert set(values(found).values()) == {None}
    assert {kpi.sentence for kpi in found.kpis.values()} == {found.headline}


def test_the_answer_explains_itself(estate):
    found = expiring(estate, as_of=AS_OF, scope="'example.com' = ANY(registered_domains)")
    assert found.scope == "'example.com' = ANY(registered_domains)"
    assert values(found)["in_service"] == 5
    text = found.explain().markdown()
    for said in (
        "45 days",
        "30 days after the end",
        "expiry_horizons",
        "inventory($as_of)",
        "`nmap-xml`",
        "1 of 4 certificates",
    ):
        assert said in text
    assert expiring(estate, as_of=AS_OF, scope="").scope is None
