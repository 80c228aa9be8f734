"""Who answers for what: ServiceNow tables (servers, users, groups) and the ownership list, a CSV.

The configuration database knows most servers by name and address, with business unit, person and
group; the list knows services by pattern, with criticality, and a few things exactly:
extended-validation names, and appliances by the fingerprint of their certificate. Where both speak
they agree. Servers for which nobody was ever named stand in the database alone, without a name.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from certanalytics.demo.clock import AS_OF
from certanalytics.demo.company import UNITS, Endpoint, Person, Service, Team
from certanalytics.demo.exports._files import write, write_json
from certanalytics.demo.world import Issued, World

_EXPORTED = AS_OF - timedelta(hours=3)
_INSTANCE = "https://meridian.service-now.example/api/now/table"
_COVERAGE = 0.85
_BY_FINGERPRINT = 6
_LIST_COLUMNS = ("name", "owner_email", "team", "business_unit", "environment", "criticality", "service")


def write_cmdb(folder: Path, world: World, rng: Random) -> None:
    """Write servers, users and groups as the Table API returns them, where every value is a string."""
    write_json(folder / "cmdb_ci_server.json", {"result": list(_servers(world, rng))}, _EXPORTED)
    write_json(folder / "sys_user.json", {"result": [_user(rng, each) for each in world.company.people]}, _EXPORTED)
    write_json(folder / "sys_user_group.json", {"result": [_group(each) for each in world.company.teams]}, _EXPORTED)


def write_list(folder: Path, world: World) -> None:
    """Write the ownership list."""
    text = io.StringIO()
    table = csv.DictWriter(text, _LIST_COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(_list_rows(world))
    write(folder / "owners.csv", text.getvalue().encode(), _EXPORTED)


def _list_rows(world: World) -> Iterator[dict[str, str]]:
    for service in world.company.services:
        if service.owner:
            yield _list_row(service, f"*.{service.domain}", "")
    for each in world.issued:
        if each.issue.deployment.fleet.name == "portal-ev" and each.issue.is_served(AS_OF):
            endpoint = each.issue.deployment.endpoints[0]
            yield _list_row(each.issue.deployment.service, endpoint.host, endpoint.environment.capitalize())
    for each in _appliances(world)[:_BY_FINGERPRINT]:
        deployment = each.issue.deployment
        yield _list_row(deployment.service, each.certificate.sha256, deployment.endpoints[0].environment.capitalize())


def _list_row(service: Service, name: str, environment: str) -> dict[str, str]:
    return {
        "name": name,
        "owner_email": service.owner.email if service.owner else "",
        "team": service.team.name if service.team else "",
        "business_unit": service.unit or "",
        "environment": environment,
        "criticality": service.criticality or "",
        "service": service.title,
    }


def _appliances(world: World) -> list[Issued]:
    return [each for each in world.issued if each.certificate.authority is None]


def _servers(world: World, rng: Random) -> Iterator[dict[str, Any]]:
    by_fingerprint = {each.issue.deployment for each in _appliances(world)[:_BY_FINGERPRINT]}
    for deployment in world.deployments:
        if not deployment.service.is_registered or deployment in by_fingerprint:
            continue
        for endpoint in deployment.endpoints:
            is_complete = deployment.fleet.practice == "appliance" or deployment.service.owner is None
            is_complete |= deployment.trace.out_of_reach is not None
            if is_complete or rng.random() < _COVERAGE:
                yield _server(rng, endpoint, deployment.service, is_retired=deployment.retired is not None)


def _server(rng: Random, endpoint: Endpoint, service: Service, *, is_retired: bool) -> dict[str, Any]:
    """One server, exported with ``sysparm_display_value=all``: each column as shown and as stored."""
    created = AS_OF - timedelta(days=rng.randrange(400, 1500), seconds=rng.randrange(86400))
    updated = created + timedelta(days=rng.randrange(1, 390))
    environment = endpoint.environment
    plain = {
        "sys_id": (sys_id := f"{rng.getrandbits(128):032x}", sys_id),
        "sys_class_name": ("Server", "cmdb_ci_server"),
        "name": (endpoint.host, endpoint.host),
        "fqdn": (endpoint.host, endpoint.host),
        "ip_address": (endpoint.ip, endpoint.ip),
        "environment": (environment.capitalize(), environment),
        "install_status": ("Retired", "7") if is_retired else ("Installed", "1"),
        "operational_status": ("Retired", "6") if is_retired else ("Operational", "1"),
        "managed_by": ("", ""),
        "sys_updated_on": (_time(updated), _time(updated)),
    }
    unit_id = f"{list(UNITS).index(str(service.unit)):032x}"
    return {
        **{column: {"display_value": shown, "value": stored} for column, (shown, stored) in plain.items()},
        "business_unit": _shown_reference("business_unit", service.unit, unit_id),
        "owned_by": _shown_reference("sys_user", service.owner.name if service.owner else "", service.owner),
        "support_group": _shown_reference("sys_user_group", service.team.name if service.team else "", service.team),
    }


def _user(rng: Random, person: Person) -> dict[str, Any]:
    first_name, _, last_name = person.name.partition(" ")
    return {
        "sys_id": person.sys_id,
        "sys_class_name": "sys_user",
        "user_name": person.user_name,
        "name": person.name,
        "first_name": first_name,
        "last_name": last_name,
        "email": person.email,
        "active": _boolean(value=person.active),
        "locked_out": _boolean(value=not person.active),
        "department": "",
        "manager": "",
        "title": "",
        "last_login": f"{person.last_login:%Y-%m-%d}",
        "last_login_time": _time(person.last_login),
        "sys_updated_on": _time(person.last_login + timedelta(minutes=rng.randrange(600))),
    }


def _group(team: Team) -> dict[str, Any]:
    return {
        "sys_id": team.sys_id,
        "name": team.name,
        "email": f"{team.name.lower().replace(' ', '-')}@meridian.example",
        "manager": _reference("sys_user", team.manager),
        "active": "true",
        "default_assignee": "",
        "exclude_manager": "false",
        "include_members": "false",
        "sys_updated_on": _time(AS_OF - timedelta(days=200)),
    }


def _reference(table: str, to: Person | Team | None) -> dict[str, str] | str:
    """A reference field: link and sys_id, or an empty string."""
    return {"link": f"{_INSTANCE}/{table}/{to.sys_id}", "value": to.sys_id} if to else ""


def _shown_reference(table: str, shown: str | None, to: Person | Team | str | None) -> dict[str, str]:
    """A reference field as shown and as stored; two empty strings if it refers to nothing."""
    sys_id = to if isinstance(to, str) or to is None else to.sys_id
    if not shown or not sys_id:
        return {"display_value": "", "value": ""}
    return {"display_value": shown, "link": f"{_INSTANCE}/{table}/{sys_id}", "value": sys_id}


def _boolean(*, value: bool) -> str:
    return "true" if value else "false"


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}"
