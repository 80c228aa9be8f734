"""What is asked of an estate: one module a theme, `Estate` in, `Result` out.

Every analysis takes ``as_of`` (a date or time in UTC; the newest evidence if ``None``) and ``scope`` (a SQL
predicate over the columns of ``inventory``; everything if ``None``), and is over certificates in service unless
it says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from certanalytics.analysis import (
    automation,
    bus_factor,
    caa,
    chains,
    concentration,
    contacts,
    content,
    coverage,
    escalation,
    expiry,
    expiry_calendar,
    inferred_owners,
    issuance,
    issuers,
    key_hygiene,
    keys,
    known_bad_keys,
    leavers,
    look_alikes,
    names,
    owner_load,
    ownership,
    ownership_risk,
    readiness,
    reconciliation,
    renewals,
    revocation,
    substitutability,
    tls,
    trust,
    unseen,
    validity,
)

if TYPE_CHECKING:
    from certanalytics.result import Result

__all__ = [
    "ANALYSES",
    "automation",
    "bus_factor",
    "caa",
    "chains",
    "concentration",
    "contacts",
    "content",
    "coverage",
    "escalation",
    "expiry",
    "expiry_calendar",
    "inferred_owners",
    "issuance",
    "issuers",
    "key_hygiene",
    "keys",
    "known_bad_keys",
    "leavers",
    "look_alikes",
    "names",
    "owner_load",
    "ownership",
    "ownership_risk",
    "readiness",
    "reconciliation",
    "renewals",
    "revocation",
    "substitutability",
    "tls",
    "trust",
    "unseen",
    "validity",
]

ANALYSES: tuple[Callable[..., Result], ...] = (
    expiry.expiring,
    validity.over_limit,
    keys.strength,
    key_hygiene.reuse,
    known_bad_keys.known_bad_keys,
    content.purposes,
    content.pointers,
    names.names,
    issuers.concentration,
    ownership.gaps,
    contacts.roles,
    inferred_owners.proposals,
    bus_factor.dependence,
    owner_load.load,
    ownership_risk.weighted,
    escalation.paths,
    leavers.rekeying,
    concentration.dependencies,
    substitutability.substitutable,
    automation.levels,
    renewals.operations,
    readiness.short_lives,
    expiry_calendar.calendar,
    tls.offers,
    chains.served,
    trust.distrust,
    revocation.revoked,
    reconciliation.three_ways,
    coverage.sources,
    coverage.freshness,
    unseen.never_seen,
    issuance.unexpected,
    look_alikes.look_alikes,
    caa.conformity,
)
"""Every analysis; each takes an estate, ``as_of`` and ``scope``, and some take more."""
