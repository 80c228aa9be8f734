"""What the tests of the report share: a document, its four files, the demo, and the browser."""

import importlib

import pytest
from executed_notebook import absent, make_notebook

import certanalytics
from certanalytics import demo
from certanalytics.report import browser
from certanalytics.report.document import read


@pytest.fixture(scope="session")
def document():
    """The report in the notebook."""
    return read(make_notebook())


@pytest.fixture(scope="session")
def written(document, chromium, tmp_path_factory):
    """The report in all four formats, by suffix."""
    folder = tmp_path_factory.mktemp("written")
    for name in ("html", "pdf", "pptx", "xlsx"):
        importlib.import_module(f"certanalytics.report.{name}").write(document, folder / f"report.{name}")
    return {name: folder / f"report.{name}" for name in ("html", "pdf", "pptx", "xlsx")}


@pytest.fixture(scope="session")
def chromium():
    """The browser of this machine; CI must have one."""
    return browser.find_browser() or absent("Chromium or Chrome")


@pytest.fixture(scope="session")
def demo_estate(tmp_path_factory):
    """The estate of the synthetic enterprise, and what is planted in it."""
    folder = tmp_path_factory.mktemp("demo")
    truth = demo.build(folder)
    certanalytics.connect(folder / "estate.duckdb").load(folder / "exports", collected_at=demo.AS_OF)
    return folder / "estate.duckdb", truth
