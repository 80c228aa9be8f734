"""The synthetic enterprise, built once a session."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from independent_reading import Exports

from certanalytics import demo


@dataclass(frozen=True)
class Built:
    """One build: where it is, what it says is true, what its exports say to an independent reader."""

    folder: Path
    truth: demo.Truth
    exports: Exports


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("demo") / "meridian"
    started = time.process_time()
    truth = demo.build(folder)
    print(f"built in {time.process_time() - started:.1f} s of processor time")  # noqa: T201  # shown with -s
    return Built(folder, truth, Exports(folder / demo.EXPORTS))
