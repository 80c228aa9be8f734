"""What nobody looks at: networks scanners are not let in to, and certificates set up where they are not served."""

from __future__ import annotations

from datetime import datetime

from certanalytics.demo.clock import HISTORY_START
from certanalytics.demo.company import Company, Endpoint, Zone
from certanalytics.demo.deployments import Deployment, Network, Trace
from certanalytics.demo.faults.pool import Pool

BALANCED = 5
"""Deployments before which the load balancer stands, which is set up as it should be."""

GHOST = 1
"""Certificates the load balancer is set up to serve at an address where a server of another name answers today."""

RECOVERY_NETWORK, RECOVERY_SERVERS = "198.18.99", 1
"""The recovery site: the load balancer is set up to serve there, and no scan was ever let in."""

PLANT_NETWORK, PLANT_SERVERS = "10.20.90", 5
"""The machines of a new plant, in the configuration database and in no scan."""

DEPOT_NETWORK, DEPOT_SERVERS = "10.20.91", 4
"""A depot whose new firewall has kept the scanner out since September."""
_DEPOT_CLOSED = datetime.fromisoformat("2026-09-02T08:00:00")


def plant(pool: Pool, deployments: list[Deployment], company: Company, network: Network) -> None:
    """Plant a load balancer and three networks; what stands in those is added."""
    balanced = pool.take("portal-ov", BALANCED)
    for each in balanced:
        each.balanced_at = each.endpoints
    (internal,) = pool.take("internal-one-year", 1)

    def added(like: Deployment, label: str, subnet: str, zone: Zone, closed: datetime) -> Deployment:
        service = company.service(label)
        number = sum(each.endpoints[0].ip.startswith(f"{subnet}.") for each in deployments if each.endpoints)
        host = network.name("srv", service.domain)
        endpoint = Endpoint(host, f"{subnet}.{10 + number}", 443, zone, "production")
        made = Deployment(
            fleet=like.fleet,
            service=service,
            names=(host,),
            endpoints=(endpoint,),
            authority=like.authority,
            key="P-256",
            since=HISTORY_START,
            trace=Trace(out_of_reach=closed),
        )
        deployments.append(made)
        return made

    for _ in range(RECOVERY_SERVERS):
        recovery = added(balanced[0], "gateway", RECOVERY_NETWORK, "public", HISTORY_START)
        recovery.balanced_at = recovery.endpoints
    for _ in range(PLANT_SERVERS):
        added(internal, "warehouse", PLANT_NETWORK, "internal", HISTORY_START)
    for _ in range(DEPOT_SERVERS):
        added(internal, "warehouse", DEPOT_NETWORK, "internal", _DEPOT_CLOSED)
    deployments.extend(_ghost(each, network) for each in pool.take("portal-ov", GHOST))


def _ghost(there: Deployment, network: Network) -> Deployment:
    """A certificate for another name, set up where a deployment answers today."""
    return Deployment(
        fleet=there.fleet,
        service=there.service,
        names=(network.name("www", there.service.domain),),
        endpoints=(),
        authority=there.authority,
        key="P-256",
        since=there.since,
        balanced_at=there.endpoints,
    )
