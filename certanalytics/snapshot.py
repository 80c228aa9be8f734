"""The estate at one moment and within one scope: what its questions have in common is computed once.

A view that several others and many questions read (which certificates are known, what endpoints present, who follows
whom, the inventory itself) would otherwise be computed anew by each of them. Its rows are kept in a temporary table,
and a temporary macro of the view's name stands before the view, whatever moment it is asked for. All that happens in
a connection of its own: who queries the estate by hand never meets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from certanalytics.errors import UsageError
from certanalytics.sql import read_by, shared
from certanalytics.store import Store

if TYPE_CHECKING:
    import pandas as pd

_INVENTORY = "inventory"


class Snapshot:
    """One moment of an estate, replaced by another when it is asked for.

    Args:
        store: The estate.
    """

    def __init__(self, store: Store) -> None:
        self.store = store.beside()
        self.as_of: datetime | None = None
        self.scope: str | None = None
        self._kept: list[str] = []

    def close(self) -> None:
        """Close the connection."""
        self.store.close()

    def take(self, as_of: datetime, scope: str | None) -> None:
        """Let the questions that follow be about a moment and the certificates in scope then.

        Raises:
            UsageError: The scope is not a predicate over the inventory.
        """
        if self.as_of != as_of:
            self._forget(list(self._kept))
            self.as_of, self.scope = as_of, None
            self.keep_all(f"FROM {_INVENTORY}")
        if self.scope != scope:
            table = self._bounded(scope) if scope else f"moment_{_INVENTORY}"
            self._forget([name for name in self._kept if _INVENTORY in read_by(f"FROM {name}") and name != _INVENTORY])
            self._let_stand(_INVENTORY, table)
            self.scope = scope

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """What a text selects.

        Args:
            sql: The text; views it reads are those of the moment.
            parameters: Its parameters by name.

        Raises:
            UsageError: DuckDB refuses the statement.
        """
        self.keep_all(sql)
        return self.store.query(sql, parameters)

    def count(self) -> int:
        """How many certificates are in scope."""
        return int(self.store.fetch(f"SELECT count(*) FROM {_INVENTORY}($as_of)", {"as_of": self.as_of})[0][0])

    def keep_all(self, sql: str) -> None:
        """Let the views a text reads stand for the moment."""
        for name in read_by(sql):
            if name not in self._kept and (name in shared() or name == _INVENTORY):
                self._keep(name)

    def _keep(self, name: str) -> None:
        self.store.run(f"CREATE TEMP TABLE moment_{name} AS SELECT * FROM main.{name}($as_of)", {"as_of": self.as_of})
        self._let_stand(name, f"moment_{name}")
        self._kept.append(name)

    def _let_stand(self, name: str, table: str) -> None:
        self.store.run(f"CREATE OR REPLACE TEMP MACRO {name}(as_of) AS TABLE SELECT * FROM {table}")

    def _forget(self, names: list[str]) -> None:
        for name in names:
            self.store.run(f"DROP MACRO TABLE temp.{name}")
            self.store.run(f"DROP TABLE temp.moment_{name}")
            self._kept.remove(name)

    def _bounded(self, scope: str) -> str:
        """The table of the certificates in scope."""
        self._check(scope)
        table, every = "moment_scope", f"moment_{_INVENTORY}"
        select = f"SELECT * FROM {every} WHERE (\n{scope}\n)"
        if refusal := self.store.refusal(f"CREATE OR REPLACE TEMP TABLE {table} AS {select}"):
            columns = ", ".join(name for name, *_ in self.store.fetch(f"DESCRIBE {every}"))
            raise UsageError(
                refusal.splitlines()[0],
                where=f"scope {scope!r}",
                hint=f"A scope is a SQL predicate over these columns: {columns}",
            )
        return table

    def _check(self, scope: str) -> None:
        """A scope is one expression and nothing else."""
        ((tree,),) = self.store.fetch("SELECT json_serialize_sql($sql)::JSON", {"sql": f"SELECT 1 WHERE (\n{scope}\n)"})
        ((error, statements),) = self.store.fetch(
            "SELECT json_extract_string($tree, '$.error_message'), json_array_length($tree, '$.statements')",
            {"tree": tree},
        )
        if error is not None or statements != 1:
            raise UsageError(
                error or "more than one statement",
                where=f"scope {scope!r}",
                hint="Write one SQL condition, for example: business_unit = 'Retail'",
            )
