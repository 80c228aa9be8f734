"""How far renewals went, and how long before the end they did."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_WAITING = {"partly deployed", "deployed nowhere"}
"""Stages in which somebody still has to deploy the new certificate."""


def stages(frame: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Renewed certificates by how far the renewal went.

    Args:
        frame: One row a stage, in order: ``stage`` and ``certificates``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Horizontal bars; those that wait for deployment are told apart.
    """
    names, numbers = theme.texts(frame["stage"], missing="not known"), theme.counts(frame["certificates"])
    waiting = [number or None if name in _WAITING else None for name, number in zip(names, numbers, strict=True)]
    others = [None if name in _WAITING else number or None for name, number in zip(names, numbers, strict=True)]
    n = sum(numbers)
    said = "; ".join(f"{name}: {number:,}" for name, number in zip(names, numbers, strict=True))
    return theme.figure(
        [
            theme.rows("Not deployed everywhere", names, waiting, theme.ATTENTION),
            theme.rows("Settled", names, others, theme.FINE),
        ],
        title="Renewed certificates by stage",
        basis=theme.basis("renewed certificates by how far that went", n, as_of),
        alt=f"Bars of {n:,} renewed certificates by how far the renewal went. {said}.",
        **theme.row_axes(names, numbers, [f"{number:,}" for number in numbers]),
    )


def lead_times(frame: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Renewals by the days between taking over and the end of the old certificate.

    Args:
        frame: One row a band, in order: ``band`` and the renewals ``late``, ``unclear`` (looks lie too far apart to
            tell) and ``in_time``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked upright bars, one a band.
    """
    names = theme.texts(frame["band"], missing="not known")
    late, unclear, in_time = (theme.counts(frame[part]) for part in ("late", "unclear", "in_time"))
    totals = [sum(parts) for parts in zip(late, unclear, in_time, strict=True)]
    n = sum(totals)
    return theme.figure(
        [
            theme.columns("Late", names, late, theme.ATTENTION),
            theme.columns("Cannot be told", names, unclear, theme.SETTLED),
            theme.columns("In time", names, in_time, theme.FINE),
        ],
        title="Renewal lead times",
        basis=theme.basis("measured renewals by least lead time before the old end", n, as_of),
        alt=f"Bars of {n:,} measured renewals by lead time: {sum(late):,} late, {sum(in_time):,} in time, of "
        f"{sum(unclear):,} it cannot be told.",
        xaxis={"type": "category"},
        yaxis=theme.count_axis(max(totals, default=0)),
        annotations=theme.tops(totals),
        height=340,
    )
