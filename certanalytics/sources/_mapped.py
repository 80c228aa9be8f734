"""Any CSV or JSON table whose columns the user names in a TOML file (`certanalytics.sources._reading.column_map`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from certanalytics.model import Row
from certanalytics.sources._reading.column_map import ColumnMap, Vocabulary, read_map
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import rows
from certanalytics.sources._reading.source import Brings, Source
from certanalytics.sources.managers._adcs import CERTUTIL, adcs_rows, without_trailer
from certanalytics.sources.organisation._certificate_rows import CERTIFICATES, certificate_rows
from certanalytics.sources.organisation._owner_rows import OWNERS, owner_rows

VOCABULARIES: Mapping[str, Vocabulary] = {"owners": OWNERS, "certificates": CERTIFICATES, "certutil": CERTUTIL}
"""What a table can say, by its kind."""

Convert = Callable[[str, Mapping[str, str]], Iterator[Row]]

_NAMES = {"owners": "owners-csv", "certificates": "table", "certutil": "adcs-certutil-csv"}
_BRINGS: Mapping[str, tuple[Brings, ...]] = {
    "owners": ("owner", "people"),
    "certificates": ("certificate", "place", "owner", "status"),
    "certutil": ("owner", "status"),
}


def mapped(path: Path) -> Source:
    """The source a user describes in a TOML file.

    Args:
        path: The file. Its name without suffix becomes part of the source's name.

    Raises:
        UsageError: The file cannot be read, or what it says cannot be followed.
    """
    return source_of(read_map(path, VOCABULARIES), path.stem)


def source_of(column_map: ColumnMap, name: str) -> Source:
    """The source a map makes."""
    called = f"{_NAMES[column_map.kind]}:{name}"
    return Source(
        name=called,
        produced_by=f"A table with the columns mapped in {name}.toml",
        brings=_BRINGS[column_map.kind],
        tried_on="documentation",
        signature=column_map.signature,
        read=lambda export: mapped_rows(export, column_map, called),
    )


def mapped_rows(export: Export, column_map: ColumnMap, system: str) -> Iterator[Row]:
    """What the map makes of a table; a record in none of its terms is a `Reject`."""
    convert = _convert(column_map, system)
    records = column_map.records(export)
    if column_map.kind == "certutil":
        records = without_trailer(records)
    yield from rows(records, lambda locator, row: convert(locator, column_map.said(row)))


def _convert(column_map: ColumnMap, system: str) -> Convert:
    match column_map.kind:
        case "owners":
            return owner_rows(system)
        case "certificates":
            return certificate_rows(system, column_map.times)
        case _:
            return lambda locator, said: adcs_rows(locator, said, column_map.times)
