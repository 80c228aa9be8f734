"""Validity by the limit a certificate was issued under, and what certificates may be used for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

SHOWN = 10
"""Combinations of purposes drawn one by one; the others share one row."""


def cohorts(limits: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Public certificates in service by the limit of validity in force when they were issued.

    Args:
        limits: One row a limit, oldest first: ``issued_from``, ``max_days`` (both absent before the first limit),
            ``certificates`` and how many are ``over`` it.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Horizontal bars, oldest limit first; certificates over the limit are told apart.
    """
    judged = limits["max_days"].notna()
    names = [
        f"from {theme.day(begins)}: {int(limit)} days" if known else "before the first limit"
        for begins, limit, known in zip(limits["issued_from"], limits["max_days"], judged, strict=True)
    ]
    totals, over = theme.counts(limits["certificates"]), theme.counts(limits["over"])
    within = [total - late if known else 0 for total, late, known in zip(totals, over, judged, strict=True)]
    unjudged = [0 if known else total for total, known in zip(totals, judged, strict=True)]
    labels = [
        f"{total:,}" + (f" · over the limit: {late:,}" if late else "")
        for total, late in zip(totals, over, strict=True)
    ]
    n, late = sum(totals), sum(over)
    return theme.figure(
        [
            theme.rows("Over the limit", names, over, theme.CRITICAL),
            theme.rows("Within it", names, within, theme.FINE),
            theme.rows("Not judged", names, unjudged, theme.NEUTRAL),
        ],
        title="Public certificates by validity limit at issue",
        basis=theme.basis("public certificates in service by the limit when issued", n, as_of),
        alt=(
            f"Bars of {n:,} public certificates in service by the limit of validity in force when they were issued; "
            f"{late:,} ({theme.share(late, n)}) are over it."
        ),
        **theme.row_axes(names, totals, labels),
    )


def purposes(combinations: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates in service by extended key usage, public ones that are also for clients told apart.

    Args:
        combinations: One row a combination: ``trust``, ``extended_key_usage`` (names with commas between) and
            ``certificates``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Horizontal bars, most certificates first.
    """
    usage = combinations["extended_key_usage"].replace("", "no extended key usage")
    client = combinations["extended_key_usage"].str.split(", ").map(lambda parts: "clientAuth" in parts).astype(bool)
    exposed = client & (combinations["trust"] == "public")
    numbers = combinations["certificates"]
    exposed_by, total_by = numbers.where(exposed, 0).groupby(usage).sum(), numbers.groupby(usage).sum()
    ranked = sorted(total_by.index, key=lambda name: (-int(total_by[name]), name))
    names, rest = ranked[:SHOWN], ranked[SHOWN:]
    totals = [int(total_by[name]) for name in names]
    clients = [int(exposed_by[name]) for name in names]
    if rest:
        names.append(f"{len(rest):,} rarer combinations")
        totals.append(sum(int(total_by[name]) for name in rest))
        clients.append(sum(int(exposed_by[name]) for name in rest))
    others = [total - number for total, number in zip(totals, clients, strict=True)]
    labels = [
        f"{total:,}" + (f" · public, for clients: {number:,}" if number else "")
        for total, number in zip(totals, clients, strict=True)
    ]
    n, number = sum(totals), sum(clients)
    return theme.figure(
        [
            theme.rows("Public and for clients", names, clients, theme.ATTENTION),
            theme.rows("Others", names, others, theme.FINE),
        ],
        title="Certificates by extended key usage",
        basis=theme.basis("certificates in service by extended key usage", n, as_of),
        alt=(
            f"Bars of {n:,} certificates in service by extended key usage; {number:,} ({theme.share(number, n)}) are "
            "public and also for client authentication."
        ),
        **theme.row_axes(names, totals, labels),
    )
