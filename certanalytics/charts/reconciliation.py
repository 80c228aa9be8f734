"""What logs, scans and inventories know in common, and what only one of them knows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_PLACES = {"in_log": "log", "in_scan": "scan", "in_inventory": "inventory"}
"""What a place is called, by the column that says whether a certificate was met there."""


def places(combinations: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates by the places they were met in, those matched to nothing elsewhere highlighted.

    Args:
        combinations: One row a combination: ``in_log``, ``in_scan``, ``in_inventory``, ``match_tier`` (absent: matched
            to nothing) and ``certificates``. Rows of one combination are one bar.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Ranked horizontal bars, each labelled with its number.
    """
    met = [
        " + ".join(name for place, name in _PLACES.items() if row[place]) or "elsewhere"
        for row in combinations.to_dict("records")
    ]
    counted = combinations.assign(
        met=met,
        matched=combinations["certificates"].where(combinations["match_tier"].notna(), 0),
        alone=combinations["certificates"].where(combinations["match_tier"].isna(), 0),
    )
    summed = counted.groupby("met")[["certificates", "matched", "alone"]].sum()
    ranked = summed.sort_values(["certificates", "alone"], ascending=False, kind="stable")
    names = [str(name) for name in ranked.index]
    matched, alone = theme.counts(ranked["matched"]), theme.counts(ranked["alone"])
    totals = [sum(parts) for parts in zip(matched, alone, strict=True)]
    n = sum(totals)
    labels = [
        f"{total:,} · {'none' if single == total else f'{single:,} not'} matched elsewhere" if single else f"{total:,}"
        for total, single in zip(totals, alone, strict=True)
    ]
    return theme.figure(
        [
            theme.rows("Matched to nothing elsewhere", names, alone, theme.ATTENTION),
            theme.rows("Known from two places", names, matched, theme.FINE),
        ],
        title="Certificates by the places that know them",
        basis=theme.basis("certificates by the places that know them", n, as_of),
        alt=f"Bars of {n:,} certificates by the places they were met in: {sum(alone):,} ({theme.share(sum(alone), n)}) "
        "are matched to nothing in another place.",
        **theme.row_axes(names, totals, labels),
    )
