"""LDIF (RFC 2849) as a stream of entries: lines unfolded, base64 undone, comments and ``-`` passed over."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from certanalytics.model import Reject
from certanalytics.sources._reading.bytes import AS_WINDOWS
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources.organisation._directory import Entry, Value, value_of

_LONGEST = 1 << 22
"""Characters kept of one attribute: a photograph may be longer, and says nothing here."""


def entries(export: Export) -> Iterator[Entry | Reject]:
    """Every record of the file; a line that is no LDIF is a `Reject` and the entry goes on without it."""
    entry: Entry | None = None
    number = 0
    try:
        for number, line in _unfolded(export):
            if not line.strip():
                if entry:
                    yield entry
                entry = None
                continue
            if line.startswith("#") or line == "-":
                continue
            name, colon, rest = line.partition(":")
            if not colon or not name or name != name.strip():
                yield Reject(locator=f"line {number}", reason="no attribute and value with a colon between them")
                continue
            if entry and name.casefold() == "dn":  # files put together lack the empty line between them
                yield entry
                entry = None
            entry = entry or Entry(f"line {number}")
            try:
                value = _value(rest)
            except ValueError as error:
                yield Reject(locator=f"line {number}", reason=f"the value of {name[:60]} {error}")
                continue
            if value is not None:
                entry.attributes.setdefault(name.casefold(), []).append(value)
    except DAMAGED as error:
        yield Reject(locator=f"line {number}", reason=f"the file is damaged from here on ({error}). Export it again")
    if entry:
        yield entry


def _value(rest: str) -> Value | None:
    """A value; none where it stands in another file (``:<``)."""
    if rest.startswith("<"):
        return None
    if not rest.startswith(":"):
        return rest.strip()
    digits = "".join(rest[1:].split())
    try:
        decoded = base64.b64decode(digits, validate=True)
    except binascii.Error as error:
        raise ValueError(f"is not base64 ({error})") from error
    return value_of(decoded)


def _unfolded(export: Export) -> Iterator[tuple[int, str]]:
    """Lines with those that go on below them (which begin with one space), and the number of the first."""
    parts: list[str] = []
    start = length = 0
    with export.text(errors=AS_WINDOWS) as stream:
        for number, written in enumerate(stream, 1):
            line = written.rstrip("\r\n")
            if parts and line[:1] == " ":
                length += len(line)
                if length < _LONGEST:
                    parts.append(line[1:])
                continue
            if parts:
                yield start, "".join(parts)
            parts, start, length = [line], number, len(line)
    if parts:
        yield start, "".join(parts)
