"""A chart of the report as a native chart on a slide, which its reader can edit."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from pptx.chart.chart import Chart as NativeChart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_PATTERN
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Emu, Pt

from certanalytics.report.figure import Chart, Series
from certanalytics.report.text import shortened

INK = RGBColor(0x16, 0x20, 0x2E)
QUIET = RGBColor(0x4F, 0x5B, 0x73)
RULE = RGBColor(0xDF, 0xE5, 0xEE)
WHITE = RGBColor(0xFF, 0xFF, 0xFF)

_LABELLED = 14
"""Categories up to which every bar says its value."""

_NAMED = 6
"""Names below an axis that has more categories than that; upright ones have no room for more."""

_HEX = re.compile(r"#([0-9a-fA-F]{6})$")


def add(slide: Slide, chart: Chart, box: tuple[Emu, Emu, Emu, Emu], *, alt: str) -> None:
    """Add a chart to a slide.

    Args:
        slide: The slide.
        chart: What is drawn.
        box: Left, top, width and height.
        alt: Its text for readers who do not see it.
    """
    data = CategoryChartData(number_format="0.0 %" if chart.share else "#,##0")
    data.categories = [_category(category) for category in chart.categories]
    for series in chart.series:
        data.add_series(series.name or chart.value_label or "Value", series.values)
    frame = slide.shapes.add_chart(_type(chart), *box, data)
    frame.name = "Chart"
    frame.element.xpath(".//p:cNvPr")[0].set("descr", alt)
    native = frame.chart
    native.font.size = Pt(10)
    native.font.color.rgb = INK
    native.has_title = False
    native.has_legend = len(chart.series) > 1
    if native.has_legend:
        native.legend.position = XL_LEGEND_POSITION.TOP
        native.legend.include_in_layout = False
        native.legend.font.size = Pt(10)
    _axes(native, chart)
    for series, drawn in zip(chart.series, native.plots[0].series, strict=True):
        _colour(drawn, series, line=chart.kind == "line")
    if chart.kind == "bar":
        native.plots[0].gap_width = 40
        native.plots[0].overlap = 100 if chart.stacked else 0
        if len(chart.categories) <= _LABELLED:
            _labels(native, chart)


def _type(chart: Chart) -> XL_CHART_TYPE:
    if chart.kind == "line":
        return XL_CHART_TYPE.LINE
    # Where no bar stands on another, they may be drawn side by side in one place, and labelled at their ends.
    stacked = chart.stacked and not _one_bar_each(chart)
    if chart.horizontal:
        return XL_CHART_TYPE.BAR_STACKED if stacked else XL_CHART_TYPE.BAR_CLUSTERED
    return XL_CHART_TYPE.COLUMN_STACKED if stacked else XL_CHART_TYPE.COLUMN_CLUSTERED


def _one_bar_each(chart: Chart) -> bool:
    return all(
        sum(value not in (None, 0) for value in values) <= 1
        for values in zip(*(series.values for series in chart.series), strict=True)
    )


def _axes(native: NativeChart, chart: Chart) -> None:
    values, categories = native.value_axis, native.category_axis
    values.minimum_scale = 0
    values.major_gridlines.format.line.color.rgb = RULE
    values.major_gridlines.format.line.width = Pt(0.75)
    values.format.line.fill.background()
    values.major_tick_mark = XL_TICK_MARK.NONE
    values.tick_labels.font.color.rgb = QUIET
    if chart.share:
        values.tick_labels.number_format, values.tick_labels.number_format_is_linked = "0 %", False
    if chart.horizontal and len(chart.categories) <= _LABELLED:
        values.has_major_gridlines = False
        values.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    categories.format.line.color.rgb = RULE
    categories.major_tick_mark = XL_TICK_MARK.NONE
    # Categories are in reading order, and Office counts lying bars from below.
    categories.reverse_order = chart.horizontal
    if len(chart.categories) > _LABELLED and not chart.horizontal:
        categories.tick_labels.font.color.rgb = QUIET
        held = categories._element  # noqa: SLF001 - python-pptx turns no labels and leaves none out
        # A sixty-thousandth of a degree: at none at all LibreOffice breaks the labels letter by letter.
        held.txPr.bodyPr.set("rot", "1")
        held.txPr.bodyPr.set("vert", "horz")
        for name in ("c:tickLblSkip", "c:tickMarkSkip"):
            skip = held.makeelement(qn(name), {"val": str(-(-len(chart.categories) // _NAMED))})
            held.find(qn("c:noMultiLvlLbl")).addprevious(skip)


def _labels(native: NativeChart, chart: Chart) -> None:
    """Say the values at the bars; in a stack only where the bar has room for its number."""
    stacked = chart.stacked and not _one_bar_each(chart)
    tallest = max(
        (sum(value or 0 for value in values) for values in zip(*(each.values for each in chart.series), strict=True)),
        default=0,
    )
    shown = "0.0 %" if chart.share else "#,##0"
    for series, drawn in zip(chart.series, native.plots[0].series, strict=True):
        labels = drawn.data_labels
        labels.show_value = True
        labels.number_format_is_linked = False
        labels.font.size = Pt(10)
        if stacked:
            labels.number_format = f'[<{tallest * 0.07:g}]"";{shown}'
            labels.position = XL_LABEL_POSITION.CENTER
            labels.font.color.rgb = WHITE if _dark(series) else INK
        else:
            labels.number_format = f"{shown};;"
            labels.position = XL_LABEL_POSITION.OUTSIDE_END
            labels.font.color.rgb = INK


def _colour(drawn: Any, series: Series, *, line: bool) -> None:
    if line:
        drawn.smooth = False
        if (ink := _first(series)) is not None:
            drawn.format.line.color.rgb = ink
        return
    if len(set(series.colours)) <= 1:
        _fill(drawn.format, _first(series), hatched=series.hatched)
        return
    for place, colour in enumerate(series.colours):
        _fill(drawn.points[place].format, _rgb(colour), hatched=series.hatched)


def _fill(shape: Any, colour: RGBColor | None, *, hatched: bool) -> None:
    if colour is None:
        return
    if hatched:
        shape.fill.patterned()
        shape.fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        shape.fill.back_color.rgb = colour
        shape.fill.fore_color.rgb = _tint(colour)
    else:
        shape.fill.solid()
        shape.fill.fore_color.rgb = colour
    shape.line.color.rgb = QUIET if _light(colour) else WHITE
    shape.line.width = Pt(0.5)


def _first(series: Series) -> RGBColor | None:
    return _rgb(series.colours[0] if series.colours else None)


def _rgb(colour: str | None) -> RGBColor | None:
    match = _HEX.match(colour or "")
    return RGBColor.from_string(match[1].upper()) if match else None


def _tint(colour: RGBColor) -> RGBColor:
    """The colour, lighter by a fifth, for the lines of a pattern."""
    return RGBColor(*(part + (255 - part) // 5 for part in colour))


def _light(colour: RGBColor) -> bool:
    return sum(map(int, colour)) > 600


def _dark(series: Series) -> bool:
    colour = _first(series)
    return colour is not None and not _light(colour)


def _category(category: str) -> str:
    """A category as an axis has room for it; a day without its century."""
    try:
        day = date.fromisoformat(category)
    except ValueError:
        return shortened(category, 30)
    return f"{day.day} {day:%b %y}"
