"""When certificates end, which of them are still served after that, and which renewals never arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry
from certanalytics.analysis._words import agree, counted, sentence, without
from certanalytics.result import Kpi, Result

if TYPE_CHECKING:
    from certanalytics.estate import Estate, Moment

HEADLINE_DAYS = 30
"""The horizon the headline speaks of."""

URGENT_DAYS = 7
"""The horizon up to which an end that is not dealt with is a warning."""


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
        ``in_service``, ``replaced``, ``net``, ``without_owner``, ``critical``) and ``renewed_not_deployed``.

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
    kpis = [*_present(figures), *_ending(ending, figures), *_renewal(inquiry, figures)]
    return inquiry.result(
        "expiring",
        title="Which certificates in service have ended, or end soon?",
        headline=_headline(figures, ending),
        frame=frame,
        kpis=kpis,
        method=inquiry.method(
            "Counts of certificates that end within so many days are cumulative and leave out what has ended, and what "
            "its successor has since been seen to replace at every endpoint. A successor has the same names (else half "
            "of all names in common and the same common name), begins later, and at the latest "
            "{succession_overlap_days:.0f} days after the end."
        ),
        tables=tables,
        caveats=(
            "A certificate is judged replaced by what scans saw; a renewal installed after the last scan is not known.",
        ),
    )


def _headline(figures: dict[str, float], ending: list[dict[str, int]]) -> str:
    if not figures["in_service"]:
        return "No certificate in service is known."
    ended = figures["ended"]
    month = next(row for row in ending if row["within_days"] == HEADLINE_DAYS)
    net, alone = month["net"], month["without_owner"]
    return sentence(
        f"{counted(ended)} {agree(ended, 'has', 'have')} ended and {agree(ended, 'is', 'are')} still served",
        f"{net:,} more {agree(net, 'ends', 'end')} within {HEADLINE_DAYS} days"
        + (f", {alone:,} of them without an active owner" if alone else ""),
    )


def _present(figures: dict[str, float]) -> list[Kpi]:
    in_service, ended = figures["in_service"], figures["ended"]
    places = counted(figures["ended_endpoints"], "endpoint")
    return [
        Kpi(
            id="in_service",
            label="Certificates in service",
            value=in_service,
            sentence=sentence(f"{counted(in_service)} {agree(in_service, 'is', 'are')} presented by endpoints"),
            definition="Distinct certificates that an endpoint presented when it was last looked at; a precertificate "
            "and its certificate are one.",
            numerator=in_service,
        ),
        Kpi(
            id="expired_in_service",
            label="Expired and still served",
            value=ended,
            sentence=sentence(
                f"{counted(ended)} {agree(ended, 'has', 'have')} ended and {agree(ended, 'is', 'are')} still presented"
                + (f" at {places}, {int(figures['ended_critical']):,} for critical services" if ended else "")
            ),
            definition="Certificates in service whose notAfter has passed.",
            numerator=ended,
            denominator=in_service,
            excluded=without([(figures["undated"], "without a known end")]),
            tone="critical" if ended else "good",
        ),
    ]


def _ending(ending: list[dict[str, int]], figures: dict[str, float]) -> list[Kpi]:
    made = []
    for row in ending:
        days, net, gross, alone = (row[name] for name in ("within_days", "net", "in_service", "without_owner"))
        made.append(
            Kpi(
                id=f"ends_in_{days}",
                label=f"End within {days} days",
                value=net,
                sentence=sentence(
                    f"{counted(net)} {agree(net, 'ends', 'end')} within {days} days and "
                    f"{agree(net, 'has', 'have')} to be replaced"
                    + (f", {alone:,} without an active owner" if alone else "")
                ),
                definition=f"Certificates in service that have not ended and end within {days} × 86,400 seconds, "
                f"net of those already replaced ({gross:,} before that; {row['known']:,} with those that no "
                "endpoint presents).",
                numerator=net,
                denominator=figures["in_service"],
                excluded=without(
                    [(gross - net, "already replaced"), (figures["undated"], "in service without a known end")]
                ),
                tone="warning" if net and days <= URGENT_DAYS else "neutral",
            )
        )
    return made


def _renewal(inquiry: Inquiry, figures: dict[str, float]) -> list[Kpi]:
    waiting, late, running = (figures[name] for name in ("renewed_not_deployed", "past_renewal_window", "running"))
    median = figures.get("median_days_left")
    short = inquiry.thresholds["short_lifetime_days"]
    return [
        Kpi(
            id="renewed_not_deployed",
            label="Renewed, not deployed",
            value=waiting,
            sentence=sentence(
                f"{counted(waiting)} in service {agree(waiting, 'has a successor', 'have successors')} that "
                f"{agree(waiting, 'is', 'are')} issued but not served everywhere"
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
            sentence=sentence(
                f"{counted(late)} {agree(late, 'has', 'have')} used up two thirds of "
                f"{agree(late, 'its', 'their')} lifetime without a successor"
            ),
            definition="Certificates in service that have not ended, have no successor, and have less than "
            f"{inquiry.thresholds['renewal_life_left']:.0%} of their lifetime left "
            f"({inquiry.thresholds['short_renewal_life_left']:.0%} for lifetimes up to {short:.0f} days): a 47-day "
            "certificate with 20 days left is in time, a 398-day one is not.",
            numerator=late,
            denominator=running,
            excluded=without([(figures["in_service"] - running, "that ended or have no known dates")]),
            tone="warning" if late else "good",
        ),
        Kpi(
            id="median_days_left",
            label="Median days left",
            value=median,
            unit="days",
            sentence=f"Half of those that have not ended end within {median:,.0f} days."
            if median is not None
            else "No certificate in service has a known end ahead.",
            definition="Median of the days left, rounded down, of certificates in service that have not ended.",
            denominator=running,
        ),
    ]
