"""How ready public certificates are for lives of 47 days, by what is told of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import ceil
from statistics import fmean

from certanalytics.demo.truth.outcome import Outcome, is_ordered, successors
from certanalytics.demo.truth.statements import Statements, is_there, owner_of
from certanalytics.demo.world import Issued

WEIGHTS = {
    "closed_loop": Fraction(40, 100),
    "dcv_automatable": Fraction(20, 100),
    "deployment_evidence": Fraction(15, 100),
    "owner_verified": Fraction(15, 100),
    "second_ca": Fraction(10, 100),
}
"""What each component counts (AUT-10 of the catalogue), heaviest first."""
LIMITS = (398, 200, 100, 47)
"""Days a public certificate may live, since 2020 and by ballot SC-081v3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Of how many public certificates in service a component is met, missed, and not told."""

    met: int
    missed: int
    not_told: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessTruth:
    """Of public certificates in service.

    Attributes:
        components: By component.
        least: Mean weight of what is met.
        most: The same if all that is not told were met.
        renewals: Renewals a year with the lives they have.
        renewals_at: The same with no life over a limit.
    """

    components: dict[str, Answers]
    least: float
    most: float
    renewals: float
    renewals_at: dict[int, float]


def readiness(seen: Outcome, said: Statements, second: Mapping[Issued, bool | None]) -> ReadinessTruth:
    """Work it out from what systems state, who owns what, and what followed what.

    Args:
        seen: What was seen.
        said: What is said of each certificate.
        second: Whether the owner of each public certificate in service has one of a second CA that may be used.
    """
    followed = successors(seen.known)
    preceded = {new: old for old, new in followed.items()}
    tests: dict[str, Callable[[Issued], bool | None]] = {
        "closed_loop": _is_closed,
        "dcv_automatable": lambda each: True if is_ordered(each) or _is_managed(each, "caddy") else None,
        "owner_verified": lambda each: _is_verified(said, each),
        "deployment_evidence": lambda each: _has_arrived(seen, each, followed, preceded),
        "second_ca": second.get,
    }
    answers = {name: {each: tests[name](each) for each in second} for name in WEIGHTS}
    scores = {
        untold: fmean(
            float(sum(weight for name, weight in WEIGHTS.items() if answers[name][each] in {True, untold}))
            for each in second
        )
        for untold in (True, None)
    }
    return ReadinessTruth(
        components={
            name: Answers(
                met=list(told.values()).count(True),
                missed=list(told.values()).count(False),
                not_told=list(told.values()).count(None),
            )
            for name, told in answers.items()
        },
        least=scores[True],
        most=scores[None],
        renewals=sum(_renewals(each, 10**9) for each in second),
        renewals_at={limit: sum(_renewals(each, limit) for each in second) for limit in LIMITS},
    )


def _is_managed(each: Issued, system: str) -> bool:
    managed = each.issue.deployment.management
    return managed is not None and managed.system == system


def _is_closed(each: Issued) -> bool | None:
    """Whether a system says that it renews and installs it; what such a system served last has no successor."""
    managed = each.issue.deployment.management
    return None if managed is None else managed.level == "provisioned"


def _is_verified(said: Statements, each: Issued) -> bool:
    """Whether a directory knows the owner as somebody who is there."""
    owner = owner_of(said.of(each))
    return owner is not None and is_there(owner) is True


def _has_arrived(
    seen: Outcome, each: Issued, followed: Mapping[Issued, Issued], preceded: Mapping[Issued, Issued]
) -> bool | None:
    """Whether it is a renewal that arrived everywhere and waits for none; of a first certificate nothing is told."""
    if each in followed or preceded.get(each) in seen.served:
        return False
    return True if each in preceded else None


def _renewals(each: Issued, limit: int) -> float:
    """Renewals a year if it lives no longer than a limit: after two thirds of the life, half of one up to ten days."""
    days = min(ceil((each.issue.not_after - each.issue.not_before + timedelta(seconds=1)) / timedelta(days=1)), limit)
    return 365.25 / (days / 2 if days <= 10 else days * (1 - 0.3333333333))
