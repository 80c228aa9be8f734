"""Who is named where for what: as the service has it, unless a fault has it otherwise for one deployment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from certanalytics.demo.company import Person, Team

if TYPE_CHECKING:
    from certanalytics.demo.deployments import Deployment

COVERAGE = 0.85
"""Share of the servers that the configuration database knows."""
BY_FINGERPRINT = 6
"""Appliances that the ownership list names by the fingerprint of their certificate, and the database does not know."""


class Registered(NamedTuple):
    """Whom the configuration database names for a server."""

    owner: Person | None
    team: Team | None


class Listed(NamedTuple):
    """What a row of its own in the ownership list says of a server: no team, as such rows were added by hand."""

    owner_email: str
    service: str
    criticality: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What sources say of one deployment, where that is not what its service says.

    Attributes:
        registered: Whom the configuration database names.
        is_unregistered: The configuration database does not know its servers.
        listed: The row of its servers in the ownership list.
        contact: The technical contact of its orders.
        approves_own: Whoever ordered its certificates approved that too.
        answers: Who really answers for it, where no list says so.
    """

    registered: Registered | None = None
    is_unregistered: bool = False
    listed: Listed | None = None
    contact: Person | None = None
    approves_own: bool = False
    answers: Person | None = None


def registered(deployment: Deployment) -> Registered:
    """Whom the configuration database names for the servers of a deployment that it knows."""
    naming, service = deployment.naming, deployment.service
    return (naming and naming.registered) or Registered(service.owner, service.team)


def by_fingerprint(deployments: Iterable[Deployment]) -> list[Deployment]:
    """The appliances that the ownership list knows by fingerprint."""
    return [each for each in deployments if each.fleet.practice == "appliance"][:BY_FINGERPRINT]


def in_database(rng: Random, deployments: list[Deployment]) -> frozenset[str]:
    """The hosts that the configuration database knows: most, and all of appliances and of those without an owner."""
    unknown = by_fingerprint(deployments)
    found = set()
    for each in deployments:
        if each in unknown or not each.service.is_registered or (each.naming and each.naming.is_unregistered):
            continue
        is_complete = each.fleet.practice == "appliance" or each.service.owner is None or each.naming is not None
        is_complete |= each.trace.out_of_reach is not None
        found |= {endpoint.host for endpoint in each.endpoints if is_complete or rng.random() < COVERAGE}
    return frozenset(found)
