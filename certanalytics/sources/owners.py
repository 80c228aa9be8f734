"""Owner lists kept by hand: a CSV that says who answers for which name, in our columns or in the user's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from certanalytics.model import Asset, Person, Row
from certanalytics.sources._export import Export
from certanalytics.sources._owner_mapping import ACTIVE, COLUMNS, CRITICALITIES, OwnerMapping, read_mapping
from certanalytics.sources._records import csv_records, rows
from certanalytics.sources._signature import Head, Signature, csv_columns
from certanalytics.sources._source import Source, source
from certanalytics.sources._text import hex_digits, ip_address, is_dns_name

_DELIMITERS = (",", ";", "\t")
_SYSTEM = "owners-csv"


def _delimiter_of(head: Head) -> str | None:
    """What stands between the cells of an owner list with canonical columns; ``None`` if it is none."""
    for mark in _DELIMITERS:
        columns = {cell.casefold() for cell in head.columns(mark)}
        if "name" in columns and columns & {"owner", "owner_email"}:
            return mark
    return None


@source(
    _SYSTEM,
    produced_by="A spreadsheet or script, with the columns " + ", ".join(COLUMNS),
    brings=("owner", "people"),
    tried_on="documentation",
    signature=Signature(
        "CSV with columns name and owner or owner_email, between commas, semicolons or tabs",
        lambda head: _delimiter_of(head) is not None,
    ),
)
def owners_csv(export: Export) -> Iterator[Row]:
    """Read an owner list in canonical columns (`certanalytics.sources._owner_mapping.COLUMNS`)."""
    delimiter = _delimiter_of(Head(export.head)) or ","
    yield from _owners(export, _SYSTEM, OwnerMapping(delimiter=delimiter))


def mapped_owners(path: Path) -> Source:
    """A source for owner lists whose columns the user names in a TOML file.

    The file maps canonical columns (`COLUMNS`) to those of the list, and words to words where the
    list has its own::

        delimiter = ";"                  # optional, a comma if left out

        [columns]
        name = "FQDN"
        owner_email = "Responsible (mail)"
        criticality = "Tier"

        [values.criticality]             # optional
        "Tier 1" = "critical"

    Args:
        path: The TOML file. Its name without suffix becomes part of the source's name.

    Raises:
        UsageError: The file cannot be read, or what it says cannot be followed.
    """
    mapping = read_mapping(path)
    name = f"{_SYSTEM}:{path.stem}"
    return Source(
        name=name,
        produced_by=f"A list with the columns mapped in {path.name}",
        brings=("owner", "people"),
        tried_on="documentation",
        signature=csv_columns(*dict.fromkeys(mapping.columns.values()), delimiter=mapping.delimiter),
        read=lambda export: _owners(export, name, mapping),
    )


def _owners(export: Export, system: str, mapping: OwnerMapping) -> Iterator[Row]:
    """An asset for each row, and a person the first time the list says this of them."""
    told: set[Person] = set()

    def convert(locator: str, row: Mapping[str, str]) -> Iterator[Row]:
        said = mapping.canonical(row)
        asset, person = _asset(locator, system, said), _person(locator, system, said)
        yield asset
        if person and replace(person, locator="") not in told:
            told.add(replace(person, locator=""))
            yield person

    yield from rows(csv_records(export, mapping.delimiter), convert)


def _asset(locator: str, system: str, said: Mapping[str, str]) -> Asset:
    if "name" not in said:
        raise ValueError("the name is empty")
    owner = said.get("owner_email") or said.get("owner")
    if not said.keys() - {"name", "ip"}:  # a row without an owner may still say whose business it is
        raise ValueError("the owner is empty, and the row says nothing else")
    criticality = said.get("criticality", "").casefold() or None
    if criticality not in {None, *CRITICALITIES}:
        raise ValueError(
            f"criticality {said['criticality']!r} is none of {', '.join(CRITICALITIES)}; "
            "a mapping with [values.criticality] can translate it"
        )
    name, address = _name_or_address(said["name"])
    address = address or said.get("ip")
    if address and not ip_address(address):
        raise ValueError(f"ip {address!r} is no IP address")
    return Asset(
        locator=locator,
        system=system,
        asset_id=said["name"],
        name=name,
        ip=ip_address(address) if address else None,
        owner=owner,
        team=said.get("team"),
        service=said.get("service"),
        business_unit=said.get("business_unit"),
        environment=said.get("environment"),
        criticality=criticality,
        status=said.get("status"),
        location=said.get("location"),
    )


def _name_or_address(written: str) -> tuple[str | None, str | None]:
    """What an asset's name is: a DNS name or SHA-256 in the estate's form, or an address."""
    if ip_address(written):
        return None, written
    name = written.lower().rstrip(".")
    if is_dns_name(name):
        return name, None
    if len(name.replace(":", "")) == 64:
        return hex_digits(name), None
    try:
        # A name in its own script stands in certificates as an A-label (RFC 5280 section 7.2).
        label = name.encode("idna").decode("ascii")
    except UnicodeError:
        label = ""
    if not is_dns_name(label):
        raise ValueError(f"name {written!r} is no DNS name, wildcard pattern, IP address or SHA-256")
    return label, None


def _person(locator: str, system: str, said: Mapping[str, str]) -> Person | None:
    """The owner as a person, where the list says more of them than how they are called."""
    if not (said.keys() & {"owner_name", "active"} and said.keys() & {"owner", "owner_email"}):
        return None
    active = said.get("active")
    if active is not None and active.casefold() not in ACTIVE:
        raise ValueError(
            f"active {active!r} is none of {', '.join(ACTIVE)}; a mapping with [values.active] can translate it"
        )
    return Person(
        locator=locator,
        system=system,
        person_id=said.get("owner_email") or said["owner"],
        name=said.get("owner_name"),
        user_name=said.get("owner"),
        email=said.get("owner_email"),
        active=ACTIVE[active.casefold()] if active is not None else None,
    )
