"""What a test does when this machine lacks what it needs: it says so by name, and in CI it fails."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def absent(what: str) -> NoReturn:
    """Skip the test that needs it; CI has to have it."""
    reason = f"{what} is not on this machine, and this test needs it"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
