"""What Certificate Transparency and CAA records say: issuance nobody expected, look-alikes, CAA conformity."""

from __future__ import annotations

from certanalytics.analysis.transparency.caa import conformity
from certanalytics.analysis.transparency.issuance import unexpected
from certanalytics.analysis.transparency.similar_domains import look_alikes

__all__ = ["conformity", "look_alikes", "unexpected"]
