r"""Zeek's logs as records: tab-separated with a header, or JSON, under the same dotted field names.

Of each row only the fields `_zeek_fields` has a rule for are kept; ``_path`` says which log it is of. Text comes
without the log's escapes: ``\xNN`` is a byte, and a byte that is no UTF-8 stays as ``\xNN``, whichever form it came in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from certanalytics.model import Reject
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.lines import damaged, excerpt, json_line_record, json_line_records
from certanalytics.sources._reading.records import Record
from certanalytics.sources.scanners._zeek_fields import LOGS, fields_of, log_of

_IN_TSV = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|\\)")
_IN_JSON = re.compile(rb"\\\\|\\x([0-9A-Fa-f]{2})")
_NO_TIME = 10**18
_MILLISECONDS = 10**11
"""No connection was seen so many seconds after 1970; in milliseconds all since 1973 are beyond."""

_DOTTED = {name.replace(".", "_"): name for log in LOGS for name in fields_of(log)}
"""Field names by how they are written where ``Log::default_scope_sep`` is an underscore."""

_LISTS = {log: fields_of(log, "names") for log in LOGS}
_TIMES = {log: fields_of(log, "time", "validity") for log in LOGS}
_FIELDS = {log: fields_of(log) for log in LOGS}


def dotted(name: str) -> str:
    """A field's name as Zeek writes it by default."""
    return _DOTTED.get(name.replace(".", "_"), name)


class Header:
    """What the lines that begin with ``#`` say of the lines after them; a file may have several headers."""

    def __init__(self) -> None:
        self.separator, self.set_separator, self.empty, self.unset = "\t", ",", "(empty)", "-"
        self.columns: list[str] = []
        self.log: str | None = None
        self.kept: list[tuple[int, str, bool]] = []

    def take(self, line: str) -> None:
        """Read one line of a header; comments of other tools are passed over."""
        if line.startswith("#separator "):
            self.separator = _text(line.removeprefix("#separator "), _IN_TSV) or "\t"
            return
        name, *said = line.split(self.separator)
        if name == "#fields":
            self.columns = [dotted(column) for column in said]
            self.log = log_of(self.columns)
            if self.log:
                wanted, lists = _FIELDS[self.log], _LISTS[self.log]
                columns = enumerate(self.columns)
                self.kept = [(at, column, column in lists) for at, column in columns if column in wanted]
        elif said and name == "#set_separator":
            self.set_separator = said[0] or ","
        elif said and name == "#empty_field":
            self.empty = said[0]
        elif said and name == "#unset_field":
            self.unset = said[0]

    def record(self, cells: list[str]) -> dict[str, Any]:
        """The cells of a line that are set, under the names of their fields."""
        record: dict[str, Any] = {"_path": self.log}
        for at, name, is_list in self.kept:
            cell = cells[at]
            if cell != self.unset:
                record[name] = self.written(cell, is_list=is_list)
        return record

    def written(self, cell: str, *, is_list: bool) -> str | list[str]:
        """What is written in a cell that is set."""
        if cell == self.empty:
            return [] if is_list else ""
        if is_list:
            parts = cell.split(self.set_separator)
            return [_text(part, _IN_TSV) for part in parts if part not in (self.unset, self.empty)]
        return _text(cell, _IN_TSV) if "\\" in cell else cell


def tsv_records(export: Export) -> Iterator[Record | Reject]:
    """The rows of every log in the file that says something of certificates.

    A last line without its end is taken only if the value cut through is none that is read.

    Raises:
        DataError: The file is damaged before its first line.
    """
    header = Header()
    number = 0
    try:
        with export.text("utf-8-sig", newline="\n") as stream:
            for number, line in enumerate(stream, start=1):
                content = line.rstrip("\r\n")
                if line.startswith("#"):
                    header.take(content)
                elif header.log and content:
                    yield tsv_row(header, f"line {number}", content, whole=line.endswith("\n"))
    except DAMAGED as error:
        yield damaged(export, number, error)


def tsv_row(header: Header, locator: str, content: str, *, whole: bool) -> Record | Reject:
    """One line of a log under the names of its header."""
    cells = content.split(header.separator)
    reason = ""
    if len(cells) != len(header.columns):
        reason = f"{len(cells)} cells where the header has {len(header.columns)}: cut short, or the separator differs"
    elif not whole and header.kept[-1][0] == len(cells) - 1:
        reason = "the line has no end: cut short, or still being written"
    return (
        Reject(locator=locator, reason=reason, excerpt=excerpt(content)) if reason else (locator, header.record(cells))
    )


def json_records(export: Export) -> Iterator[Record | Reject]:
    """The objects of every log in the file that says something of certificates.

    Raises:
        DataError: Not one record can be read.
    """
    yield from filter(None, map(_of_certificates, json_line_records(export)))


def json_row(locator: str, line: str) -> Record | Reject | None:
    """One line of JSON, which has its end; ``None`` if it is of another log."""
    return _of_certificates(json_line_record(locator, f"{line}\n"))


def _of_certificates(record: Record | Reject) -> Record | Reject | None:
    if isinstance(record, Reject):
        return record
    found = _found(record[1])
    return (record[0], found) if found else None


def _found(fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is read of an object, under dotted names; ``None`` if it is of another log."""
    named, log = fields, log_of(fields)
    if log is None:
        named = dict(_flat(fields))
        log = log_of(named)
    if log is None:
        return None
    record: dict[str, Any] = {name: unescaped(named[name]) for name in _FIELDS[log] & named.keys()}
    if is_in_milliseconds(record.get("ts")):
        record |= {name: number / 1000 for name in _TIMES[log] & record.keys() if (number := _number(record[name]))}
    return {"_path": log, **record}


def is_in_milliseconds(time: object) -> bool:
    """Whether a time of a record, and with it all of them, counts milliseconds."""
    return _number(time) > _MILLISECONDS


def _number(value: object) -> float:
    """A number of a size a time can have; 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return 0
    return float(value) if -_NO_TIME < value < _NO_TIME else 0


def _flat(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Members under dotted names: other tools nest ``{"id": {"resp_h": ...}}`` or write ``id_resp_h``."""
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from ((dotted(f"{name}.{inner}"), deeper) for inner, deeper in value.items())
        else:
            yield dotted(name), value


def unescaped(value: object) -> object:
    """A value of JSON, its text without the log's escapes."""
    if isinstance(value, str):
        return _text(value, _IN_JSON) if "\\x" in value else value
    if isinstance(value, list):
        return [_text(part, _IN_JSON) if isinstance(part, str) else part for part in value]
    return value


def _text(written: str, escapes: re.Pattern[bytes]) -> str:
    r"""Text without escaped bytes; of two backslashes one stays in TSV, both in JSON, which has undone its own."""
    if "\\" not in written:
        return written
    pair = b"\\" if escapes is _IN_TSV else b"\\\\"
    octets = escapes.sub(
        lambda found: bytes.fromhex(found[1].decode()) if found[1] else pair, written.encode("utf-8", "replace")
    )
    return octets.decode("utf-8", "backslashreplace")


def is_tsv(head: str) -> bool:
    """Whether a file begins with a header as Zeek's writer makes it."""
    return head.lstrip().startswith("#") and "#fields" in head


def tsv_logs(lines: Iterable[str]) -> Iterator[str]:
    """The logs that have a header among these lines."""
    header = Header()
    for line in lines:
        if line.startswith("#"):
            header.take(line.rstrip("\r\n"))
            if line.startswith("#fields") and header.log:
                yield header.log
