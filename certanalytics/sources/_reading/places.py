"""JSON whose records may lie at several paths: responses of one API, bare, recorded, in an array or one after another.

`rows_at` is to JSON what `certanalytics.sources._reading.xml.xml_rows` is to XML.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from certanalytics.errors import DataError
from certanalytics.model import CtEntry, Reject, Row, Run
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.json import BrokenJsonError, events, picked
from certanalytics.sources._reading.secrets import excerpt
from certanalytics.sources._reading.text import naive

Convert = Callable[[str, Any], Iterable[Row]]
"""Locator and value to rows; raises ``ValueError`` (or ``KeyError``, ``TypeError``) on a bad one."""


def rows_at(export: Export, readers: Mapping[str, Convert]) -> Iterator[Row]:
    """What the readers make of the values at their paths, in file order; a value they cannot read is a `Reject`.

    Args:
        export: JSON, or several JSON values one after the other.
        readers: By path in ijson's notation (``data.Listeners.item``), ``""`` for a value at the top; ``*`` stands
            for one member of any name. Of two paths one inside the other, the outer is read.

    Raises:
        DataError: The file is broken before its first value.
    """
    patterns = [(re.compile(re.escape(path).replace(r"\*", r"[^.]+")), reader) for path, reader in readers.items()]

    @lru_cache(maxsize=4096)
    def reader_of(prefix: str) -> Convert | None:
        return next((reader for pattern, reader in patterns if pattern.fullmatch(prefix)), None)

    counts: Counter[str] = Counter()
    where = ""
    try:
        with export.open() as stream:
            for prefix, value in picked(stream, lambda prefix: reader_of(prefix) is not None):
                where = f"{'.'.join(prefix.split('.')[:-1]) if prefix.endswith('item') else prefix}[{counts[prefix]}]"
                counts[prefix] += 1
                reader = reader_of(prefix)
                if reader is not None:
                    yield from made(where, value, reader)
    except BrokenJsonError as error:
        yield _rest(export, where, "cut short" if error.cut else f"not JSON from here on ({error})")
    except DAMAGED as error:
        yield _rest(export, where, f"damaged from here on ({error})")


def made(locator: str, value: Any, reader: Convert) -> Iterator[Row]:
    """The rows of one value, or the `Reject` that says why there are none."""
    try:
        rows = tuple(reader(locator, value))
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        rows = (Reject(locator=locator, reason=reason, excerpt=excerpt(value)),)
    yield from rows


def _rest(export: Export, after: str, reason: str) -> Reject:
    if not after:
        raise DataError(f"the file is {reason}, before its first record", where=export.label, hint="Export it again.")
    return Reject(locator=f"after {after}", reason=f"the file is {reason}; what follows is not read. Export it again")


def dated(rows: Iterable[Row], time: datetime | None) -> Iterator[Row]:
    """Rows of a recorded answer with the time of the answer, where they have none of their own."""
    for row in rows:
        if not isinstance(row, Run | Reject | CtEntry) and row.observed_at is None:
            has_time: Any = row
            yield replace(has_time, observed_at=time, time_basis="run")
        else:
            yield row


def answered_at(export: Export, *paths: str) -> datetime | None:
    """When a recorded answer was given, by its HTTP header ``Date``; ``None`` if none is at these paths."""
    try:
        with export.open() as stream:
            for prefix, event, value in events(stream):
                if prefix in paths and event == "string":
                    return http_date(value)
    except (BrokenJsonError, *DAMAGED):
        return None  # the reader that follows says what is wrong with the file
    return None


def http_date(written: Any) -> datetime | None:
    """A time as HTTP writes it (RFC 9110 section 5.6.7), naive UTC; ``None`` if it is none."""
    try:
        return naive(parsedate_to_datetime(str(written)))
    except ValueError:
        return None
