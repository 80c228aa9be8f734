"""Which public certificates were issued for too long: by the limit in force on the day, to the second."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.contents.validity import NO_PUBLIC, over_limit

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
PRIVATE = {"sct_count": 0}


def issued(rows, name, day, *, days, extra=timedelta(0), **columns):
    """A certificate in service valid for exactly so many days, both ends counted, from a day on."""
    begins = datetime.fromisoformat(day)
    return rows.served(name, begins=begins, ends=begins + days * DAY - SECOND + extra, **columns)


@pytest.mark.parametrize(
    ("day", "limit"),
    [
        ("2018-03-01", 825),
        ("2020-08-31", 825),
        ("2020-09-01", 398),
        ("2026-03-14", 398),
        ("2026-03-15", 200),
        ("2027-03-14", 200),
        ("2027-03-15", 100),
        ("2029-03-14", 100),
        ("2029-03-15", 47),
        ("2035-01-01", 47),
    ],
)
def test_the_limit_is_that_of_the_day_of_issue(rows, day, limit):
    as_of = datetime.fromisoformat(day) + DAY
    issued(rows, "a.example.com", day, days=limit, at=as_of)
    issued(rows, "b.example.com", day, days=limit, extra=SECOND, at=as_of)
    found = over_limit(rows.estate(), as_of=as_of)
    assert found.frame["subject_cn"].tolist() == ["b.example.com"]
    assert found.frame[["lifetime_days", "max_days", "days_over"]].to_numpy().tolist() == [[limit + 1, limit, 1]]
    assert (found.kpis["over_limit"].numerator, found.kpis["over_limit"].denominator) == (1, 2)


def test_an_old_certificate_is_not_judged_by_a_new_limit(rows):
    issued(rows, "a.example.com", "2026-03-01", days=398)
    found = over_limit(rows.estate(), as_of=AS_OF)
    assert (found.kpis["over_limit"].value, found.kpis["over_limit"].tone) == (0, "good")
    assert found.kpis["longer_than_next"].value == 1
    assert found.headline == ("0 of 1 public certificate in service are valid for longer than was allowed when issued.")


def test_private_and_unknown_ones_are_not_judged(rows):
    issued(rows, "a.example.com", "2026-04-01", days=3650, **PRIVATE)
    issued(rows, "b.example.com", "2026-04-01", days=3650, is_self_issued=True)
    issued(rows, "c.example.com", "2026-04-01", days=3650, evidence="parsed", sct_count=None)
    kpi = over_limit(rows.estate(), as_of=AS_OF).kpis["over_limit"]
    assert (kpi.value, kpi.sentence) == (None, NO_PUBLIC)
    issued(rows, "d.example.com", "2026-04-01", days=201)
    issued(rows, "e.example.com", "2017-01-01", days=3650)
    kpi = over_limit(rows.estate(), as_of=AS_OF).kpis["over_limit"]
    assert (kpi.value, kpi.denominator) == (1, 1)
    assert kpi.excluded == (
        "2 certificates private or self-signed (the limits do not apply), 1 certificate of which it is not known "
        "whether they are public, 1 certificate issued before the first limit listed"
    )


def test_cohorts_count_every_public_certificate_once(rows):
    issued(rows, "a.example.com", "2017-01-01", days=4000)
    issued(rows, "b.example.com", "2026-01-01", days=398)
    issued(rows, "c.example.com", "2026-04-01", days=398)
    issued(rows, "d.example.com", "2026-04-02", days=90)
    cohorts = over_limit(rows.estate(), as_of=AS_OF).tables["cohorts"]
    assert cohorts["certificates"].tolist() == [1, 1, 2]
    assert cohorts["max_days"].fillna(0).tolist() == [0, 398, 200]
    assert cohorts["over"].tolist() == [0, 0, 1]
    assert cohorts["longest_days"].tolist() == [4000, 398, 398]


def test_the_outlook_begins_with_the_limit_in_force(rows):
    issued(rows, "a.example.com", "2026-04-01", days=200)
    issued(rows, "b.example.com", "2026-11-01", days=90)
    outlook = over_limit(rows.estate(), as_of=AS_OF).tables["outlook"]
    assert outlook["max_days"].tolist() == [200, 100, 47]
    assert outlook["longer"].tolist() == [0, 1, 2]


def test_after_the_last_limit_nothing_is_announced(rows):
    as_of = datetime(2030, 1, 1)
    issued(rows, "a.example.com", "2029-12-01", days=40, at=as_of - DAY)
    found = over_limit(rows.estate(), as_of=as_of)
    assert (found.kpis["longer_than_next"].value, found.kpis["longer_than_next"].sentence) == (
        None,
        "No later limit is listed.",
    )
