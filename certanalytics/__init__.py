"""Which TLS server certificates do we have, who owns them, which will hurt us next.

import certanalytics as ca

estate = ca.connect("estate.duckdb")
estate.load("exports/")
ca.analysis.expiry.expiring(estate, as_of="2026-11-23")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from certanalytics.errors import CertAnalyticsError

if TYPE_CHECKING:
    from certanalytics import analysis, blocks, charts, policy
    from certanalytics.estate import Estate, connect
    from certanalytics.sources import SOURCES
    from certanalytics.versions import about

__version__ = "0.1.0"

__all__ = [
    "SOURCES",
    "CertAnalyticsError",
    "Estate",
    "__version__",
    "about",
    "analysis",
    "blocks",
    "charts",
    "connect",
    "policy",
]

_ROOMS = {"Estate": "estate", "about": "versions", "connect": "estate", "SOURCES": "sources"}


def __getattr__(name: str) -> Any:
    """Open a room when it is first used: DuckDB, pandas and Plotly cost time to import."""
    if name in _ROOMS:
        return getattr(importlib.import_module(f"certanalytics.{_ROOMS[name]}"), name)
    if name in {"analysis", "blocks", "charts", "policy"}:
        return importlib.import_module(f"certanalytics.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
