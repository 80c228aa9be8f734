"""The objects of a JSON text one by one, each on its own: one that is broken does not end the file.

For APIs whose saved answers begin with the head of an HTTP response, and for files in which a comma is missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from certanalytics.errors import DataError
from certanalytics.model import Reject
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.records import Record
from certanalytics.sources._reading.signature import Head

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]"]', re.DOTALL)
"""A string, a bracket, or the quote of a string whose end has not been read yet."""

_HTTP = re.compile(r"\ufeff?\s*+HTTP/[\d.]+ [^\n]*\n(?:[^\n{\[]*\n)*?\r?\n")
_PIECE = 1 << 16
_LONGEST = 1 << 24
"""Characters one object may have."""


def without_http_head(text: str) -> str:
    """A text without the status line and header lines of an HTTP response."""
    found = _HTTP.match(text)
    return text[found.end() :] if found else text


def objects(export: Export, under: str = "") -> Iterator[Record | Reject]:
    """Every object of the array ``under``, or those at the top, in the text or in an array at the top.

    Raises:
        DataError: There is none, or not even a broken one.
    """
    count = 0
    try:
        for written in _written(export, within=bool(under)):
            locator = f"{under}[{count}]"
            count += 1
            if written is None:
                yield Reject(locator=locator, reason="the file is cut short; what follows is not read. Export it again")
                break
            try:
                value = json.loads(written)
            except (ValueError, RecursionError) as error:
                yield Reject(locator=locator, reason=f"not JSON ({getattr(error, 'msg', type(error).__name__)})")
            else:
                yield locator, value
    except DAMAGED as error:
        yield Reject(locator=f"{under}[{count}]", reason=f"the file is damaged from here on ({error}). Export it again")
        count += 1
    empty = rf'"{under}"\s*:\s*\[\s*\]'
    if not count and not re.search(empty, Head(export.head).text):
        raise DataError("the file holds no record", where=export.label, hint="Export it again.")


def _written(export: Export, *, within: bool) -> Iterator[str | None]:
    """The text of each object; ``None`` for one that has no end. ``within`` an object they stand in a list."""
    depth, start, at = 0, -1, 0
    first: int | None = None
    with export.text() as stream:
        buffer = without_http_head(stream.read(_PIECE))
        while True:
            for token in _TOKEN.finditer(buffer, at):
                mark = token[0]
                if mark == '"':
                    break
                at = token.end()
                if mark in "{[":
                    if mark == "{" and start < 0:
                        if first is None:
                            first = depth + (2 if within else 0)
                        if depth == first:
                            start = token.start()
                    depth += 1
                elif mark in "}]":
                    depth -= 1
                    if start >= 0 and depth == first:
                        yield buffer[start:at]
                        start = -1
            piece = stream.read(_PIECE)
            if not piece:
                break
            # What is not done with stays: an object that has begun, a string that is cut.
            done = start if start >= 0 else at
            buffer, at, start = buffer[done:] + piece, at - done, 0 if start >= 0 else -1
            if len(buffer) > _LONGEST:
                break
    if start >= 0:
        yield None
