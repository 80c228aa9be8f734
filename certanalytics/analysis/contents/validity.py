"""Which public certificates were issued for longer than was allowed, and which lives will not be issued any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.result import Kpi, Result

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NO_PUBLIC = "No certificate in service is known to be publicly trusted, and the limits bind no other."
"""What is said where there is nothing to judge."""

_LIMITS = """
SELECT issued_from::TIMESTAMP AS issued_from, max_days
FROM facts.validity_limit
QUALIFY coalesce(lead(issued_from) OVER (ORDER BY issued_from) > $as_of::TIMESTAMP, true)
ORDER BY issued_from
"""
"""The limit in force at a moment and those that follow."""


def over_limit(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Which public certificates in service are valid for longer than was allowed when they were issued?

    The limits of facts.validity_limit bind publicly trusted certificates by their day of issue (notBefore); both ends
    count, and a second beyond a day counts as a day. To private and self-signed ones they do not apply; where it is
    unknown whether a certificate is public, it is not judged.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame is the list of violations: one row a certificate, most days over first: ``certificate``,
        ``subject_cn``, ``hosts``, ``endpoints``, ``not_before``, ``not_after``, ``lifetime_days``, ``max_days``,
        ``days_over``, ``issuer_cn``, ``ca_owner``, ``days_left``, ``business_unit``, ``criticality``, ``owner``,
        ``owner_state``.

        Tables: ``cohorts`` (one row a limit public certificates in service were issued under: ``issued_from``,
        ``max_days``, ``certificates``, ``over``, ``longest_days``, ``median_days``; the first without a limit where
        they were issued before the first one), ``lifetimes`` (``lifetime_days``, ``certificates``) and ``outlook``
        (one row a limit in force at the moment or later: ``issued_from``, ``max_days``, ``longer`` (public
        certificates in service whose lifetime will not be issued any more)). How many renewals shorter lives ask for
        is told by `certanalytics.analysis.renewal.short_lives`.

        Key figures: ``over_limit``, ``longer_than_next``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, cohorts = inquiry.ask("validity_over_limit"), inquiry.ask("validity_cohorts")
    lifetimes = inquiry.ask("lifetimes")
    figures = inquiry.figures("content_figures")
    outlook = _outlook(inquiry, lifetimes)
    kpis = [_over(frame, cohorts, figures), _ahead(inquiry, lifetimes, outlook, figures)]
    return inquiry.result(
        "over_limit",
        title="Which public certificates in service are valid for longer than was allowed when they were issued?",
        headline=inquiry.unanswered(figures["in_service"]) or kpis[0].sentence,
        frame=frame,
        kpis=inquiry.answered(figures["in_service"], kpis),
        method=inquiry.method(
            "Each public certificate is held against the limit in force on its day of issue (facts.validity_limit, "
            "CA/B Forum Baseline Requirements section 6.3.2): both ends count, a second beyond a day counts as a day."
        ),
        tables={"cohorts": cohorts, "lifetimes": lifetimes, "outlook": outlook},
        caveats=(
            "The day of issue is taken from the certificate; a CA can date it back by up to two days.",
            "Private certificates are not bound by these limits; an own limit for them is a matter of policy.",
        ),
    )


def _outlook(inquiry: Inquiry, lifetimes: pd.DataFrame) -> pd.DataFrame:
    ahead = inquiry.estate.query(_LIMITS, as_of=inquiry.as_of)
    days, certificates = lifetimes["lifetime_days"], lifetimes["certificates"]
    return ahead.assign(longer=[int(certificates[days > limit].sum()) for limit in ahead["max_days"]])


def _over(frame: pd.DataFrame, cohorts: pd.DataFrame, figures: dict[str, float]) -> Kpi:
    over = len(frame)
    judged = int(cohorts.loc[cohorts["max_days"].notna(), "certificates"].sum())
    before = int(cohorts["certificates"].sum()) - judged
    kpi = Kpi(
        id="over_limit",
        label="Valid for too long",
        value=over,
        sentence=sentence(
            f"{over:,} of {counted(judged, 'public certificate')} in service {agree(over, 'is', 'are')} valid for "
            "longer than was allowed when issued"
        ),
        definition="Public certificates in service whose validity in days is above the limit in force on their day of "
        "issue.",
        numerator=over,
        denominator=judged,
        excluded=without(
            [
                (figures["private"], "private or self-signed (the limits do not apply)"),
                (figures["trust_unknown"], "of which it is not known whether they are public"),
                (figures["undated"], "without a known validity"),
                (before, "issued before the first limit listed"),
            ]
        ),
        tone="critical" if over else "good",
    )
    if judged:
        return kpi
    return withheld(
        kpi, NO_PUBLIC if not figures["public"] else "Of no public certificate in service a limit is known."
    )


def _ahead(inquiry: Inquiry, lifetimes: pd.DataFrame, outlook: pd.DataFrame, figures: dict[str, float]) -> Kpi:
    dated = int(lifetimes["certificates"].sum())
    coming = outlook[outlook["issued_from"] > inquiry.as_of].head(1)
    longer = int(coming["longer"].sum())
    next_words = (
        f"will no longer be issued from {coming['issued_from'].iloc[0]:%-d %B %Y} on, when the limit is "
        f"{int(coming['max_days'].iloc[0]):,} days"
        if len(coming)
        else ""
    )
    kpi = Kpi(
        id="longer_than_next",
        label="Longer than the next limit",
        value=longer,
        sentence=sentence(
            f"lifetimes such as {agree(longer, 'that', 'those')} of {counted(longer)} in service {next_words}"
            if longer
            else f"no public certificate in service has a lifetime that {next_words}"
        ),
        definition="Public certificates in service whose validity is above the next limit of facts.validity_limit.",
        numerator=longer,
        denominator=dated,
        excluded=without(
            [
                (figures["private"], "private or self-signed"),
                (figures["trust_unknown"], "of which it is not known whether they are public"),
                (figures["undated"], "without a known validity"),
            ]
        ),
    )
    if not dated:
        why = NO_PUBLIC if not figures["public"] else "Of no public certificate in service the validity is known."
        return withheld(kpi, why)
    return kpi if len(coming) else withheld(kpi, "No later limit is listed.")
