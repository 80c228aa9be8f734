"""Which sources know which certificates, and how fresh their looks are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, withheld
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NO_LOOKS = "How fresh looks at endpoints are cannot be told: no scan is loaded."
"""What is said where no endpoint was ever looked at."""


def sources(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Which certificates does each source know alone, and which in common with others?

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a source, most certificates first: ``source``, ``certificates``, ``alone``
        (known to no other), ``in_service``, ``endpoints`` (looked at), ``endpoints_alone``, ``answered``, ``newest``
        look, ``median_age`` and ``p95_age`` in days of the newest look at each endpoint, and ``stale`` (looked at
        longer ago than ``freshness_days``). A scope bounds certificates, not endpoints.

        Tables: ``sets`` (one row a set of sources: ``sources``, ``number``, ``certificates`` that just these know,
        ``in_service``, ``valid``) and ``services`` (one row a critical service: ``service``, ``kinds`` of source that
        know a valid certificate of it, ``in_log``, ``in_scan``, ``in_inventory``, ``certificates``).

        Key figures: ``sources``, ``known_once``, ``critical_multi_source``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, sets = inquiry.ask("coverage_by_source"), inquiry.ask("coverage_by_set")
    services = inquiry.ask("critical_services")
    total = int(sets["certificates"].sum())
    once = _once(sets, total)
    return inquiry.result(
        "sources",
        title="Which certificates does each source know alone, and which in common with others?",
        headline=once.sentence,
        frame=frame,
        kpis=[_number(frame), once, _critical(inquiry, services)],
        method=inquiry.method(
            "A source knows a certificate if it met it, described it or recorded it in any way by the moment asked "
            "about; a precertificate and its certificate are one. Kinds of source that find certificates independently "
            "are logs, scans (endpoints, files) and inventories (managers, systems of record)."
        ),
        tables={"sets": sets, "services": services},
        caveats=("Two exports of one tool in different formats are two sources here, though not independent.",),
    )


def freshness(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """How long ago was each network range last looked at?

    A look is an attempt on an endpoint, whether or not it gave a certificate: what was refused was covered.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; it bounds certificates, so that here it bounds nothing.

    Returns:
        A result whose frame holds one row a network range (/24 of IPv4, /48 of IPv6), longest ago first: ``network``,
        ``addresses``, ``endpoints`` looked at, ``answered`` (with a certificate), ``last_look``, ``days_since_look``,
        ``median_age`` and ``p95_age`` in days of the newest look at each endpoint, ``stale`` endpoints (longer ago than
        ``freshness_days``) and ``never_looked_at`` (addresses of assets at which nobody looked).

        Tables: ``sources`` (see `sources`).

        Key figures: ``median_age``, ``p95_age``, ``stale_share``, ``ranges_in_time``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, by_source = inquiry.ask("freshness_by_range"), inquiry.ask("coverage_by_source")
    figures = inquiry.figures("freshness_figures")
    kpis = _ages(inquiry, figures)
    ranges = _ranges(inquiry, frame)
    return inquiry.result(
        "freshness",
        title="How long ago was each network range last looked at?",
        headline=ranges.sentence if figures["endpoints"] else NO_LOOKS,
        frame=frame,
        kpis=[*kpis, ranges],
        method=inquiry.method(
            "The age of an endpoint is the time since the newest look at it by any source, in days of 86,400 seconds; "
            "a look that was refused or timed out is a look. Ranges are those of addresses that were looked at, and of "
            "the assets loaded; a range of which no export speaks is not known."
        ),
        tables={"sources": by_source},
        caveats=(
            "Endpoints known by name alone belong to no range.",
            *(("A scope bounds certificates, not looks: these are of the whole estate.",) if inquiry.scope else ()),
        ),
    )


def _number(frame: pd.DataFrame) -> Kpi:
    number = int((frame["certificates"] > 0).sum())
    return Kpi(
        id="sources",
        label="Sources of certificates",
        value=number,
        sentence=sentence(f"{counted(number, 'source')} {agree(number, 'knows', 'know')} certificates"),
        definition="Sources that met, described or recorded at least one certificate.",
        numerator=number,
        counts="sources",
    )


def _once(sets: pd.DataFrame, total: int) -> Kpi:
    number = int(sets.loc[sets["number"] == 1, "certificates"].sum())
    part = share(number, total)
    kpi = Kpi(
        id="known_once",
        label="Known to one source only",
        value=part,
        unit="share",
        sentence=sentence(
            f"{number:,} of {counted(total)} ({show(part, 'share')}) {agree(number, 'is', 'are')} known to one source "
            "only"
        ),
        definition="Certificates that a single source knows.",
        numerator=number,
        denominator=total,
    )
    return kpi if total else withheld(kpi, "No certificate is known here.")


def _critical(inquiry: Inquiry, services: pd.DataFrame) -> Kpi:
    wanted = inquiry.thresholds["multi_source_methods"]
    number, total = int((services["kinds"] >= wanted).sum()), len(services)
    part = share(number, total)
    kpi = Kpi(
        id="critical_multi_source",
        label="Critical services seen twice",
        value=part,
        unit="share",
        sentence=sentence(
            f"{number:,} of {counted(total, 'critical service')} {agree(number, 'is', 'are')} seen by at least "
            f"{wanted:.0f} independent kinds of source"
        ),
        definition="Critical services of which logs, scans and inventories (at least "
        f"{wanted:.0f} of the three) know a valid certificate. A service of which no certificate is known is not "
        "counted.",
        numerator=number,
        denominator=total,
        counts="critical services",
        tone="warning" if number < total else "good",
    )
    if not inquiry.has["criticality"]:
        return withheld(kpi, "Which services are critical cannot be told: no loaded export says so.")
    return kpi if total else withheld(kpi, "No valid certificate here is known to belong to a named critical service.")


def _ages(inquiry: Inquiry, figures: dict[str, float]) -> list[Kpi]:
    endpoints, days = figures["endpoints"], inquiry.thresholds["freshness_days"]
    stale = figures["stale"]
    middle, late, part = figures.get("median_age"), figures.get("p95_age"), share(stale, endpoints)
    made = [
        Kpi(
            id="median_age",
            label="Median age of the last look",
            value=middle,
            unit="days",
            sentence=f"Half of the endpoints were last looked at no more than {show(middle, 'days')} ago.",
            definition="Median over endpoints of the time since the newest look by any source.",
            denominator=endpoints,
            counts="endpoints",
        ),
        Kpi(
            id="p95_age",
            label="95th percentile of that age",
            value=late,
            unit="days",
            sentence=f"19 of 20 endpoints were last looked at no more than {show(late, 'days')} ago.",
            definition="95th percentile over endpoints of the time since the newest look by any source.",
            denominator=endpoints,
            counts="endpoints",
            tone="warning" if late is not None and late > days else "neutral",
        ),
        Kpi(
            id="stale_share",
            label=f"Not looked at for {days:.0f} days",
            value=part,
            unit="share",
            sentence=sentence(
                f"{stale:,.0f} of {counted(endpoints, 'endpoint')} {agree(stale, 'was', 'were')} not looked at for "
                f"more than {days:.0f} days"
            ),
            definition=f"Endpoints at which the newest look by any source is older than {days:.0f} days.",
            numerator=stale,
            denominator=endpoints,
            counts="endpoints",
            tone="warning" if stale else "good",
        ),
    ]
    return made if endpoints else [withheld(kpi, NO_LOOKS) for kpi in made]


def _ranges(inquiry: Inquiry, frame: pd.DataFrame) -> Kpi:
    days = inquiry.thresholds["freshness_days"]
    total = len(frame)
    fresh, never = int((frame["days_since_look"] <= days).sum()), int(frame["days_since_look"].isna().sum())
    late = total - fresh
    part = share(fresh, total)
    kpi = Kpi(
        id="ranges_in_time",
        label="Ranges looked at in time",
        value=part,
        unit="share",
        sentence=sentence(
            f"{late:,} of {counted(total, 'network range')} {agree(late, 'was', 'were')} not looked at within "
            f"{days:.0f} days",
            f"at {never:,} of them nobody ever looked" if never else "",
        ),
        definition=f"Network ranges (/24, /48) with a look at any endpoint within {days:.0f} days, of those in which "
        "endpoints were looked at or assets lie.",
        numerator=fresh,
        denominator=total,
        counts="network ranges",
        tone="warning" if late else "good",
    )
    if total:
        return kpi
    return withheld(kpi, "No address is known: by which network ranges looks lie cannot be told.")
