"""Who can be reached about what is in service: by role, on the way up, and how few have to be lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, count
from typing import Literal

from certanalytics.demo.company import Company, Person, Team
from certanalytics.demo.truth.outcome import is_ordered
from certanalytics.demo.truth.statements import Party, Statements, System, called, is_there
from certanalytics.demo.world import Issued

Role = Literal["accountable", "technical", "approver"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """How one role is filled: by somebody who has not left, by somebody a directory calls active, by leavers alone."""

    filled: int
    verified: int
    left: int


class Contacts:
    """Who is named for one certificate, by role and system; of each system what it says most closely in that role."""

    def __init__(self, said: Statements, each: Issued) -> None:
        self.by_role: dict[Role, dict[System, set[Party]]] = {"accountable": {}, "technical": {}, "approver": {}}
        closest: dict[tuple[Role, System], int] = {}
        for statement in said.of(each):
            person: Role = "technical" if statement.system == "order" else "accountable"
            group: Role = "technical" if statement.system == "database" else "accountable"
            for role, party in ((person, statement.owner), (group, statement.team)):
                if party and closest.setdefault((role, statement.system), statement.distance) == statement.distance:
                    self.by_role[role].setdefault(statement.system, set()).add(party)
        if is_ordered(each):
            self.by_role["approver"] = {"order": {_approver(each, said.company)}}

    @property
    def parties(self) -> set[Party]:
        """Everybody named as contact; who approved is none."""
        return {one for role, of in self.by_role.items() if role != "approver" for held in of.values() for one in held}

    @property
    def conflict(self) -> bool:
        """Whether two systems name different parties of one kind in one role, all of whom a directory knows."""
        return any(
            not (first & second) and _kinds(first) == _kinds(second) != {str} and str not in _kinds(first)
            for role, of in self.by_role.items()
            if role != "approver"
            for first, second in combinations(of.values(), 2)
        )


def _kinds(parties: set[Party]) -> set[type]:
    return {type(party) for party in parties}


def _approver(each: Issued, company: Company) -> Person:
    deployment = each.issue.deployment
    if deployment.naming and deployment.naming.approves_own and deployment.service.owner:
        return deployment.service.owner
    return next(team.manager for team in company.teams if team.name == f"{deployment.service.unit} Operations")


def reachable(parties: set[Party]) -> set[Party]:
    """Those who have not left, as far as directories say."""
    return {party for party in parties if is_there(party) is not False}


def is_one_person(parties: set[Party]) -> bool:
    """Whether it is one party, and a person."""
    return len(parties) == 1 and isinstance(next(iter(parties)), Person)


def filled_roles(contacts: Mapping[Issued, Contacts]) -> dict[Role, Filled]:
    """How each role is filled."""
    found: dict[Role, Filled] = {}
    roles: tuple[Role, ...] = ("accountable", "technical", "approver")
    for role in roles:
        held = [_together(contact.by_role[role].values()) for contact in contacts.values()]
        found[role] = Filled(
            filled=sum(bool(reachable(parties)) for parties in held),
            verified=sum(any(is_there(party) for party in parties) for parties in held),
            left=sum(bool(parties) and not reachable(parties) for parties in held),
        )
    return found


def fewest(contacts: list[set[Party]]) -> tuple[Party, ...]:
    """The fewest whose loss strands more than half, found by trying; of equals those that strand most."""
    everybody = sorted(_together(contacts), key=called)
    for number in count():
        stranded = {lost: sum(held <= set(lost) for held in contacts) for lost in combinations(everybody, number)}
        best = max(stranded, key=lambda lost: stranded[lost])
        if 2 * stranded[best] > len(contacts):
            return best
    raise AssertionError("all of them together strand everything")


def _together(several: Iterable[set[Party]]) -> set[Party]:
    return {party for parties in several for party in parties}


def path(named: set[Party], company: Company) -> Iterator[tuple[int, Party]]:
    """Who is asked, and in which step first: those named, teams, managers of these, and theirs."""
    managers = _managers(named, company)
    teams: set[Party] = {party for party in named if isinstance(party, Team)}
    steps: tuple[set[Party], ...] = (named - teams, teams, managers, _managers(managers, company))
    asked: set[Party] = set()
    for step, parties in enumerate(steps, start=1):
        yield from ((step, party) for party in parties - asked)
        asked |= parties


def _managers(parties: set[Party], company: Company) -> set[Party]:
    of_teams = {party.manager for party in parties if isinstance(party, Team)}
    return {
        *of_teams,
        *(company.managers[one] for one in parties if isinstance(one, Person) and one in company.managers),
    }
