"""What was revoked: some of it is still served."""

from __future__ import annotations

from certanalytics.demo.company import Company
from certanalytics.demo.faults.pool import Pool
from certanalytics.demo.looks import TESTSSL_CSV, TESTSSL_JSON
from certanalytics.demo.revocation import Reason, Revoked

IN_SERVICE: dict[str, tuple[Reason | None, ...]] = {
    "portal-ov": ("keyCompromise", "cessationOfOperation", None),
    "internal-one-year": ("superseded", "certificateHold"),
}
"""Reasons of certificates that were revoked and are served all the same: the order to replace them reached nobody."""
SINCE_THE_LAST_SCAN = 1
"""Certificates revoked after the last scan: whether they are still served nobody has looked."""
REPLACED = 5
"""Certificates of the portal that were revoked, as they should be, when their servers moved to another CA."""


def plant(pool: Pool, company: Company) -> None:
    """Revoke certificates in service, and some that were replaced before."""
    for fleet, reasons in IN_SERVICE.items():
        for each, reason in zip(pool.take(fleet, len(reasons)), reasons, strict=True):
            each.revoked = Revoked(what="in service", reason=reason)
    # where testssl.sh looked, it looked after sslyze
    late = {TESTSSL_JSON, TESTSSL_CSV}
    others = tuple(service.label for service in company.services if service.label not in late)
    for each in pool.take("acme", SINCE_THE_LAST_SCAN, of=others):
        each.revoked = Revoked(what="in service, since the last scan", reason="keyCompromise")
    # the portal's orders name an owner
    owned = tuple(service.label for service in company.services if service.owner)
    for each in pool.take("acme", REPLACED, of=owned):
        each.predecessor = "northgate-ov"
        each.revoked = Revoked(what="what was replaced", reason="superseded")
