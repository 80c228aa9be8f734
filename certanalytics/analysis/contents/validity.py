"""Which public certificates were issued for longer than was allowed, and what shorter lives will ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

YEAR = 365.25
"""Days of a year, leap years evened out."""

NO_PUBLIC = "No certificate in service is known to be publicly trusted, and the limits bind no other."
"""What is said where there is nothing to judge."""


NO_LIMIT = "For no public certificate in service a limit and a validity are known."
"""What is said where validity is not told, or all were issued before the first limit."""


_LIMITS = """
SELECT issued_from::TIMESTAMP AS issued_from, max_days
FROM facts.validity_limit
QUALIFY coalesce(lead(issued_from) OVER (ORDER BY issued_from) > $as_of::TIMESTAMP, true)
ORDER BY issued_from
"""
"""The limit in force at a moment and those that follow."""


def renewals_per_year(lifetimes: Iterable[tuple[int, int]], *, limit: int | None = None, used: float = 1.0) -> float:
    """How many renewals a year keep certificates valid, once each has reached its steady state.

    Args:
        lifetimes: Pairs of a lifetime in days and how many certificates have it.
        limit: The longest lifetime that is still issued; longer ones shrink to it.
        used: The share of its lifetime after which a certificate is renewed.

    Raises:
        ValueError: A lifetime, the limit or the share used is not positive.
    """
    if used <= 0 or (limit is not None and limit <= 0):
        raise ValueError("a limit and a share of lifetime are positive")
    total = 0.0
    for days, certificates in lifetimes:
        if days <= 0:
            raise ValueError("a lifetime is positive")
        total += certificates * YEAR / (min(days, limit or days) * used)
    return total


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
        certificates in service whose lifetime will not be issued any more), ``renewals_at_end`` and
        ``renewals_in_time``, a year and for all of them).

        Key figures: ``over_limit``, ``longer_than_next``, ``renewals_per_year``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, cohorts = inquiry.ask("validity_over_limit"), inquiry.ask("validity_cohorts")
    lifetimes = inquiry.ask("lifetimes")
    figures = inquiry.figures("content_figures")
    outlook = _outlook(inquiry, lifetimes)
    kpis = [_over(frame, cohorts, figures), *_ahead(inquiry, lifetimes, outlook, figures)]
    return inquiry.result(
        "over_limit",
        title="Which public certificates in service are valid for longer than was allowed when they were issued?",
        headline=inquiry.unanswered(figures["in_service"]) or kpis[0].sentence,
        frame=frame,
        kpis=inquiry.answered(figures["in_service"], kpis),
        method=inquiry.method(
            "Each public certificate is held against the limit in force on its day of issue (facts.validity_limit, "
            "CA/B Forum Baseline Requirements section 6.3.2): both ends count, a second beyond a day counts as a day. "
            "Renewals a year are those of a steady state in which each certificate is renewed after two thirds of its "
            "lifetime (threshold renewal_life_left), longer lifetimes cut to the limit."
        ),
        tables={"cohorts": cohorts, "lifetimes": lifetimes, "outlook": outlook},
        caveats=(
            "The day of issue is taken from the certificate; a CA can date it back by up to two days.",
            "Private certificates are not bound by these limits; an own limit for them is a matter of policy.",
        ),
    )


def _outlook(inquiry: Inquiry, lifetimes: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - half a second only an answer should pay

    ahead = inquiry.estate.query(_LIMITS, as_of=inquiry.as_of)
    pairs = _pairs(lifetimes)
    used = 1 - inquiry.thresholds["renewal_life_left"]
    return pd.DataFrame(
        {
            "issued_from": ahead["issued_from"],
            "max_days": ahead["max_days"],
            "longer": [sum(n for days, n in pairs if days > limit) for limit in ahead["max_days"]],
            "renewals_at_end": [renewals_per_year(pairs, limit=int(limit)) for limit in ahead["max_days"]],
            "renewals_in_time": [renewals_per_year(pairs, limit=int(limit), used=used) for limit in ahead["max_days"]],
        }
    ).reset_index(drop=True)


def _pairs(lifetimes: pd.DataFrame) -> list[tuple[int, int]]:
    return [(int(days), int(n)) for days, n in lifetimes[["lifetime_days", "certificates"]].itertuples(index=False)]


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


def _ahead(inquiry: Inquiry, lifetimes: pd.DataFrame, outlook: pd.DataFrame, figures: dict[str, float]) -> list[Kpi]:
    dated = int(lifetimes["certificates"].sum())
    coming = outlook[outlook["issued_from"] > inquiry.as_of].head(1)
    longer = int(coming["longer"].sum())
    used = 1 - inquiry.thresholds["renewal_life_left"]
    now = renewals_per_year(_pairs(lifetimes), used=used)
    last = outlook.tail(1)
    left_out = without(
        [
            (figures["private"], "private or self-signed"),
            (figures["trust_unknown"], "of which it is not known whether they are public"),
            (figures["undated"], "without a known validity"),
        ]
    )
    next_words = (
        f"will no longer be issued from {coming['issued_from'].iloc[0]:%-d %B %Y} on, when the limit is "
        f"{int(coming['max_days'].iloc[0]):,} days"
        if len(coming)
        else ""
    )
    made = [
        Kpi(
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
            excluded=left_out,
        ),
        Kpi(
            id="renewals_per_year",
            label="Renewals a year, public",
            value=now,
            sentence=sentence(
                f"{counted(dated, 'public certificate')} {agree(dated, 'asks', 'ask')} for {show(now)} renewals a "
                "year at today's lifetimes",
                f"under the limit of {int(last['max_days'].sum()):,} days it would be "
                f"{show(float(last['renewals_in_time'].sum()))}"
                if len(last)
                else "",
            ),
            definition="Sum over the public certificates in service of 365.25 days divided by the days after which "
            "each is renewed: two thirds of its lifetime.",
            denominator=dated,
            excluded=left_out,
        ),
    ]
    if not dated:
        why = NO_PUBLIC if not figures["public"] else "Of no public certificate in service the validity is known."
        return [withheld(kpi, why) for kpi in made]
    return made if len(coming) else [withheld(made[0], "No later limit is listed."), made[1]]
