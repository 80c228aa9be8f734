"""What nobody looked at: the analyses find what was planted in the demo, exactly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from certanalytics.analysis import coverage
from certanalytics.estate import connect

IN_TIME = timedelta(days=45)
KINDS = ("inventory", "log", "scan")


@pytest.fixture(scope="module")
def truth(company):
    return company.truth.coverage


@pytest.fixture(scope="module")
def estate(company):
    with connect(company.estate) as estate:
        yield estate


@pytest.fixture(scope="module")
def three_ways(estate, company):
    return coverage.three_ways(estate, as_of=company.truth.as_of)


@pytest.fixture(scope="module")
def freshness(estate, company):
    return coverage.freshness(estate, as_of=company.truth.as_of)


@pytest.fixture(scope="module")
def never_seen(estate, company):
    return coverage.never_seen(estate, as_of=company.truth.as_of)


def test_ghosts(three_ways, truth):
    found = three_ways.tables["ghosts"]
    assert dict(zip(found["certificate"], found["reached"], strict=True)) == truth.ghosts
    kpi = three_ways.kpis["ghosts"]
    assert (kpi.value, kpi.denominator) == (sum(truth.ghosts.values()), len(truth.ghosts))
    assert kpi.excluded == "1 certificate set up where no scan reached"
    assert set(found["said_by"].explode()) == {"f5-config"}


def test_networks(freshness, truth, company):
    frame = freshness.frame
    assert set(frame["network"]) == {f"{network}.0/24" for network in truth.looked_at}
    looks = dict(zip(frame["network"], frame["last_look"], strict=True))
    for network, time in truth.looked_at.items():
        look = looks[f"{network}.0/24"]
        assert (time is None) == (look is None or look != look), network  # noqa: PLR0124 - a time that is none
        if time:
            # a scan goes on for hours; a deep one does not say when it ran, and is loaded with the moment asked about
            is_deep = look == company.truth.as_of and network.startswith("198.18.")
            assert is_deep or timedelta(0) <= look - time < timedelta(hours=12), network
    late = [time for time in truth.looked_at.values() if time is None or time < company.truth.as_of - IN_TIME]
    kpi = freshness.kpis["ranges_in_time"]
    assert (kpi.numerator, kpi.denominator) == (len(truth.looked_at) - len(late), len(truth.looked_at))
    assert freshness.headline == (
        f"{len(late)} of {len(truth.looked_at)} network ranges were not looked at within 45 days; at "
        f"{list(truth.looked_at.values()).count(None)} of them nobody ever looked."
    )


def test_endpoints_nobody_looked_at_lately(freshness, truth):
    kpi = freshness.kpis["stale_share"]
    assert (kpi.numerator, kpi.denominator) == (truth.stale_endpoints, truth.endpoints)


def known_from(truth, *kinds):
    """Certificates of the population that each of these kinds of source knows, and how many all of them know."""
    each = [sum(n for places, n in truth.histories.items() if kind in places.split("+")) for kind in kinds]
    return each, sum(n for places, n in truth.histories.items() if set(kinds) <= set(places.split("+")))


# What logs and scans cover without inventories is one domain more: another population.
@pytest.mark.parametrize(("place", "kinds"), [(0, ("inventory", "scan")), (1, ("inventory", "log"))])
def test_an_estimate_of_two(never_seen, truth, place, kinds):
    """Chapman's estimate: (n1 + 1)(n2 + 1)/(m + 1) - 1."""
    row = never_seen.frame.iloc[place]
    (first, second), common = known_from(truth, *kinds)
    assert (row["first"], row["second"], row["common"]) == (first, second, common)
    assert row["total"] == pytest.approx((first + 1) * (second + 1) / (common + 1) - 1)


def test_an_estimate_of_all_three(never_seen, truth):
    """Hardly any is missed by all: of a thousand in service the logs lack one, and that was scanned."""
    row = never_seen.frame.iloc[3]
    (first, second, third), common = known_from(truth, "inventory", "scan", "log")
    assert (row["first"], row["second"], row["third"], row["common"]) == (first, second, third, common)
    assert row["seen"] == sum(truth.histories.values()) == never_seen.kpis["population"].value
    # the lists independent: each list's own share of the others; a bound by hand, since one alone is in no log
    assert 0 < row["unseen"] < 1
    assert never_seen.kpis["completeness"].value == pytest.approx(first / row["total"])
    assert never_seen.kpis["unseen"].sentence == (
        "Inventories, scans and logs together miss hardly any of these (95 %: 0 to 1)."
    )


def test_what_one_source_alone_knows(estate, company, truth):
    found = coverage.sources(estate, as_of=company.truth.as_of)
    assert found.kpis["known_once"].denominator == company.truth.certificates
    services = found.tables["services"].set_index("service")
    told = {title: tuple(kind for kind in KINDS if services.at[title, f"in_{kind}"]) for title in services.index}
    assert told == truth.critical
    kpi = found.kpis["critical_multi_source"]
    twice = sum(len(kinds) >= 2 for kinds in truth.critical.values())
    assert (kpi.numerator, kpi.denominator) == (twice, len(truth.critical))
