r"""Tables with columns of their own, read by a map the user gives as a TOML file.

The map says what kind of table it is and which of its columns is which of ours::

    kind = "certificates"               # or "owners" (if left out), or "certutil"
    records = "csv"                     # or "json": an array, one object a line; columns are then paths (`a.b`)
    delimiter = ";"                     # a comma if left out
    encoding = "cp850"                  # UTF-8, UTF-16 and Windows-1252 are known without
    time_format = "%d.%m.%Y %H:%M"      # else dates are read where they can mean one day only
    timezone = "Europe/Berlin"          # UTC if left out
    empty = "LEER"                      # a word that means an empty cell

    [columns]
    serial = "Seriennummer"

    [values.criticality]                # words of the table, and ours for them
    "Tier 1" = "critical"

The header may stand below other lines: it is the first line that holds all the columns named.
"""

from __future__ import annotations

import codecs
import csv
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from certanalytics.errors import UsageError
from certanalytics.model import Reject
from certanalytics.sources._reading.bytes import UTF16_MARKS
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.local_dates import local_times
from certanalytics.sources._reading.records import Record, csv_records, flat, json_records
from certanalytics.sources._reading.signature import Head, Signature

_TEXTS = ("kind", "records", "delimiter", "encoding", "time_format", "timezone", "empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What a kind of table can say.

    Attributes:
        columns: Our columns, and what each says.
        needs: Of each of these groups of columns one has to be mapped.
        words: Columns that take certain words only, in lower case.
        constants: Keys of the map that hold for every row.
    """

    columns: Mapping[str, str]
    needs: tuple[frozenset[str], ...]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """What the columns and words of a table mean.

    Attributes:
        kind: Which vocabulary it is in.
        columns: Our column to the name it has in the table.
        values: Our column to the table's words, in lower case, and ours for them.
        constant: What holds for every row, by our column.
        is_json: Whether records are JSON objects and columns paths into them.
        delimiter: What stands between two cells.
        encoding: The code page, unless it is UTF-8, UTF-16 or Windows-1252.
        time_format: How dates are written, as `datetime.strptime` takes it.
        zone: The time zone they are in.
        empty: A word for a cell that is empty.
    """

    kind: str = "owners"
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constant: Mapping[str, str] = field(default_factory=dict)
    is_json: bool = False
    delimiter: str = ","
    encoding: str | None = None
    time_format: str | None = None
    zone: tzinfo = UTC
    empty: str | None = None

    @property
    def signature(self) -> Signature:
        """How a table is known that this map fits: it has all the columns."""
        wanted = frozenset(theirs.casefold() for theirs in self.columns.values())
        if self.is_json:
            return Signature(
                "JSON with " + ", ".join(self.columns.values()),
                lambda head: wanted <= {path.removeprefix("item.").casefold() for path in head.json_paths},
            )
        return Signature(
            "CSV with columns " + ", ".join(self.columns.values()) + f" between {self.delimiter!r}",
            lambda head: any(wanted <= cells for cells in self._lines(head)),
        )

    def records(self, export: Export) -> Iterator[Record | Reject]:
        """The records of a table this map fits, cells under the names they have there, in lower case."""
        if not self.is_json:
            yield from csv_records(export, self.delimiter, header_holds=self.columns.values(), encoding=self.encoding)
            return
        for record in json_records(export):
            yield record if isinstance(record, Reject) else (record[0], flat(record[1]))

    def said(self, row: Mapping[str, Any]) -> dict[str, str]:
        """One record under our columns: cells that are empty left out, words replaced by ours."""
        cells = {column: row.get(theirs.casefold(), "") for column, theirs in self.columns.items()}
        translated = {
            column: self.values.get(column, {}).get(cell.casefold(), cell)
            for column, cell in cells.items()
            if cell and cell != self.empty
        }
        return {**self.constant, **translated}

    def times(self, written: Mapping[str, str]) -> dict[str, datetime]:
        """Dates as times in UTC; where no format is given those that can be read in one way only.

        Raises:
            ValueError: A date is not in the format given.
        """
        found = self._in_format(written) if self.time_format else local_times(written)
        return {
            name: time.replace(tzinfo=self.zone).astimezone(UTC).replace(tzinfo=None) for name, time in found.items()
        }

    def _in_format(self, written: Mapping[str, str]) -> dict[str, datetime]:
        times = {}
        for name, value in written.items():
            try:
                times[name] = datetime.strptime(value, self.time_format or "")
            except ValueError:
                raise ValueError(f"{name} is {value!r}, not a date in the format {self.time_format!r}") from None
        return times

    def _lines(self, head: Head) -> Iterator[frozenset[str]]:
        """The cells of the first lines in lower case, in the code page of the map."""
        text = head.text
        if self.encoding and not head.data.startswith(UTF16_MARKS):
            text = head.data.decode(self.encoding, errors="replace")
        for line in text.splitlines()[:100]:
            with suppress(csv.Error):
                cells = next(csv.reader([line], delimiter=self.delimiter), [])
                yield frozenset(cell.strip().casefold() for cell in cells)


def read_map(path: Path, vocabularies: Mapping[str, Vocabulary]) -> ColumnMap:
    """The map a TOML file describes.

    Args:
        path: The file.
        vocabularies: What can be said, by kind of table.

    Raises:
        UsageError: The file cannot be read, or what it says cannot be followed.
    """
    try:
        said = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"the mapping cannot be read ({error.strerror})", where=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"the mapping is not TOML: {error}", where=str(path)) from None
    return understood(said, str(path), vocabularies)


def understood(said: Mapping[str, Any], where: str, vocabularies: Mapping[str, Vocabulary]) -> ColumnMap:
    """The map that a TOML text says.

    Raises:
        UsageError: It cannot be followed; the message says where and what to do.
    """
    kind = said.get("kind", "owners")
    if kind not in vocabularies:
        raise _misfit(where, "kind", f"is {kind!r}", f"Write one of {', '.join(vocabularies)}.")
    vocabulary = vocabularies[kind]
    known = (*_TEXTS, *vocabulary.constants, "columns", "values")
    if unknown := said.keys() - set(known):
        raise _misfit(where, min(unknown), "is no key of a mapping", f"Known are {', '.join(known)}.")
    for key in (*_TEXTS, *vocabulary.constants):
        if key in said and not isinstance(said[key], str):
            raise _misfit(where, key, f"is {said[key]!r}", "Write text.")
    records = said.get("records", "csv")
    if records not in ("csv", "json"):
        raise _misfit(where, "records", f"is {records!r}", "Write csv or json.")
    delimiter = said.get("delimiter", ",")
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise _misfit(where, "delimiter", f"is {delimiter!r}", 'Write one character, such as ";" or "\\t".')
    return ColumnMap(
        kind=kind,
        columns=_columns(where, said, kind, vocabulary),
        values=_values(where, said, vocabulary),
        constant={name: said[name].strip() for name in vocabulary.constants if said.get(name, "").strip()},
        is_json=records == "json",
        delimiter=delimiter,
        encoding=_encoding(where, said),
        time_format=said.get("time_format"),
        zone=_zone(where, said),
        empty=said.get("empty"),
    )


def _columns(where: str, said: Mapping[str, Any], kind: str, vocabulary: Vocabulary) -> dict[str, str]:
    columns = _table(where, said, "columns")
    known = ", ".join(vocabulary.columns)
    for column, theirs in columns.items():
        if column not in vocabulary.columns:
            raise _misfit(where, f"columns.{column}", f"is no column of kind {kind!r}", f"Known are {known}.")
        if not isinstance(theirs, str) or not theirs.strip():
            hint = f'Write the column\'s header: {column} = "Its name".'
            raise _misfit(where, f"columns.{column}", "does not name a column", hint)
    for needed in vocabulary.needs:
        if not needed & columns.keys():
            missing = " or ".join(column for column in vocabulary.columns if column in needed)
            raise _misfit(where, "columns", f"lacks {missing}", f"Say which column of the table holds the {missing}.")
    return {column: theirs.strip() for column, theirs in columns.items()}


def _values(where: str, said: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, dict[str, str]]:
    values: dict[str, dict[str, str]] = {}
    for column in _table(where, said, "values"):
        if column not in said["columns"]:
            raise _misfit(where, f"values.{column}", "translates a column that is not mapped", "Add it to [columns].")
        values[column] = {}
        for word, meaning in _table(where, said["values"], column, "values.").items():
            # TOML has its own true and false, which is how anyone would write `active`.
            spelled = str(meaning).lower() if isinstance(meaning, bool) else meaning
            allowed = vocabulary.words.get(column)
            if not isinstance(spelled, str) or (allowed and spelled.casefold() not in allowed):
                hint = f"Write one of {', '.join(allowed)}." if allowed else "Write text."
                raise _misfit(where, f"values.{column}.{word}", f"is {meaning!r}", hint)
            values[column][word.strip().casefold()] = spelled
    return values


def _encoding(where: str, said: Mapping[str, Any]) -> str | None:
    if "encoding" not in said:
        return None
    try:
        return codecs.lookup(said["encoding"]).name
    except LookupError:
        raise _misfit(where, "encoding", f"is {said['encoding']!r}", "Write a code page, such as cp850.") from None


def _zone(where: str, said: Mapping[str, Any]) -> tzinfo:
    if "timezone" not in said:
        return UTC
    try:
        return ZoneInfo(said["timezone"])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = "Write the name of a time zone, such as Europe/Berlin."
        raise _misfit(where, "timezone", f"is {said['timezone']!r}", hint) from None


def _table(where: str, said: Mapping[str, Any], key: str, under: str = "") -> dict[str, Any]:
    table = said.get(key, {})
    if not isinstance(table, dict):
        raise _misfit(where, under + key, "is no table", f"Write [{under}{key}] and one line for each entry.")
    return table


def _misfit(where: str, key: str, what: str, hint: str) -> UsageError:
    return UsageError(f"{key} {what}", where=where, hint=hint)
