"""On which days what is in service ends, and how far it is in its renewal window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from certanalytics.demo.clock import AS_OF
from certanalytics.demo.truth.outcome import Outcome, successors
from certanalytics.demo.world import Issued

_BANDS = ((10, "up to 10 days"), (47, "11–47 days"), (100, "48–100 days"), (200, "101–200 days"), (398, "201–398 days"))
_DAY = timedelta(days=1)
_TODAY = AS_OF.replace(hour=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Certificates in service that have not ended, of one band of lifetimes.

    Attributes:
        before: More than a third of the life is left, of a life up to ten days more than half.
        renewed: Less is left, and there is a successor.
        waiting: Less is left, and there is none.
    """

    before: int = 0
    renewed: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryTruth:
    """Ends of what is in service and has not ended, within 364 days from the day of the moment, UTC.

    Attributes:
        days: How many end on each day on which any does.
        weeks: How many end in each of the 52 weeks.
        internal_weeks: The same of what the company's own CAs issued.
        windows: By band of lifetimes.
    """

    days: dict[str, int]
    weeks: tuple[int, ...]
    internal_weeks: tuple[int, ...]
    windows: dict[str, Window]


def expiry_truth(seen: Outcome) -> ExpiryTruth:
    """Work it out from the ends of what is served; an endpoint serves one certificate, so that none is replaced."""
    running = [each for each in seen.live if each.issue.not_after >= AS_OF]
    ends = Counter(_days_ahead(each) for each in running)
    followed = successors(seen.known)
    stages = Counter((_band(each), _stage(each, followed)) for each in running)
    bands = [band for _, band in _BANDS] + ["over 398 days"]
    return ExpiryTruth(
        days={f"{_TODAY + ahead * _DAY:%Y-%m-%d}": ends[ahead] for ahead in sorted(ends) if ahead < 364},
        weeks=_weeks(running),
        internal_weeks=_weeks(
            each for each in running if each.certificate.authority and not each.certificate.is_public
        ),
        windows={
            band: Window(**{stage: stages[band, stage] for stage in ("before", "renewed", "waiting")}) for band in bands
        },
    )


def _days_ahead(each: Issued) -> int:
    return (each.issue.not_after - _TODAY) // _DAY


def _weeks(running: Iterable[Issued]) -> tuple[int, ...]:
    ends = Counter(_days_ahead(each) // 7 for each in running)
    return tuple(ends[week] for week in range(52))


def _life(each: Issued) -> timedelta:
    return each.issue.not_after - each.issue.not_before


def _band(each: Issued) -> str:
    """By the days of validity: both ends count (RFC 5280 section 4.1.2.5)."""
    days = ceil((_life(each) + timedelta(seconds=1)) / _DAY)
    return next((band for most, band in _BANDS if days <= most), "over 398 days")


def _stage(each: Issued, followed: dict[Issued, Issued]) -> str:
    is_short = _band(each) == "up to 10 days"
    if (each.issue.not_after - AS_OF) / _life(each) >= (1 / 2 if is_short else 1 / 3):
        return "before"
    return "renewed" if each in followed else "waiting"
