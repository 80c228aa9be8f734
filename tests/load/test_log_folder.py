"""Folders of a log's answers: the same estate whoever reads them, in whatever pieces, and however often it is begun."""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import signal
import subprocess
import sys
import textwrap

import pytest
from estate_rows import empty

from certanalytics import load as loading
from certanalytics import reading
from certanalytics.bulk import BulkReading
from certanalytics.errors import CertAnalyticsError
from certanalytics.estate import Estate
from certanalytics.schema import TABLES
from certanalytics.workers import Workers

ENTRIES, PAGE, OVERLAP = 240, 20, 35


@pytest.fixture(scope="module")
def log_answers(repository):
    """What makes entries for the benchmarks, of few patterns."""
    spec = importlib.util.spec_from_file_location("log_answers", repository / "benchmarks" / "log_answers.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["log_answers"] = module
    spec.loader.exec_module(module)
    module.PATTERNS, module.LATER = 24, 30
    yield module
    del sys.modules["log_answers"]


@pytest.fixture(scope="module")
def folder(log_answers, tmp_path_factory):
    """Answers of a log, some of which overlap, one twice, and tiles with the same entries."""
    made = tmp_path_factory.mktemp("log")
    log_answers.write(made / "a", ENTRIES, page=PAGE)
    log_answers.write(made / "b", 3 * PAGE, start=ENTRIES - OVERLAP, page=PAGE)
    log_answers.write(made / "c", PAGE, start=PAGE // 2, page=PAGE)
    log_answers.write_tiles(made / "d", ENTRIES // 4)
    (made / "copy").write_bytes(next((made / "a").iterdir()).read_bytes())
    return made


def loaded(paths, **how):
    with empty() as estate:
        report = loading.load(estate.store, paths, **how)
        return report, {table: sorted(map(repr, estate.store.fetch(f'FROM "{table}"'))) for table in TABLES}


@pytest.fixture(scope="module")
def expected(folder):
    report, rows = loaded([folder])
    assert report.total("rejected") == 0
    return report, rows


def issuers(log_answers):
    found = set()
    for pattern in log_answers.patterns():
        rest = pattern.chain[3:]
        while rest:
            size = int.from_bytes(rest[:3], "big")
            found.add(rest[3 : 3 + size])
            rest = rest[3 + size :]
    return found


def test_all_that_was_logged_is_there_and_each_thing_once(log_answers, expected):
    report, rows = expected
    entries = ENTRIES + 3 * PAGE - OVERLAP
    assert [file.status for file in report.files].count("already loaded") == 1
    assert len(rows["der"]) == entries + len(issuers(log_answers))
    assert len(rows["ct_entry"]) == entries + ENTRIES // 4  # a tile gives the index too, which makes another fact
    assert report.total("duplicate") == OVERLAP + PAGE


def test_a_precertificate_and_its_certificate_are_one_issuance(log_answers, folder):
    with empty() as estate:
        loading.load(estate.store, [folder / "a"])
        pairs = estate.store.fetch(
            "SELECT count(*) FILTER (is_precert), count(*) FILTER (NOT is_precert) FROM certificate WHERE NOT is_ca "
            "GROUP BY tbs_sha256"
        )
    finals = sum(final for _, _, final in log_answers.islice(log_answers.issuances(), ENTRIES))
    assert sorted(pairs) == [(1, 0)] * (ENTRIES - 2 * finals) + [(1, 1)] * finals


@pytest.mark.parametrize(
    ("batch", "files", "processes"), [(7, 1, 1), (50, 3, 1), (25_000, 1_000, 1), (25_000, 2, 2), (30, 5, 3)]
)
def test_neither_pieces_nor_processes_change_the_estate(folder, expected, monkeypatch, batch, files, processes):
    monkeypatch.setattr(reading, "BATCH", batch)  # of this process; the others have their own
    monkeypatch.setattr(loading, "TOGETHER_FILES", files)
    monkeypatch.setattr(loading, "WORKERS_BYTES", 0)
    report, rows = loaded([folder], workers=processes)
    assert (report.files, rows) == (expected[0].files, expected[1])


def test_the_order_of_files_changes_nothing_but_who_said_it_first(folder, expected):
    _, rows = loaded([folder / part for part in ("d", "copy", "c", "b", "a")])
    _, forwards = loaded([folder])
    assert forwards == expected[1]
    for table in ("certificate", "name", "der"):
        assert rows[table] == expected[1][table]
    keys = [{row.rsplit(",", 1)[1] for row in each["ct_entry"]} for each in (rows, forwards)]
    assert keys[0] == keys[1]
    assert len(rows["load"]) == len(forwards["load"])


KILLED = """
    import sys
    from pathlib import Path
    from certanalytics import load as loading
    from certanalytics.estate import connect
    loading.TOGETHER_FILES, loading.WORKERS_BYTES = 2, 0
    def tell(export, records):
        print(export.path.name, flush=True)
        if export.path.name.startswith("0000000100"):
            sys.stdin.read()
    connect(sys.argv[1]).load(sys.argv[2], progress=tell, workers=int(sys.argv[3]))
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_a_load_that_is_killed_goes_on_where_it_was(folder, expected, tmp_path, workers):
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(KILLED))  # a script without a guard: the workers must not run it again
    path = tmp_path / "estate.duckdb"
    command = [sys.executable, program, path, folder, str(workers)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        told = []
        while not told or not told[-1].startswith("0000000100"):
            told.append(process.stdout.readline())
            assert told[-1], "it ended too early"
        os.kill(process.pid, signal.SIGKILL)
    assert len(told) == len(set(told)) == 6
    with Estate(str(path)) as estate:
        report = estate.load(folder)
        status = [file.status for file in report.files if not file.path.endswith("copy")]
        assert status == ["already loaded"] * 6 + ["loaded"] * (len(status) - 6)
        again = {table: sorted(map(repr, estate.rows(f'FROM "{table}"')[1])) for table in TABLES}
    assert again == expected[1]


def test_a_process_that_is_gone_is_said_and_what_was_committed_stays(folder, tmp_path, monkeypatch):
    class Gone(Workers):
        def read(self, exports):
            coming = super().read(exports)
            if any("0000000100" in str(export.path) for export in exports):
                coming.result()
                for process in self._pool._processes.values():
                    process.kill()
            return coming

    monkeypatch.setattr(loading, "Workers", Gone)
    monkeypatch.setattr(loading, "WORKERS_BYTES", 0)
    monkeypatch.setattr(loading, "TOGETHER_FILES", 1)
    with Estate(str(tmp_path / "estate.duckdb")) as estate:
        with pytest.raises(CertAnalyticsError, match="load again to go on"):
            estate.load(folder / "a", workers=2)
        before = estate.rows("SELECT count(*) FROM load")[1][0][0]
        assert 0 < before < ENTRIES // PAGE
        assert [file.status for file in estate.load(folder / "a", workers=1).files].count("already loaded") == before


@pytest.mark.parametrize("damage", ["no base64", "no certificate", "no leaf"])
def test_one_bad_entry_is_a_reject_and_loses_nothing_else(folder, tmp_path, damage):
    (page, *_) = sorted((folder / "a").iterdir())
    answer = json.loads(page.read_bytes())
    bad = answer["entries"][7]
    if damage == "no base64":
        bad["leaf_input"] = "?" + bad["leaf_input"][1:]
    elif damage == "no leaf":
        bad["leaf_input"] = bad["leaf_input"][:40]
    else:
        extra = bytearray(base64.b64decode(bad["extra_data"]))
        extra[3:40] = bytes(37)
        bad["extra_data"] = base64.b64encode(extra).decode()
    (tmp_path / "whole").write_bytes(page.read_bytes())
    (tmp_path / "bad").write_text(json.dumps(answer))
    _, whole = loaded([tmp_path / "whole"])
    report, rows = loaded([tmp_path / "bad"])
    assert (report.total("accepted"), report.total("rejected")) == (PAGE - 1, 1)
    (reject,) = rows["reject"]
    assert "entries[7]" in reject
    kept = {row.split(",", 1)[1] for row in rows["ct_entry"]}
    (lost,) = {row.split(",", 1)[1] for row in whole["ct_entry"]} ^ kept
    assert "entries[7]" in lost
    assert len(whole["certificate"]) - len(rows["certificate"]) == 1


def test_der_is_kept_of_the_first_certificates_unless_the_user_says(folder, monkeypatch):
    monkeypatch.setattr(loading, "DERS_KEPT", 100)
    monkeypatch.setattr(loading, "TOGETHER_FILES", 2)
    found = {der: loaded([folder / "a"], der=der) for der in (None, True, False)}
    certificates = len(found[None][1]["certificate"])
    assert [len(rows["der"]) for _, rows in found.values()] == [100, certificates, 0]
    assert [report.total("without_der") for report, _ in found.values()] == [certificates - 100, 0, certificates]
    assert f"DER kept of 100, not of {certificates - 100} (--der keeps it)." in found[None][0].text()
    assert f"DER kept of {certificates}." in found[True][0].text()
    assert f"DER kept of 0, not of {certificates} " in found[False][0].text()
    assert found[None][1]["certificate"] == found[False][1]["certificate"]


def test_what_duckdb_reads_is_left_to_it_by_other_processes(folder, samples, monkeypatch):
    read = []
    begin = BulkReading.begin
    monkeypatch.setattr(BulkReading, "begin", lambda bulk: read.append(bulk.export.path.name) or begin(bulk))
    monkeypatch.setattr(loading, "WORKERS_BYTES", 1)
    monkeypatch.setattr(loading, "BULK_BYTES", 1)
    report, _ = loaded([folder / "a", samples / "tlsx" / "lines.jsonl"], workers=2)
    assert read == ["lines.jsonl"]
    assert {file.status for file in report.files} == {"loaded"}


PEAK = """
    import resource, sys
    from certanalytics import load as loading, reading
    from certanalytics.estate import connect
    loading.TOGETHER_BYTES, reading.BATCH = 1 << 20, 200
    connect(sys.argv[1]).load(*sys.argv[2:], workers=1)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
"""


def test_memory_does_not_grow_with_what_is_read(log_answers, tmp_path):
    log_answers.write(tmp_path / "log", 4_000, page=100)
    pages = sorted((tmp_path / "log").iterdir())
    peaks = [
        int(
            subprocess.run(
                [sys.executable, "-c", textwrap.dedent(PEAK), tmp_path / f"{count}.duckdb", *pages[:count]],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
        for count in (8, 40)
    ]
    # Four fifths of the entries take 12 MiB in the files alone, and several times that as rows.
    assert peaks[1] - peaks[0] < 24, peaks
