"""Which certificates are known, by trust class and by how many endpoints present them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


def classes(frame: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates known by trust class and the evidence for it.

    Args:
        frame: One row a class and kind of evidence: ``trust``, ``trust_evidence`` (absent: none), ``certificates``
            and ``in_service``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars, the most frequent first; those that endpoints present stand at the base.
    """
    names = [
        f"{trust}: {evidence}"
        for trust, evidence in zip(
            theme.texts(frame["trust"], missing="unknown"),
            theme.texts(frame["trust_evidence"], missing="no evidence"),
            strict=True,
        )
    ]
    totals, served = theme.counts(frame["certificates"]), theme.counts(frame["in_service"])
    others = [total - part for total, part in zip(totals, served, strict=True)]
    n = sum(totals)
    by_class = frame.groupby("trust", sort=True)["certificates"].sum()
    said = ", ".join(f"{int(number):,} {name}" for name, number in by_class.items())
    return theme.figure(
        [
            theme.rows("Presented by endpoints", names, served, theme.FINE),
            theme.rows("Known only", names, others, theme.SETTLED),
        ],
        title="Certificates by trust class",
        basis=theme.basis("certificates known by trust class and evidence", n, as_of),
        alt=f"Bars of {n:,} certificates known by trust class and evidence, {sum(served):,} of them presented by "
        f"endpoints: {said or 'none'}.",
        **theme.row_axes(names, totals, [f"{total:,} · {theme.share(total, n)}" for total in totals]),
    )


def spread(frame: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates in service by how many endpoints present them.

    Args:
        frame: One row a band, in order: ``band`` and ``certificates``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        One bar a band, labelled with its number.
    """
    names, numbers = theme.texts(frame["band"], missing="not known"), theme.counts(frame["certificates"])
    n = sum(numbers)
    said = "; ".join(f"{name}: {number:,}" for name, number in zip(names, numbers, strict=True))
    return theme.figure(
        [theme.columns("Certificates", names, numbers, theme.FINE)],
        title="Endpoints of a certificate",
        basis=theme.basis("certificates in service by number of endpoints", n, as_of),
        alt=f"Bars of {n:,} certificates in service by how many endpoints present them. {said}.",
        legend=False,
        xaxis={"type": "category"},
        yaxis=theme.count_axis(max(numbers, default=0)),
        annotations=theme.tops(numbers),
        height=340,
    )
