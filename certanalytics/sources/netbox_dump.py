"""NetBox as Django dumps its database (``manage.py dumpdata``): an array of ``{model, pk, fields}``, of all tables.

An object refers to others by number, so the file is read twice: first for the names of tenants and sites, addresses and
contact assignments, of which only those short texts are held, then for the rows. Everything else in a dump (cabling,
permissions, sessions, users with their password hashes) is passed over. Written by NetBox 2.11; the contacts that 3.1
brought are read after the documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from certanalytics.model import Reject, Row
from certanalytics.sources._export import Export
from certanalytics.sources._managers import required
from certanalytics.sources._netbox import address, contact, machine, person_id, tenant
from certanalytics.sources._records import json_records, rows, section, text
from certanalytics.sources._signature import Signature
from certanalytics.sources._source import source

_MACHINES = ("dcim.device", "virtualization.virtualmachine")
_TELLING = re.compile(r'"(?:model|app_label)"\s*:\s*"(?:dcim|ipam|tenancy|virtualization)\b')


@dataclass(slots=True)
class _Names:
    """What objects refer to, by number."""

    tenants: dict[str, str] = field(default_factory=dict)
    sites: dict[str, str] = field(default_factory=dict)
    clusters: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    contacts: dict[tuple[str, str], str] = field(default_factory=dict)


@source(
    "netbox-dump",
    produced_by="NetBox: manage.py dumpdata --natural-foreign --indent 2 > netbox.json",
    brings=("owner", "people"),
    signature=Signature(
        "JSON [{model, fields}, ...] with a model of NetBox",
        lambda head: {"item.model", "item.fields"} <= head.json_paths and bool(_TELLING.search(head.text)),
    ),
)
def netbox_dump(export: Export) -> Iterator[Row]:
    """Read a dump of the whole database, or of some of its tables."""
    names = _Names()
    for record in json_records(export):
        if not isinstance(record, Reject):
            _learn(names, record[1])
    yield from rows(json_records(export), lambda locator, said: _rows(locator, said, names))


def _learn(names: _Names, said: Mapping[str, Any]) -> None:
    """Keep what other objects refer to; what is broken in it is reported when the row is made."""
    model, pk, fields = said.get("model"), _key(said.get("pk")), said.get("fields")
    if not isinstance(fields, dict):
        return
    name = _key(fields.get("name"))
    if model == "contenttypes.contenttype" and pk:
        names.models[pk] = f"{_key(fields.get('app_label'))}.{_key(fields.get('model'))}"
    elif model == "tenancy.tenant" and pk and name:
        names.tenants[pk] = name
    elif model == "dcim.site" and pk and name:
        names.sites[pk] = name
    elif model == "virtualization.cluster" and pk and (site := _key(fields.get("site"))):
        names.clusters[pk] = site
    elif model == "ipam.ipaddress" and pk and (written := _key(fields.get("address"))):
        names.addresses[pk] = written
    elif model == "tenancy.contactassignment" and fields.get("priority") != "inactive":
        kind, number, who = _model(names, fields), _key(fields.get("object_id")), _key(fields.get("contact"))
        if kind and number and who and (fields.get("priority") == "primary" or (kind, number) not in names.contacts):
            names.contacts[kind, number] = who


def _rows(locator: str, said: Mapping[str, Any], names: _Names) -> Iterator[Row]:
    model, fields = text(said.get("model")), section(said.get("fields"))
    if model == "tenancy.tenant":
        yield tenant(locator, required(said, "pk"), text(fields.get("name")))
    elif model == "tenancy.contact":
        yield contact(locator, required(said, "pk"), text(fields.get("name")), text(fields.get("email")))
    elif model == "ipam.ipaddress":
        pk, tenant_id = required(said, "pk"), text(fields.get("tenant"))
        yield from address(
            locator,
            pk,
            text(fields.get("address")),
            text(fields.get("dns_name")),
            status=text(fields.get("status")),
            tenant_id=tenant_id,
            tenant_name=names.tenants.get(tenant_id or ""),
            owner=_owner(names, model, pk),
        )
    elif model in _MACHINES:
        pk, tenant_id = required(said, "pk"), text(fields.get("tenant"))
        site = text(fields.get("site")) or names.clusters.get(text(fields.get("cluster")) or "")
        primary = text(fields.get("primary_ip4")) or text(fields.get("primary_ip6"))
        yield machine(
            locator,
            model,
            pk,
            text(fields.get("name")),
            names.addresses.get(primary or ""),
            status=text(fields.get("status")),
            tenant_id=tenant_id,
            tenant_name=names.tenants.get(tenant_id or ""),
            location=names.sites.get(site or ""),
            owner=_owner(names, model, pk),
        )


def _owner(names: _Names, model: str, pk: str) -> str | None:
    found = names.contacts.get((model, pk))
    return person_id(found) if found else None


def _model(names: _Names, fields: Mapping[str, Any]) -> str | None:
    """The model an assignment is for: by its natural key (``["dcim", "device"]``), or its content type's number."""
    kind = fields.get("object_type") or fields.get("content_type")
    if isinstance(kind, list) and len(kind) == 2:
        return f"{kind[0]}.{kind[1]}"
    return names.models.get(_key(kind) or "")


def _key(value: object) -> str | None:
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else None
