"""A lake: written, asked in place, made an estate again."""

from __future__ import annotations

import json
import subprocess
import sys

import duckdb
import pandas as pd
import pyarrow.dataset as ds
import pytest
from estate_rows import AS_OF, Rows

from certanalytics import connect, lake
from certanalytics.errors import CertAnalyticsError, DataError, UsageError
from certanalytics.schema import TABLES
from certanalytics.store import Store


@pytest.fixture
def estate(tmp_path):
    """A small estate in a file, and what was put into it."""
    rows = Rows()
    rows.served(["a.example.com", "b.example.com"], days=10)
    rows.logged(rows.certificate("c.example.com", days=200))
    rows.served("d.example.com", ip="192.0.2.1", begins=None)
    path = tmp_path / "estate.duckdb"
    with Store(path, read_only=False) as store, rows.estate() as made:
        for table in TABLES:
            store.append(table, made.store.arrow(f'FROM "{table}"'))
    return path


def test_every_table_has_the_columns_and_rows_of_the_estate(estate, tmp_path):
    told = lake.write(estate, tmp_path / "lake")
    assert list(told) == list(TABLES)
    with Store(estate, read_only=True) as store:
        for table, schema in TABLES.items():
            files = ds.dataset(tmp_path / "lake" / "tables" / table, format="parquet")
            assert files.schema.names == schema.names
            assert files.count_rows() == told[table]
            read = duckdb.sql(
                f"FROM read_parquet('{tmp_path}/lake/tables/{table}/**/*.parquet', hive_partitioning = false)"
            )
            key = schema.names[: 2 if table != "der" else 1]
            ours = store.query(f'FROM "{table}"').sort_values(key, ignore_index=True)
            pd.testing.assert_frame_equal(read.df().sort_values(key, ignore_index=True), ours)


def test_what_is_told_of_a_moment_lies_by_months(estate, tmp_path):
    lake.write(estate, tmp_path / "lake")
    months = sorted(path.name for path in (tmp_path / "lake" / "tables" / "sighting").iterdir())
    assert months == ["month=2026-11"]
    assert [path.name for path in (tmp_path / "lake" / "tables" / "name").iterdir()] == ["part-0.parquet"]


def test_duckdb_asks_it_where_it_lies(estate, tmp_path):
    lake.write(estate, tmp_path / "lake")
    with connect(estate) as file, connect(tmp_path / "lake") as folder:
        assert folder.moment(None) == file.moment(None)
        pd.testing.assert_frame_equal(folder.inventory(as_of=AS_OF), file.inventory(as_of=AS_OF))
        assert len(folder.inventory(as_of=AS_OF)) == 3
        with pytest.raises(UsageError, match="Permission"):
            folder.query("FROM read_csv('/etc/passwd')")
        with pytest.raises(CertAnalyticsError):
            folder.load(tmp_path)


def test_an_estate_made_of_it_holds_the_same(estate, tmp_path):
    lake.write(estate, tmp_path / "lake")
    assert lake.read(tmp_path / "lake", tmp_path / "again.duckdb") == lake.write(estate, tmp_path / "second")
    with connect(estate) as first, connect(tmp_path / "again.duckdb") as again:
        pd.testing.assert_frame_equal(again.inventory(as_of=AS_OF), first.inventory(as_of=AS_OF))


def test_nothing_is_overwritten_and_nothing_half_done_stays(estate, tmp_path):
    lake.write(estate, tmp_path / "lake")
    with pytest.raises(UsageError, match="there already"):
        lake.write(estate, tmp_path / "lake")
    with pytest.raises(UsageError, match="there already"):
        lake.read(tmp_path / "lake", estate)
    with pytest.raises(DataError, match="no estate yet"):
        lake.write(tmp_path / "none.duckdb", tmp_path / "other")
    (tmp_path / "lake" / "tables" / "name" / "part-0.parquet").write_bytes(b"PAR1 cut")
    with pytest.raises(Exception, match=r"part-0\.parquet"):
        lake.read(tmp_path / "lake", tmp_path / "half.duckdb")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["estate.duckdb", "lake"]


def test_another_folder_or_another_schema_is_refused(estate, tmp_path):
    with pytest.raises(DataError, match="no lake"):
        lake.LakeStore(tmp_path)
    lake.write(estate, tmp_path / "lake")
    (tmp_path / "lake" / lake.ABOUT).write_text('{"schema_version": 1}')
    with pytest.raises(DataError, match="schema 1"):
        connect(tmp_path / "lake").moment(None)


def test_the_verbs(estate, tmp_path):
    def run(*arguments):
        command = [sys.executable, "-m", "certanalytics", *arguments, "--format", "json"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    written = run("lake", "write", "lake")
    assert written.returncode == 0, written.stderr
    counts = {row["table"]: row["rows"] for row in json.loads(written.stdout)}
    assert counts["name"] == 4
    assert json.loads(run("query", "SELECT count(*) AS n FROM name", "--estate", "lake").stdout) == [{"n": 4}]
    assert run("lake", "read", "lake", "--estate", "again.duckdb").returncode == 0
    assert run("lake", "write", "lake").returncode == 2
