"""Each reader of a large file loads it, and both must say the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest
from estate_rows import empty

from certanalytics import load as loading
from certanalytics.bulk import BulkReading
from certanalytics.schema import TABLES
from certanalytics.sources import exports, recognise
from certanalytics.store import Store


def tables(
    files: list[Path], at_least: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[object], dict[str, list[str]]]:
    """The reports of a load, and all rows of the estate it makes."""
    monkeypatch.setattr(loading, "BULK_BYTES", at_least)
    with empty() as estate:
        report = loading.load(estate.store, files, collected_at=datetime(2026, 11, 25))
        rows = {table: sorted(map(repr, estate.store.fetch(f'FROM "{table}"'))) for table in TABLES}
    return list(report.files), rows


@pytest.fixture
def compare(monkeypatch):
    """Loads files by each reader, asserts that both say the same, and gives the names DuckDB read."""

    def compared(files: list[Path]) -> set[str]:
        read: set[str] = set()
        begin = BulkReading.begin

        def noted(self: BulkReading) -> bool:
            done = begin(self)
            read.update([self.export.path.name] if done else [])
            return done

        monkeypatch.setattr(BulkReading, "begin", noted)
        slow, slow_rows = tables(files, 1 << 60, monkeypatch)
        assert not read
        fast, fast_rows = tables(files, 0, monkeypatch)
        assert fast == slow
        for table, rows in slow_rows.items():
            assert fast_rows[table] == rows, table
        return read

    return compared


@pytest.fixture
def compare_together(compare, tmp_path):
    """Compares many small files as two large ones, since what costs time is a file and not its lines.

    DuckDB is asked of each by itself whether it takes it; those it takes are compared as one file, the others as
    another. A line is read by itself, so what is read otherwise in a small file is read otherwise in a large one.
    """

    def compared(bodies: Iterable[bytes], head: bytes = b"") -> list[bool]:
        parts: dict[bool, list[bytes]] = {True: [], False: []}
        taken = []
        with empty() as estate:
            for number, body in enumerate(bodies):
                file = tmp_path / f"alone-{number}"
                file.write_bytes(head + body)
                taken.append(takes(estate.store, file))
                parts[taken[-1]].append(body)
                file.unlink()
        files = []
        for by_duckdb, found in parts.items():
            if found:
                files.append(tmp_path / f"together-{by_duckdb}")
                files[-1].write_bytes(head + b"".join(found))
        read = compare(files)
        assert ("together-True" in read) == any(taken)
        return taken

    return compared


def takes(store: Store, file: Path) -> bool:
    """Whether DuckDB takes a file, as a load would find out."""
    (export,) = exports(file)
    source = recognise(export)
    how = source.bulk(export) if source and source.bulk else None
    if how is None:
        return False
    with BulkReading(store, source.name, how, export) as reading:
        return reading.begin()
