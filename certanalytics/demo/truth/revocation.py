"""What is revoked and still served, and what the lists and responses at hand tell of the rest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from certanalytics.demo.clock import AS_OF, INTERNAL_SCANS, PUBLIC_SCANS
from certanalytics.demo.revocation import ANSWERS, LISTS, Revocation, answered, revocations
from certanalytics.demo.truth.outcome import Outcome, fingerprints


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationTruth:
    """What revocation lists, OCSP responses and orders tell; certificates are given by SHA-256.

    Attributes:
        in_service: Revoked or on hold and in service, with the reason (``None`` if none is given).
        after_revocation: Those seen at an endpoint after it.
        reasons: Everything revoked or on hold, in service or not, by reason.
        good: Of which a valid OCSP response says so.
        listed: How many in service have an issuer with a current list, and are neither of the above.
        list_ended: The same with a list that has ended.
        not_told: Of how many in service nothing tells; their CA has no list here.
        ended_lists: CAs whose list has ended.
    """

    in_service: dict[str, str | None]
    after_revocation: tuple[str, ...]
    reasons: dict[str, int]
    good: tuple[str, ...]
    listed: int
    list_ended: int
    not_told: int
    ended_lists: tuple[str, ...]


def revocation_truth(seen: Outcome) -> RevocationTruth:
    """Work out what is told of the revocation of certificates in service."""
    world = seen.world
    said = [each for each in revocations(world) if _is_told(each)]
    by_issued = {each.issued: each for each in said}
    live = [by_issued[each] for each in seen.live if each in by_issued]
    served = [each for each in world.issued if each.issue.is_served(AS_OF)]
    good = {each for label, each in answered(world, served).items() if ANSWERS[label] > timedelta(0)}
    ended = {label for label, times in LISTS.items() if times.next_update < AS_OF}
    states: Counter[str] = Counter()
    for each in seen.live:
        label = each.issue.authority
        if label is None or each in by_issued or each in good:
            continue
        states["ended" if label in ended else "listed" if label in LISTS else "none"] += 1
    names = {label: world.authorities[label].name.rfc4514_string() for label in ended}
    return RevocationTruth(
        in_service={each.issued.certificate.sha256: each.reason for each in live},
        after_revocation=fingerprints(each.issued for each in live if _was_seen_after(each)),
        reasons=dict(sorted(Counter(each.reason or "not given" for each in said).items())),
        good=fingerprints(good),
        listed=states["listed"],
        list_ended=states["ended"],
        not_told=states["none"],
        ended_lists=tuple(sorted(names.values())),
    )


def _is_told(revocation: Revocation) -> bool:
    """Whether the list of its CA is at hand and not older than the revocation."""
    times = LISTS.get(revocation.issued.issue.authority or "")
    return times is not None and revocation.at <= times.this_update


def _was_seen_after(revocation: Revocation) -> bool:
    scans = PUBLIC_SCANS if revocation.issued.certificate.is_public else INTERNAL_SCANS
    return scans[-1] > revocation.at
