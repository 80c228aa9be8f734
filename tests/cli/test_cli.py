"""The command line as a user meets it: one verb, one call, exit codes, data on stdout."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from certanalytics.cli.lab import command, place_notebooks
from certanalytics.estate import Estate

OWNERS = "name,owner_email,business_unit\nwww.shop.example,ada@shop.example,Retail\n"


def run(*arguments, cwd, **environment):
    return subprocess.run(
        [sys.executable, "-m", "certanalytics", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "160", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "owners.csv").write_text(OWNERS)
    (tmp_path / "strange.bin").write_bytes(b"what is this")
    return tmp_path


@pytest.fixture(scope="module")
def loaded_once(tmp_path_factory):
    folder = tmp_path_factory.mktemp("loaded")
    (folder / "owners.csv").write_text(OWNERS)
    assert run("load", "owners.csv", cwd=folder).returncode == 0
    return folder


@pytest.fixture
def loaded(loaded_once, tmp_path):
    """A folder with an export and the estate it was loaded into."""
    return shutil.copytree(loaded_once, tmp_path / "loaded")


def test_load_query_and_status(folder):
    loaded = run("load", "owners.csv", "strange.bin", "--collected-at", "2026-11-01", cwd=folder)
    assert loaded.returncode == 0, loaded.stderr
    assert "1 records read = 1 accepted + 0 rejected + 0 duplicate" in loaded.stdout
    assert "Files: 1 loaded, 1 unknown." in loaded.stdout
    assert "owners.csv" not in loaded.stdout
    assert "strange.bin: not recognised" in loaded.stdout
    assert "sslyze-json: JSON with" in loaded.stderr
    asked = run("query", "SELECT name, business_unit FROM asset", "--format", "json", cwd=folder)
    assert json.loads(asked.stdout) == [{"name": "www.shop.example", "business_unit": "Retail"}]
    status = run("status", "--format", "csv", cwd=folder)
    assert list(csv.reader(io.StringIO(status.stdout)))[1][:3] == ["owners-csv", "1", "1"]
    assert "Files: 1 already loaded." in run("load", "owners.csv", cwd=folder).stdout
    assert "owners.csv [owners-csv]: already loaded" in run("load", "owners.csv", "-v", cwd=folder).stdout


def test_status_says_that_names_of_certificates_stay_unresolved_and_why_they_may(folder):
    fields = ["ts", "id.resp_h", "id.resp_p", "established", "cert_chain_fuids"]
    lines = ["#separator \\x09", "\t".join(["#fields", *fields])]
    lines.append("1795424400.125250\t192.0.2.1\t443\tT\tFabcDEF")
    (folder / "ssl.log").write_text("\n".join([*lines, ""]))
    assert run("load", "ssl.log", cwd=folder).returncode == 0
    said = run("status", cwd=folder).stderr
    assert "1 places name a certificate that no loaded export explains" in said
    assert "or that exports explain differently" in said


def test_a_load_names_the_files_with_trouble_and_counts_the_rest(folder):
    exports = folder / "exports"
    exports.mkdir()
    (exports / "owners.csv").write_text(OWNERS)
    for number in range(25):
        (exports / f"strange-{number:02}.bin").write_bytes(b"what is this")
    said = run("load", "exports", cwd=folder).stdout.splitlines()
    assert len([line for line in said if "not recognised" in line]) == 20
    assert said[-2] == "... and 5 more files that were not read whole"
    assert said[-1].startswith("Files: 1 loaded, 25 unknown.")
    assert len(run("load", "exports", "--verbose", cwd=folder).stdout.splitlines()) == 27
    rows = json.loads(run("load", "exports", "--format", "json", cwd=folder).stdout)
    assert len(rows) == 26


def test_the_estate_comes_from_the_option_or_the_environment(folder):
    run("load", "owners.csv", "--estate", "a.duckdb", cwd=folder)
    counted = run(
        "query", "SELECT count(*) AS n FROM asset", "--format", "csv", cwd=folder, CERTANALYTICS_ESTATE="a.duckdb"
    )
    assert counted.stdout == "n\n1\n"
    assert not (folder / "estate.duckdb").exists()


def test_numbers_keep_their_digits_and_lists_their_shape(loaded):
    asked = run(
        "query", "SELECT 371386576722994924470904921::HUGEINT AS big, ['a', 'b'] AS list, NULL AS nothing",
        "--format", "json", cwd=loaded,
    )  # fmt: skip
    assert json.loads(asked.stdout) == [{"big": 371386576722994924470904921, "list": ["a", "b"], "nothing": None}]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("query", "SELEC 1"), 2, "syntax error"),
        (("query", "SELECT 1", "--estate", "none.duckdb"), 3, "Load exports first"),
        (("load", "nowhere"), 3, "no such file"),
        (("load", "owners.csv", "--collected-at", "soon"), 2, "is not a date or time"),
        (("load", "owners.csv", "--map", "none.toml"), 2, "none.toml"),
        (("report", "unheard-of"), 2, "unheard-of"),
        (("report", "executive", "--set", "=1"), 2, "no name"),
        (("report", "executive", "--set", "title"), 2, "no value"),
        (("report", "executive", "--out", "owners.csv"), 3, "owners.csv/executive: Not a directory"),
        (("frobnicate",), 2, "No such command"),
    ],
)
def test_errors_are_one_line_with_what_to_do_and_an_exit_code(loaded, arguments, code, says):
    done = run(*arguments, cwd=loaded)
    assert done.returncode == code, done.stderr
    assert says in re.sub(r"\s+", " ", done.stderr)
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_sources_are_printed_from_the_list(folder):
    from certanalytics.sources import SOURCES  # noqa: PLC0415 - the readers cost time only this test pays

    printed = json.loads(run("sources", "--format", "json", cwd=folder).stdout)
    assert [row["source"] for row in printed] == [source.name for source in SOURCES]


def test_the_sources_are_printed_as_the_readme_shows_them(folder, repository):
    table = run("sources", "--format", "md", cwd=folder).stdout
    assert table in (repository / "README.md").read_text("utf-8")


def test_the_readme_asks_what_an_estate_can_answer(loaded, repository):
    text = (repository / "README.md").read_text("utf-8")
    queries = re.findall(r'certanalytics query (?:--format \w+ )?"(.+?)"', text)
    assert len(queries) >= 6
    with Estate(str(loaded / "estate.duckdb")) as estate:
        for query in queries:
            columns, _ = estate.rows(query)
            assert columns, query


def test_doctor_says_what_is_there_and_what_is_missing(folder):
    done = run("doctor", "--format", "json", cwd=folder)
    checks = {row["check"]: row for row in json.loads(done.stdout)}
    assert done.returncode == 0
    assert checks["Python"]["state"] == "fine"
    assert checks["estate"]["state"] == "absent"
    (folder / "estate.duckdb").write_bytes(b"not a database" * 100)
    broken = run("doctor", "--format", "json", cwd=folder)
    assert broken.returncode == 1


def test_no_colour_where_nobody_looks(loaded):
    shown = run("query", "FROM asset", cwd=loaded).stdout
    assert "1 row" in shown
    assert "\x1b[" not in shown


def test_demo_refuses_a_folder_that_holds_something_else(folder):
    done = run("demo", "--folder", ".", "--no-report", cwd=folder)
    assert done.returncode == 2
    assert "owners.csv" in done.stderr
    assert (folder / "owners.csv").exists()


def test_demo_never_touches_exports_that_are_not_its_own(tmp_path):
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "mine.csv").write_text(OWNERS)
    done = run("demo", "--folder", ".", "--no-report", cwd=tmp_path)
    assert done.returncode == 2
    assert (tmp_path / "exports" / "mine.csv").read_text() == OWNERS


def test_lab_listens_on_this_machine_only_and_keeps_the_token(tmp_path):
    line = " ".join(command(tmp_path, browser=False, port=8899))
    assert "--ServerApp.ip=127.0.0.1" in line
    assert "token" not in line
    assert "--no-browser" in line


def test_lab_copies_notebooks_and_never_overwrites_one(tmp_path):
    place_notebooks(tmp_path / "mine")
    copied = sorted((tmp_path / "mine").glob("*.ipynb"))
    assert copied
    copied[0].write_text("my own work")
    place_notebooks(tmp_path / "mine")
    assert copied[0].read_text() == "my own work"


def test_the_command_line_and_python_give_the_same_answer(folder):
    run("load", "owners.csv", "--collected-at", "2026-11-01", cwd=folder)
    asked = json.loads(run("query", "FROM asset", "--format", "json", cwd=folder).stdout)
    with Estate(str(folder / "estate.duckdb")) as estate:
        columns, rows = estate.rows("FROM asset")
    assert [list(row) for row in asked] == [columns] * len(rows)
    assert [row["name"] for row in asked] == [row[columns.index("name")] for row in rows]


def test_a_map_is_proposed_and_written_only_when_told_to(tmp_path):
    (tmp_path / "list.csv").write_text("Serial,Issuer,Valid to,Owner\n0a,CN=A,2026-12-31,ada\n")
    proposed = run("sources", "suggest", "list.csv", cwd=tmp_path)
    assert 'serial = "Serial"' in proposed.stdout
    assert "Nothing is written" in proposed.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]
    run("sources", "suggest", "list.csv", "--write", "map.toml", cwd=tmp_path)
    assert (tmp_path / "map.toml").read_text().startswith('kind = "certificates"')
    again = run("sources", "suggest", "list.csv", "--write", "map.toml", cwd=tmp_path)
    assert again.returncode == 2
    assert "there already" in again.stderr
    loaded = run("load", "list.csv", "--map", "map.toml", cwd=tmp_path)
    assert "1 records read = 1 accepted" in loaded.stdout
    assert run("sources", "suggest", "map.toml", cwd=tmp_path).returncode == 3


def test_policy_checks_explains_and_covers(folder):
    """Findings end with 1 only where they are asked for; formats go to stdout or a file, the conclusion to stderr."""
    assert run("load", "owners.csv", "--collected-at", "2026-11-01", cwd=folder).returncode == 0
    (folder / "ours.toml").write_text(
        'name = "ours"\ntitle = "Ours"\nabout = "Ours"\n[[control]]\nid = "OUR-1"\ntitle = "Scans recur"\nwhy = "So."\n'
        'reference = "Ours"\nsubject = "estate"\nseverity = "high"\ndo = "Scan."\nviolated_when = "certificates < 1"\n'
    )
    checked = run("policy", "check", "ours.toml", "--format", "json", cwd=folder)
    assert checked.returncode == 0, checked.stderr
    (row,) = json.loads(checked.stdout)
    assert (row["control"], row["state"], row["violating"]) == ("OUR-1", "not met", 1)
    assert "Of 1 control that can be told 1 is not met" in checked.stderr
    assert run("policy", "check", "ours.toml", "--fail-on", "critical", cwd=folder).returncode == 0
    failed = run(
        "policy", "check", "ours.toml", "--fail-on", "high", "--format", "sarif", "-o", "found.sarif", cwd=folder
    )
    assert (failed.returncode, failed.stdout) == (1, "")
    assert json.loads((folder / "found.sarif").read_text())["version"] == "2.1.0"
    assert run("policy", "check", "ours.toml", "--format", "junit", cwd=folder).stdout.startswith("<?xml")
    assert "| OUR-1 |" in run("policy", "check", "ours.toml", "--format", "md", cwd=folder).stdout
    assert "not met" in run("policy", "check", "ours.toml", cwd=folder).stdout
    assert "Keys are long enough" in run("policy", "explain", "SP-KEY-1", cwd=folder).stdout
    covered = run("policy", "coverage", "--format", "csv", cwd=folder)
    assert covered.returncode == 0, covered.stderr
    assert len(list(csv.reader(io.StringIO(covered.stdout)))) == 95
    wrong = run("policy", "check", "nobody", cwd=folder)
    assert wrong.returncode == 2
    assert "no control pack 'nobody'" in wrong.stderr
    assert not list(folder.glob("*.part"))


def test_scopes_are_kept_listed_and_forgotten(folder):
    run("load", "owners.csv", "--collected-at", "2026-11-01", cwd=folder)
    kept = run("scopes", "keep", "soon", "days_left < 30", cwd=folder)
    assert kept.stdout == "@soon holds 0 certificates\n", kept.stderr
    listed = run("scopes", "--format", "csv", cwd=folder)
    assert list(csv.reader(io.StringIO(listed.stdout))) == [["scope", "predicate"], ["@soon", "days_left < 30"]]
    refused = run("scopes", "keep", "Soon", "true", cwd=folder)
    assert (refused.returncode, "no name for a scope" in refused.stderr) == (2, True)
    assert run("scopes", "forget", "@soon", cwd=folder).returncode == 0
    assert json.loads(run("scopes", "--format", "json", cwd=folder).stdout) == []
