"""Why certificates were revoked, and which of them are still served."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


def reasons(frame: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Revoked certificates of the inventory by reason, those still in service told apart.

    Args:
        frame: One row a ``reason`` with the ``certificates`` and those of them ``in_service``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars, most frequent first; what is still served is hatched and red.
    """
    names = theme.texts(frame["reason"], missing="not given")
    totals, served = theme.counts(frame["certificates"]), theme.counts(frame["in_service"])
    gone = [total - still for total, still in zip(totals, served, strict=True)]
    labels = [
        f"{total:,} · {still:,} still in service" if still else f"{total:,}"
        for total, still in zip(totals, served, strict=True)
    ]
    n = sum(totals)
    return theme.figure(
        [
            theme.rows("Still in service", names, served, theme.CRITICAL),
            theme.rows("No longer in service", names, gone, theme.SETTLED),
        ],
        title="Revoked certificates by reason",
        basis=theme.basis("revoked certificates of the inventory by reason", n, as_of),
        alt=f"Bars of {n:,} revoked certificates by reason; {sum(served):,} of them are still in service.",
        **theme.row_axes(names, totals, labels),
    )
