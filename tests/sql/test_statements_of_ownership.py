"""Who answers for a certificate, by what is said most closely."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

DAY = timedelta(days=1)


@pytest.fixture
def certificate(rows):
    for name in ("ann", "bob", "eve"):
        rows.person(name)
    rows.person("gone", active=False)
    rows.team("web")
    return rows.served(["a.shop.example.com", "b.shop.example.com"], "host.shop.example.com", ip="192.0.2.7")


def of(rows, *columns):
    row = rows.estate().inventory(as_of=AS_OF).iloc[0]
    found = tuple(None if row[column] != row[column] else row[column] for column in columns)
    return found if len(found) > 1 else found[0]


CLOSEST_FIRST = ("certificate", "endpoint", "name", "address", "pattern", "wider pattern")


def say(rows, certificate, where, **columns):
    name = {
        "certificate": certificate,
        "endpoint": "host.shop.example.com",
        "name": "B.shop.example.com.",
        "address": None,
        "pattern": "*.shop.example.com",
        "wider pattern": "*.example.com",
    }[where]
    rows.asset(name, ip="192.0.2.7" if where == "address" else None, asset_id=where, **columns)


@pytest.mark.parametrize("place", range(len(CLOSEST_FIRST) - 1))
def test_the_closest_statement_counts(rows, certificate, place):
    say(rows, certificate, CLOSEST_FIRST[place + 1], owner="bob", business_unit="Other")
    say(rows, certificate, CLOSEST_FIRST[place], owner="ann", business_unit="Retail")
    assert of(rows, "owner", "business_unit") == ("ann", "Retail")


def test_each_attribute_comes_from_the_closest_statement_that_has_it(rows, certificate):
    say(rows, certificate, "endpoint", owner="ann", environment="production")
    say(rows, certificate, "pattern", owner="bob", business_unit="Retail", criticality="Critical")
    say(rows, certificate, "wider pattern", business_unit="Group", service="Web")
    found = of(rows, "owner", "environment", "business_unit", "criticality", "critical", "service")
    assert found == ("ann", "production", "Retail", "critical", True, "Web")


def test_a_pattern_covers_names_below_it_at_any_depth_and_not_itself(rows):
    rows.served("example.com")
    rows.asset("*.example.com", owner="bob")
    assert of(rows, "owner_state") == "none"


def test_a_wildcard_is_below_its_own_pattern(rows):
    rows.served("*.shop.example.com", "192.0.2.9")
    rows.asset("*.shop.example.com", owner="bob")
    assert of(rows, "owner", "owner_state") == ("bob", "owned")


@pytest.mark.parametrize(
    "owner", ["id-ann", "ANN@example.com", "Ann", " ann "], ids=["identifier", "e-mail", "user name", "spaces"]
)
def test_a_person_is_known_by_identifier_address_or_user_name(rows, certificate, owner):
    say(rows, certificate, "endpoint", owner=owner)
    found = of(rows, "owner", "owner_email", "owner_state", "owner_level", "owner_verified")
    assert found == ("ann", "ann@example.com", "owned", "system of record", True)


def test_an_active_team_answers_for_who_left(rows, certificate):
    say(rows, certificate, "endpoint", owner="gone", team="Web")
    assert of(rows, "owner", "owner_state") == ("web", "owned")


@pytest.mark.parametrize(("team", "state"), [(None, "inactive"), ("old-team", "inactive"), ("web", "owned")])
def test_inactive_when_everyone_named_has_left(rows, certificate, team, state):
    rows.team("old-team", active=False)
    say(rows, certificate, "endpoint", owner="gone", team=team)
    assert of(rows, "owner_state") == state


def test_a_wider_statement_does_not_hide_that_the_owner_left(rows, certificate):
    say(rows, certificate, "endpoint", owner="gone")
    say(rows, certificate, "pattern", owner="ann")
    rows.recorded(certificate, owner_email="bob@example.com")
    assert of(rows, "owner", "owner_state") == ("gone", "inactive")


def test_an_owner_no_directory_knows_is_not_verified(rows, certificate):
    say(rows, certificate, "endpoint", owner="someone@elsewhere.example")
    found = of(rows, "owner", "owner_email", "owner_state", "owner_verified")
    assert found == ("someone@elsewhere.example", "someone@elsewhere.example", "owned", False)


def test_a_managers_contact_counts_where_nobody_else_is_named(rows, certificate):
    say(rows, certificate, "pattern", business_unit="Retail")
    rows.recorded(certificate, owner_email="bob@example.com", business_unit="Orders")
    assert of(rows, "owner", "owner_state", "owner_level", "business_unit") == ("bob", "owned", "manager", "Retail")


def test_nobody(rows, certificate):
    assert of(rows, "owner", "owner_state", "owner_level", "business_unit") == (None, "none", None, None)


def test_of_servers_that_share_a_certificate_an_active_owner_and_the_higher_criticality_count(rows, certificate):
    rows.seen(certificate, "other.shop.example.com")
    say(rows, certificate, "endpoint", owner="gone", criticality="low")
    rows.asset("other.shop.example.com", owner="eve", criticality="critical")
    assert of(rows, "owner", "owner_state", "criticality") == ("eve", "owned", "critical")


def test_the_latest_description_by_the_moment_counts_else_the_first_after_it(rows, certificate):
    for days, owner in ((40, "ann"), (20, "bob"), (-5, "eve")):
        say(rows, certificate, "endpoint", owner=owner, at=AS_OF - days * DAY)
    estate = rows.estate()
    owners = [estate.inventory(as_of=AS_OF + days * DAY)["owner"].tolist() for days in (0, 5)]
    assert owners == [["bob"], ["eve"]]
    rows.tables["asset"] = rows.tables["asset"][2:]
    assert of(rows, "owner") == "eve"


def test_of_directories_the_newest_statement_counts_and_of_equals_that_the_person_left(rows, certificate):
    say(rows, certificate, "endpoint", owner="ann")
    rows.person("ann", active=False, system="idp", at=AS_OF - 2 * DAY)
    assert of(rows, "owner_state") == "inactive"
    rows.person("ann", active=True, system="third", at=AS_OF - DAY)
    assert of(rows, "owner_state") == "owned"
    rows.person("ann", active=False, system="fourth", at=AS_OF - DAY)
    assert of(rows, "owner_state") == "inactive"
