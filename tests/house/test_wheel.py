"""What travels in the wheel is enough: installed elsewhere, in an empty folder, it gives the same report."""

import json
import os
import subprocess
import sys
import zipfile

import pytest

from certanalytics.blocks import MIME


@pytest.fixture(scope="module")
def wheel(repository, tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(repository)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_holds_what_a_run_needs_and_nothing_of_a_run(wheel, repository):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder, pattern in [
        ("certanalytics", "**/*.py"),
        ("certanalytics/sql", "**/*.sql"),
        ("certanalytics/facts", "*.csv"),
        ("certanalytics/cli/jupyter", "**/*.json"),
    ]:
        files = {path.relative_to(repository).as_posix() for path in (repository / folder).glob(pattern)}
        assert files
        assert files <= names
    for folder, pattern in [("notebooks", "*.ipynb"), ("reports", "*.toml"), ("reports/templates", "*.*")]:
        files = {f"certanalytics/_share/{path.relative_to(repository)}" for path in (repository / folder).glob(pattern)}
        assert files
        assert files <= names
    assert not [name for name in names if "/out/" in name or "checkpoint" in name or name.endswith(".duckdb")]


def shown(notebook):
    """What the cells of an executed notebook show: blocks and figures, in order."""
    bundles = [
        output["data"]
        for cell in json.loads(notebook.read_text("utf-8"))["cells"]
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    return [bundle.get(MIME) or bundle.get("application/vnd.plotly.v1+json") for bundle in bundles]


def test_an_installed_wheel_gives_the_same_report_from_an_empty_folder(wheel, executive, tmp_path):
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": str(site), "CERTANALYTICS_ESTATE": ""}
    where = subprocess.run(
        [sys.executable, "-c", "import certanalytics; print(certanalytics.__file__)"],
        cwd=empty, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert str(site) in where.stdout
    done = subprocess.run(
        [sys.executable, "-m", "certanalytics", "demo"],
        cwd=empty, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for name in ("HTML", "PPTX", "XLSX", "Record", "Manifest"):
        assert name in done.stdout
    (record,) = empty.glob("certanalytics-demo/report/executive/*/executive.ipynb")
    assert shown(record) == shown(executive.record)
    assert len(shown(record)) > 15
