"""How certificates lie on their owners."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

SHOWN = 12
"""Owners drawn by name; the others share one row."""


def by_owner(owners: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates in service by active owner, those of critical services apart.

    Args:
        owners: One row an owner, most certificates first: ``owner``, ``certificates`` and ``critical``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars; owners beyond the first ones share a row at the end.
    """
    names = _distinct(theme.texts(owners["owner"], missing="owner not known"))
    totals, critical = theme.counts(owners["certificates"]), theme.counts(owners["critical"])
    if len(names) > SHOWN + 1:
        names = [*names[:SHOWN], f"{len(names) - SHOWN} other owners"]
        totals, critical = ([*part[:SHOWN], sum(part[SHOWN:])] for part in (totals, critical))
    others = [total - number for total, number in zip(totals, critical, strict=True)]
    n = sum(totals)
    labels = [
        f"{total:,} ({theme.share(total, n)})" + (f" · critical: {number:,}" if number else "")
        for total, number in zip(totals, critical, strict=True)
    ]
    first = f" {names[0]} has {totals[0]:,} ({theme.share(totals[0], n)})." if names else ""
    return theme.figure(
        [
            theme.rows("For critical services", names, theme.drawn(critical), theme.FINE),
            theme.rows("Others", names, theme.drawn(others), theme.NEUTRAL),
        ],
        title="Certificates by owner",
        basis=theme.basis("in service by active owner", n, as_of),
        alt=f"Bars of {n:,} certificates in service with an active owner, by owner.{first}",
        **theme.row_axes(names, totals, labels),
    )


def _distinct(names: list[str]) -> list[str]:
    """Names with a number where two owners share one, for each is a row of its own."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told
