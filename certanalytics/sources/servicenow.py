"""ServiceNow Table API: servers, users and groups of the CMDB, who answers for what and who is still there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import Asset, Person, Reject, Row, Team
from certanalytics.sources._export import Export
from certanalytics.sources._records import json_records, rows, text
from certanalytics.sources._signature import Signature
from certanalytics.sources._source import source
from certanalytics.sources._text import ip_address, is_dns_name, utc

_SYSTEM = "servicenow"

_INSTALL_STATUS = {
    "0": "implementing",
    "1": "installed",
    "2": "on order",
    "3": "in maintenance",
    "4": "pending install",
    "5": "pending repair",
    "6": "in stock",
    "7": "retired",
    "8": "stolen",
    "100": "absent",
}
_OPERATIONAL_STATUS = {
    "1": "operational",
    "2": "non-operational",
    "3": "repair in progress",
    "4": "dr standby",
    "5": "ready",
    "6": "retired",
}
"""The choices as ServiceNow delivers them; a number a company added stays a number."""

_CRITICALITY = {"1": "critical", "2": "high", "3": "medium", "4": "low"}
"""By the digit that ``busines_criticality`` begins with (``1 - most critical``); the missing s is ServiceNow's."""


def _table(kind: str, *columns: str, without: tuple[str, ...] = ()) -> Signature:
    """A Table API response that shows at least one column only this table has: exports bring any subset."""
    telling = frozenset(f"result.item.{column}" for column in columns)
    others = frozenset(f"result.item.{column}" for column in without)
    return Signature(
        f'JSON {{"result": [...]}} of ServiceNow {kind}, with one of ' + ", ".join(columns),
        lambda head: bool(telling & head.json_paths) and not others & head.json_paths,
    )


@source(
    "servicenow-servers",
    produced_by="ServiceNow Table API: GET /api/now/table/cmdb_ci_server (and its subclasses)",
    brings=("owner", "place"),
    # Certificates are configuration items too, and have addresses; they are no servers.
    signature=_table("servers", "fqdn", "ip_address", "host_name", without=("fingerprint", "user_name")),
)
def servicenow_servers(export: Export) -> Iterator[Row]:
    """Read configuration items; works with every ``sysparm_display_value`` and any subset of columns.

    ``name`` is the first of ``fqdn``, ``host_name`` (with ``dns_domain``) and ``name`` that is a DNS
    name; a name in plain words (``Payroll DB``) goes to ``service``. The owner is ``owned_by``, else
    ``managed_by``, else ``assigned_to``. ``observed_at`` stays empty: ``sys_updated_on`` says when
    somebody last edited the item, not when it was exported.
    """
    yield from rows(json_records(export, under="result"), _server)


@source(
    "servicenow-users",
    produced_by="ServiceNow Table API: GET /api/now/table/sys_user",
    brings=("people",),
    signature=_table("users", "user_name", "last_login", "last_login_time", "employee_number"),
)
def servicenow_users(export: Export) -> Iterator[Row]:
    """Read users; ``active`` is false for those who have left.

    With ``sysparm_display_value=true`` times stand in the format of whoever exported them. One that is not ISO 8601
    is a reject of its own: whether the user is still there must not hang on it.
    """
    yield from rows(json_records(export, under="result"), _user)


@source(
    "servicenow-groups",
    produced_by="ServiceNow Table API: GET /api/now/table/sys_user_group",
    brings=("people",),
    signature=_table("groups", "default_assignee", "exclude_manager", "include_members", without=("user_name",)),
)
def servicenow_groups(export: Export) -> Iterator[Row]:
    """Read groups."""
    yield from rows(json_records(export, under="result"), _group)


def _server(locator: str, item: Mapping[str, Any]) -> Iterator[Row]:
    called = _shown(item, "name")
    name = _dns_name(item)
    address = _shown(item, "ip_address")
    yield Asset(
        locator=locator,
        system=_SYSTEM,
        asset_id=_identifier(item),
        name=name,
        ip=(ip_address(address) or address) if address else None,
        service=called if called and called.lower() != name else None,
        business_unit=_shown(item, "business_unit", "department"),
        environment=_shown(item, "environment", "used_for", "classification"),
        criticality=_criticality(_shown(item, "business_criticality", "busines_criticality")),
        owner=_reference(item, "owned_by", "managed_by", "assigned_to"),
        team=_reference(item, "support_group", "managed_by_group", "assignment_group"),
        status=_choice(item, "install_status", _INSTALL_STATUS)
        or _choice(item, "operational_status", _OPERATIONAL_STATUS),
        location=_shown(item, "location"),
    )


def _user(locator: str, user: Mapping[str, Any]) -> Iterator[Row]:
    written, last_login = _stored(user, "last_login_time", "last_login"), None
    try:
        last_login = utc(written)
    except ValueError as error:
        reason = f"the last login cannot be read ({error}); the user is kept without it"
        yield Reject(locator=f"{locator}.last_login", reason=reason, excerpt=written)
    yield Person(
        locator=locator,
        system=_SYSTEM,
        person_id=_identifier(user),
        name=_shown(user, "name"),
        user_name=_shown(user, "user_name"),
        email=_shown(user, "email"),
        active=_boolean(user, "active"),
        department=_shown(user, "department"),
        manager=_reference(user, "manager"),
        last_login=last_login,
    )


def _group(locator: str, group: Mapping[str, Any]) -> Iterator[Row]:
    yield Team(
        locator=locator,
        system=_SYSTEM,
        team_id=_identifier(group),
        name=_shown(group, "name"),
        email=_shown(group, "email"),
        manager=_reference(group, "manager"),
        active=_boolean(group, "active"),
    )


def _stored(record: Mapping[str, Any], *columns: str) -> str | None:
    """The first of these columns that is not empty, as stored: for choices and references the key behind the label."""
    return next(filter(None, (_part(record.get(column), "value", "display_value") for column in columns)), None)


def _shown(record: Mapping[str, Any], *columns: str) -> str | None:
    """The first of these columns that is not empty, as a user sees it, where the export says."""
    return next(filter(None, (_part(record.get(column), "display_value", "value") for column in columns)), None)


def _part(cell: object, *parts: str) -> str | None:
    """One cell: plain text, or an object of which the first part that is not empty counts."""
    if isinstance(cell, dict):
        return next(filter(None, (text(cell.get(part)) for part in parts)), None)
    return text(cell)


def _reference(record: Mapping[str, Any], *columns: str) -> str | None:
    """The first of these references that is not empty: the ``sys_id`` it points to, else the label alone."""
    for column in columns:
        cell = record.get(column)
        if isinstance(cell, dict):
            linked = (text(cell.get("link")) or "").rpartition("/")[2]
            found = text(cell.get("value")) or linked or text(cell.get("display_value"))
        else:
            found = text(cell)
        if found:
            return found
    return None


def _identifier(record: Mapping[str, Any]) -> str:
    """``sys_id``; where it was not exported the name, which other tables then refer to by its label."""
    found = _stored(record, "sys_id", "user_name", "name")
    if found is None:
        raise ValueError("neither sys_id nor a name: nothing to know the record by")
    return found


def _dns_name(item: Mapping[str, Any]) -> str | None:
    host, domain = _shown(item, "host_name"), _shown(item, "dns_domain")
    if host and domain and "." not in host:
        host = f"{host}.{domain}"
    called = _shown(item, "name")
    # A single word is a host name only where the column says so; as a name it may be anything.
    names = (_shown(item, "fqdn"), host, called if called and "." in called else None)
    return next((name.lower().rstrip(".") for name in names if name and is_dns_name(name)), None)


def _criticality(written: str | None) -> str | None:
    """One of the four words of the model, where the item says one or begins with its digit; else as written."""
    if written is None:
        return None
    return _CRITICALITY.get(written[:1], written.lower())


def _choice(item: Mapping[str, Any], column: str, choices: Mapping[str, str]) -> str | None:
    stored = _stored(item, column)
    return choices.get(stored, _shown(item, column)) if stored else None


def _boolean(record: Mapping[str, Any], column: str) -> bool | None:
    stored = _stored(record, column)
    if stored is None:
        return None
    if stored.lower() not in {"true", "false"}:
        raise ValueError(f"{column} is {stored!r}, neither true nor false")
    return stored.lower() == "true"
