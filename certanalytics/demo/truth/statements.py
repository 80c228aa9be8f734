"""What the organisation says of each certificate: who owns it and which service it is for, by the closest statement.

The ownership list names services by pattern, some servers by name and some appliances by fingerprint; the configuration
database names servers; orders name a technical contact. Closest is a statement of the certificate itself, then of a
server or name, then of a pattern, last an order. The closest that names anybody counts; of equally close ones who is
still there stands before who is not, a person before a team, somebody the directory knows before others, then the name
decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import groupby
from typing import Literal, NamedTuple

from certanalytics.demo.clock import AS_OF
from certanalytics.demo.company import Company, Person, Service, Team
from certanalytics.demo.deployments import Deployment
from certanalytics.demo.naming import by_fingerprint, registered
from certanalytics.demo.truth.outcome import Outcome, is_ordered
from certanalytics.demo.world import Issued

Party = Person | Team | str
"""A person, a team, or an address that no directory knows."""
System = Literal["list", "database", "order"]
_FINGERPRINT, _SERVER, _PATTERN, _ORDER = 1, 2, 1000, 2000
"""How far a statement is: a pattern is nearer the longer it is."""


class Statement(NamedTuple):
    """One thing a system says of one certificate, and how closely."""

    distance: int
    system: System
    owner: Party | None
    team: Team | None = None
    service: str | None = None
    environment: str | None = None
    criticality: str | None = None


def called(party: Party) -> str:
    """The name of a party."""
    return party if isinstance(party, str) else party.name


def is_there(party: Party) -> bool | None:
    """Whether a directory says that a party is active; ``None`` if none knows it."""
    return None if isinstance(party, str) else party.active


class Statements:
    """Everything that is said, of any certificate of a world."""

    def __init__(self, seen: Outcome) -> None:
        self._seen = seen
        self._world = seen.world
        self._known: dict[Issued, list[Statement]] = {}
        self._people: dict[str, Party] = {person.email: person for person in seen.world.company.people}

    @property
    def company(self) -> Company:
        """Whose certificates they are."""
        return self._world.company

    def of(self, each: Issued) -> list[Statement]:
        """What is said of one certificate, closest first."""
        if each not in self._known:
            self._known[each] = self._of(each)
        return self._known[each]

    def _of(self, each: Issued) -> list[Statement]:
        deployment = each.issue.deployment
        service, naming = deployment.service, deployment.naming
        at = {endpoint.host: one for one in (deployment, *deployment.guests) for endpoint in one.endpoints}
        # a scan shows which servers have a certificate; of others the names must do, and a wildcard is no server's
        servers = self._seen.served.get(each) or [end for end in deployment.places if end.host in deployment.names]
        found = []
        if deployment in self._by_fingerprint or (deployment.guests and each.issue.is_served(AS_OF)):
            found.append(_listed(_FINGERPRINT, service, deployment.endpoints[0].environment.capitalize()))
        if naming and naming.listed:
            owner = self._people.get(naming.listed.owner_email, naming.listed.owner_email or None)
            environment, criticality = servers[0].environment.capitalize(), naming.listed.criticality or None
            found.append(Statement(_SERVER, "list", owner, None, naming.listed.service, environment, criticality))
        if deployment in self._listed_by_name:
            found.append(_listed(_SERVER, service, deployment.endpoints[0].environment.capitalize()))
        for host, endpoint in sorted((end.host, end) for end in servers if end.host in self._world.in_database):
            owner, team = registered(at[host])
            found.append(Statement(_SERVER, "database", owner, team, None, endpoint.environment.capitalize()))
        covering = {one.service for one in at.values() if one.service.owner and _is_below(one.service, deployment)}
        for far, one in sorted(((_PATTERN - len(one.domain), one) for one in covering), key=lambda pair: pair[0]):
            found.append(_listed(far, one, None))
        if is_ordered(each):
            found.append(Statement(_ORDER, "order", (naming and naming.contact) or service.owner))
        return found

    @cached_property
    def _by_fingerprint(self) -> list[object]:
        return list(by_fingerprint(self._world.deployments))

    @cached_property
    def _listed_by_name(self) -> set[object]:
        """The deployments of which the list has the name of the server: those of extended validation."""
        return {
            each.issue.deployment
            for each in self._world.issued
            if each.issue.deployment.fleet.name == "portal-ev" and each.issue.is_served(AS_OF)
        }


def _is_below(service: Service, deployment: Deployment) -> bool:
    """Whether the pattern of a service covers one of the names of a certificate."""
    return any(name.endswith(f".{service.domain}") for name in deployment.names)


def _listed(distance: int, service: Service, environment: str | None) -> Statement:
    """A row of the list that says what it says of the service."""
    return Statement(distance, "list", service.owner, service.team, service.title, environment, service.criticality)


def owner_of(statements: Iterable[Statement]) -> Party | None:
    """Who owns a certificate by what is said of it, closest first, whether still there or not."""
    for _, close in groupby(statements, key=lambda statement: statement.distance):
        named = [
            (is_there(party) is False, part, is_there(party) is None, called(party), party)
            for statement in close
            for part, party in enumerate((statement.owner, statement.team))
            if party
        ]
        if named:
            return min(named, key=lambda candidate: candidate[:4])[-1]
    return None


def active_owner_of(statements: Iterable[Statement]) -> Party | None:
    """The same, but nobody where that owner has left."""
    owner = owner_of(statements)
    return None if owner is None or is_there(owner) is False else owner
