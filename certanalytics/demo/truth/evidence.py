"""Who probably owns what nobody is stated to own, worked out from the world; and how good such proposals are.

What certificates share speaks for whoever owns more than half of those of which an owner is stated, unless more than
five own them. Of each family the strongest kind counts; log-odds add to those of the prior, and candidates exclude one
another. A quarter of all name sets is held out: their owners are hidden, proposed, and compared.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from certanalytics.demo.truth.outcome import Outcome, is_ordered
from certanalytics.demo.truth.statements import Party, Statements, active_owner_of, called, is_there
from certanalytics.demo.world import Issued

_PRIOR = -2.944
_KINDS = {
    "same key": ("key", 5.0),
    "same names": ("names", 5.0),
    "shared name": ("names", 4.0),
    "sibling": ("names", 3.0),
    "domain": ("names", 2.0),
    "service": ("service", 4.5),
    "host": ("place", 4.0),
    "subnet": ("place", 1.5),
    "requester": ("request", 3.0),
    "account": ("request", 2.5),
}
"""Kinds of evidence: the family, and the weight in log-odds."""
_CUTOFF, _OWNERS_AT_MOST, _HELD_OUT = 0.8, 5, "0123"
BANDS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
"""Edges of the bands of probability; the last holds its upper edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Whom evidence proposes for a certificate without an active owner, and whether that is who answers for it."""

    certificate: str
    proposed: str
    probability: float
    is_right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Hidden owners by the probability of whom evidence named: how many, and how many of these were right."""

    low: float
    high: float
    proposals: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How good proposals are where the owner is known.

    Attributes:
        hidden: Certificates in service whose stated owner was hidden.
        proposed: Those of them for which the most probable party reached the cut-off.
        right: Those of these in which it was the stated owner.
        brier: Mean squared error of the probabilities.
        bands: The reliability by band.
    """

    hidden: int
    proposed: int
    right: int
    brier: float
    bands: tuple[Band, ...]


class Evidence:
    """What the certificates of a world share."""

    def __init__(self, seen: Outcome, said: Statements) -> None:
        self._seen, self._said = seen, said
        self._owners = {each: active_owner_of(said.of(each)) for each in seen.known}
        self._shared = {each: frozenset(self._shares(each)) for each in seen.known}

    def proposals(self) -> tuple[Proposal, ...]:
        """Whom evidence proposes for certificates in service without an active owner."""
        speaks = self._speaking(self._owners)
        asked = {each: self._most_probable(each, speaks) for each in self._seen.live if self._owners[each] is None}
        return tuple(
            Proposal(
                certificate=each.certificate.sha256,
                proposed=called(found[0]),
                probability=found[1],
                is_right=found[0] == self._answers(each),
            )
            for each, found in asked.items()
            if found and found[1] >= _CUTOFF
        )

    def calibration(self) -> Calibration:
        """How good they are about the owners that are known."""
        hidden = [each for each in self._seen.live if self._owners[each] and _is_held_out(each)]
        speaks = self._speaking({each: None if _is_held_out(each) else one for each, one in self._owners.items()})
        told = [
            (found[1], found[0] == self._owners[each])
            for each in hidden
            if (found := self._most_probable(each, speaks))
        ]
        sure = [is_right for probability, is_right in told if probability >= _CUTOFF]
        bands = []
        for low, high in pairwise(BANDS):
            within = [is_right for p, is_right in told if low <= p < high or p == high == BANDS[-1]]
            bands.append(Band(low=low, high=high, proposals=len(within), right=sum(within)))
        return Calibration(
            hidden=len(hidden),
            proposed=len(sure),
            right=sum(sure),
            brier=math.fsum((p - is_right) ** 2 for p, is_right in told) / len(told),
            bands=tuple(bands),
        )

    def _shares(self, each: Issued) -> Iterator[tuple[str, str]]:
        request = each.certificate.request
        yield "same key", request.key.spki_sha256
        yield "same names", " ".join(sorted(request.names))
        for name in request.names:
            domain = ".".join(name.split(".")[-2:])  # every domain of the demo is registered right below .example
            above = name.partition(".")[2]
            yield "shared name", name
            yield "domain", domain
            if len(above) > len(domain):
                yield "sibling", above
        service = next((statement.service for statement in self._said.of(each) if statement.service), None)
        if service:
            yield "service", service
        for endpoint in self._seen.served.get(each, ()):
            yield "host", endpoint.ip if endpoint.is_appliance else endpoint.host
            yield "host", endpoint.ip
            yield "subnet", endpoint.ip.rpartition(".")[0]
        if is_ordered(each) and each.issue.deployment.service.owner:
            yield "account", each.issue.deployment.service.owner.email

    def _speaking(self, owners: Mapping[Issued, Party | None]) -> dict[tuple[str, str], Party]:
        """For whom each thing that is shared speaks."""
        groups: dict[tuple[str, str], Counter[Party]] = defaultdict(Counter)
        for each, owner in owners.items():
            if owner:
                for shared in self._shared[each]:
                    groups[shared][owner] += 1
        found = {}
        for shared, counts in groups.items():
            ((party, most),) = counts.most_common(1)
            if len(counts) <= _OWNERS_AT_MOST and 2 * most > counts.total():
                found[shared] = party
        return found

    def _most_probable(self, each: Issued, speaks: Mapping[tuple[str, str], Party]) -> tuple[Party, float] | None:
        weights: dict[Party, dict[str, float]] = defaultdict(dict)
        spoken = [(kind, speaks[kind, common]) for kind, common in self._shared[each] if (kind, common) in speaks]
        requester = each.issue.deployment.service.owner
        if is_ordered(each) and requester and is_there(requester):
            spoken.append(("requester", requester))
        for kind, party in spoken:
            family, weight = _KINDS[kind]
            weights[party][family] = max(weight, weights[party].get(family, weight))
        odds = {party: math.exp(_PRIOR + math.fsum(families.values())) for party, families in weights.items()}
        if not odds:
            return None
        party = max(sorted(odds, key=called), key=lambda candidate: odds[candidate])
        return party, odds[party] / (1 + math.fsum(odds.values()))  # the same in any order

    def _answers(self, each: Issued) -> Party | None:
        """Who really answers for a certificate, whether anybody wrote it down or not."""
        deployment = each.issue.deployment
        if deployment.naming and deployment.naming.answers:
            return deployment.naming.answers
        return self._seen.world.company.successors.get(deployment.service.label)


def _is_held_out(each: Issued) -> bool:
    names = " ".join(sorted(each.certificate.request.names))
    return hashlib.md5(names.encode(), usedforsecurity=False).hexdigest()[0] in _HELD_OUT
