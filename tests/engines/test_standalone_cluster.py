"""A master and two workers on loopback: one worker dies while certificates are decoded, and nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from certanalytics import connect
from certanalytics.schema import TABLES

pytestmark = pytest.mark.usefixtures("java")


def test_a_worker_that_dies_while_decoding_loses_nothing(company, tmp_path):
    from cluster import Cluster  # noqa: PLC0415 - where there is Spark

    files = sorted((company.exports / "ct" / "logs").rglob("*.json.zst"))
    lake = tmp_path / "lake"
    with Cluster(tmp_path) as cluster:
        command = [sys.executable, str(Path(__file__).with_name("cluster.py")), cluster.master, lake, *files]
        job = subprocess.Popen(
            command,
            env={**os.environ, "PYSPARK_PYTHON": sys.executable},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 240
        # The entries are read, the certificates are being decoded: that is when it dies.
        while not (lake / ".begun" / "decoded").exists():
            assert job.poll() is None, job.stdout.read().decode()
            assert time.monotonic() < deadline, "the decode has not begun"
            time.sleep(0.02)
        assert not (lake / ".begun" / "decoded" / "_SUCCESS").exists()
        cluster.kill_a_worker()
        told, _ = job.communicate(timeout=300)
        assert job.returncode == 0, told.decode()
        assert "worker" in (tmp_path / "master.log").read_text().lower()
    with connect(lake) as made, connect(tmp_path / "estate.duckdb") as estate:
        estate.load(*files, collected_at=datetime(2026, 11, 23, 12))
        for table in ("certificate", "name", "der", "ct_entry", "load"):
            left_out = {"ct_entry": ["load", "locator"], "load": ["path"]}.get(table, [])
            columns = ", ".join(name for name in TABLES[table].names if name not in left_out)
            ours, theirs = (held.query(f'SELECT {columns} FROM "{table}" ORDER BY ALL') for held in (estate, made))
            pd.testing.assert_frame_equal(theirs, ours)
            assert len(ours)
