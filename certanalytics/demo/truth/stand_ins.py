"""For which certificates another CA could stand in at once: who has what from whom, and what CAA lets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from certanalytics.demo.clock import AS_OF
from certanalytics.demo.faults.transparency import PAYMENTS_ZONE, ZONE
from certanalytics.demo.policy import PARAMETERS
from certanalytics.demo.truth.outcome import Outcome, fingerprints, registered_domain
from certanalytics.demo.truth.statements import Statements, called, is_there, owner_of
from certanalytics.demo.world import Issued


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIns:
    """Of public certificates in service, by what may be used.

    Attributes:
        approved: CA owners that may be used.
        approved_certificates: Issued by one of them.
        second: How many have an owner who holds a valid certificate of another of them.
        no_second: Whose owner holds none.
        second_not_told: How many have no owner, one who has left, or one of whom it hangs on a CA nobody said is
            approved.
        ready: How many of the first could be replaced now: CAA lets anyone issue.
        not_ready: Those that could not: no second CA, or CAA lets nobody issue.
        critical_ready: The same of critical services.
        critical_not_ready: The same of critical services.
    """

    approved: tuple[str, ...]
    approved_certificates: int
    second: int
    no_second: tuple[str, ...]
    second_not_told: int
    ready: int
    not_ready: tuple[str, ...]
    critical_ready: int
    critical_not_ready: tuple[str, ...]


class Held:
    """Of which CAs each owner holds valid public certificates, in service or not.

    Attributes:
        recorded: CA owners of whose valid public certificates anybody keeps a record.
        listed: Those that the group's policy names.
    """

    def __init__(self, seen: Outcome, said: Statements) -> None:
        valid = [each for each in seen.known if each.certificate.is_public and each.issue.not_after >= AS_OF]
        self._by_owner: dict[str | None, set[str]] = defaultdict(set)
        for each in valid:
            self._by_owner[_owner(said, each)].add(each.certificate.ca_owner)
        self._owners = {each: _owner(said, each) for each in seen.live if each.certificate.is_public}
        self.recorded = {each.certificate.ca_owner for each in valid if each in seen.recorded}
        named = PARAMETERS["approved_public_cas"]
        self.listed = set(named) if isinstance(named, tuple) else set()

    def second(self, approved: set[str], *, is_whole: bool) -> dict[Issued, bool | None]:
        """Whether the owner of each public certificate in service has one of a second CA that may be used.

        Of CAs beside those ``approved`` nobody says whether they may, unless that is the whole of it.
        """
        found: dict[Issued, bool | None] = {}
        for each, owner in self._owners.items():
            others = self._by_owner[owner] - {each.certificate.ca_owner} if owner else set()
            is_told = owner is not None and (is_whole or not others)
            found[each] = True if others & approved else False if is_told else None
        return found


def stand_ins(held: Held, approved: set[str], *, is_whole: bool) -> StandIns:
    """Judge public certificates in service by what may be used."""
    second = held.second(approved, is_whole=is_whole)
    ready = [each for each, has in second.items() if has and _caa(each) == "open"]
    not_ready = [
        each
        for each, has in second.items()
        if (has is False and _is_zone_known(each)) or (has and _caa(each) == "closed")
    ]
    return StandIns(
        approved=tuple(sorted(approved)),
        approved_certificates=sum(each.certificate.ca_owner in approved for each in second),
        second=sum(has is True for has in second.values()),
        no_second=fingerprints(each for each, has in second.items() if has is False),
        second_not_told=sum(has is None for has in second.values()),
        ready=len(ready),
        not_ready=fingerprints(not_ready),
        critical_ready=sum(map(is_critical, ready)),
        critical_not_ready=fingerprints(each for each in not_ready if is_critical(each)),
    )


def is_critical(each: Issued) -> bool:
    """Whether it is for a critical service."""
    return each.issue.deployment.service.criticality == "critical"


def _owner(said: Statements, each: Issued) -> str | None:
    """Who answers for a certificate and is still there."""
    owner = owner_of(said.of(each))
    return called(owner) if owner and is_there(owner) is not False else None


def _caa(each: Issued) -> Literal["open", "closed", "cannot tell"]:
    """What the zones let others issue for the names of a certificate now.

    The zone of the payments unit names CAs of which nobody can tell that they are these; that of the festival is not at
    hand.
    """
    closed = each.issue.deployment.closed
    if any(registered_domain(name) != ZONE for name in each.certificate.request.names):
        return "cannot tell"
    if closed is None:
        return "open"
    return "cannot tell" if closed.by == "away" else "closed"


def _is_zone_known(each: Issued) -> bool:
    closed = each.issue.deployment.closed
    is_away = closed is not None and closed.by == "away"
    return not is_away and {registered_domain(name) for name in each.certificate.request.names} <= {ZONE, PAYMENTS_ZONE}
