"""What the organisation holds, in which state, with which attributes, and what changed."""

from __future__ import annotations

from certanalytics.analysis.inventory.changes import at_endpoints
from certanalytics.analysis.inventory.completeness import attributes
from certanalytics.analysis.inventory.states import holdings

__all__ = ["at_endpoints", "attributes", "holdings"]
