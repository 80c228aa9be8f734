"""Where the tests find the project, its own samples and the shared ones beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
SAMPLES = REPOSITORY / "data" / "samples"
SHARED = REPOSITORY.parent / "shared"


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
    """The shared samples beside the checkout; a test that needs them says so where they are missing."""
    if not SHARED.is_dir():
        missing = "the shared samples (../shared beside the checkout) are not there"
        if os.environ.get("CI"):
            pytest.fail(f"{missing}; CI has to have them")
        pytest.skip(missing)
    return SHARED
