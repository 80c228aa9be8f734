"""Who issued how much, week by week, and which own domains say who may."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


def weeks(issued: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates that were logged by week of issue and CA owner: the two with most, and the others.

    Args:
        issued: One row a week and CA owner: ``week``, ``ca_owner`` and ``certificates``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked upright bars, one a week from the first to the last, empty ones among them.
    """
    owners = issued.assign(ca_owner=theme.texts(issued["ca_owner"], missing="CA owner not known"))
    ranked = owners.groupby("ca_owner")["certificates"].sum().sort_values(ascending=False, kind="stable")
    named = [str(name) for name in ranked.index[:2]]
    days = sorted(owners["week"].unique())
    span = range((days[-1] - days[0]).days // 7 + 1) if days else range(0)
    categories = [f"{days[0] + timedelta(weeks=number):%Y-%m-%d}" for number in span]
    by: dict[tuple[str, str], int] = Counter()
    for week, owner, number in zip(
        owners["week"].dt.strftime("%Y-%m-%d"), owners["ca_owner"], owners["certificates"], strict=True
    ):
        by[str(week), str(owner)] += int(number)
    shown = [[by.get((week, owner), 0) for week in categories] for owner in named]
    every = [sum(number for (day, _), number in by.items() if day == week) for week in categories]
    rest = [total - sum(parts) for total, *parts in zip(every, *shown, strict=True)]
    n = sum(every)
    looks = (theme.FINE, theme.NEUTRAL)
    traces = [
        theme.columns(owner, categories, row, look) for owner, row, look in zip(named, shown, looks, strict=False)
    ]
    if any(rest):
        traces.append(theme.columns("Other CA owners", categories, rest, theme.SETTLED))
    alt = f"Bars of {n:,} public certificates that were logged, by week of issue and CA owner."
    if n:
        busiest = every.index(max(every))
        alt += f" {named[0]} issued most, {int(ranked.iloc[0]):,};"
        alt += f" the busiest week began {categories[busiest]}: {every[busiest]:,}."
    return theme.figure(
        traces or [theme.columns("Logged", [], [], theme.FINE)],
        title="Issuance by week and CA owner",
        basis=theme.basis("public certificates that were logged, by week of issue", n, as_of),
        alt=alt,
        xaxis={"type": "date", "showgrid": False},
        yaxis=theme.count_axis(max(every, default=0)),
    )


def caa_domains(domains: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Own domains by whether their CAA records say who may issue.

    Args:
        domains: One row an own registered domain: ``has_caa``, absent where its zone was not loaded.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Three horizontal bars, each labelled with its number.
    """
    known = domains["has_caa"].notna()
    said = int(domains["has_caa"].fillna(value=False).astype(bool).sum())
    numbers = [said, int(known.sum()) - said, len(domains) - int(known.sum())]
    n = len(domains)
    names = ["say who may issue", "let any CA issue", "zone not loaded"] if n else []
    return theme.figure(
        [
            theme.rows("CAA records", names, [numbers[0], None, None], theme.FINE),
            theme.rows("No CAA records", names, [None, numbers[1], None], theme.ATTENTION),
            theme.rows("Not known", names, [None, None, numbers[2]], theme.NEUTRAL),
        ],
        title="Own domains by CAA records",
        basis=theme.basis("own registered domains by CAA records", n, as_of),
        alt=f"Bars of {n:,} own registered domains: {numbers[0]:,} say by CAA who may issue, {numbers[1]:,} let any CA "
        f"issue, of {numbers[2]:,} the zone was not loaded.",
        legend=False,
        **theme.row_axes(
            names, numbers if n else [], [f"{number:,} · {theme.share(number, n)}" for number in numbers if n]
        ),
    )
