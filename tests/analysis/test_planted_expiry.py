"""On which days it all ends: the calendar finds what was planted in the demo, exactly."""

from __future__ import annotations

from itertools import combinations
from statistics import fmean

import pytest

from certanalytics.analysis import expiry
from certanalytics.demo.faults import expiry as faults
from certanalytics.estate import connect


@pytest.fixture(scope="module")
def truth(company):
    return company.truth.expiry


@pytest.fixture(scope="module")
def results(company):
    """Everything, and what the company's own CAs issued."""
    with connect(company.estate) as estate:
        return {
            scope: expiry.calendar(estate, as_of=company.truth.as_of, scope=scope)
            for scope in (None, "trust = 'private'")
        }


def test_every_day_of_a_year(results, truth):
    frame = results[None].frame
    ends = frame[frame["ending"] > 0]
    assert dict(zip(ends["day"].dt.strftime("%Y-%m-%d"), ends["ending"], strict=True)) == truth.days
    assert (len(frame), frame["replaced"].sum()) == (364, 0)
    assert results[None].kpis["ends_in_year"].value == sum(truth.days.values())


@pytest.mark.parametrize(("scope", "weeks"), [(None, "weeks"), ("trust = 'private'", "internal_weeks")])
def test_how_uneven_the_weeks_are(results, truth, scope, weeks):
    counts, kpis = getattr(truth, weeks), results[scope].kpis
    assert kpis["cliff_index"].value == pytest.approx(max(counts) / fmean(counts))
    # the mean of the differences between all pairs, over twice the mean: another way to the same coefficient
    spread = 2 * sum(abs(a - b) for a, b in combinations(counts, 2))
    assert kpis["gini"].value == pytest.approx(spread / (2 * len(counts) * sum(counts)))


def test_the_evening_one_script_ran(results, truth):
    """Among all that machines renew it does not stand out; among what people renew it is the fullest week."""
    private = results["trust = 'private'"]
    (number,) = faults.ONE_EVENING.values()
    assert max(truth.internal_weeks) >= number
    assert max(truth.weeks) > 2 * number
    day = private.frame.set_index("day").loc["2027-06-13"]
    assert day["weekend"]
    assert day["ending"] == truth.days["2027-06-13"] == number
    assert private.headline.startswith(
        f"In the fullest week, from 2027-06-07, {max(truth.internal_weeks)} certificates"
    )


def test_ends_on_weekends(results, truth):
    kpi = results[None].kpis["weekend_ends"]
    saturdays = sum(number for day, number in truth.days.items() if ordinal(day) % 7 in {5, 6})
    assert (kpi.numerator, kpi.denominator) == (saturdays, sum(truth.days.values()))


def ordinal(day):
    """Days since a Monday, 2026-11-23, by the lengths of months."""
    year, month, date = map(int, day.split("-"))
    months = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return 365 * (year - 2026) + sum(months[: month - 1]) + date - (sum(months[:10]) + 23)


def test_renewal_windows(results, truth):
    table = results[None].tables["windows"].set_index("lifetime")
    assert list(table.index) == list(truth.windows)
    for band, expected in truth.windows.items():
        row = table.loc[band]
        assert (row["before_window"], row["renewed"], row["waiting"]) == (
            expected.before,
            expected.renewed,
            expected.waiting,
        ), band
    kpi = results[None].kpis["window_breached"]
    whole = sum(each.before + each.renewed + each.waiting for each in truth.windows.values())
    assert (kpi.numerator, kpi.denominator) == (sum(each.waiting for each in truth.windows.values()), whole)
