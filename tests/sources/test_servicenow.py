from __future__ import annotations

import collections
import json
from datetime import datetime

import pytest

from certanalytics.errors import DataError
from certanalytics.model import Asset, Person, Reject, Team
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.organisation.servicenow import servicenow_groups, servicenow_servers, servicenow_users

FOLDER = "ownership/servicenow_table_api"
TABLES = (servicenow_servers, servicenow_users, servicenow_groups)
PERSON = "62826bf03710200044e0bfc8bcbe5df1"
GROUP = "019ad92ec7230010393d265c95c260dd"


def answer(*records):
    return json.dumps({"result": list(records)})


def one(source, written, **record):
    (row,) = source.read(written(answer({"sys_id": "1"} | record)))
    return row


def link(table, identifier):
    return {"link": f"https://dev.example/api/now/table/{table}/{identifier}", "value": identifier}


def matching(content):
    head = Head(content.encode() if isinstance(content, str) else content)
    return [source.name for source in TABLES if source.signature.matches(head)]


@pytest.mark.shared
def test_each_table_is_known_from_its_first_bytes(shared):
    matched = {
        path.name: matching(path.read_bytes()[:65536]) for path in sorted((shared / "samples" / FOLDER).iterdir())
    }
    assert matched == {
        "PROVENANCE.md": [],
        "cmdb_ci_server.json": ["servicenow-servers"],
        "sys_user.json": ["servicenow-users"],
        "sys_user_group.json": ["servicenow-groups"],
        "sys_user_offset500.json": ["servicenow-users"],
    }


@pytest.mark.parametrize(
    ("record", "table"),
    [
        ({"name": "a", "ip_address": ""}, "servicenow-servers"),
        ({"fqdn": "a.example", "owned_by": ""}, "servicenow-servers"),
        ({"sys_id": "1", "user_name": "a", "active": "true"}, "servicenow-users"),
        ({"sys_id": "1", "name": "a", "manager": "", "exclude_manager": "false"}, "servicenow-groups"),
        # Certificates are configuration items with an address of their own.
        ({"ip_address": "", "fingerprint": "aa", "valid_to": ""}, None),
        # A person and a group look the same in these columns: better none than the wrong one.
        ({"sys_id": "1", "name": "a", "manager": "", "email": "", "active": "true"}, None),
    ],
)
def test_any_subset_with_a_telling_column_is_enough(record, table):
    assert matching(answer(record)) == ([table] if table else [])


@pytest.mark.shared
def test_the_servers_of_the_sample(sample):
    export = sample(f"{FOLDER}/cmdb_ci_server.json")
    said = json.loads(export.path.read_bytes())["result"]
    rows = list(servicenow_servers.read(export))
    assert len(rows) == len(said) == 40
    assert [row.asset_id for row in rows] == [record["sys_id"] for record in said]
    # No item has an fqdn or host_name here, and no name is one: what it is called goes to the service.
    assert [row.service for row in rows] == [record["name"].strip() for record in said]
    assert {row.name for row in rows} == {row.ip for row in rows} == {None}
    owners = [
        (record["owned_by"] or record["managed_by"] or record["assigned_to"] or {}).get("value") for record in said
    ]
    assert [row.owner for row in rows] == owners
    assert all(owners)
    assert [row.team for row in rows if row.team] == [GROUP]
    assert collections.Counter(row.environment for row in rows) == {"Production": 29, None: 11}
    assert {row.status for row in rows} == {"installed"}
    assert {row.observed_at for row in rows} == {None}


@pytest.mark.shared
def test_the_users_of_the_sample(sample):
    rows = [
        row
        for name in ("sys_user", "sys_user_offset500")
        for row in servicenow_users.read(sample(f"{FOLDER}/{name}.json"))
    ]
    assert len(rows) == len({row.person_id for row in rows}) == 626
    assert collections.Counter(row.active for row in rows) == {True: 625, False: 1}
    assert sum(row.last_login is not None for row in rows) == 25
    (lucius,) = [row for row in rows if row.user_name == "lucius.bagnoli"]
    assert (lucius.name, lucius.email) == ("Lucius Bagnoli", "lucius.bagnoli@example.com")


@pytest.mark.shared
def test_the_groups_of_the_sample(sample):
    rows = list(servicenow_groups.read(sample(f"{FOLDER}/sys_user_group.json")))
    assert len(rows) == len({row.team_id for row in rows}) == 46
    assert {row.active for row in rows} == {True}
    assert sum(row.manager is not None for row in rows) == 6
    assert [row.email for row in rows if row.email] == ["service.desk@yourcompany.com"]


@pytest.mark.shared
def test_owners_and_managers_of_the_samples_are_people_of_the_samples(sample):
    users = {
        row.person_id
        for name in ("sys_user", "sys_user_offset500")
        for row in servicenow_users.read(sample(f"{FOLDER}/{name}.json"))
    }
    servers = list(servicenow_servers.read(sample(f"{FOLDER}/cmdb_ci_server.json")))
    assert len({row.owner for row in servers}) > 4
    assert {row.owner for row in servers} <= users


@pytest.mark.parametrize(
    "owner",
    [
        link("sys_user", PERSON),
        {"link": f"https://dev.example/api/now/table/sys_user/{PERSON}", "display_value": "Beth Anglin"},
        {"link": "", "value": PERSON, "display_value": "Beth Anglin"},
        PERSON,
    ],
)
def test_a_reference_points_to_its_record_however_it_was_exported(written, owner):
    assert one(servicenow_servers, written, owned_by=owner).owner == PERSON


def test_a_reference_exported_as_a_label_alone_keeps_the_label(written):
    assert one(servicenow_servers, written, owned_by={"display_value": "Beth Anglin"}).owner == "Beth Anglin"
    assert one(servicenow_servers, written, owned_by="Beth Anglin").owner == "Beth Anglin"


def test_an_item_with_everything(written):
    row = one(
        servicenow_servers,
        written,
        sys_id={"display_value": "abc", "value": "abc"},
        name={"display_value": "Payroll DB", "value": "Payroll DB"},
        fqdn="DB1.Example.COM.",
        ip_address="2001:DB8:0::1",
        environment={"display_value": "Production", "value": "prod"},
        busines_criticality={"display_value": "1 - most critical", "value": "1 - most critical"},
        department={"display_value": "Finance", "value": "9", "link": "x/9"},
        owned_by="",
        managed_by=link("sys_user", "2"),
        assigned_to=link("sys_user", "3"),
        managed_by_group=link("sys_user_group", GROUP),
        install_status={"display_value": "Retired", "value": "7"},
        operational_status={"display_value": "Operational", "value": "1"},
        location={"display_value": "Bern", "value": "8"},
    )
    assert row == Asset(
        locator="result[0]",
        system="servicenow",
        asset_id="abc",
        name="db1.example.com",
        ip="2001:db8::1",
        service="Payroll DB",
        business_unit="Finance",
        environment="Production",
        criticality="critical",
        owner="2",
        team=GROUP,
        status="retired",
        location="Bern",
    )


@pytest.mark.parametrize(
    ("item", "name", "service"),
    [
        ({"fqdn": "a.example", "host_name": "b", "name": "a.example"}, "a.example", None),
        ({"host_name": "web01", "dns_domain": "corp.example"}, "web01.corp.example", None),
        ({"host_name": "web01", "name": "Front end"}, "web01", "Front end"),
        ({"host_name": "web01.corp.example", "dns_domain": "other.example"}, "web01.corp.example", None),
        ({"name": "shop.example.com"}, "shop.example.com", None),
        ({"name": "DatabaseServer2"}, None, "DatabaseServer2"),
        ({"name": "10.0.0.7"}, None, "10.0.0.7"),
        ({"fqdn": "not a name", "name": "x.example"}, "x.example", None),
    ],
)
def test_the_name_is_the_first_that_is_a_dns_name(written, item, name, service):
    row = one(servicenow_servers, written, **item)
    assert (row.name, row.service) == (name, service)


@pytest.mark.parametrize(
    ("item", "status"),
    [
        ({"install_status": "1"}, "installed"),
        ({"install_status": "100"}, "absent"),
        ({"install_status": "", "operational_status": "6"}, "retired"),
        ({"install_status": "42"}, "42"),
        ({"install_status": "Installed"}, "Installed"),
        ({"install_status": {"value": "42", "display_value": "On loan"}}, "On loan"),
        ({}, None),
    ],
)
def test_the_status_in_words(written, item, status):
    assert one(servicenow_servers, written, fqdn="", **item).status == status


def test_a_person_and_a_team(written):
    person = one(
        servicenow_users,
        written,
        user_name="ada",
        name="Ada Lovelace",
        email="ada@example.com",
        active="false",
        department={"display_value": "Engines", "value": "5"},
        manager=link("sys_user", "9"),
        last_login="2026-01-02",
        last_login_time="2026-01-02 03:04:05",
    )
    assert person == Person(
        locator="result[0]",
        system="servicenow",
        person_id="1",
        name="Ada Lovelace",
        user_name="ada",
        email="ada@example.com",
        active=False,
        department="Engines",
        manager="9",
        last_login=datetime(2026, 1, 2, 3, 4, 5),
    )
    team = one(servicenow_groups, written, name="Web", email="", manager=link("sys_user", "9"), active="true")
    assert team == Team(locator="result[0]", system="servicenow", team_id="1", name="Web", manager="9", active=True)


def test_bad_records_are_rejects(written):
    first, second, good = servicenow_users.read(
        written(answer({"sys_id": "1", "active": "perhaps"}, {"active": "true"}, {"sys_id": "4", "active": True}))
    )
    assert [row.locator for row in (first, second)] == ["result[0]", "result[1]"]
    assert first.reason == "active is 'perhaps', neither true nor false"
    assert second.reason.startswith("neither sys_id nor a name")
    assert good.active is True


def test_a_user_is_kept_although_the_last_login_stands_in_some_local_format(written):
    user = {"sys_id": "3", "active": "false", "last_login_time": "01.02.2026 03:04"}
    reject, person = servicenow_users.read(written(answer(user)))
    assert (reject.locator, reject.excerpt) == ("result[0].last_login", "01.02.2026 03:04")
    assert (person.person_id, person.active, person.last_login) == ("3", False, None)


@pytest.mark.shared
@pytest.mark.parametrize("share", [0.25, 0.9])
@pytest.mark.parametrize(("name", "source"), [("cmdb_ci_server", servicenow_servers), ("sys_user", servicenow_users)])
def test_a_file_that_is_cut_keeps_what_stood_before(sample, written, name, source, share):
    whole = sample(f"{FOLDER}/{name}.json")
    content = whole.path.read_bytes()
    *kept, last = source.read(written(content[: int(len(content) * share)]))
    assert kept == list(source.read(whole))[: len(kept)]
    assert len(kept) > 5
    assert isinstance(last, Reject)
    assert "cut short" in last.reason


def test_an_error_answer_is_an_error(written):
    with pytest.raises(DataError, match="cut short, before its first record"):
        list(servicenow_users.read(written('{"result":[{"user_name":"a')))
