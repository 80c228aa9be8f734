"""Who answers for what is in service, how many people that rests on, and whose keys were never changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from certanalytics.demo.clock import AS_OF, DIRECTORY_EXPORTS
from certanalytics.demo.company import Person
from certanalytics.demo.truth.contacts import (
    Contacts,
    Filled,
    Role,
    fewest,
    filled_roles,
    is_one_person,
    path,
    reachable,
)
from certanalytics.demo.truth.evidence import Calibration, Evidence, Proposal
from certanalytics.demo.truth.outcome import Outcome, fingerprints, is_ordered
from certanalytics.demo.truth.statements import Party, Statements, active_owner_of, called, is_there, owner_of
from certanalytics.demo.world import Issued

_WEIGHTS = {"critical": 4, "high": 3, "medium": 2, "low": 1}
_QUARTER = 365.25 / 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What lies on one owner: certificates, those of critical services, and the renewals they ask for in a quarter."""

    certificates: int
    critical: int
    renewals_per_quarter: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaverKey:
    """Whether the key of a certificate was changed since somebody named for it left."""

    certificate: str
    name: str
    verdict: Literal["not changed", "changed", "cannot tell"]
    days_since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipTruth:
    """What is true of owners and contacts; parties by name, or by address where no directory knows them.

    Attributes:
        unconfirmed: In service, and no directory knows the owner.
        conflicts: Two systems name different owners.
        roles: How the roles are filled of which anything is told.
        all_left: Every contact has left.
        some_left: Some contact has.
        one_person: One person alone can be reached.
        critical_without_contact: For a critical service, and no contact is known to be there.
        bus_factor: The fewest parties whose loss leaves more than half of the critical ones without a contact.
        bus_factor_of: These parties.
        loads: What lies on each owner.
        weighted_risk: Share without a valid owner, weighted by criticality.
        escalates: An active manager stands above those named.
        dead_ends: Everybody on the path has left, or nobody is on it.
        unclear_paths: Nobody on the path is known to be there, and of somebody it cannot be told.
        leaver_keys: Every certificate and person who left.
        self_approved: Orders not ended that were approved by whoever ordered, by certificate.
        proposals: Whom evidence proposes where nobody is there.
        calibration: How good such proposals are where the owner is known.
    """

    unconfirmed: tuple[str, ...]
    conflicts: tuple[str, ...]
    roles: dict[Role, Filled]
    all_left: tuple[str, ...]
    some_left: tuple[str, ...]
    one_person: tuple[str, ...]
    critical_without_contact: tuple[str, ...]
    bus_factor: int
    bus_factor_of: tuple[str, ...]
    loads: dict[str, Load]
    weighted_risk: float
    escalates: int
    dead_ends: int
    unclear_paths: int
    leaver_keys: tuple[LeaverKey, ...]
    self_approved: tuple[str, ...]
    proposals: tuple[Proposal, ...]
    calibration: Calibration


def ownership_truth(seen: Outcome, said: Statements) -> OwnershipTruth:
    """Work out who answers for what, by the definitions of the analyses of ownership."""
    named = {each: owner_of(said.of(each)) for each in seen.live}
    owners = {each: active_owner_of(said.of(each)) for each in seen.live}
    contacts = {each: Contacts(said, each) for each in seen.live}
    parties = {each: held.parties for each, held in contacts.items()}
    critical = [each for each in seen.live if each.issue.deployment.service.criticality == "critical"]
    lost = fewest([{party for party in parties[each] if is_there(party)} for each in critical])
    paths = {each: list(path(parties[each], seen.world.company)) for each in seen.live}
    answered = {each: any(is_there(party) for _, party in way) for each, way in paths.items()}
    unanswered = [each for each in seen.live if not answered[each]]
    unclear = [each for each in unanswered if any(is_there(party) is None for _, party in paths[each])]
    evidence = Evidence(seen, said)
    return OwnershipTruth(
        unconfirmed=fingerprints(each for each, owner in owners.items() if isinstance(owner, str)),
        conflicts=fingerprints(each for each, held in contacts.items() if held.conflict),
        roles=filled_roles(contacts),
        all_left=fingerprints(each for each, held in parties.items() if held and not reachable(held)),
        some_left=fingerprints(each for each, held in parties.items() if len(reachable(held)) < len(held)),
        one_person=fingerprints(each for each, held in parties.items() if is_one_person(reachable(held))),
        critical_without_contact=fingerprints(
            each for each in critical if not any(is_there(party) for party in parties[each])
        ),
        bus_factor=len(lost),
        bus_factor_of=tuple(sorted(map(called, lost))),
        loads=_loads(owners),
        weighted_risk=_weighted_risk(said, named),
        escalates=sum(any(step >= 3 and is_there(party) for step, party in way) for way in paths.values()),
        dead_ends=len(unanswered) - len(unclear),
        unclear_paths=len(unclear),
        leaver_keys=tuple(_leaver_keys(seen, parties)),
        self_approved=fingerprints(each for each in seen.world.issued if _is_self_approved(each)),
        proposals=evidence.proposals(),
        calibration=evidence.calibration(),
    )


def _is_self_approved(each: Issued) -> bool:
    naming = each.issue.deployment.naming
    is_open = each.issue.not_after >= AS_OF
    return naming is not None and naming.approves_own and is_open and is_ordered(each)


def _loads(owners: Mapping[Issued, Party | None]) -> dict[str, Load]:
    by_owner: dict[str, list[Issued]] = defaultdict(list)
    for each, owner in owners.items():
        if owner:
            by_owner[called(owner)].append(each)
    return {
        owner: Load(
            certificates=len(held),
            critical=sum(each.issue.deployment.service.criticality == "critical" for each in held),
            renewals_per_quarter=sum(_QUARTER / _days_between(each) for each in held),
        )
        for owner, held in sorted(by_owner.items(), key=lambda item: (-len(item[1]), item[0]))
    }


def _days_between(each: Issued) -> float:
    """Days from one renewal to the next: two thirds of the lifetime, half of one of up to ten days."""
    days = (each.issue.not_after - each.issue.not_before).total_seconds() / 86400
    return days / 2 if days <= 10 else days * (1 - 0.3333333333)


def _weighted_risk(said: Statements, named: Mapping[Issued, Party | None]) -> float:
    states = Counter[tuple[int, bool | None]]()
    for each, owner in named.items():
        criticality = next((one.criticality for one in said.of(each) if one.criticality), None)
        if criticality:
            states[_WEIGHTS[criticality], False if owner is None else is_there(owner)] += 1
    inactive = sum(owner is not None and is_there(owner) is False for owner in named.values())
    known = sum(owner is not None and is_there(owner) is not None for owner in named.values())
    missing = {True: 0.0, False: 1.0, None: inactive / known}
    whole = sum(weight * number for (weight, _), number in states.items())
    return sum(weight * number * missing[there] for (weight, there), number in states.items()) / whole


def _leaver_keys(seen: Outcome, parties: Mapping[Issued, set[Party]]) -> Iterator[LeaverKey]:
    since: dict[str, datetime] = {}
    for each in seen.known:
        key = each.certificate.request.key.spki_sha256
        since[key] = min(each.issue.not_before, since.get(key, each.issue.not_before))
    for each, held in parties.items():
        for person in sorted((one for one in held if isinstance(one, Person) and one.left), key=called):
            looks = (*DIRECTORY_EXPORTS, AS_OF)
            left_by = next(time for time in looks if not person.was_active(time))
            last_there = max([person.last_login, *(time for time in looks if person.was_active(time))])
            key_since = since[each.certificate.request.key.spki_sha256]
            yield LeaverKey(
                certificate=each.certificate.sha256,
                name=person.name,
                verdict="not changed"
                if key_since <= last_there
                else "changed"
                if key_since > left_by
                else "cannot tell",
                days_since=(AS_OF - left_by).days,
            )
