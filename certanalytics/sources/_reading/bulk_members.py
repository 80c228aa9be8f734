"""JSON lines read by DuckDB: how the members of their objects become cells of `Field`, and how plain values look.

A cell is JSON as DuckDB writes it: without white space, every character as itself that JSON does not make one escape.
So what has no backslash in it stands as it is meant, and a control character is in no cell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from certanalytics.sources._reading.bulk import Field, NotPlainError, quoted

LONGEST_LINE = 4 << 20
"""Bytes a line may have; a file with a longer one is left to the first reader. DuckDB reads twice as much at a time and
takes up to three times that to take it apart, with every processor."""

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
IPV4 = rf'"(?:{_OCTET}\.){{3}}{_OCTET}"'
_REST = "(?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
DNS_NAME = rf"(?:[*][.])?(?:[A-Za-z0-9_]{_REST}[.])*[A-Za-z_]{_REST}"
"""A DNS name without its quotes, unless it is `TOO_LONG`; no address ends like this."""

TOO_LONG = '[^",]{254}'
"""What no list of DNS names has in it."""

PORT = "[0-9]{1,4}|[0-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"

PRINTED = r"[!#-\[\]-~](?:[ !#-\[\]-~]*[!#-\[\]-~])?"
"""ASCII but for quote and backslash, no space at the ends."""

TEXT = f'"{PRINTED}"'
TEXTS = rf"\[{TEXT}(?:,{TEXT})*\]"
"""Plain text, and a list of it."""

HOST = '"[A-Za-z0-9_.-]*[G-Zg-z_-][A-Za-z0-9_.-]*"'
"""The name of a host: no address has one of these letters."""

CLOCK = "[12][0-9]{3}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"

INSIDE = "substring(cell, 2, length(cell) - 2)"
"""SQL for what stands between the quotes of plain text; takes half the time of ``cell[2:-2]``."""

LIST = "string_split(cell[3:-3], '\",\"')"
"""SQL for the list that plain texts are."""

MOMENT = f"TRY_CAST({INSIDE} AS TIMESTAMP)"
"""SQL for a time without a zone, or in UTC; NULL for a day there is none of."""

ZONED = rf'"{CLOCK}(?:[.][0-9]{{1,9}})?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"'
IN_UTC = f"TRY_CAST({INSIDE} AS TIMESTAMPTZ)::TIMESTAMP"
"""A time with its zone, and SQL for it: nanoseconds are cut off, as Python does."""

_DIGITS = f"ltrim(lower(replace({INSIDE}, ':', '')), '0')"
SERIAL = f"CASE WHEN {_DIGITS} = '' THEN '00' ELSE if(strlen({_DIGITS}) % 2 = 1, '0', '') || {_DIGITS} END"
"""SQL for a positive serial number in hexadecimal, with or without colons."""


def member(path: str) -> str:
    """SQL for a member as JSON writes it; NULL where it is not there or ``null``, which DuckDB reads alike."""
    return f"{path}::VARCHAR"


def unsaid(path: str) -> str:
    """SQL that is true where a member is not there, or ``null``."""
    return f"({member(path)} IS NULL)"


def matches(path: str, pattern: str) -> str:
    """SQL that is true where a member is written like this, and false where it is not or is not there."""
    return f"coalesce(regexp_full_match({path}::VARCHAR, {quoted(pattern)}), false)"


def array(paths: Iterable[str]) -> str:
    """SQL for members as one JSON array."""
    cells = ", ',', ".join(f"coalesce({path}::VARCHAR, 'null')" for path in paths)
    return f"concat('[', {cells}, ']')"


def cases(of: dict[str, str], otherwise: str = "NULL") -> str:
    """SQL for the value of the first condition that holds."""
    return f"CASE {' '.join(f'WHEN {condition} THEN {value}' for condition, value in of.items())} ELSE {otherwise} END"


def taken(name: str, sql: str, kind: str) -> Field:
    """What SQL finds by itself; NULL where there is nothing."""
    return Field(name=name, cell=sql, plain="true", value="cell", kind=kind, or_nothing=True)


def plainly(
    name: str,
    cell: str,
    pattern: str,
    value: str,
    read: Callable[[Any], Any],
    *,
    kind: str = "VARCHAR",
    unless: str = "",
    or_nothing: bool = False,
    number: Callable[[str], Any] | None = None,
) -> Field:
    """A field of one cell, read by Python unless it is written in the usual way.

    Args:
        name: Name of the field.
        cell: SQL for the cell.
        pattern: How a plain one is written.
        value: SQL for the value of such a ``cell``.
        read: What Python makes of the value of another.
        kind: SQL type of the value.
        unless: What no plain one has in it.
        or_nothing: Whether some plain ones have no value.
        number: What `value_of` makes of numbers that are not whole.
    """
    but = f" AND NOT regexp_matches(cell, {quoted(unless)})" if unless else ""
    return Field(
        name=name,
        cell=cell,
        plain=f"regexp_full_match(cell, {quoted(pattern)}){but}",
        value=value,
        kind=kind,
        read=lambda written: read(value_of(written, number)),
        or_nothing=or_nothing,
    )


def together(
    name: str, cell: str, kind: str, make: Callable[[Any], Any], *, number: Callable[[str], Any] | None = None
) -> Field:
    """A field that takes few values in a file, put together of several members by Python."""
    return Field(
        name=name,
        cell=cell,
        plain="false",
        value="NULL",
        kind=kind,
        read=lambda written: make(value_of(written, number)),
    )


def lines_of_objects(path: str, compression: str, members: Iterable[str], **inner: Iterable[str]) -> str:
    """A SELECT of every line: the members of its object as columns of JSON, NULL for one that is not there or null.

    DuckDB refuses a file in which a line is no object, or has one of these members twice.

    Args:
        path: The file, as an SQL literal.
        compression: How it is packed, as an SQL literal.
        members: The members that are read.
        inner: By name those that are objects, with their own members.
    """
    kinds = dict.fromkeys(members, "JSON")
    kinds |= {name: f"STRUCT({', '.join(f'{each} JSON' for each in of)})" for name, of in inner.items()}
    columns = ", ".join(f"{quoted(name)}: '{kind}'" for name, kind in kinds.items())
    return (
        f"SELECT * FROM read_json({path}, compression = {compression}, format = 'newline_delimited', "
        f"auto_detect = false, columns = {{{columns}}})"
    )


def objects_of(head: bytes) -> list[dict[str, Any]] | None:
    """The objects a file begins with, as far as whole lines can be seen; ``None`` if it is no file of such lines."""
    objects = []
    for line in head.split(b"\n")[:-1]:
        try:
            value = json.loads(line.decode())
        except (ValueError, RecursionError):
            return None
        if not isinstance(value, dict):
            return None
        objects.append(value)
    return objects or None


def unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """For `json.loads`: an object in which no name comes twice, so that no two readers take it in two ways.

    Raises:
        NotPlainError: One does.
    """
    found = dict(members)
    if len(found) < len(members):
        raise NotPlainError
    return found


def value_of(written: str, number: Callable[[str], Any] | None = None) -> Any:
    """The value of a cell.

    Args:
        written: The cell.
        number: What a number with a fraction, an infinite one or none at all is; they raise `NotPlainError` without.
    """
    number = number or _either
    return json.loads(written, parse_float=number, parse_constant=number, object_pairs_hook=unique)


def _either(_: str) -> Any:
    raise NotPlainError


def not_whole(written: str) -> Any:
    """For `value_of`: a number with a fraction, or none at all, is a matter for the first reader, record by record.

    Raises:
        ValueError: Always.
    """
    raise ValueError(f"no whole number: {written[:20]}")
