"""What is asked of an estate: one room a theme, one function an analysis, `Estate` in, `Result` out.

Every analysis takes ``as_of`` (a date or time in UTC; the newest evidence if ``None``) and ``scope`` (a SQL
predicate over the columns of ``inventory``; everything if ``None``), and is over certificates in service unless
it says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from certanalytics.analysis import (
    contents,
    coverage,
    expiry,
    inventory,
    issuers,
    keys,
    ownership,
    renewal,
    tls,
    transparency,
)

if TYPE_CHECKING:
    from certanalytics.result import Result

__all__ = [
    "ANALYSES",
    "contents",
    "coverage",
    "expiry",
    "inventory",
    "issuers",
    "keys",
    "ownership",
    "renewal",
    "tls",
    "transparency",
]

ANALYSES: tuple[Callable[..., Result], ...] = (
    expiry.expiring,
    contents.over_limit,
    keys.strength,
    keys.reuse,
    keys.known_bad,
    contents.purposes,
    contents.pointers,
    contents.names,
    issuers.concentration,
    ownership.gaps,
    ownership.roles,
    ownership.proposals,
    ownership.dependence,
    ownership.load,
    ownership.weighted,
    ownership.paths,
    ownership.rekeying,
    issuers.dependencies,
    issuers.substitutable,
    renewal.levels,
    renewal.operations,
    renewal.short_lives,
    expiry.calendar,
    tls.offers,
    tls.served,
    tls.distrust,
    tls.revoked,
    coverage.three_ways,
    coverage.sources,
    coverage.freshness,
    coverage.never_seen,
    transparency.unexpected,
    transparency.look_alikes,
    transparency.conformity,
    inventory.holdings,
    inventory.attributes,
    renewal.lead_times,
    inventory.at_endpoints,
)
"""Every analysis; each takes an estate, ``as_of`` and ``scope``, and some take more."""
