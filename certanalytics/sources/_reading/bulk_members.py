"""JSON lines read by DuckDB: how the members of their objects become cells of `Field`, and how plain values look.

A cell is JSON as DuckDB writes it: without white space, every character as itself that JSON does not make one escape.
So what has no backslash in it stands as it is meant, and a control character is in no cell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from certanalytics.sources._reading.bulk import NotPlainError, quoted

PRINTED = r"[!#-\[\]-~](?:[ !#-\[\]-~]*[!#-\[\]-~])?"
"""ASCII but for quote and backslash, no space at the ends."""

TEXT = f'"{PRINTED}"'
TEXTS = rf"\[{TEXT}(?:,{TEXT})*\]"
"""Plain text, and a list of it."""

CLOCK = "[12][0-9]{3}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"

INSIDE = "cell[2:-2]"
"""SQL for what stands between the quotes of plain text."""

LIST = "string_split(cell[3:-3], '\",\"')"
"""SQL for the list that plain texts are."""

MOMENT = f"TRY_CAST({INSIDE} AS TIMESTAMP)"
"""SQL for a time without a zone, or in UTC; NULL for a day or an hour there is none of."""


def lines_of_objects(path: str, compression: str, members: Iterable[str]) -> str:
    """A SELECT of every line: the members of its object as columns of JSON, NULL for one that is not there or null.

    DuckDB refuses a file in which a line is no object, or has one of these members twice.
    """
    columns = ", ".join(f"{quoted(name)}: 'JSON'" for name in dict.fromkeys(members))
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
