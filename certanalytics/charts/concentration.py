"""How much would fail with one CA, key, network or account."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


def single_points(everything: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Endpoints of critical services, by kind of dependency: those on the largest one, on others, and not known.

    Args:
        everything: One row a thing that certificates rest on: ``dependency`` (its kind), ``name`` (absent: not known)
            and ``critical_endpoints``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars, one a kind; the label names the largest and its share.
    """
    kinds = list(dict.fromkeys(everything["dependency"]))
    largest: list[int] = []
    others: list[int] = []
    unknown: list[int] = []
    labels: list[str] = []
    for kind in kinds:
        rows = everything[everything["dependency"] == kind]
        named = rows[rows["name"].notna()].sort_values(["critical_endpoints", "name"], ascending=[False, True])
        counts = theme.counts(named["critical_endpoints"])
        top = counts[0] if counts else 0
        largest.append(top)
        others.append(sum(counts) - top)
        unknown.append(sum(theme.counts(rows.loc[rows["name"].isna(), "critical_endpoints"])))
        total = largest[-1] + others[-1] + unknown[-1]
        labels.append(
            f"{theme.share(top, total)} · {theme.shorten(str(named['name'].iloc[0]), 28)}" if top else "not known"
        )
    totals = [sum(parts) for parts in zip(largest, others, unknown, strict=True)]
    said = "; ".join(f"{kind}: {label}" for kind, label in zip(kinds, labels, strict=True))
    n = max(totals, default=0)
    return theme.figure(
        [
            theme.rows("On the largest one", kinds, largest, theme.ATTENTION),
            theme.rows("On others", kinds, others, theme.FINE),
            theme.rows("Not known", kinds, unknown, theme.SETTLED),
        ],
        title="Critical endpoints on one thing",
        basis=theme.basis("endpoints of critical services by what they rest on", n, as_of),
        alt=f"Bars of {n:,} endpoints of critical services by what they rest on. Largest: {said}.",
        **theme.row_axes(kinds, totals, labels),
    )
