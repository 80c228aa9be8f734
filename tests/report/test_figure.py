"""The numbers read back from a figure are those that went into it."""

import base64
import struct

import plotly.graph_objects as go
import pytest
from executed_notebook import AS_OF

from certanalytics.report.figure import Figure


def figure_of(*traces, **layout):
    return Figure.of(go.Figure(list(traces), layout).to_plotly_json(), number=1)


def test_stacked_columns_over_weeks(document):
    chart = document.figures[0].chart()
    assert (chart.kind, chart.horizontal, chart.stacked) == ("bar", False, True)
    assert chart.categories[0] == f"{AS_OF:%Y-%m-%d}"
    assert len(chart.categories) == 53
    assert [series.name for series in chart.series] == ["Without an active owner", "Owned", "Already replaced"]
    assert chart.series[1].values[:3] == (20, 33, 29)  # 20 + (week * 13) % 17
    assert chart.series[0].hatched
    assert not chart.series[1].hatched


def test_lying_bars_are_read_from_the_top(document):
    chart = document.figures[1].chart()
    assert chart.horizontal
    assert chart.categories == ("RSA 2048", "EC P-256", "RSA 4096", "EC P-384", "RSA 1024")
    assert {series.name: series.values for series in chart.series} == {
        "Weak": (None, None, None, None, 23),
        "Strong enough today": (820, 390, 120, 57, None),
    }


def test_lying_bars_without_an_order_are_drawn_from_below():
    chart = figure_of(go.Bar(y=["a", "b"], x=[1, 2], orientation="h")).chart()
    assert chart.categories == ("b", "a")
    assert chart.series[0].values == (2, 1)


def test_series_over_different_categories_are_aligned():
    chart = figure_of(go.Bar(name="p", x=["a", "b"], y=[1, 2]), go.Bar(name="q", x=["b", "c"], y=[3, 4])).chart()
    assert chart.categories == ("a", "b", "c")
    assert [series.values for series in chart.series] == [(1, 2, None), (None, 3, 4)]


def test_numpy_bytes_are_read():
    packed = {"dtype": "f8", "bdata": base64.b64encode(struct.pack("<3d", 1.5, 2, 3)).decode()}
    figure = Figure.of({"data": [{"type": "bar", "x": ["a", "b", "c"], "y": packed}], "layout": {}}, number=1)
    assert figure.chart().series[0].values == (1.5, 2.0, 3.0)
    assert figure.twin().columns[1].kind == "index"


def test_lines_are_lines_and_shares_are_shares():
    figure = figure_of(go.Scatter(name="s", x=["2026-01-01", "2026-02-01"], y=[0.25, 0.5]), yaxis={"tickformat": ".0%"})
    assert figure.chart().kind == "line"
    twin = figure.twin()
    assert [column.kind for column in twin.columns] == ["date", "share"]
    assert twin.rows == (("2026-01-01", 0.25), ("2026-02-01", 0.5))


def test_where_nothing_is_drawn_no_numbers_stand_beside_it():
    assert figure_of(go.Bar(x=["2026-11-23", "2026-11-30"], y=[0, 0])).twin().rows == ()
    assert figure_of(go.Bar(x=["2026-11-23", "2026-11-30"], y=[0, 1])).twin().rows[0] == ("2026-11-23", 0)


def test_a_figure_without_bars_or_lines_has_no_twin():
    assert figure_of(go.Heatmap(z=[[1, 2]])).twin() is None


def test_markup_in_titles_goes_and_in_names_of_the_data_stays():
    figure = figure_of(
        go.Bar(x=["<b>Foo</b> & Co"], y=[1]),
        title={"text": "All &amp; sundry<br>now"},
        xaxis={"title": {"text": "<i>CA</i>"}},
    )
    assert figure.chart().categories == ("<b>Foo</b> & Co",)
    assert figure.chart().category_label == "CA"
    assert figure.basis == figure.title == "All & sundry now"


def test_title_and_text_come_from_the_figure():
    figure = figure_of(go.Bar(x=["a"], y=[1]), meta={"title": "Short", "alt": "One bar."}, height=300)
    assert (figure.title, figure.alt, figure.height) == ("Short", "One bar.", 300)


@pytest.mark.parametrize("hidden", [False, "legendonly"])
def test_hidden_traces_are_not_read(hidden):
    assert figure_of(go.Bar(x=["a"], y=[1], visible=hidden)).chart() is None
