"""Who issues: shares, what fails together, and who could step in."""

from __future__ import annotations

from certanalytics.analysis.issuers.shares import concentration
from certanalytics.analysis.issuers.single_points import dependencies
from certanalytics.analysis.issuers.substitutability import substitutable

__all__ = ["concentration", "dependencies", "substitutable"]
