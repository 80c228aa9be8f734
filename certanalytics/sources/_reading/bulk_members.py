"""Members of JSON objects as DuckDB has them, made cells of `Field`: how plain ones look, what Python reads of others.

A cell is JSON as DuckDB writes it: without white space, every character as itself that JSON does not make one escape.
What cannot be read here, a number with a fraction among it, is a matter for the first reader, record by record.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from certanalytics.sources._reading.bulk import Field, NotPlainError, quoted

LONGEST_LINE = 4 << 20
"""Bytes a line may have; a file with a longer one is left to the first reader. DuckDB reads twice as much at a time and
takes up to three times that to take it apart, with every processor."""

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
IPV4 = rf'"(?:{_OCTET}\.){{3}}{_OCTET}"'
HOST = '"[A-Za-z0-9_.-]*[G-Zg-z_-][A-Za-z0-9_.-]*"'
"""A name of a host; no address has one of these letters."""

_LABEL = "[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
DNS_NAME = rf"(?:[*][.])?(?:{_LABEL}[.])*[A-Za-z_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
"""A DNS name without its quotes, but for its length; no address ends like this."""

TEXT = r'"[!#-\[\]-~](?:[ !#-\[\]-~]*[!#-\[\]-~])?"'
"""ASCII but for quote and backslash, without space at the ends."""

PORT = "[0-9]{1,4}|[0-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
CLOCK = "[12][0-9]{3}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
ZONED = rf'"{CLOCK}(?:[.][0-9]{{1,9}})?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"'
"""Plain texts with their quotes, and a plain number."""

INSIDE = "cell[2:-2]"
"""SQL for what stands between the quotes of plain text."""

IN_UTC = f"TRY_CAST({INSIDE} AS TIMESTAMPTZ)::TIMESTAMP"
"""SQL for a time with its zone; nanoseconds are cut off, as Python does."""


def member(path: str) -> str:
    """SQL for a member as JSON writes it; NULL where it is ``null``."""
    return f"nullif({path}::VARCHAR, 'null')"


def unsaid(path: str) -> str:
    """SQL that is true where a member is not there, or ``null``."""
    return f"({member(path)} IS NULL)"


def matches(path: str, pattern: str) -> str:
    """SQL that is true where a member is written like this, and false where it is not or is not there."""
    return f"coalesce(regexp_full_match({path}::VARCHAR, {quoted(pattern)}), false)"


def array(*members: str) -> str:
    """SQL for members as one JSON array."""
    cells = ", ',', ".join(f"coalesce({path}::VARCHAR, 'null')" for path in members)
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
    or_nothing: bool = False,
) -> Field:
    """One member, read by Python unless it is written like the pattern.

    Args:
        name: Name of the field.
        cell: SQL for it.
        pattern: How a plain one is written as JSON.
        value: SQL for the value of such a ``cell``.
        read: What Python makes of the value of another.
        kind: SQL type of the value.
        or_nothing: Whether some plain ones have no value.
    """
    return Field(
        name=name,
        cell=cell,
        plain=f"regexp_full_match(cell, {quoted(pattern)})",
        value=value,
        kind=kind,
        read=lambda written: read(value_of(written)),
        or_nothing=or_nothing,
    )


def together(name: str, cell: str, columns: str, make: Callable[[Any], Any]) -> Field:
    """What takes few values in a file, put together of several members by Python.

    Args:
        name: Name of the field.
        cell: SQL for the members, as one piece of JSON.
        columns: SQL names and types of what comes out.
        make: Value of the cell to these columns by name.
    """

    def read(written: str) -> Any:
        return make(value_of(written))

    return Field(name=name, cell=cell, plain="false", value="NULL", kind=f"STRUCT({columns})", read=read)


def value_of(written: str) -> Any:
    """The value of a cell.

    Raises:
        ValueError: It holds a number with a fraction, or none at all.
        NotPlainError: An object in it has a name twice.
    """
    return json.loads(written, parse_float=_no_number, parse_constant=_no_number, object_pairs_hook=_unique)


def _no_number(written: str) -> Any:
    raise ValueError(f"no whole number: {written[:20]}")


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise NotPlainError
    return found
