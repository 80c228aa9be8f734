"""How far renewals are automated: as records say, and as the history of issuance shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._log_odds import Calibration, calibration
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.analysis.renewal._automation_tables import bands_of, by_issuer, by_level
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

LEAST_TO_CALIBRATE = 10
"""Stated levels of either kind below which a measured calibration would say nothing."""


def levels(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """How far is the renewal of the certificates in service automated?

    A stated level is never overwritten. Where none is stated, evidence gives a probability that renewals are obtained
    without a person; whether they are also installed so, issuance alone does not show.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a certificate in service, soonest end first: ``certificate``,
        ``subject_cn``, ``hosts``, ``endpoints``, ``ca_owner``, ``trust``, ``lifetime_days``, ``not_after``,
        ``days_left``, ``critical``, ``business_unit``, ``owner``, ``renewals`` (looked back upon), ``level`` and
        ``stage`` (stated, else absent), ``said_by``, ``probability`` (of renewal without a person by evidence, absent
        where there is none), ``score`` (its log-odds), ``evidence`` (weightiest first) and ``automated`` (as stated,
        else more likely than not; absent where neither is known).

        Tables: ``levels`` (``level``, ``basis`` stated or evidence, ``certificates``, ``critical``), ``issuers``
        (``ca_owner``, ``automated``, ``manual``, ``not_told``, ``certificates``), ``channels`` (``channel`` by which
        they were obtained, ``certificates``, ``share``, ``critical``, ``public``; the row without one holds what no
        record tells of) and ``calibration`` (``low``, ``high``, ``predictions``, ``mean``, ``observed``:
        probabilities by evidence against stated levels; empty where there are too few of either kind).

        Key figures: ``stated_automated``, ``expected_automated``, ``critical_automated``, ``installs``, ``not_told``,
        ``channel_known``, ``brier``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame = inquiry.ask("automation_levels")
    stages = estate.query("SELECT stage, renews, installs FROM facts.automation_stage ORDER BY stage")
    renews, installs = (int(stages.loc[stages[column], "stage"].min()) for column in ("renews", "installs"))
    stated = frame[frame["stage"].notna()]
    checked = measured(stated, renews)
    channels = inquiry.ask("by_channel")
    kpis = [
        *_coverage(frame, stated, renews, installs),
        _channel(channels),
        _brier(stated, checked, renews),
    ]
    served = len(frame)
    return inquiry.result(
        "automation_levels",
        title="How far is the renewal of the certificates in service automated?",
        headline=inquiry.unanswered(served) or _headline(frame, stated, renews),
        frame=frame,
        kpis=inquiry.answered(served, kpis),
        method=inquiry.method(
            "A level is stated where a record says how a certificate is renewed (facts.automation_level); of several "
            "records the highest level counts. Where none does, the probability that it is renewed without a person "
            "is the logistic function of summed log-odds: a prior, the issuer, the lifetime, how evenly and how early "
            "it was renewed, and whether ever on a weekend (facts.automation_evidence; up to "
            "{renewals_looked_back:.0f} renewals). An interval between renewals is a lifetime less a lead, so an even "
            "cadence and an even lead are one piece of evidence, not two. The weights are the toolkit's own; "
            "“calibration” compares them with stated levels."
        ),
        tables={
            "levels": by_level(frame),
            "issuers": by_issuer(frame),
            "channels": channels,
            "calibration": bands_of(checked),
        },
        caveats=(
            "That a renewal is obtained without a person does not say that it is installed so.",
            (
                "Most exports do not say how a certificate is renewed; those that do mostly belong to automation, so "
                "stated levels alone overstate it."
            ),
        ),
    )


def _headline(frame: pd.DataFrame, stated: pd.DataFrame, renews: int) -> str:
    by_level = int((stated["stage"] >= renews).sum())
    others = frame[frame["stage"].isna() & frame["automated"].notna()]
    likely, more = int(others["automated"].fillna(False).sum()), "more " if len(stated) else ""
    return sentence(
        f"records state how {len(stated):,} of {counted(len(frame))} in service "
        f"{agree(len(stated), 'is', 'are')} renewed, {by_level:,} of them without a person"
        if len(stated)
        else f"how certificates are renewed no record says of any of {counted(len(frame))} in service",
        f"by evidence {likely:,} {more}{agree(likely, 'is', 'are')} likely renewed without a person, "
        f"{len(others) - likely:,} by people"
        if len(others)
        else "",
    )


def measured(stated: pd.DataFrame, renews: int) -> Calibration | None:
    """Probabilities by evidence against stated levels; ``None`` where either kind is stated too seldom to tell.

    Args:
        stated: Rows with a ``stage``, and a ``probability`` where evidence gives one.
        renews: The stage from which on a certificate is renewed without a person.
    """
    both = stated[stated["probability"].notna()].sort_values("certificate")
    outcomes = [bool(stage >= renews) for stage in both["stage"]]
    if min(sum(outcomes), len(outcomes) - sum(outcomes)) < LEAST_TO_CALIBRATE:
        return None
    return calibration([float(each) for each in both["probability"]], outcomes)


def _coverage(frame: pd.DataFrame, stated: pd.DataFrame, renews: int, installs: int) -> list[Kpi]:
    served = len(frame)
    by_level = int((stated["stage"] >= renews).sum())
    open_rows = frame[frame["stage"].isna()]
    judged = open_rows[open_rows["probability"].notna()]
    expected = by_level + float(judged["probability"].sum())
    told = len(stated) + len(judged)
    critical = frame[frame["critical"] & frame["automated"].notna()]
    critical_yes = int(critical["automated"].fillna(False).sum())
    installed = int((stated["stage"] >= installs).sum())
    unstated = without([(served - len(stated), "of which no record states a level")])
    part, likely, at_critical = share(by_level, len(stated)), share(expected, told), share(critical_yes, len(critical))
    kpis = [
        Kpi(
            id="stated_automated",
            label="Stated to be renewed automatically",
            value=part,
            unit="share",
            sentence=sentence(
                f"of {counted(len(stated))} with a stated level {by_level:,} ({show(part, 'share')}) "
                f"{agree(by_level, 'is', 'are')} renewed without a person"
            ),
            definition="Certificates in service stated to be enrolled, provisioned or in a closed loop ÷ those of "
            "which a record states a level.",
            numerator=by_level,
            denominator=len(stated),
            excluded=unstated,
        ),
        Kpi(
            id="expected_automated",
            label="Expected to be renewed automatically",
            value=likely,
            unit="share",
            sentence=sentence(
                f"by statements and evidence about {show(likely, 'share')} of {counted(told)} in service "
                f"{agree(told, 'is', 'are')} renewed without a person",
                f"an expectation by the toolkit's own weights, {len(stated):,} by record",
            ),
            definition="Stated automated certificates plus the sum of the probabilities of those without a stated "
            "level ÷ both kinds: an expectation by the toolkit's own weights, not a count.",
            numerator=round(expected, 1),
            denominator=told,
            excluded=without([(served - told, "of which nothing tells")]),
        ),
        Kpi(
            id="critical_automated",
            label="Automated, critical services",
            value=at_critical,
            unit="share",
            sentence=sentence(
                f"of {counted(len(critical))} of critical services {critical_yes:,} ({show(at_critical, 'share')}) "
                f"{agree(critical_yes, 'is', 'are')} renewed without a person, as stated or more likely than not"
            ),
            definition="Certificates of critical services automated as stated, else more likely than not by evidence "
            "÷ those of which either is known.",
            numerator=critical_yes,
            denominator=len(critical),
            excluded=without([(int(frame["critical"].sum()) - len(critical), "of which nothing tells")]),
        ),
        Kpi(
            id="installs",
            label="Stated to be installed automatically",
            value=share(installed, len(stated)),
            unit="share",
            sentence=sentence(
                f"of {counted(len(stated))} with a stated level {installed:,} "
                f"{agree(installed, 'is', 'are')} also installed without a person"
            ),
            definition="Certificates in service stated to be provisioned or in a closed loop ÷ those of which a record "
            "states a level.",
            numerator=installed,
            denominator=len(stated),
            excluded=unstated,
        ),
        Kpi(
            id="not_told",
            label="Renewal not known",
            value=served - told,
            sentence=sentence(
                f"{counted(served - told)} in service {agree(served - told, 'is', 'are')} renewed in a way that "
                "neither record nor evidence tells"
            ),
            definition="Certificates in service without a stated level and without any evidence.",
            numerator=served - told,
            denominator=served,
        ),
    ]
    no_level = "How certificates are renewed no loaded record says."
    why = {
        "stated_automated": None if len(stated) else no_level,
        "expected_automated": None if told else "Neither records nor evidence tell how any certificate is renewed.",
        "critical_automated": None
        if len(critical)
        else "No certificate in service is known to belong to a critical service."
        if not frame["critical"].any()
        else "Of no certificate of a critical service it is known how it is renewed.",
        "installs": None if len(stated) else no_level,
    }
    return [withheld(kpi, reason) if (reason := why.get(kpi.id)) else kpi for kpi in kpis]


def _channel(channels: pd.DataFrame) -> Kpi:
    known = channels[channels["channel"].notna()]
    number, served = int(known["certificates"].sum()), int(channels["certificates"].sum())
    part = share(number, served)
    first = known.iloc[0] if number else None
    kpi = Kpi(
        id="channel_known",
        label="Channel of issuance known",
        value=part,
        unit="share",
        sentence=sentence(
            f"by which channel they were obtained is known of {number:,} of {counted(served)} ({show(part, 'share')})",
            f"most by {first['channel']} ({int(first['certificates']):,})" if first is not None else "",
        ),
        definition="Certificates in service that a record of an ACME client, container platform, cloud, certificate "
        "manager or CA names ÷ all of them.",
        numerator=number,
        denominator=served,
    )
    return kpi if number else withheld(kpi, "No record of a client, manager or CA names a certificate in service.")


def _brier(stated: pd.DataFrame, checked: Calibration | None, renews: int) -> Kpi:
    both = stated[stated["probability"].notna()]
    yes = int((both["stage"] >= renews).sum())
    kpi = Kpi(
        id="brier",
        label="Calibration (Brier score)",
        value=checked.brier if checked else None,
        unit="index",
        sentence=sentence(
            f"measured against {counted(len(both), 'stated level')} the evidence has a Brier score of "
            f"{show(checked.brier if checked else None, 'index')}, "
            f"{show(checked.brier_of_rate if checked else None, 'index')} would come of always saying the average"
        ),
        definition="Mean squared difference of the probability by evidence and the stated level (automated or not): "
        "0 is perfect, 0.25 what always saying one half gives.",
        denominator=len(both),
        excluded=without([(len(stated) - len(both), "stated without any evidence")]),
    )
    if checked:
        return kpi
    return withheld(
        kpi,
        f"How well the evidence holds cannot be measured: levels are stated of {counted(yes, 'automated certificate')} "
        f"and {counted(len(both) - yes, 'manual one')} with evidence, and {LEAST_TO_CALIBRATE} of each are needed.",
    )
