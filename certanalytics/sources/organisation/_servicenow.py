"""Cells of a ServiceNow table: text, or value and label, whatever ``sysparm_display_value`` was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certanalytics.sources._reading.records import text


def stored(record: Mapping[str, Any], *columns: str) -> str | None:
    """The first of these columns that is not empty, as stored: for choices and references the key behind the label."""
    return next(filter(None, (_part(record.get(column), "value", "display_value") for column in columns)), None)


def shown(record: Mapping[str, Any], *columns: str) -> str | None:
    """The first of these columns that is not empty, as a user sees it, where the export says."""
    return next(filter(None, (_part(record.get(column), "display_value", "value") for column in columns)), None)


def _part(cell: object, *parts: str) -> str | None:
    """One cell: plain text, or an object of which the first part that is not empty counts."""
    if isinstance(cell, dict):
        return next(filter(None, (text(cell.get(part)) for part in parts)), None)
    return text(cell)


def reference(record: Mapping[str, Any], *columns: str) -> str | None:
    """The first of these references that is not empty: the ``sys_id`` it points to, else the label alone."""
    for column in columns:
        cell = record.get(column)
        if isinstance(cell, dict):
            linked = (text(cell.get("link")) or "").rpartition("/")[2]
            found = text(cell.get("value")) or linked or text(cell.get("display_value"))
        else:
            found = text(cell)
        if found:
            return found
    return None


def identifier(record: Mapping[str, Any]) -> str:
    """``sys_id``; where it was not exported the name, which other tables then refer to by its label."""
    found = stored(record, "sys_id", "user_name", "name")
    if found is None:
        raise ValueError("neither sys_id nor a name: nothing to know the record by")
    return found


def choice(item: Mapping[str, Any], column: str, choices: Mapping[str, str]) -> str | None:
    """A choice in words: ServiceNow's own where the number is one it delivers, else as a user sees it."""
    found = stored(item, column)
    return choices.get(found, shown(item, column)) if found else None


def boolean(record: Mapping[str, Any], column: str) -> bool | None:
    """A column that is true or false; ``None`` where it is empty.

    Raises:
        ValueError: It is neither.
    """
    found = stored(record, column)
    if found is None:
        return None
    if found.lower() not in {"true", "false"}:
        raise ValueError(f"{column} is {found!r}, neither true nor false")
    return found.lower() == "true"
