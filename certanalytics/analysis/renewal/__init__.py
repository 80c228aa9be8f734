"""How certificates follow one another, how far that is automated, and how ready it is for short lives."""

from __future__ import annotations

from certanalytics.analysis.renewal.automation import levels
from certanalytics.analysis.renewal.readiness import short_lives
from certanalytics.analysis.renewal.renewals import operations
from certanalytics.analysis.renewal.succession import lead_times

__all__ = ["lead_times", "levels", "operations", "short_lives"]
