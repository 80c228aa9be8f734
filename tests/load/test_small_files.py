"""Small files share a transaction and nobody can tell: rows and report are those of files loaded one by one."""

from __future__ import annotations

from datetime import datetime

import pytest
from estate_rows import empty

from certanalytics import load as loading
from certanalytics import reading
from certanalytics.errors import DataError
from certanalytics.model import Finding, Reject, Sighting
from certanalytics.schema import TABLES
from certanalytics.sources._reading.signature import Signature
from certanalytics.sources._reading.source import source


@source(
    "breaks-off",
    produced_by="a test",
    brings=(),
    signature=Signature("the word BREAKS", lambda head: head.data.startswith(b"BREAKS")),
)
def breaks_off(export):
    """Some rows, and then no more."""
    yield Finding(locator="1", check_id="begun", severity="info", observed_at=datetime(2026, 1, 1))
    if export.head.startswith(b"BREAKS WITH A VALUE"):
        yield Sighting(locator="2", chain=(b"",), kind="file", port=1 << 80)
    yield from (Reject(locator=str(number), reason="one of many") for number in range(reading.BATCH))
    raise DataError("it breaks off", where=export.label)


def loaded(folder, monkeypatch, small_files):
    monkeypatch.setattr(loading, "TOGETHER_FILES", small_files)
    monkeypatch.setattr(reading, "BATCH", 10)
    with empty() as estate:
        report = loading.load(estate.store, [folder], collected_at=datetime(2026, 11, 25), more_sources=(breaks_off,))
        return report.files, {table: sorted(map(repr, estate.store.fetch(f'FROM "{table}"'))) for table in TABLES}


@pytest.mark.parametrize("small_files", [2, 3, 100])
def test_files_that_break_off_cost_no_other(samples, tmp_path, monkeypatch, small_files):
    pems = sorted((samples / "certificates").glob("*.pem"))[:3]
    contents = [b"BREAKS", pems[0].read_bytes(), b"BREAKS WITH A VALUE", b"what is this", pems[1].read_bytes()]
    contents += [b"", b"BREAKS again", b"BREAKS", pems[2].read_bytes(), pems[2].read_bytes(), b"BREAKS"]
    for number, content in enumerate(contents):
        (tmp_path / f"{number:02}").write_bytes(content)
    files, rows = loaded(tmp_path, monkeypatch, 1)
    statuses = ["unreadable" if content[:6] == b"BREAKS" else "" for content in contents]
    assert [file.status if file.status == "unreadable" else "" for file in files] == statuses
    assert {file.status for file in files} == {"unreadable", "loaded", "unknown", "empty"}
    assert not any("begun" in row for row in rows["finding"])
    assert loaded(tmp_path, monkeypatch, small_files) == (files, rows)
