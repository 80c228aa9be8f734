"""One moment of an estate: computed once, never mistaken for another."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from estate_rows import AS_OF, Rows

from certanalytics.errors import UsageError
from certanalytics.sql import parameters_of, shared, views

DAY = timedelta(days=1)
COUNT = "SELECT count(*) FROM inventory($as_of)"


@pytest.fixture
def estate():
    rows = Rows()
    for number in range(6):
        certificate = rows.served(f"h{number}.example.com", days=10 + number, at=AS_OF - number * DAY)
        rows.logged(certificate, at=AS_OF - 10 * DAY)
    rows.asset("h0.example.com", owner="somebody", business_unit="Retail")
    return rows.estate()


def count(estate, at):
    return estate.query(COUNT, as_of=at).iloc[0, 0]


def test_a_query_by_hand_is_about_the_moment_it_names(estate):
    earlier = AS_OF - 20 * DAY
    assert count(estate, AS_OF) == 6
    assert len(estate.inventory(as_of=AS_OF, scope="days_left > 12")) == 3
    assert count(estate, AS_OF) == 6
    assert count(estate, earlier) == 0
    assert len(estate.inventory(as_of=earlier)) == 0
    assert count(estate, AS_OF) == 6


def test_each_moment_and_scope_has_its_own_answer(estate):
    for at, scope, expected in [
        (AS_OF, None, 6),
        (AS_OF, "days_left <= 12", 3),
        (AS_OF - 4 * DAY, "days_left <= 16", 3),
        (AS_OF - 4 * DAY, None, 6),
        (AS_OF, "business_unit = 'Retail'", 1),
        (AS_OF, "business_unit IS NULL", 5),
    ]:
        assert estate.check_scope(scope, as_of=at) == expected, (at, scope)


def test_every_shared_view_is_the_same_kept_or_not(estate):
    assert "presented" in shared()
    for name in views():
        kept = estate.view(name, as_of=AS_OF)
        given = {"as_of": AS_OF} if parameters_of(views()[name]) else {}
        fresh = estate.query(f'FROM "{name}"($as_of)' if given else f'FROM "{name}"', **given)
        rows = [sorted(frame.astype(str).itertuples(index=False, name=None)) for frame in (kept, fresh)]
        assert rows[0] == rows[1], name


def test_a_scope_that_is_refused_leaves_the_one_before(estate):
    assert estate.check_scope("days_left > 12", as_of=AS_OF) == 3
    for refused in ("days_lef > 12", "1); DROP TABLE name; --", "subject_cn::INTEGER > 1"):
        with pytest.raises(UsageError, match="scope"):
            estate.check_scope(refused, as_of=AS_OF)
        assert estate.snapshot.count() == 3
    assert estate.check_scope(None, as_of=AS_OF) == 6


def test_what_is_loaded_after_a_question_counts_in_the_next(tmp_path):
    estate = Rows().estate()
    assert estate.check_scope(None, as_of=AS_OF) == 0
    entry = {"id": 1, "issuer_ca_id": 2, "issuer_name": "CN=X", "common_name": "a.example.com", "serial_number": "0a"}
    entry |= {"name_value": "a.example.com", "not_before": "2026-11-01T00:00:00", "not_after": "2027-01-01T00:00:00"}
    entry |= {"entry_timestamp": "2026-11-02T00:00:00"}
    (tmp_path / "crtsh.json").write_text(json.dumps([entry]))
    assert estate.load(tmp_path).files[0].accepted == 1
    assert estate.check_scope(None, as_of=AS_OF) == 1
