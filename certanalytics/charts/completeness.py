"""Which attributes of the inventory are known, and where the gaps lie."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

SHOWN = 12
"""Gaps drawn; the table has all of them."""


def fields(frame: pd.DataFrame, *, in_service: int, as_of: datetime) -> go.Figure:
    """Certificates in service by attribute of SP 1800-16, known or missing; what was not supplied is told apart.

    Args:
        frame: One row an attribute: ``id``, ``attribute``, ``present`` and ``state`` (``assessed``, ``not supplied`` or
            ``out of reach``).
        in_service: How many certificates there are.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars in the order of the frame; a row that could not be assessed has no bar, its label says
        why.
    """
    frame = frame if in_service else frame.head(0)
    rows = frame.to_dict("records")
    names = [f"{row['id']} {row['attribute']}" for row in rows]
    assessed = [row["state"] == "assessed" and in_service > 0 for row in rows]
    known = [count if told else 0 for count, told in zip(theme.counts(frame["present"]), assessed, strict=True)]
    missing = [in_service - number if told else 0 for number, told in zip(known, assessed, strict=True)]
    totals = [in_service if told else 0 for told in assessed]
    labels = [
        (f"{theme.share(number, in_service)}" if told else str(row["state"]))
        for row, number, told in zip(rows, known, assessed, strict=True)
    ]
    complete = sum(told and not gap for told, gap in zip(assessed, missing, strict=True))
    return theme.figure(
        [
            theme.rows("Known", names, [number or None for number in known], theme.FINE),
            theme.rows("Missing", names, [number or None for number in missing], theme.ATTENTION),
        ],
        title="Attributes of NIST SP 1800-16",
        basis=theme.basis("certificates in service, each attribute known or missing", in_service, as_of),
        alt=f"Bars of {in_service:,} certificates in service for each of {len(names)} attributes: {sum(assessed)} "
        f"could be assessed, {complete} of them are known of every certificate.",
        **theme.row_axes(names, totals, labels),
    )


def gaps(units: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """The largest gaps: business unit and attribute with most certificates of which it is not known.

    Args:
        units: One row a business unit and attribute: ``business_unit``, ``id``, ``attribute``, ``certificates``,
            ``supplied`` and ``present``; what was not supplied is no gap.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars, the largest gap first.
    """
    told = units[units["supplied"].fillna(value=False).astype(bool)]
    lacking = (told["certificates"] - told["present"]).astype("int64")
    found = told.assign(missing=lacking)
    found = found[found["missing"] > 0].sort_values("missing", ascending=False, kind="stable").head(SHOWN)
    units_named = theme.texts(found["business_unit"], missing="no business unit known")
    names = [
        f"{unit} · {number} {attribute}"
        for number, attribute, unit in zip(found["id"], found["attribute"], units_named, strict=True)
    ]
    missing, present = theme.counts(found["missing"]), theme.counts(found["present"])
    totals = theme.counts(found["certificates"])
    labels = [f"{gap:,} of {total:,}" for gap, total in zip(missing, totals, strict=True)]
    alt = f"Bars of the {len(names)} largest gaps by attribute and business unit, {sum(totals):,} values asked for."
    if names:
        alt += f" The largest is {names[0]}: {labels[0]} missing."
    return theme.figure(
        [
            theme.rows("Missing", names, missing, theme.ATTENTION),
            theme.rows("Known", names, [number or None for number in present], theme.FINE),
        ],
        title="Largest gaps in the inventory",
        basis=theme.basis("values missing by attribute and business unit; asked for in these", sum(totals), as_of),
        alt=alt,
        **theme.row_axes(names, totals, labels),
    )
