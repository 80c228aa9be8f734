"""What an endpoint presents now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def in_service(rows, as_of=AS_OF):
    frame = rows.estate().inventory(as_of=as_of)
    return {name[0]: int(count) for name, count in zip(frame["names"], frame["endpoints"], strict=True) if count}


def test_the_newest_look_counts(rows):
    rows.seen(rows.certificate("old"), "x.example.com", at=AS_OF - 31 * DAY)
    rows.seen(rows.certificate("new"), "x.example.com", at=AS_OF - DAY)
    assert in_service(rows) == {"new": 1}
    assert in_service(rows, AS_OF - 2 * DAY) == {"old": 1}


@pytest.mark.parametrize(("age", "found"), [(45 * DAY, {"a": 1}), (45 * DAY + HOUR, {})])
def test_a_look_is_fresh_for_45_days(rows, age, found):
    rows.seen(rows.certificate("a"), "x.example.com", at=AS_OF - age)
    assert in_service(rows) == found


def test_what_is_seen_later_is_not_known_yet(rows):
    rows.seen(rows.certificate("a"), "x.example.com", at=AS_OF + HOUR)
    assert rows.estate().inventory(as_of=AS_OF).empty


@pytest.mark.parametrize(("apart", "found"), [(DAY, {"a": 1, "b": 1}), (DAY + HOUR, {"b": 1})])
def test_scanners_that_look_within_a_day_see_one_state(rows, apart, found):
    rows.seen(rows.certificate("a"), "x.example.com", at=AS_OF - HOUR - apart, source="nmap-xml")
    rows.seen(rows.certificate("b"), "x.example.com", at=AS_OF - HOUR, source="sslyze-json")
    assert in_service(rows) == found


def test_a_server_with_two_certificates_presents_both(rows):
    rows.seen(rows.certificate("rsa", key_algorithm="RSA"), "x.example.com")
    rows.seen(rows.certificate("ec"), "x.example.com")
    assert in_service(rows) == {"rsa": 1, "ec": 1}


def test_a_newer_look_without_certificate_empties_the_endpoint(rows):
    rows.seen(rows.certificate("a"), "x.example.com", at=AS_OF - 5 * HOUR)
    rows.probe("x.example.com", at=AS_OF - HOUR)
    assert in_service(rows) == {}


def test_another_scanners_failure_within_a_day_empties_nothing(rows):
    rows.seen(rows.certificate("a"), "x.example.com", at=AS_OF - 5 * HOUR, source="nmap-xml")
    rows.probe("x.example.com", at=AS_OF - HOUR, source="sslyze-json")
    assert in_service(rows) == {"a": 1}


def test_a_failure_days_later_empties_the_endpoint_whoever_it_met(rows):
    rows.seen(rows.certificate("a"), "x.example.com", at=AS_OF - 5 * DAY, source="nmap-xml")
    rows.probe("x.example.com", at=AS_OF - HOUR, source="sslyze-json", ip="192.0.2.1")
    assert in_service(rows) == {}


def test_the_nodes_behind_a_name_are_looked_at_one_by_one(rows):
    rows.seen(rows.certificate("old"), "x.example.com", ip="192.0.2.1", at=AS_OF - 5 * HOUR)
    rows.seen(rows.certificate("new"), "x.example.com", ip="192.0.2.2", at=AS_OF - 4 * HOUR)
    assert in_service(rows) == {"old": 1, "new": 1}


def test_name_address_and_port_make_the_endpoint(rows):
    certificate = rows.certificate("a")
    rows.seen(certificate, "X.example.com.")
    rows.seen(certificate, "x.example.com", sni="x.example.com")
    rows.seen(certificate, "x.example.com", port=8443)
    rows.seen(certificate, None, ip="2001:db8::1")
    rows.seen(certificate, "x.example.com", sni="y.example.com")
    assert in_service(rows) == {"a": 4}
    endpoints = rows.estate().query("SELECT DISTINCT endpoint FROM presented($as_of) ORDER BY endpoint", as_of=AS_OF)
    assert endpoints["endpoint"].tolist() == [
        "[2001:db8::1]:443",
        "x.example.com:443",
        "x.example.com:8443",
        "y.example.com:443",
    ]


def test_files_and_issuers_are_not_in_service(rows):
    rows.seen(rows.certificate("file"), None, kind="file", path="a.pem")
    rows.seen([rows.certificate("leaf"), rows.certificate("issuer", is_ca=True)], "x.example.com")
    assert in_service(rows) == {"leaf": 1}


def test_a_monitor_that_saw_no_certificate_says_nothing_against_one_it_saw(rows):
    certificate = rows.served("x.example.com", source="zeek-logs", at=AS_OF - 2 * DAY)
    rows.probe("x.example.com", at=AS_OF - HOUR, source="zeek-logs", kind="passive", outcome="no certificate")
    frame = rows.estate().inventory(as_of=AS_OF)
    assert frame["certificate"][frame["in_service"]].tolist() == [certificate]
