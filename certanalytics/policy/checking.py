"""A check of control packs, as a result with figures and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from certanalytics.policy.assessment import CAVEATS, METHOD, Assessment, are, headline, judge, ranked, verdict_rows
from certanalytics.policy.evaluation import SAMPLES
from certanalytics.policy.pack import SEVERITIES, Control
from certanalytics.policy.subjects import QUESTIONS
from certanalytics.policy.verdict import State
from certanalytics.result import Kpi, Result
from certanalytics.sql import question

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

COLUMNS = (
    "pack",
    "control",
    "title",
    "severity",
    "state",
    "in_scope",
    "kept",
    "violating",
    "exempted",
    "untold",
    "reason",
    "missing",
    "do",
    "reference",
)
"""The columns of a check, a row a control."""


def check(
    estate: Estate,
    *packs: str | Path,
    as_of: Moment | None = None,
    scope: str | None = None,
    register: str | Path | None = None,
    samples: int = SAMPLES,
) -> Result:
    """Which controls are met, which are not, and which cannot be told from these data?

    Args:
        estate: The estate to judge.
        packs: Names of shipped packs or paths of one's own; all shipped ones if none is named.
        as_of: The moment to judge for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.
        register: The attestation register, TOML or CSV.
        samples: How many violating rows of each control are listed at most.

    Returns:
        A result whose frame holds one row a control, worst first: ``pack``, ``control``, ``title``, ``severity``,
        ``state``, ``in_scope`` (rows it applies to or may), ``kept``, ``violating``, ``exempted``, ``untold``,
        ``reason``, ``missing`` (data that would make it assessable), ``do``, ``reference``.

        Tables: ``findings`` (violating rows: ``control``, ``severity``, ``subject``, ``name``, ``business_unit``,
        ``owner``, ``told``, ``do``), ``packs`` and ``severities`` (controls by state, ``pass_rate`` of those met,
        excepted or not met), ``units`` (rows of all controls by business unit: ``kept``, ``violating``, ``exempted``,
        ``untold``, ``pass_rate`` of those that can be told), ``exceptions`` (``id``, ``control``, ``reason``,
        ``granted_by``, ``granted_on``, ``until``, ``age_days``, ``days_left``, ``state``); with the pack ``pci-dss-4``
        also ``pci_certificates`` and ``pci_cryptography``, the inventories of 4.2.1.1 and 12.3.3.

        Key figures: ``pass_rate``, ``not_met``, ``severe_not_met``, ``not_assessable``, ``exceptions_open``,
        ``exceptions_run_out``, ``attested``.

    Raises:
        DataError: The estate is empty.
        UsageError: A pack or the register cannot be read, ``as_of`` is no moment or ``scope`` no predicate.
    """
    found = judge(estate, packs, as_of=as_of, scope=scope, register=register, samples=samples)
    import pandas as pd  # noqa: PLC0415 - only a result needs frames

    from certanalytics.policy import frames  # noqa: PLC0415 - the same

    frame = pd.DataFrame(verdict_rows(found), columns=list(COLUMNS))
    exceptions = frames.exceptions(found)
    tables = {
        "findings": frames.findings(ranked(found.verdicts)),
        "packs": frames.by_state(found.verdicts, "pack", {verdict.pack.name: None for verdict in found.verdicts}),
        "severities": frames.by_state(found.verdicts, "severity", dict.fromkeys(reversed(SEVERITIES))),
        "units": frames.units(found.verdicts),
        "exceptions": exceptions,
    }
    sql = {name: question(name) for name in dict.fromkeys(_questions(found))}
    if any(pack.name == "pci-dss-4" for pack in found.packs):
        for name in ("pci_certificates", "pci_cryptography"):
            sql[name] = question(name)
            tables[name] = estate.ask(name, as_of=found.as_of, scope=found.scope)
    for verdict in found.verdicts:
        if not verdict.control.attested:
            sql[verdict.control.id] = _condition(verdict.control)
    kpis = _figures(found, exceptions)
    return Result(
        name="controls",
        title="Which controls are met, which are not, and which cannot be told from these data?",
        headline=headline(found.verdicts),
        as_of=found.as_of,
        scope=found.scope,
        frame=frame,
        kpis={kpi.id: kpi for kpi in kpis},
        method=METHOD,
        tables=tables,
        caveats=CAVEATS,
        sql=sql,
        inputs=found.inputs,
    )


def _condition(control: Control) -> str:
    return f"-- {control.title}\n({control.applies_to.strip()}) AND (\n{control.violated_when.strip()}\n)"


def _questions(found: Assessment) -> Iterator[str]:
    for verdict in found.verdicts:
        if not verdict.control.attested and verdict.control.subject in QUESTIONS:
            yield QUESTIONS[verdict.control.subject]


def _figures(found: Assessment, exceptions: pd.DataFrame) -> list[Kpi]:
    states = Counter(verdict.state for verdict in found.verdicts)
    total = len(found.verdicts)
    told = states[State.MET] + states[State.NOT_MET] + states[State.EXCEPTED]
    broken, severe = states[State.NOT_MET], len(found.findings("high"))
    left_out = total - told
    rate = states[State.MET] / told if told else None
    open_, run_out = (int((exceptions["state"] == state).sum()) for state in ("open", "run out"))
    oldest = exceptions.loc[exceptions["state"] == "open", "age_days"].max() if open_ else None
    age = f", the oldest for {int(oldest):,} days" if oldest is not None else ""
    return [
        Kpi(
            id="pass_rate",
            label="Controls met",
            value=rate,
            unit="share",
            sentence=f"{states[State.MET]:,} of {told:,} controls that can be told {are(states[State.MET])} met."
            if told
            else "No control can be told from these data.",
            definition="Controls met, of those that are met, not met or excepted.",
            numerator=states[State.MET] if told else None,
            denominator=told or None,
            excluded=f"{left_out:,} not assessable, attested or without anything to judge" if left_out else None,
            counts="controls",
        ),
        Kpi(
            id="not_met",
            label="Controls not met",
            value=states[State.NOT_MET] if told else None,
            sentence=f"{broken:,} of {told:,} controls that can be told {are(broken)} not met."
            if told
            else "Whether any control is not met cannot be told from these data.",
            definition="Controls that at least one row breaks without a live exception.",
            numerator=states[State.NOT_MET] if told else None,
            denominator=told or None,
            tone="warning" if states[State.NOT_MET] else "neutral",
            counts="controls",
        ),
        Kpi(
            id="severe_not_met",
            label="Severe controls not met",
            value=severe if told else None,
            sentence=f"{severe:,} of the controls not met {are(severe)} of high or critical severity."
            if told
            else "Whether a severe control is not met cannot be told from these data.",
            definition="Controls not met whose severity is high or critical.",
            numerator=severe if told else None,
            denominator=states[State.NOT_MET] if told else None,
            tone="critical" if severe else "neutral",
            counts="controls not met",
        ),
        share(
            "not_assessable",
            "Controls not assessable",
            states[State.NOT_ASSESSABLE],
            total,
            "without the data, the statement of the pack or the attestation they need",
            counts="controls",
        ),
        Kpi(
            id="exceptions_open",
            label="Exceptions open",
            value=open_,
            sentence=f"{_exceptions(open_)} open{age}.",
            definition="Exceptions of the checked packs between the day they were granted and their last day.",
            numerator=open_,
            denominator=len(exceptions),
            counts="exceptions",
        ),
        Kpi(
            id="exceptions_run_out",
            label="Exceptions run out",
            value=run_out,
            sentence=f"{_exceptions(run_out)} past the last day, so that nothing is covered any more.",
            definition="Exceptions of the checked packs past their last day.",
            numerator=run_out,
            denominator=len(exceptions),
            tone="warning" if run_out else "neutral",
            counts="exceptions",
        ),
        share(
            "attested",
            "Controls attested",
            states[State.ATTESTED],
            total,
            "vouched for by a valid entry of the register, not by data",
            counts="controls",
        ),
    ]


def _exceptions(number: int) -> str:
    return "1 exception is" if number == 1 else f"{number:,} exceptions are" if number else "No exceptions are"


def share(name: str, label: str, number: int, total: int, what: str, counts: str = "requirements") -> Kpi:
    """A count of things of which a sentence says what they are, as a key figure."""
    return Kpi(
        id=name,
        label=label,
        value=number,
        sentence=f"{number:,} of {total:,} {counts} {are(number)} {what}.",
        definition=f"{counts.capitalize()} {what}.",
        numerator=number,
        denominator=total,
        counts=counts,
    )
