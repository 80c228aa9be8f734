"""The DuckDB file: opened, created, appended to all-or-nothing, and asked named questions.

The only module that imports duckdb. The views of ``sql/views`` and the questions of ``sql/questions`` are
installed in the file itself (as views, or as table macros where they take parameters), so that any DuckDB client
can ask them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb

from certanalytics.errors import CertAnalyticsError, DataError, EstateBusyError, UsageError
from certanalytics.sql import definitions, questions, shared, views

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_FACTS = Path(__file__).parent / "facts"
MEMORY = ":memory:"
_FEW = 8

WRITING_MEMORY = "400MB"
"""What DuckDB may hold in memory while it writes; the rest lies on disk for as long.

With Python, one reader and what DuckDB does not count this keeps a load below 1 GiB (``benchmarks/memory.py``).
"""

WAITING_LOG = "256MB"
"""How large the log of what was committed may grow before it is worked into the file: each time, the last rows of every
table are compressed again. A load that dies leaves the log beside the file, and whoever opens it next works it in."""

VERSION = 4
"""Number of the schema, and of how certificates are told apart; an estate of another number is refused with what to do:
what was loaded by another rule would not be known for the same."""

_SCOPES = "CREATE TABLE IF NOT EXISTS scope (name VARCHAR, predicate VARCHAR)"
"""What a user keeps in the estate beside the facts. Estates made before it get it when they are brought up to date: it
takes nothing from them, so the number of the schema stays."""


class Store:
    """One open estate file.

    Args:
        path: The file, or ``:memory:``.
        read_only: Open beside other readers; nothing can be changed, and SQL cannot reach other files.

    Raises:
        DataError: There is no such estate (when reading), or the file is not one of ours.
        EstateBusyError: Another process is writing to it.
    """

    def __init__(self, path: Path | str, *, read_only: bool) -> None:
        self.path = str(path)
        if read_only and not Path(path).exists():
            raise DataError(
                "there is no estate yet", where=self.path, hint="Load exports first: certanalytics load PATH"
            )
        self.connection = self._connect(read_only=read_only)
        try:
            self._check_or_create(read_only=read_only)
            if read_only and not self._is_installed():
                # Written by another version: its views are brought up to date once, by whoever asks first.
                self.close()
                Store(path, read_only=False).close()
                self.connection = self._connect(read_only=True)
        except BaseException:
            self.connection.close()
            raise

    def _connect(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        try:
            connection = duckdb.connect(
                self.path, read_only=read_only, config={"enable_external_access": not read_only}
            )
        except duckdb.IOException as error:
            raise _unopened(self.path, str(error)) from error
        _prepare(connection)
        if not read_only and self.path != MEMORY:
            connection.execute(f"SET memory_limit = '{WRITING_MEMORY}'")
            connection.execute(f"SET checkpoint_threshold = '{WAITING_LOG}'")
            # Beside the estate, where there is room for it, and hidden from a load of the folder it lies in.
            path = Path(self.path).resolve()
            connection.execute("SET temp_directory = $folder", {"folder": str(path.parent / f".{path.name}.tmp")})
        return connection

    def beside(self) -> Store:
        """The same estate through a connection of its own, with its own temporary tables and macros."""
        other = copy(self)
        other.connection = self.connection.cursor()
        _prepare(other.connection)
        return other

    def close(self) -> None:
        """Close the file; other processes may write to it again."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_or_create(self, *, read_only: bool) -> None:
        known = self.fetch("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'")
        if not known and not read_only:
            from certanalytics.schema import TABLES, ddl  # noqa: PLC0415 - Arrow costs time only a new estate should pay

            with self.transaction():
                self.connection.execute(f"CREATE TABLE estate AS SELECT {VERSION} AS schema_version, '' AS installed")
                for table in TABLES:
                    self.connection.execute(ddl(table))
        elif ("estate",) not in known or self.fetch("SELECT schema_version FROM estate") != [(VERSION,)]:
            found = self.fetch("SELECT schema_version FROM estate") if ("estate",) in known else []
            was = f"an estate of schema {found[0][0]}" if found else "not a certanalytics estate"
            raise DataError(
                f"this DuckDB file is {was}, this version works with schema {VERSION}",
                where=self.path,
                hint="Load the exports into a new file with --estate.",
            )
        if not read_only:
            self._install()

    def _to_install(self) -> tuple[dict[str, str], list[Path], str]:
        """The SQL texts by name, the files of facts, and a digest of both and of the table of scopes."""
        texts = views() if self.path == MEMORY else {**views(), **questions()}
        facts = sorted(_FACTS.glob("*.csv"))
        said = (texts, [path.read_bytes() for path in facts], _SCOPES)
        return texts, facts, hashlib.sha256(repr(said).encode()).hexdigest()

    def _is_installed(self) -> bool:
        return self.fetch("SELECT installed FROM estate") == [(self._to_install()[2],)]

    def _install(self) -> None:
        """Install facts, views and questions as they stand in this version of the package, unless they are there.

        Questions are for other DuckDB clients; nobody else can open an estate in memory.
        """
        if self._is_installed():
            return
        texts, facts, digest = self._to_install()
        installer = self.beside()
        with installer.transaction():
            installer.run(_SCOPES)
            installer.run("CREATE SCHEMA IF NOT EXISTS facts")
            for path in facts:
                installer.run(
                    f'CREATE OR REPLACE TABLE facts."{path.stem}" AS SELECT * FROM read_csv($path, header = true)',
                    {"path": str(path)},
                )
            for name, statement in definitions(texts):
                installer.run(statement)
                if name in shared():
                    # DuckDB takes each text apart down to the tables, again and again for what all of them read. An
                    # empty table of the same columns stands in for it while the texts after it are installed.
                    installer.run(
                        f'CREATE TEMP TABLE "as_{name}" AS FROM main."{name}"(TIMESTAMP \'2000-01-01\') LIMIT 0'
                    )
                    installer.run(f'CREATE TEMP MACRO "{name}"(as_of) AS TABLE FROM "as_{name}"')
            installer.run("UPDATE estate SET installed = $digest", {"digest": digest})
        installer.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing."""
        self.connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def missing(self, table: str, column: str, values: Collection[str], *, where: str = "true") -> set[str]:
        """Those of the values that do not stand in a column yet."""
        if not values:
            return set()
        if len(values) <= _FEW:  # planning a join for a handful of values takes longer than looking for them
            sought = ", ".join(f"${number}" for number in range(1, len(values) + 1))
            statement = f'SELECT DISTINCT "{column}" FROM "{table}" WHERE {where} AND "{column}" IN ({sought})'
            found = self.connection.execute(statement, list(values)).fetchall()
        else:
            import pyarrow as pa  # noqa: PLC0415 - Arrow costs time only a load should pay

            found = self.fetch(
                f'SELECT value FROM incoming SEMI JOIN (SELECT "{column}" AS value FROM "{table}" WHERE {where}) '
                "USING (value)",
                incoming=pa.table({"value": pa.array(list(values), pa.string())}),
            )
        return set(values) - {value for (value,) in found}

    def append(self, table: str, rows: pa.Table) -> None:
        """Add rows to a table, matched by column name."""
        if rows.num_rows:
            self.run(f'INSERT INTO "{table}" BY NAME SELECT * FROM incoming', incoming=rows)

    def delete(self, table: str, column: str, values: Sequence[str], *, where: str = "true") -> None:
        """Remove the rows whose column holds one of the values."""
        if not values:
            return
        self.connection.execute(
            f'DELETE FROM "{table}" WHERE {where} AND "{column}" IN (SELECT unnest($values))', {"values": list(values)}
        )

    def run(self, sql: str, parameters: Mapping[str, Any] | None = None, *, incoming: pa.Table | None = None) -> int:  # noqa: ARG002
        """Run a statement that changes rows; how many it changed.

        Args:
            sql: The statement.
            parameters: Its parameters by name.
            incoming: Rows the statement reads as ``incoming``. DuckDB finds them by this name in the frame that calls
                it; registered as a view, they would all stay in memory until the transaction ends.
        """
        changed = self.connection.execute(sql, dict(parameters or {})).fetchall()
        return int(changed[0][0]) if changed else 0

    def refusal(self, sql: str, parameters: Mapping[str, Any] | None = None) -> str | None:
        """Run a statement outside a transaction that a file or a user may make fail; why DuckDB refused it."""
        try:
            self.connection.execute(sql, dict(parameters or {}))
        except duckdb.Error as error:
            return str(error).strip()
        return None

    def fetch(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        incoming: pa.Table | None = None,  # noqa: ARG002
    ) -> list[tuple[Any, ...]]:
        """Rows of a query as tuples, for our own small look-ups; ``incoming`` as in `run`."""
        return list(self.connection.execute(sql, dict(parameters or {})).fetchall())

    def batches(
        self, sql: str, parameters: Mapping[str, Any] | None = None, *, size: int = 10_000
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Rows of a query as tuples, so many at a time; nothing else may be asked until the last were taken."""
        cursor = self.connection.execute(sql, dict(parameters or {}))
        while rows := cursor.fetchmany(size):
            yield rows

    def arrow(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """Rows of a query as an Arrow table, for what goes back into the estate."""
        return self.connection.sql(sql, params=dict(parameters or {})).to_arrow_table()

    def rows(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of a query, with every digit of every number.

        Raises:
            UsageError: DuckDB refuses the statement; its own message is kept.
        """
        try:
            cursor = self.connection.execute(sql)
            if cursor is None or not cursor.description:  # nothing but white space and comments
                raise UsageError("there is nothing to run", where="SQL", hint="Write one statement.")
            return [column[0] for column in cursor.description], list(cursor.fetchall())
        except duckdb.Error as error:
            raise UsageError(str(error).strip(), where="SQL") from error

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Run SQL and return what it selects.

        Raises:
            UsageError: DuckDB refuses the statement; its own message is kept.
        """
        try:
            return self.connection.execute(sql, dict(parameters or {})).df()
        except duckdb.Error as error:
            raise UsageError(str(error).strip(), where="SQL") from error


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("SET TimeZone = 'UTC'")
    # A bar would stand in what a program prints. Where it is off already, in a kernel without widgets, DuckDB refuses
    # to be told so again.
    if connection.execute("SELECT current_setting('enable_progress_bar')").fetchone() == (True,):
        connection.execute("SET enable_progress_bar = false")


def _unopened(path: str, message: str) -> CertAnalyticsError:
    held = re.search(r"lock is held in (.+?)\.? ?See also", message) or re.search(r"lock is held in (.+)", message)
    if held:
        return EstateBusyError(
            f"another process is writing to it: {held.group(1).strip(' .')}",
            where=path,
            hint="Wait until it has finished, or close it; readers never block each other.",
        )
    return DataError(message.splitlines()[0], where=path, hint="Name a DuckDB file, or a new one, with --estate.")
