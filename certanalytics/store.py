"""The DuckDB file: opened, created, appended to all-or-nothing, and asked named questions.

The only module that imports duckdb. The views of ``sql/views`` and the questions of ``sql/questions`` are
installed in the file itself (as views, or as table macros where they take parameters), so that any DuckDB client
can ask them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb

from certanalytics.errors import CertAnalyticsError, DataError, EstateBusyError, UsageError
from certanalytics.sql import definitions, questions, views

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_FACTS = Path(__file__).parent / "facts"
MEMORY = ":memory:"

WRITING_MEMORY = "400MB"
"""What DuckDB may hold in memory while it writes; the rest lies on disk for as long.

With Python, the readers and what DuckDB does not count this keeps a load below 1 GiB (``benchmarks/memory.py``).
"""

VERSION = 3
"""Number of the schema; an estate of another number is refused with what to do."""

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
        self._scoped: tuple[object, str | None] | None = None

    def _connect(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        try:
            connection = duckdb.connect(
                self.path, read_only=read_only, config={"enable_external_access": not read_only}
            )
        except duckdb.IOException as error:
            raise _unopened(self.path, str(error)) from error
        connection.execute("SET TimeZone = 'UTC'")
        # A bar would stand in what a program prints. Where it is off already, in a kernel without widgets,
        # DuckDB refuses to be told so again.
        if connection.execute("SELECT current_setting('enable_progress_bar')").fetchone() == (True,):
            connection.execute("SET enable_progress_bar = false")
        if not read_only and self.path != MEMORY:
            connection.execute(f"SET memory_limit = '{WRITING_MEMORY}'")
            # Beside the estate, where there is room for it, and hidden from a load of the folder it lies in.
            path = Path(self.path).resolve()
            connection.execute("SET temp_directory = $folder", {"folder": str(path.parent / f".{path.name}.tmp")})
        return connection

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
        with self.transaction():
            self.connection.execute(_SCOPES)
            self.connection.execute("CREATE SCHEMA IF NOT EXISTS facts")
            for path in facts:
                self.connection.execute(
                    f'CREATE OR REPLACE TABLE facts."{path.stem}" AS SELECT * FROM read_csv($path, header = true)',
                    {"path": str(path)},
                )
            for statement in definitions(texts):
                self.connection.execute(statement)
            self.connection.execute("UPDATE estate SET installed = $digest", {"digest": digest})

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

    def missing(self, table: str, column: str, values: Sequence[str], *, where: str = "true") -> set[str]:
        """Those of the values that do not stand in a column yet."""
        if not values:
            return set()
        found = self.connection.execute(
            f'SELECT DISTINCT "{column}" FROM "{table}" WHERE {where} AND "{column}" IN (SELECT unnest($values))',
            {"values": list(values)},
        ).fetchall()
        return set(values) - {value for (value,) in found}

    def append(self, table: str, rows: pa.Table) -> None:
        """Add rows to a table, matched by column name."""
        if rows.num_rows:
            with self.registered("incoming", rows):
                self.connection.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM incoming')

    @contextmanager
    def registered(self, name: str, rows: pa.Table) -> Iterator[None]:
        """Let SQL see rows under a name."""
        self.connection.register(name, rows)
        try:
            yield
        finally:
            self.connection.unregister(name)

    def delete(self, table: str, column: str, values: Sequence[str], *, where: str = "true") -> None:
        """Remove the rows whose column holds one of the values."""
        if not values:
            return
        self.connection.execute(
            f'DELETE FROM "{table}" WHERE {where} AND "{column}" IN (SELECT unnest($values))', {"values": list(values)}
        )

    def run(self, sql: str, parameters: Mapping[str, Any] | None = None) -> int:
        """Run a statement that changes rows; how many it changed."""
        changed = self.connection.execute(sql, dict(parameters or {})).fetchall()
        return int(changed[0][0]) if changed else 0

    def attempt(self, sql: str, parameters: Mapping[str, Any] | None = None) -> bool:
        """Run a statement outside a transaction that the content of a file may make fail; whether it did not."""
        try:
            self.connection.execute(sql, dict(parameters or {}))
        except duckdb.Error:
            return False
        return True

    def fetch(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of a query as tuples, for our own small look-ups."""
        return list(self.connection.execute(sql, dict(parameters or {})).fetchall())

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

    def restrict(self, as_of: object, scope: str | None) -> None:
        """Let ``inventory`` hold just the certificates in scope at a moment, until the next call.

        The moment's inventory is computed once and shared by all questions asked about it.

        Raises:
            UsageError: The scope is not a predicate over the inventory.
        """
        if self._scoped == (as_of, scope):
            return
        self.connection.execute("DROP MACRO TABLE IF EXISTS temp.inventory")
        self._scoped = None
        predicate = check_predicate(self.connection, scope) if scope else "true"
        try:
            self.connection.execute(
                "CREATE OR REPLACE TEMP TABLE scoped_inventory AS "
                f"SELECT * FROM inventory($as_of) WHERE (\n{predicate}\n)",
                {"as_of": as_of},
            )
        except (duckdb.BinderException, duckdb.ConversionException, duckdb.InvalidInputException) as error:
            if not scope:
                raise
            columns = ", ".join(name for name, *_ in self.fetch("DESCRIBE FROM inventory('2000-01-01'::TIMESTAMP)"))
            raise UsageError(
                str(error).strip().splitlines()[0],
                where=f"scope {scope!r}",
                hint=f"A scope is a SQL predicate over these columns: {columns}",
            ) from error
        self.connection.execute("CREATE OR REPLACE TEMP MACRO inventory(as_of) AS TABLE SELECT * FROM scoped_inventory")
        self._scoped = (as_of, scope)


def check_predicate(connection: duckdb.DuckDBPyConnection, predicate: str) -> str:
    """A predicate that is one expression and nothing else.

    Raises:
        UsageError: It does not parse as the condition of a single SELECT.
    """
    found = connection.execute(
        "SELECT json_serialize_sql($sql)::JSON AS tree", {"sql": f"SELECT 1 WHERE (\n{predicate}\n)"}
    ).fetchone()
    tree = found[0] if found else "{}"
    error = connection.execute(
        "SELECT json_extract_string($tree, '$.error_message'), json_array_length($tree, '$.statements')", {"tree": tree}
    ).fetchone()
    if error is None or error[0] is not None or error[1] != 1:
        raise UsageError(
            error[0] if error and error[0] else "more than one statement",
            where=f"scope {predicate!r}",
            hint="Write one SQL condition, for example: business_unit = 'Retail'",
        )
    return predicate


def _unopened(path: str, message: str) -> CertAnalyticsError:
    held = re.search(r"lock is held in (.+?)\.? ?See also", message) or re.search(r"lock is held in (.+)", message)
    if held:
        return EstateBusyError(
            f"another process is writing to it: {held.group(1).strip(' .')}",
            where=path,
            hint="Wait until it has finished, or close it; readers never block each other.",
        )
    return DataError(message.splitlines()[0], where=path, hint="Name a DuckDB file, or a new one, with --estate.")
