"""NetBox as Django dumps its database (``manage.py dumpdata``): an array of ``{model, pk, fields}``, of all tables.

Objects refer to each other by number, in any order. A row says what stood before it in the file; where its other half
comes later (the primary address of a device, the contact that answers for it) the later object says it of both. Held
in memory are the machines, and the names of tenants and sites. Everything else in a dump (cabling, permissions,
sessions, users with their password hashes) is passed over. Tried on NetBox 2.11; the contacts that 3.1 brought are
read after the documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from certanalytics.model import Asset, Row
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import json_records, rows, section, text
from certanalytics.sources._reading.signature import Signature, json_pages
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.wording import required
from certanalytics.sources.organisation._netbox import address, contact, machine, person_id, tenant

_MACHINES = ("dcim.device", "virtualization.virtualmachine")
_NAMED = ("contenttypes.contenttype", "tenancy.tenant", "dcim.site", "ipam.ipaddress")
_TELLING = re.compile(r'"(?:model|app_label)"\s*:\s*"(?:dcim|ipam|tenancy|virtualization)\b')


_OBJECTS = json_pages("model", "fields")


@dataclass(slots=True)
class _Seen:
    """What the objects before this one said, by model and number."""

    names: dict[tuple[str, str], str] = field(default_factory=dict)
    cluster_sites: dict[str, str] = field(default_factory=dict)
    machines: dict[tuple[str, str], Asset] = field(default_factory=dict)
    primary_of: dict[str, Asset] = field(default_factory=dict)
    contacts: dict[tuple[str, str], str] = field(default_factory=dict)

    def name(self, model: str, number: str | None) -> str | None:
        return self.names.get((model, number)) if number else None


@source(
    "netbox-dump",
    produced_by="NetBox: manage.py dumpdata --natural-foreign --indent 2 > netbox.json",
    brings=("owner", "people"),
    signature=Signature(
        "JSON [{model, fields}, ...], or one object a line, with a model of NetBox",
        lambda head: _OBJECTS.matches(head) and bool(_TELLING.search(head.text)),
    ),
)
def netbox_dump(export: Export) -> Iterator[Row]:
    """Read a dump of the whole database, or of some of its tables; also one object a line (``--format jsonl``)."""
    seen = _Seen()
    yield from rows(json_records(export), lambda locator, said: _rows(locator, said, seen))


def _rows(locator: str, said: Mapping[str, Any], seen: _Seen) -> Iterator[Row]:
    model, fields = text(said.get("model")) or "", section(said.get("fields"))
    if model in _NAMED and (number := text(said.get("pk"))):
        name = text(fields.get("name")) or text(fields.get("address"))
        if model == "contenttypes.contenttype":
            name = f"{text(fields.get('app_label'))}.{text(fields.get('model'))}"
        if name:
            seen.names[model, number] = name
    if model == "virtualization.cluster" and (site := text(fields.get("site"))):
        seen.cluster_sites[required(said, "pk")] = site
    elif model == "tenancy.tenant":
        yield tenant(locator, required(said, "pk"), text(fields.get("name")))
    elif model == "tenancy.contact":
        yield contact(locator, required(said, "pk"), text(fields.get("name")), text(fields.get("email")))
    elif model == "tenancy.contactassignment":
        yield from _assignment(locator, required(said, "pk"), fields, seen)
    elif model == "ipam.ipaddress":
        yield from _address(locator, required(said, "pk"), fields, seen)
    elif model in _MACHINES:
        yield _machine(locator, model, required(said, "pk"), fields, seen)


def _machine(locator: str, model: str, number: str, fields: Mapping[str, Any], seen: _Seen) -> Asset:
    tenant_id = text(fields.get("tenant"))
    site = text(fields.get("site")) or seen.cluster_sites.get(text(fields.get("cluster")) or "")
    primary = text(fields.get("primary_ip4")) or text(fields.get("primary_ip6"))
    made = machine(
        locator,
        model,
        number,
        text(fields.get("name")),
        seen.name("ipam.ipaddress", primary),
        status=text(fields.get("status")),
        tenant_id=tenant_id,
        tenant_name=seen.name("tenancy.tenant", tenant_id),
        location=seen.name("dcim.site", site),
        owner=seen.contacts.get((model, number)),
    )
    seen.machines[model, number] = made
    for written in ("primary_ip4", "primary_ip6"):
        if named := text(fields.get(written)):
            seen.primary_of[named] = made
    return made


def _address(locator: str, number: str, fields: Mapping[str, Any], seen: _Seen) -> Iterator[Row]:
    """An address; of a machine's primary one, what the machine said holds where nothing is said of the address."""
    tenant_id, holder = text(fields.get("tenant")), seen.primary_of.get(number)
    for made in address(
        locator,
        number,
        text(fields.get("address")),
        text(fields.get("dns_name")),
        status=text(fields.get("status")),
        tenant_id=tenant_id,
        tenant_name=seen.name("tenancy.tenant", tenant_id),
        held=holder is not None,
    ):
        if holder:
            seen.machines[_key(holder)] = replace(holder, ip=made.ip)
            yield replace(made, name=made.name or holder.name, team=made.team or holder.team, service=holder.service)
        else:
            yield made


def _assignment(locator: str, number: str, fields: Mapping[str, Any], seen: _Seen) -> Iterator[Row]:
    """A contact for a machine: an asset of its own where the machine stood before, else what the machine will say."""
    kind = fields.get("object_type") or fields.get("content_type")
    if isinstance(kind, list):
        model = ".".join(map(str, kind))  # a natural key: ["dcim", "device"]
    else:
        model = seen.name("contenttypes.contenttype", text(kind)) or ""
    assigned, who = (model, required(fields, "object_id")), text(fields.get("contact"))
    if model not in _MACHINES or who is None or text(fields.get("priority")) == "inactive":
        return
    if assigned not in seen.machines:
        seen.contacts.setdefault(assigned, person_id(who))
        return
    assignment = f"tenancy.contactassignment/{number}"
    yield replace(seen.machines[assigned], locator=locator, asset_id=assignment, owner=person_id(who), team=None)


def _key(holder: Asset) -> tuple[str, str]:
    model, _, number = holder.asset_id.rpartition("/")
    return model, number
