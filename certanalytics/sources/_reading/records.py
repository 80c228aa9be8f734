"""Exports read as records, one at a time: JSON arrays, JSON lines and CSV.

A record that cannot be taken in becomes a `Reject`; a file that is cut short gives the records
before the cut and one `Reject` that says so. Only a file without a single readable record is an error.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from certanalytics.errors import DataError
from certanalytics.model import Reject, Row
from certanalytics.sources._reading.bytes import AS_WINDOWS
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.json import BrokenJsonError, begins, items
from certanalytics.sources._reading.secrets import excerpt
from certanalytics.sources._reading.signature import Head, is_preamble

Record = tuple[str, Mapping[str, Any]]
"""Where a record stands in its file, and what it says."""

# Vulnerability scanners put whole reports into one cell; past csv's own limit of 128 KiB the rest of the file is lost.
csv.field_size_limit(16 << 20)


def rows(
    records: Iterable[Record | Reject], convert: Callable[[str, Mapping[str, Any]], Iterable[Row]]
) -> Iterator[Row]:
    """What ``convert`` makes of each record; a record it cannot make sense of comes as a `Reject`.

    Args:
        records: As `json_records` and `csv_records` give them.
        convert: Locator and record to rows; raises ``ValueError`` (or ``KeyError``, ``TypeError``) on a bad one.
    """
    for record in records:
        if isinstance(record, Reject):
            yield record
            continue
        locator, fields = record
        try:
            made = tuple(convert(locator, fields))
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            yield Reject(locator=locator, reason=reason, excerpt=excerpt(fields))
        else:
            yield from made


def json_records(export: Export, under: str = "") -> Iterator[Record | Reject]:
    """Every object of a JSON array, streamed.

    Args:
        export: JSON, or several JSON values one after the other (JSON lines, pages in one file).
        under: Name of the member that holds the array; empty for an array, or objects, at the top.

    Raises:
        DataError: Not one record can be read.
    """
    is_array = begins(export.head) == "["
    yield from _records_at(export, f"{under}.item" if under else "item" if is_array else "", under)


def single_lines(lines: Iterable[tuple[int, str]]) -> Iterator[Record | Reject]:
    """The objects of single lines of a file with one a line, as `json_records` would give them.

    Args:
        lines: Each with its number in the file, from 1.
    """
    for at, line in lines:
        locator = f"[{at - 1}]"
        try:
            yield from ((locator, value) for value in items(io.BytesIO(line.encode()), ""))
        except BrokenJsonError as error:
            yield Reject(locator=locator, reason=f"not JSON ({error})")


def page_records(export: Export, under: str) -> Iterator[Record | Reject]:
    """Every object of the array ``under`` in each page of an answer, streamed; without that member those at the top.

    Pages may stand alone, one after the other or in an array. An answer about one thing has it as ``under`` itself.

    Raises:
        DataError: Not one record can be read.
    """
    paths = Head(export.head).json_paths
    for page in (under, f"item.{under}"):
        if page in paths:
            is_one = f"{page}.item" not in paths and any(path.startswith(f"{page}.") for path in paths)
            yield from _records_at(export, page if is_one else f"{page}.item", under)
            return
    yield from json_records(export)


def _records_at(export: Export, prefix: str, under: str) -> Iterator[Record | Reject]:
    count = 0
    try:
        with export.open() as stream:
            for value in items(stream, prefix):
                locator = f"{under}[{count}]"
                count += 1
                if isinstance(value, dict):
                    yield locator, value
                else:
                    yield Reject(locator=locator, reason=f"an object expected, found {_kind(value)}")
    except BrokenJsonError as error:
        reason = "cut short" if error.cut else f"not JSON from here on ({error})"
        yield _rest(export, f"{under}[{count}]", reason, read=count)
    except DAMAGED as error:
        yield _rest(export, f"{under}[{count}]", f"damaged from here on ({error})", read=count)


def csv_records(
    export: Export, delimiter: str | None = None, *, header_holds: Iterable[str] = (), encoding: str | None = None
) -> Iterator[Record | Reject]:
    """Every row of a CSV under the names of its header; cells are stripped, header names in lower case.

    Args:
        export: CSV with a header line, in UTF-8 or UTF-16; bytes that are not UTF-8 are taken as Windows-1252.
        delimiter: What stands between two cells; ``None`` where the first line tells (`Head.delimiter`).
        header_holds: Names by which the header is known where lines of another kind come before it.
        encoding: The code page, where the user says which; UTF-16 with its mark is UTF-16 all the same.

    Raises:
        DataError: The file is damaged before its first row.
    """
    delimiter = delimiter or Head(export.head).delimiter
    header: list[str] = []
    wanted = {name.casefold() for name in header_holds}
    line = 1
    try:
        code_page, errors = (encoding, "backslashreplace") if encoding else ("utf-8-sig", AS_WINDOWS)
        with export.text(code_page, newline="", errors=errors) as stream:
            reader = csv.reader(stream, delimiter=delimiter, strict=True)
            while True:
                line = reader.line_num + 1
                try:
                    cells = [cell.strip() for cell in next(reader)]
                except StopIteration:
                    return
                except csv.Error as error:
                    yield Reject(locator=f"line {line}", reason=f"not CSV: {error}; cut short, or a quote is missing")
                    continue
                if not any(cells) or (not header and is_preamble(delimiter.join(cells))):
                    continue
                if header and not any(cells[len(header) :]):
                    cells = cells[: len(header)]  # spreadsheets write empty cells where the header has none
                if not header:
                    names = [cell.casefold() for cell in cells]
                    header = names if wanted <= set(names) else []
                elif len(cells) != len(header):
                    yield Reject(
                        locator=f"line {line}",
                        reason=f"{len(cells)} cells where the header has {len(header)}: cut short, "
                        "or a cell that holds the delimiter is not quoted",
                        excerpt=excerpt(dict(enumerate(cells))),
                    )
                else:
                    yield f"line {line}", dict(zip(header, cells, strict=True))
    except DAMAGED as error:
        yield _rest(export, f"line {line}", f"damaged from here on ({error})", read=line - 1)


def flat(record: Mapping[str, Any], under: str = "") -> dict[str, str]:
    """A JSON object as one row: members of members under ``a.b`` in lower case, lists as their texts between commas."""
    row: dict[str, str] = {}
    for name, value in record.items():
        path = f"{under}{name}".casefold()
        if isinstance(value, dict):
            row |= flat(value, f"{path}.")
        elif isinstance(value, list):
            row[path] = ", ".join(str(each) for each in value if not isinstance(each, dict | list))
        else:
            row[path] = text(value) or ""
    return row


def text(value: object) -> str | None:
    """A value as text without surrounding white space; ``None`` for nothing, in whatever form.

    Raises:
        ValueError: The value is an object or a list with something in it.
    """
    if isinstance(value, str):
        return value.strip() or None
    if value is None or value in ([], {}):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return str(value)
    raise ValueError(f"text expected, found {_kind(value)}")


def number(value: object) -> int | None:
    """A whole number of 64 bits, given as such or as text; ``None`` for nothing and for empty text.

    Raises:
        ValueError: The value is something else.
    """
    written = text(value)
    if written is None:
        return None
    whole = int(written)
    if not -(2**63) <= whole < 2**63:
        raise ValueError(f"{whole} does not fit into 64 bits")
    return whole


def section(value: object) -> Mapping[str, Any]:
    """A JSON object inside a record; an empty one for nothing, and for the empty text or list some programs write.

    Raises:
        ValueError: The value is something else.
    """
    if value is None or value in ("", []):
        return {}
    if isinstance(value, dict):
        return value
    raise ValueError(f"an object expected, found {_kind(value)}")


def array(value: object) -> list[Any]:
    """A JSON array inside a record; an empty one for nothing, and for the empty text or object some programs write.

    Raises:
        ValueError: The value is something else.
    """
    if value is None or value in ("", {}):
        return []
    if isinstance(value, list):
        return value
    raise ValueError(f"a list expected, found {_kind(value)}")


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _rest(export: Export, locator: str, reason: str, *, read: int) -> Reject:
    """The reject that stands for all that follows a break in the file; an error if nothing was read before it."""
    if not read:
        raise DataError(f"the file is {reason}, before its first record", where=export.label, hint="Export it again.")
    return Reject(locator=locator, reason=f"the file is {reason}; what follows is not read. Export it again")
