"""Which keys are shared, and how old keys are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

SHOWN = 12
"""Shared keys drawn one by one; the others share one row."""

OLDEST = 10
"""The age in years from which on keys share one bar."""


def shared(groups: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates in service on each key that several of them share, those across a boundary told apart.

    Args:
        groups: One row a key in more than one certificate, most certificates first: ``spki_sha256``,
            ``certificates``, ``endpoints``, ``owners``, ``crosses_owner`` and ``crosses_trust`` (absent where it is
            not known).
        as_of: The moment the frame holds for, UTC.

    Returns:
        Horizontal bars, keys across a boundary first, then by certificates; each says its reach.
    """
    crossing = groups["crosses_owner"].astype("boolean").fillna(value=False)
    crossing |= groups["crosses_trust"].astype("boolean").fillna(value=False)
    ranked = groups.assign(crossing=crossing).sort_values(
        ["crossing", "certificates", "spki_sha256"], ascending=[False, False, True]
    )
    named, rest = ranked.head(SHOWN), ranked.iloc[SHOWN:]
    names = [f"key {spki[:12]}" for spki in named["spki_sha256"]]
    across = [int(n) if c else None for n, c in zip(named["certificates"], named["crossing"], strict=True)]
    within = [None if c else int(n) for n, c in zip(named["certificates"], named["crossing"], strict=True)]
    labels = [_reach(row) for row in named.to_dict("records")]
    if len(rest):
        names.append(f"{len(rest):,} other shared {'key' if len(rest) == 1 else 'keys'}")
        over = int(rest.loc[rest["crossing"], "certificates"].sum())
        across.append(over or None)
        within.append(int(rest["certificates"].sum()) - over)
        labels.append(f"{int(rest['certificates'].sum()):,}")
    totals = [(a or 0) + (w or 0) for a, w in zip(across, within, strict=True)]
    n, crossed = sum(totals), sum(a or 0 for a in across)
    return theme.figure(
        [
            theme.rows("Across owners or trust", names, across, theme.ATTENTION),
            theme.rows("Within one owner, or not known", names, within, theme.FINE),
        ],
        title="Certificates on shared keys",
        basis=theme.basis("certificates in service that share a key with another", n, as_of),
        alt=(
            f"Bars of {n:,} certificates in service that share a key with another, by key: {crossed:,} "
            f"({theme.share(crossed, n)}) across a boundary of ownership or trust."
        ),
        **theme.row_axes(names, totals, labels),
    )


def ages(years: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates in service by the age of their key.

    Args:
        years: One row an age in whole years: ``years``, ``certificates``, and how many of these are ``aged``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Horizontal bars, youngest first, one for every year in between; keys past their time are told apart.
    """
    grouped = years.assign(years=years["years"].clip(upper=OLDEST)).groupby("years").sum()
    every = range(int(grouped.index.max()) + 1 if len(grouped) else 0)
    grouped = grouped.reindex(every)
    names = [
        "under a year" if year == 0 else f"{OLDEST} years or more" if year == OLDEST else f"{year} to {year + 1} years"
        for year in every
    ]
    totals, aged = theme.counts(grouped["certificates"]), theme.counts(grouped["aged"])
    young = [total - old for total, old in zip(totals, aged, strict=True)]
    labels = [
        f"{total:,}" + (f" · past its time: {old:,}" if old else "") for total, old in zip(totals, aged, strict=True)
    ]
    n, old = sum(totals), sum(aged)
    return theme.figure(
        [
            theme.rows("Key past its time", names, aged, theme.ATTENTION),
            theme.rows("Younger", names, young, theme.FINE),
        ],
        title="Certificates by age of their key",
        basis=theme.basis("certificates in service by the age of their key", n, as_of),
        alt=(
            f"Bars of {n:,} certificates in service by the age of their key in years; {old:,} "
            f"({theme.share(old, n)}) have a key past its time."
        ),
        **theme.row_axes(names, totals, labels),
    )


def _reach(key: dict[Any, Any]) -> str:
    """What stands at the end of a bar: ``3 on 4 endpoints, 2 owners``."""
    endpoints, owners = int(key["endpoints"]), int(key["owners"])
    said = f"{int(key['certificates']):,} on {endpoints:,} endpoint{'s' * (endpoints != 1)}"
    return said + (f", {owners:,} owners" if owners > 1 else "")
