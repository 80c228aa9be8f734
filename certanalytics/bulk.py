"""Large files of lines, read by DuckDB: what a source says in `Bulk`, put together with what a load knows."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

import pyarrow as pa

from certanalytics.bulk_held import Decode, File, HeldCertificates
from certanalytics.identity import identity, issuer_key, names_within
from certanalytics.model import FACTS, Row, StatedCertificate
from certanalytics.reading import Reading
from certanalytics.row_key import row_key_of_written, written_sql
from certanalytics.schema import as_table, said, sql_type, staged, table_name
from certanalytics.sources import Bulk, Export, Field, Group, NotPlainError, may_hold_key, without_keys
from certanalytics.staging import Staging
from certanalytics.store import Store

_AT_A_TIME = 50_000
"""Texts given to Python at a time."""

_ROWS_OF_A_LINE = 1 << 20
"""More than one line can give: where a row stands in its file is its line times this, and which of the line it is."""

_FACT_TYPES = {table_name(row_type): row_type for row_type in FACTS}


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
        self._made: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for made in reversed(self._made):
            kind, name = made.split()
            self.store.run(f"DROP {kind} IF EXISTS {name}")  # what was made in a transaction may be undone
        self._made.clear()

    def begin(self) -> bool:
        """Read the file, outside a transaction; whether DuckDB can make sense of it."""
        content = self.export.content
        if re.search(r"[*?\[\]']|://", self._path) or not content.plain:  # such paths mean something to DuckDB
            return False
        if self.store.refusal(f"CREATE TEMP TABLE bulk_line AS {self.sql()}"):
            return False
        self._made.append("TABLE temp.bulk_line")
        if self._count("bulk_line") != content.lines or self._count(
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
            self._make("TABLE bulk_unheld", "(seq BIGINT)")
            readable += " AND seq NOT IN (FROM bulk_unheld)"
        self._make("VIEW record", f"AS SELECT *, {readable} AS readable FROM ({fields})")
        return not self._count("record", self.bulk.unfit)

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
            HeldCertificates(self.store, self.bulk, self._make).take(decode, file)

    def stage(self, staging: Staging, reading: Reading) -> int:
        """Let the facts wait that DuckDB has read; how many they are."""
        load = f"'{reading.load}'"
        time = f"coalesce(observed_at, TIMESTAMP '{reading.fallback_time.isoformat(sep=' ')}')"
        basis = f"if(observed_at IS NULL, '{reading.fallback_basis}', 'record')"
        for select in self.bulk.stated:
            self._stage_stated(staging, select, load)
        return sum(
            self._stage(staging, table, select, {"load": load, "observed_at": time, "time_basis": basis})
            for table, select in self.bulk.rows.items()
        )

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
                    yield from enumerate(rows, number * _ROWS_OF_A_LINE)

    @property
    def _path(self) -> str:
        return str(self.export.path.resolve())

    def _make(self, what: str, as_or_columns: str) -> None:
        """Make a temporary table or view that stays until the end."""
        self.store.run(f"CREATE TEMP {what} {as_or_columns}")
        kind, name = what.split()
        self._made.append(f"{kind} temp.{name}")

    def _drop(self, table: str) -> None:
        self.store.run(f"DROP TABLE temp.{table}")
        self._made.remove(f"TABLE temp.{table}")

    def _count(self, table: str, where: str = "true") -> int:
        ((count,),) = self.store.fetch(f"SELECT count(*) FROM {table} WHERE {where}")
        return int(count)

    def _read_group(self, group: Group) -> None:
        """The combinations of a group, each read once, with its number."""
        texts = f'SELECT DISTINCT "{group.name}" AS text FROM bulk_line WHERE record'
        read, parts = f"bulk_{group.name}", f"SELECT text, {group.parts} AS part FROM ({texts})"
        self._make(f"TABLE {read}", f"AS {_read_fields(group.fields, 'text', parts)}")
        resolved, joins = self._resolved(read, group.fields)
        bad = " OR ".join(f'"{field.name} bad"' for field in group.fields)
        made = f"numbered_{group.name}" if group.certificate else f"of_{group.name}"
        self._make(
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
        self._make(f"TABLE {identities}", "(number BIGINT, identity VARCHAR)")
        for start in range(0, self._count(numbered), _AT_A_TIME):
            some = self.store.fetch(
                f"SELECT number, {', '.join(names)} FROM {numbered} "
                f"WHERE number > $start AND number <= $end AND NOT bad AND {by_digest} IS NULL",
                {"start": start, "end": start + _AT_A_TIME},
            )
            found = [(number, _identity(dict(zip(names, values, strict=True)))) for number, *values in some]
            self.store.append(identities, as_table(found, _IDENTITIES))
        self._make(
            f"TABLE of_{group.name}",
            f"AS SELECT n.*, coalesce({by_digest}, i.identity) AS identity "
            f"FROM {numbered} AS n LEFT JOIN {identities} AS i USING (number)",
        )
        for table in (identities, numbered):
            self._drop(table)

    def _resolved(self, table: str, fields: Sequence[Field]) -> tuple[list[str], list[str]]:
        """Columns and joins that put what Python reads of odd texts beside what SQL read of plain ones."""
        counts = ", ".join(f'count("{field.name} odd")' for field in fields)
        ((*odd,),) = self.store.fetch(f"SELECT {counts} FROM {table}")
        columns, joins = [], []
        for field, count in zip(fields, odd, strict=True):
            name = field.name
            values = f'(SELECT DISTINCT "{name}" AS value FROM {table})'
            if (count and not field.read) or (field.check and self._count(values, f"NOT ({field.check})")):
                raise NotPlainError
            if count and field.read:
                look_up = f"{table}_{name}"
                self._look_up(look_up, f'SELECT "{name} odd" FROM {table}', field.read, {"value": field.kind})
                joins.append(f'LEFT JOIN {look_up} AS "{name}" ON "{name}".text = l."{name} odd"')
                columns.append(f'if(l."{name} odd" IS NULL, l."{name}", "{name}".value) AS "{name}"')
                columns.append(f'coalesce("{name}".bad, false) AS "{name} bad"')
            else:
                columns += [f'l."{name}"', f'false AS "{name} bad"']
            columns.append(f'(l."{name} odd" IS NOT NULL OR l."{name}" IS NOT NULL) AS "{name} said"')
        return columns, joins

    def _look_up(self, table: str, texts: str, read: Callable[[str], Any], columns: Mapping[str, str]) -> None:
        """A table of distinct texts, what Python reads in them, and which of them it cannot read."""
        distinct = f"SELECT DISTINCT text FROM ({texts}) AS t(text) WHERE text IS NOT NULL"
        self._make("TABLE bulk_text", f"AS SELECT row_number() OVER () AS number, text FROM ({distinct})")
        kinds = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        self._make(f"TABLE {table}", f"(text VARCHAR, {kinds}, bad BOOLEAN)")
        for start in range(0, self._count("bulk_text"), _AT_A_TIME):
            some = self.store.fetch(
                "SELECT text FROM bulk_text WHERE number > $start AND number <= $end",
                {"start": start, "end": start + _AT_A_TIME},
            )
            self.store.append(table, _read_each([text for (text,) in some], read, tuple(columns)))
        self._drop("bulk_text")

    def _columns(self, select: str) -> set[str]:
        return {name for name, *_ in self.store.fetch(f"DESCRIBE {select}")}

    def _stage(self, staging: Staging, table: str, select: str, known: dict[str, str]) -> int:
        """One SELECT of the source into the waiting rows of a table."""
        given = self._columns(select)
        columns: dict[str, str] = {}
        written, joins = [], []
        defaults = {field.name: field.default for field in dataclasses.fields(_FACT_TYPES[table])}
        of_key = {field.name for field in said(table)}
        place = f"seq * {_ROWS_OF_A_LINE}" + (" + nth" if "nth" in given else "")
        for field in staged(table):
            name = field.name
            if name in {"seq", "row_key"}:
                continue
            of_text = name in self.bulk.lists and name in given
            if name == "locator":
                columns[name] = self.bulk.locator
            elif name in known:
                columns[name] = known[name]
            elif of_text:
                self._list(f"bulk_of_{table}_{name}", select, name, field.type)
                joins.append(f'JOIN bulk_of_{table}_{name} AS "{name}" ON "{name}".text = q."{name}"')
                columns[name] = f'"{name}".list'
            else:
                columns[name] = f'q."{name}"' if name in given else _literal(defaults[name], sql_type(field.type))
            if name in of_key:
                written.append(f'"{name}".written' if of_text else written_sql(columns[name], field.type))
        selected = ", ".join(f'{value} AS "{name}"' for name, value in columns.items())
        return self.store.run(
            f'INSERT INTO "{staging.table(table)}" BY NAME SELECT {place} AS seq, {selected}, '
            f"{row_key_of_written(self.source, written)} AS row_key FROM ({select}) AS q {' '.join(joins)}"
        )

    def _list(self, table: str, select: str, column: str, kind: pa.DataType) -> None:
        """A table of the distinct lists of a column: far fewer than the rows, each written for the key but once."""
        texts = f'SELECT DISTINCT "{column}" AS text FROM ({select})'
        lists = f"SELECT text, {self.bulk.lists[column]} AS list FROM ({texts})"
        self._make(f"TABLE {table}", f"AS SELECT text, list, {written_sql('list', kind)} AS written FROM ({lists})")

    def _stage_stated(self, staging: Staging, select: str, load: str) -> None:
        """What is said of certificates, with what `identity.stated_columns` adds to it."""
        given, schema = self._columns(select), staged("stated_certificate")
        defaults = {field.name: field.default for field in dataclasses.fields(StatedCertificate)}
        columns = {}
        for field in schema:
            if field.name in defaults:
                empty = _literal(defaults[field.name], sql_type(field.type))
                columns[field.name] = f'coalesce("{field.name}", {empty})' if field.name in given else empty
        selected = ", ".join(f'{value} AS "{name}"' for name, value in columns.items())
        known_as = "identity" if "identity" in given else "coalesce(sha256, 'sha1:' || sha1)"
        self._make("TABLE bulk_stated", f"AS SELECT seq, {known_as} AS identity, {selected} FROM ({select})")
        texts = {"cn": "VARCHAR", "o": "VARCHAR"}
        issuers = "SELECT issuer_dn FROM bulk_stated"
        self._look_up("bulk_issuer", issuers, _issuer, {"key": "VARCHAR", **texts})
        subjects = f"SELECT subject_dn FROM bulk_stated WHERE {_MAY_NAME_MORE}"
        self._look_up("bulk_subject", subjects, names_within, texts)
        columns = {name: f'q."{name}"' for name in columns}
        for holder, found in (("issuer", "i"), ("subject", "s")):
            for name in texts:
                columns[f"{holder}_{name}"] = f'coalesce(q."{holder}_{name}", {found}."{name}")'
        columns |= {"load": load, "identity": "q.identity", "issuer_key": 'i."key"'}
        selected = ", ".join(f'{value} AS "{name}"' for name, value in columns.items())
        written = [written_sql(columns[field.name], field.type) for field in said("stated_certificate")]
        self.store.run(
            f'INSERT INTO "{staging.table("stated_certificate")}" BY NAME SELECT q.seq, {selected}, '
            f"{row_key_of_written(self.source, written)} AS row_key FROM bulk_stated AS q "
            "LEFT JOIN bulk_issuer AS i ON i.text = q.issuer_dn LEFT JOIN bulk_subject AS s ON s.text = q.subject_dn"
        )
        for table in ("bulk_stated", "bulk_issuer", "bulk_subject"):
            self._drop(table)


_MAY_NAME_MORE = " OR ".join(
    f"(subject_{name} IS NULL AND regexp_matches(subject_dn, '(?i)(?:^|[^a-z0-9])(?:{name}|{word})[^a-z0-9]*='))"
    for name, word in {"cn": "commonname", "o": "organizationname"}.items()
)
"""Which names may hold an attribute the source did not find: Python looks only at those."""


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


def _issuer(dn: str) -> dict[str, str | None]:
    return {"key": issuer_key(dn), **names_within(dn)}


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


def _literal(default: object, kind: str) -> str:
    if default == ():
        return f"[]::{kind}"
    return f"NULL::{kind}" if default is None else f"'{default}'"
