"""What stands in certificates: validity, purposes, pointers and names, by the rules in force at issue."""

from __future__ import annotations

from certanalytics.analysis.contents.extensions import pointers, purposes
from certanalytics.analysis.contents.subject_names import names
from certanalytics.analysis.contents.validity import over_limit

__all__ = ["names", "over_limit", "pointers", "purposes"]
