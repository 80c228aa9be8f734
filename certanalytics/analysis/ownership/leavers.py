"""Keys that whoever answered for them may have taken along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.analysis.ownership.contacts import NO_DIRECTORY
from certanalytics.analysis.ownership.stated import NOT_ASSESSABLE
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

UNDATED = (
    "Whether keys were changed since cannot be told: no export says when these people left. Load directories of "
    "several dates, or ones with the last login."
)
"""What is said where people have left and nobody says when."""


def rekeying(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Which keys in service are older than the leaving of somebody who answered for them?

    When somebody left no export says to the day: it was after a directory last called them active or they last logged
    in, and before one first called them inactive. A key that some known certificate had by the former was not changed;
    a key that none had by the latter was; between them it cannot be told.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a certificate in service and contact who has left: ``certificate``,
        ``subject_cn``, ``business_unit``, ``criticality``, ``critical``, ``days_left``, ``name``, ``roles``,
        ``last_there``, ``left_by``, ``key_since``, ``verdict`` (``not changed``, ``changed`` or ``cannot tell``) and
        ``days_since`` (they were known to have left).

        Key figures: ``not_rekeyed``, ``longest``, ``undated``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    served = inquiry.figures("ownership_figures")["certificates"]
    frame = inquiry.ask("leaver_keys")
    kpis = _figures(frame)
    if not inquiry.has["ownership"]:
        kpis = [withheld(kpi, NOT_ASSESSABLE) for kpi in kpis]
    elif not inquiry.has["people"]:
        kpis = [withheld(kpi, NO_DIRECTORY) for kpi in kpis]
    kpis = inquiry.answered(served, kpis)
    return inquiry.result(
        "rekeying",
        title="Which keys in service are older than the leaving of somebody who answered for them?",
        headline=kpis[0].sentence,
        frame=frame,
        kpis=kpis,
        method=inquiry.method(
            "For each certificate in service and person named for it who has left: the key was not changed if a known "
            "certificate with it begins no later than they were last known to be there (called active by a "
            "directory, or logged in), changed if none begins before a directory first called them inactive, else it "
            "cannot be told."
        ),
        tables={},
        caveats=(
            "Who had access to a private key no export says; somebody who answered for a certificate may have had it.",
            "Only people who are still named are looked at, not those whose place in the register somebody took.",
            "That a key is new in certificates does not say that it was made then, nor that the old one was destroyed.",
        ),
    )


def _figures(frame: pd.DataFrame) -> list[Kpi]:
    verdicts = frame.groupby("certificate")["verdict"].agg(set)
    kept = sum("not changed" in said for said in verdicts)
    unclear = sum("cannot tell" in said and "not changed" not in said for said in verdicts)
    total = len(verdicts)
    overdue = frame.loc[frame["verdict"] == "not changed", "days_since"]
    longest = float(overdue.max()) if len(overdue) else None
    made = Kpi(
        id="not_rekeyed",
        label="Key older than the leaving",
        value=kept,
        sentence=sentence(
            f"{counted(kept)} in service still {agree(kept, 'has', 'have')} the key of when a person named for "
            f"{agree(kept, 'it', 'them')} left",
            f"for {unclear:,} more it cannot be told" if unclear else "",
        )
        if total
        else "No certificate in service names anybody who has left.",
        definition="Certificates in service with a contact who has left, whose key a known certificate had before "
        "that.",
        numerator=kept,
        denominator=total - unclear,
        excluded=without([(unclear, "of which it cannot be told when somebody left, or the key is not known")]),
        tone="critical" if kept else "neutral" if unclear else "good",
    )
    late = Kpi(
        id="longest",
        label="Longest since the leaving",
        value=longest,
        unit="days",
        sentence=sentence(f"the longest of them for {show(longest, 'days')} at least"),
        definition="Days since a directory first called the person inactive at most: how long the oldest of these "
        "keys is overdue at least.",
    )
    undated = Kpi(
        id="undated",
        label="Cannot be told",
        value=unclear,
        sentence=sentence(f"for {counted(unclear)} of people who left it cannot be told whether the key was changed"),
        definition="Certificates in service with a contact who has left, of whose leaving no export says enough.",
        numerator=unclear,
        denominator=total,
    )
    if total and unclear == total:
        made = withheld(made, UNDATED)
    return [made, late if longest is not None else withheld(late, "No key is known to be overdue."), undated]
