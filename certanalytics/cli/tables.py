"""Answers on stdout: as a table for people, or as JSON, CSV or Markdown for whatever comes next."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


class Format(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "md"


def console(*, stderr: bool = False) -> Console:
    """A rich console; colour only where somebody looks, never when ``NO_COLOR`` is set."""
    from rich.console import Console

    return Console(stderr=stderr)


def write(columns: Sequence[str], rows: Sequence[Sequence[Any]], output: Format) -> None:
    """Write rows to stdout."""
    match output:
        case Format.JSON:
            records = [dict(zip(columns, map(_json, row), strict=True)) for row in rows]
            sys.stdout.write(json.dumps(records, indent=2, ensure_ascii=False) + "\n")
        case Format.CSV:
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([_text(value) for value in row] for row in rows)
        case Format.MARKDOWN:
            lines = [columns, ["---"] * len(columns), *([_text(value) for value in row] for row in rows)]
            for line in lines:
                cells = (cell.replace("|", "\\|").replace("\n", " ") for cell in line)
                sys.stdout.write(f"| {' | '.join(cells)} |\n")
        case Format.TABLE:
            _table(columns, rows)


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[number], int | float) or row[number] is None for row in rows)
        table.add_column(Text(column), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(f"{value:,}" if _counts(value) else _text(value)) for value in row))
    console().print(table)
    sys.stdout.write(f"{len(rows):,} row{'' if len(rows) == 1 else 's'}\n")


def _counts(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(_text(part) for part in value)
    return value.hex() if isinstance(value, bytes) else str(value)


def _json(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_json(part) for part in value]
    if isinstance(value, dict):
        return {str(key): _json(part) for key, part in value.items()}
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | bool | int | float) else _text(value)
