"""What would fail together, and where no second CA could step in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from certanalytics.demo.company import Company
from certanalytics.demo.deployments import Closed, Deployment, Network
from certanalytics.demo.faults.pool import Pool

ONE_CA = {"acme": 4}
"""Servers of same-day dispatch, critical since autumn: its team knows one CA, the automatic one, and no other."""
SECOND_NOT_APPROVED = {"acme": 3, "ostrava": 1}
"""Servers of click and collect: the only other CA its owner has a certificate of is the one that was never approved."""
SHUT = 1
"""Servers of the storefront, critical, whose name security closed to every CA after an alarm. It turned out to be none,
and nobody opened the name again."""
_SHUT = datetime.fromisoformat("2026-11-18T16:30:00")

OTHER_ACCOUNT, OF_FLEET = 2207, "acme-early"
"""The account of a contractor, with which he set up the second gateway; the first has the group's own."""

_FROM = ("mobile-api", "catalog", "loyalty", "campaigns", "tracking", "carriers")
"""Services that gave the young ones a server or two."""


def plant(pool: Pool, deployments: list[Deployment], company: Company, network: Network) -> None:
    """Move servers to the young services, close a name, and tell accounts apart."""
    for label, fleets in (("dispatch", ONE_CA), ("collect", SECOND_NOT_APPROVED)):
        service = company.service(label)
        for fleet, number in fleets.items():
            for each in pool.take(fleet, number, of=_FROM):
                host = network.name("app", service.domain)
                each.service, each.predecessor = service, None
                each.endpoints, each.names = (each.endpoints[0].renamed(host),), (host,)
    for each in pool.take("acme", SHUT, of=("storefront",)):
        each.closed = Closed(since=_SHUT, by="issue")
    for each in deployments:
        if each.management and each.management.system == "caddy" and each.fleet.name == OF_FLEET:
            each.management = replace(each.management, account=OTHER_ACCOUNT)
