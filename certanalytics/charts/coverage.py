"""Which sources know what, how long ago they looked, and how much nobody saw."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

SHOWN = 12
"""Rows drawn by name; the others share one."""


def sets(known: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates by the set of sources that know them, those that one source alone knows highlighted.

    Args:
        known: One row a set of sources, most certificates first: ``sources`` (a list), ``number`` of them and
            ``certificates``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Ranked horizontal bars, each labelled with its number and share.
    """
    names = [" + ".join(map(str, sources)) for sources in known["sources"]]
    numbers, sizes = theme.counts(known["certificates"]), theme.counts(known["number"])
    alone = [number if size == 1 else 0 for number, size in zip(numbers, sizes, strict=True)]
    single = sum(alone)
    if len(names) > SHOWN + 1:
        names = [*names[:SHOWN], f"{len(names) - SHOWN} other sets"]
        numbers, alone = ([*part[:SHOWN], sum(part[SHOWN:])] for part in (numbers, alone))
    n = sum(numbers)
    return theme.figure(
        [
            theme.rows("One source alone", names, alone, theme.ATTENTION),
            theme.rows("Several sources", names, [a - b for a, b in zip(numbers, alone, strict=True)], theme.FINE),
        ],
        title="Certificates by the sources that know them",
        basis=theme.basis("certificates by the sources that know them", n, as_of),
        alt=f"Bars of {n:,} certificates by the set of sources that know them: {single:,} ({theme.share(single, n)}) "
        "are known to one source alone.",
        **theme.row_axes(names, numbers, [f"{number:,} · {theme.share(number, n)}" for number in numbers]),
    )


def ranges(networks: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Endpoints by network range, and whether they were looked at in time.

    Args:
        networks: One row a range, the one looked at longest ago first: ``network``, ``endpoints``, ``stale`` of them,
            ``days_since_look`` (absent: nobody ever looked) and ``never_looked_at`` (addresses).
        as_of: The moment the frame holds for, UTC.

    Returns:
        Horizontal bars in that order, each labelled with the days since the last look.
    """
    names = theme.texts(networks["network"], missing="address not known")
    stale, never = theme.counts(networks["stale"]), theme.counts(networks["never_looked_at"])
    fresh = [total - old for total, old in zip(theme.counts(networks["endpoints"]), stale, strict=True)]
    labels = [
        "nobody ever looked" if math.isnan(days) else f"last look {days:,.0f} day{'' if round(days) == 1 else 's'} ago"
        for days in networks["days_since_look"].astype(float)
    ]
    if len(names) > SHOWN + 1:
        labels = [*labels[:SHOWN], "looked at more lately"]
        names = [*names[:SHOWN], f"{len(names) - SHOWN} other ranges"]
        fresh, stale, never = ([*part[:SHOWN], sum(part[SHOWN:])] for part in (fresh, stale, never))
    totals = [sum(parts) for parts in zip(fresh, stale, never, strict=True)]
    n, late = sum(totals), sum(stale) + sum(never)
    return theme.figure(
        [
            theme.rows("Nobody ever looked", names, never, theme.CRITICAL),
            theme.rows("Not looked at in time", names, stale, theme.ATTENTION),
            theme.rows("Looked at in time", names, fresh, theme.FINE),
        ],
        title="Endpoints by network range and age of the last look",
        basis=theme.basis("endpoints by network range and age of the last look", n, as_of),
        alt=f"Bars of {n:,} endpoints by network range, the one looked at longest ago first: {late:,} "
        f"({theme.share(late, n)}) were not looked at in time.",
        **theme.row_axes(names, totals, labels),
    )


def estimates(compared: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates seen, and estimated to be seen by nobody, by the kinds of source that were compared.

    Args:
        compared: One row a combination of kinds of source: ``lists``, ``seen``, ``total``, ``low``, ``high`` (absent:
            there is no estimate). Combinations without an estimate are not drawn.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars, each labelled with the estimate and its interval.
    """
    told = compared[compared["total"].notna()]
    names = theme.texts(told["lists"], missing="not known")
    seen = theme.counts(told["seen"])
    totals = [round(total) for total in told["total"].astype(float)]
    unseen = [total - number for total, number in zip(totals, seen, strict=True)]
    labels = [
        f"{total:,} ({low:,.0f}–{high:,.0f})"
        for total, low, high in zip(totals, told["low"].astype(float), told["high"].astype(float), strict=True)
    ]
    n = max(seen, default=0)
    alt = f"Bars of certificates seen (at most {n:,}) and estimated to be seen by nobody, by kinds of source compared."
    if names:
        alt += f" By {names[-1]} {unseen[-1]:,} are seen by nobody; label: all, with an interval of 95 %."
    return theme.figure(
        [
            theme.rows("Seen", names, seen, theme.FINE),
            theme.rows("Seen by nobody, estimated", names, unseen, theme.SETTLED),
        ],
        title="Certificates nobody saw, estimated",
        basis=theme.basis("public certificates in service, seen and estimated; label: all (95 %)", n, as_of),
        alt=alt,
        **theme.row_axes(names, totals, labels),
    )
