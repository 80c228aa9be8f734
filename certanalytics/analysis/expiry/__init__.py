"""What ends when, and in which weeks it all comes together."""

from __future__ import annotations

from certanalytics.analysis.expiry.expiry_calendar import calendar
from certanalytics.analysis.expiry.horizons import expiring

__all__ = ["calendar", "expiring"]
