"""How controls and requirements stand: met, not met, and what these data do not tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_CONTROLS = (
    ("Not met", ("not_met",), theme.CRITICAL),
    ("Covered by exceptions", ("excepted",), theme.ATTENTION),
    ("Met", ("met",), theme.FINE),
    ("Attested, not shown by data", ("attested",), theme.NEUTRAL),
    ("Not assessable, or nothing to judge", ("not_assessable", "nothing_to_judge"), theme.SETTLED),
)
_REQUIREMENTS = (
    ("Not met", ("not_met",), theme.CRITICAL),
    ("Partly met", ("partly_met",), theme.ATTENTION),
    ("Met", ("met",), theme.FINE),
    ("Attested, not shown by data", ("attested",), theme.NEUTRAL),
    ("Not judged from these data", ("not_assessable", "shown", "out_of_reach"), theme.SETTLED),
)


def by_pack(packs: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Controls by pack and state, in numbers.

    Args:
        packs: One row a pack: ``pack``, ``not_met``, ``excepted``, ``met``, ``attested``, ``not_assessable`` and
            ``nothing_to_judge``.
        as_of: The moment the counts hold for.
    """
    return _stacked(packs, "pack", _CONTROLS, what="controls", title="Controls by pack", as_of=as_of)


def by_practice(practices: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Requirements of NIST SP 1800-16 by practice and state, in numbers.

    Args:
        practices: One row a practice: ``area``, ``not_met``, ``partly_met``, ``met``, ``attested``, ``not_assessable``,
            ``shown`` and ``out_of_reach``.
        as_of: The moment the counts hold for.
    """
    return _stacked(
        practices, "area", _REQUIREMENTS, what="requirements", title="Requirements by practice", as_of=as_of
    )


def _stacked(
    frame: pd.DataFrame,
    by: str,
    states: Sequence[tuple[str, tuple[str, ...], theme.Meaning]],
    *,
    what: str,
    title: str,
    as_of: datetime,
) -> go.Figure:
    names = theme.texts(frame[by], missing="without a name")
    numbers = {
        label: [sum(parts) for parts in zip(*(theme.counts(frame[column]) for column in columns), strict=True)]
        for label, columns, _ in states
    }
    totals = [sum(parts) for parts in zip(*numbers.values(), strict=True)]
    broken = numbers["Not met"]
    untold = list(numbers.values())[-1]
    labels = [_label(*parts) for parts in zip(broken, untold, totals, strict=True)]
    n = sum(totals)
    told = "; ".join(f"{label.lower()}: {sum(parts):,}" for label, parts in numbers.items())
    kind = by if by != "area" else "practice"
    return theme.figure(
        [theme.rows(label, names, numbers[label], meaning) for label, _, meaning in states],
        title=title,
        basis=theme.basis(f"{what} by {kind} and state", n, as_of),
        alt=f"Bars of {n:,} {what} by {kind} and state. In all {told}.",
        **theme.row_axes(names, totals, labels),
    )


def _label(broken: int, untold: int, total: int) -> str:
    """What stands at the end of a row: what is broken, then what these data do not tell."""
    rest = f", {untold:,} not judged" if untold else ""
    return f"{broken:,} of {total:,} not met{rest}" if broken else f"none of {total:,} not met{rest}"
