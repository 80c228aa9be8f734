"""Who answers for which certificates, and where nobody does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

SHOWN = 12
"""Business units drawn by name; the others share one row."""


def by_unit(units: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates in service by business unit and state of their owner, in numbers.

    Numbers and not shares, because the figure says where the work lies; the label gives the share.

    Args:
        units: One row a business unit: ``business_unit`` and the certificates ``none`` (nobody is
            named), ``inactive`` (who is named has left) and ``owned`` (all absent: nothing is known of owners).
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars, the unit with most certificates without an active owner first.
    """
    gaps = units["none"].fillna(0) + units["inactive"].fillna(0)
    ranked = units.assign(gaps=gaps).sort_values(["gaps", "owned"], ascending=False, kind="stable")
    names = theme.texts(ranked["business_unit"], missing="no business unit known")
    none, inactive, owned = (theme.counts(ranked[state]) for state in ("none", "inactive", "owned"))
    if len(names) > SHOWN + 1:
        names = [*names[:SHOWN], f"{len(names) - SHOWN} other units"]
        none, inactive, owned = ([*part[:SHOWN], sum(part[SHOWN:])] for part in (none, inactive, owned))
    return _states(names, none, inactive, owned, what="business unit", told=_told(units), as_of=as_of)


def by_days_left(bands: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates in service by the days they have left and state of their owner, in numbers.

    Args:
        bands: One row a band, in order: ``band`` and the certificates ``none``, ``inactive``, ``owned`` (all absent:
            nothing is known of owners).
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars, soonest first.
    """
    names = theme.texts(bands["band"], missing="not known")
    none, inactive, owned = (theme.counts(bands[state]) for state in ("none", "inactive", "owned"))
    return _states(names, none, inactive, owned, what="days left", told=_told(bands), as_of=as_of)


def _told(frame: pd.DataFrame) -> bool:
    """Whether anything is known of owners, or there is nothing to know."""
    return frame.empty or bool(frame["owned"].notna().any())


def _states(
    names: Sequence[str],
    none: Sequence[int],
    inactive: Sequence[int],
    owned: Sequence[int],
    *,
    what: str,
    told: bool,
    as_of: datetime,
) -> go.Figure:
    totals = [sum(parts) for parts in zip(none, inactive, owned, strict=True)]
    gaps = [sum(parts) for parts in zip(none, inactive, strict=True)]
    labels = [
        f"{gap:,} of {total:,} ({theme.share(gap, total)})" if gap else f"all {total:,} owned"
        for gap, total in zip(gaps, totals, strict=True)
    ]
    n = sum(totals)
    if not told:
        return theme.figure(
            [theme.rows("Owner not known", names, totals, theme.NEUTRAL)],
            title=f"Ownership by {what}",
            basis=theme.basis(f"in service by {what}; no loaded export names an owner", n, as_of),
            alt=f"Bars of {n:,} certificates in service by {what}; no loaded export names an owner.",
            **theme.row_axes(names, totals, [f"{total:,}" for total in totals]),
        )
    alt = (
        f"Bars of {n:,} certificates in service by {what} and state of their owner: {sum(gaps):,} "
        f"({theme.share(sum(gaps), n)}) have no active owner, for {sum(none):,} of them nobody is named."
    )
    if any(gaps):
        worst = gaps.index(max(gaps))
        alt += f" Most are in “{names[worst]}”: {labels[worst]}."
    return theme.figure(
        [
            theme.rows("Nobody named", names, none, theme.CRITICAL),
            theme.rows("Owner has left", names, inactive, theme.ATTENTION),
            theme.rows("Owned", names, owned, theme.FINE),
        ],
        title=f"Ownership by {what}",
        basis=theme.basis(f"in service by {what}; label: no active owner", n, as_of),
        alt=alt,
        **theme.row_axes(names, totals, labels),
    )
