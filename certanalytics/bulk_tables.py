"""Temporary tables of a file DuckDB reads, and what Python reads in texts that stand in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from certanalytics.sources import may_hold_key
from certanalytics.store import Store

AT_A_TIME = 50_000
"""Texts given to Python at a time."""


class BulkTables:
    """Temporary tables and views, which stay until they are dropped.

    Args:
        store: The estate.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._made: list[str] = []

    def clear(self) -> None:
        """Drop all that is still there."""
        for made in reversed(self._made):
            kind, name = made.split()
            self.store.run(f"DROP {kind} IF EXISTS {name}")  # what was made in a transaction may be undone
        self._made.clear()

    def try_to_make(self, what: str, as_or_columns: str) -> bool:
        """Make a table or view unless DuckDB refuses; whether it is there."""
        if self.store.refusal(f"CREATE TEMP {what} {as_or_columns}"):
            return False
        self._keep(what)
        return True

    def make(self, what: str, as_or_columns: str) -> None:
        """Make a table or view."""
        self.store.run(f"CREATE TEMP {what} {as_or_columns}")
        self._keep(what)

    def drop(self, table: str) -> None:
        """Drop a table that is not needed any more."""
        self.store.run(f"DROP TABLE temp.{table}")
        self._made.remove(f"TABLE temp.{table}")

    def count(self, table: str, where: str = "true") -> int:
        """How many rows of it there are."""
        ((count,),) = self.store.fetch(f"SELECT count(*) FROM {table} WHERE {where}")
        return int(count)

    def columns(self, select: str) -> set[str]:
        """The columns a SELECT gives."""
        return {name for name, *_ in self.store.fetch(f"DESCRIBE {select}")}

    def look_up(self, table: str, texts: str, read: Callable[[str], Any], columns: Mapping[str, str]) -> None:
        """A table of distinct texts, what Python reads in them, and which of them it cannot read."""
        distinct = f"SELECT DISTINCT text FROM ({texts}) AS t(text) WHERE text IS NOT NULL"
        self.make("TABLE bulk_text", f"AS SELECT row_number() OVER () AS number, text FROM ({distinct})")
        kinds = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        self.make(f"TABLE {table}", f"(text VARCHAR, {kinds}, bad BOOLEAN)")
        for start in range(0, self.count("bulk_text"), AT_A_TIME):
            some = self.store.fetch(
                "SELECT text FROM bulk_text WHERE number > $start AND number <= $end",
                {"start": start, "end": start + AT_A_TIME},
            )
            self.store.append(table, _read_each([text for (text,) in some], read, tuple(columns)))
        self.drop("bulk_text")

    def _keep(self, what: str) -> None:
        kind, name = what.split()
        self._made.append(f"{kind} temp.{name}")


def _read_each(texts: list[str], read: Callable[[str], Any], columns: tuple[str, ...]) -> pa.Table:
    values: list[Any] = []
    bad: list[bool] = []
    for text in texts:
        try:
            value = read(text)
        except (KeyError, TypeError, ValueError, OverflowError):
            value, problem = None, True
        else:
            problem = may_hold_key(text)  # the first reader keeps what is beside it
        values.append(None if value == () else value)
        bad.append(problem)
    if columns == ("value",):
        found: dict[str, list[Any]] = {"value": values}
    else:
        found = {name: [value and value[name] for value in values] for name in columns}
    return pa.table({"text": texts, **{name: pa.array(value) for name, value in found.items()}, "bad": bad})
