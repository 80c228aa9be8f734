"""How certificates follow one another, and what systems say of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from certanalytics.demo.clock import AS_OF
from certanalytics.demo.deployments import AutomationLevel
from certanalytics.demo.looks import TESTSSL_CSV, TESTSSL_GROUPS, TESTSSL_JSON, by_testssl
from certanalytics.demo.truth.outcome import Outcome, fingerprints, successors
from certanalytics.demo.world import Issued

Validity = tuple[datetime, datetime]
"""When a certificate begins and ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What scans saw and ended in the last year: how many were renewed before the end, and the others by SHA-256.

    Attributes:
        renewed: A successor began by the end.
        late: It began after the end.
        lapsed: There is none, and a scan saw the certificate served after its end.
        not_seen_since: There is none, and no scan saw it after its end.
    """

    renewed: int
    late: tuple[str, ...]
    lapsed: tuple[str, ...]
    not_seen_since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """Renewals of which a look saw an endpoint without the new certificate, and a later one with it.

    The new one was there by the later look, and not before the earlier one or its own beginning. A renewal is asked for
    seven days before the end, or a third of the life before it if that is less.

    Attributes:
        measured: How many.
        late: Which even came too late if the new one was there at once after the earlier look.
        in_time: How many came in time even if it was there no earlier than the later look.
    """

    measured: int
    late: tuple[str, ...]
    in_time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Certificates that an endpoint served at one look, and another at the next.

    Attributes:
        all: How many changes there are.
        issuer: To another CA owner.
        key_type_only: To another kind of key at the same CA owner: the new certificate by place.
        unrecorded: To another CA owner or kind of key, of a CA whose certificates are recorded, and of this one nobody
            has a record: the new certificate by place.
    """

    all: int
    issuer: int
    key_type_only: dict[str, str]
    unrecorded: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalTruth:
    """Certificates are given by SHA-256.

    Attributes:
        renewals: Certificates that another followed.
        partly_deployed: In service beside the successor, and the places that still serve it.
        stated: The level a system states, of certificates in service.
        lines: Of these the validity of the certificate and of those it followed, newest first.
        due: What had to be renewed in the last year.
        leads: How long before the end it was renewed.
        changes: What endpoints changed.
    """

    renewals: int
    partly_deployed: dict[str, tuple[str, ...]]
    stated: dict[str, AutomationLevel]
    lines: dict[str, tuple[Validity, ...]]
    due: Due
    leads: Leads
    changes: Changes


def renewal(seen: Outcome) -> RenewalTruth:
    """Work it out from what scans, logs and managers could know."""
    followed = successors(seen.known)
    stated = {
        each: managed.level
        for each in seen.live
        if (managed := each.issue.deployment.management) and each in seen.served
    }
    preceded = {new: old for old, new in followed.items()}
    return RenewalTruth(
        renewals=len(followed),
        partly_deployed={
            each.certificate.sha256: seen.places[each]
            for each in seen.live
            if each in followed and followed[each] in seen.served
        },
        stated={each.certificate.sha256: level for each, level in stated.items()},
        lines={each.certificate.sha256: _line(each, preceded) for each in stated},
        due=_due(seen, followed),
        leads=_leads(seen, followed),
        changes=_changes(seen),
    )


def _line(each: Issued, preceded: dict[Issued, Issued]) -> tuple[Validity, ...]:
    line = [each]
    while line[-1] in preceded:
        line.append(preceded[line[-1]])
    return tuple(
        # certificates know whole seconds (RFC 5280 section 4.1.2.5)
        (one.issue.not_before.replace(microsecond=0), one.issue.not_after.replace(microsecond=0))
        for one in line
    )


def _due(seen: Outcome, followed: dict[Issued, Issued]) -> Due:
    seen_at = [(time, each) for looks in seen.looks.values() for time, each in looks]
    # the deep scans do not say when they ran: they are loaded with the moment of the story
    looked_into = (TESTSSL_JSON, TESTSSL_CSV, TESTSSL_GROUPS)
    seen_at += [(AS_OF, each) for service in looked_into for _, each in by_testssl(seen.world, service)]
    last_look = {each: time for time, each in sorted(seen_at, key=lambda look: look[0])}
    ended = [each for each in last_look if AS_OF - timedelta(days=365) < each.issue.not_after <= AS_OF]
    renewed = {each for each in ended if each in followed}
    late = {each for each in renewed if followed[each].issue.not_before > each.issue.not_after}
    lapsed = {each for each in ended if each not in followed and last_look[each] > each.issue.not_after}
    return Due(
        renewed=len(renewed - late),
        late=fingerprints(late),
        lapsed=fingerprints(lapsed),
        not_seen_since=len(ended) - len(renewed) - len(lapsed),
    )


def _leads(seen: Outcome, followed: dict[Issued, Issued]) -> Leads:
    taken: dict[Issued, tuple[datetime, datetime]] = {}
    for looks in seen.looks.values():
        first = {each: time for time, each in reversed(looks)}
        before = {time: earlier for (earlier, _), (time, _) in pairwise(looks)}
        for old, appeared in first.items():
            arrived = first.get(followed[old]) if old in followed else None
            if arrived and arrived > appeared:
                taken[old] = min(taken.get(old, (arrived, before[arrived])), (arrived, before[arrived]))
    late, in_time = [], 0
    for old, (arrived, looked_before) in taken.items():
        life = old.issue.not_after - old.issue.not_before
        asked = old.issue.not_after - min(timedelta(days=7), life / 3)
        in_time += arrived <= asked
        if max(looked_before, followed[old].issue.not_before) > asked:
            late.append(old)
    return Leads(measured=len(taken), late=fingerprints(late), in_time=in_time)


def _changes(seen: Outcome) -> Changes:
    found = [
        (place, old.certificate, new)
        for place, looks in seen.looks.items()
        for (_, old), (_, new) in pairwise(looks)
        if old is not new
    ]
    issuer = [(place, new) for place, old, new in found if old.ca_owner != new.certificate.ca_owner]
    key_type = [
        (place, new)
        for place, old, new in found
        if old.ca_owner == new.certificate.ca_owner and old.request.key.kind != new.certificate.request.key.kind
    ]
    recorded = {each.certificate.ca_owner for each in seen.live if not each.issue.deployment.trace.is_on_account}
    return Changes(
        all=len(found),
        issuer=len(issuer),
        key_type_only={place: new.certificate.sha256 for place, new in key_type},
        unrecorded={
            place: new.certificate.sha256
            for place, new in [*issuer, *key_type]
            if new not in seen.recorded and new.certificate.ca_owner in recorded
        },
    )
