"""JSON lines of logs: read line by line, so that a torn line costs that line and foreign ones next to nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

from certanalytics.errors import DataError
from certanalytics.model import Reject
from certanalytics.sources._reading.bytes import AS_JSON_ESCAPES, UTF16_MARKS
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.records import Record, json_records

_EXCERPT = 200


def json_line_records(export: Export, telling: str = "") -> Iterator[Record | Reject]:
    """Every object of a file of JSON lines; of an array or of objects that span lines what `json_records` reads.

    Args:
        export: JSON.
        telling: A piece of text every line of interest has; lines without it are not even parsed.

    Raises:
        DataError: Not one record can be read.
    """
    if not _is_one_a_line(export.head):
        yield from json_records(export)
        return
    number = 0
    try:
        with export.text("utf-8-sig", newline="\n", errors=AS_JSON_ESCAPES) as stream:
            for number, line in enumerate(stream, start=1):
                if (telling not in line and line.endswith("\n")) or not line.strip():
                    continue
                yield json_line_record(f"line {number}", line)
    except DAMAGED as error:
        yield damaged(export, number, error)


def damaged(export: Export, lines_read: int, error: Exception) -> Reject:
    """The reject that stands for all that follows a break in an archive.

    Raises:
        DataError: Nothing was read before it.
    """
    reason = f"the file is damaged from here on ({error})"
    if not lines_read:
        raise DataError(reason, where=export.label, hint="Export it again.")
    return Reject(locator=f"line {lines_read + 1}", reason=f"{reason}; what follows is not read. Export it again")


def excerpt(line: str) -> str | None:
    """The beginning of a line, to be shown with a reject."""
    return None if "PRIVATE KEY" in line else line.strip()[:_EXCERPT]


def json_line_record(locator: str, line: str) -> Record | Reject:
    """What stands on one line, which has its end unless the file was cut there."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = "cut short" if not line.endswith("\n") else f"not JSON ({type(error).__name__})"
        return Reject(locator=locator, reason=reason, excerpt=excerpt(line))
    if isinstance(value, dict):
        return locator, value
    return Reject(locator=locator, reason="an object expected", excerpt=excerpt(line))


def _is_one_a_line(head: bytes) -> bool:
    """Whether the first line is a whole object."""
    text = head.decode("utf-16" if head.startswith(UTF16_MARKS) else "utf-8-sig", AS_JSON_ESCAPES)
    first = text.lstrip().partition("\n")[0]
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False
