"""Which certificates there are, why each is called public or private, and in which states they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import WHOLE, agree, counted, sentence, withheld, without
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NOT_SCANNED = "What endpoints present is not known: no scan of the last {freshness_days:.0f} days is loaded."
"""What is said of states that only a look can tell."""


def holdings(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Which TLS server certificates are known, of which class, in which state, and how fresh is what we know?

    A certificate is public by evidence alone: its issuing CA or root is on the list of a public root programme, it
    carries SCTs, a log holds it, or its issuer has the name of a public CA (facts.ca_owner) that no loaded root list
    contradicts. Self-signed is one that names itself as its issuer; private, one seen in full that has none of these.
    States are told apart and not ranked: several hold at once.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a trust class and kind of evidence, most certificates first: ``trust``,
        ``trust_evidence``, ``certificates`` and ``in_service``.

        Tables: ``states`` (``state``, ``certificates``, ``in_service``), ``spread`` (``band`` of endpoints a
        certificate, ``certificates``), ``sight`` (one row a scanner: ``source``, ``certificates``,
        ``median_age_days``, ``p95_age_days``, ``older``, ``newest``), ``ghosts`` (the list: ``certificate``,
        ``subject_cn``, ``said_by``, ``places``, ``reached``, ``stale``, ``withdrawn``, ``last_served``,
        ``not_after``, ``days_left``, ``renewed`` and owner columns) and ``out_of_scope`` (``purpose``,
        ``certificates``; no scope bounds it).

        Key figures: ``certificates`` (INV-1 of the catalogue), ``trust_unknown``, ``live`` (INV-2),
        ``endpoint_ratio``, ``endpoints_p95`` and ``endpoints_most`` (INV-3), ``stale``, ``ghosts`` (INV-8),
        ``median_age``, ``p95_age`` and ``older_than_window`` (INV-6), ``revoked_in_service``, ``client_only``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, figures = inquiry.ask("trust_classes"), inquiry.figures("inventory_figures")
    ratio, outside = inquiry.figures("endpoint_ratio"), inquiry.ask("out_of_scope")
    kpis = [
        *_classes(figures),
        *_live(inquiry, figures, ratio),
        _ghosts(inquiry, figures),
        *_sight(inquiry, figures),
        _revoked(inquiry, figures),
        _client_only(inquiry, outside),
    ]
    return inquiry.result(
        "holdings",
        title="Which TLS server certificates are known, and in which state are they?",
        headline=_headline(inquiry, figures),
        frame=frame,
        kpis=kpis,
        method=inquiry.method(
            "Everything a loaded export shows as a TLS server certificate counts, each certificate once: a "
            "precertificate and its certificate are one. Public is told by root lists, SCTs, log entries and the names "
            "of public CAs, in this order; a root that is on no loaded list contradicts a name. Stale is what "
            "endpoints presented once and no look of the last {freshness_days:.0f} days saw; a ghost is valid, set up "
            "to be served somewhere, and presented by no endpoint."
        ),
        tables={
            "states": inquiry.ask("certificate_states"),
            "spread": inquiry.ask("endpoint_spread"),
            "sight": inquiry.ask("sight_ages"),
            "ghosts": inquiry.ask("ghosts"),
            "out_of_scope": outside,
        },
        caveats=(
            "A certificate that no loaded export shows is not in it; how many that may be is another question.",
            "Private means that nothing seen proves a certificate public, not that its CA is known.",
        ),
    )


def _headline(inquiry: Inquiry, figures: dict[str, float]) -> str:
    total, live = figures["certificates"], figures["live_valid"]
    if not total:
        return "No TLS server certificate in this scope is known." if inquiry.scope else "No certificate is known."
    known = f"{counted(total, 'TLS server certificate')} {agree(total, 'is', 'are')} known"
    if not inquiry.has["scanned"]:
        return sentence(known, "which of them endpoints present cannot be told")
    return sentence(known, f"{live:,.0f} {agree(live, 'is', 'are')} valid and presented by endpoints")


def _classes(figures: dict[str, float]) -> list[Kpi]:
    total, unknown = figures["certificates"], figures["trust_unknown"]
    parts = ((figures[name], label) for name, label in _CLASSES.items())
    split = ", ".join(f"{number:,.0f} {label}" for number, label in parts if number)
    return [
        Kpi(
            id="certificates",
            label="Certificates known",
            value=total,
            sentence=sentence(f"{counted(total, 'TLS server certificate')} {agree(total, 'is', 'are')} known", split),
            definition="Distinct TLS server certificates that any loaded export shows (INV-1), split by trust class.",
            numerator=total,
        ),
        Kpi(
            id="trust_unknown",
            label="Trust class not known",
            value=unknown,
            sentence=sentence(
                f"of {counted(unknown)} nothing loaded tells whether {agree(unknown, 'it is', 'they are')} public"
            )
            if unknown
            else "The trust class of every certificate is told by evidence.",
            definition="Certificates of which only partial descriptions are loaded without evidence of a public CA, or "
            "whose issuer has the name of a public CA while their root is on no loaded list.",
            numerator=unknown,
            denominator=total,
        ),
    ]


_CLASSES = {
    "public": "public",
    "private": "private",
    "self_signed": "self-signed",
    "trust_unknown": "of unknown class",
}


def _live(inquiry: Inquiry, figures: dict[str, float], ratio: dict[str, float]) -> list[Kpi]:
    served, live, undated = figures["in_service"], figures["live_valid"], figures["live_undated"]
    endpoints = ratio["endpoints"]
    per = share(endpoints, served)
    made = [
        Kpi(
            id="live",
            label="Live certificates",
            value=live,
            sentence=sentence(f"{counted(live)} {agree(live, 'is', 'are')} valid and presented by endpoints"),
            definition="Certificates in service that are valid at the moment (INV-2).",
            numerator=live,
            denominator=served - undated,
            excluded=without([(undated, "in service whose dates are not known")]),
        ),
        Kpi(
            id="endpoint_ratio",
            label="Endpoints per certificate",
            value=per,
            unit="index",
            sentence=sentence(
                f"{counted(endpoints, 'endpoint')} {agree(endpoints, 'presents', 'present')} {counted(served)}"
            ),
            definition="Distinct endpoints that present a certificate in scope, divided by the certificates in service "
            "(INV-3).",
            numerator=endpoints,
            counts="endpoints",
        ),
        Kpi(
            id="endpoints_p95",
            label="Endpoints of a certificate, p95",
            value=ratio.get("p95"),
            sentence=sentence(
                f"19 of 20 certificates are presented by no more than {counted(ratio.get('p95', 0), 'endpoint')}"
            ),
            definition="The number of endpoints that at least 95 % of the certificates in service do not exceed "
            "(INV-3).",
            denominator=served,
        ),
        Kpi(
            id="endpoints_most",
            label="Most endpoints of one certificate",
            value=ratio.get("most"),
            sentence=sentence(f"one certificate is presented by {counted(ratio.get('most', 0), 'endpoint')}"),
            definition="Most endpoints that present one and the same certificate (INV-3).",
            denominator=served,
        ),
    ]
    return inquiry.answered(served, made)


def _ghosts(inquiry: Inquiry, figures: dict[str, float]) -> Kpi:
    ghosts, looked_at, configured = figures["ghosts"], figures["ghosts_looked_at"], figures["configured"]
    kpi = Kpi(
        id="ghosts",
        label="Set up, not seen",
        value=ghosts,
        sentence=sentence(
            f"{counted(ghosts, 'valid certificate')} {agree(ghosts, 'is', 'are')} set up to be served and presented by "
            "no endpoint",
            f"at {looked_at:,.0f} of them somebody looked"
            if ghosts and looked_at
            else "nobody looked there" * bool(ghosts),
        ),
        definition="Valid certificates that a manager, a server, a cluster, a load balancer or a cloud is set up to "
        "serve and that no endpoint presents (INV-8); looked at are those for whose names an endpoint was looked at "
        f"within {inquiry.thresholds['freshness_days']:.0f} days.",
        numerator=ghosts,
        denominator=configured,
        tone="warning" if looked_at else "neutral",
    )
    if not inquiry.has["scanned"]:
        return withheld(kpi, NOT_SCANNED.format(**inquiry.thresholds))
    if not configured:
        return withheld(kpi, "Ghosts cannot be told: no loaded export says where certificates in scope are set up.")
    return kpi


def _sight(inquiry: Inquiry, figures: dict[str, float]) -> list[Kpi]:
    seen, stale, waiting = figures["ever_served"], figures["stale"], figures["stale_waiting"]
    valid, old = figures["valid_served"], figures["stale_valid"]
    median, p95 = figures.get("median_age_days"), figures.get("p95_age_days")
    days, part = inquiry.thresholds["freshness_days"], share(old, valid)
    made = [
        Kpi(
            id="stale",
            label="Stale certificates",
            value=stale,
            sentence=sentence(
                f"{counted(stale)} {agree(stale, 'was', 'were')} presented once and not seen for more than "
                f"{days:.0f} days",
                f"{waiting:,.0f} of them {agree(waiting, 'is valid and has', 'are valid and have')} no successor"
                if waiting
                else "",
            ),
            definition=f"Certificates that endpoints presented once and that no look of the last {days:.0f} days saw.",
            numerator=stale,
            denominator=seen,
            excluded=without([(figures["certificates"] - seen, "that no endpoint was ever seen to present")]),
        ),
        Kpi(
            id="median_age",
            label="Median age of the last sight",
            value=median,
            unit="days",
            sentence=f"Half of the valid certificates were last seen no more than {show(median, 'days')} ago.",
            definition="Median of the days since an endpoint was last seen to present a certificate that is still "
            "valid (INV-6).",
            denominator=valid,
        ),
        Kpi(
            id="p95_age",
            label="Age of the last sight, p95",
            value=p95,
            unit="days",
            sentence=f"19 of 20 valid certificates were last seen no more than {show(p95, 'days')} ago.",
            definition="95th percentile of the same days (INV-6).",
            denominator=valid,
        ),
        Kpi(
            id="older_than_window",
            label="Last seen too long ago",
            value=part,
            unit="share",
            sentence=f"{show(part, 'share')} of the valid certificates once seen were last seen more than {days:.0f} "
            "days ago.",
            definition="Share of the valid certificates that endpoints ever presented whose last sight is more than "
            f"{days:.0f} days ago (INV-6).",
            numerator=old,
            denominator=valid,
        ),
    ]
    never = "No certificate in scope was ever seen at an endpoint."
    ended = "No valid certificate in scope was ever seen at an endpoint."
    first = made[0] if seen else withheld(made[0], never)
    return [first, *(kpi if valid else withheld(kpi, ended if seen else never) for kpi in made[1:])]


def _revoked(inquiry: Inquiry, figures: dict[str, float]) -> Kpi:
    revoked, known = figures["revoked_in_service"], figures["status_known"]
    kpi = Kpi(
        id="revoked_in_service",
        label="Revoked and still served",
        value=revoked,
        sentence=sentence(f"{counted(revoked)} {agree(revoked, 'is', 'are')} revoked and still presented by endpoints"),
        definition="Certificates in service that a CRL, an OCSP answer or a record says are revoked. Of a certificate "
        "no such statement names, the status is not known.",
        numerator=revoked,
        denominator=known,
        excluded=without([(figures["certificates"] - known, "whose status nothing loaded tells")]),
        tone="critical" if revoked else "neutral",
    )
    if why := inquiry.unanswered(figures["in_service"]):
        return withheld(kpi, why)
    return kpi if known else withheld(kpi, "No loaded CRL, OCSP answer or record tells the status of one in scope.")


def _client_only(inquiry: Inquiry, outside: pd.DataFrame) -> Kpi:
    counts = dict(zip(outside["purpose"], outside["certificates"], strict=True))
    number, other = int(counts.get("client", 0)), int(counts.get("other", 0))
    return Kpi(
        id="client_only",
        label="Client certificates, out of scope",
        value=number,
        sentence=sentence(
            f"{counted(number)} for clients only {agree(number, 'is', 'are')} known and not counted in the inventory"
            if number
            else "no certificate for clients only is known",
            f"{other:,} more {agree(other, 'is', 'are')} for other purposes" if other else "",
            WHOLE if inquiry.scope and number + other else "",
        ),
        definition="Certificates whose extended key usage allows clients to be authenticated and not servers, and that "
        "no endpoint presents. They are in no other figure, and no scope bounds this one.",
        numerator=number,
    )
