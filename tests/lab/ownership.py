"""Who answers for the lab's servers: ServiceNow tables and an owners list, invented values in the documented shape."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED, STAFF, Employee, written_csv, written_json
from tests.lab.truth import Truth


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """Servers, people and teams as the ServiceNow Table API gives them, and a plain list of owners."""
    servers = [_server(number, host, ip) for number, (host, ip) in enumerate(_hosts(truth))]
    people = [_person(truth, employee) for employee in STAFF]
    teams = [_team(unit) for unit in sorted({employee.unit for employee in STAFF})]
    for table, records in {"cmdb_ci_server": servers, "sys_user": people, "sys_user_group": teams}.items():
        sample = Sample(f"servicenow/{table}.json", "the lab", f"{INVENTED}the Table API, table {table}")
        yield sample, written_json({"result": records})
    both = [{key: _with_display_value(value) for key, value in record.items()} for record in people]
    how = f"{INVENTED}the Table API with `sysparm_display_value=all`"
    yield Sample("servicenow/sys_user_display_all.json", "the lab", how), written_json({"result": both})
    yield Sample("owners/owners.csv", "the lab", f"{INVENTED}our owners list"), _owners(truth)


def _hosts(truth: Truth) -> list[tuple[str, str]]:
    return sorted({(row["host"], row["ip"]) for row in truth.endpoints if row["ip"]})


def _server(number: int, host: str, ip: str) -> dict[str, object]:
    employee = None if number % 5 == 4 else STAFF[number % len(STAFF)]
    unit = employee.unit if employee else "IT"
    return {
        "sys_id": _sys_id(host),
        "sys_class_name": "cmdb_ci_linux_server",
        "name": f"lab-{number:02d}",
        "host_name": host.partition(".")[0],
        "fqdn": host,
        "dns_domain": host.partition(".")[2],
        "ip_address": ip,
        "os": "Linux Debian",
        "short_description": "Web server of the lab",
        "classification": "Production" if number % 3 else "Test",
        "environment": "Production" if number % 3 else "Test",
        "used_for": "Production" if number % 3 else "Test",
        "busines_criticality": "1 - most critical"
        if number % 4 == 0
        else "3 - less critical",  # sic: ServiceNow's spelling
        "operational_status": "1",
        "install_status": "1",
        "owned_by": _reference("sys_user", employee.user_name) if employee else "",
        "managed_by": "",
        "assigned_to": "",
        "support_group": _reference("sys_user_group", unit),
        "managed_by_group": "",
        "assignment_group": "",
        "department": _reference("cmn_department", unit),
        "business_unit": _reference("business_unit", unit),
        "location": _reference("cmn_location", "Berlin"),
        "virtual": "true",
        "sys_created_on": "2024-02-01 09:00:00",
        "sys_updated_on": "2026-10-30 17:45:10",
    }


def _person(truth: Truth, employee: Employee) -> dict[str, object]:
    last_login = truth.day - timedelta(days=3 if employee.active else 420)
    return {
        "sys_id": _sys_id(employee.user_name),
        "sys_class_name": "sys_user",
        "name": f"{employee.first} {employee.last}",
        "first_name": employee.first,
        "last_name": employee.last,
        "user_name": employee.user_name,
        "email": employee.email,
        "active": str(employee.active).lower(),
        "locked_out": str(not employee.active).lower(),
        "department": _reference("cmn_department", employee.unit),
        "manager": "" if employee is STAFF[2] else _reference("sys_user", STAFF[2].user_name),
        "title": "Engineer",
        "employee_number": "",
        "last_login": last_login.date().isoformat(),
        "last_login_time": f"{last_login.date().isoformat()} 08:12:44",
        "sys_created_on": "2023-01-09 08:00:00",
        "sys_updated_on": "2026-11-02 06:30:00",
    }


def _team(unit: str) -> dict[str, object]:
    manager = next(employee for employee in STAFF if employee.unit == unit)
    return {
        "sys_id": _sys_id(unit),
        "name": unit,
        "description": f"Runs the servers of {unit}",
        "manager": _reference("sys_user", manager.user_name),
        "email": f"{unit.lower()}@lab.example",
        "active": "true",
        "type": "",
        "parent": "",
        "exclude_manager": "false",
        "include_members": "false",
        "default_assignee": "",
        "sys_created_on": "2023-01-09 08:00:00",
        "sys_updated_on": "2025-06-12 10:00:00",
    }


def _owners(truth: Truth) -> bytes:
    columns = ("name", "ip", "owner", "owner_email", "team", "business_unit", "environment", "criticality", "service")
    rows = []
    for number, (host, ip) in enumerate(_hosts(truth)):
        employee = STAFF[number % len(STAFF)]
        name = "*.wild.lab.example" if host == "www.wild.lab.example" else host
        level = ("critical", "high", "medium", "low")[number % 4]
        owner = f"{employee.first} {employee.last}", employee.email
        rows.append((name, ip, *owner, employee.unit, employee.unit, "Production", level, "Lab"))
    return written_csv(columns, rows)


def _sys_id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _reference(table: str, name: str) -> dict[str, str]:
    return {"link": f"https://lab.service-now.example/api/now/table/{table}/{_sys_id(name)}", "value": _sys_id(name)}


def _with_display_value(value: object) -> dict[str, object]:
    if isinstance(value, dict):
        return {"display_value": "shown name", **value}
    return {"display_value": value, "value": value}
