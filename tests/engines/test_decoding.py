"""Log entries decoded by Spark into a lake, against the same files loaded into an estate."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from certanalytics import connect
from certanalytics.engines.decoding import into_lake
from certanalytics.errors import UsageError
from certanalytics.schema import TABLES

COLLECTED = datetime(2026, 11, 23, 12)


@pytest.fixture(scope="module")
def logs(company, tmp_path_factory):
    """Some files of entries as a log answers; one twice, one with an entry that is none."""
    folder = tmp_path_factory.mktemp("logs")
    found = sorted((company.exports / "ct" / "logs").rglob("*.json.zst"), key=lambda path: (path.stat().st_size, path))[
        :4
    ]
    for number, path in enumerate([*found, found[-1]]):
        (folder / f"{number}.json.zst").write_bytes(path.read_bytes())
    (folder / "bad.json").write_text('{"entries": [{"leaf_input": "AAAA", "extra_data": ""}]}')
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def both(spark, logs, tmp_path_factory):
    """The lake Spark made of the files, and the estate a load made of them."""
    folder = tmp_path_factory.mktemp("decoded")
    into_lake(spark, logs, folder / "lake", collected_at=COLLECTED)
    with connect(folder / "estate.duckdb") as estate:
        estate.load(*logs, collected_at=COLLECTED)
        with connect(folder / "lake") as made:
            yield made, estate


@pytest.mark.parametrize("table", TABLES)
def test_the_tables_hold_the_same_rows(both, table):
    made, estate = both
    # An entry that came in two files is kept with the one or the other, and so its load differs.
    left_out = {"ct_entry": ["load", "locator"], "reject": ["row_key", "excerpt"], "load": ["path"]}.get(table, [])
    columns = ", ".join(name for name in TABLES[table].names if name not in left_out)
    ours, theirs = (held.query(f'SELECT DISTINCT {columns} FROM "{table}" ORDER BY ALL') for held in (estate, made))
    if table == "load":  # of two files that are alike a load takes one
        theirs = theirs[ours.columns]
    pd.testing.assert_frame_equal(theirs, ours)
    assert ours.empty == (table not in {"load", "certificate", "name", "der", "ct_entry", "reject"})


def test_a_precertificate_and_its_certificate_are_one_issuance(both):
    made, estate = both
    assert estate.query("SELECT count(*) AS n FROM certificate WHERE is_precert")["n"][0] > 0
    ours, theirs = (held.view("issuance", as_of=COLLECTED).sort_values("identity") for held in (estate, made))
    pd.testing.assert_frame_equal(theirs.reset_index(drop=True), ours.reset_index(drop=True))


def test_a_lake_is_never_written_over(both, spark, logs):
    made, _ = both
    with pytest.raises(UsageError, match="there already"):
        into_lake(spark, logs, made.path, collected_at=COLLECTED)
