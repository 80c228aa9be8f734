"""ServiceNow Table API: servers, certificates, users and groups, who answers for what and who is still there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from certanalytics.model import Asset, Person, Record, Reject, Row, StatedCertificate, Team
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import page_records, rows
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import hex_digits, ip_address, is_dns_name, serial_hex, utc
from certanalytics.sources.organisation._servicenow import boolean, choice, identifier, reference, shown, stored

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

_CERTIFICATE_COLUMNS = (
    "fingerprint",
    "fingerprint_algorithm",
    "issuer_common_name",
    "issuer_distinguished_name",
    "subject_common_name",
    "subject_distinguished_name",
)
"""Columns only certificates have."""

_NAMES = "subject_alternative_name"
_NAME_KIND = re.compile(r"(?:DNS(?: Name)?|IP(?: Address)?)\s*[:=]\s*", re.IGNORECASE)
_TEAMS = ("support_group", "managed_by_group", "assignment_group")
_NOTED = (
    "name",
    "fingerprint",
    "serial_number",
    "signature_algorithm",
    "version",
    "is_self_signed",
    "discovery_source",
    "po_number",
    "install_status",
    "owned_by",
    "managed_by",
    "support_group",
)
_SHA1_DIGITS, _SHA256_DIGITS = 40, 64
_SYS_ID = re.compile(r"[0-9a-f]{32}")

_CRITICALITY = {"1": "critical", "2": "high", "3": "medium", "4": "low"}
"""By the digit that ``busines_criticality`` begins with (``1 - most critical``); the missing s is ServiceNow's."""


_UNDER = ("result.item", "item.result.item", "result", "item.result", "records.item", "item.records.item")
"""Where an answer has its records: pages, also in an array, one record asked for by its ``sys_id``, those of JSONv2."""


def _table(kind: str, *columns: str, without: tuple[str, ...] = ()) -> Signature:
    """A Table API response that shows at least one column only this table has: exports bring any subset."""
    telling = frozenset(f"{under}.{column}" for under in _UNDER for column in columns)
    others = frozenset(f"{under}.{column}" for under in _UNDER for column in without)
    return Signature(
        f'JSON {{"result": [...]}} or {{"records": [...]}} of ServiceNow {kind}, with one of ' + ", ".join(columns),
        lambda head: bool(telling & head.json_paths) and not others & head.json_paths,
    )


@source(
    "servicenow-servers",
    produced_by="ServiceNow Table API: GET /api/now/table/cmdb_ci_server (and its subclasses)",
    brings=("owner", "place"),
    # Certificates are configuration items too, and have addresses; they are no servers.
    signature=_table("servers", "fqdn", "ip_address", "host_name", without=(*_CERTIFICATE_COLUMNS, "user_name")),
)
def servicenow_servers(export: Export) -> Iterator[Row]:
    """Read configuration items; works with every ``sysparm_display_value`` and any subset of columns.

    An item with several addresses in one cell is an asset with each of them.

    ``name`` is the first of ``fqdn``, ``host_name`` (with ``dns_domain``) and ``name`` that is a DNS
    name; a name in plain words (``Payroll DB``) goes to ``service``. The owner is ``owned_by``, else
    ``managed_by``, else ``assigned_to``. ``observed_at`` stays empty: ``sys_updated_on`` says when
    somebody last edited the item, not when it was exported.
    """
    yield from _read(export, _server)


@source(
    "servicenow-certificates",
    produced_by="ServiceNow Table API: GET /api/now/table/cmdb_ci_certificate",
    brings=("owner", "status"),
    tried_on="documentation",
    signature=_table("certificates", *_CERTIFICATE_COLUMNS, without=("user_name",)),
)
def servicenow_certificates(export: Export) -> Iterator[Row]:
    """Read certificates as configuration items.

    Of one with a SHA-256 fingerprint it also says who answers for it, as of a server. A fingerprint counts as what its
    length says; a serial number of digits alone may be decimal or hexadecimal and is left where it stands. Times are
    treated as those of users are. Columns that are the company's own are not read.
    """
    yield from _read(export, _certificate)


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
    yield from _read(export, _user)


@source(
    "servicenow-groups",
    produced_by="ServiceNow Table API: GET /api/now/table/sys_user_group",
    brings=("people",),
    signature=_table("groups", "default_assignee", "exclude_manager", "include_members", without=("user_name",)),
)
def servicenow_groups(export: Export) -> Iterator[Row]:
    """Read groups."""
    yield from _read(export, _group)


def _read(export: Export, convert: Callable[[str, Mapping[str, Any]], Iterable[Row]]) -> Iterator[Row]:
    paths = Head(export.head).json_paths
    under = "records" if {"records", "item.records"} & paths else "result"
    yield from rows(page_records(export, under), convert)


def _server(locator: str, item: Mapping[str, Any]) -> Iterator[Row]:
    called = shown(item, "name")
    name = _dns_name(item)
    written = shown(item, "ip_address") or ""
    addresses = list(dict.fromkeys(filter(None, map(ip_address, re.split(r"[,;\s]+", written)))))
    asset = Asset(
        locator=locator,
        system=_SYSTEM,
        asset_id=identifier(item),
        name=name,
        ip=addresses[0] if addresses else None,
        service=called if called and called.lower() != name else None,
        business_unit=shown(item, "business_unit", "department"),
        environment=shown(item, "environment", "used_for", "classification"),
        criticality=_criticality(shown(item, "business_criticality", "busines_criticality")),
        owner=reference(item, "owned_by", "managed_by", "assigned_to"),
        team=reference(item, "support_group", "managed_by_group", "assignment_group"),
        status=choice(item, "install_status", _INSTALL_STATUS)
        or choice(item, "operational_status", _OPERATIONAL_STATUS),
        location=shown(item, "location"),
    )
    yield asset
    yield from (replace(asset, ip=address) for address in addresses[1:])


def _certificate(locator: str, item: Mapping[str, Any]) -> Iterator[Row]:
    digest, serial = _hexadecimal(item, "fingerprint"), _hexadecimal(item, "serial_number")
    if (shown(item, "serial_number") or "").isdigit():
        serial = ""
    signed = re.search(r"sha-?(1|224|256|384|512)(?![0-9])", (shown(item, "signature_algorithm") or "").lower())
    names = [_NAME_KIND.sub("", name.strip()) for name in re.split(r"[,;\n]", shown(item, _NAMES) or "")]
    is_ca = shown(item, "is_ca")
    times: dict[str, datetime | None] = {}
    for column in ("valid_from", "valid_to", "order_date"):
        try:
            times[column] = utc(stored(item, column))
        except ValueError as error:
            times[column], reason = None, f"{column} cannot be read ({error}); the certificate is kept without it"
            yield Reject(locator=f"{locator}.{column}", reason=reason, excerpt=stored(item, column))
    owner = shown(item, "owned_by", "managed_by", "assigned_to")
    certificate = StatedCertificate(
        sha256=digest if len(digest) == _SHA256_DIGITS else None,
        sha1=digest if len(digest) == _SHA1_DIGITS else None,
        serial_hex=serial_hex(serial) if serial else None,
        issuer_dn=shown(item, "issuer_distinguished_name"),
        issuer_cn=shown(item, "issuer_common_name"),
        subject_dn=shown(item, "subject_distinguished_name"),
        subject_cn=shown(item, "subject_common_name"),
        subject_o=shown(item, "subject_organization"),
        san_dns=tuple(name for name in names if is_dns_name(name)),
        san_ip=tuple(address for address in map(ip_address, names) if address),
        not_before=times["valid_from"],
        not_after=times["valid_to"],
        signature_hash=f"sha{signed[1]}" if signed else None,
        is_ca=is_ca == "true" if is_ca in {"true", "false"} else None,
    )
    yield Record(
        locator=locator,
        system=_SYSTEM,
        record_id=identifier(item),
        certificate=certificate if certificate != StatedCertificate() else None,
        state=stored(item, "state"),
        owner_name=owner if owner and not _SYS_ID.fullmatch(owner) else None,
        business_unit=_named(item, "business_unit", "department"),
        location=_named(item, "location"),
        requested_at=times["order_date"],
        attributes=json.dumps(
            {column: found for column in _NOTED if (found := shown(item, column))}, ensure_ascii=False
        ),
    )
    answers = reference(item, "owned_by", "managed_by", "assigned_to"), reference(item, *_TEAMS)
    if len(digest) == _SHA256_DIGITS and any(answers):
        yield Asset(
            locator=locator,
            system=_SYSTEM,
            asset_id=identifier(item),
            name=digest,
            business_unit=_named(item, "business_unit", "department"),
            environment=shown(item, "environment"),
            owner=answers[0],
            team=answers[1],
            status=stored(item, "state"),
        )


def _hexadecimal(item: Mapping[str, Any], column: str) -> str:
    """A column that is all hexadecimal, with or without separators; empty where it is anything else."""
    written = shown(item, column) or ""
    return hex_digits(written) if re.fullmatch(r"[0-9A-Fa-f]+(?:[: -][0-9A-Fa-f]+)*", written) else ""


def _named(item: Mapping[str, Any], *columns: str) -> str | None:
    """What a reference is called, where the export says more than its identifier."""
    called = shown(item, *columns)
    return called if called and not _SYS_ID.fullmatch(called) else None


def _user(locator: str, user: Mapping[str, Any]) -> Iterator[Row]:
    written, last_login = stored(user, "last_login_time", "last_login"), None
    try:
        last_login = utc(written)
    except ValueError as error:
        reason = f"the last login cannot be read ({error}); the user is kept without it"
        yield Reject(locator=f"{locator}.last_login", reason=reason, excerpt=written)
    yield Person(
        locator=locator,
        system=_SYSTEM,
        person_id=identifier(user),
        name=shown(user, "name"),
        user_name=shown(user, "user_name"),
        email=shown(user, "email"),
        active=boolean(user, "active"),
        department=shown(user, "department"),
        manager=reference(user, "manager"),
        last_login=last_login,
    )


def _group(locator: str, group: Mapping[str, Any]) -> Iterator[Row]:
    yield Team(
        locator=locator,
        system=_SYSTEM,
        team_id=identifier(group),
        name=shown(group, "name"),
        email=shown(group, "email"),
        manager=reference(group, "manager"),
        active=boolean(group, "active"),
    )


def _dns_name(item: Mapping[str, Any]) -> str | None:
    host, domain = shown(item, "host_name"), shown(item, "dns_domain")
    if host and domain and "." not in host:
        host = f"{host}.{domain}"
    called = shown(item, "name")
    # A single word is a host name only where the column says so; as a name it may be anything.
    names = (shown(item, "fqdn"), host, called if called and "." in called else None)
    return next((name.lower().rstrip(".") for name in names if name and is_dns_name(name)), None)


def _criticality(written: str | None) -> str | None:
    """One of the four words of the model, where the item says one or begins with its digit; else as written."""
    if written is None:
        return None
    return _CRITICALITY.get(written[:1], written.lower())
