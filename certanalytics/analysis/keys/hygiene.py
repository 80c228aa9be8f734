"""Which keys are shared, old, kept at renewal, or known to be broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.analysis.keys._shared_keys import shared_keys
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NO_KEY = "Of no certificate in service the key is known."
"""What is said where only partial descriptions of certificates were loaded."""

NO_OWNERS = "Whether keys are shared between owners cannot be told: no loaded export names an owner."
"""What is said where there is no ownership data."""


def reuse(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Which keys are shared between certificates, how old are keys, and are they replaced at renewal?

    Certificates share a key if the SHA-256 of their SubjectPublicKeyInfo is the same. A key is as old as the first
    certificate for it that is known, in service or not, since renewals may keep it. A renewal is a certificate with
    the one that followed it (the same names, or similar ones with the same common name).

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a key in more than one certificate in service, most certificates first:
        ``spki_sha256``, ``key_algorithm``, ``key_bits``, ``key_curve``, ``certificates``, ``name_sets``, ``owners``,
        ``units``, ``trusts``, ``crosses_owner``, ``crosses_trust``, ``hosts``, ``certificate_list``, ``owner_list``,
        ``critical``, ``endpoints`` and ``in_scope`` (how many of the certificates are; the others are named, too).

        Tables: ``ages`` (``years``, ``keys``, ``certificates``, ``aged``), ``aged`` (certificates whose key is older
        than the threshold key_age_days: ``certificate``, ``subject_cn``, ``hosts``, ``key_since``, ``key_age_days``,
        ``renewed_with_it``, owner columns …) and ``kept`` (renewals that kept the key: ``certificate``,
        ``subject_cn``, ``names``, ``successor``, ``successor_rule``, ``not_after`` …).

        Key figures: ``across_boundaries``, ``across_owners``, ``across_trust``, ``widest_key``, ``oldest_key``,
        ``median_key_age``, ``aged_keys``, ``new_key_at_renewal``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    groups = shared_keys(inquiry)
    figures = inquiry.figures("hygiene_figures")
    served, keyed = figures["in_service"], figures["keyed"]
    kpis = [*_boundaries(inquiry, groups, figures), _widest(groups), *_age(inquiry, figures)]
    if not keyed:
        kpis = [withheld(kpi, NO_KEY) for kpi in kpis]
    crossing = kpis[0] if inquiry.has["ownership"] else kpis[2]
    return inquiry.result(
        "key_reuse",
        title="Which keys are shared, old, or kept at renewal?",
        headline=inquiry.unanswered(served) or (crossing.sentence if keyed else NO_KEY),
        frame=groups,
        kpis=[*inquiry.answered(served, kpis), _renewal(figures)],
        method=inquiry.method(
            "Keys are told apart by the SHA-256 of the SubjectPublicKeyInfo. Owners are those stated for each "
            "certificate, trust is told by evidence (public, private, self-signed). With whom a key is shared does not "
            "end at the scope. A key counts from the first day "
            "of the oldest certificate for it that is known, or from when that was first seen if it signs itself."
        ),
        tables={
            "ages": inquiry.ask("key_age_years"),
            "aged": inquiry.ask("aged_keys"),
            "kept": inquiry.ask("kept_keys"),
        },
        caveats=(
            "A key may be older than the oldest certificate loaded for it, and in places no scan reached.",
            "An owner is whom a statement names, a person before a team: two people of one team count as two.",
            "Whether a shared key crosses owners is not known where one of its certificates has no stated owner.",
        ),
    )


def _boundaries(inquiry: Inquiry, groups: pd.DataFrame, figures: dict[str, float]) -> list[Kpi]:
    owner, trust = groups["crosses_owner"].astype("boolean"), groups["crosses_trust"].astype("boolean")
    made = [
        _crossing(
            "across_boundaries",
            "Keys across a boundary",
            owner | trust,
            "a key across a boundary of ownership or trust",
            "Certificates in service whose key stands also in one of another owner, or in one that is publicly trusted "
            "where this one is not (or the other way round), as a share of those of which that is known.",
            groups,
            figures,
        ),
        _crossing(
            "across_owners",
            "Keys across owners",
            owner,
            "a key with a certificate of another owner",
            "Certificates in service whose key stands also in a certificate for which another owner is stated, as a "
            "share of those of which that is known.",
            groups,
            figures,
        ),
        _crossing(
            "across_trust",
            "Keys across trust",
            trust,
            "a key between publicly trusted and other certificates",
            "Certificates in service whose key stands in publicly trusted ones and in private or self-signed ones, as "
            "a share of those of which that is known.",
            groups,
            figures,
        ),
    ]
    if inquiry.has["ownership"]:
        return made
    return [withheld(made[0], NO_OWNERS), withheld(made[1], NO_OWNERS), made[2]]


def _crossing(
    id_: str,
    label: str,
    crosses: pd.Series[bool],
    words: str,
    definition: str,
    groups: pd.DataFrame,
    figures: dict[str, float],
) -> Kpi:
    """How many certificates rest on keys that cross a boundary; of some it is not known."""
    number = int(groups.loc[crosses.fillna(value=False), "in_scope"].sum())
    unclear = int(groups.loc[crosses.isna(), "in_scope"].sum())
    judged = figures["keyed"] - unclear
    part = share(number, judged)
    kpi = Kpi(
        id=id_,
        label=label,
        value=part,
        unit="share",
        sentence=sentence(
            f"{counted(number)} in service ({show(part, 'share')}) {agree(number, 'shares', 'share')} {words}"
        )
        if number
        else sentence(f"no certificate in service is known to share {words}"),
        definition=definition,
        numerator=number,
        denominator=judged,
        excluded=without(
            [
                (figures["in_service"] - figures["keyed"], "whose key is not known"),
                (unclear, "that share a key of which it is not known"),
            ]
        ),
        tone="warning" if number else "neutral" if unclear else "good",
    )
    return kpi if judged else withheld(kpi, "Of no shared key it is known whether it crosses a boundary.")


def _widest(groups: pd.DataFrame) -> Kpi:
    widest = groups.sort_values(["endpoints", "spki_sha256"], ascending=[False, True]).head(1)
    reach = int(widest["endpoints"].sum())
    return Kpi(
        id="widest_key",
        label="Endpoints on one shared key",
        value=reach,
        sentence=sentence(
            f"the shared key with the widest reach stands in {counted(widest['certificates'].sum())} on "
            f"{counted(reach, 'endpoint')}"
        )
        if reach
        else "No two certificates in service share a key.",
        definition="Most endpoints that present certificates with one and the same key, of the keys in more than one "
        "certificate in service.",
        numerator=reach,
        counts="endpoints",
    )


def _age(inquiry: Inquiry, figures: dict[str, float]) -> list[Kpi]:
    oldest, median = figures.get("oldest_days"), figures.get("median_days")
    aged, keyed, limit = figures["aged"], figures["keyed"], inquiry.thresholds["key_age_days"]
    unknown = without([(figures["in_service"] - keyed, "whose key is not known")])
    return [
        Kpi(
            id="oldest_key",
            label="Oldest key",
            value=oldest,
            unit="days",
            sentence=f"The oldest key in service is known for {show(oldest, 'days')}.",
            definition="Days since the oldest of the keys in service is first known to have existed.",
            excluded=unknown,
        ),
        Kpi(
            id="median_key_age",
            label="Age of keys, median",
            value=median,
            unit="days",
            sentence=f"Half of the keys in service are known for {show(median, 'days')} or less.",
            definition="Median over the distinct keys in service of the days each is known to have existed.",
            excluded=unknown,
        ),
        Kpi(
            id="aged_keys",
            label="Keys past their time",
            value=aged,
            sentence=sentence(
                f"{counted(aged)} in service {agree(aged, 'rests on a key', 'rest on keys')} known for more than "
                f"{show(limit, 'days')}"
            ),
            definition="Certificates in service whose key is known for longer than the threshold key_age_days, the "
            "upper end of what NIST SP 800-57 Part 1 suggests for a signature key.",
            numerator=aged,
            denominator=keyed,
            excluded=unknown,
            tone="warning" if aged else "good",
        ),
    ]


def _renewal(figures: dict[str, float]) -> Kpi:
    judged, kept = figures["renewals_judged"], figures["kept"]
    part = share(judged - kept, judged)
    kpi = Kpi(
        id="new_key_at_renewal",
        label="Renewals with a new key",
        value=part,
        unit="share",
        sentence=sentence(
            f"{show(part, 'share')} of {counted(judged, 'renewal')} came with a new key",
            f"{counted(kept, 'renewal')} kept the old one" if kept else "",
        ),
        definition="Of the certificates that were followed by another one for the same or similar names, the share "
        "whose successor has another key; in service or not.",
        numerator=judged - kept,
        denominator=judged,
        counts="renewals",
        excluded=f"{counted(figures['renewals'] - judged, 'renewal')} of which one key is not known"
        if figures["renewals"] > judged
        else None,
        tone="warning" if kept else "good",
    )
    why = "No renewal is known of which both keys are; it takes two scans, or the log, of more than one lifetime."
    return kpi if judged else withheld(kpi, why)
