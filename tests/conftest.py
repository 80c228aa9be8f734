"""Where the tests find the project, its own samples and the shared ones beside the checkout."""

from __future__ import annotations

import os
import pickle
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from machine import absent

from certanalytics import connect, demo
from certanalytics.report.browser import find_browser

REPOSITORY = Path(__file__).parents[1]
SAMPLES = REPOSITORY / "data" / "samples"
SHARED = REPOSITORY.parent / "shared"


class Company(NamedTuple):
    """The synthetic enterprise as an analyst has it, and apart from that the truth."""

    exports: Path
    estate: Path
    truth: demo.Truth


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def samples() -> Path:
    """The samples the lab made, committed with the project."""
    return SAMPLES


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared samples beside the checkout."""
    return SHARED if SHARED.is_dir() else absent("the folder of shared samples (../shared beside the checkout)")


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The synthetic enterprise, built and loaded once for all workers of a test run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "company"
    truth = folder / "truth.pickle"
    try:
        folder.mkdir()
    except FileExistsError:  # another worker builds it, or has
        deadline = time.monotonic() + 300
        while not truth.exists():
            assert time.monotonic() < deadline, "the worker that builds the synthetic enterprise has not finished"
            time.sleep(0.2)
    else:
        told = demo.build(folder / "built")
        with connect(folder / "estate.duckdb") as estate:
            for part, collected_at in demo.collected(folder / "built"):
                assert estate.load(part, collected_at=collected_at).total("rejected") == 0
        (folder / "truth.part").write_bytes(pickle.dumps(told))
        (folder / "truth.part").rename(truth)
    return Company(folder / "built" / demo.EXPORTS, folder / "estate.duckdb", pickle.loads(truth.read_bytes()))  # noqa: S301 - our own


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser of this machine."""
    return find_browser() or absent("Chromium or Chrome")
