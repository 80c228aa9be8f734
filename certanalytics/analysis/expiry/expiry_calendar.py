"""On which days certificates end, and how unevenly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.analysis.expiry.horizons import AFTER_THE_LAST_SCAN
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

WEEK = 7
"""Days of a week; weeks are counted from the day asked about."""

NO_ENDS = "No certificate in service ends within 52 weeks and is still to be replaced."
"""What is said where nothing makes a cliff."""


def cliff_index(counts: Sequence[float]) -> float:
    """How much the fullest of several periods stands out: the largest count ÷ the mean.

    Raises:
        ValueError: There are no periods, or nothing in any of them.
    """
    total = math.fsum(counts)
    if not counts or total <= 0:
        raise ValueError("something has to be counted")
    return max(counts) * len(counts) / total


def gini(counts: Sequence[float]) -> float:
    """How unevenly something is spread: 0 if alike over all, (n − 1) / n if one of n has all.

    Raises:
        ValueError: There are no counts, one is negative, or nothing is counted.
    """
    total = math.fsum(counts)
    if not counts or min(counts) < 0 or total <= 0:
        raise ValueError("counts are not negative and add up to something")
    number = len(counts)
    ranked = math.fsum(rank * count for rank, count in enumerate(sorted(counts), 1))
    return 2 * ranked / (number * total) - (number + 1) / number


def calendar(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """On which days of the next 52 weeks do certificates in service end, and how far are they in their renewal window?

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a day (UTC), 364 from the one that holds the moment: ``day``, ``weekend``,
        ``ending`` (certificates in service that end and have not been replaced) and ``replaced``.

        Tables: ``windows`` (``lifetime``, ``certificates`` that have not ended, ``before_window``, ``renewed``,
        ``waiting``: in their window without a successor).

        Key figures: ``ends_in_year``, ``cliff_index``, ``gini``, ``weekend_ends``, ``window_breached``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, windows = inquiry.ask("expiry_days"), inquiry.ask("renewal_windows")
    served = inquiry.figures("expiry_figures")["in_service"]
    days = [int(number) for number in frame["ending"]]
    weeks = [sum(days[start : start + WEEK]) for start in range(0, len(days), WEEK)]
    total, replaced = sum(days), int(frame["replaced"].sum())
    left_out = without([(replaced, "already replaced")])
    weekend = int(frame.loc[frame["weekend"], "ending"].sum())
    cliff, spread = (cliff_index(weeks), gini(weeks)) if total else (None, None)
    fullest = max(weeks)
    begins = frame["day"].iloc[weeks.index(fullest) * WEEK]
    running, waiting = int(windows["certificates"].sum()), int(windows["waiting"].sum())
    kpis = [
        Kpi(
            id="ends_in_year",
            label="End within 52 weeks",
            value=total,
            sentence=sentence(f"{counted(total)} in service {agree(total, 'ends', 'end')} within 52 weeks"),
            definition="Certificates in service that end within 364 days from the one asked about, net of those "
            "already replaced.",
            numerator=total,
            denominator=served,
            excluded=left_out,
        ),
        Kpi(
            id="cliff_index",
            label="Cliff index",
            value=cliff,
            unit="index",
            sentence=sentence(
                f"in the fullest week, from {begins:%Y-%m-%d}, {counted(fullest)} {agree(fullest, 'ends', 'end')}: "
                f"{show(cliff, 'index')} times the mean week"
            ),
            definition="Largest number of ends in one of the 52 weeks ÷ their mean.",
            denominator=total,
            excluded=left_out,
        ),
        Kpi(
            id="gini",
            label="Unevenness of weeks (Gini)",
            value=spread,
            unit="index",
            sentence=f"Between 0 (all weeks alike) and 1 (all in one) the unevenness is {show(spread, 'index')}.",
            definition="Gini coefficient of the number of ends in each of the 52 weeks.",
            denominator=total,
            excluded=left_out,
        ),
        Kpi(
            id="weekend_ends",
            label="End on a weekend",
            value=share(weekend, total),
            unit="share",
            sentence=sentence(
                f"{weekend:,} of {counted(total)} ({show(share(weekend, total), 'share')}) "
                f"{agree(weekend, 'ends', 'end')} on a Saturday or Sunday (UTC)"
            ),
            definition="Ends within 52 weeks on a Saturday or Sunday, UTC ÷ all of them.",
            numerator=weekend,
            denominator=total,
            excluded=left_out,
        ),
    ]
    breached = Kpi(
        id="window_breached",
        label="In the renewal window, no successor",
        value=share(waiting, running),
        unit="share",
        sentence=sentence(
            f"{waiting:,} of {counted(running)} that {agree(running, 'has', 'have')} not ended "
            f"({show(share(waiting, running), 'share')}) {agree(waiting, 'is', 'are')} due for renewal without a "
            "known successor"
        ),
        definition="Certificates in service that have not ended, have no successor and less than "
        f"{inquiry.thresholds['renewal_life_left']:.0%} of their life left "
        f"({inquiry.thresholds['short_renewal_life_left']:.0%} of lives up to "
        f"{inquiry.thresholds['short_lifetime_days']:.0f} days) ÷ those that have not ended.",
        numerator=waiting,
        denominator=running,
        excluded=without([(served - running, "already ended or without known dates")]),
        tone="warning" if waiting else "good",
    )
    kpis = [kpi if total or kpi.id == "ends_in_year" else withheld(kpi, NO_ENDS) for kpi in kpis]
    kpis.append(breached if running else withheld(breached, "No certificate in service has a known end ahead."))
    return inquiry.result(
        "expiry_calendar",
        title="On which days of the next 52 weeks do certificates in service end?",
        headline=inquiry.unanswered(served) or (kpis[1].sentence if total else NO_ENDS),
        frame=frame,
        kpis=inquiry.answered(served, kpis),
        method=inquiry.method(
            "Days are those of UTC; weeks are seven days from the day asked about. What its successor has already "
            "replaced at every endpoint is counted apart. The renewal window opens when a third of the life is left, "
            "or half of a life up to {short_lifetime_days:.0f} days."
        ),
        tables={"windows": windows},
        caveats=(AFTER_THE_LAST_SCAN,),
    )
