"""What logs and DNS zones show: issuance nobody expected, domains that look alike, and CAA that forbids a CA."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from certanalytics.demo.clock import AS_OF
from certanalytics.demo.faults.transparency import INTERNAL_NAME, PAYMENTS_ZONE, ZONE, ZONE_LOOKS
from certanalytics.demo.truth.outcome import Outcome, fingerprints, registered_domain
from certanalytics.demo.world import Issued

Verdict = Literal["forbidden", "open", "cannot tell"]

_WEEK = timedelta(weeks=1)
_REUSE = timedelta(hours=8)
"""A CAA check holds for as long (CA/Browser Forum Baseline Requirements section 3.2.2.8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlike:
    """How a domain is like one of the company's; ``distance`` in letters, 0 where it is not told by letters."""

    looks_like: str
    kind: str
    distance: int


LIKENESSES = {
    "xn--meridin-7fg.example": LookAlike(looks_like=ZONE, kind="homoglyph", distance=0),
    "meridlan.example": LookAlike(looks_like=ZONE, kind="edit distance", distance=1),
    "meridianpya.example": LookAlike(looks_like=PAYMENTS_ZONE, kind="edit distance", distance=1),
    "meridian-labs.example": LookAlike(looks_like=ZONE, kind="added word", distance=0),
}
"""The last was registered by the company itself and forgotten; these exports do not tell that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransparencyTruth:
    """Certificates are given by SHA-256.

    Attributes:
        own_domains: Registered domains of what scans saw or managers record.
        logged: How many are valid, in the logs, and for an own domain; the reasons that follow are of these.
        unheard_of: From a CA of which nothing else was seen or recorded.
        unrecorded: Recorded by nobody, of CAs of whose valid certificates in the logs at least half are recorded.
        odd_names: Names that are internal, or of domains that are not the company's.
        burst: For a domain for which that week unusually many were issued.
        log_domains: Registered domains known from the logs alone, and how many valid certificates they have.
        look_alikes: Which of them look like an own domain.
        caa_violations: Issued while the zone, before and after, let nobody issue.
        judged_at_issue: Public certificates of which the zone tells what held when they were issued.
        renewals_blocked: In service, and the zone lets nobody issue for it now.
        judged_now: Public certificates in service of which the zone tells what holds now.
        caa_coverage: Own domains whose zone is known, and whether it says who may issue.
        unlogged: In service from a public CA, and in no log.
        internal_names: In public certificates that were logged.
    """

    own_domains: tuple[str, ...]
    logged: int
    unheard_of: tuple[str, ...]
    unrecorded: tuple[str, ...]
    odd_names: dict[str, tuple[str, ...]]
    burst: tuple[str, ...]
    log_domains: dict[str, int]
    look_alikes: dict[str, LookAlike]
    caa_violations: tuple[str, ...]
    judged_at_issue: int
    renewals_blocked: tuple[str, ...]
    judged_now: int
    caa_coverage: dict[str, bool]
    unlogged: tuple[str, ...]
    internal_names: tuple[str, ...]


def transparency(seen: Outcome) -> TransparencyTruth:
    """Work it out from what scans, logs and managers could know."""
    held = seen.observed | seen.inventoried
    logged = [each for each in seen.known if each.certificate.precertificate]
    own = {domain for each in held for domain in _domains(each)}
    valid = [each for each in logged if each.issue.not_after >= AS_OF]
    ours = [each for each in valid if own & _domains(each)]
    alone: Counter[str] = Counter()
    for each in logged:
        alone.update(dict.fromkeys(_domains(each) - own, int(each.issue.not_after >= AS_OF)))
    public = [each for each in seen.known if each.certificate.is_public]
    live = [each for each in seen.live if each.certificate.is_public]
    at_issue = [(each, _at(each, _before(each))) for each in public if _before(each)]
    now = [(each, _at(each, ZONE_LOOKS[-1])) for each in live if _names(each, PAYMENTS_ZONE, ZONE)]
    return TransparencyTruth(
        own_domains=tuple(sorted(own)),
        logged=len(ours),
        unheard_of=fingerprints(each for each in ours if not _others(each, held)),
        unrecorded=fingerprints(_unrecorded(ours, valid, seen)),
        odd_names={each.certificate.sha256: odd for each in ours if (odd := _odd(each, own))},
        burst=fingerprints(_burst(ours, logged)),
        log_domains=dict(sorted(alone.items())),
        look_alikes={domain: likeness for domain, likeness in LIKENESSES.items() if domain in alone},
        caa_violations=fingerprints(
            each for each, verdict in at_issue if verdict == "forbidden" == _at(each, _after(each))
        ),
        judged_at_issue=sum(verdict != "cannot tell" for _, verdict in at_issue),
        renewals_blocked=fingerprints(each for each, verdict in now if verdict == "forbidden"),
        judged_now=sum(verdict != "cannot tell" for _, verdict in now),
        caa_coverage={ZONE: False, PAYMENTS_ZONE: True},
        unlogged=fingerprints(each for each in live if each.certificate.precertificate is None),
        internal_names=tuple({INTERNAL_NAME} & {name for each in logged for name in each.certificate.request.names}),
    )


def _domains(each: Issued) -> set[str]:
    return {registered_domain(name) for name in each.certificate.request.names}


def _names(each: Issued, *zones: str) -> list[str]:
    return [name for name in each.certificate.request.names if registered_domain(name) in zones]


def _others(each: Issued, held: Iterable[Issued]) -> bool:
    owner = each.certificate.ca_owner
    return any(other is not each and other.certificate.ca_owner == owner for other in held)


def _unrecorded(ours: list[Issued], valid: list[Issued], seen: Outcome) -> Iterable[Issued]:
    by_owner: dict[str, list[bool]] = defaultdict(list)
    for each in valid:
        by_owner[each.certificate.ca_owner].append(each in seen.inventoried)
    covered = {owner for owner, recorded in by_owner.items() if 2 * sum(recorded) >= len(recorded)}
    return (each for each in ours if each not in seen.inventoried and each.certificate.ca_owner in covered)


def _odd(each: Issued, own: set[str]) -> tuple[str, ...]:
    internal = [name for name in each.certificate.request.names if name == INTERNAL_NAME]
    return (*internal, *sorted(_domains(each) - own))


def _burst(ours: list[Issued], logged: list[Issued]) -> Iterable[Issued]:
    """Those of a domain and week with ten or more, and over three times the mean of the eight weeks before.

    Compared are certificates that live twelve weeks or longer, of this week and the three before.
    """
    weekly: Counter[tuple[str, datetime]] = Counter()
    for each in logged:
        if each.issue.not_after - each.issue.not_before >= 12 * _WEEK:
            weekly.update((domain, _monday(each.issue.not_before)) for domain in _domains(each))
    first = {domain: min(week for name, week in weekly if name == domain) for domain, _ in weekly}
    busy = {
        (domain, week)
        for (domain, week), number in weekly.items()
        if number >= 10
        and week >= _monday(AS_OF) - 3 * _WEEK
        and first[domain] <= week - 8 * _WEEK
        and number > 3 * sum(weekly[domain, week - back * _WEEK] for back in range(1, 9)) / 8
    }
    return (each for each in ours if busy & {(domain, _monday(each.issue.not_before)) for domain in _domains(each)})


def _monday(time: datetime) -> datetime:
    return (time - timedelta(days=time.weekday())).replace(hour=0, minute=0, second=0)


def _before(each: Issued) -> datetime | None:
    """The last look at the zone before CAA was checked; at the other zone nobody looked before the end of the story."""
    looks = [look for look in ZONE_LOOKS if look <= each.issue.not_before - _REUSE]
    return max(looks, default=None) if _names(each, ZONE) else None


def _after(each: Issued) -> datetime | None:
    return min((look for look in ZONE_LOOKS if look >= each.issue.not_before), default=None)


def _at(each: Issued, look: datetime | None) -> Verdict:
    """What the zone said at a look of issuing for the names of a certificate.

    The zone of the payments unit names CAs of which nobody can tell that they are these.
    """
    closed = each.issue.deployment.closed
    if look is None or _names(each, PAYMENTS_ZONE):
        return "cannot tell"
    if closed is None or look < closed.since:
        return "open"
    return "cannot tell" if closed.by == "away" else "forbidden"
