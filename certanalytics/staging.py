"""What one file says, waiting until all of it is there: then what was said before is told from what is new.

A file of one batch waits as it is. More waits in temporary tables: DuckDB moves to disk what does not fit into its
memory, so a file of any size waits in a bounded amount of it, and what was said before is found by one look at the
estate, not by one for every batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from certanalytics.names import names_of
from certanalytics.schema import TABLES, columns_sql, staged
from certanalytics.store import Store

NAMES_AT_A_TIME = 20_000
"""Certificates whose names are taken apart at a time."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How many facts of a table stayed, and how many were known or came twice."""

    kept: int
    repeated: int


class Staging:
    """The facts of one file on their way into the tables.

    Args:
        store: The estate, in a transaction.
        load_id: What the file is called in every row that comes from it.
        source: The name of the source that reads it.
    """

    def __init__(self, store: Store, load_id: str, source: str) -> None:
        self.store = store
        self.load_id = load_id
        self.source = source
        self._held: dict[str, pa.Table] = {}
        self._waiting: set[str] = set()

    def add(self, table: str, rows: pa.Table) -> None:
        """Let facts wait, as columns of `schema.staged`."""
        if table in self._waiting:
            self.store.append(f"staged_{table}", rows)
        elif table not in self._held:
            self._held[table] = rows
        else:
            waiting = self.table(table)
            self.store.append(waiting, self._held.pop(table))
            self.store.append(waiting, rows)

    def table(self, table: str) -> str:
        """The temporary table in which facts of a table wait, made when it is asked for."""
        if table not in self._waiting:
            self.store.run(f'CREATE OR REPLACE TEMP TABLE "staged_{table}" ({columns_sql(staged(table))})')
            self._waiting.add(table)
        return f"staged_{table}"

    def settle(self) -> Settled:
        """Put the facts into their tables, each once.

        Returns:
            How many were kept and how many were said before; rejects and statements are not counted.
        """
        kept = repeated = 0
        for table in TABLES:
            if table not in self._held.keys() | self._waiting:
                continue
            if table in self._held:
                left, dropped = self._settle_held(table)
            else:
                left, dropped = self._settle_waiting(table)
            if table not in {"reject", "stated_certificate"}:
                kept, repeated = kept + left, repeated + dropped
        return Settled(kept, repeated)

    def _settle_held(self, table: str) -> tuple[int, int]:
        rows = self._held[table]
        if table != "reject":
            first: dict[str, int] = {}
            for at, key in enumerate(rows.column("row_key").to_pylist()):
                first.setdefault(key, at)
            new = self.store.missing(table, "row_key", list(first))
            self._held[table] = rows.take(pa.array([at for key, at in first.items() if key in new], pa.int64()))
        kept = self._held[table]
        if kept.num_rows:
            self._insert(table, "incoming", kept)
        return kept.num_rows, rows.num_rows - kept.num_rows

    def _settle_waiting(self, table: str) -> tuple[int, int]:
        name, dropped = self.table(table), 0
        if table != "reject":
            dropped += self.store.run(
                f'DELETE FROM "{name}" USING ('
                f'SELECT row_key, arg_min(rowid, seq) AS first FROM "{name}" GROUP BY row_key HAVING count(*) > 1'
                f') AS twice WHERE "{name}".row_key = twice.row_key AND "{name}".rowid <> twice.first'
            )
            dropped += self.store.run(
                f'DELETE FROM "{name}" WHERE row_key IN (SELECT row_key FROM "{table}" WHERE load IN '
                "(SELECT load FROM load WHERE source = $source))",
                {"source": self.source},
            )
        # In any order both processors write; no question depends on the order of rows in a table.
        self.store.run("SET preserve_insertion_order = false")
        self._insert(table, name)
        self.store.run("SET preserve_insertion_order = true")
        ((left,),) = self.store.fetch(f'SELECT count(*) FROM "{name}"')
        return left, dropped

    def _insert(self, table: str, relation: str, incoming: pa.Table | None = None) -> None:
        columns = ", ".join(f'"{field.name}"' for field in staged(table) if field.name != "seq")
        if table == "sighting":
            columns += ", unnest(chain) AS certificate, generate_subscripts(chain, 1) - 1 AS position"
        self.store.run(
            f'INSERT INTO "{table}" BY NAME SELECT $load AS load, {columns} FROM "{relation}"',
            {"load": self.load_id},
            incoming=incoming,
        )

    def settle_stated(self) -> int:
        """Make anew the rows of certificates that are known by statements alone; how many of them are new."""
        if "stated_certificate" in self._held:
            spoken_of = list(dict.fromkeys(self._held["stated_certificate"].column("identity").to_pylist()))
            partial = sorted(self.store.missing("certificate", "identity", spoken_of, where="evidence = 'der'"))
            made = "SELECT * FROM stated WHERE identity IN (SELECT unnest($identities))"
            return self.put(self.store.arrow(made, {"identities": partial})) if partial else 0
        return self._make_waiting() if "stated_certificate" in self._waiting else 0

    def put(self, certificates: pa.Table) -> int:
        """Put certificates in place of the rows there are of them; how many of them are new."""
        identities = certificates.column("identity").to_pylist()
        new = self.store.missing("certificate", "identity", identities)
        if known := [name for name in identities if name not in new]:
            self.store.delete("certificate", "identity", known)
            self.store.delete("name", "identity", known)
        self.store.append("certificate", certificates)
        self.store.append("name", names_of(certificates))
        return len(new)

    def _make_waiting(self) -> int:
        """The same for more certificates than Python should hold."""
        run = self.store.run
        run(
            "CREATE OR REPLACE TEMP TABLE spoken_of AS SELECT DISTINCT identity FROM staged_stated_certificate "
            "ANTI JOIN (SELECT identity FROM certificate WHERE evidence = 'der') USING (identity)"
        )
        ((spoken_of,),) = self.store.fetch("SELECT count(*) FROM spoken_of")
        if known := run("DELETE FROM certificate WHERE identity IN (FROM spoken_of)"):
            run("DELETE FROM name WHERE identity IN (FROM spoken_of)")
        run("INSERT INTO certificate BY NAME SELECT * FROM stated WHERE identity IN (FROM spoken_of)")
        run(
            "CREATE OR REPLACE TEMP TABLE to_be_named AS SELECT row_number() OVER () AS number, "
            "identity, san_dns, san_ip, subject_cn FROM certificate WHERE identity IN (FROM spoken_of)"
        )
        for start in range(0, spoken_of, NAMES_AT_A_TIME):
            part = "SELECT * EXCLUDE (number) FROM to_be_named WHERE number > $start AND number <= $end"
            limits = {"start": start, "end": start + NAMES_AT_A_TIME}
            self.store.append("name", names_of(self.store.arrow(part, limits)))
        for name in ("spoken_of", "to_be_named"):
            run(f"DROP TABLE temp.{name}")
        return int(spoken_of - known)

    def clear(self) -> None:
        """Remove the temporary tables."""
        for table in self._waiting:
            self.store.run(f'DROP TABLE temp."staged_{table}"')
        self._waiting.clear()
        self._held.clear()
