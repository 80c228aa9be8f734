"""Who probably owns certificates for which nobody is stated, on what evidence, and how often such evidence is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._log_odds import brier, reliability
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.analysis.ownership.stated import NOT_ASSESSABLE
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

BANDS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
"""Edges of the probability bands that proposals are counted by; the last band holds its upper edge."""

NOT_TESTED = (
    "How often such evidence is right cannot be told: no stated owner of a certificate in service could be hidden."
)
"""What is said where there is nothing to measure proposals on."""


def proposals(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Who probably owns the certificates in service without an active owner?

    Evidence is what a certificate shares with others whose owner is stated: key, names, a parent name, DNS zone or
    registered domain, service, host, subnet, requesting account; and whoever asked for it. Each kind has a weight in
    log-odds (``facts.ownership_evidence``, the toolkit's own), of related kinds the strongest counts, and they add to
    a prior. A stated owner is never overwritten, and below the cut-off there is no proposal. What the weights are worth
    is measured in the estate itself: the stated owners of a quarter of all name sets, always the same, are hidden and
    inferred.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``. Evidence from outside it counts.

    Returns:
        A result whose frame holds one row a proposal, most probable first: ``certificate``, ``subject_cn``, ``hosts``,
        ``days_left``, ``business_unit``, ``criticality``, ``critical``, ``owner_state``, ``stated_owner`` (who has
        left), ``party``, ``kind``, ``proposed``, ``proposed_email``, ``probability``, ``evidence``,
        ``kinds``, ``tested`` (hidden owners of whom evidence of the same kinds spoke) and ``right`` (of them).

        Tables: ``reliability`` (``low``, ``high``, ``band``, ``proposals``, ``right``, ``mean_probability``,
        ``right_share``), ``evidence`` (``kind``, ``family``, ``weight``, ``tested``, ``right``, ``log_odds``) and
        ``tested`` (``certificate``, ``stated_owner``, ``proposed``, ``probability``, ``is_right``, ``kinds``).

        Key figures: ``proposed``, ``tested_right``, ``tested_found``, ``brier``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    totals = {name: int(value) for name, value in inquiry.figures("ownership_figures").items()}
    frame, tested = inquiry.ask("owner_proposals"), inquiry.ask("owner_proposals_tested")
    cutoff = inquiry.thresholds["owner_cutoff"]
    gaps = totals["certificates"] - totals["owned"]
    kpis = [_proposed(frame, gaps, cutoff), *_tested(tested, cutoff)]
    if not inquiry.has["ownership"]:
        kpis = [withheld(kpi, NOT_ASSESSABLE) for kpi in kpis]
    kpis = inquiry.answered(totals["certificates"], kpis)
    return inquiry.result(
        "proposals",
        title="Who probably owns the certificates in service without an active owner?",
        headline=kpis[0].sentence,
        frame=_with_tests(frame, tested),
        kpis=kpis,
        method=inquiry.method(
            "A group of certificates that share something speaks for the party that is stated to own more than half of "
            "those whose owner is stated; one that more than {evidence_group_owners:.0f} parties own says nothing. The "
            "log-odds of the prior and of the strongest evidence of each family (key, names, service, place, request) "
            "are added; candidates exclude one another: p = e^L / (1 + Σ e^L). Weights stand in "
            "facts.ownership_evidence and are the toolkit's own. They are tested on stated owners of "
            "{owner_held_out_share:.0%} of all name sets, chosen by a digest of the names, which are hidden from the "
            "evidence and inferred."
        ),
        tables={
            "reliability": _by_band(tested),
            "evidence": inquiry.ask("owner_evidence_tested"),
            "tested": tested,
        },
        caveats=(
            "A proposal is a reason to ask somebody, not an owner; stated owners stand.",
            "Hidden owners are easier to find than missing ones; what was measured is at best what to expect.",
            "Certificates for the same names are hidden together: evidence by the same names is not measured.",
        ),
    )


def _with_tests(frame: pd.DataFrame, tested: pd.DataFrame) -> pd.DataFrame:
    """The proposals, each with how often evidence of its kinds was right about hidden owners."""
    found: dict[tuple[str, ...], list[int]] = {}
    for kinds, is_right in tested.dropna(subset=["probability"])[["kinds", "is_right"]].itertuples(index=False):
        counts = found.setdefault(tuple(kinds), [0, 0])
        counts[0] += 1
        counts[1] += bool(is_right)
    of_kinds = [found.get(tuple(kinds), [0, 0]) for kinds in frame["kinds"]]
    return frame.assign(tested=[number for number, _ in of_kinds], right=[good for _, good in of_kinds]).astype(
        {"tested": "int64", "right": "int64"}
    )


def _by_band(tested: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - costs time only an answer should pay

    told = tested.dropna(subset=["probability"])
    bands = reliability(told["probability"].tolist(), told["is_right"].astype(bool).tolist(), BANDS)
    frame = pd.DataFrame(
        {
            "low": [band.low for band in bands],
            "high": [band.high for band in bands],
            "band": [f"{100 * band.low:.0f}–{100 * band.high:.0f} %" for band in bands],
            "proposals": [band.predictions for band in bands],
            "right": [band.right for band in bands],
            "mean_probability": [band.mean for band in bands],
            "right_share": [band.observed for band in bands],
        }
    )
    return frame.astype({"mean_probability": "float64", "right_share": "float64"})


def _proposed(frame: pd.DataFrame, gaps: int, cutoff: float) -> Kpi:
    number = len(frame)
    part = share(number, gaps)
    kpi = Kpi(
        id="proposed",
        label="Gaps with a proposal",
        value=part,
        unit="share",
        sentence=sentence(
            f"for {number:,} of {counted(gaps)} in service without an active owner ({show(part, 'share')}) evidence "
            f"proposes one with a probability of at least {100 * cutoff:.0f} %"
        ),
        definition=f"Certificates in service without an active owner for which evidence gives one party a "
        f"probability of at least {100 * cutoff:.0f} %.",
        numerator=number,
        denominator=gaps,
    )
    return kpi if gaps else withheld(kpi, "Every certificate in service has an active owner.")


def _tested(tested: pd.DataFrame, cutoff: float) -> list[Kpi]:
    hidden = len(tested)
    told = tested.dropna(subset=["probability"])
    sure = told[told["probability"] >= cutoff]
    right, found = int(sure["is_right"].sum()), len(sure)
    precision, reach = share(right, found), share(found, hidden)
    score = brier(told["probability"].tolist(), told["is_right"].astype(bool).tolist()) if len(told) else None
    silent = without([(hidden - len(told), "for which no evidence spoke")])
    correct = Kpi(
        id="tested_right",
        label="Proposals right, tested",
        value=precision,
        unit="share",
        sentence=sentence(
            f"of {counted(found, 'proposal')} about hidden owners {right:,} ({show(precision, 'share')}) "
            f"{agree(right, 'was', 'were')} right"
        ),
        definition="Of stated owners that were hidden and for whom evidence reached the cut-off, those it named.",
        numerator=right,
        denominator=found,
        counts="proposals",
        excluded=without([(hidden - found, "whose hidden owner evidence did not reach the cut-off for")]),
        tone="warning" if precision is not None and precision < cutoff else "neutral",
    )
    reached = Kpi(
        id="tested_found",
        label="Hidden owners proposed for",
        value=reach,
        unit="share",
        sentence=sentence(
            f"evidence reached the cut-off for {found:,} of {counted(hidden)} whose stated owner was hidden "
            f"({show(reach, 'share')})"
        ),
        definition="Certificates in service whose stated owner was hidden, for which evidence proposed somebody, "
        "right or wrong.",
        numerator=found,
        denominator=hidden,
    )
    scored = Kpi(
        id="brier",
        label="Brier score, tested",
        value=score,
        unit="index",
        sentence=sentence(
            f"on {counted(len(told), 'hidden owner')} the probabilities have a Brier score of {show(score, 'index')}; "
            "0 is perfect, 0.25 is always saying one half"
        ),
        definition="Mean of (p − y)² over certificates whose stated owner was hidden, of the most probable party each.",
        denominator=len(told),
        excluded=silent,
    )
    if not hidden:
        return [withheld(kpi, NOT_TESTED) for kpi in (correct, reached, scored)]
    none = "How often proposals are right cannot be told: for no hidden owner did evidence reach the cut-off."
    nobody = "How good the probabilities are cannot be told: for no hidden owner did any evidence speak."
    return [
        correct if found else withheld(correct, none),
        reached,
        scored if score is not None else withheld(scored, nobody),
    ]
