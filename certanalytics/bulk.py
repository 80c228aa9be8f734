"""Large files of lines, read by DuckDB: what a source says in `Bulk`, put together with what a load knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self

import pyarrow as pa

from certanalytics.bulk_held import Decode, File, HeldCertificates
from certanalytics.bulk_rows import ROWS_OF_A_LINE, BulkRows
from certanalytics.bulk_tables import AT_A_TIME, BulkTables
from certanalytics.identity import identity
from certanalytics.model import Row, StatedCertificate
from certanalytics.one_file import Reading
from certanalytics.schema import as_table
from certanalytics.sources import Bulk, Export, Field, Group, NotPlainError, without_keys
from certanalytics.staging import Staging
from certanalytics.store import Store


class BulkReading:
    """One file as DuckDB has read it, in temporary tables until the end of the context.

    Args:
        store: The estate.
        source: The name of the source.
        bulk: What it says of how the file is read.
        export: The file.
    """

    def __init__(self, store: Store, source: str, bulk: Bulk, export: Export) -> None:
        self.store = store
        self.source = source
        self.bulk = bulk
        self.export = export
        self._tables = BulkTables(store)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._tables.clear()

    def begin(self) -> bool:
        """Read the file, outside a transaction; whether DuckDB can make sense of it."""
        content = self.export.content
        if re.search(r"[*?\[\]']|://", self._path) or not content.plain:  # such paths mean something to DuckDB
            return False
        if not self._tables.try_to_make("TABLE bulk_line", f"AS {self.sql()}"):
            return False
        if self._tables.count("bulk_line") != content.lines or self._tables.count(
            "bulk_line", f"turns AND rowid >= {self.bulk.header}"
        ):
            return False
        try:
            for group in self.bulk.groups:
                self._read_group(group)
            columns, joins = self._resolved("bulk_line", self.bulk.fields)
        except (NotPlainError, OverflowError, UnicodeEncodeError, pa.ArrowException):  # or a value no column can hold
            return False
        for group in self.bulk.groups:
            joins.append(f'JOIN of_{group.name} AS "{group.name}" ON "{group.name}".text = l."{group.name}"')
            columns += [f'"{group.name}".number AS "{group.name}"', f'"{group.name}".bad AS "{group.name} bad"']
            columns.append(f'"{group.name}".* EXCLUDE (text, number, bad)')
        fields = f"SELECT l.rowid + 1 AS seq, {', '.join(columns)} FROM bulk_line AS l {' '.join(joins)} WHERE l.record"
        readable = f"coalesce({self.bulk.readable}, false)"
        if self.bulk.held:
            self._tables.make("TABLE bulk_unheld", "(seq BIGINT)")
            readable += " AND seq NOT IN (FROM bulk_unheld)"
        self._tables.make("VIEW record", f"AS SELECT *, {readable} AS readable FROM ({fields})")
        return not self._tables.count("record", self.bulk.unfit)

    def sql(self) -> str:
        """The SELECT that reads the file: for every line its fields, or their texts where these are not plain."""
        lines = self.bulk.lines(f"'{self._path}'", f"'{self.export.compression}'")
        taken = ", ".join(("turns", "cut", "record", *(f'"{group.name}"' for group in self.bulk.groups)))
        groups = "".join(f', {group.cell} AS "{group.name}"' for group in self.bulk.groups)
        chosen = "* EXCLUDE (record, whole), record AND NOT whole AS cut, record AND whole AS record"
        return _read_fields(self.bulk.fields, taken, f"SELECT {chosen}{groups} FROM ({lines})")

    def take_held(self, decode: Decode, file: File) -> None:
        """Take in the certificates that stand in the file as DER, in a transaction and before anything else."""
        if self.bulk.held:
            HeldCertificates(self.store, self.bulk, self._tables.make).take(decode, file)

    def stage(self, staging: Staging, reading: Reading) -> int:
        """Let the facts wait that DuckDB has read; how many they are."""
        return BulkRows(self._tables, self.source, self.bulk, staging, reading).stage()

    def refused(self) -> Iterator[tuple[int, Row]]:
        """What the source's own reader says of the lines DuckDB could not make sense of, with its place in the file."""
        found = self.store.fetch(
            "SELECT seq FROM record WHERE NOT readable UNION ALL SELECT rowid + 1 FROM bulk_line WHERE cut"
        )
        if numbers := {number for (number,) in found}:
            with self.export.text("utf-8", newline="\n") as stream:
                lines = ((number, line.rstrip("\r\n")) for number, line in enumerate(stream, 1) if number in numbers)
                for number, line in lines:
                    rows = without_keys(self.bulk.again([(number, line)]))
                    yield from enumerate(rows, number * ROWS_OF_A_LINE)

    @property
    def _path(self) -> str:
        return str(self.export.path.resolve())

    def _read_group(self, group: Group) -> None:
        """The combinations of a group, each read once, with its number."""
        texts = f'SELECT DISTINCT "{group.name}" AS text FROM bulk_line WHERE record'
        read, parts = f"bulk_{group.name}", f"SELECT text, {group.parts} AS part FROM ({texts})"
        self._tables.make(f"TABLE {read}", f"AS {_read_fields(group.fields, 'text', parts)}")
        resolved, joins = self._resolved(read, group.fields)
        bad = " OR ".join(f'"{field.name} bad"' for field in group.fields)
        made = f"numbered_{group.name}" if group.certificate else f"of_{group.name}"
        self._tables.make(
            f"TABLE {made}",
            f"AS SELECT row_number() OVER () AS number, *, ({bad}) AS bad "
            f"FROM (SELECT l.text, {', '.join(resolved)} FROM {read} AS l {' '.join(joins)})",
        )
        if group.certificate:
            self._identify(group, made)

    def _identify(self, group: Group, numbered: str) -> None:
        """The combinations of a group with the identity of each: where there is no fingerprint Python tells it."""
        names, identities = [field.name for field in group.fields], f"identity_{group.name}"
        digests = [f"{before}{name}" for name, before in (("sha256", ""), ("sha1", "'sha1:' || ")) if name in names]
        by_digest = f"coalesce({', '.join([*digests, 'NULL'])})"
        self._tables.make(f"TABLE {identities}", "(number BIGINT, identity VARCHAR)")
        for start in range(0, self._tables.count(numbered), AT_A_TIME):
            some = self.store.fetch(
                f"SELECT number, {', '.join(names)} FROM {numbered} "
                f"WHERE number > $start AND number <= $end AND NOT bad AND {by_digest} IS NULL",
                {"start": start, "end": start + AT_A_TIME},
            )
            found = [(number, _identity(dict(zip(names, values, strict=True)))) for number, *values in some]
            self.store.append(identities, as_table(found, _IDENTITIES))
        self._tables.make(
            f"TABLE of_{group.name}",
            f"AS SELECT n.*, coalesce({by_digest}, i.identity) AS identity "
            f"FROM {numbered} AS n LEFT JOIN {identities} AS i USING (number)",
        )
        for table in (identities, numbered):
            self._tables.drop(table)

    def _resolved(self, table: str, fields: Sequence[Field]) -> tuple[list[str], list[str]]:
        """Columns and joins that put what Python reads of odd texts beside what SQL read of plain ones."""
        counts = ", ".join(f'count("{field.name} odd")' for field in fields)
        ((*odd,),) = self.store.fetch(f"SELECT {counts} FROM {table}")
        columns, joins = [], []
        for field, count in zip(fields, odd, strict=True):
            name = field.name
            values = f'(SELECT DISTINCT "{name}" AS value FROM {table})'
            if (count and not field.read) or (field.check and self._tables.count(values, f"NOT ({field.check})")):
                raise NotPlainError
            if count and field.read:
                look_up = f"{table}_{name}"
                self._tables.look_up(look_up, f'SELECT "{name} odd" FROM {table}', field.read, {"value": field.kind})
                joins.append(f'LEFT JOIN {look_up} AS "{name}" ON "{name}".text = l."{name} odd"')
                columns.append(f'if(l."{name} odd" IS NULL, l."{name}", "{name}".value) AS "{name}"')
                columns.append(f'coalesce("{name}".bad, false) AS "{name} bad"')
            else:
                columns += [f'l."{name}"', f'false AS "{name} bad"']
            columns.append(f'(l."{name} odd" IS NOT NULL OR l."{name}" IS NOT NULL) AS "{name} said"')
        return columns, joins


def _read_fields(fields: Iterable[Field], more: str, source: str) -> str:
    """A SELECT of fields: their values where they are plain, and their texts where they are not.

    Args:
        fields: The fields.
        more: Columns that are taken over.
        source: The SELECT they are read from.
    """
    cells, tried, columns = [], [], []
    for field in fields:
        name, cell = f'"{field.name}"', f'"{field.name} cell"'
        plain, value = (re.sub(r"\bcell\b", cell, sql) for sql in (field.plain, field.value))
        cells.append(f"{field.cell} AS {cell}")
        if field.plain == "true" and field.or_nothing:  # a condition that always holds still copies every list
            tried.append(cell)
            columns.append(f'{value}::{field.kind} AS {name}, NULL::VARCHAR AS "{field.name} odd"')
        elif field.or_nothing:
            tried.append(f'{cell}, {plain} AS "{field.name} plain"')
            columns.append(f'CASE WHEN "{field.name} plain" THEN {value} END::{field.kind} AS {name}')
            columns.append(f'CASE WHEN NOT "{field.name} plain" THEN {cell} END AS "{field.name} odd"')
        else:
            tried.append(f"{cell}, CASE WHEN {plain} THEN {value} END::{field.kind} AS {name}")
            columns.append(f'{name}, CASE WHEN {name} IS NULL THEN {cell} END AS "{field.name} odd"')
    texts = f"SELECT {more}, {', '.join(cells)} FROM ({source})"
    return f"SELECT {more}, {', '.join(columns)} FROM (SELECT {more}, {', '.join(tried)} FROM ({texts}))"


_IDENTITIES = pa.schema([("number", pa.int64()), ("identity", pa.string())])


def _identity(said: dict[str, Any]) -> str:
    held: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said.items() if value is not None
    }
    return identity(StatedCertificate(**held))
