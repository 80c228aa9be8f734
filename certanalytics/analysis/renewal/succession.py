"""How certificates are renewed: in time, everywhere, with a new key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NONE = "No certificate in scope is known to have been renewed."
"""What is said where no certificate followed another."""

UNTIMED = (
    "No renewal in scope was measured: no endpoint was looked at both before and after it took the new certificate."
)
"""What is said where a single scan, or none, is loaded."""


def lead_times(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Are certificates renewed in time, deployed wherever the old one is, and with a new key?

    B follows A if it has the same names, else at least half of all names in common (Jaccard index) and the same common
    name; it begins after A, and at the latest succession_overlap_days after A's end. A lead time runs from the first
    look that saw B at an endpoint to the end of A, so it is the least it can have been; how much longer it may have
    been is bounded by the look before, and by the start of B. A renewal is late if even the longest is too short, in
    time if even the shortest is not; in between it cannot be told.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory that the old certificates meet; everything if ``None``.

    Returns:
        A result whose frame holds one row a renewed certificate, latest renewal first: ``certificate``, ``subject_cn``,
        ``hosts``, ``successor``, ``rule``, ``score`` (Jaccard index), ``stage``, ``previous_end``, ``renewed_at``,
        ``looked_before``, ``taken_over``, ``lead_days``, ``lead_at_most_days``, ``late`` (absent: cannot be told),
        ``key_reused`` (absent: not known), ``in_service``, ``days_left`` and owner columns.

        Tables: ``stages`` (``stage``, ``certificates``, ``endpoints``), ``lead_times`` (``band``, ``late``,
        ``unclear``, ``in_time``) and ``units`` (``business_unit``, ``renewals``, ``late``, ``unclear``,
        ``median_lead_days``, ``p10_lead_days``).

        Key figures: ``renewals``, ``not_everywhere`` (REN-4), ``deployed_nowhere``, ``median_lead`` and ``p10_lead``
        (EXP-9, REN-1), ``late`` (EXP-10), ``keys_reused`` (PKS-6 of the guide).

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, figures = inquiry.ask("renewals"), inquiry.figures("lead_time_figures")
    total = figures["renewals"]
    kpis = [_renewals(figures), *_deployment(inquiry, figures), *_lead(inquiry, figures), _keys(figures)]
    return inquiry.result(
        "lead_times",
        title="Are certificates renewed in time, everywhere and with a new key?",
        headline=_headline(figures) if total else NONE,
        frame=frame,
        kpis=kpis if total else [kpis[0], *(withheld(kpi, NONE) for kpi in kpis[1:])],
        method=inquiry.method(
            "A certificate follows another with the same names, else with a Jaccard index of the names of at least "
            "{succession_similarity} and the same common name; it begins later, and at the latest "
            "{succession_overlap_days:.0f} days after the end of the first. A lead time runs from the first look that "
            "saw the new certificate at an endpoint which an earlier look had seen without it, to the end of the old "
            "one. It is late below {late_renewal_days:.0f} days, for short lifetimes below {renewal_life_left:.0%} of "
            "the lifetime; where the looks before and after lie on both sides of that moment, it cannot be told."
        ),
        tables={
            "stages": inquiry.ask("renewal_stages"),
            "lead_times": inquiry.ask("lead_times"),
            "units": inquiry.ask("lead_times_by_unit"),
        },
        caveats=(
            "A lead time is the least it can have been: scans see a new certificate later than it was installed.",
            "That a certificate follows another is inferred from names and dates; rule and score stand in the list.",
        ),
    )


def _headline(figures: dict[str, float]) -> str:
    total, nowhere = figures["renewals"], figures["deployed_nowhere"]
    timed, late, unclear = figures["timed"], figures["late"], figures["unclear"]
    judged = (
        f"{'at least ' * bool(unclear)}{late:,.0f} of {timed:,.0f} measured renewals {agree(late, 'was', 'were')} late"
        if timed and (late or not unclear)
        else "whether any was late cannot be told"
    )
    waiting = f"{counted(nowhere, 'renewal')} {agree(nowhere, 'is', 'are')} deployed nowhere" if nowhere else ""
    return sentence(f"{counted(total)} {agree(total, 'was', 'were')} renewed", judged, waiting)


def _renewals(figures: dict[str, float]) -> Kpi:
    total, similar = figures["renewals"], figures["by_similar_names"]
    return Kpi(
        id="renewals",
        label="Renewed certificates",
        value=total,
        sentence=sentence(
            f"{counted(total)} {agree(total, 'was', 'were')} followed by another",
            f"{similar:,.0f} of them by one with other names too" if similar else "",
        )
        if total
        else NONE,
        definition="Certificates in scope that another one followed, whatever became of either.",
        numerator=total,
    )


def _deployment(inquiry: Inquiry, figures: dict[str, float]) -> list[Kpi]:
    served, partly, nowhere = (figures[name] for name in ("still_served", "partly_deployed", "deployed_nowhere"))
    waiting = partly + nowhere
    made = [
        Kpi(
            id="not_everywhere",
            label="Renewed, not deployed everywhere",
            value=waiting,
            sentence=sentence(
                f"{counted(waiting)} in service {agree(waiting, 'has', 'have')} a successor that is not presented "
                f"wherever {agree(waiting, 'it is', 'they are')}",
                f"for {nowhere:,.0f} no endpoint presents it at all" if nowhere else "",
            )
            if waiting
            else "Every renewal of a certificate still in service is presented wherever that is.",
            definition="Renewed certificates in service with an endpoint that does not show their successor (REN-4).",
            numerator=waiting,
            denominator=served,
            tone="warning" if waiting else "good",
        ),
        Kpi(
            id="deployed_nowhere",
            label="Renewed, deployed nowhere",
            value=nowhere,
            sentence=sentence(
                f"no endpoint presents the successor of {counted(nowhere)} still in service"
                if nowhere
                else "every certificate still in service that was renewed has its successor at some endpoint"
            ),
            definition="Renewed certificates in service whose successor no endpoint presents.",
            numerator=nowhere,
            denominator=served,
            tone="warning" if nowhere else "good",
        ),
    ]
    if not inquiry.has["scanned"]:
        why = inquiry.unanswered(0) or ""
    else:
        why = "No renewed certificate is in service any more."
    return made if served else [withheld(kpi, why) for kpi in made]


def _lead(inquiry: Inquiry, figures: dict[str, float]) -> list[Kpi]:
    timed, untimed = figures["timed"], figures["untimed"]
    late, in_time, unclear = (figures[name] for name in ("late", "in_time", "unclear"))
    median, p10, gap = (figures.get(name) for name in ("median_lead_days", "p10_lead_days", "widest_gap_days"))
    days, part = inquiry.thresholds["late_renewal_days"], share(late, timed)
    not_seen = (untimed, "whose change no endpoint was looked at before and after")
    made = [
        Kpi(
            id="median_lead",
            label="Median renewal lead time",
            value=median,
            unit="days",
            sentence=f"Half of the measured renewals were first seen in service {_before(median, 'at least')} the end "
            f"of the old certificate; they may have been there up to {show(gap, 'days')} earlier.",
            definition="Median of the days from the first look that saw the new certificate in service to the end of "
            "the old one (EXP-9); negative after the end.",
            denominator=timed,
            excluded=without([not_seen]),
        ),
        Kpi(
            id="p10_lead",
            label="Renewal lead time, lowest tenth",
            value=p10,
            unit="days",
            sentence=f"One measured renewal in ten was first seen in service {_before(p10, 'at most')} the end of the "
            "old certificate.",
            definition="10th percentile of the same days (EXP-9).",
            denominator=timed,
            excluded=without([not_seen]),
        ),
    ]
    rate = Kpi(
        id="late",
        label="Late renewals, at least" if unclear else "Late renewals",
        value=part,
        unit="share",
        sentence=sentence(
            f"{'at least ' * bool(unclear)}{late:,.0f} of {counted(timed, 'measured renewal')} "
            f"{agree(late, 'was', 'were')} late",
            f"of {unclear:,.0f} more the looks lie too far apart to tell" if unclear else "",
        ),
        definition=f"Renewals that took over fewer than {days:.0f} days before the end of the old certificate (or less "
        f"than {inquiry.thresholds['renewal_life_left']:.0%} of its lifetime, if that is shorter), of those that were "
        "measured (EXP-10). Where looks lie too far apart to tell, the share is the least it can be; where they leave "
        "open whether any was late, there is none.",
        numerator=late,
        denominator=timed,
        counts="renewals",
        excluded=without([not_seen]),
        tone="warning" if late else "good",
    )
    if not timed:
        return [withheld(kpi, UNTIMED) for kpi in (*made, rate)]
    apart = (
        f"Whether renewals were late cannot be told: {in_time:,.0f} were in time, and of {unclear:,.0f} the looks lie "
        "too far apart to tell."
    )
    return [*made, rate if late or not unclear else withheld(rate, apart)]


def _before(days: float | None, bound: str) -> str:
    """``at least 12 days before``; what lies behind the end is said to be after it."""
    if days is None or days >= 0:
        return f"{bound} {show(days, 'days')} before"
    return f"{'at most' if bound == 'at least' else 'at least'} {show(-days, 'days')} after"


def _keys(figures: dict[str, float]) -> Kpi:
    known, reused, total = figures["keys_known"], figures["keys_reused"], figures["renewals"]
    part = share(reused, known)
    kpi = Kpi(
        id="keys_reused",
        label="Renewed with the old key",
        value=part,
        unit="share",
        sentence=sentence(f"{reused:,.0f} of {counted(known, 'renewal')} kept the old key"),
        definition="Renewals whose certificate has the public key of the one before (SP 1800-16: rekey on renewal).",
        numerator=reused,
        denominator=known,
        counts="renewals",
        excluded=without([(total - known, "of which a key is not known")]),
        tone="warning" if reused else "good",
    )
    return kpi if known else withheld(kpi, "Of no renewal both keys are known.")
