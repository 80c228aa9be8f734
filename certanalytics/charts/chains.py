"""When the CA certificates above those in service end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

ENDED, LATER = "ended", "later"
"""The bands before and after the horizons."""


def horizon(cas: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """CA certificates above certificates in service by the horizon within which they end.

    Args:
        cas: One row a CA certificate: ``ended``, ``months`` (the first horizon it ends within, absent if later) and
            ``leaves`` (certificates in service with a path through it).
        as_of: The moment the frame holds for, UTC.

    Returns:
        Horizontal bars, soonest first, each with the certificates below the CA certificates of its band; a certificate
        is below its intermediate and its root, so the most below one of them is what the label says.
    """
    bands = [
        ENDED if ended else LATER if months != months else f"within {int(months)} months"  # noqa: PLR0124 - NaN
        for ended, months in zip(cas["ended"].tolist(), cas["months"].astype("float64").tolist(), strict=True)
    ]
    given = cas.assign(band=bands)
    horizons = sorted({int(months) for months in cas["months"].dropna().tolist()})
    names = [name for name in (ENDED, *(f"within {months} months" for months in horizons), LATER) if name in bands]
    by_band = given.groupby("band")["leaves"].agg(["count", "max"]).reindex(names)
    totals, below = theme.counts(by_band["count"]), theme.counts(by_band["max"])
    n = sum(totals)
    labels = [f"{total:,} · up to {leaves:,} below one" for total, leaves in zip(totals, below, strict=True)]
    told = "; ".join(f"{name}: {total:,}" for name, total in zip(names, totals, strict=True))

    def only(*wanted: str) -> list[int | None]:
        return [total if name in wanted else None for name, total in zip(names, totals, strict=True)]

    soon = [name for name in names if name not in {ENDED, LATER}]
    return theme.figure(
        [
            theme.rows("Ended", names, only(ENDED), theme.CRITICAL),
            theme.rows("Ends within the horizons", names, only(*soon), theme.ATTENTION),
            theme.rows("Ends later", names, only(LATER), theme.FINE),
        ],
        title="CA certificates by when they end",
        basis=theme.basis("CA certificates above certificates in service by when they end", n, as_of),
        alt=f"Bars of {n:,} CA certificates above certificates in service by when they end: {told or 'none, 0'}.",
        **theme.row_axes(names, totals, labels),
    )
