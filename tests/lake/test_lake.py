"""A lake: written, asked in place, made an estate again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.dataset as ds
import pytest
from estate_rows import AS_OF, Rows

from certanalytics import connect, lake
from certanalytics.errors import CertAnalyticsError, DataError, UsageError
from certanalytics.schema import TABLES
from certanalytics.store import Store


@pytest.fixture(scope="module")
def estate(tmp_path_factory):
    """A small estate in a file."""
    rows = Rows()
    rows.served(["a.example.com", "b.example.com"], days=10)
    rows.logged(rows.certificate("c.example.com", days=200))
    rows.served("d.example.com", ip="192.0.2.1")
    with rows.estate() as made:
        made.close()
        return Path(shutil.copy(made.path, tmp_path_factory.mktemp("estate") / "estate.duckdb"))


@pytest.fixture(scope="module")
def folder(estate, tmp_path_factory):
    """The lake of it; tests that change it take a copy."""
    folder = tmp_path_factory.mktemp("lake") / "lake"
    lake.write(estate, folder)
    return folder


@pytest.fixture
def copy(folder, tmp_path):
    return Path(shutil.copytree(folder, tmp_path / "lake"))


def test_every_table_has_the_columns_and_rows_of_the_estate(estate, folder):
    with Store(estate, read_only=True) as store:
        for table, schema in TABLES.items():
            files = ds.dataset(folder / "tables" / table, format="parquet")
            assert files.schema.names == schema.names
            assert store.fetch(f'SELECT count(*) FROM "{table}"') == [(files.count_rows(),)]
            read = duckdb.sql(f"FROM read_parquet('{folder}/tables/{table}/**/*.parquet', hive_partitioning = false)")
            key = schema.names[: 2 if table != "der" else 1]
            ours = store.query(f'FROM "{table}"').sort_values(key, ignore_index=True)
            pd.testing.assert_frame_equal(read.df().sort_values(key, ignore_index=True), ours)


def test_what_is_told_of_a_moment_lies_by_months(folder):
    months = sorted(path.name for path in (folder / "tables" / "sighting").iterdir())
    assert months == ["month=2026-11"]
    assert [path.name for path in (folder / "tables" / "name").iterdir()] == ["part-0.parquet"]


def test_duckdb_asks_it_where_it_lies(estate, folder, tmp_path):
    with connect(estate) as file, connect(folder) as asked:
        assert asked.moment(None) == file.moment(None)
        pd.testing.assert_frame_equal(asked.inventory(as_of=AS_OF), file.inventory(as_of=AS_OF))
        assert len(asked.inventory(as_of=AS_OF)) == 3
        with pytest.raises(UsageError, match="Permission"):
            asked.query("FROM read_csv('/etc/passwd')")
        with pytest.raises(CertAnalyticsError):
            asked.load(tmp_path)


def test_an_estate_made_of_it_holds_the_same(estate, folder, tmp_path):
    counts = lake.read(folder, tmp_path / "again.duckdb")
    assert list(counts) == list(TABLES)
    assert (counts["certificate"], counts["name"], counts["sighting"], counts["person"]) == (3, 4, 2, 0)
    with connect(estate) as first, connect(tmp_path / "again.duckdb") as again:
        pd.testing.assert_frame_equal(again.inventory(as_of=AS_OF), first.inventory(as_of=AS_OF))


def test_nothing_is_overwritten_and_nothing_half_done_stays(estate, copy, tmp_path):
    with pytest.raises(UsageError, match="there already"):
        lake.write(estate, copy)
    with pytest.raises(UsageError, match="there already"):
        lake.read(copy, estate)
    with pytest.raises(DataError, match="no estate yet"):
        lake.write(tmp_path / "none.duckdb", tmp_path / "other")
    (copy / "tables" / "name" / "part-0.parquet").write_bytes(b"PAR1 cut")
    with pytest.raises(DataError, match=r"part-0\.parquet"):
        lake.read(copy, tmp_path / "half.duckdb")
    assert [path.name for path in tmp_path.iterdir()] == ["lake"]


def test_another_folder_or_another_schema_is_refused(copy, tmp_path):
    with pytest.raises(DataError, match="no lake"):
        lake.LakeStore(tmp_path)
    (copy / lake.ABOUT).write_text('{"schema_version": 1}')
    with pytest.raises(DataError, match="schema 1"):
        connect(copy).moment(None)


def test_the_verbs(estate, tmp_path):
    def run(*arguments):
        command = [sys.executable, "-m", "certanalytics", *arguments, "--format", "json"]
        told = {**os.environ, "CERTANALYTICS_ESTATE": str(estate)}
        return subprocess.run(command, cwd=tmp_path, env=told, capture_output=True, text=True, check=False)

    written = run("lake", "write", "lake")
    assert written.returncode == 0, written.stderr
    counts = {row["table"]: row["rows"] for row in json.loads(written.stdout)}
    assert counts["name"] == 4
    assert json.loads(run("query", "SELECT count(*) AS n FROM name", "--estate", "lake").stdout) == [{"n": 4}]
    assert run("lake", "read", "lake", "--estate", "again.duckdb").returncode == 0
    assert run("lake", "write", "lake").returncode == 2
