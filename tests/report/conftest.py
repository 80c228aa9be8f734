"""What the tests of the report share: a document, its four files, the demo, and the browser."""

import importlib

import pytest
from executed_notebook import make_notebook

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
