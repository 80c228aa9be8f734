"""What the gaps in ownership weigh, by how critical the services are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.analysis.ownership.bus_factor import NO_CRITICALITY
from certanalytics.analysis.ownership.stated import NOT_ASSESSABLE
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment


def weighted(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """How much do missing owners weigh by how critical the services are?

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a criticality, the most critical first: ``criticality``, ``weight``,
        ``certificates``, ``verified``, ``unverified``, ``inactive``, ``none`` and ``expected_gaps`` (absent where it
        cannot be told).

        Key figures: ``weighted_risk``, ``left_rate``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame = inquiry.ask("ownership_risk")
    rate = left_rate(int(frame["inactive"].sum()), int(frame["verified"].sum())) if inquiry.has["people"] else None
    gaps = frame["inactive"] + frame["none"]
    frame["expected_gaps"] = (gaps + frame["unverified"] * (rate or 0.0)).astype(float)
    if rate is None:
        frame["expected_gaps"] = frame["expected_gaps"].where(frame["unverified"] == 0)
    kpis = [_risk(frame, rate), _left_rate(frame, rate)]
    if not inquiry.has["criticality"]:
        kpis[0] = withheld(kpis[0], NO_CRITICALITY)
    if not inquiry.has["ownership"]:
        kpis = [withheld(kpi, NOT_ASSESSABLE) for kpi in kpis]
    kpis = inquiry.answered(float(frame["certificates"].sum()), kpis)
    return inquiry.result(
        "weighted",
        title="How much do missing owners weigh by how critical the services are?",
        headline=kpis[0].sentence,
        frame=frame,
        kpis=kpis,
        method=inquiry.method(
            "Each certificate weighs what facts.criticality_weight gives its criticality (the toolkit's own weights), "
            "times the probability that it has no valid owner: one where nobody is named or everyone named has left, "
            "none where a directory confirms the owner, and where none does the share of owners known to directories "
            "that have left. The figure is the sum over all as a share of their weight."
        ),
        tables={},
        caveats=("Weights are a convention, not measured; with others the figure differs.",),
    )


def left_rate(inactive: int, verified: int) -> float | None:
    """Of certificates whose owner a directory knows, the share whose owner has left; ``None`` where it knows none."""
    return share(inactive, inactive + verified)


def _risk(frame: pd.DataFrame, rate: float | None) -> Kpi:
    weighed = frame[frame["weight"].notna()]
    unverified = 0 if rate is not None else int(weighed["unverified"].sum())
    counted_in = weighed["certificates"] - (0 if rate is not None else weighed["unverified"])
    gaps = weighed["inactive"] + weighed["none"] + weighed["unverified"] * (rate or 0.0)
    whole = float((weighed["weight"] * counted_in).sum())
    part = float((weighed["weight"] * gaps).sum())
    value = share(part, whole)
    outside = frame[frame["weight"].isna()]
    unweighed, open_ = int(outside["certificates"].sum()), int((outside["inactive"] + outside["none"]).sum())
    kpi = Kpi(
        id="weighted_risk",
        label="Without a valid owner, weighted",
        value=value,
        unit="share",
        sentence=sentence(
            f"weighted by how critical services are, {show(value, 'share')} of the certificates in service are "
            "without a valid owner",
            f"{counted(unweighed)} of unknown criticality, {open_:,} of them without an owner, "
            f"{agree(unweighed, 'is', 'are')} not in it"
            if unweighed
            else "",
        ),
        definition="Sum of weight × probability of no valid owner over the sum of weights (facts.criticality_weight).",
        excluded=without(
            [
                (unweighed, "whose criticality has no weight"),
                (unverified, "whose owner no directory knows, nor can the share of those who left be told"),
            ]
        ),
        tone="warning" if value else "neutral",
    )
    return (
        kpi if whole else withheld(kpi, "No certificate in service has a criticality and an owner that can be judged.")
    )


def _left_rate(frame: pd.DataFrame, rate: float | None) -> Kpi:
    inactive, verified = int(frame["inactive"].sum()), int(frame["verified"].sum())
    kpi = Kpi(
        id="left_rate",
        label="Stated owners who left",
        value=rate,
        unit="share",
        sentence=sentence(
            f"of certificates whose owner a directory knows, {show(rate, 'share')} have one who has left"
        ),
        definition="Certificates in service whose stated owners have left, of those whose owner a directory calls "
        "active or inactive; taken as the probability where no directory knows the owner.",
        numerator=inactive,
        denominator=inactive + verified,
        excluded=without(
            [
                (int(frame["unverified"].sum()), "whose owner no directory confirms"),
                (int(frame["none"].sum()), "for which nobody is named"),
            ]
        ),
    )
    if rate is not None:
        return kpi
    return withheld(
        kpi, "How many stated owners have left cannot be told: no directory says of any whether they are there."
    )
