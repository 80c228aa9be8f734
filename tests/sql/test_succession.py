"""Which certificate followed which."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

DAY = timedelta(days=1)
END = AS_OF + 10 * DAY


def succession(rows):
    frame = rows.estate().query("SELECT * FROM succession($as_of)", as_of=AS_OF)
    return {row.certificate: (row.successor, row.rule) for row in frame.itertuples()}


def old(rows, names="a.example.com", **columns):
    return rows.logged(rows.certificate(names, begins=END - 90 * DAY, ends=END, **columns))


def new(rows, names="a.example.com", *, after=timedelta(0), **columns):
    begins = END + after
    return rows.logged(rows.certificate(names, begins=begins, ends=begins + 90 * DAY, **columns))


def test_the_same_names_in_any_order_and_case(rows):
    a = old(rows, ["a.example.com", "b.example.com"])
    b = new(rows, ["B.example.com", "A.EXAMPLE.com"])
    assert succession(rows) == {a: (b, "same names")}


@pytest.mark.parametrize(("after", "follows"), [(30 * DAY, True), (30 * DAY + timedelta(seconds=1), False)])
def test_at_most_thirty_days_after_the_end(rows, after, follows):
    a, b = old(rows), new(rows, after=after)
    assert succession(rows) == ({a: (b, "same names")} if follows else {})


def test_the_earliest_counts_and_of_equals_the_one_with_the_same_kind_of_key(rows):
    a = old(rows, key_algorithm="RSA")
    ec, rsa = new(rows, key_algorithm="EC"), new(rows, key_algorithm="RSA")
    later = new(rows, after=5 * DAY, key_algorithm="RSA")
    found = succession(rows)
    assert found[a] == (rsa, "same names")
    assert found[ec] == (later, "same names")
    assert found[rsa] == (later, "same names")


def test_certificates_issued_at_one_moment_do_not_follow_each_other(rows):
    old(rows, key_algorithm="RSA")
    old(rows, key_algorithm="EC")
    assert succession(rows) == {}


def test_half_of_the_names_and_the_same_common_name(rows):
    a = old(rows, ["a.example.com", "b.example.com"])
    b = new(rows, ["a.example.com", "b.example.com", "c.example.com", "d.example.com"])  # 2 of 4
    assert succession(rows) == {a: (b, "similar names")}


@pytest.mark.parametrize(
    ("names", "common_name"),
    [
        (["a.example.com", "c.example.com", "d.example.com"], "a.example.com"),  # 1 of 4
        (["a.example.com", "b.example.com", "c.example.com"], "c.example.com"),  # 2 of 3, other common name
    ],
)
def test_fewer_names_or_another_common_name_do_not_follow(rows, names, common_name):
    old(rows, ["a.example.com", "b.example.com"])
    new(rows, names, subject_cn=common_name)
    assert succession(rows) == {}


def test_the_same_names_come_before_similar_ones(rows):
    a = old(rows, ["a.example.com", "b.example.com"])
    new(rows, ["a.example.com", "b.example.com", "c.example.com"])
    same = new(rows, ["a.example.com", "b.example.com"], after=20 * DAY)
    assert succession(rows)[a] == (same, "same names")


def test_a_common_name_of_a_hundred_customers_is_nobodys(rows):
    for number in range(101):
        pair = [f"{number}.example.com", "shared.example.com"]
        rows.logged(rows.certificate(pair, begins=END - 90 * DAY, ends=END, subject_cn="shared.example.com"))
    more = ["100.example.com", "more.example.com", "shared.example.com"]
    new(rows, more, subject_cn="shared.example.com")
    assert succession(rows) == {}


def test_what_is_only_described_follows_nothing(rows):
    a = old(rows)
    rows.recorded(rows.certificate("a.example.com", begins=END, days=200, identity="text:1", evidence="parsed"))
    assert succession(rows) == {}
    b = new(rows)
    assert succession(rows) == {a: (b, "same names")}


def deployed(rows, certificate):
    frame = rows.estate().inventory(as_of=AS_OF).set_index("certificate")
    return tuple(
        bool(frame.loc[certificate, name]) for name in ("successor_in_service", "successor_deployed", "replaced")
    )


HOUR = timedelta(hours=1)


def test_replaced_once_the_successor_was_seen_later_everywhere(rows):
    a, b = old(rows), new(rows, after=-40 * DAY)
    rows.seen(a, "x.example.com", at=AS_OF - 20 * HOUR, source="nmap-xml")
    rows.seen(b, "x.example.com", at=AS_OF - HOUR, source="sslyze-json")
    assert deployed(rows, a) == (True, True, True)


def test_not_replaced_where_one_endpoint_still_has_it(rows):
    a, b = old(rows), new(rows, after=-40 * DAY)
    rows.seen(a, "x.example.com", at=AS_OF - 20 * HOUR, source="nmap-xml")
    rows.seen(a, "y.example.com", at=AS_OF - 20 * HOUR, source="nmap-xml")
    rows.seen(b, "x.example.com", at=AS_OF - HOUR, source="sslyze-json")
    assert deployed(rows, a) == (True, False, False)


def test_not_replaced_on_one_node_of_two(rows):
    a, b = old(rows), new(rows, after=-40 * DAY)
    rows.seen(a, "x.example.com", ip="192.0.2.1", at=AS_OF - 2 * HOUR)
    rows.seen(b, "x.example.com", ip="192.0.2.2", at=AS_OF - HOUR)
    assert deployed(rows, a) == (True, False, False)


def test_twins_shown_together_are_deployed_and_not_replaced(rows):
    a = old(rows, key_algorithm="RSA")
    b = new(rows, after=-40 * DAY, key_algorithm="EC")
    rows.seen(a, "x.example.com")
    rows.seen(b, "x.example.com")
    assert deployed(rows, a) == (True, True, False)
