"""How ready the estate is for short lives, how much work they bring, and on which days certificates end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


def components(frame: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Public certificates in service by what they meet of each component of readiness, miss, or leave open.

    Args:
        frame: One row a component, heaviest first: ``label``, ``weight``, ``met``, ``missed`` and ``not_told``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars; the label says the weight and the share met of those told.
    """
    names = [str(label)[:1].upper() + str(label)[1:] for label in frame["label"]]
    met, missed, open_ones = (theme.counts(frame[name]) for name in ("met", "missed", "not_told"))
    totals = [sum(parts) for parts in zip(met, missed, open_ones, strict=True)]
    labels = [
        f"weight {100 * weight:.0f} % · "
        + (f"{theme.share(yes, yes + no)} of {yes + no:,} told" if yes + no else "not told")
        for weight, yes, no in zip(frame["weight"], met, missed, strict=True)
    ]
    n = max(totals, default=0)
    said = "; ".join(f"{name}: {label}" for name, label in zip(names, labels, strict=True))
    return theme.figure(
        [
            theme.rows("Met", names, met, theme.FINE),
            theme.rows("Missed", names, missed, theme.ATTENTION),
            theme.rows("Not told by these data", names, open_ones, theme.SETTLED),
        ],
        title="Readiness for lives of 47 days",
        basis=theme.basis("public certificates in service by component", n, as_of),
        alt=f"Bars of {n:,} public certificates in service by what they meet of each component. {said}.",
        **theme.row_axes(names, totals, labels),
    )


def workload(frame: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Renewals a year of the public certificates in service at each limit on their lives.

    Args:
        frame: One row a limit, in order: ``limit_days``, ``effective_from``, ``renewals`` and ``manual`` (of them).
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked bars, one a limit: what falls to people at the base, the rest above.
    """
    names = [
        f"{limit:.0f} days, {since:%Y-%m}"
        for limit, since in zip(frame["limit_days"], frame["effective_from"], strict=True)
    ]
    totals = [round(value) for value in frame["renewals"]]
    manual = [round(value) for value in frame["manual"]]
    said = "; ".join(
        f"{limit:.0f} days: {total:,}, {people:,} by people"
        for limit, total, people in zip(frame["limit_days"], totals, manual, strict=True)
    )
    return theme.figure(
        [
            theme.columns("By people", names, manual, theme.ATTENTION),
            theme.columns("Others", names, [t - m for t, m in zip(totals, manual, strict=True)], theme.FINE),
        ],
        title="Renewals a year",
        basis=theme.basis("renewals a year by the limit on lives, at the last", totals[-1] if totals else 0, as_of),
        alt=f"Bars of renewals a year of the public certificates in service by the limit on their lives. {said}.",
        xaxis={"type": "category"},
        yaxis=theme.count_axis(max(totals, default=0)),
        annotations=theme.tops(totals),
        height=380,
    )


def ends(days: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates in service by the day they end, weekends apart.

    Args:
        days: One row a day, in order: ``day``, ``weekend`` and ``ending``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        One bar a day; the fullest is labelled.
    """
    names = [f"{day:%Y-%m-%d}" for day in days["day"]]
    numbers = theme.counts(days["ending"])
    weekend = [bool(each) for each in days["weekend"]]
    n, tallest = sum(numbers), max(numbers, default=0)
    alt = f"Bars of certificates in service by the day they end, {len(names)} days: {n:,} in all"
    alt += f", {sum(k for k, w in zip(numbers, weekend, strict=True) if w):,} on weekends."
    annotations = []
    if tallest:
        peak = numbers.index(tallest)
        annotations = [theme.mark(f"<b>{tallest:,}</b>", x=names[peak], y=tallest, yanchor="bottom")]
        alt += f" The fullest day is {theme.day(days['day'].iloc[peak])} with {tallest:,}."
    return theme.figure(
        [
            theme.columns(
                "Weekday", names, [None if w else k for k, w in zip(numbers, weekend, strict=True)], theme.FINE
            ),
            theme.columns(
                "Weekend", names, [k if w else None for k, w in zip(numbers, weekend, strict=True)], theme.ATTENTION
            ),
        ],
        title="Certificates by day of expiry",
        basis=theme.basis(f"in service, by day of end, {len(names)} days", n, as_of),
        alt=alt,
        xaxis={"type": "date", "tickformat": "%-d %b\n%Y", "nticks": 14, "showgrid": False},
        yaxis=theme.count_axis(tallest),
        annotations=annotations,
    )


def windows(bands: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates in service by lifetime, and how far they are in their renewal window.

    Args:
        bands: One row a band of lifetimes, in order: ``lifetime``, ``before_window``, ``renewed`` and ``waiting``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars; the label says how many wait.
    """
    names = bands["lifetime"].tolist()
    waiting, renewed, before = (theme.counts(bands[name]) for name in ("waiting", "renewed", "before_window"))
    totals = [sum(parts) for parts in zip(waiting, renewed, before, strict=True)]
    labels = [
        f"{late:,} of {total:,} waiting" if total else "none" for late, total in zip(waiting, totals, strict=True)
    ]
    n = sum(totals)
    said = "; ".join(f"{name}: {label}" for name, label in zip(names, labels, strict=True))
    return theme.figure(
        [
            theme.rows("In the window, no successor", names, waiting, theme.ATTENTION),
            theme.rows("In the window, renewed", names, renewed, theme.SETTLED),
            theme.rows("Before the window", names, before, theme.FINE),
        ],
        title="Renewal windows by lifetime",
        basis=theme.basis("certificates in service that have not ended, by lifetime", n, as_of),
        alt=f"Bars of {n:,} certificates in service that have not ended by lifetime and renewal window. {said}.",
        **theme.row_axes(names, totals, labels),
    )
