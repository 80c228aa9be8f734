"""Exports at hand: the shared samples where they lie, and files written for one test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from certanalytics.errors import DataError
from certanalytics.sources._reading.export import Export, exports


@pytest.fixture
def written(tmp_path: Path) -> Callable[[bytes | str], Export]:
    """An export with the given content."""

    def write(content: bytes | str) -> Export:
        path = tmp_path / "export"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return opened(path)

    return write


@pytest.fixture(scope="session")
def sample(shared: Path) -> Callable[[str], Export]:
    """A shared sample by its path below ``samples/``."""
    return lambda name: opened(shared / "samples" / name)


def opened(path: Path) -> Export:
    (export,) = exports(path)
    assert not isinstance(export, DataError)
    return export
