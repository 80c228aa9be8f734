from __future__ import annotations

import base64
import json
from collections import Counter
from datetime import datetime

import pytest

from certanalytics.model import Asset, Person, Record, Reject, Team
from certanalytics.sources import SOURCES
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.organisation.active_directory import active_directory_csv
from certanalytics.sources.organisation.hr_csv import hr_csv
from certanalytics.sources.organisation.ldif import ldap_ldif
from certanalytics.sources.organisation.netbox import netbox_rest
from certanalytics.sources.organisation.netbox_dump import netbox_dump


@pytest.mark.shared
def test_a_real_dump_of_netbox(sample):
    rows = list(netbox_dump.read(sample("ownership/netbox/netbox-demo-v2.11.json")))
    assert Counter(map(type, rows)) == {Asset: 243, Team: 11}
    first = next(row for row in rows if row.asset_id == "dcim.device/1")
    assert (first.service, first.team, first.status) == ("dmi01-akron-rtr01", "netbox:tenant/5", "active")


def test_a_machine_of_netbox_has_its_primary_address_of_each_kind(written):
    v4, v6 = {"id": 1, "address": "192.0.2.1/24"}, {"id": 2, "address": "2001:db8::1/64"}
    machine = {"id": 5, "url": "https://netbox.example/api/virtualization/virtual-machines/5/", "name": "a.example"}
    machine |= {"cluster": {"id": 1}, "primary_ip": v6, "primary_ip4": v4, "primary_ip6": v6}
    assets = list(netbox_rest.read(written(json.dumps({"count": 1, "results": [machine]}))))
    assert [(asset.name, asset.ip) for asset in assets] == [("a.example", "2001:db8::1"), ("a.example", "192.0.2.1")]


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ({"value": 6, "label": "Decommissioning"}, "decommissioning"),
        ({"value": "offline", "label": "Offline"}, "offline"),
        (None, None),
    ],
)
def test_before_netbox_2_7_a_status_was_a_number(written, status, word):
    url = "https://netbox.example/api/dcim/devices/1/"
    device = {"id": 1, "url": url, "name": "a.example", "device_type": {"id": 1}, "status": status, "primary_ip4": None}
    (asset,) = netbox_rest.read(written(json.dumps({"count": 1, "next": None, "results": [device]})))
    assert asset.status == word


@pytest.mark.shared
def test_real_people_and_groups(sample):
    (leela,) = ldap_ldif.read(sample("ownership/ldap_ldif/10_people_leela.ldif"))
    assert isinstance(leela, Person)
    assert (leela.user_name, leela.email, leela.active) == ("leela", "leela@planetexpress.com", None)
    (crew,) = ldap_ldif.read(sample("ownership/ldap_ldif/30_groups_crew.ldif"))
    assert isinstance(crew, Team)
    assert crew.name == "ship_crew"


def test_whether_an_account_can_be_used(written):
    def active(*lines: str) -> object:
        text = "dn: cn=a,dc=x\nobjectClass: person\n" + "".join(f"{line}\n" for line in lines)
        (person,) = ldap_ldif.read(written(text))
        return person.active

    assert active("userAccountControl: 66048") is True
    assert active("userAccountControl: 514") is False
    assert active("loginDisabled: FALSE") is True
    assert active("nsAccountLock: true", "active: TRUE") is False
    assert active("pwdAccountLockedTime: 000001010000Z") is False
    assert active("mail: a@x.example") is None


def test_ldif_as_it_may_be(written):
    name = base64.b64encode("Jürgen Groß".encode()).decode()
    text = (
        "# extended LDIF\r\n#  folded\r\n\r\nversion: 1\r\n"
        f"dn:: {base64.b64encode(b'cn=J,dc=x').decode()}\r\nobjectclass: inetOrgPerson\r\n"
        f"cn;lang-de:: {name[:9]}\r\n {name[9:]}\r\nmail: a@x.exam\r\n ple\r\nmail: b@x.example\r\n"
        "jpegPhoto:< file:///tmp/photo\r\nuserPassword:: c2VjcmV0\r\n"
        "lastLogon: 133500000000000000\r\nlastLogonTimestamp: 9223372036854775807\r\n\r\n"
        "dn: cn=J,dc=x\r\nchangetype: modify\r\nreplace: mail\r\nmail: c@x.example\r\n-\r\n\r\n"
        "search: 2\r\nresult: 0\r\n"
    )
    person, change = ldap_ldif.read(written(text))
    assert (person.person_id, person.name, person.email) == ("cn=J,dc=x", "Jürgen Groß", "a@x.example")
    assert person.last_login == datetime(2024, 1, 17, 21, 20)
    assert "secret" not in str(person)
    assert isinstance(change, Reject)
    assert "modify" in change.reason


def test_without_classes_machines_and_groups_are_no_people(written):
    text = (
        "dn: CN=SRV1,DC=x\nsAMAccountName: SRV1$\nuserAccountControl: 4096\n\n"
        "dn: CN=SRV2,DC=x\ndNSHostName: SRV2.x.example\n\n"
        "dn: CN=Empty,DC=x\nsAMAccountName: Empty\ngroupType: -2147483646\n\n"
        "dn: CN=Ada,DC=x\nsAMAccountName: ada\n"
    )
    first, second, group, person = ldap_ldif.read(written(text))
    assert (type(first), first.asset_id, first.status) == (Asset, "CN=SRV1,DC=x", "enabled")
    assert (type(second), second.name) == (Asset, "srv2.x.example")
    assert (type(group), group.name) == (Team, None)
    assert (type(person), person.user_name) == (Person, "ada")


@pytest.mark.parametrize("ended", ["4 Size limit exceeded", "3 Time limit exceeded", "11"])
def test_a_search_the_directory_cut_off_says_that_entries_are_missing(written, ended):
    text = f"dn: cn=A,dc=x\nobjectClass: person\n\n# search result\nsearch: 2\nresult: {ended}\n\n# numEntries: 1\n"
    person, cut_off = ldap_ldif.read(written(text))
    assert person.person_id == "cn=A,dc=x"
    assert ended in cut_off.reason
    assert list(ldap_ldif.read(written(text.replace(ended, "0 Success")))) == [person]


def _claims(head: bytes) -> list[str]:
    return [source.name for source in SOURCES if source.signature.matches(Head(head))]


_COLLECTION = "Microsoft.ActiveDirectory.Management.ADPropertyValueCollection"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
@pytest.mark.parametrize("kind", ["", "#TYPE Microsoft.ActiveDirectory.Management.ADUser\r\n"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_what_powershell_writes_of_people(written, encoding, kind, mark):
    cells = [
        ("accountExpires", "Created", "Department", "DistinguishedName", "EmailAddress", "Enabled", "LastLogonDate"),
        ("0", "1/29/2020 4:54:03 PM", "IT", "CN=Jürgen,DC=x", "j@x.example", "True", "5/4/2021 4:48:09 PM"),
        ("133964316000000000", "6/6/2020 4:44:46 PM", "", "CN=Ada,DC=x", "", "False", "5/4/2021 4:48:09 PM"),
    ]
    more = [
        ("Manager", "mail", "Name", "ObjectClass", "SamAccountName", "ou", "userAccountControl"),
        ("CN=Ada,DC=x", "j@x.example", "Jürgen", "user", "j", _COLLECTION, "66048"),
        ("", "", "Ada", "user", "ada", _COLLECTION, "514"),
    ]
    lines = (mark.join(f'"{cell}"' for cell in (*one, *other)) for one, other in zip(cells, more, strict=True))
    export = written((kind + "".join(f"{line}\r\n" for line in lines)).encode(encoding))
    assert _claims(export.head) == ["active-directory-csv"]
    there, gone = active_directory_csv.read(export)
    assert (there.system, there.person_id, there.user_name) == ("ldap", "CN=Jürgen,DC=x", "j")
    assert (there.name, there.email, there.active) == ("Jürgen", "j@x.example", True)
    assert (there.department, there.manager) == ("IT", "CN=Ada,DC=x")
    assert there.last_login == datetime(2021, 5, 4, 16, 48, 9)  # as 1/29 tells
    assert (gone.active, gone.email, gone.department, gone.manager) == (False, None, None, None)
    assert gone.last_login is None  # the 5th of April or the 4th of May


def test_a_few_properties_of_people_without_their_distinguished_names(written):
    text = (
        "Name,SamAccountName,Enabled,LastLogonDate,lastLogon,lastLogonTimestamp\n"
        "Ada,ada,WAHR,20.11.2026 09:12,0,\n"
        "Ben,ben,True,1/2/2026 9:12:44 AM,133500000000000000,133400000000000000\n"
        "Carla,carla,True,,1.30547E+17,9223372036854770000\n"
        "WEB01,WEB01$,True,,,\n"
    )
    ada, ben, unread, carla, machine = active_directory_csv.read(written(text))
    assert (ada.system, ada.person_id, ada.active) == ("active-directory-csv", "ada", True)
    assert ada.last_login == datetime(2026, 11, 20, 9, 12)
    assert ben.last_login == datetime(2024, 1, 17, 21, 20)
    assert isinstance(unread, Reject)
    assert (type(carla), carla.last_login) == (Person, None)
    assert (type(machine), machine.asset_id) == (Asset, "WEB01$")


def test_computers_and_groups_of_active_directory_are_no_people(written):
    text = (
        "DN,objectClass,cn,displayName,sAMAccountName,dNSHostName,userAccountControl,managedBy,userCertificate,mail\n"
        "\"CN=W,DC=x\",computer,W,,W$,W.x.example,4098,\"CN=A,DC=x\",X'308103020101';X'308103020102',\n"
        '"CN=G,DC=x",group,G,,G,,,,,g@x.example\n'
        '"CN=O$,DC=x",user,O$,,O$,,2080,,,\n'
        '"OU=P,DC=x",organizationalUnit,,,,,,,,\n'
        "\"CN=M,DC=x\",top;person;user,M,X'4dc3bc6c6c6572',m,,512,,,m@x.example;n@x.example\n"
    )
    machine, first, second, group, person = active_directory_csv.read(written(text))
    assert (type(machine), machine.name, machine.status) == (Asset, "w.x.example", "disabled")
    assert machine.owner == "CN=A,DC=x"
    assert [(type(each), each.record_id, each.certificate.hex()) for each in (first, second)] == [
        (Record, "CN=W,DC=x", "308103020101"),
        (Record, "CN=W,DC=x#2", "308103020102"),
    ]
    assert (type(group), group.email) == (Team, "g@x.example")
    assert (type(person), person.name, person.email) == (Person, "Müller", "m@x.example")


@pytest.mark.parametrize(
    ("columns", "source"),
    [
        ("name,owner,owner_email,SamAccountName,Enabled", "owners-csv"),
        ("EmpID,Employee_Name,Termd,SamAccountName,UserPrincipalName,mail", "hr-csv"),
        ("DN,objectClass,name,owner,environment", "active-directory-csv"),
        ("DistinguishedName;DNSHostName;Name;SamAccountName;SID", "active-directory-csv"),
    ],
)
def test_lists_that_name_an_account_are_told_apart(columns, source):
    assert _claims(f"{columns}\n".encode()) == [source]


def test_who_has_left(written):
    rows = hr_csv.read(
        written(
            "\ufeffEmployee_Name,EmpID,Termd,DateofTermination,EmploymentStatus,ManagerName,Department\r\n"
            '"Adinolfi, Wilson  K",10026,0,,Active,Michael Albert,Production       \r\n'
            '"Akinkuolie, Sarah",10196,1,06/16/12,Voluntarily Terminated,Kissy Sullivan,Production\r\n'
            '"Berger, Ada",3,,9/24/2012,,,IT\r\n'
            '"Planned, Paul",4,0,12/31/2099,Active,,IT\r\n'
            '"Torn, Tom",5,1,,Active,,IT\r\n'
            '"Soon, Sue",6,,,Future Start,,IT\r\n'
            '"Next, Nell",7,,12/31/2099,,,IT\r\n'
            '"Next, Ned",8,,03/04/2099,,,IT\r\n'
        )
    )
    said = [(row.person_id, row.name, row.active, row.department, row.manager) for row in rows]
    assert said == [
        ("10026", "Wilson K Adinolfi", True, "Production", "Michael Albert"),
        ("10196", "Sarah Akinkuolie", False, "Production", "Kissy Sullivan"),
        ("3", "Ada Berger", False, "IT", None),
        ("4", "Paul Planned", True, "IT", None),
        ("5", "Tom Torn", None, "IT", None),
        ("6", "Sue Soon", None, "IT", None),
        ("7", "Nell Next", None, "IT", None),  # had not left when the list was saved
        ("8", "Ned Next", None, "IT", None),
    ]
