"""What is read, waiting until all of it is there: then what was said before is told from what is new.

What files read together say waits as it is. More, of one large file, waits in temporary tables: DuckDB moves to disk
what does not fit into its memory, so a file of any size waits in a bounded amount of it, and what was said before is
found by one look at the estate, not by one for every batch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa

from certanalytics.names import names_of
from certanalytics.schema import TABLES, columns_sql, staged
from certanalytics.store import Store

NAMES_AT_A_TIME = 20_000
"""Certificates whose names are taken apart at a time."""

HELD = 200_000
"""Facts of a table that wait in memory; more wait in a temporary table."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How many facts stayed, and how many were known or came twice, by load."""

    kept: Counter[str]
    repeated: Counter[str]


class Staging:
    """Facts on their way into the tables.

    Args:
        store: The estate, in a transaction.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._held: dict[str, list[pa.Table]] = {}
        self._waiting: set[str] = set()

    def add(self, table: str, rows: pa.Table) -> None:
        """Let facts wait, as columns of `schema.staged`."""
        if table in self._waiting:
            self.store.append(f"staged_{table}", rows)
            return
        held = self._held.setdefault(table, [])
        held.append(rows)
        if sum(each.num_rows for each in held) > HELD:
            waiting = self.table(table)
            for each in self._held.pop(table):
                self.store.append(waiting, each)

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
        kept, read = Counter[str](), Counter[str]()
        for table in TABLES:
            if table not in self._held.keys() | self._waiting:
                continue
            before, after = self._settle_held(table) if table in self._held else self._settle_waiting(table)
            if table not in {"reject", "stated_certificate"}:
                read, kept = read + before, kept + after
        return Settled(kept, read - kept)

    def _settle_held(self, table: str) -> tuple[Counter[str], Counter[str]]:
        rows = pa.concat_tables(self._held[table])
        kept = rows
        if table != "reject":
            first: dict[str, int] = {}
            for at, key in enumerate(rows.column("row_key").to_pylist()):
                first.setdefault(key, at)
            new = self.store.missing(table, "row_key", first)
            kept = rows.take(pa.array([at for key, at in first.items() if key in new], pa.int64()))
        self._held[table] = [kept]
        if kept.num_rows:
            self._insert(table, "incoming", kept)
        return counted(rows.column("load")), counted(kept.column("load"))

    def _settle_waiting(self, table: str) -> tuple[Counter[str], Counter[str]]:
        name = self.table(table)
        loads = f'SELECT load, count(*) FROM "{name}" GROUP BY load'
        before = Counter(dict(self.store.fetch(loads)))
        if table != "reject":
            self.store.run(
                f'DELETE FROM "{name}" USING ('
                f'SELECT row_key, arg_min(rowid, seq) AS first FROM "{name}" GROUP BY row_key HAVING count(*) > 1'
                f') AS twice WHERE "{name}".row_key = twice.row_key AND "{name}".rowid <> twice.first'
            )
            self.store.run(f'DELETE FROM "{name}" WHERE row_key IN (SELECT row_key FROM "{table}")')
        # In any order both processors write; no question depends on the order of rows in a table.
        self.store.run("SET preserve_insertion_order = false")
        self._insert(table, name)
        self.store.run("SET preserve_insertion_order = true")
        return before, Counter(dict(self.store.fetch(loads)))

    def _insert(self, table: str, relation: str, incoming: pa.Table | None = None) -> None:
        columns = ", ".join(f'"{field.name}"' for field in staged(table) if field.name != "seq")
        if table == "sighting":
            columns += ", unnest(chain) AS certificate, generate_subscripts(chain, 1) - 1 AS position"
        self.store.run(f'INSERT INTO "{table}" BY NAME SELECT {columns} FROM "{relation}"', incoming=incoming)

    def settle_stated(self) -> Counter[str]:
        """Make anew the rows of certificates that are known by statements alone; how many of them are new, by load."""
        if "stated_certificate" in self._held:
            (rows,) = self._held["stated_certificate"]
            said_by: dict[str, str] = {}
            for name, load in zip(rows.column("identity").to_pylist(), rows.column("load").to_pylist(), strict=True):
                said_by.setdefault(name, load)
            partial = sorted(self.store.missing("certificate", "identity", said_by, where="evidence = 'der'"))
            if not partial:
                return Counter()
            made = "SELECT * FROM stated WHERE identity IN (SELECT unnest($identities))"
            table = self.store.arrow(made, {"identities": partial})
            there = self.there(partial)
            self.put(table, names_of(table), there)
            return Counter(said_by[name] for name in partial if name not in there)
        if "stated_certificate" in self._waiting:
            ((load,),) = self.store.fetch("SELECT min(load) FROM staged_stated_certificate")
            return Counter({load: self._make_waiting()})
        return Counter()

    def there(self, identities: Collection[str]) -> dict[str, bool]:
        """Those of some certificates that are in the estate, and whether they are there whole."""
        return dict(
            self.store.fetch(
                "SELECT identity, evidence = 'der' FROM certificate SEMI JOIN incoming USING (identity)",
                incoming=pa.table({"identity": pa.array(list(identities), pa.string())}),
            )
        )

    def put(self, certificates: pa.Table, names: pa.Table, instead_of: Collection[str]) -> None:
        """Put certificates into the estate.

        Args:
            certificates: Columns of ``certificate``.
            names: Columns of ``name``, of the same certificates.
            instead_of: Those of which there are rows already, which go.
        """
        if instead_of:
            self.store.delete("certificate", "identity", list(instead_of))
            self.store.delete("name", "identity", list(instead_of))
        self.store.append("certificate", certificates)
        self.store.append("name", names)

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


def counted(loads: pa.ChunkedArray) -> Counter[str]:
    """How often each load stands in a column."""
    return Counter({each["values"]: each["counts"] for each in loads.value_counts().to_pylist()})
