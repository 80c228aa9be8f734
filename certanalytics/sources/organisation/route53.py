r"""Amazon Route 53: the records of hosted zones, and which zones there are.

Read are the answers of the AWS CLI (``--output json``) and of boto3 written as JSON, bare or recorded by placebo,
one or several in a file:

- ``route53 list-resource-record-sets``, also as the bare list ``--query ResourceRecordSets`` gives
- ``list-hosted-zones``, ``list-hosted-zones-by-name``, ``list-hosted-zones-by-vpc``, ``get-hosted-zone``

Every value of a set is a record, whatever its routing policy; sets that differ in weight, region or health check give
several. An alias is a record of type ``ALIAS`` with its target as value, for each type of address once. Names and
texts of Route 53 escape octets in octal (``\052`` is the asterisk of a wildcard; in zone files digits are decimal).
A hosted zone is an asset: the organisation holds that name, and the answer does not say who answers for it.

Not read: change batches, health checks, traffic policies. The zone of a set stands nowhere in the answer; it is the
owner of the SOA record in the file, as long as only one can be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from certanalytics.errors import DataError
from certanalytics.model import Asset, DnsRecord, Row
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.places import answered_at, dated, made, rows_at
from certanalytics.sources._reading.records import array, number, section, text
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.organisation._dns import TYPES, data, dns_name, words

_SYSTEM = "aws-route53"
_WRAPPERS = ("", "data.", "item.", "item.data.")
_LISTS = ("ResourceRecordSets", "HostedZones", "HostedZoneSummaries")
_ONE = ("HostedZone.Id", "HostedZone.CallerReference")
_BARE = ("ResourceRecords.item.Value", "AliasTarget.DNSName")

_ESCAPED = re.compile(r"\\(?:([0-3][0-7]{2})|(.))")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def _is_bare(head: Head, wrapper: str) -> bool:
    """Sets in a list of their own, or one after the other."""
    paths = head.json_paths
    return {f"{wrapper}Name", f"{wrapper}Type"} <= paths and any(f"{wrapper}{path}" in paths for path in _BARE)


def _is_one(head: Head, wrapper: str) -> bool:
    return all(f"{wrapper}{path}" in head.json_paths for path in _ONE)


def _matches(head: Head) -> bool:
    listed = any(f"{wrapper}{name}" in head.json_paths for wrapper in _WRAPPERS for name in _LISTS)
    return (
        listed
        or any(_is_one(head, wrapper) for wrapper in _WRAPPERS)
        or any(_is_bare(head, bare) for bare in ("", "item."))
    )


@source(
    "aws-route53-json",
    produced_by="AWS CLI v1 and v2 (--output json), boto3: route53 list-resource-record-sets, list-hosted-zones",
    brings=("dns",),
    tried_on="documentation",
    signature=Signature(
        f"JSON with one of {', '.join(_LISTS)}, or {' and '.join(_ONE)}, bare or under data, "
        "or with Name, Type and ResourceRecords or AliasTarget",
        _matches,
    ),
)
def route53_json(export: Export) -> Iterator[Row]:
    """Read records and zones; ``observed_at`` is the ``Date`` of the answer in recordings, else it stays empty.

    Raises:
        DataError: The file is broken before its first value.
    """
    head = Head(export.head)
    bare = next((wrapper for wrapper in ("item.", "") if _is_bare(head, wrapper)), None)
    one = next((wrapper for wrapper in _WRAPPERS if _is_one(head, wrapper)), None)
    sets = [bare.removesuffix(".")] if bare is not None else [f"{wrapper}{_LISTS[0]}.item" for wrapper in _WRAPPERS]
    zones = _zones(export, sets)
    if one is not None:
        rows = rows_at(export, {one.removesuffix("."): _hosted_zone})
    else:
        rows = rows_at(
            export,
            dict.fromkeys(sets, lambda locator, value: _records(locator, value, zones))
            | {f"{wrapper}{name}.item": _zone for wrapper in _WRAPPERS for name in _LISTS[1:]},
        )
    date = "ResponseMetadata.HTTPHeaders.date"
    time = answered_at(export, *(wrapper + date for wrapper in _WRAPPERS)) if _is_recording(head) else None
    yield from dated(rows, time) if time else rows


def _is_recording(head: Head) -> bool:
    """Whether this is a recording, which may hold the time of the answer."""
    return "data" in head.json_paths or "item.data" in head.json_paths


def _zones(export: Export, sets: list[str]) -> frozenset[str]:
    """The owners of all SOA records, which may stand behind other records of their zone."""
    found: set[str] = set()

    def collect(_: str, value: Any) -> Iterator[Row]:
        if section(value).get("Type") == "SOA":
            found.add(_name(value["Name"]))
        yield from ()

    try:
        for _ in rows_at(export, dict.fromkeys(sets, collect)):
            pass
    except DataError:
        return frozenset()  # the reader that follows says what is wrong with the file
    return frozenset(found)


def _records(locator: str, value: Any, zones: frozenset[str]) -> Iterator[Row]:
    said = section(value)
    name, record_type = _name(said["Name"]), (text(said["Type"]) or "").upper()
    if record_type not in TYPES:
        raise ValueError(f"{record_type or 'nothing'} is no type of record")
    values = [section(each) for each in array(said.get("ResourceRecords"))]
    target = section(said.get("AliasTarget"))
    if not (values or target):
        raise ValueError("neither values nor the target of an alias")
    ttl = number(said.get("TTL"))
    above = [zone for zone in zones if f".{name}".endswith(f".{zone}")]

    def record(where: str, record_type: str, value: str, ttl: int | None) -> DnsRecord:
        zone = above[0] if len(above) == 1 else None
        return DnsRecord(
            locator=where, system=_SYSTEM, name=name, record_type=record_type, value=value, zone=zone, ttl=ttl
        )

    for count, each in enumerate(values):
        yield from made(
            f"{locator}.ResourceRecords[{count}]",
            each,
            lambda where, each: iter((record(where, record_type, _data(record_type, each["Value"]), ttl),)),
        )
    if target:
        yield record(f"{locator}.AliasTarget", "ALIAS", _name(target["DNSName"]), None)


def _zone(locator: str, value: Any) -> Iterator[Row]:
    said = section(value)
    summary = "HostedZoneId" in said  # the zones of a VPC, all of them private
    is_private = True if summary else section(said.get("Config")).get("PrivateZone")
    zone_id = text(said.get("HostedZoneId") or said["Id"])
    if zone_id is None:
        raise ValueError("Id is empty")
    yield Asset(
        locator=locator,
        system=_SYSTEM,
        asset_id=zone_id if zone_id.startswith("/") else f"/hostedzone/{zone_id}",
        name=_name(said["Name"]),
        status="private hosted zone" if is_private else "hosted zone",
    )


def _hosted_zone(locator: str, value: Any) -> Iterator[Row]:
    """One zone; the name servers it was given need not be those its NS record names today."""
    said = section(value)
    said = section(said["data"]) if "data" in said else said
    yield from _zone(f"{locator}.HostedZone", said["HostedZone"])


def _name(written: Any) -> str:
    """A name of Route 53, which is absolute with and without its final dot."""
    name = dns_name(_decimal(text(written) or ""), "")
    if not name:
        raise ValueError("a name is empty")
    return name


def _data(record_type: str, written: Any) -> str:
    value = _decimal(text(written) or "")
    if ";" in _QUOTED.sub("", value):
        raise ValueError("a semicolon outside of quotes")
    return data(record_type, list(words(value)), "")


def _decimal(written: str) -> str:
    """Octets in octal, as Route 53 writes them, in the decimal of RFC 1035."""
    return _ESCAPED.sub(lambda found: f"\\{int(found[1], 8):03}" if found[1] else found[0], written)
