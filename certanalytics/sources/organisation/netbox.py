"""NetBox: devices, virtual machines and addresses, and who answers for them: tenants and contacts.

Answers of the REST API (``{count, next, results}``, or ``results`` alone as an array), its tables told apart by the
``url`` every object has or, where that was left out of a page, by the members only one table has.

A machine with a primary address of each kind is an asset with each of them.

The name of a device is a DNS name only where it has a dot in it; in plain words it goes to ``service``. A tenant is a
team: NetBox means by it whoever a resource belongs to, a department or a customer. ``last_updated`` says when somebody
edited an object, not when it was exported, and is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from certanalytics.model import Asset, Row
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import page_records, rows, section, text
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.wording import required
from certanalytics.sources.organisation._netbox import (
    SYSTEM,
    address,
    contact,
    dns_name,
    machine,
    person_id,
    tenant,
    without_mask,
)

_TABLES = {
    "dcim/devices": "dcim.device",
    "virtualization/virtual-machines": "virtualization.virtualmachine",
    "ipam/ip-addresses": "ipam.ipaddress",
    "tenancy/tenants": "tenancy.tenant",
    "tenancy/contacts": "tenancy.contact",
    "tenancy/contact-assignments": "tenancy.contactassignment",
}
"""Paths of the API and the models behind them."""

_MEMBERS = {
    "dcim.device": frozenset({"device_type", "primary_ip4"}),
    "virtualization.virtualmachine": frozenset({"cluster", "primary_ip4", "vcpus"}),
    "ipam.ipaddress": frozenset({"address", "dns_name"}),
    "tenancy.contactassignment": frozenset({"contact", "object_id"}),
}
"""What of an object tells its table without the ``url``."""

_URL = re.compile(r"/api/(" + "|".join(_TABLES) + r")/(\d+)/?$")
_TELLING = re.compile(r'"url"\s*:\s*"[^"]*/api/(' + "|".join(_TABLES) + r')/\d+/?"')


def _matches(head: Head) -> bool:
    if {"results.item.url", "item.results.item.url", "item.url", "url"} & head.json_paths:
        return bool(_TELLING.search(head.text))
    return any(
        {f"{page}count", *(f"{page}results.item.{name}" for name in members)} <= head.json_paths
        for page in ("", "item.")
        for members in _MEMBERS.values()
    )


@source(
    "netbox-rest",
    produced_by="NetBox REST API: GET /dcim/devices, /virtualization/virtual-machines, /ipam/ip-addresses, /tenancy",
    brings=("owner", "people"),
    tried_on="documentation",
    signature=Signature('JSON {"results": [...]} or [...] of objects with the url of a NetBox table', _matches),
)
def netbox_rest(export: Export) -> Iterator[Row]:
    """Read a page of devices, virtual machines, IP addresses, tenants, contacts or contact assignments.

    A contact assignment is an asset of its own, named as the object it is for; that of a tenant says nothing of a
    machine and is passed over. A contact whose assignment is ``inactive`` answers for nothing.
    """
    yield from rows(page_records(export, "results"), _object)


def _object(locator: str, said: Mapping[str, Any]) -> Iterator[Row]:
    found = _URL.search(text(said.get("url")) or "")
    model = _TABLES[found[1]] if found else _by_members(said)
    if model == "tenancy.tenant":
        yield tenant(locator, required(said, "id"), text(said.get("name")))
    elif model == "tenancy.contact":
        yield contact(locator, required(said, "id"), text(said.get("name")), text(said.get("email")))
    elif model == "tenancy.contactassignment":
        yield from _assignment(locator, said)
    elif model == "ipam.ipaddress":
        yield from address(
            locator,
            required(said, "id"),
            text(said.get("address")),
            text(said.get("dns_name")),
            status=_choice(said.get("status")),
            tenant_id=_identifier(said.get("tenant")),
            tenant_name=_name(said.get("tenant")),
        )
    else:
        primary = [
            text(section(said.get(name)).get("address")) for name in ("primary_ip", "primary_ip4", "primary_ip6")
        ]
        first, *others = dict.fromkeys(filter(None, primary)) or [None]
        made = machine(
            locator,
            model,
            required(said, "id"),
            text(said.get("name")),
            first,
            status=_choice(said.get("status")),
            tenant_id=_identifier(said.get("tenant")),
            tenant_name=_name(said.get("tenant")),
            location=_name(said.get("site")),
            owner=_name(said.get("owner")),  # since NetBox 4.5
        )
        yield made
        yield from (replace(made, ip=without_mask(other)) for other in others)


def _by_members(said: Mapping[str, Any]) -> str:
    """The model of an object of which the ``url`` was left out (``?exclude=url``).

    Raises:
        ValueError: Its members do not tell.
    """
    for model, members in _MEMBERS.items():
        if members <= said.keys():
            return model
    raise ValueError("neither a url of a table that is read nor the members of one")


def _assignment(locator: str, said: Mapping[str, Any]) -> Iterator[Row]:
    model = text(said.get("object_type")) or text(said.get("content_type"))
    if model == "tenancy.tenant":
        return
    called = _name(said.get("object"))
    active = _choice(said.get("priority")) != "inactive"
    contact_id = _identifier(said.get("contact"))
    yield Asset(
        locator=locator,
        system=SYSTEM,
        asset_id=f"tenancy.contactassignment/{required(said, 'id')}",
        name=dns_name(called),
        ip=without_mask(called),
        service=None if dns_name(called) or without_mask(called) else called,
        owner=person_id(contact_id) if contact_id and active else None,
    )


def _choice(value: object) -> str | None:
    """A choice, ``{value, label}``: the value, and before NetBox 2.7, where that was a number, the word for it."""
    if not isinstance(value, dict):
        return text(value)
    written, label = value.get("value"), text(value.get("label"))
    return label.lower() if label and not isinstance(written, str) else text(written)


def _identifier(value: object) -> str | None:
    return text(value.get("id")) if isinstance(value, dict) else text(value)


def _name(value: object) -> str | None:
    """The name of a nested object, which versions before 2.11 did not also call ``display``."""
    if not isinstance(value, dict):
        return None
    return text(value.get("name")) or text(value.get("address")) or text(value.get("display"))
