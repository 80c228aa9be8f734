"""How often inferred owners were right, where the stated ones had been hidden."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


def reliability(bands: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Proposals about hidden owners by band of probability, right and wrong.

    In good order the share that is right lies in the band; the numbers say how much that is worth.

    Args:
        bands: One row a band, in order: ``band``, ``proposals`` and ``right``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars with the share that was right.
    """
    names = theme.texts(bands["band"], missing="not known")
    totals, right = theme.counts(bands["proposals"]), theme.counts(bands["right"])
    wrong = [total - good for total, good in zip(totals, right, strict=True)]
    labels = [
        f"{good:,} of {total:,} right ({theme.share(good, total)})" if total else "none"
        for good, total in zip(right, totals, strict=True)
    ]
    n = sum(totals)
    alt = f"Bars of {n:,} certificates whose stated owner was hidden, by the probability of the party proposed: " + (
        "; ".join(f"{name}: {label}" for name, label in zip(names, labels, strict=True))
    )
    return theme.figure(
        [
            theme.rows("Right", names, theme.drawn(right), theme.FINE),
            theme.rows("Wrong", names, theme.drawn(wrong), theme.ATTENTION),
        ],
        title="Inferred owners, tested",
        basis=theme.basis("hidden owners by probability of the party proposed", n, as_of),
        alt=alt + ".",
        **theme.row_axes(names, totals, labels),
    )
