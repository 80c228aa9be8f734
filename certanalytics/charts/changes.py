"""When endpoints changed certificates, routine renewals told from material changes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


def months(frame: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Changes of certificate at endpoints by month and kind.

    Args:
        frame: One row a month, in order: ``month`` (its first day) and the changes ``material``, ``untold`` and
            ``routine``; months without changes may be absent.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked upright bars, one a month.
    """
    starts = [f"{start:%Y-%m-%d}" for start in frame["month"].tolist()]
    material, untold, routine = (theme.counts(frame[kind]) for kind in ("material", "untold", "routine"))
    totals = [sum(parts) for parts in zip(material, untold, routine, strict=True)]
    n = sum(totals)
    return theme.figure(
        [
            theme.columns("Issuer, key type, names or owner", starts, material, theme.ATTENTION),
            theme.columns("Cannot be told", starts, untold, theme.SETTLED),
            theme.columns("Routine renewal", starts, routine, theme.FINE),
        ],
        title="Changes of certificate at endpoints",
        basis=theme.basis("changes at endpoints by month first seen", n, as_of),
        alt=f"Bars of {n:,} changes of certificate at endpoints by month: {sum(material):,} of issuer, key type, names "
        f"or owner, {sum(routine):,} routine, of {sum(untold):,} it cannot be told.",
        xaxis={"type": "date", "tickformat": "%b\n%Y", "dtick": "M1", "showgrid": False},
        yaxis=theme.count_axis(max(totals, default=0)),
        annotations=[
            theme.mark(f"{total:,}", x=start, y=total, yanchor="bottom")
            for start, total in zip(starts, totals, strict=True)
            if total
        ],
    )
