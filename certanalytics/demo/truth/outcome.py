"""What scans and logs could know of a world at `AS_OF`: what every part of the truth is worked out from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from certanalytics.demo.authorities import NORTHGATE
from certanalytics.demo.clock import AS_OF, IN_SERVICE_DAYS, INTERNAL_SCANS, PCI_SCAN, PUBLIC_SCANS
from certanalytics.demo.company import Endpoint, Zone
from certanalytics.demo.looks import PCI_SCOPE
from certanalytics.demo.naming import by_fingerprint
from certanalytics.demo.world import Issued, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was seen.

    Attributes:
        world: Everything there is to know.
        observed: Every certificate a scan saw.
        known: Every certificate in scans or logs.
        recent: What each endpoint serves, by the latest scan inside the freshness window.
        live: What is in service, in the order of fingerprints.
        served: The endpoints of each certificate in service.
        looks: What each endpoint served at each look of a scan, oldest first, by place.
        recorded: What a manager, the portal, Caddy or the load balancer keeps a record of.
        inventoried: That, and what the ownership list names by fingerprint.
    """

    world: World
    observed: frozenset[Issued]
    known: tuple[Issued, ...]
    recent: dict[str, Issued]
    live: tuple[Issued, ...]
    served: dict[Issued, tuple[Endpoint, ...]]
    looks: dict[str, list[tuple[datetime, Issued]]]
    recorded: frozenset[Issued]
    inventoried: frozenset[Issued]

    @property
    def places(self) -> dict[Issued, tuple[str, ...]]:
        """Host (or address) and port of each certificate in service."""
        return {each: tuple(sorted(endpoint.place for endpoint in self.served[each])) for each in self.live}


def outcome(world: World) -> Outcome:
    """Look at a world with the eyes of its scans and logs."""
    observed: set[Issued] = set()
    last = {}
    looks: dict[str, list[tuple[datetime, Issued]]] = defaultdict(list)
    scans: tuple[tuple[Zone, tuple[datetime, ...]], ...] = (("public", PUBLIC_SCANS), ("internal", INTERNAL_SCANS))
    for zone, starts in scans:
        for start in starts:
            for endpoint, each in world.served(zone, start):
                observed.add(each)
                last[endpoint.place] = (start, endpoint, each)
                looks[endpoint.place].append((start, each))
    for endpoint, each in world.served("public", PCI_SCAN):
        if each.issue.deployment.service.label in PCI_SCOPE:
            looks[endpoint.place].append((PCI_SCAN, each))
    recent = {place: seen for place, seen in last.items() if seen[0] >= AS_OF - timedelta(days=IN_SERVICE_DAYS)}
    served: dict[Issued, list[Endpoint]] = defaultdict(list)
    for _, endpoint, each in recent.values():
        served[each].append(endpoint)
    recorded = frozenset(_recorded(world))
    return Outcome(
        world=world,
        observed=frozenset(observed),
        # a few internal certificates came and went before the first scan
        known=tuple(each for each in world.issued if each in observed or each.certificate.precertificate),
        recent={place: each for place, (_, _, each) in recent.items()},
        live=tuple(sorted(served, key=lambda each: each.certificate.sha256)),
        served={each: tuple(endpoints) for each, endpoints in served.items()},
        looks=dict(looks),
        recorded=recorded,
        inventoried=recorded.union(_listed(world)),
    )


def _recorded(world: World) -> Iterator[Issued]:
    newest = {each.issue.deployment: each for each in world.issued}
    for each in world.issued:
        deployment = each.issue.deployment
        is_managed = deployment.management is not None and each.issue.is_served(AS_OF)
        if is_ordered(each) or is_managed or (deployment.balanced_at and newest[deployment] is each):
            yield each


def is_ordered(each: Issued) -> bool:
    """Whether the portal has an order for a certificate: not of one that was bought outside of the account."""
    return each.certificate.ca_owner == NORTHGATE and each.issue.deployment.trace.is_on_account


def _listed(world: World) -> Iterator[Issued]:
    """What stands in the ownership list by its fingerprint: some appliances, and what servers of several owners share.

    Of the latter only what is in service.
    """
    appliances = by_fingerprint(world.deployments)
    for each in world.issued:
        deployment = each.issue.deployment
        if deployment in appliances or (deployment.guests and each.issue.is_served(AS_OF)):
            yield each


def registered_domain(name: str) -> str:
    """What somebody registered of a name below ``.example``: its last two labels."""
    return ".".join(name.split(".")[-2:])


def successors(known: Iterable[Issued]) -> dict[Issued, Issued]:
    """What followed each certificate: the same names, begun later and at most 30 days after its end."""
    by_names: dict[tuple[str, ...], list[Issued]] = defaultdict(list)
    for each in known:
        by_names[tuple(sorted(each.certificate.request.names))].append(each)
    found = {}
    for group in by_names.values():
        for old in group:
            latest = old.issue.not_after + timedelta(days=30)
            later = [new for new in group if old.issue.not_before < new.issue.not_before <= latest]
            if later:
                found[old] = min(later, key=lambda each: each.issue.not_before)
    return found


def fingerprints(issued: Iterable[Issued]) -> tuple[str, ...]:
    """Certificates as the truth names them: SHA-256, in order."""
    return tuple(sorted(each.certificate.sha256 for each in issued))
