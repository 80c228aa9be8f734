"""Who answers for the lab's servers, as NetBox, a directory and a personnel system would say it."""

from __future__ import annotations

import base64
import codecs
import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.lab.provenance import THE_LAB, Sample
from tests.lab.staff import INVENTED, STAFF, Employee, written_csv, written_json
from tests.lab.truth import Truth

_API = "https://netbox.lab.example/api"
_BASE = "dc=lab,dc=example"
_UNITS = sorted({employee.unit for employee in STAFF})
_PHOTOGRAPH = bytes(range(256))


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """NetBox by table and as a dump, a directory as LDIF and as tables, and a list of employees."""
    hosts = sorted({(row["host"], row["ip"]) for row in truth.endpoints if row["ip"]})[:8]
    for table, results in _netbox(hosts).items():
        page = {"count": len(results), "next": None, "previous": None, "results": results}
        yield _sample(f"netbox/{table}.json", f"the REST API, `GET {table}`"), written_json(page)
    yield _sample("netbox/dump.json", "`manage.py dumpdata`"), written_json(_dump(hosts))
    yield _sample("ldap/people.ldif", "`slapcat`"), _people()
    yield _sample("ldap/directory.ldif", "`ldifde -f`, Active Directory"), _active_directory(truth, hosts)
    yield _sample("ldap/users.csv", "`Get-ADUser -Filter * -Properties * \\| Export-Csv`"), _users(truth)
    yield _sample("ldap/directory.csv", "`csvde -f`"), _csvde(truth, hosts)
    yield _sample("hr/employees.csv", "a personnel system's report"), codecs.BOM_UTF8 + _employees()


def _sample(path: str, what: str) -> Sample:
    return Sample(path, THE_LAB, f"{INVENTED}{what}")


def _netbox(hosts: list[tuple[str, str]]) -> dict[str, list[dict[str, Any]]]:
    tenants = [_object("tenancy/tenants", at, unit, name=unit, slug=unit.lower()) for at, unit in enumerate(_UNITS, 1)]
    contacts = [
        _object("tenancy/contacts", at, f"{each.first} {each.last}", name=f"{each.first} {each.last}", email=each.email)
        for at, each in enumerate(STAFF, 1)
    ]
    devices, addresses, assignments = [], [], []
    for at, (host, ip) in enumerate(hosts, 1):
        tenant = tenants[at % len(tenants)]
        shared = {"tenant": _nested(tenant), "status": {"value": "active", "label": "Active"}}
        address = _object("ipam/ip-addresses", at, f"{ip}/32", address=f"{ip}/32", dns_name=host, **shared)
        addresses.append(address)
        site = {"id": 1, "url": f"{_API}/dcim/sites/1/", "display": "Berlin", "name": "Berlin", "slug": "berlin"}
        device = _object("dcim/devices", at, host, name=host, site=site, primary_ip=_nested(address), **shared)
        devices.append(device)
        if at % 2:
            assigned = {
                "object_type": "dcim.device",
                "object_id": at,
                "object": _nested(device),
                "contact": _nested(contacts[at % len(contacts)]),
                "priority": {"value": "primary", "label": "Primary"},
            }
            assignments.append(_object("tenancy/contact-assignments", at, host, **assigned))
    machine = _object("virtualization/virtual-machines", 1, "batch 7", name="batch 7", primary_ip=None)
    return {
        "devices": devices,
        "virtual-machines": [machine | {"tenant": None, "status": {"value": "offline", "label": "Offline"}}],
        "ip-addresses": addresses,
        "tenants": tenants,
        "contacts": contacts,
        "contact-assignments": assignments,
    }


def _object(table: str, identifier: int, display: str, **said: Any) -> dict[str, Any]:
    url = f"{_API}/{table}/{identifier}/"
    return {"id": identifier, "url": url, "display": display, **said, "last_updated": "2026-10-01T08:00:00.000000Z"}


def _nested(whole: dict[str, Any]) -> dict[str, Any]:
    return {key: whole[key] for key in ("id", "url", "display", "name", "address") if key in whole}


def _dump(hosts: list[tuple[str, str]]) -> list[dict[str, Any]]:
    models = ("dcim.device", "ipam.ipaddress", "tenancy.tenant")
    records: list[dict[str, Any]] = []
    for at, model in enumerate(models, 1):
        app, name = model.split(".")
        records.append({"model": "contenttypes.contenttype", "pk": at, "fields": {"app_label": app, "model": name}})
    records.append({"model": "dcim.site", "pk": 1, "fields": {"name": "Berlin", "slug": "berlin"}})
    records += [{"model": "tenancy.tenant", "pk": at, "fields": {"name": unit}} for at, unit in enumerate(_UNITS, 1)]
    for at, each in enumerate(STAFF, 1):
        fields = {"name": f"{each.first} {each.last}", "email": each.email, "title": ""}
        records.append({"model": "tenancy.contact", "pk": at, "fields": fields})
    for at, (host, ip) in enumerate(hosts, 1):
        tenant = at % len(_UNITS) + 1
        device = {"name": host, "site": 1, "tenant": tenant, "status": "active", "primary_ip4": at, "primary_ip6": None}
        records.append({"model": "dcim.device", "pk": at, "fields": device})
        address = {"address": f"{ip}/32", "dns_name": host, "tenant": tenant, "status": "active"}
        records.append({"model": "ipam.ipaddress", "pk": at, "fields": address})
        if at % 2:
            contact = at % len(STAFF) + 1
            fields = {"content_type": 1, "object_id": at, "contact": contact, "priority": "primary"}
            records.append({"model": "tenancy.contactassignment", "pk": at, "fields": fields})
    return records


def _people() -> bytes:
    text = "version: 1\n\n" + _entry(f"ou=people,{_BASE}", objectClass=["top", "organizationalUnit"], ou=["people"])
    for employee in STAFF:
        text += _entry(
            f"uid={employee.user_name},ou=people,{_BASE}",
            objectClass=["top", "person", "organizationalPerson", "inetOrgPerson"],
            cn=[f"{employee.first} {employee.last}"],
            sn=[employee.last],
            uid=[employee.user_name],
            mail=[employee.email, f"{employee.last.lower()}@lab.example"],
            ou=[employee.unit],
            description=["Größe zählt nicht"],
            jpegPhoto=[_PHOTOGRAPH],
            manager=[f"uid={STAFF[2].user_name},ou=people,{_BASE}"],
            **({} if employee.active else {"pwdAccountLockedTime": ["000001010000Z"]}),
        )
    members: list[str | bytes] = [f"uid={employee.user_name},ou=people,{_BASE}" for employee in STAFF]
    return (
        text + _entry(f"cn=web,ou=groups,{_BASE}", objectClass=["groupOfNames"], cn=["web"], member=members)
    ).encode()


def _active_directory(truth: Truth, hosts: list[tuple[str, str]]) -> bytes:
    text = ""
    for employee in STAFF:
        logged_in = truth.day - timedelta(days=3 if employee.active else 420)
        text += _entry(
            _dn(employee),
            changetype=["add"],
            objectClass=["top", "person", "organizationalPerson", "user"],
            cn=[f"{employee.first} {employee.last}"],
            displayName=[f"{employee.last}, {employee.first}"],
            sAMAccountName=[employee.user_name],
            userPrincipalName=[employee.email],
            mail=[employee.email],
            department=[employee.unit],
            userAccountControl=["512" if employee.active else "514"],
            lastLogonTimestamp=[str(_filetime(logged_in))],
            manager=[_dn(STAFF[2])],
        )
    host = hosts[0][0]
    text += _entry(
        f"CN=WEB01,OU=Servers,{_BASE}",
        changetype=["add"],
        objectClass=["top", "person", "organizationalPerson", "user", "computer"],
        cn=["WEB01"],
        dNSHostName=[host],
        userAccountControl=["4096"],
        managedBy=[_dn(STAFF[0])],
        userCertificate=[truth.chain("rsa2048")[0]],
    )
    group = f"CN=Web team,OU=Groups,{_BASE}"
    text += _entry(group, changetype=["add"], objectClass=["top", "group"], cn=["Web team"], managedBy=[_dn(STAFF[1])])
    return text.replace("\n", "\r\n").encode()


def _users(truth: Truth) -> bytes:
    columns = (
        *("AccountExpirationDate", "accountExpires", "CN", "Created", "Department", "DisplayName", "DistinguishedName"),
        *("EmailAddress", "Enabled", "GivenName", "LastLogonDate", "lastLogonTimestamp", "mail", "Manager", "MemberOf"),
        *("Name", "ObjectClass", "ObjectGUID", "PasswordLastSet", "SamAccountName", "SID", "Surname", "ou"),
        *("userAccountControl", "UserPrincipalName"),
    )
    several = "Microsoft.ActiveDirectory.Management.ADPropertyValueCollection"
    rows = []
    for number, each in enumerate(STAFF, 1101):
        name = f"{each.first} {each.last}"
        at = truth.day - timedelta(days=3 if each.active else 420)
        shown = f"{at.month}/{at.day}/{at.year} 9:12:44 AM"
        ends = "" if each.active else "9/30/2026 12:00:00 AM"
        row = (
            *(ends, "9223372036854775807", name, "1/9/2023 8:00:00 AM", each.unit, f"{each.last}, {each.first}"),
            *(_dn(each), each.email, each.active, each.first, shown, _filetime(at), each.email, _dn(STAFF[2]), several),
            *(name, "user", f"00000000-0000-4000-8000-{number:012}", "10/30/2026 7:00:00 AM", each.user_name),
            *(f"S-1-5-21-1-2-3-{number}", each.last, several, 512 if each.active else 514, each.email),
        )
        rows.append(row)
    kind = b"#TYPE Microsoft.ActiveDirectory.Management.ADUser\r\n"
    return kind + written_csv(columns, rows, quoting=csv.QUOTE_ALL)


def _csvde(truth: Truth, hosts: list[tuple[str, str]]) -> bytes:
    columns = (
        *("DN", "objectClass", "ou", "cn", "description", "displayName", "department", "userAccountControl"),
        *("objectGUID", "lastLogonTimestamp", "sAMAccountName", "userPrincipalName", "mail", "manager", "managedBy"),
        *("dNSHostName", "userCertificate", "memberOf", "groupType"),
    )
    group = f"CN=Web team,OU=Groups,{_BASE}"
    rows: list[dict[str, object]] = [
        {"DN": f"OU=People,{_BASE}", "objectClass": "organizationalUnit", "ou": "People"},
        *(
            {
                "DN": _dn(each),
                "objectClass": "user",
                "cn": f"{each.first} {each.last}",
                "description": _octets("Größe zählt nicht".encode()),
                "displayName": f"{each.last}, {each.first}",
                "department": each.unit,
                "userAccountControl": 512 if each.active else 514,
                "objectGUID": _octets(bytes(range(200, 216))),
                "lastLogonTimestamp": _filetime(truth.day - timedelta(days=3 if each.active else 420)),
                "sAMAccountName": each.user_name,
                "userPrincipalName": each.email,
                "mail": each.email,
                "manager": _dn(STAFF[2]),
                "memberOf": f"{group};CN=All,OU=Groups,{_BASE}",
            }
            for each in STAFF
        ),
        {
            "DN": f"CN=WEB01,OU=Servers,{_BASE}",
            "objectClass": "computer",
            "cn": "WEB01",
            "userAccountControl": 4096,
            "sAMAccountName": "WEB01$",
            "managedBy": _dn(STAFF[0]),
            "dNSHostName": hosts[0][0],
            "userCertificate": ";".join(_octets(truth.chain(case)[0]) for case in ("rsa2048", "p384")),
        },
        {"DN": group, "objectClass": "group", "cn": "Web team", "managedBy": _dn(STAFF[1]), "groupType": -2147483646},
        {"DN": f"CN=OTHER$,CN=Users,{_BASE}", "objectClass": "user", "sAMAccountName": "OTHER$"},  # a trust
    ]
    return written_csv(columns, [[row.get(column, "") for column in columns] for row in rows])


def _octets(value: bytes) -> str:
    return f"X'{value.hex()}'"


def _dn(employee: Employee) -> str:
    return f"CN={employee.first} {employee.last},OU=People,{_BASE}"


def _filetime(time: datetime) -> int:
    return int((time - datetime(1601, 1, 1)).total_seconds()) * 10_000_000


def _entry(dn: str, **attributes: list[str] | list[bytes] | list[str | bytes]) -> str:
    """An entry with folded lines, and base64 for what is not plain."""
    lines = [f"dn: {dn}"]
    for name, values in attributes.items():
        for value in values:
            data = value if isinstance(value, bytes) else value.encode()
            plain = isinstance(value, str) and value.isascii()
            lines.append(f"{name}: {value}" if plain else f"{name}:: {base64.b64encode(data).decode()}")
    folded = ["\n ".join([line[:76], *(line[at : at + 75] for at in range(76, len(line), 75))]) for line in lines]
    return "\n".join(folded) + "\n\n"


def _employees() -> bytes:
    columns = (
        *("Employee_Name", "EmpID", "Termd", "Position", "DOB", "DateofHire", "DateofTermination"),
        *("EmploymentStatus", "Department", "ManagerName"),
    )
    rows = []
    for number, employee in enumerate(STAFF, 10001):
        left = "" if employee.active else "9/30/2026"
        status = "Active" if employee.active else "Voluntarily Terminated"
        name = f"{employee.last}, {employee.first}  "
        manager = f"{STAFF[2].first} {STAFF[2].last}"
        flag = int(not employee.active)
        row = (name, number, flag, "Engineer", "07/10/83", "7/5/2011", left, status, f"{employee.unit}   ", manager)
        rows.append(row)
    return written_csv(columns, rows)
