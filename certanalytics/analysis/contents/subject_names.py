"""For which names certificates stand, how many share one, and how far wildcards reach."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NO_OWNERS = "Whose servers present wildcards cannot be told: of too few of them an owner is stated."
"""What is said where there is no ownership data."""

NO_NAMES = "Of no certificate in service the alternative names are known."
"""What is said where only partial descriptions of certificates were loaded."""


def percentile(counts: Iterable[tuple[int, int]], part: float) -> int | None:
    """The smallest value that at least a part of all do not exceed; ``None`` where there is nothing.

    Args:
        counts: Pairs of a value and how often it occurs.
        part: The part, above 0 and at most 1.

    Raises:
        ValueError: It is no such part.
    """
    if not 0 < part <= 1:
        raise ValueError("a part lies above 0 and at most at 1")
    ordered = sorted(counts)
    total, seen = sum(number for _, number in ordered), 0
    for value, number in ordered:
        seen += number
        if number and seen >= part * total:
            return value
    return None


def names(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """How many names and owners share a certificate, and do names stand where clients look for them?

    Clients look for a server's name among the alternative names (RFC 6125, RFC 9525); a common name that is none of
    them, or that stands alone, is not relied on. Each name has the owner and business unit stated closest to it: of
    the name itself, else by the longest pattern that covers it.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a number of names, fewest first: ``names``, ``certificates``,
        ``endpoints``.

        Tables: ``shared`` (certificates with names of different owners or units: ``certificate``, ``subject_cn``,
        ``names``, ``endpoints``, ``hosts``, ``owners``, ``units``, ``owner_list``, ``unit_list`` …), ``wildcards``
        (``certificate``, ``wildcards``, ``endpoints``, ``hosts``, ``owners``, ``units``, ``services``,
        ``owner_list`` …, widest first) and ``findings`` (``certificate``, ``subject_cn``, ``names``, ``hosts``,
        ``reason``, ``trust``, owner columns …).

        Key figures: ``names_p95``, ``names_across_owners``, ``names_across_units``, ``wildcard_share``,
        ``wildcards_across_owners``, ``common_name_apart``, ``without_alternative_names``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, figures = inquiry.ask("names_per_certificate"), inquiry.figures("content_figures")
    shared, wildcards, findings = (
        inquiry.ask(name) for name in ("shared_certificates", "wildcard_reach", "name_findings")
    )
    sharing = inquiry.figures("sharing_figures")
    kpis = [*_sprawl(frame, sharing, figures), *_wild(wildcards, figures), *_place(findings, figures)]
    served = figures["in_service"]
    return inquiry.result(
        "names",
        title="How many names and owners share a certificate?",
        headline=inquiry.unanswered(served) or (kpis[1].sentence if kpis[1].value is not None else kpis[0].sentence),
        frame=frame,
        kpis=inquiry.answered(served, kpis),
        method=inquiry.method(
            "Names are the alternative names, or the common name where there are none. The owner and unit of a name "
            "are those stated closest to it: of the name itself, else by the longest pattern that covers it; a name "
            "without a statement does not count, so that what is shared is at least this."
        ),
        tables={"shared": shared, "wildcards": wildcards, "findings": findings},
        caveats=(
            "A wildcard reaches every server that holds its key; only those a scan met are counted.",
            "An owner is whom a statement names, a person before a team: two people of one team count as two.",
            "That several owners share a certificate may be meant so, as on a content delivery network.",
        ),
    )


def _sprawl(frame: pd.DataFrame, sharing: dict[str, float], figures: dict[str, float]) -> list[Kpi]:
    pairs = [(int(n), int(c)) for n, c in frame[["names", "certificates"]].itertuples(index=False)]
    p95, named = percentile(pairs, 0.95), figures["named"]
    kpi = Kpi(
        id="names_p95",
        label="Names in a certificate, 95th percentile",
        value=p95,
        sentence=f"95 % of the certificates in service hold {counted(p95 or 0, 'name')} or fewer.",
        definition="The smallest number of names that 95 % of the certificates in service do not exceed.",
        excluded=without([(figures["in_service"] - named, "without a known name")]),
    )
    return [
        kpi if named else withheld(kpi, NO_NAMES),
        _across("owner", "owner", sharing, figures),
        _across("unit", "business unit", sharing, figures),
    ]


def _across(what: str, words: str, sharing: dict[str, float], figures: dict[str, float]) -> Kpi:
    """Certificates whose names belong to several owners or units, of those of which that can be told."""
    several, judged, across = (sharing[name] for name in ("several_names", f"{what}s_judged", f"across_{what}s"))
    kpi = Kpi(
        id=f"names_across_{what}s",
        label=f"Names of several {words}s",
        value=across,
        sentence=sentence(f"{counted(across)} in service {agree(across, 'holds', 'hold')} names of several {words}s"),
        definition=f"Certificates in service for several names of which at least two different {words}s are stated, "
        f"as a part of those of which a {words} is stated for at least two names.".replace("a owner", "an owner"),
        numerator=across,
        denominator=judged,
        excluded=without(
            [
                (figures["in_service"] - several, "with one name, or none that is known"),
                (several - judged, f"of whose names fewer than two have a stated {words}"),
            ]
        ),
        tone="warning" if across else "good",
    )
    if judged:
        return kpi
    if figures["named"] and not several:
        return withheld(kpi, "No certificate in service holds several names.")
    return withheld(kpi, f"Whether names of several {words}s share a certificate cannot be told: no export says so.")


def _wild(wildcards: pd.DataFrame, figures: dict[str, float]) -> list[Kpi]:
    number, named = len(wildcards), figures["named"]
    crosses = wildcards["crosses_owner"].astype("boolean")
    part, across, unclear = share(number, named), int(crosses.fillna(value=False).sum()), int(crosses.isna().sum())
    made = [
        Kpi(
            id="wildcard_share",
            label="Wildcard certificates",
            value=part,
            unit="share",
            sentence=sentence(
                f"{counted(number)} in service ({show(part, 'share')}) {agree(number, 'holds', 'hold')} a wildcard name"
            ),
            definition="Share of the certificates in service that hold a wildcard name.",
            numerator=number,
            denominator=named,
            excluded=without([(figures["in_service"] - named, "without a known name")]),
        ),
        Kpi(
            id="wildcards_across_owners",
            label="Wildcards across owners",
            value=across,
            sentence=sentence(
                f"{counted(across, 'wildcard certificate')} {agree(across, 'is', 'are')} presented by servers of "
                "several owners"
            ),
            definition="Wildcard certificates in service that are presented by endpoints of which at least two "
            "different owners are stated.",
            numerator=across,
            denominator=number - unclear,
            excluded=without([(unclear, "on several servers of which fewer than two have a stated owner")]),
            tone="warning" if across else "good",
        ),
    ]
    if not named:
        return [withheld(kpi, NO_NAMES) for kpi in made]
    if not number:
        return [made[0], withheld(made[1], "No wildcard certificate is in service.")]
    return made if number > unclear else [made[0], withheld(made[1], NO_OWNERS)]


def _place(findings: pd.DataFrame, figures: dict[str, float]) -> list[Kpi]:
    known = figures["names_known"]
    alone = int((findings["reason"] == "no alternative names").sum())
    apart = len(findings) - alone
    unknown = without([(figures["in_service"] - known, "whose alternative names are not known")])
    made = [
        Kpi(
            id="common_name_apart",
            label="Common name is no alternative name",
            value=apart,
            sentence=sentence(
                f"{counted(apart)} in service {agree(apart, 'has', 'have')} a common name that is not among the "
                "alternative names"
            ),
            definition="Certificates in service with alternative names of which the common name is none.",
            numerator=apart,
            denominator=known,
            excluded=unknown,
            tone="warning" if apart else "good",
        ),
        Kpi(
            id="without_alternative_names",
            label="Without alternative names",
            value=alone,
            sentence=sentence(f"{counted(alone)} in service {agree(alone, 'holds', 'hold')} no alternative names"),
            definition="Certificates in service without a DNS name or address among the alternative names.",
            numerator=alone,
            denominator=known,
            excluded=unknown,
            tone="warning" if alone else "good",
        ),
    ]
    return made if known else [withheld(kpi, NO_NAMES) for kpi in made]
