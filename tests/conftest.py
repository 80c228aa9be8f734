"""Where the tests find the project, its own samples and the shared ones beside the checkout."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import pytest
from machine import absent

from certanalytics import connect, demo
from certanalytics.report.browser import find_browser

if TYPE_CHECKING:
    from certanalytics.report.publication import Published

REPOSITORY = Path(__file__).parents[1]
SAMPLES = REPOSITORY / "data" / "samples"
SHARED = REPOSITORY.parent / "shared"

T = TypeVar("T")


class Enterprise(NamedTuple):
    """The synthetic enterprise as it was built, and apart from that the truth."""

    folder: Path
    truth: demo.Truth


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


def once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], T]) -> tuple[Path, T]:
    """A folder made once for all workers of a test run, and what was told when it was made."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / name
    told = folder / "told.pickle"
    try:
        folder.mkdir()
    except FileExistsError:  # another worker makes it, or has
        deadline = time.monotonic() + 300
        while not told.exists():
            assert time.monotonic() < deadline, f"the worker that makes {name} has not finished"
            time.sleep(0.2)
    else:
        (folder / "told.part").write_bytes(pickle.dumps(make(folder)))
        (folder / "told.part").rename(told)
    return folder, pickle.loads(told.read_bytes())  # noqa: S301 - our own


@pytest.fixture(scope="session")
def enterprise(tmp_path_factory: pytest.TempPathFactory) -> Enterprise:
    """The synthetic enterprise, built once for all workers of a test run."""
    folder, truth = once(tmp_path_factory, "enterprise", lambda folder: demo.build(folder / "built"))
    return Enterprise(folder / "built", truth)


@pytest.fixture(scope="session")
def company(enterprise: Enterprise, tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The synthetic enterprise, loaded once for all workers of a test run."""

    def load(folder: Path) -> None:
        with connect(folder / "estate.duckdb") as estate:
            for part, collected_at in demo.collected(enterprise.folder):
                assert estate.load(part, collected_at=collected_at).total("rejected") == 0

    folder, _ = once(tmp_path_factory, "company", load)
    return Company(enterprise.folder / demo.EXPORTS, folder / "estate.duckdb", enterprise.truth)


@pytest.fixture(scope="session")
def executive(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The executive report of the synthetic enterprise in every format this machine writes, made once."""
    from certanalytics.report import run  # noqa: PLC0415 - papermill costs time only who wants a report should pay

    def publish(folder: Path) -> Published:
        return run("executive", estate=company.estate, as_of=demo.AS_OF, out=folder / "reports")

    return once(tmp_path_factory, "executive", publish)[1]


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser of this machine."""
    return find_browser() or absent("Chromium or Chrome")
