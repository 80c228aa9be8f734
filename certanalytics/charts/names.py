"""How many names share a certificate."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

BANDS = ((1, 1), (2, 2), (3, 5), (6, 10), (11, 25), (26, 100), (101, None))
"""Numbers of names drawn together: from, to."""


def sprawl(counts: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates in service by the number of names they hold.

    Args:
        counts: One row a number of names: ``names``, ``certificates``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Horizontal bars, fewest names first.
    """
    labels, totals = [], []
    for least, most in BANDS:
        inside = (counts["names"] >= least) & (counts["names"] <= (most or counts["names"].max()))
        totals.append(int(counts.loc[inside, "certificates"].sum()))
        labels.append(
            f"more than {least - 1} names"
            if most is None
            else f"{least} name{'s' * (least > 1)}"
            if least == most
            else f"{least} to {most} names"
        )
    while len(totals) > 1 and not totals[-1]:
        totals.pop()
        labels.pop()
    n = sum(totals)
    several = n - totals[0]
    return theme.figure(
        [theme.rows("Certificates", labels, totals, theme.FINE)],
        title="Certificates by number of names",
        basis=theme.basis("certificates in service by number of names", n, as_of),
        alt=(
            f"Bars of {n:,} certificates in service by the number of names they hold; {several:,} "
            f"({theme.share(several, n)}) hold several."
        ),
        legend=False,
        **theme.row_axes(labels, totals, [f"{total:,}" for total in totals]),
    )
