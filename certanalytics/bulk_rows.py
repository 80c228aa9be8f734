"""What rows DuckDB makes of a file it has read, on their way to those that wait for the tables of the estate."""

from __future__ import annotations

import dataclasses

import pyarrow as pa

from certanalytics.bulk_tables import BulkTables
from certanalytics.identity import issuer_key, names_within
from certanalytics.model import FACTS, StatedCertificate
from certanalytics.one_file import Reading
from certanalytics.row_key import row_key_of_written, written_sql
from certanalytics.schema import said, sql_type, staged, table_name
from certanalytics.sources import Bulk
from certanalytics.staging import Staging

ROWS_OF_A_LINE = 1 << 20
"""More than one line can give: where a row stands in its file is its line times this, and which of the line it is."""

_FACT_TYPES = {table_name(row_type): row_type for row_type in FACTS}


class BulkRows:
    """The rows of one file.

    Args:
        tables: The temporary tables of the file, in which its records are.
        source: The name of its source.
        bulk: What that says of how records become rows.
        staging: Where the rows wait.
        reading: The file.
    """

    def __init__(self, tables: BulkTables, source: str, bulk: Bulk, staging: Staging, reading: Reading) -> None:
        self.tables = tables
        self.source = source
        self.bulk = bulk
        self.staging = staging
        self.reading = reading

    def stage(self) -> int:
        """Let the facts wait; how many they are."""
        time = f"coalesce(observed_at, TIMESTAMP '{self.reading.fallback_time.isoformat(sep=' ')}')"
        basis = f"if(observed_at IS NULL, '{self.reading.fallback_basis}', 'record')"
        for select in self.bulk.stated:
            self._stage_stated(select)
        known = {"load": self._load, "observed_at": time, "time_basis": basis}
        return sum(self._stage(table, select, known) for table, select in self.bulk.rows.items())

    @property
    def _load(self) -> str:
        return f"'{self.reading.load}'"

    def _stage(self, table: str, select: str, known: dict[str, str]) -> int:
        """One SELECT of the source into the waiting rows of a table."""
        given = self.tables.columns(select)
        columns: dict[str, str] = {}
        written, joins = [], []
        defaults = {field.name: field.default for field in dataclasses.fields(_FACT_TYPES[table])}
        of_key = {field.name for field in said(table)}
        place = f"seq * {ROWS_OF_A_LINE}" + (" + nth" if "nth" in given else "")
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
        return self.tables.store.run(
            f'INSERT INTO "{self.staging.table(table)}" BY NAME SELECT {place} AS seq, {selected}, '
            f"{row_key_of_written(self.source, written)} AS row_key FROM ({select}) AS q {' '.join(joins)}"
        )

    def _list(self, table: str, select: str, column: str, kind: pa.DataType) -> None:
        """A table of the distinct lists of a column: far fewer than the rows, each written for the key but once."""
        texts = f'SELECT DISTINCT "{column}" AS text FROM ({select})'
        lists = f"SELECT text, {self.bulk.lists[column]} AS list FROM ({texts})"
        self.tables.make(
            f"TABLE {table}", f"AS SELECT text, list, {written_sql('list', kind)} AS written FROM ({lists})"
        )

    def _stage_stated(self, select: str) -> None:
        """What is said of certificates, with what `identity.stated_columns` adds to it."""
        given, schema = self.tables.columns(select), staged("stated_certificate")
        defaults = {field.name: field.default for field in dataclasses.fields(StatedCertificate)}
        columns = {}
        for field in schema:
            if field.name in defaults:
                empty = _literal(defaults[field.name], sql_type(field.type))
                columns[field.name] = f'coalesce("{field.name}", {empty})' if field.name in given else empty
        selected = ", ".join(f'{value} AS "{name}"' for name, value in columns.items())
        known_as = "identity" if "identity" in given else "coalesce(sha256, 'sha1:' || sha1)"
        self.tables.make("TABLE bulk_stated", f"AS SELECT seq, {known_as} AS identity, {selected} FROM ({select})")
        texts = {"cn": "VARCHAR", "o": "VARCHAR"}
        issuers = "SELECT issuer_dn FROM bulk_stated"
        self.tables.look_up("bulk_issuer", issuers, _issuer, {"key": "VARCHAR", **texts})
        subjects = f"SELECT subject_dn FROM bulk_stated WHERE {_MAY_NAME_MORE}"
        self.tables.look_up("bulk_subject", subjects, names_within, texts)
        columns = {name: f'q."{name}"' for name in columns}
        for holder, found in (("issuer", "i"), ("subject", "s")):
            for name in texts:
                columns[f"{holder}_{name}"] = f'coalesce(q."{holder}_{name}", {found}."{name}")'
        columns |= {"load": self._load, "identity": "q.identity", "issuer_key": 'i."key"'}
        selected = ", ".join(f'{value} AS "{name}"' for name, value in columns.items())
        written = [written_sql(columns[field.name], field.type) for field in said("stated_certificate")]
        self.tables.store.run(
            f'INSERT INTO "{self.staging.table("stated_certificate")}" BY NAME SELECT q.seq, {selected}, '
            f"{row_key_of_written(self.source, written)} AS row_key FROM bulk_stated AS q "
            "LEFT JOIN bulk_issuer AS i ON i.text = q.issuer_dn LEFT JOIN bulk_subject AS s ON s.text = q.subject_dn"
        )
        for table in ("bulk_stated", "bulk_issuer", "bulk_subject"):
            self.tables.drop(table)


_MAY_NAME_MORE = " OR ".join(
    f"(subject_{name} IS NULL AND regexp_matches(subject_dn, '(?i)(?:^|[^a-z0-9])(?:{name}|{more})[^a-z0-9]*='))"
    for name, more in {"cn": r"commonname|2\.5\.4\.3", "o": r"organizationname|2\.5\.4\.10"}.items()
)
"""Which names may hold an attribute the source did not find: Python looks only at those."""


def _issuer(dn: str) -> dict[str, str | None]:
    return {"key": issuer_key(dn), **names_within(dn)}


def _literal(default: object, kind: str) -> str:
    if default == ():
        return f"[]::{kind}"
    return f"NULL::{kind}" if default is None else f"'{default}'"
