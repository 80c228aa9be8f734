"""On how few certification authorities the estate rests."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

SHOWN = 8
"""Issuers drawn by name; the others share one row."""

SELF_SIGNED = "self-signed"
"""The row of certificates no issuer stands for; it is never the largest issuer."""

UNKNOWN = "unknown"
"""The row of certificates whose issuer no export tells; nor is it."""

_UNITS = {"ca_owner": "CA owner", "issuing_ca": "issuing CA", "root": "root"}
"""What tells issuers apart, by the column that names it."""


def shares(issuers: pd.DataFrame, *, as_of: datetime, by: str = "ca_owner") -> go.Figure:
    """Certificates in service by who issued them, the largest issuer highlighted.

    Args:
        issuers: One row an issuer: the column named by ``by``, and ``certificates``. Rows of one name are one bar;
            those without a name share one.
        as_of: The moment the frame holds for, UTC.
        by: What tells issuers apart: ``ca_owner``, ``issuing_ca`` or ``root``.

    Returns:
        Ranked horizontal bars, each labelled with its share and number.
    """
    unit = _UNITS[by]
    unknown = f"{unit} not known"
    told = issuers[by].replace(UNKNOWN, None)
    named = issuers.assign(name=theme.texts(told, missing=unknown)).groupby("name", sort=False)["certificates"]
    ranked = named.sum().sort_values(ascending=False, kind="stable")
    names, numbers = [str(name) for name in ranked.index], theme.counts(ranked)
    n = sum(numbers)
    if len(names) > SHOWN + 1:
        others = f"{len(names) - SHOWN} others"
        names, numbers = [*names[:SHOWN], others], [*numbers[:SHOWN], sum(numbers[SHOWN:])]
    largest = next((name for name in names if name not in (unknown, SELF_SIGNED)), None)
    labels = [f"{theme.share(number, n)} · {number:,}" for number in numbers]
    alt = f"Bars of {n:,} certificates in service by {unit}, largest first."
    if largest:
        number = numbers[names.index(largest)]
        alt += f" {largest} stands for {number:,} ({theme.share(number, n)})."
    pairs = list(zip(names, numbers, strict=True))
    return theme.figure(
        [
            theme.rows(f"Largest {unit}", names, [k if name == largest else None for name, k in pairs], theme.FINE),
            theme.rows("Others", names, [None if name == largest else k for name, k in pairs], theme.NEUTRAL),
        ],
        title=f"Certificates by {unit}",
        basis=theme.basis(f"certificates in service by {unit}", n, as_of),
        alt=alt,
        legend=False,
        **theme.row_axes(names, numbers, labels),
    )
