"""Which attributes of the guide's inventory the exports give of what is in service, and in which states it all is.

The attributes are those of NIST SP 1800-16, by the numbers of ``facts.sp1800_16_attribute``. Scans bring every
certificate in service whole, so that what stands in a certificate is known of all; the rest is what each export writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Literal

from certanalytics.demo.clock import AS_OF, IN_SERVICE_DAYS
from certanalytics.demo.truth.outcome import Outcome, fingerprints, is_ordered
from certanalytics.demo.truth.revocation import RevocationTruth
from certanalytics.demo.truth.statements import Statements, owner_of
from certanalytics.demo.world import Issued

Trust = Literal["public", "private", "self-signed"]

OF_ALL = tuple(f"A{number}" for number in (*range(1, 11), 14, 22, 23, 27, 28, 29, 30))
"""What a certificate says of itself, where it was seen, and under which root it stands: the bundles have them all."""
OUT_OF_REACH = ("A18", "A25", "A26", "A31")
"""Regulations, where keys lie, how it is renewed, exceptions: of these no export of anybody brings a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What is known, in service or not.

    Attributes:
        trust: Certificates by trust class.
        withdrawn: Seen at an endpoint within 45 days, which serves another now.
        stale: Seen at an endpoint, and not within 45 days.
        expired: How many have ended.
        live: In service and not ended.
        endpoints: Endpoints that serve one.
        most_endpoints: Endpoints of the certificate with the most.
        most_of_95: Endpoints that 19 of 20 certificates in service do not exceed.
    """

    trust: dict[Trust, int]
    withdrawn: tuple[str, ...]
    stale: tuple[str, ...]
    expired: int
    live: int
    endpoints: int
    most_endpoints: int
    most_of_95: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryTruth:
    """Business units by name; what belongs to none stands under an empty one.

    Attributes:
        units: Certificates in service by unit.
        present: Of each attribute by unit, how many certificates in service have it.
        complete: Have all of A1 to A17.
        without_criticality: Of how many the criticality is not known, by unit.
        holdings: What is known, in service or not.
    """

    units: dict[str, int]
    present: dict[str, dict[str, int]]
    complete: tuple[str, ...]
    without_criticality: dict[str, int]
    holdings: Holdings


def inventory_truth(seen: Outcome, said: Statements, revocation: RevocationTruth) -> InventoryTruth:
    """Work it out from what each export writes of a certificate."""
    told = {*revocation.in_service, *revocation.good}
    has: dict[str, Callable[[Issued], bool]] = {
        **dict.fromkeys(OF_ALL, lambda _: True),
        "A11": lambda each: owner_of(said.of(each)) is not None,
        "A12": lambda each: owner_of(said.of(each)) is not None,  # people and teams of the directory have addresses
        "A13": is_ordered,
        "A15": _is_held,
        "A16": lambda each: _is_balanced(each) or _in_caddy(each),
        "A17": lambda each: any(one.service for one in said.of(each)),
        "A19": lambda each: each.issue.deployment.service.is_registered,
        "A20": lambda each: any(one.environment for one in said.of(each)),
        "A21": is_ordered,
        "A24": lambda each: each.certificate.sha256 in told,
    }
    of_application = [test for name, test in has.items() if int(name[1:]) <= 17]
    return InventoryTruth(
        units=_by_unit(seen, lambda _: True),
        present={name: _by_unit(seen, has[name]) for name in sorted(has, key=lambda name: int(name[1:]))},
        complete=fingerprints(each for each in seen.live if all(test(each) for test in of_application)),
        without_criticality=_by_unit(seen, lambda each: not any(one.criticality for one in said.of(each))),
        holdings=_holdings(seen),
    )


def _by_unit(seen: Outcome, test: Callable[[Issued], bool]) -> dict[str, int]:
    return dict(sorted(Counter(each.issue.deployment.service.unit or "" for each in seen.live if test(each)).items()))


def _is_held(each: Issued) -> bool:
    """Whether a file or configuration has it: an appliance's, the load balancer's, Caddy's, or where Venafi put it."""
    managed = each.issue.deployment.management
    is_installed = managed is not None and managed.system == "venafi" and managed.level == "provisioned"
    return each.certificate.authority is None or _is_balanced(each) or _in_caddy(each) or is_installed


def _is_balanced(each: Issued) -> bool:
    """Whether the load balancer has it: the newest of its deployment, which is what its servers serve."""
    return bool(each.issue.deployment.balanced_at)


def _in_caddy(each: Issued) -> bool:
    managed = each.issue.deployment.management
    return managed is not None and managed.system == "caddy"


def _holdings(seen: Outcome) -> Holdings:
    last = {each: time for looks in seen.looks.values() for time, each in looks}
    for looks in seen.looks.values():
        for time, each in looks:
            last[each] = max(time, last[each])
    since = AS_OF - timedelta(days=IN_SERVICE_DAYS)
    away = {each: time for each, time in last.items() if each not in seen.served}
    trust = Counter[Trust](
        "public" if each.certificate.is_public else "private" if each.certificate.authority else "self-signed"
        for each in seen.known
    )
    numbers = sorted(len(places) for places in seen.served.values())
    return Holdings(
        trust=dict(trust),
        withdrawn=fingerprints(each for each, time in away.items() if time >= since),
        stale=fingerprints(each for each, time in away.items() if time < since),
        expired=sum(each.issue.not_after < AS_OF for each in seen.known),
        live=sum(each.issue.not_after >= AS_OF for each in seen.live),
        endpoints=len(seen.recent),
        most_endpoints=numbers[-1],
        most_of_95=numbers[ceil(0.95 * len(numbers)) - 1],
    )
