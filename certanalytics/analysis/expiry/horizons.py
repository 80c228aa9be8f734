"""When certificates end, which of them are still served after that, and which renewals never arrived."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry
from certanalytics.analysis._words import agree, counted, of_them, sentence, withheld, without
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

HEADLINE_DAYS = 30
"""The horizon the headline speaks of."""

URGENT_DAYS = 7
"""The horizon up to which an end that is not dealt with is a warning."""

NO_END = "Of no certificate in service the end is known."
"""What is said where only partial descriptions of certificates were loaded."""

NO_END_AHEAD = "No certificate in service has a known end ahead."
"""What is said where all have ended, or nobody told when they end."""

AFTER_THE_LAST_SCAN = (
    "A certificate is judged replaced by what scans saw; a renewal installed after the last scan is not known."
)
"""What scans cannot show; of certificates that live a few days it can be all of them."""


def expiring(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None, days: int = 90) -> Result:
    """Which certificates in service have ended, or end soon?

    A certificate has ended once its notAfter has passed (RFC 5280 section 4.1.2.5: the instant itself is still
    valid); one that ended three hours ago has ended. Days are 86,400 seconds from the moment asked about.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.
        days: How many days ahead the list looks.

    Returns:
        A result whose frame holds one row a certificate in service that has ended or ends within ``days``, what ended
        first at the top: ``certificate`` (SHA-256), ``subject_cn``, ``hosts`` (up to five), ``endpoints``,
        ``issuer_cn``, ``ca_owner``, ``not_before``, ``not_after``, ``lifetime_days``, ``days_left`` (rounded down,
        negative once ended), ``life_left`` (share of the lifetime), ``ended``, ``replaced`` (its successor has been
        seen since at every endpoint), ``successor``, ``renewed_not_deployed``, ``business_unit``, ``environment``,
        ``criticality``, ``service``, ``owner``, ``owner_email``, ``owner_state`` and ``names``.

        Tables: ``weeks`` (53 ISO weeks: ``week``, ``without_owner``, ``owned``, ``replaced``), ``life`` (``band`` of
        the share of lifetime left, ``certificates``, ``not_replaced``), ``horizons`` (``within_days``, ``known``,
        ``in_service``, ``replaced``, ``net``, ``without_owner``, ``critical``) and ``renewed_not_deployed``. Where no
        export names any owner, ``owned`` is absent and ``without_owner`` says nothing.

        Key figures: ``in_service``, ``expired_in_service``, ``ends_in_7`` … ``ends_in_90``, ``renewed_not_deployed``,
        ``past_renewal_window``, ``median_days_left``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame = inquiry.ask("expiring", horizon=days)
    horizons, ending = inquiry.counts("expiry_horizons")
    waiting = inquiry.ask("renewed_not_deployed")
    figures = inquiry.figures("expiry_figures")
    tables = {
        "weeks": inquiry.ask("expiry_weeks"),
        "life": inquiry.ask("expiry_life"),
        "horizons": horizons,
        "renewed_not_deployed": waiting,
    }
    served = figures["in_service"]
    present, *ended = _present(inquiry, figures)
    more = [*ended, *_ending(inquiry, ending, figures), *_renewal(inquiry, figures)]
    kpis = [present, *inquiry.answered(served, more)]
    return inquiry.result(
        "expiring",
        title="Which certificates in service have ended, or end soon?",
        headline=inquiry.unanswered(served) or _headline(inquiry, figures, ending),
        frame=frame,
        kpis=kpis,
        method=inquiry.method(
            "Counts of certificates that end within so many days are cumulative and leave out what has ended, and what "
            "its successor has since been seen to replace at every endpoint. A successor has the same names (else half "
            "of all names in common and the same common name), begins later, and at the latest "
            "{succession_overlap_days:.0f} days after the end."
        ),
        tables=tables,
        caveats=(AFTER_THE_LAST_SCAN,),
    )


def _headline(inquiry: Inquiry, figures: dict[str, float], ending: list[dict[str, int]]) -> str:
    ended = figures["ended"]
    if figures["in_service"] == figures["undated"]:
        return NO_END
    month = next(row for row in ending if row["within_days"] == HEADLINE_DAYS)
    net = month["net"]
    alone = month["without_owner"] if inquiry.has["ownership"] else 0
    number = counted(net) if not ended else f"{net:,} more" if net else "no other"
    return sentence(
        f"{counted(ended)} {agree(ended, 'has', 'have')} ended and {agree(ended, 'is', 'are')} still served",
        f"{number} {agree(net or 1 if ended else net, 'ends', 'end')} within {HEADLINE_DAYS} days"
        + of_them(alone, net, "without an active owner"),
    )


def _present(inquiry: Inquiry, figures: dict[str, float]) -> list[Kpi]:
    in_service, ended, dated = figures["in_service"], figures["ended"], figures["in_service"] - figures["undated"]
    places, critical = counted(figures["ended_endpoints"], "endpoint"), figures["ended_critical"]
    present = Kpi(
        id="in_service",
        label="Certificates in service",
        value=in_service,
        sentence=sentence(f"{counted(in_service)} {agree(in_service, 'is', 'are')} presented by endpoints"),
        definition="Distinct certificates that an endpoint presented when it was last looked at; a precertificate "
        "and its certificate are one.",
        numerator=in_service,
    )
    if why := inquiry.unanswered(in_service):
        present = replace(present, sentence=why) if inquiry.has["scanned"] else withheld(present, why)
    expired = Kpi(
        id="expired_in_service",
        label="Expired and still served",
        value=ended,
        sentence=sentence(
            f"{counted(ended)} {agree(ended, 'has', 'have')} ended and {agree(ended, 'is', 'are')} still presented"
            + (f" at {places}" if ended else "")
            + of_them(critical, ended, agree(critical, "for a critical service", "for critical services"))
        ),
        definition="Certificates in service whose notAfter has passed.",
        numerator=ended,
        denominator=dated,
        excluded=without([(figures["undated"], "without a known end")]),
        tone="critical" if ended else "good",
    )
    return [present, expired if dated else withheld(expired, NO_END)]


def _ending(inquiry: Inquiry, ending: list[dict[str, int]], figures: dict[str, float]) -> list[Kpi]:
    made = []
    dated = figures["in_service"] - figures["undated"]
    for row in ending:
        days, net, gross = row["within_days"], row["net"], row["in_service"]
        alone = row["without_owner"] if inquiry.has["ownership"] else 0
        kpi = Kpi(
            id=f"ends_in_{days}",
            label=f"End within {days} days",
            value=net,
            sentence=sentence(
                f"{counted(net)} {agree(net, 'ends', 'end')} within {days} days and "
                f"{agree(net, 'has', 'have')} to be replaced" + of_them(alone, net, "without an active owner")
            ),
            definition=f"Certificates in service that have not ended and end within {days} × 86,400 seconds, "
            "net of those already replaced.",
            numerator=net,
            denominator=dated,
            excluded=without(
                [(gross - net, "already replaced"), (figures["undated"], "in service without a known end")]
            ),
            tone="warning" if net and days <= URGENT_DAYS else "neutral",
        )
        made.append(kpi if dated else withheld(kpi, NO_END))
    return made


def _renewal(inquiry: Inquiry, figures: dict[str, float]) -> list[Kpi]:
    waiting, late, running = (figures[name] for name in ("renewed_not_deployed", "past_renewal_window", "running"))
    median = figures.get("median_days_left")
    short = inquiry.thresholds["short_lifetime_days"]
    made = [
        Kpi(
            id="renewed_not_deployed",
            label="Renewed, not deployed",
            value=waiting,
            sentence=sentence(
                f"{counted(waiting)} in service {agree(waiting, 'has a known successor', 'have known successors')} "
                f"that {agree(waiting, 'is', 'are')} issued but not served everywhere"
            ),
            definition="Certificates in service with a successor that one of their endpoints does not present.",
            numerator=waiting,
            denominator=figures["in_service"],
            tone="warning" if waiting else "good",
        ),
        Kpi(
            id="past_renewal_window",
            label="Past the renewal window",
            value=late,
            sentence=sentence(f"{counted(late)} {agree(late, 'is', 'are')} due for renewal without a known successor"),
            definition="Certificates in service that have not ended, have no successor, and have less than "
            f"{inquiry.thresholds['renewal_life_left']:.0%} of their lifetime left "
            f"({inquiry.thresholds['short_renewal_life_left']:.0%} for lifetimes up to {short:.0f} days): a 47-day "
            "certificate with 20 days left is in time, a 398-day one is not.",
            numerator=late,
            denominator=running,
            excluded=without([(figures["in_service"] - running, "already ended or without known dates")]),
            tone="warning" if late else "good",
        ),
        Kpi(
            id="median_days_left",
            label="Median days left",
            value=median,
            unit="days",
            sentence=f"Of those that have not ended, the median has {show(median, 'days')} left.",
            definition="Median of the days left, rounded down, of certificates in service that have not ended.",
            denominator=figures["in_service"] - figures["undated"] - figures["ended"],
        ),
    ]
    known = {"past_renewal_window": running, "median_days_left": median is not None}
    return [kpi if known.get(kpi.id, True) else withheld(kpi, NO_END_AHEAD) for kpi in made]
