"""Whose certificates they are: stated and inferred owners, contacts, and on how few people it rests."""

from __future__ import annotations

from certanalytics.analysis.ownership.bus_factor import dependence
from certanalytics.analysis.ownership.contacts import roles
from certanalytics.analysis.ownership.escalation import paths
from certanalytics.analysis.ownership.inferred_owners import proposals
from certanalytics.analysis.ownership.leavers import rekeying
from certanalytics.analysis.ownership.owner_load import load
from certanalytics.analysis.ownership.risk import weighted
from certanalytics.analysis.ownership.stated import gaps

__all__ = ["dependence", "gaps", "load", "paths", "proposals", "rekeying", "roles", "weighted"]
