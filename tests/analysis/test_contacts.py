"""Who fills which role, who has left, and where sources disagree."""

from __future__ import annotations

import json

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.ownership.contacts import NO_COMPARISON, NO_DIRECTORY, roles


def values(result):
    return {kpi.id: kpi.value for kpi in result.kpis.values()}


def contacts(rows):
    """Role, name and state of everyone named, in order."""
    frame = rows.estate().query("SELECT role, name, state, level FROM contact($as_of) ORDER BY ALL", as_of=AS_OF)
    return [tuple(row) for row in frame.itertuples(index=False)]


@pytest.fixture
def people(rows):
    for name in ("ann", "bob", "eve"):
        rows.person(name)
    rows.person("gone", active=False)
    rows.team("web")
    rows.team("old", active=False)
    return rows


def test_figures(people):
    rows = people
    rows.served("a.example.com")
    rows.asset("a.example.com", owner="ann", team="web")  # two parties
    rows.served("b.example.com")
    rows.asset("b.example.com", owner="bob")  # one person
    rows.served("c.example.com")
    rows.asset("c.example.com", owner="gone", team="old")  # everyone has left
    rows.served("d.example.com")
    rows.asset("d.example.com", owner="stranger@example.net")  # no directory knows them
    rows.served("e.example.com")  # nobody
    rows.served("f.example.com")
    rows.asset("f.example.com", team="web", owner="gone")  # one team
    found = roles(rows.estate(), as_of=AS_OF)
    assert values(found) == {
        "roles_filled": pytest.approx(4 / 6),
        "all_roles": None,
        "unverifiable": pytest.approx(2 / 5),
        "all_left": 1,
        "some_left": 2,
        "conflicts": None,
        "single_contact": pytest.approx(1 / 3),
    }
    assert found.kpis["unverifiable"].excluded == "1 certificate without any contact"
    assert found.kpis["single_contact"].excluded == (
        "1 certificate without any contact, 1 certificate whose contacts have all left, 1 certificate with one contact "
        "of whom no directory says whether a person or a shared address"
    )
    assert found.kpis["conflicts"].sentence == NO_COMPARISON
    assert found.headline == (
        "For 5 of 6 certificates in service somebody is named as contact; for 3 of these a directory confirms that one "
        "of them is still there."
    )
    assert found.tables["single"]["subject_cn"].tolist() == ["b.example.com"]
    assert set(found.tables["stale"]["name"]) == {"gone", "old", "stranger@example.net"}
    told = found.tables["roles"].set_index("role")
    assert told.loc["accountable"].tolist() == [True, 4, 3, 0, 1, 1, 6]
    assert told["told"].sum() == 1
    levels = found.frame.groupby("role")["level"].agg(set)
    assert levels["accountable"] == {"system of record", "none"}
    assert levels["security"] == {"not assessable"}


def test_without_a_directory_nobody_is_called_stale(rows):
    rows.served("a.example.com")
    rows.asset("a.example.com", owner="ann@example.com")
    found = roles(rows.estate(), as_of=AS_OF)
    assert {found.kpis[name].sentence for name in ("unverifiable", "all_left", "some_left")} == {NO_DIRECTORY}
    assert values(found)["single_contact"] is None
    assert found.tables["stale"].empty
    assert contacts(rows) == [("accountable", "ann@example.com", "no directory", "system of record")]


def test_a_register_of_contacts_that_does_not_say_who_left_is_no_directory(rows):
    rows.served("a.example.com")
    rows.person("ann", active=None, system="netbox")
    rows.asset("a.example.com", owner="ann")
    assert contacts(rows) == [("accountable", "ann", "not confirmed", "system of record")]
    assert values(roles(rows.estate(), as_of=AS_OF))["unverifiable"] is None


def test_what_field_names_a_party_tells_the_role(people):
    rows = people
    certificate = rows.served("a.example.com")
    rows.asset("a.example.com", system="servicenow", owner="ann", team="web")
    rows.recorded(
        certificate,
        system="digicert-certcentral",
        owner_email="bob@example.com",
        requester="EXAMPLE\\eve",
        approver="ann",
        attributes=json.dumps({"owner_from": "technical_contact", "additional_emails": ["ann@example.com", "x@y.z"]}),
    )
    rows.recorded(certificate, system="venafi", owner_name="AD+lab:ann, AD+lab:bob", owner_email=None)
    assert contacts(rows) == [
        ("accountable", "ann", "verified", "system of record"),
        ("accountable", "bob", "verified", "manager"),
        ("approver", "ann", "verified", "manager"),
        ("renewal", "ann", "verified", "manager"),
        ("renewal", "x@y.z", "not in directory", "manager"),
        ("requester", "eve", "verified", "manager"),
        ("technical", "bob", "verified", "manager"),
        ("technical", "web", "verified", "system of record"),
    ]


def test_a_display_name_with_a_comma_is_one_contact(rows):
    certificate = rows.served("a.example.com")
    rows.recorded(certificate, owner_name="Berger, Ada")
    assert contacts(rows) == [("accountable", "Berger, Ada", "no directory", "manager")]


def test_all_four_roles(people):
    rows = people
    certificate, other = rows.served("a.example.com"), rows.served("b.example.com")
    rows.asset("a.example.com", system="servicenow", team="web")
    rows.asset("a.example.com", system="netbox", team="web", asset_id="n")
    rows.recorded(
        certificate, system="digicert-certcentral", attributes=json.dumps({"additional_emails": "ann@example.com"})
    )
    found = roles(rows.estate(), as_of=AS_OF)
    assert values(found)["all_roles"] is None  # no export names a security contact
    assert found.kpis["all_roles"].sentence.endswith("no loaded export names anybody as security contact.")
    assert found.kpis["roles_filled"].denominator == 3 * 2
    assert found.kpis["roles_filled"].numerator == 3
    assert other


@pytest.mark.parametrize(
    ("register", "manager", "verdict"),
    [
        ("ann", "bob@example.com", "conflict"),
        ("ann", "gone@example.com", "conflict"),
        ("id-ann", "ANN@example.com", None),  # the same under identifier and address
        ("ann", "stranger@example.com", "cannot tell"),  # may be another address of hers
        ("ann", "web", "cannot tell"),  # she may be one of the team
        ("web", "old", "conflict"),
    ],
)
def test_record_against_manager(people, register, manager, verdict):
    rows = people
    certificate = rows.served("a.example.com")
    rows.asset("a.example.com", owner=register)
    rows.recorded(certificate, owner_email=manager)
    found = roles(rows.estate(), as_of=AS_OF)
    assert found.tables["conflicts"]["verdict"].tolist() == ([verdict] if verdict else [])
    assert values(found)["conflicts"] == {"conflict": 1, "cannot tell": None, None: 0}[verdict]


def test_two_systems_of_record(people):
    rows = people
    rows.served("a.example.com")
    rows.asset("a.example.com", owner="ann")
    rows.asset("a.example.com", system="list", owner="bob")
    found = roles(rows.estate(), as_of=AS_OF)
    conflict = found.tables["conflicts"].iloc[0]
    assert [conflict["system_a"], list(conflict["names_a"]), list(conflict["names_b"])] == ["cmdb", ["ann"], ["bob"]]
    assert found.kpis["conflicts"].denominator == 1


def test_two_managers_or_two_roles_are_no_conflict(people):
    rows = people
    certificate = rows.served("a.example.com")
    rows.recorded(certificate, owner_email="ann@example.com")
    rows.recorded(certificate, system="lemur", owner_email="bob@example.com")
    rows.served("b.example.com")
    rows.asset("b.example.com", system="servicenow", owner="ann", team="web")
    assert values(roles(rows.estate(), as_of=AS_OF))["conflicts"] is None


def test_namesakes_are_not_told_apart(rows):
    rows.person("ann")
    rows.person("ann", system="idp", person_id="other", email="a.other@example.com", user_name="other")
    certificate = rows.served("a.example.com")
    rows.asset("a.example.com", owner="ann@example.com")
    rows.recorded(certificate, owner_email="a.other@example.com")
    assert roles(rows.estate(), as_of=AS_OF).tables["conflicts"]["verdict"].tolist() == ["cannot tell"]


def test_one_person_in_two_directories_left_if_the_newer_says_so(rows):
    rows.person("ann", person_id="cmdb-7")
    rows.person("ann", active=False, system="hr2", person_id="1001", at=AS_OF)
    rows.served("a.example.com")
    rows.asset("a.example.com", owner="cmdb-7")
    assert contacts(rows) == [("accountable", "ann", "left", "system of record")]


def test_people_who_share_an_address_stay_apart(rows):
    for number in ("1", "2"):
        rows.person(f"p{number}", email="desk@example.com", active=number == "1")
    rows.served("a.example.com")
    rows.asset("a.example.com", owner="id-p1")
    rows.asset("a.example.com", owner="id-p2", system="list")
    assert [row[1:3] for row in contacts(rows)] == [("p1", "verified"), ("p2", "left")]


def test_a_scope_bounds_it_and_an_inferred_owner_is_marked(people):
    rows = people
    rows.served("a.one.example", spki_sha256="shared", days=3)
    rows.served("b.two.example", spki_sha256="shared", days=9)
    rows.asset("a.one.example", owner="ann", business_unit="One")
    frame = roles(rows.estate(), as_of=AS_OF, scope="subject_cn = 'b.two.example'").frame
    row = frame[frame["role"] == "accountable"].iloc[0]
    assert (row["level"], row["name"], list(row["said_by"])) == ("inferred", "ann", ["same key"])
    assert row["probability"] == pytest.approx(0.8866, abs=1e-4)  # 1 / (1 + e^-(5 - 2.944))


def test_places_are_not_called_certificates(people):
    people.served("a.example.com")
    people.asset("a.example.com", system="servicenow", owner="ann", team="web")
    assert "(2 of 2 places)" in roles(people.estate(), as_of=AS_OF).explain().markdown()
