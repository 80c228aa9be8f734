"""The tables of a check, as frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from certanalytics.policy.assessment import Assessment
from certanalytics.policy.subjects import OF_NO_UNIT
from certanalytics.policy.verdict import Counts, State, Verdict


def findings(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """The violating rows that verdicts carry, in the order of the verdicts."""
    rows = [
        {
            "control": verdict.control.id,
            "severity": verdict.control.severity,
            "subject": sample.subject,
            "name": sample.name,
            "business_unit": sample.business_unit,
            "owner": sample.owner,
            "told": sample.told,
            "do": verdict.control.do,
        }
        for verdict in verdicts
        for sample in verdict.samples
    ]
    columns = ["control", "severity", "subject", "name", "business_unit", "owner", "told", "do"]
    return pd.DataFrame(rows, columns=columns)


def by_state(verdicts: Iterable[Verdict], by: str, groups: Mapping[str, None]) -> pd.DataFrame:
    """Controls by pack or severity and state, and the share of them that is met."""
    found: dict[str, Counter[State]] = {group: Counter() for group in groups}
    for verdict in verdicts:
        found[verdict.pack.name if by == "pack" else verdict.control.severity][verdict.state] += 1
    rows = [
        {by: group, **{_column(state): states[state] for state in State}, "pass_rate": pass_rate(states)}
        for group, states in found.items()
    ]
    return pd.DataFrame(rows, columns=[by, *map(_column, State), "pass_rate"])


def units(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """Rows by business unit, of all controls whose rows belong to one; the unit nobody tells comes last."""
    found: dict[str | None, Counts] = {}
    for verdict in verdicts:
        if verdict.control.subject in OF_NO_UNIT:
            continue
        for unit, counts in verdict.units:
            so_far = found.get(unit, Counts())
            found[unit] = Counts(
                fine=so_far.fine + counts.fine,
                violating=so_far.violating + counts.violating,
                exempted=so_far.exempted + counts.exempted,
                untold=so_far.untold + counts.untold,
            )
    rows = []
    for unit, counts in sorted(found.items(), key=lambda item: (item[0] is None, item[0] or "")):
        told = counts.in_scope - counts.untold
        if counts.in_scope:
            rows.append(
                {
                    "business_unit": unit,
                    "kept": counts.fine,
                    "violating": counts.violating,
                    "exempted": counts.exempted,
                    "untold": counts.untold,
                    "pass_rate": counts.fine / told if told else None,
                }
            )
    return pd.DataFrame(rows, columns=["business_unit", "kept", "violating", "exempted", "untold", "pass_rate"])


def exceptions(found: Assessment) -> pd.DataFrame:
    """The exceptions of the packs, the first to end first."""
    day = found.as_of.date()
    rows: list[dict[str, Any]] = [
        {
            "id": each.id,
            "control": each.control,
            "reason": each.reason,
            "granted_by": each.granted_by,
            "granted_on": each.granted_on.isoformat(),
            "until": each.until.isoformat(),
            "age_days": (day - each.granted_on).days,
            "days_left": (each.until - day).days,
            "state": "not yet" if each.granted_on > day else "run out" if each.until < day else "open",
        }
        for pack in found.packs
        for each in pack.exceptions
    ]
    columns = ["id", "control", "reason", "granted_by", "granted_on", "until", "age_days", "days_left", "state"]
    rows.sort(key=lambda row: (row["until"], row["id"]))
    return pd.DataFrame(rows, columns=columns)


def pass_rate(states: Mapping[State, int]) -> float | None:
    """Controls met of those that are met, not met or excepted; ``None`` where none can be told."""
    told = states[State.MET] + states[State.NOT_MET] + states[State.EXCEPTED]
    return states[State.MET] / told if told else None


def _column(state: State) -> str:
    return str(state).replace(" ", "_")
