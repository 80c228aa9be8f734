"""Which keys are older than the leaving of somebody who answered for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.ownership.contacts import NO_DIRECTORY
from certanalytics.analysis.ownership.leavers import UNDATED, rekeying

DAY = timedelta(days=1)


def verdicts(rows):
    return rekeying(rows.estate(), as_of=AS_OF).frame.set_index("subject_cn")["verdict"].to_dict()


@pytest.fixture
def left(rows):
    """Ann was there 100 days ago and had left 40 days ago."""
    rows.person("ann", at=AS_OF - 200 * DAY)
    rows.person("ann", at=AS_OF - 100 * DAY)
    rows.person("ann", active=False, at=AS_OF - 40 * DAY)
    rows.person("ann", active=False, at=AS_OF - 3 * DAY)
    rows.asset("*.example.com", owner="ann")
    return rows


def test_figures(left):
    left.served("a.example.com", begins=AS_OF - 150 * DAY, days=200)
    left.served("b.example.com", begins=AS_OF - 100 * DAY, days=200)
    left.served("c.example.com", begins=AS_OF - 70 * DAY, days=200)
    left.served("d.example.com", begins=AS_OF - 39 * DAY, days=200)
    found = rekeying(left.estate(), as_of=AS_OF)
    assert found.frame.set_index("subject_cn")["verdict"].to_dict() == {
        "a.example.com": "not changed",
        "b.example.com": "not changed",
        "c.example.com": "cannot tell",
        "d.example.com": "changed",
    }
    assert set(found.frame["days_since"]) == {40}
    assert {name: kpi.value for name, kpi in found.kpis.items()} == {"not_rekeyed": 2, "longest": 40, "undated": 1}
    assert found.kpis["not_rekeyed"].denominator == 3
    assert found.headline == (
        "2 certificates in service still have the key of when a person named for them left; for 1 more it cannot be "
        "told."
    )


def test_a_new_certificate_on_the_old_key_changes_nothing(left):
    left.recorded(left.certificate("a.example.com", spki_sha256="kept", begins=AS_OF - 300 * DAY, days=-1))
    left.served("a.example.com", spki_sha256="kept", begins=AS_OF - 10 * DAY, days=80)
    assert verdicts(left) == {"a.example.com": "not changed"}


def test_without_an_earlier_directory_only_a_new_key_is_told(left):
    left.tables["person"] = left.tables["person"][3:]
    left.served("old.example.com", begins=AS_OF - 300 * DAY, days=30)
    left.served("new.example.com", begins=AS_OF - 1 * DAY, days=30)
    assert verdicts(left) == {"old.example.com": "cannot tell", "new.example.com": "changed"}
    left.tables["person"][0]["last_login"] = AS_OF - 200 * DAY
    assert verdicts(left)["old.example.com"] == "not changed"


def test_when_a_file_was_saved_does_not_say_who_was_there_then(left):
    left.served("a.example.com", begins=AS_OF - 150 * DAY, days=200)
    for row in left.tables["person"][:2]:
        row["time_basis"] = "file"
    found = rekeying(left.estate(), as_of=AS_OF)
    assert found.frame["verdict"].tolist() == ["cannot tell"]
    assert found.headline == UNDATED


def test_who_came_back_and_left_again_left_the_second_time(left):
    left.person("ann", active=True, at=AS_OF - 30 * DAY)
    left.person("ann", active=False, at=AS_OF - 20 * DAY)
    left.served("a.example.com", begins=AS_OF - 35 * DAY, days=200)
    assert verdicts(left) == {"a.example.com": "not changed"}


def test_a_key_that_is_not_known_cannot_be_told(left):
    left.served("a.example.com", begins=AS_OF - 150 * DAY, days=200, spki_sha256=None)
    assert verdicts(left) == {"a.example.com": "cannot tell"}


def test_nobody_left_and_nobody_who_says(rows):
    rows.served("a.example.com")
    rows.asset("a.example.com", owner="ann")
    assert rekeying(rows.estate(), as_of=AS_OF).headline == NO_DIRECTORY
    rows.person("ann")
    found = rekeying(rows.estate(), as_of=AS_OF)
    assert (found.headline, found.kpis["not_rekeyed"].value) == (
        "No certificate in service names anybody who has left.",
        0,
    )
