"""On which days certificates end, and how unevenly."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.expiry.expiry_calendar import calendar, cliff_index, gini

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("counts", "cliff", "spread"),
    [([5, 5, 5, 5], 1, 0), ([8, 0, 0, 0], 4, 0.75), ([1, 2, 3, 4], 1.6, 0.25), ([0, 0, 1, 1], 2, 0.5)],
)
def test_cliff_and_gini_by_hand(counts, cliff, spread):
    assert cliff_index(counts) == pytest.approx(cliff)
    assert gini(counts) == pytest.approx(spread)
    assert gini([10 * count for count in reversed(counts)]) == pytest.approx(spread)


@pytest.mark.parametrize("counts", [[], [0, 0]])
def test_nothing_counted_is_no_cliff(counts):
    for figure in (cliff_index, gini):
        with pytest.raises(ValueError, match="count"):
            figure(counts)


def answer(rows, **asked):
    result = calendar(rows.estate(), as_of=AS_OF, **asked)
    return result, {kpi.id: kpi.value for kpi in result.kpis.values()}


def test_days_and_weeks(rows):
    """Three end in one week, one of them on a Saturday; one in another; one after 52 weeks, one has ended."""
    ends = ["2026-12-01", "2026-12-02", "2026-12-05", "2027-03-03", "2027-11-22", "2026-11-22"]
    for number, end in enumerate(ends):
        rows.served(f"{number}.example.com", ends=datetime.fromisoformat(end + "T08:00"), begins=AS_OF - 200 * DAY)
    result, found = answer(rows)
    assert found["ends_in_year"] == 4
    assert found["cliff_index"] == pytest.approx(3 * 52 / 4)
    assert found["gini"] == pytest.approx(2 * (51 * 1 + 52 * 3) / (52 * 4) - 53 / 52)  # ranks 51 and 52
    assert found["weekend_ends"] == 0.25
    assert len(result.frame) == 364
    assert result.frame["day"].iloc[0] == datetime(2026, 11, 23)
    days = result.frame.set_index("day")["ending"]
    assert days[datetime(2026, 12, 5)] == 1
    assert result.frame.set_index("day")["weekend"][datetime(2026, 12, 5)]
    assert result.headline == "In the fullest week, from 2026-11-30, 3 certificates end: 39.000 times the mean week."


def test_what_is_replaced_makes_no_cliff(rows):
    rows.seen(rows.certificate("a.example.com", days=5), "a.example.com", at=AS_OF - timedelta(hours=36))
    rows.seen(rows.certificate("a.example.com", days=80), "a.example.com", source="sslyze-json")
    result, found = answer(rows)
    assert (found["ends_in_year"], result.frame["ending"].sum(), result.frame["replaced"].sum()) == (1, 1, 1)
    assert result.kpis["ends_in_year"].excluded == "1 certificate already replaced"


def test_windows_by_lifetime(rows):
    """A 6-day certificate is due at half of its life, one of 47 days at a third, one of 398 days at 132."""
    for name, lifetime, days in (
        ("six-in-time", 6, 4),
        ("six-due", 6, 2),
        ("forty-seven-in-time", 46, 20),
        ("year-due", 397, 100),
    ):
        rows.served(f"{name}.example.com", lifetime=lifetime, days=days)
    rows.served("renewed.example.com", lifetime=397, days=50)
    rows.logged(rows.certificate("renewed.example.com", lifetime=199, days=190))
    result, found = answer(rows)
    bands = result.tables["windows"].set_index("lifetime")
    assert bands.loc["up to 10 days"].tolist() == [2, 1, 0, 1]
    assert bands.loc["11–47 days"].tolist() == [1, 1, 0, 0]
    assert bands.loc["201–398 days"].tolist() == [2, 0, 1, 1]
    assert found["window_breached"] == pytest.approx(2 / 5)
    assert "are due for renewal without a known successor." in result.kpis["window_breached"].sentence


def test_nothing_ahead(rows):
    rows.served("a.example.com", days=-1)
    result, found = answer(rows)
    assert (found["ends_in_year"], found["cliff_index"], found["window_breached"]) == (0, None, None)
    assert result.headline == "No certificate in service ends within 52 weeks and is still to be replaced."


def test_a_scope_bounds_it(rows):
    rows.served("a.example.com", days=5)
    rows.served("b.example.com", days=6)
    assert answer(rows, scope="subject_cn = 'a.example.com'")[1]["ends_in_year"] == 1
