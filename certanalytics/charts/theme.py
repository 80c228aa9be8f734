"""The look of every figure: ink, type, and one meaning per colour.

A `Meaning` is drawn alike on every page, and never by colour alone: each has a pattern, a legend
entry and labels that say the number. The colours stay apart for colour-blind eyes and in grey.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

if TYPE_CHECKING:
    import pandas as pd

INK = "#16202e"
"""Text that states something."""

QUIET = "#55617a"
"""Text that helps to read: the basis of a figure, its axes."""

GRID = "#e3e8ef"
"""Lines to read values by."""

PAPER = "#ffffff"
"""What everything stands on."""

FONT = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif"
"""Fonts looked for on the reader's machine; none is fetched."""

ROW = 30
"""Height of one horizontal bar with its gap, in pixels."""

HEAD = 74
"""Height of the basis and the legend above the plot, in pixels."""

LEGEND = 28
"""Height of the legend alone, in pixels."""

FOOT = 44
"""Height of the axis below upright bars, in pixels."""

EDGE = 12
"""Height left below horizontal bars, which carry their numbers, in pixels."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """How one thing is drawn wherever it appears.

    Attributes:
        colour: Fill of the bar.
        pattern: Plotly pattern over the fill, for eyes and printers without colour; empty for plain.
        outline: Line around the bar: the paper's colour parts it from its neighbour, its own keeps the
            thinnest bar in sight.
    """

    colour: str
    pattern: str = ""
    outline: str = PAPER


FINE = Meaning("#1f4e8c")
"""In order: owned, strong, well within its lifetime."""

ATTENTION = Meaning("#d9600a", pattern="/", outline="#d9600a")
"""Somebody has to act: without an owner, due soon, deprecated."""

CRITICAL = Meaning("#9b1c1c", pattern="x", outline="#9b1c1c")
"""Broken already: ended in service, weak, nobody to call."""

NEUTRAL = Meaning("#8496b2")
"""Neither good nor bad: what a highlight stands out from."""

SETTLED = Meaning("#e9eef5", outline="#8496b2")
"""Counted, but nothing is left to do: already replaced."""

MEANINGS = (FINE, ATTENTION, CRITICAL, NEUTRAL, SETTLED)
"""Everything a colour can mean in the report."""


def template() -> go.layout.Template:
    """The look as a Plotly template, handed to each figure rather than set for the whole process."""
    axis = {
        "color": QUIET,
        "gridcolor": GRID,
        "linecolor": GRID,
        "zerolinecolor": GRID,
        "tickfont": {"color": INK, "size": 12},
        "title": {"font": {"color": QUIET, "size": 12}},
        "automargin": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "color": INK, "size": 12},
            "paper_bgcolor": PAPER,
            "plot_bgcolor": PAPER,
            "margin": {"l": 8, "r": 16, "t": HEAD, "b": FOOT, "pad": 6},
            "title": {
                "x": 0,
                "xref": "container",
                "xanchor": "left",
                "y": 1,
                "yref": "container",
                "yanchor": "top",
                "pad": {"l": 8, "t": 14},
                "font": {"color": QUIET, "size": 13},
            },
            "legend": {
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1,
                "yanchor": "bottom",
                "traceorder": "normal",
                "title": {"text": ""},
                "font": {"color": INK, "size": 12},
                "itemclick": False,
                "itemdoubleclick": False,
            },
            "xaxis": axis,
            "yaxis": axis,
            "bargap": 0.28,
            "barmode": "stack",
            "hoverlabel": {"bgcolor": PAPER, "bordercolor": GRID, "font": {"family": FONT, "color": INK, "size": 12}},
        }
    )


def figure(
    traces: Sequence[go.Bar], *, title: str, basis: str, alt: str, height: int = 420, legend: bool = True, **layout: Any
) -> go.Figure:
    """A figure in the report's look.

    Args:
        traces: What is drawn, the first at the base of the stack.
        title: Short name of the figure; it is not drawn, for the page's headline says the conclusion.
        basis: What is counted, how many and as of when; drawn above the plot.
        alt: One or two sentences with the main numbers, for those who cannot see the figure.
        height: Height in pixels; the width is that of the page.
        legend: Whether to name the traces above the plot; without it the figure is as much lower.
        **layout: Further Plotly layout: axes, annotations.
    """
    drawn = any(value for trace in traces for value in (trace.x if trace.orientation == "h" else trace.y) or ())
    made = go.Figure(
        data=list(traces),
        layout={
            "template": template(),
            "title": {"text": html.escape(basis, quote=False)},
            "meta": {"alt": alt, "title": title},
            "height": height if legend else height - LEGEND,
            "showlegend": legend,
            **layout,
        },
    )
    if not legend:
        made.update_layout(margin={"t": HEAD - LEGEND})
    if not drawn:
        nothing = mark("No certificates to show", x=0.5, y=0.5, xref="paper", yref="paper")
        made.layout.annotations = [nothing]  # update_layout would write it over each of those there
        made.update_layout(showlegend=False, height=HEAD + FOOT + 2 * ROW)
        made.update_xaxes(visible=False)
        made.update_yaxes(visible=False)
    return made


def columns(name: str, categories: Sequence[str], values: Sequence[int | None], meaning: Meaning) -> go.Bar:
    """Upright bars of one meaning; ``None`` where a category has none."""
    return go.Bar(
        name=name,
        x=list(categories),
        y=list(values),
        marker=_marker(meaning),
        hovertemplate="%{x}: %{y:,}<extra>" + html.escape(name) + "</extra>",
    )


def rows(name: str, categories: Sequence[str], values: Sequence[int | None], meaning: Meaning) -> go.Bar:
    """Horizontal bars of one meaning, to be read against `row_axes`; ``None`` where a category has none."""
    return go.Bar(
        name=name,
        orientation="h",
        x=list(values),
        y=list(categories),
        marker=_marker(meaning),
        hovertext=[html.escape(category) for category in categories],
        hovertemplate="%{hovertext}: %{x:,}<extra>" + html.escape(name) + "</extra>",
    )


def row_axes(categories: Sequence[str], totals: Sequence[int], labels: Sequence[str]) -> dict[str, Any]:
    """Axes for `rows`: the first category on top, values from zero, and a label at the end of each bar.

    Args:
        categories: Names of the rows, as in the traces; long ones are shortened on the axis only.
        totals: Length of each row.
        labels: What stands at the end of each row, the same order.

    Returns:
        Layout for `figure`, its height included.
    """
    # A label stands right of its bar, inside the plot; on paper a letter takes about 1.5 % of the width.
    reach = max(
        (total / (1 - min(0.015 * len(label), 0.6)) for total, label in zip(totals, labels, strict=True)), default=0
    )
    return {
        "xaxis": {"visible": False, "range": [0, max(reach, 1)]},
        "yaxis": {
            "type": "category",
            "categoryorder": "array",
            "categoryarray": list(categories),
            "autorange": "reversed",
            "tickvals": list(categories),
            "ticktext": [html.escape(shorten(category), quote=False) for category in categories],
            "showgrid": False,
        },
        "annotations": [
            mark(html.escape(label, quote=False), x=total, y=place, xanchor="left", xshift=6)
            for place, (total, label) in enumerate(zip(totals, labels, strict=True))
        ],
        "margin": {"b": EDGE},
        "height": HEAD + EDGE + ROW * max(len(categories), 1),
    }


def count_axis(tallest: int) -> dict[str, Any]:
    """An upright axis of whole numbers from zero, with room for a label above the tallest bar."""
    step = {"dtick": 1} if tallest < 5 else {"nticks": 6}
    return {"range": [0, max(tallest, 1) * 1.12], "tickformat": ",d", "showline": False, **step}


def tops(totals: Sequence[int]) -> list[dict[str, Any]]:
    """The number above each upright bar of a category axis."""
    return [mark(f"{total:,}", x=place, y=total, yanchor="bottom") for place, total in enumerate(totals) if total]


def mark(text: str, **place: Any) -> dict[str, Any]:
    """A label at a place in the plot.

    On a category axis the place is the category's number in order: Plotly would take a category
    named ``2030`` for the two thousand and thirty-first.
    """
    return {"text": text, "showarrow": False, "font": {"color": INK, "size": 12}, **place}


def basis(what: str, count: int, as_of: datetime) -> str:
    """What a figure rests on: ``TLS certificates in service by issuer · n = 2,143 · as of 23 November 2026``."""
    return f"{what[:1].upper()}{what[1:]} · n = {count:,} · as of {day(as_of)}"


def day(moment: datetime) -> str:
    """A day as it is written in running text."""
    return f"{moment.day} {moment:%B %Y}"


def counts(column: pd.Series) -> list[int]:
    """Numbers of a column as plain integers; SQL sums arrive as floats, missing ones count nothing."""
    return [int(value) for value in column.fillna(0).tolist()]


def drawn(numbers: Sequence[int]) -> list[int | None]:
    """Numbers as lengths of bars: none where there is nothing, of which an outline would still be seen."""
    return [number or None for number in numbers]


def texts(column: pd.Series, *, missing: str) -> list[str]:
    """Names of a column as text; absent ones under a name that says so."""
    return [value if isinstance(value, str) and value else missing for value in column.tolist()]


def share(part: int, whole: int) -> str:
    """``8 %``; ``under 1 %`` and ``over 99 %`` where rounding would say none or all."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 1:
        return "under 1 %"
    if 99 < percent < 100:
        return "over 99 %"
    return f"{percent:.0f} %"


def shorten(name: str, length: int = 34) -> str:
    """A name that leaves room for its bar."""
    return name if len(name) <= length else name[: length - 1].rstrip() + "…"


def _marker(meaning: Meaning) -> dict[str, Any]:
    pattern = {
        "shape": meaning.pattern,
        "fillmode": "overlay",
        "bgcolor": meaning.colour,
        "fgcolor": PAPER,
        "fgopacity": 0.65,
        "size": 7,
        "solidity": 0.18,
    }
    return {
        "color": meaning.colour,
        "line": {"color": meaning.outline, "width": 1},
        "pattern": pattern if meaning.pattern else {"shape": ""},
    }
