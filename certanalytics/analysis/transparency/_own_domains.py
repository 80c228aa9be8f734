"""Which registered domains are the organisation's own."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from certanalytics.analysis._inquiry import Inquiry

NO_LOGS = "no Certificate Transparency entries are loaded"
"""Why nothing can be said of what was issued."""

NO_DOMAINS = "no domain is known to be the organisation's: no endpoint, file or inventory shows a certificate"
"""Why nothing can be said of names of one's own."""


def own_domains_of(inquiry: Inquiry, given: Collection[str] | None) -> dict[str, int | None]:
    """Own registered domains, with how many certificates of each are held.

    Args:
        inquiry: Asked for the domains of certificates on endpoints, in files and in inventories.
        given: The own domains, if somebody knows better.
    """
    held = inquiry.ask("own_domains")
    known = dict(zip(held["registered_domain"], held["certificates"].astype(int), strict=True))
    if given is None:
        return dict(known)
    return {domain.lower().rstrip("."): known.get(domain.lower().rstrip(".")) for domain in given}
