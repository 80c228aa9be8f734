"""What scans and logs could know of a world at `AS_OF`: what every part of the truth is worked out from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from certanalytics.demo.clock import AS_OF, IN_SERVICE_DAYS, INTERNAL_SCANS, PUBLIC_SCANS
from certanalytics.demo.company import Endpoint, Zone
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
    """

    world: World
    observed: frozenset[Issued]
    known: tuple[Issued, ...]
    recent: dict[str, Issued]
    live: tuple[Issued, ...]
    served: dict[Issued, tuple[Endpoint, ...]]

    @property
    def places(self) -> dict[Issued, tuple[str, ...]]:
        """Host (or address) and port of each certificate in service."""
        return {each: tuple(sorted(endpoint.place for endpoint in self.served[each])) for each in self.live}


def outcome(world: World) -> Outcome:
    """Look at a world with the eyes of its scans and logs."""
    observed: set[Issued] = set()
    last = {}
    scans: tuple[tuple[Zone, tuple[datetime, ...]], ...] = (("public", PUBLIC_SCANS), ("internal", INTERNAL_SCANS))
    for zone, starts in scans:
        for start in starts:
            for endpoint, each in world.served(zone, start):
                observed.add(each)
                last[endpoint.place] = (start, endpoint, each)
    recent = {place: seen for place, seen in last.items() if seen[0] >= AS_OF - timedelta(days=IN_SERVICE_DAYS)}
    served: dict[Issued, list[Endpoint]] = defaultdict(list)
    for _, endpoint, each in recent.values():
        served[each].append(endpoint)
    return Outcome(
        world=world,
        observed=frozenset(observed),
        # a few internal certificates came and went before the first scan
        known=tuple(each for each in world.issued if each in observed or each.certificate.is_public),
        recent={place: each for place, (_, _, each) in recent.items()},
        live=tuple(sorted(served, key=lambda each: each.certificate.sha256)),
        served={each: tuple(endpoints) for each, endpoints in served.items()},
    )


def fingerprints(issued: Iterable[Issued]) -> tuple[str, ...]:
    """Certificates as the truth names them: SHA-256, in order."""
    return tuple(sorted(each.certificate.sha256 for each in issued))
