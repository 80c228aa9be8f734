"""When certificates end, and how much of their life is left."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_BANDS = {"ended": theme.CRITICAL, "< 10 %": theme.ATTENTION}
"""Bands of life left that ask for something; every other band is in order."""


def timeline(weeks: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates in service by the week they end, those without an owner at the base.

    Args:
        weeks: One row a week, in order: ``week`` (its first day), and the certificates that end in
            it: ``without_owner``, ``owned`` (all absent: nothing is known of owners) and ``replaced`` (a successor
            is already served).
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked bars, one a week; the fullest week is labelled.
    """
    starts = [f"{start:%Y-%m-%d}" for start in weeks["week"].tolist()]
    unowned, owned, replaced = (theme.counts(weeks[name]) for name in ("without_owner", "owned", "replaced"))
    told = bool(weeks["owned"].notna().any())
    first = ("Without an active owner", theme.ATTENTION) if told else ("Not replaced, owner not known", theme.NEUTRAL)
    totals = [sum(parts) for parts in zip(unowned, owned, replaced, strict=True)]
    tallest = max(totals, default=0)
    alt = (
        f"Bars of certificates in service by the week they end, {len(starts)} weeks from {theme.day(as_of)}: "
        f"{sum(totals):,} in all, "
        + (f"{sum(unowned):,} without an active owner" if told else "no owner known")
        + f" and {sum(replaced):,} already replaced."
    )
    annotations = []
    if tallest:
        peak = totals.index(tallest)
        annotations = [theme.mark(f"<b>{tallest:,}</b>", x=starts[peak], y=tallest, yanchor="bottom")]
        alt += f" The fullest week begins on {theme.day(weeks['week'].iloc[peak])} with {tallest:,}."
    return theme.figure(
        [
            theme.columns(first[0], starts, unowned, first[1]),
            *([theme.columns("Owned", starts, owned, theme.FINE)] if told else []),
            *([theme.columns("Already replaced", starts, replaced, theme.SETTLED)] if any(replaced) else []),
        ],
        title="Certificates by week of expiry",
        basis=theme.basis(f"in service, by week of end, {len(starts)} weeks", sum(totals), as_of),
        alt=alt,
        xaxis={"type": "date", "tickformat": "%-d %b\n%Y", "nticks": 14, "showgrid": False},
        yaxis=theme.count_axis(tallest),
        annotations=annotations,
    )


def life(bands: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates in service by the share of their lifetime that is left.

    Args:
        bands: One row a band, in order: ``band`` and ``certificates``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        One bar a band, labelled with its number.
    """
    names, numbers = bands["band"].tolist(), theme.counts(bands["certificates"])
    meanings = [_BANDS.get(name, theme.FINE) for name in names]
    legend = {"Ended": theme.CRITICAL, "Due": theme.ATTENTION, "In order": theme.FINE}
    said = "; ".join(f"{name}: {number:,}" for name, number in zip(names, numbers, strict=True))
    return theme.figure(
        [
            theme.columns(
                label, names, [n if m == meaning else None for n, m in zip(numbers, meanings, strict=True)], meaning
            )
            for label, meaning in legend.items()
        ],
        title="Share of lifetime left",
        basis=theme.basis("certificates in service by share of lifetime left", sum(numbers), as_of),
        alt=f"Bars of certificates in service by the share of their lifetime that is left. {said}.",
        xaxis={"type": "category"},
        yaxis=theme.count_axis(max(numbers, default=0)),
        annotations=theme.tops(numbers),
        height=340,
    )
