"""Whether renewals come in time and arrive, as far as looks can tell."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.renewal.renewals import operations, slope

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("values", "expected"), [([1, 3], 2), ([4, 4, 4], 0), ([0, 1, 5], 2.5), ([9, 6, 3, 0], -3), ([1, 2, 2, 5], 1.2)]
)
def test_slopes_by_hand(values, expected):
    assert slope(values) == pytest.approx(expected)


def test_one_value_makes_no_line():
    with pytest.raises(ValueError, match="two values"):
        slope([1])


def answer(rows, **asked):
    asked = {"quarters": 0, **asked}
    result = operations(rows.estate(), as_of=AS_OF, **asked)
    return result, {kpi.id: kpi.value for kpi in result.kpis.values()}


def pair(rows, name, *, ended_ago, lead, old_looks, new_looks):
    """A certificate that ended some days ago, its successor, and the days before now on which each was seen."""
    end = AS_OF - ended_ago * DAY
    old = rows.certificate(name, begins=end - 90 * DAY, ends=end)
    issued = end - lead * DAY
    new = rows.certificate(name, begins=issued, ends=issued + 300 * DAY)
    for ago in old_looks:
        rows.seen(old, name, at=AS_OF - ago * DAY)
    for ago in new_looks:
        rows.seen(new, name, at=AS_OF - ago * DAY)
    return old, new


def test_in_time_late_lapsed_and_let_go(rows):
    pair(rows, "in-time.example.com", ended_ago=20, lead=30, old_looks=[60], new_looks=[45, 1])
    pair(rows, "late.example.com", ended_ago=20, lead=-2, old_looks=[25], new_looks=[10, 1])
    rows.served("lapsed.example.com", days=-5)
    gone = rows.certificate("gone.example.com", days=-50)
    rows.seen(gone, "gone.example.com", at=AS_OF - 60 * DAY)
    rows.seen(rows.certificate("long-ago.example.com", days=-400), "long-ago.example.com", at=AS_OF - 410 * DAY)
    rows.logged(rows.certificate("log-only.example.com", days=-5))
    result, found = answer(rows)
    kpi = result.kpis["renewal_success"]
    assert (kpi.numerator, kpi.denominator) == (1, 3)
    assert found["renewal_success"] == pytest.approx(1 / 3)
    assert kpi.excluded == "1 certificate that ended without a successor and were not seen served since"
    assert "; no certificates in service wait for a person" in result.headline
    assert kpi.sentence == (
        "Of 3 renewals due in the last year 1 (33.3 %) was issued before the end, 1 after it, 1 still served after it "
        "without a known successor."
    )


def test_nothing_due(rows):
    rows.served("a.example.com")
    result, found = answer(rows)
    assert found["renewal_success"] is None
    assert result.kpis["renewal_success"].tone == "neutral"


def test_quick_slow_and_what_no_look_can_tell(rows):
    """Issued 50 days ago each: seen after half a day; old one seen three days later; nothing between issue and now."""
    pair(rows, "quick.example.com", ended_ago=20, lead=30, old_looks=[60], new_looks=[49.5, 1])
    pair(rows, "slow.example.com", ended_ago=20, lead=30, old_looks=[60, 47], new_looks=[30, 1])
    pair(rows, "open.example.com", ended_ago=20, lead=30, old_looks=[60], new_looks=[30, 1])
    result, found = answer(rows)
    assert found["deployed_in_time_least"] == pytest.approx(1 / 3)
    assert found["deployed_in_time_most"] == pytest.approx(2 / 3)
    assert result.kpis["deployed_in_time_least"].sentence == (
        "Of 3 renewals 1 (33.3 %) was seen served within 24 hours of issue; of 1 no look can tell."
    )
    # widths: half a day (from issue), 17 days (47 to 30), 20 days (from issue)
    assert found["scan_resolution_days"] == pytest.approx(17)


def test_scans_that_look_too_seldom_say_nothing(rows):
    pair(rows, "open.example.com", ended_ago=20, lead=30, old_looks=[60], new_looks=[30, 1])
    result, found = answer(rows)
    assert found["deployed_in_time_least"] is None
    assert found["deployed_in_time_most"] is None
    assert result.kpis["deployed_in_time_most"].sentence == (
        "Whether renewals are served within 24 hours cannot be told: scans look too seldom."
    )


def test_a_renewal_of_today_is_not_yet_slow(rows):
    old = rows.certificate("a.example.com", days=30)
    new = rows.certificate("a.example.com", begins=AS_OF - 3 * HOUR, ends=AS_OF + 90 * DAY)
    rows.seen(old, "a.example.com", at=AS_OF - HOUR)
    rows.logged(new, at=AS_OF - 2 * HOUR)
    result, found = answer(rows)
    assert found["deployed_in_time_most"] is None
    assert (found["drift"], result.kpis["drift"].denominator) == (1, 1)


def test_drift_only_where_a_successor_is_missing(rows):
    pair(rows, "a.example.com", ended_ago=-20, lead=30, old_looks=[20, 1], new_looks=[])
    new = rows.tables["certificate"][-1]["identity"]
    rows.logged(new, at=AS_OF - 9 * DAY)
    pair(rows, "b.example.com", ended_ago=20, lead=30, old_looks=[60], new_looks=[45, 1])
    result, found = answer(rows)
    assert found["drift"] == 1
    assert result.kpis["drift"].sentence == (
        "1 certificate in service has a known successor that is not served everywhere."
    )


def test_time_to_recover_lies_between_two_looks(rows):
    """It ended 20 days ago, was still seen 18 days ago, and its successor 11 days ago."""
    pair(rows, "a.example.com", ended_ago=20, lead=-2, old_looks=[60, 19, 18], new_looks=[11, 1])
    result, found = answer(rows)
    assert found["detect_days"] == pytest.approx(1)
    assert found["recover_days"] == pytest.approx(9)
    assert result.kpis["recover_days"].sentence == (
        "Of 1 certificate served after the end 1 was seen replaced; in half of the cases 9 days after the end at most, "
        "and 2 days at least."
    )


def test_what_never_recovered_has_no_time(rows):
    rows.served("a.example.com", days=-5)
    result, found = answer(rows)
    assert found["recover_days"] is None
    assert result.kpis["recover_days"].sentence == "None of 1 certificate served after the end was seen replaced."
    assert found["detect_days"] == pytest.approx(4)


def manual(rows, name, *, first, ends, looks, kind="Monitoring"):
    certificate = rows.certificate(name, begins=AS_OF - first * DAY, ends=AS_OF + ends * DAY)
    for ago in looks:
        rows.seen(certificate, name, at=AS_OF - ago * DAY)
    told = json.dumps({"ManagementType": kind})
    rows.recorded(certificate, system="venafi-tpp", attributes=told, at=AS_OF - first * DAY)
    return certificate


def test_the_backlog_is_manual_due_and_without_successor(rows):
    manual(rows, "due.example.com", first=80, ends=10, looks=[1])
    manual(rows, "not-due.example.com", first=10, ends=80, looks=[1])
    manual(rows, "automatic.example.com", first=80, ends=10, looks=[1], kind="Provisioning")
    manual(rows, "ended.example.com", first=95, ends=-5, looks=[1])
    renewed = manual(rows, "renewed.example.com", first=80, ends=10, looks=[1])
    rows.logged(rows.certificate("renewed.example.com", begins=AS_OF - 9 * DAY, ends=AS_OF + 90 * DAY), at=AS_OF - DAY)
    assert renewed
    result, found = answer(rows)
    assert found["manual_backlog"] == 1
    assert result.kpis["manual_backlog"].denominator == 4


def test_the_slope_of_the_backlog(rows):
    """None is due two quarters ago, one a quarter ago, two now: one more each quarter."""
    manual(rows, "first.example.com", first=171, ends=-81, looks=[92])
    for number in range(2):
        manual(rows, f"{number}.example.com", first=80, ends=10, looks=[1])
    manual(rows, "fine.example.com", first=200, ends=300, looks=[183, 92, 1])
    result, found = answer(rows, quarters=2)
    assert result.frame["backlog"].tolist() == [0, 1, 2]
    assert found["backlog_slope"] == pytest.approx(1)
    assert result.kpis["backlog_slope"].sentence == "The backlog grew by 1.0 certificates a quarter over 2 quarters."


def test_without_earlier_scans_there_is_no_trend(rows):
    manual(rows, "due.example.com", first=80, ends=10, looks=[1])
    result, found = answer(rows, quarters=3)
    assert found["backlog_slope"] is None
    assert result.frame["backlog"].isna().tolist() == [True, True, True, False]


def test_a_scope_bounds_it(rows):
    pair(rows, "a.example.com", ended_ago=20, lead=30, old_looks=[60], new_looks=[45, 1])
    pair(rows, "late.example.com", ended_ago=20, lead=-2, old_looks=[25], new_looks=[10, 1])
    assert answer(rows, scope="subject_cn = 'a.example.com'")[1]["renewal_success"] == 1
