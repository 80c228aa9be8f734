"""What logs, scans and inventories see that the others do not, how fresh it is, and what nobody saw."""

from __future__ import annotations

from certanalytics.analysis.coverage.looks import freshness, sources
from certanalytics.analysis.coverage.reconciliation import three_ways
from certanalytics.analysis.coverage.unseen import never_seen

__all__ = ["freshness", "never_seen", "sources", "three_ways"]
