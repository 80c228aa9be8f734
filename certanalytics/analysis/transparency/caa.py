"""Which CAs the DNS lets issue, and where that and the certificates do not agree (RFC 8659)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, together, withheld, without
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NO_ZONES = "Which CAs may issue cannot be told: no DNS zone is loaded."
"""What is said where there are no DNS records."""


def conformity(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Which certificates did CAA not let their CA issue, and which does it not let it renew?

    A violation is a certificate issued while the zone, before and at the next look after, let other CAs issue or
    nobody; where nobody looked after the issue it is a possible one. A renewal is blocked where the zone forbids it
    now: the certificate may be a legitimate leftover. What the zones loaded do not tell is not judged: names in other
    zones, aliases out of them, identifiers whose CA is not known (facts.caa_identifier).

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a name in a certificate, violations first: ``certificate``, ``subject_cn``,
        ``name``, ``ca_owner``, ``issuer_cn``, ``not_before``, ``not_after``, ``ended``, ``in_service``, ``endpoints``,
        ``critical``, ``owner``, ``business_unit``, ``zone``, ``caa_name`` (where the records stand), ``identifiers``
        (that may issue now), ``identifiers_before`` (before the issue), ``known_since``, ``looked_at``, ``at_issue``
        (``violation``, ``possible violation``) and ``renewal`` (``blocked``).

        Tables: ``domains`` (one row an own registered domain: ``registered_domain``, ``zone_loaded``, ``has_caa``,
        ``issue``, ``issuewild``, ``has_iodef``, ``looked_at``, ``certificates``, ``ca_owners``).

        Key figures: ``caa_coverage``, ``caa_violations``, ``renewals_blocked``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, domains = inquiry.ask("caa_conformity"), inquiry.ask("caa_domains")
    figures = inquiry.figures("caa_figures")
    kpis = [_coverage(domains), _violations(figures), _blocked(figures)]
    if not inquiry.has["zoned"]:
        kpis = [withheld(kpi, NO_ZONES) for kpi in kpis]
    told = [kpi.sentence for kpi in kpis[1:] if kpi.value is not None]
    return inquiry.result(
        "conformity",
        title="Which certificates did CAA not let their CA issue, and which does it not let it renew?",
        headline=together(*told) if told else kpis[1].sentence,
        frame=frame,
        kpis=kpis,
        method=inquiry.method(
            "The relevant records are the nearest CAA records at or above a name in the zone that was loaded; aliases "
            "are followed inside the zone, wildcards judged by issuewild where there is one. At issue counts the "
            "newest snapshot of at least {caa_reuse_hours:.0f} hours (or the TTL) before, confirmed by the next one "
            "after."
        ),
        tables={"domains": domains},
        caveats=(
            "Between two snapshots of a zone records may have changed and changed back.",
            "A CA may also issue under an exception its certificate policy names, which no export tells.",
        ),
    )


def _coverage(domains: pd.DataFrame) -> Kpi:
    loaded = domains[domains["zone_loaded"].astype(bool)]
    number, total, unknown = int(loaded["has_caa"].astype(bool).sum()), len(loaded), len(domains) - len(loaded)
    part = share(number, total)
    kpi = Kpi(
        id="caa_coverage",
        label="Own domains with CAA",
        value=part,
        unit="share",
        sentence=sentence(
            f"{number:,} of {counted(total, 'own domain')} ({show(part, 'share')}) {agree(number, 'says', 'say')} by "
            "CAA who may issue"
        ),
        definition="Own registered domains whose zone was loaded, by whether CAA records at the apex restrict who may "
        "issue (an issue property).",
        numerator=number,
        denominator=total,
        excluded=f"{counted(unknown, 'own domain')} whose zone was not loaded" if unknown else None,
        counts="own domains",
        tone="warning" if number < total else "good",
    )
    return (
        kpi
        if total
        else withheld(kpi, "Which own domains have CAA records cannot be told: none of their zones is loaded.")
    )


def _violations(figures: dict[str, float]) -> Kpi:
    number, maybe, judged = figures["violations"], figures["possible_violations"], figures["judged_at_issue"]
    told = judged - maybe
    kpi = Kpi(
        id="caa_violations",
        label="Issued against CAA",
        value=number,
        sentence=sentence(
            f"{counted(number)} {agree(number, 'was', 'were')} issued by a CA that the zone did not let issue",
            f"{maybe:,.0f} more may have been" if maybe else "",
        ),
        definition="Public certificates for a name whose CAA records, known before the issue and confirmed after it, "
        "list other CAs or none.",
        numerator=number,
        denominator=told,
        excluded=without(
            [
                (maybe, "whose zone nobody looked at since they were issued"),
                (figures["public"] - judged, "whose zone does not tell what held when they were issued"),
            ]
        ),
        tone="critical" if number else "warning" if maybe else "good",
    )
    if told:
        return kpi
    why = f"{counted(maybe)} may have been issued against CAA, but nobody looked at their zones since" if maybe else ""
    return withheld(kpi, sentence(why or "what CAA said when certificates were issued is not told by the zones loaded"))


def _blocked(figures: dict[str, float]) -> Kpi:
    number, judged, total = figures["blocked"], figures["judged_now"], figures["renewable"]
    kpi = Kpi(
        id="renewals_blocked",
        label="Renewal blocked by CAA",
        value=number,
        sentence=sentence(
            f"{counted(number)} in service cannot be renewed by {agree(number, 'its', 'their')} CA: CAA does not list "
            "it"
        ),
        definition="Public certificates in service, not yet replaced, for a name whose CAA records now list other CAs "
        "or none. No violation: they may have been issued before.",
        numerator=number,
        denominator=judged,
        excluded=without([(total - judged, "whose zone does not tell")]),
        tone="warning" if number else "good",
    )
    return (
        kpi
        if judged
        else withheld(kpi, "Whether certificates in service can be renewed is not told by the zones loaded.")
    )
