"""Which certificates their CA revoked, when and why, and what each CA publishes of it.

Lists and responses are those somebody in the company fetched, as old as they happen to be. A list has entries of
others as well: a CA revokes more than the certificates of one customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from certanalytics.demo.clock import INTERNAL_SCANS, PUBLIC_SCANS

if TYPE_CHECKING:
    from certanalytics.demo.world import Issued, World

Reason = Literal["keyCompromise", "superseded", "cessationOfOperation", "certificateHold"]
REASON_CODES: dict[Reason, int] = {
    "keyCompromise": 1,
    "superseded": 4,
    "cessationOfOperation": 5,
    "certificateHold": 6,
}
"""CRLReason (RFC 5280 section 5.3.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """What a CA was told to revoke.

    Attributes:
        what: The certificate in service, the same but after the last scan, or the one that was there before.
        reason: Why; ``None`` if the list does not say.
    """

    what: Literal["in service", "in service, since the last scan", "what was replaced"]
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """One revoked certificate."""

    issued: Issued
    at: datetime
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTimes:
    """When a revocation list was issued, and by when its CA promised the next."""

    this_update: datetime
    next_update: datetime


def _times(this_update: str, days: int) -> ListTimes:
    issued = datetime.fromisoformat(this_update)
    return ListTimes(this_update=issued, next_update=issued + timedelta(days=days))


LISTS = {
    "larkspur-e5": _times("2026-11-22T18:00:00", 10),
    "northgate-ov": _times("2026-11-22T00:10:00", 7),
    "northgate-ev": _times("2026-11-22T00:10:00", 7),
    "ostrava-ov": _times("2026-11-21T06:00:00", 7),
    "halden-ov": _times("2026-10-05T09:00:00", 30),
    "meridian-server": _times("2026-11-22T20:00:00", 7),
    "meridian-legacy": _times("2026-08-03T20:00:00", 30),
}
"""The lists at hand. That of the legacy CA has not been made since the summer; Halden's nobody fetched again; of
Larkspur E6 and Corvine nobody fetched one."""

ANSWERS = {"ostrava-ov": timedelta(days=7), "northgate-ev": timedelta(days=7), "halden-ov": timedelta(days=-2)}
"""OCSP responses at hand, for one certificate in service of each CA: how long after the moment they are good for."""


def revocations(world: World) -> list[Revocation]:
    """Everything that was revoked, in the order of issuance."""
    found = []
    for each in world.issued:
        revoked = each.issue.deployment.revoked
        if revoked is None or (each.issue.replaced_at is not None) != (revoked.what == "what was replaced"):
            continue
        if revoked.what == "what was replaced":
            if each.issue.authority != each.issue.deployment.predecessor or each.issue.replaced_at is None:
                continue
            at = each.issue.replaced_at + timedelta(days=2)
        else:
            last = (PUBLIC_SCANS if each.certificate.is_public else INTERNAL_SCANS)[-1]
            # half way between its beginning and the last look, or after that look
            half = each.issue.not_before + (last - each.issue.not_before) / 2
            at = half if revoked.what == "in service" else last + timedelta(hours=30)
        found.append(Revocation(issued=each, at=at.replace(microsecond=0), reason=revoked.reason))
    return found


def answered(world: World, served: list[Issued]) -> dict[str, Issued]:
    """Of each CA of `ANSWERS` the certificate in service that somebody asked the responder about."""
    revoked = {each.issued for each in revocations(world)}
    found: dict[str, Issued] = {}
    for each in served:
        if each.issue.authority in ANSWERS and each not in revoked:
            found.setdefault(each.issue.authority, each)
    return found
