"""What was looked at, and what was not."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from certanalytics.demo.clock import AS_OF, IN_SERVICE_DAYS, INTERNAL_SCANS, PUBLIC_SCANS
from certanalytics.demo.company import Zone
from certanalytics.demo.truth.outcome import Outcome, registered_domain
from certanalytics.demo.world import Issued

_WINDOW = AS_OF - timedelta(days=IN_SERVICE_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageTruth:
    """Certificates are given by SHA-256.

    Attributes:
        ghosts: Valid, set up in the load balancer and presented nowhere; and whether a scan reached the place.
        looked_at: Networks (the first three numbers of an address), and the last look at any endpoint there, which may
            have been refused; ``None`` if servers stand there that no scan tried.
        endpoints: Endpoints that scans tried.
        stale_endpoints: Those of them tried longer ago than 45 days.
        histories: Valid public certificates of domains that logs, scans and managers all cover, but for those known
            not to be in service, by where they are known from: ``inventory``, ``scan``, ``log``, joined by ``+``.
        critical: Critical services by title, and from where any of their valid certificates is known.
    """

    ghosts: dict[str, bool]
    looked_at: dict[str, datetime | None]
    endpoints: int
    stale_endpoints: int
    histories: dict[str, int]
    critical: dict[str, tuple[str, ...]]


def coverage(seen: Outcome) -> CoverageTruth:
    """Work it out from what scans, logs and managers could know."""
    tried = _tried(seen)
    networks: dict[str, datetime | None] = {}
    for deployment in seen.world.deployments:
        # the database knows every server that is out of reach, and of other networks some were looked at
        for endpoint in deployment.endpoints:
            network = endpoint.ip.rpartition(".")[0]
            times = [time for time in (tried.get(endpoint.place), networks.get(network)) if time]
            networks[network] = max(times, default=None)
    return CoverageTruth(
        ghosts={
            each.certificate.sha256: any(endpoint.place in seen.recent for endpoint in deployment.balanced_at)
            for each in seen.world.issued
            if each in seen.recorded
            and (deployment := each.issue.deployment).balanced_at
            and each not in seen.served
            and each.issue.not_after >= AS_OF
            and (not deployment.endpoints or each.issue.is_served(AS_OF))
        },
        looked_at=dict(sorted(networks.items())),
        endpoints=len(tried),
        stale_endpoints=sum(time < _WINDOW for time in tried.values()),
        histories=_histories(seen),
        critical=_critical(seen),
    )


def _tried(seen: Outcome) -> dict[str, datetime]:
    """When each endpoint was last looked at."""
    tried = {place: looks[-1][0] for place, looks in seen.looks.items()}
    scans: tuple[tuple[Zone, tuple[datetime, ...]], ...] = (("public", PUBLIC_SCANS), ("internal", INTERNAL_SCANS))
    for zone, starts in scans:
        for start in starts:
            for endpoint in seen.world.gone(zone, start):
                tried[endpoint.place] = max(start, tried.get(endpoint.place, start))
    return tried


def _histories(seen: Outcome) -> dict[str, int]:
    reached = {place.rpartition(":")[0] for place in seen.recent}
    scans: tuple[tuple[Zone, tuple[datetime, ...]], ...] = (("public", PUBLIC_SCANS), ("internal", INTERNAL_SCANS))
    for zone, starts in scans:
        for start in (start for start in starts if start >= _WINDOW):
            reached |= {endpoint.place.rpartition(":")[0] for endpoint in seen.world.refusing(zone, start)}
    known = seen.known
    covered = _covered(seen, known)
    presented = {each.certificate.request.names for each in seen.live}
    counts: Counter[str] = Counter()
    for each in known:
        names = each.certificate.request.names
        is_live = each in seen.served
        is_out = not is_live and (names in presented or reached.issuperset(names))
        is_valid = each.certificate.is_public and each.issue.not_after >= AS_OF
        if is_valid and not is_out and any(registered_domain(name) in covered for name in names):
            places = {
                "inventory": each in seen.inventoried,
                "scan": is_live,
                "log": each.certificate.precertificate is not None,
            }
            counts["+".join(place for place, there in places.items() if there)] += 1
    return dict(sorted(counts.items()))


def _critical(seen: Outcome) -> dict[str, tuple[str, ...]]:
    kinds: dict[str, set[str]] = defaultdict(set)
    for each in (each for each in seen.world.issued if each.issue.not_after >= AS_OF):
        service = each.issue.deployment.service
        if service.criticality == "critical":
            kinds[service.title] |= {"log"} if each.certificate.precertificate else set()
            kinds[service.title] |= {"scan"} if each in seen.observed else set()
            kinds[service.title] |= {"inventory"} if each in seen.inventoried else set()
    return {title: tuple(sorted(known)) for title, known in sorted(kinds.items())}


def _covered(seen: Outcome, known: tuple[Issued, ...]) -> set[str]:
    """Domains of which logs and managers hold a certificate, and scans lately looked at a host."""
    domains: dict[str, set[str]] = defaultdict(set)
    for each in known:
        for name in each.certificate.request.names:
            domain = registered_domain(name)
            domains["log"] |= {domain} if each.certificate.precertificate else set()
            domains["inventory"] |= {domain} if each in seen.inventoried else set()
            domains["scan"] |= {domain} if each in seen.served else set()
    return domains["log"] & domains["inventory"] & domains["scan"]
