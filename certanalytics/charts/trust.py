"""What root programmes do to certificates in service."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


def programmes(frame: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates in service under roots a programme has a rule against, by what the rule does to them.

    Args:
        frame: One row a ``programme`` and ``ca_owner`` with the certificates ``distrusted``, ``on_one_path``,
            ``cannot_tell`` and ``kept``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars, most hit first. A certificate stands in one row of each programme that has a rule.
    """
    names = [
        f"{programme} · {owner}"
        for programme, owner in zip(
            theme.texts(frame["programme"], missing="not known"),
            theme.texts(frame["ca_owner"], missing="CA owner not known"),
            strict=True,
        )
    ]
    hit, half, unclear, kept = (
        theme.counts(frame[name]) for name in ("distrusted", "on_one_path", "cannot_tell", "kept")
    )
    totals = [sum(parts) for parts in zip(hit, half, unclear, kept, strict=True)]
    labels = [
        f"{bad:,} of {total:,} distrusted" if bad else f"{total:,}" for bad, total in zip(hit, totals, strict=True)
    ]
    n = sum(totals)
    return theme.figure(
        [
            theme.rows("Distrusted", names, hit, theme.CRITICAL),
            theme.rows("Distrusted on one path", names, half, theme.ATTENTION),
            theme.rows("Cannot be told", names, unclear, theme.NEUTRAL),
            theme.rows("Older than the rule", names, kept, theme.SETTLED),
        ],
        title="Certificates under distrusted roots",
        basis=theme.basis("certificates in service by programme with a rule against their root", n, as_of),
        alt=(
            f"Bars of {n:,} certificates in service, each once a programme with a rule against its root: {sum(hit):,} "
            f"distrusted, {sum(half):,} on one path of several."
        ),
        **theme.row_axes(names, totals, labels),
    )
