"""What endpoints offer and send: versions and suites, chains, distrusted roots, and what is revoked in service."""

from __future__ import annotations

from certanalytics.analysis.tls.chains import served
from certanalytics.analysis.tls.offered import offers
from certanalytics.analysis.tls.revocation import revoked
from certanalytics.analysis.tls.trust import distrust

__all__ = ["distrust", "offers", "revoked", "served"]
