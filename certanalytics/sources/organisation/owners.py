"""Owner lists kept by hand: a CSV that says who answers for which name, in our columns.

A list in columns of its own is read with a map (`certanalytics.sources.mapped`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import suppress

from certanalytics.model import Row
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import csv_records, rows
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import ip_address, is_dns_name
from certanalytics.sources.organisation._directory import names_entries
from certanalytics.sources.organisation._owner_rows import OWNERS, owner_rows

_SYSTEM = "owners-csv"
_OURS = frozenset({"owner_email", "owner_name", "business_unit", "environment", "criticality"})
"""Columns that tell an owner list by themselves; every other name is in use for other things."""

_FINGERPRINT = re.compile(r"(?:[0-9a-f]{2}:?){32}")


def _is_list(head: Head) -> bool:
    """Whether this is an owner list with canonical columns."""
    columns = head.casefolded(head.delimiter)
    if "name" not in columns or not columns & {"owner", "owner_email"} or names_entries(columns):
        return False
    return bool(columns & _OURS) or _names_places(head)


def _names_places(head: Head) -> bool:
    """Whether a name in the first rows is one a certificate can have; pets and packages have names and owners too."""
    lines = csv.DictReader((line.casefold() for line in head.text.splitlines()[:50]), delimiter=head.delimiter)
    with suppress(csv.Error):
        names = [(line.get("name") or "").strip() for line in lines]
        return any(
            ip_address(name) or _FINGERPRINT.fullmatch(name) or ("." in name and is_dns_name(name)) for name in names
        )
    return False


@source(
    _SYSTEM,
    produced_by="A spreadsheet or script, with the columns " + ", ".join(OWNERS.columns),
    brings=("owner", "people"),
    tried_on="documentation",
    signature=Signature(
        "CSV with columns name and owner or owner_email, between commas, semicolons or tabs; without owner_email, "
        "business_unit, environment or criticality only where a name is a DNS name, address or fingerprint",
        _is_list,
    ),
)
def owners_csv(export: Export) -> Iterator[Row]:
    """Read an owner list in canonical columns (`certanalytics.sources.organisation._owner_rows.OWNERS`)."""
    convert = owner_rows(_SYSTEM)
    records = csv_records(export)
    known = OWNERS.columns.keys()
    yield from rows(
        records,
        lambda locator, row: convert(locator, {name: cell for name, cell in row.items() if cell and name in known}),
    )
