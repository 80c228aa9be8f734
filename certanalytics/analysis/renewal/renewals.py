"""Whether renewals come in time, arrive where they are served, and what waits for people."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, together, withheld, without
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

QUARTER = timedelta(days=91)
"""Thirteen weeks, so that every look back falls on the same day of the week."""

QUARTERS = 4
"""How many quarters the backlog is looked back upon, unless asked otherwise."""

LEAST_FOR_SLOPE = 3
"""Moments through which a slope is drawn at least."""


def slope(values: Sequence[float]) -> float:
    """How much equally spaced values rise from one to the next: the least-squares line through them.

    Raises:
        ValueError: There are fewer than two.
    """
    number = len(values)
    if number < 2:
        raise ValueError("two values at least make a line")
    centre = (number - 1) / 2
    rise = math.fsum((place - centre) * value for place, value in enumerate(values))
    return rise / math.fsum((place - centre) ** 2 for place in range(number))


def operations(
    estate: Estate, *, as_of: Moment | None = None, scope: str | None = None, quarters: int = QUARTERS
) -> Result:
    """Do renewals come in time, do they arrive, and how much waits for people?

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.
        quarters: How many quarters of 91 days the manual backlog is looked back upon; each costs an inventory of that
            day.

    Returns:
        A result whose frame holds one row a moment, oldest first: ``moment``, ``in_service``, ``manual``,
        ``not_judged`` and ``backlog`` (manual certificates due for renewal without a successor); all absent where
        nothing was scanned by then.

        Tables: ``figures`` (one row: every count the key figures are made of, see the question ``renewal_figures``).

        Key figures: ``renewal_success``, ``deployed_in_time_least`` and ``deployed_in_time_most`` (bounds, for scans
        are looks and not a film), ``drift``, ``detect_days``, ``recover_days``, ``scan_resolution_days``,
        ``manual_backlog``, ``backlog_slope``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    answer = inquiry.ask("renewal_figures")
    figures = {str(name): float(value) for name, value in answer.iloc[0].dropna().items()}
    now = _backlog(inquiry.ask("manual_backlog"))
    frame = pd.DataFrame(
        [*(_at(inquiry, number) for number in range(quarters, 0, -1)), {**now, "moment": inquiry.as_of}]
    )
    frame = frame[["moment", "in_service", "manual", "not_judged", "backlog"]]
    frame = frame.astype(dict.fromkeys(frame.columns[1:], "Int64"))
    served = now["in_service"] or 0
    kpis = [*_in_time(figures), *_arrival(inquiry, figures), *_failures(figures)]
    kpis += _waiting(frame, served)
    return inquiry.result(
        "renewals",
        title="Do renewals come in time, do they arrive, and how much waits for people?",
        headline=inquiry.unanswered(served) or together(kpis[0].sentence, kpis[-2].sentence),
        frame=frame,
        kpis=inquiry.answered(served, kpis),
        method=inquiry.method(
            "Counted is what endpoints have presented and ended in the last {renewal_period_days:.0f} days. Renewed in "
            "time is what has a successor that began by then; what has none and was not seen presented since is left "
            "out: it was let go, or nobody has looked. Whether a successor was served within "
            "{deployment_hours:.0f} hours of its issue, looks can prove or disprove; between two looks they cannot, so "
            "that the share is given from below and from above. Manual is what is stated to be, or more likely than "
            "not by evidence; it waits when it has no successor and its renewal window is open."
        ),
        tables={"figures": answer},
        caveats=(
            "A CA may set notBefore some time before it issues; times from issue are as much longer.",
            "The backlog of an earlier day is what these exports tell today; it also grows where scans reach more.",
        ),
    )


def _backlog(answer: pd.DataFrame) -> dict[str, int | None]:
    return {str(name): int(value) for name, value in answer.iloc[0].items()}


def _at(inquiry: Inquiry, quarters_ago: int) -> dict[str, object]:
    """The backlog some quarters ago; nothing is said of a day by which nothing was scanned."""
    moment = inquiry.as_of - quarters_ago * QUARTER
    kinds = inquiry.estate.query("SELECT scanned FROM assessable($as_of)", as_of=moment)
    if not bool(kinds["scanned"].iloc[0]):
        return {"moment": moment}
    answer = inquiry.estate.ask("manual_backlog", as_of=moment, scope=inquiry.scope)
    return {"moment": moment, **_backlog(answer)}


def _in_time(figures: dict[str, float]) -> list[Kpi]:
    renewed, late, lapsed = (int(figures[name]) for name in ("renewed", "late", "lapsed"))
    judged = renewed + late + lapsed
    part = share(renewed, judged)
    kpi = Kpi(
        id="renewal_success",
        label="Renewed before the end",
        value=part,
        unit="share",
        sentence=sentence(
            f"of {counted(judged, 'renewal')} due in the last year {renewed:,} ({show(part, 'share')}) "
            f"{agree(renewed, 'was', 'were')} issued before the end"
            + (f", {late:,} after it" if late else "")
            + (f", {lapsed:,} still served after it without a known successor" if lapsed else "")
        ),
        definition="Certificates once served that ended in the period and have a successor that began by then ÷ "
        "those, those renewed later, and those without a successor that were still served after the end.",
        numerator=renewed,
        denominator=judged,
        counts="renewals due",
        excluded=without([(int(figures["let_go"]), "that ended without a successor and were not seen served since")]),
        tone="warning" if part is not None and part < 1 else "good",
    )
    return [
        kpi if judged else withheld(kpi, "No certificate once served ended in the last year and had to be renewed.")
    ]


def _arrival(inquiry: Inquiry, figures: dict[str, float]) -> list[Kpi]:
    hours = f"{inquiry.thresholds['deployment_hours']:.0f} hours"
    issued, quick, slow = (int(figures[name]) for name in ("issued", "quick", "slow"))
    least, most = share(quick, issued), share(issued - slow, issued)
    open_ones = issued - quick - slow
    made = [
        Kpi(
            id="deployed_in_time_least",
            label=f"Served within {hours}, at least",
            value=least,
            unit="share",
            sentence=sentence(
                f"of {counted(issued, 'renewal')} {quick:,} ({show(least, 'share')}) "
                f"{agree(quick, 'was', 'were')} seen served within {hours} of issue",
                f"of {open_ones:,} no look can tell" if open_ones else "",
            ),
            definition=f"Successors issued in the period that a look found served within {hours} of their notBefore ÷ "
            "all of them.",
            numerator=quick,
            denominator=issued,
            counts="renewals",
        ),
        Kpi(
            id="deployed_in_time_most",
            label=f"Served within {hours}, at most",
            value=most,
            unit="share",
            sentence=sentence(
                f"{slow:,} of {counted(issued, 'renewal')} {agree(slow, 'was', 'were')} seen not to be served after "
                f"{hours}, so that at most {show(most, 'share')} can have been in time"
            ),
            definition=f"All but those of which a look later than {hours} after their notBefore still found the old "
            "certificate and none had found the new one ÷ all of them.",
            numerator=issued - slow,
            denominator=issued,
            counts="renewals",
            tone="warning" if slow else "neutral",
        ),
    ]
    if not issued:
        made = [withheld(kpi, f"No renewal of the last year was issued {hours} ago or earlier.") for kpi in made]
    elif not quick + slow:
        made = [
            withheld(kpi, f"Whether renewals are served within {hours} cannot be told: scans look too seldom.")
            for kpi in made
        ]
    followed, drifted = int(figures["followed"]), int(figures["drifted"])
    drift = Kpi(
        id="drift",
        label="Drift: renewed, not served",
        value=drifted,
        sentence=sentence(
            f"{counted(drifted)} in service {agree(drifted, 'has', 'have')} a known successor that is not served "
            "everywhere"
        ),
        definition="Certificates in service with a successor that one of their endpoints does not present.",
        numerator=drifted,
        denominator=followed,
        tone="warning" if drifted else "good",
    )
    return [*made, drift]


def _failures(figures: dict[str, float]) -> list[Kpi]:
    outlived, recovered = int(figures["outlived"]), int(figures["recovered"])
    least, most = figures.get("recover_days_least"), figures.get("recover_days")
    resolution = figures.get("resolution_days")
    detect = Kpi(
        id="detect_days",
        label="Time until a scan showed it",
        value=figures.get("detect_days"),
        unit="days",
        sentence=sentence(
            f"{counted(outlived)} {agree(outlived, 'was', 'were')} still served after the end in the last year",
            f"in half of the cases a scan showed it within {show(figures.get('detect_days'), 'days')}",
        ),
        definition="Median time from the end of a certificate to the first look that found it still served; nobody can "
        "have known it from scans earlier.",
        denominator=outlived,
    )
    recover = Kpi(
        id="recover_days",
        label="Time to recover, at most",
        value=most,
        unit="days",
        sentence=sentence(
            f"of {counted(outlived)} served after the end {recovered:,} {agree(recovered, 'was', 'were')} seen "
            "replaced",
            f"in half of the cases {show(most, 'days')} after the end at most, and {show(least, 'days')} at least",
        ),
        definition="Median time from the end of a certificate still served to the first look that found its successor; "
        "at least it took until the last look that found the old one.",
        numerator=recovered,
        denominator=outlived,
    )
    looks = Kpi(
        id="scan_resolution_days",
        label="Resolution of scans",
        value=resolution,
        unit="days",
        sentence=f"When a renewal arrived is known to within {show(resolution, 'days')} in half of the cases.",
        definition="Median time between the last look (or the issue) before a successor was found served and the look "
        "that found it.",
    )
    none = "No certificate is known to have been served after its end in the last year."
    return [
        detect if outlived else withheld(detect, none),
        recover
        if recovered
        else withheld(
            recover, f"None of {counted(outlived)} served after the end was seen replaced." if outlived else none
        ),
        looks if resolution is not None else withheld(looks, "No renewal of the last year was seen to arrive."),
    ]


def _waiting(frame: pd.DataFrame, served: int) -> list[Kpi]:
    last = frame.iloc[-1]
    backlog, manual, unjudged = (int(last[name]) if served else 0 for name in ("backlog", "manual", "not_judged"))
    known = [float(value) for value in frame["backlog"].dropna()]
    without_gap = bool(frame["backlog"].iloc[len(frame) - len(known) :].notna().all())
    rise = slope(known) if len(known) >= LEAST_FOR_SLOPE and without_gap else None
    waiting = Kpi(
        id="manual_backlog",
        label="Waiting for a person",
        value=backlog,
        sentence=sentence(
            f"{counted(backlog)} in service {agree(backlog, 'waits', 'wait')} for a person to renew "
            f"{agree(backlog, 'it', 'them')}"
        ),
        definition="Certificates in service renewed by a person (as stated, else more likely than not), with an open "
        "renewal window and no successor.",
        numerator=backlog,
        denominator=manual,
        excluded=without([(unjudged, "of which it is not known how or when they are renewed")]),
        tone="warning" if backlog else "good",
    )
    trend = Kpi(
        id="backlog_slope",
        label="Backlog, change per quarter",
        value=rise,
        unit="index",
        sentence=f"The backlog {'grew' if rise and rise > 0 else 'shrank' if rise and rise < 0 else 'stayed as it was'}"
        + (f" by {abs(rise):.1f} certificates a quarter over {len(known) - 1} quarters." if rise else ".")
        if rise is not None
        else "",
        definition="Slope of the least-squares line through the backlog at the moment asked about and at intervals of "
        "91 days before it.",
    )
    if manual == 0 and unjudged == served:
        waiting = withheld(waiting, "How certificates in service are renewed is not known.")
    if rise is None:
        trend = withheld(trend, f"The trend of the backlog needs scans of {LEAST_FOR_SLOPE} quarters' ends in a row.")
    return [waiting, trend]
