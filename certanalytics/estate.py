"""What a user holds in the hand: an estate to load exports into, query, and ask as of any moment."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from certanalytics.errors import DataError, UsageError
from certanalytics.lake import LakeStore, is_lake
from certanalytics.moment import Moment, as_moment
from certanalytics.result import Input
from certanalytics.scopes import checked_name, expanded, whole
from certanalytics.snapshot import Snapshot
from certanalytics.sql import parameters_of, question, views
from certanalytics.store import MEMORY, Store

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.load import Progress
    from certanalytics.load_report import LoadReport


def connect(path: str | Path | None = None) -> Estate:
    """Take an estate in hand. The file is opened for reading when first asked, and for writing only while loading.

    Args:
        path: The estate file, made by the first load; the folder of a lake, which is only read; ``:memory:`` for an
            estate that is not kept. Without it the environment's ``CERTANALYTICS_ESTATE``, else ``estate.duckdb`` in
            the working directory.
    """
    return Estate(str(path or os.environ.get("CERTANALYTICS_ESTATE") or "estate.duckdb"))


class Estate:
    """One estate: everything that was loaded, and what can be asked of it.

    Args:
        path: The estate file, or ``:memory:``.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._store: Store | None = None
        self._snapshot: Snapshot | None = None

    @property
    def store(self) -> Store:
        """The open estate file (read-only, except in memory).

        Raises:
            DataError: Nothing was loaded yet.
        """
        if self._store is None:
            self._store = (
                LakeStore(self.path) if is_lake(self.path) else Store(self.path, read_only=self.path != MEMORY)
            )
        return self._store

    @property
    def snapshot(self) -> Snapshot:
        """The moment that was last asked about."""
        if self._snapshot is None:
            self._snapshot = Snapshot(self.store)
        return self._snapshot

    def close(self) -> None:
        """Let go of the file."""
        self._forget()
        if self._store is not None:
            self._store.close()
            self._store = None

    def _forget(self) -> None:
        if self._snapshot is not None:
            self._snapshot.close()
            self._snapshot = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def load(
        self,
        *paths: str | Path,
        collected_at: Moment | None = None,
        column_maps: tuple[str | Path, ...] = (),
        passwords: Sequence[str] = (),
        origin: str | None = None,
        progress: Progress | None = None,
        der: bool | None = None,
        workers: int | None = None,
    ) -> LoadReport:
        """Take export files and folders into the estate; see `certanalytics.load.load`.

        Args:
            paths: Files and folders.
            collected_at: When files that do not say so themselves were collected.
            column_maps: TOML files that say which column of an owners' CSV, or of a certutil listing, is which.
            passwords: What may open locked key stores (PKCS#12); never stored, and none is guessed.
            origin: The zone of zone files that do not say which they are; those that do are read by what they say.
            progress: Called while reading.
            der: Whether the DER of certificates is kept; that of the estate's first million if ``None``.
            workers: How many processes read where there is much to read; as many as there are processors if ``None``.

        Raises:
            DataError: A path does not exist or the file is not an estate.
            EstateBusyError: Another process is writing to the estate.
        """
        from certanalytics.load import load  # noqa: PLC0415 - the readers cost time only a load should pay
        from certanalytics.sources import mapped  # noqa: PLC0415

        more = tuple(mapped(Path(column_map)) for column_map in column_maps)
        given = as_moment(collected_at) if collected_at is not None else None
        files = [Path(path) for path in paths]
        store = self.store if self.path == MEMORY else None
        self._forget() if store else self.close()
        with nullcontext(store) if store else Store(self.path, read_only=False) as writing:
            return load(
                writing,
                files,
                collected_at=given,
                more_sources=more,
                passwords=passwords,
                origin=origin,
                progress=progress,
                der=der,
                workers=workers,
            )

    def query(self, sql: str, **parameters: Any) -> pd.DataFrame:
        """Run SQL over the tables, views and macros of the estate.

        Args:
            sql: One statement; ``$name`` stands for a parameter.
            parameters: The parameters by name.

        Raises:
            UsageError: DuckDB refuses the statement.
        """
        return self.store.query(sql, parameters)

    def rows(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of a SQL statement as plain Python values.

        Raises:
            UsageError: DuckDB refuses the statement.
        """
        return self.store.rows(sql)

    def inventory(self, *, as_of: Moment | None = None, scope: str | None = None) -> pd.DataFrame:
        """The certificates known at a moment, one row each; columns as in ``sql/views/inventory/inventory.sql``."""
        return self.view("inventory", as_of=as_of, scope=scope).sort_values("certificate", ignore_index=True)

    def view(self, name: str, *, as_of: Moment | None = None, scope: str | None = None) -> pd.DataFrame:
        """The rows of one of the views of ``sql/views``, in no order.

        Args:
            name: The view.
            as_of: The moment to answer for; the newest evidence if ``None``.
            scope: A SQL predicate over the inventory; it bounds the views that read the inventory.

        Raises:
            UsageError: No such view, or the scope is not a predicate.
        """
        known = views()
        if name not in known:
            raise UsageError(f"no view {name!r}", hint="Known: " + ", ".join(sorted(known)))
        moment = self.moment(as_of)
        self.snapshot.take(moment, self.predicate(scope))
        if parameters_of(known[name]):
            return self.snapshot.query(f'SELECT * FROM "{name}"($as_of)', {"as_of": moment})
        return self.snapshot.query(f'SELECT * FROM "{name}"')

    def ask(
        self, name: str, *, as_of: Moment | None = None, scope: str | None = None, **parameters: Any
    ) -> pd.DataFrame:
        """Ask one of the named questions of ``sql/questions``.

        Args:
            name: The question.
            as_of: The moment to answer for; the newest evidence if ``None``.
            scope: A SQL predicate over the inventory, where ``@name`` stands for a kept scope; all if ``None``.
            parameters: Further parameters of the question.

        Raises:
            UsageError: No such question, a parameter is missing or unknown, or the scope is not a predicate.
        """
        text = question(name)
        wanted = set(parameters_of(text))
        moment = self.moment(as_of)
        given: Mapping[str, Any] = {"as_of": moment, **parameters}
        if missing := wanted - set(given):
            raise UsageError(f"question {name!r} needs {', '.join(sorted(missing))}")
        if unknown := set(parameters) - wanted:
            raise UsageError(f"question {name!r} does not take {', '.join(sorted(unknown))}")
        self.snapshot.take(moment, self.predicate(scope))
        return self.snapshot.query(text, {key: given[key] for key in wanted})

    def check_scope(self, scope: str | None, *, as_of: Moment | None = None) -> int:
        """How many certificates a scope holds.

        Raises:
            UsageError: It is not a predicate over the inventory.
        """
        self.snapshot.take(self.moment(as_of), self.predicate(scope))
        return self.snapshot.count()

    def scopes(self) -> dict[str, str]:
        """The scopes kept in the estate: predicates over the inventory by name."""
        return dict(self.store.fetch("SELECT name, predicate FROM scope ORDER BY name"))

    def keep_scope(self, name: str, predicate: str) -> int:
        """Keep a scope under a name, by which it may stand as ``@name`` wherever a scope is taken.

        Args:
            name: Small letters, digits, - and _; a scope already kept under it is replaced.
            predicate: A SQL predicate over the inventory. Kept scopes named in it are filled in as they are now.

        Returns:
            How many certificates it holds at the newest evidence.

        Raises:
            DataError: Nothing was loaded yet.
            EstateBusyError: Another process is writing to the estate.
            UsageError: The name is none, or it is not a predicate over the inventory.
        """
        meant = whole(expanded(predicate, self.scopes()))
        holds = self.check_scope(meant)
        self._change_scopes(checked_name(name), meant)
        return holds

    def forget_scope(self, name: str) -> None:
        """Keep a scope no longer.

        Raises:
            EstateBusyError: Another process is writing to the estate.
            UsageError: None is kept under the name.
        """
        expanded(f"@{checked_name(name)}", self.scopes())
        self._change_scopes(name, None)

    def _change_scopes(self, name: str, predicate: str | None) -> None:
        def change(store: Store) -> None:
            with store.transaction():
                store.delete("scope", "name", [name])
                if predicate is not None:
                    store.run("INSERT INTO scope VALUES ($name, $predicate)", {"name": name, "predicate": predicate})

        if self.path == MEMORY:
            change(self.store)
            return
        self.close()
        with Store(self.path, read_only=False) as store:
            change(store)

    def predicate(self, scope: str | None) -> str | None:
        """What a scope means: its predicate with kept scopes filled in; ``None`` for everything.

        Raises:
            UsageError: A scope named in it is not kept.
        """
        return expanded(scope, self.scopes() if "@" in scope else {}) if scope else None

    def moment(self, as_of: Moment | None) -> datetime:
        """A moment as naive UTC; ``None`` or empty text is the time of the newest observation in the estate.

        Raises:
            DataError: There is no evidence yet.
            UsageError: The text is not a date or time.
        """
        if as_of is not None and as_of != "":
            return as_moment(as_of)
        newest = self.store.fetch("SELECT moment FROM newest")[0][0]
        if not isinstance(newest, datetime):
            raise DataError(
                "the estate is empty, or nothing in it says as of when it holds",
                where=self.path,
                hint="Load exports first (certanalytics load PATH), or say as of when to answer.",
            )
        return newest

    def unresolved_names(self, *, as_of: Moment | None = None) -> pd.DataFrame:
        """The places whose certificate is known only by its system's own name, which does not tell which it is.

        Either nothing loaded explains the name, or exports of two systems that use one name explain it differently.

        Returns:
            One row a name and place: ``name``, ``host``, ``ip``, ``port``, ``resource``, ``path``, ``source``,
            ``observed_at``. They are no part of the inventory.
        """
        found = self.view("unresolved_name", as_of=as_of)
        return found.sort_values(list(found.columns), ignore_index=True)

    def evidence(self, as_of: Moment | None = None) -> tuple[Input, ...]:
        """What was loaded, by source: files, records, newest observation up to a moment."""
        rows = self.store.fetch(
            "SELECT source, files, records, newest FROM evidence($as_of) ORDER BY source",
            {"as_of": as_moment(as_of) if as_of else datetime.max},
        )
        return tuple(Input(source=row[0], files=row[1], records=row[2], newest=row[3]) for row in rows)
