r"""Microsoft AD CS, as ``certutil -view`` lists the request table of a CA database where it is not asked for CSV.

The schema on top has the names of the columns beside what the console calls them, so that a listing in any language
is understood; one that lost its schema is in English. Certificates come whole where ``Binary Certificate`` is listed,
which it is unless ``-out`` says otherwise. Passed over are requests, archived keys, the certificates that were
renewed, and what ``-v`` prints below values. The rows of other tables (``certutil -view Ext``, ``CRL``) are other
things.

Dates stand in the format and the zone of the console: they are read only where they can mean one day
(`_reading.local_dates`), and taken as UTC, which they are with ``-gmt``. What ``cmd`` redirects is in the OEM code
page, which does not show: bytes that are not UTF-8 stay as ``\xNN``. PowerShell writes UTF-16.

The real listings it was tried on are in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from certanalytics.errors import DataError
from certanalytics.model import Reject, Row
from certanalytics.sources._reading.certutil_listing import ROW, RULE, column, is_end, is_listing
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.records import Record, rows
from certanalytics.sources._reading.signature import Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.managers._adcs import COLUMNS, DISPLAYED, adcs_rows

_FIELD = re.compile(r" {2}(?P<name>[^\s:\uff1a][^:\uff1a]*?)[ \u00a0]?[:\uff1a](?: (?P<value>.*))?")
_QUOTED = re.compile(r'"(?P<text>.*)"(?P<meaning> .*)?', re.DOTALL)
_FAILED = re.compile(r"\b0x[0-9a-fA-F]{8}\b")
_EMPTY = re.compile(r"(?:[^\W\d_]|\\x[0-9a-f]{2})*")
"""``EMPTY`` in some language (``LEER``): texts stand in quotes, and numbers and dates have digits."""

_LONGEST = 131_072
"""Characters no value of the table comes to: its longest columns are of 64 KiB."""

_KNOWN = COLUMNS | DISPLAYED
_WITHOUT_SCHEMA = {shown: [shown] for shown in DISPLAYED}


@dataclass(slots=True)
class _Row:
    """One row, as far as it has been read.

    Attributes:
        line: Where it begins.
        word: What its language calls a row.
        number: Its number in the listing.
        said: Values by column, as they are written.
        name: The column whose value may go on in the next line.
        is_open: Whether that is a text whose closing quote, or a certificate whose end, has not come.
    """

    line: int
    word: str
    number: int
    said: dict[str, str] = field(default_factory=dict)
    name: str = ""
    is_open: bool = False

    @property
    def is_in_text(self) -> bool:
        """Whether the next line belongs to a text, whatever it looks like: who requests a certificate writes some."""
        return self.is_open and self.said[self.name].startswith('"')

    def take(self, line: str, names: Mapping[str, list[str]]) -> None:
        """The next line, which may belong to a value, be one, or be an explanation of one."""
        if self.is_in_text:
            self.said[self.name] += f"\n{line}"
            self.is_open = not line.endswith('"')
        elif found := _FIELD.fullmatch(line):
            # Of several columns with one name in this language, they come in the order of the schema.
            columns = names.get(found["name"].casefold(), [""])
            self.name = next((name for name in columns if name not in self.said), columns[-1])
            value = self.said[self.name] = (found["value"] or "").strip()
            self.is_open = value.startswith('"') and not _QUOTED.fullmatch(value)
        elif self.is_open or (_KNOWN.get(self.name) == "certificate" and line.startswith("-----BEGIN ")):
            self.said[self.name] += f"{line}\n"
            self.is_open = not line.startswith("-----END ") and len(self.said[self.name]) < _LONGEST

    def record(self) -> Record:
        """Where the row stands, and its values by the names `adcs_rows` knows."""
        said: dict[str, str] = {}
        for name, value in self.said.items():
            if name in _KNOWN and not _EMPTY.fullmatch(value):
                said[_KNOWN[name]] = _plain(value)
        return f"line {self.line}", said


@source(
    "adcs-certutil-view",
    produced_by="Microsoft AD CS: certutil -view [-restrict ...] [-out ...] > file, in any language",
    brings=("certificate", "owner", "status"),
    signature=Signature(
        "text with the schema certutil prints over the rows of the request table, or in English Row 1: and "
        "Request ID: 0x... below it",
        is_listing,
    ),
)
def adcs_certutil_view(export: Export) -> Iterator[Row]:
    """Read a listing; a request without a certificate is a record without one."""
    yield from rows(_records(export), adcs_rows)


def _records(export: Export) -> Iterator[Record | Reject]:
    """The rows of one listing, or of several one after the other.

    A row is whole when the next one begins, or certutil says that it is done.

    Raises:
        DataError: The file ends before its first row, and is not a listing of none.
    """
    names: Mapping[str, list[str]] = _WITHOUT_SCHEMA
    schema: dict[str, list[str]] | None = None
    last = ""
    row: _Row | None = None
    is_done, number, written = False, 0, ""
    try:
        with export.text() as stream:
            for number, written in enumerate(stream, 1):
                line = written.rstrip()
                if row and row.is_in_text and len(row.said[row.name]) <= _LONGEST:
                    row.take(line, names)
                elif RULE.fullmatch(line):
                    if row:
                        yield from _left(row, number, is_whole=_is_whole(row, last))
                    row, names, last = None, (schema := {}), ""
                elif schema is not None:
                    if found := column(line):
                        last = found[0].casefold()
                        schema.setdefault(found[1].casefold(), []).append(last)
                    else:
                        schema = None
                elif is_end(line):
                    if row:
                        yield _finished(row, number)
                    row, is_done = None, True
                    if _FAILED.search(line):
                        yield Reject(locator=f"line {number}", reason=f"certutil did not list all ({line})")
                elif next_row := _begun(line, number, row):
                    if row:
                        yield _finished(row, number)
                    row, is_done = next_row, False
                elif row and not row.is_in_text:
                    row.take(line, names)
    except DAMAGED as error:
        yield Reject(locator=f"line {number}", reason=f"the file is damaged from here on ({error}). Export it again")
    if row:
        yield from _left(row, number, is_whole=_is_whole(row, last) and written.endswith("\n"))
    elif not is_done:
        raise DataError("the listing is cut short before its first row", where=export.label, hint="List them again.")


def _begun(line: str, number: int, before: _Row | None) -> _Row | None:
    """The row that begins with this line, if one does: in the words of the one before, with a number above its."""
    found = ROW.fullmatch(line)
    if found is None or (before and (found["word"] != before.word or int(found["number"]) <= before.number)):
        return None
    return _Row(number, found["word"], int(found["number"]))


def _finished(row: _Row, number: int) -> Record | Reject:
    """A row below which another line stands than its own."""
    if not row.is_in_text:
        return row.record()
    reason = f"a text in this row has no closing quote; it and what follows above line {number} are not read"
    return Reject(locator=f"line {row.line}", reason=reason)


def _is_whole(row: _Row, last: str) -> bool:
    """Whether the last row of a listing that has no end has all columns of its schema."""
    return not row.is_open and (not last or last in row.said)


def _left(row: _Row, number: int, *, is_whole: bool) -> Iterator[Record | Reject]:
    """The last row of a listing that has no end."""
    if is_whole:
        yield row.record()
        reason = "the listing ends without what certutil writes when it is done: rows below may be missing"
        yield Reject(locator=f"line {number}", reason=reason)
    else:
        reason = "the listing is cut short in this row, which is not read, and those below are missing. List them again"
        yield Reject(locator=f"line {row.line}", reason=reason)


def _plain(written: str) -> str:
    """A value without its quotes, in one line; ``"1.3.6.1.4.1.311.21.8.1" Web Server`` keeps what follows them."""
    if written.startswith("-----"):
        return written
    found = _QUOTED.fullmatch(written)
    plain = f"{found['text']}{found['meaning'] or ''}" if found else written
    return plain.replace("\n", " ").strip()
