"""Owner lists kept by hand: a CSV that says who answers for which name, in our columns.

A list in columns of its own is read with a map (`certanalytics.sources.mapped`).
"""

from __future__ import annotations

from collections.abc import Iterator

from certanalytics.model import Row
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import csv_records, rows
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.organisation._owner_rows import OWNERS, owner_rows

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
    produced_by="A spreadsheet or script, with the columns " + ", ".join(OWNERS.columns),
    brings=("owner", "people"),
    tried_on="documentation",
    signature=Signature(
        "CSV with columns name and owner or owner_email, between commas, semicolons or tabs",
        lambda head: _delimiter_of(head) is not None,
    ),
)
def owners_csv(export: Export) -> Iterator[Row]:
    """Read an owner list in canonical columns (`certanalytics.sources.organisation._owner_rows.OWNERS`)."""
    convert = owner_rows(_SYSTEM)
    records = csv_records(export, _delimiter_of(Head(export.head)) or ",")
    known = OWNERS.columns.keys()
    yield from rows(
        records,
        lambda locator, row: convert(locator, {name: cell for name, cell in row.items() if cell and name in known}),
    )
