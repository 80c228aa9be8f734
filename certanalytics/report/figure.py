"""A figure of a report, and the numbers in it: for the table beside it, the slide and the workbook.

Bars and lines over categories or dates are read back from the Plotly figure, so that a chart on a
slide is made of the very numbers that are drawn on the page.
"""

from __future__ import annotations

import base64
import html
import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from certanalytics.blocks import NO_ROWS, Column, Kind, Table

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_TYPECODES = {"i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "f4": "f", "f8": "d"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series of a chart: a value for every category, and how it is told apart."""

    name: str
    values: tuple[float | None, ...]
    colours: tuple[str | None, ...]
    hatched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The numbers a figure draws.

    Attributes:
        kind: Bars or lines.
        horizontal: Whether bars lie.
        stacked: Whether the series stand on each other.
        share: Whether the value axis is written in per cent.
        categories: What the values are of, in reading order (top down, left to right).
        category_label: Title of the category axis, or empty.
        value_label: Title of the value axis, or empty.
        series: One or more.
    """

    kind: Literal["bar", "line"]
    horizontal: bool
    stacked: bool
    share: bool
    categories: tuple[str, ...]
    category_label: str
    value_label: str
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One Plotly figure with its name and its text for readers who do not see it."""

    id: str
    title: str
    alt: str
    data: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any]

    @classmethod
    def of(cls, plotly: Mapping[str, Any], *, number: int) -> Figure:
        """A figure from its JSON in a notebook; title and alternative text stand in ``layout.meta``."""
        layout = plotly.get("layout", {})
        meta = layout.get("meta") or {}
        title = meta.get("title") or _plain(_title(layout)) or f"Figure {number}"
        return cls(
            id=f"figure-{number}",
            title=title,
            alt=meta.get("alt") or title,
            data=plotly.get("data", []),
            layout=layout,
        )

    @property
    def basis(self) -> str:
        """What is counted, how many and as of when: the text drawn above the plot."""
        return _plain(_title(self.layout))

    @property
    def nothing(self) -> str:
        """What is said in place of bars or lines where there is no number to draw; empty where there is one."""
        chart = self.chart()
        if chart is None or any(value for series in chart.series for value in series.values):
            return ""
        return " ".join(_plain(each["text"]) for each in self.layout.get("annotations", ())) or NO_ROWS

    @property
    def height(self) -> int:
        """Height on the page, in CSS pixels."""
        return int(self._setting("height") or 360)

    def chart(self) -> Chart | None:
        """The numbers drawn, or ``None`` when the figure is not made of bars or lines."""
        traces = [trace for trace in self.data if trace.get("visible") not in (False, "legendonly")]
        bars = [trace for trace in traces if trace.get("type") == "bar"]
        drawn = bars or [trace for trace in traces if trace.get("type", "scatter") == "scatter"]
        if not drawn:
            return None
        horizontal = drawn[0].get("orientation") == "h"
        along, across = ("y", "x") if horizontal else ("x", "y")
        axis, value_axis = self.layout.get(f"{along}axis") or {}, self.layout.get(f"{across}axis") or {}
        read = [
            (trace, dict(zip(map(_name, _values(trace.get(along))), _values(trace.get(across)), strict=False)))
            for trace in drawn
        ]
        categories = list(dict.fromkeys(category for _, values in read for category in values))
        stated = [_name(category) for category in _values(axis.get("categoryarray"))]
        categories = [category for category in stated if category in categories] or categories
        if horizontal and axis.get("autorange") != "reversed":
            categories.reverse()
        return Chart(
            kind="bar" if bars else "line",
            horizontal=horizontal,
            stacked=bool(bars) and self._setting("barmode") in ("stack", "relative"),
            share="%" in str(value_axis.get("tickformat", "")),
            categories=tuple(categories),
            category_label=_plain(_title(axis)),
            value_label=_plain(_title(value_axis)),
            series=tuple(_series(trace, values, categories) for trace, values in read),
        )

    def _setting(self, name: str) -> Any:
        """A setting of the layout, or else of the template it is made with."""
        template = self.layout.get("template") or {}
        return self.layout.get(name) or (template.get("layout") or {}).get(name)

    def twin(self) -> Table | None:
        """The table that says what the figure shows, or ``None`` when the figure is not made of bars or lines."""
        chart = self.chart()
        if chart is None:
            return None
        first = Column(name="category", label=chart.category_label or "Category", kind=_category_kind(chart.categories))
        labels = [series.name or chart.value_label or "Value" for series in chart.series]
        kinds = [_value_kind(series.values, share=chart.share) for series in chart.series]
        columns = (
            first,
            *(
                Column(name=f"series_{index}", label=label, kind=kind)
                for index, (label, kind) in enumerate(zip(labels, kinds, strict=True), start=1)
            ),
        )
        rows = tuple(zip(chart.categories, *(series.values for series in chart.series), strict=True))
        if self.nothing:  # a row of noughts a category reads as counted where nobody could tell
            rows = ()
        return Table(
            name=self.title, caption=f"Numbers of the chart “{self.title}”", columns=columns, rows=rows, total=len(rows)
        )


def _series(trace: Mapping[str, Any], values: Mapping[str, Any], categories: Sequence[str]) -> Series:
    marker = trace.get("marker") or {}
    colour = marker.get("color") or (trace.get("line") or {}).get("color")
    by_category = dict(zip(values, colour, strict=False)) if isinstance(colour, list) else {}
    pattern = (marker.get("pattern") or {}).get("shape")
    return Series(
        name=_name(trace.get("name") or ""),
        values=tuple(_number(values.get(category)) for category in categories),
        colours=tuple(by_category.get(category) if by_category else colour for category in categories),
        hatched=any(pattern) if isinstance(pattern, list) else bool(pattern),
    )


def _values(held: Any) -> list[Any]:
    """A list as Plotly writes it: plain, or NumPy's bytes in base64."""
    if isinstance(held, Mapping):
        numbers = array(_TYPECODES[held["dtype"]])
        numbers.frombytes(base64.b64decode(held["bdata"]))
        return numbers.tolist()
    return list(held or ())


def _name(value: Any) -> str:
    """A category or series as the data name it; only a line break is Plotly's."""
    return " ".join(_BREAK.sub(" ", str(value)).split())


def _plain(value: Any) -> str:
    """A label without Plotly's markup."""
    return html.unescape(" ".join(_TAG.sub(" ", str(value)).split()))


def _title(axis: Mapping[str, Any]) -> str:
    title = axis.get("title") or ""
    return str(title.get("text") or "") if isinstance(title, Mapping) else str(title)


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _category_kind(categories: Sequence[str]) -> Kind:
    return "date" if categories and all(re.match(r"\d{4}-\d\d-\d\d", category) for category in categories) else "text"


def _value_kind(values: Sequence[float | None], *, share: bool) -> Kind:
    if share:
        return "share"
    return "count" if all(value is None or float(value).is_integer() for value in values) else "index"
