"""How fast large exports are read: DuckDB's reader against a mere scan by DuckDB, and against the reader in Python.

*Scan* counts the values of every column of the file with DuckDB's own reader, all of them text (Zeek) or with their
types declared (JSON; what modules of ZGrab2 say, which differs from line to line, as text). *Declared* is the same scan
into the columns that our reader of JSON declares: what of its time is DuckDB's. *Reading* is the same file through
`Bulk` into the fields of its records, every one converted and checked; *kept* writes them into the temporary table the
rows are made from. *Load* is all of ``load``: digest of the file, rows, keys, repetitions, certificates and their
names, in an estate on disk. All in alternating rounds; medians.

    python benchmarks/readers.py [--mebibytes 256] [EXPORT ...]
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from made import MADE
from page import rewrite

from certanalytics import load as loading
from certanalytics.bulk import BulkReading
from certanalytics.sources import exports, recognise
from certanalytics.store import Store

READ_BY_DUCKDB = [name for name in MADE if name != "sslyze"]
MEBIBYTES = 256
ROUNDS = 3
BY_PYTHON = 16 << 20
"""The reader in Python is measured on a smaller file of the same kind, once."""


_OBJECTS = {
    "zgrab2": "ip: 'VARCHAR', domain: 'VARCHAR', data: 'JSON'",
    "certstream lite": "message_type: 'VARCHAR', data: 'STRUCT(update_type VARCHAR, cert_index BIGINT, "
    "cert_link VARCHAR, seen DOUBLE, submission_timestamp DOUBLE, source STRUCT(name VARCHAR, url VARCHAR), "
    "leaf_cert STRUCT(sha256 VARCHAR, sha1 VARCHAR, fingerprint VARCHAR, serial_number VARCHAR, "
    "signature_algorithm VARCHAR, "
    "is_ca BOOLEAN, not_before BIGINT, not_after BIGINT, all_domains VARCHAR[], subject JSON, issuer JSON, "
    "extensions JSON))'",
}
"""Columns of files whose lines are objects in objects."""


def scan_of(path: Path, name: str) -> str:
    """The SQL that merely scans a file."""
    if name in _OBJECTS:
        source = f"read_json('{path}', format = 'newline_delimited', columns = {{{_OBJECTS[name]}}})"
    elif name.endswith(".log"):
        with path.open(encoding="utf-8") as lines:
            header = next(line for line in lines if line.startswith("#fields")).rstrip("\n").split("\t")[1:]
        columns = ", ".join(f"'{column}': 'VARCHAR'" for column in header)
        source = (
            f"read_csv('{path}', columns = {{{columns}}}, auto_detect = false, header = false, delim = '\t', "
            "quote = '', escape = '', comment = '#', nullstr = '-')"
        )
    else:
        with path.open(encoding="utf-8") as lines:
            records = [json.loads(next(lines)) for _ in range(1000)]
        columns = ", ".join(f"'{member}': '{kind}'" for member, kind in members(records).items())
        source = f"read_json('{path}', format = 'newline_delimited', columns = {{{columns}}})"
    return f"SELECT count(COLUMNS(*)) FROM {source}"


KINDS = {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", str: "VARCHAR", list: "VARCHAR[]"}


def members(records: Iterable[dict[str, Any]]) -> dict[str, str]:
    """The members of objects and what their values are to DuckDB."""
    values: dict[str, list[Any]] = {}
    for record in records:
        for name, value in record.items():
            values.setdefault(name, []).append(value)
    return {
        name: struct(found) if isinstance(found[0], dict) else KINDS[type(found[0])] for name, found in values.items()
    }


def struct(objects: list[dict[str, Any]]) -> str:
    """What objects inside others are to DuckDB."""
    inner = (f'"{name}" {kind}' for name, kind in members(objects).items())
    return f"STRUCT({', '.join(inner)})"


def declared(sql: str) -> str | None:
    """The SQL that scans a file into the columns a reader of JSON declares; none for other readers."""
    found = re.search(r"read_json\(.*?\}\)", sql)
    return found and f"SELECT count(COLUMNS(*)) FROM {found[0]}"


def measured(name: str, folder: Path, size: int) -> dict[str, float]:
    """Median seconds of each way to read one kind of file of some bytes."""
    path, small = folder / "large", folder / "small"
    MADE[name](path, size)
    MADE[name](small, BY_PYTHON)
    scan = scan_of(path, name)
    seconds: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        with store(folder) as estate:
            (export,) = exports(path)
            source = recognise(export)
            bulk = source.bulk(export)
            _ = export.content
            reading = BulkReading(estate, source.name, bulk, export)
            with timed(seconds, "scan"):
                estate.fetch(scan)
            sql = reading.sql()
            if into_columns := declared(sql):
                with timed(seconds, "declared"):
                    estate.fetch(into_columns)
            with timed(seconds, "reading"):
                estate.fetch(f"SELECT count(COLUMNS(*)) FROM ({sql})")
            with reading, timed(seconds, "kept"):
                if not reading.begin():
                    raise SystemExit(f"{name}: left to the reader in Python")
            with timed(seconds, "load"):
                loading.load(estate, [path])
    for how, at_least in (("load, small", 0), ("load by Python, small", 1 << 60)):
        with by_duckdb_from(at_least), store(folder) as estate, timed(seconds, how):
            loading.load(estate, [small])
    return {how: statistics.median(values) for how, values in seconds.items()}


@contextmanager
def by_duckdb_from(size: int) -> Iterator[None]:
    """Let DuckDB read files from a size on."""
    usual = loading.BULK_BYTES
    loading.BULK_BYTES = size
    try:
        yield
    finally:
        loading.BULK_BYTES = usual


@contextmanager
def timed(seconds: dict[str, list[float]], how: str) -> Iterator[None]:
    """Add the wall time of what is inside."""
    begun = time.perf_counter()
    yield
    seconds.setdefault(how, []).append(time.perf_counter() - begun)


@contextmanager
def store(folder: Path) -> Iterator[Store]:
    """A new estate."""
    path = folder / "estate.duckdb"
    path.unlink(missing_ok=True)
    with Store(path, read_only=False) as made:
        yield made


def main() -> None:
    """Measure the kinds of file named on the command line, or all DuckDB reads, and write the table."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("exports", nargs="*", default=READ_BY_DUCKDB)
    arguments.add_argument("--mebibytes", type=int, default=MEBIBYTES)
    given = arguments.parse_args()
    lines = [
        f"Exports of {given.mebibytes} MiB.",
        "",
        (
            "| export | scan, s | declared, s | read, s | kept, s | load, s | scan / reading | reach "
            "| declared / reading | scan / kept | scan / load | P |"
        ),
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in given.exports:
        with tempfile.TemporaryDirectory() as folder:
            found = measured(name, Path(folder), given.mebibytes << 20)
        scan, reading, kept, load = (found[how] for how in ("scan", "reading", "kept", "load"))
        columns, ratio = (
            (f"{found['declared']:.2f}", f"{found['declared'] / reading:.2f}") if "declared" in found else ("–", "–")
        )
        lines.append(
            f"| {name} | {scan:.2f} | {columns} | {reading:.2f} | {kept:.2f} | {load:.2f} | {scan / reading:.2f} | "
            f"≥ 0.33 | {ratio} | {scan / kept:.2f} | {scan / load:.2f} | "
            f"{found['load by Python, small'] / found['load, small']:.1f} |"
        )
        sys.stdout.write(lines[-1] + "\n")
        sys.stdout.flush()
    rewrite("readers", lines)


if __name__ == "__main__":
    main()
