"""Small estates made row by row, whose answers can be worked out by hand."""

from __future__ import annotations

import pytest
from estate_rows import Rows


@pytest.fixture
def rows():
    """Rows to make a small estate of."""
    return Rows()
