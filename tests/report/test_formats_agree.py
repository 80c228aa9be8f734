"""The numbers in all four formats are the same: those of the document."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import openpyxl
import pptx
import pypdf
import pytest

from certanalytics.report.document import lines

pytestmark = pytest.mark.browser


class Html(HTMLParser):
    """What a reader of the page sees: tiles by id, headlines, and tables by name."""

    def __init__(self, text):
        super().__init__()
        self.tiles, self.headlines, self.tables = {}, [], {}
        self._tile = self._table = self._into = self._tag = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        held = dict(attributes)
        if "data-kpi" in held:
            self._tile = self.tiles[held["data-kpi"]] = {"value": held["data-value"]}
        if "data-table" in held:
            self._table = self.tables[held["data-table"]] = []
        if tag == "p" and self._tile is not None:
            self._into = held["class"]
            self._tile[self._into] = ""
        if tag == "h2":
            self.headlines.append("")
        if tag == "tr" and self._table is not None:
            self._table.append([])
        if tag in ("td", "th") and self._table is not None:
            self._table[-1].append("")
        self._tag = tag

    def handle_endtag(self, tag):
        if tag == "li":
            self._tile = None
        if tag == "table":
            self._table = None
        self._tag = None

    def handle_data(self, data):
        if self._tag == "p" and self._tile is not None:
            self._tile[self._into] += data
        elif self._tag == "h2":
            self.headlines[-1] += data
        elif self._tag in ("td", "th") and self._table:
            self._table[-1][-1] += data


@pytest.fixture(scope="module")
def html(written):
    return Html(written["html"].read_text("utf-8"))


@pytest.fixture(scope="module")
def pdf(written):
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(written["pdf"]).pages]


@pytest.fixture(scope="module")
def slides(written):
    return list(pptx.Presentation(written["pptx"]).slides)


@pytest.fixture(scope="module")
def book(written):
    return openpyxl.load_workbook(written["xlsx"])


def in_order(parts, text):
    places = [text.find(part) for part in parts]
    return -1 not in places and all(first < second for first, second in pairwise(places))


def squeezed(text):
    return re.sub(r"\s", "", text)


def test_the_tiles_are_the_same_everywhere(document, html, pdf, slides, book):
    summary = {shape.name: shape for shape in slides[1].shapes}
    sheet = book["Summary"]
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=6, max_row=11)}
    for tile in document.tiles.tiles:
        on_page = html.tiles[tile.id]
        assert on_page["value"] == str(tile.value)
        assert on_page["figure"].replace("\u00a0", " ") == tile.text
        assert (on_page["label"], on_page["sentence"]) == (tile.label, tile.sentence)
        assert in_order([tile.text, tile.label, tile.sentence], pdf[1].replace("\u00a0", " "))
        panel = summary[f"Key figure {tile.id}"].text_frame
        assert [paragraph.text for paragraph in panel.paragraphs] == [tile.text, tile.label, tile.sentence]
        cell = rows[tile.label][1]
        assert cell.value == ("–" if tile.value is None else tile.value)
        assert rows[tile.label][3].value == tile.sentence
        if tile.unit == "share":
            assert cell.number_format == "0.0 %"


def test_the_headlines_are_the_same_everywhere(document, html, pdf, slides, book):
    expected = [document.tiles.headline, *(page.claim.headline for page in document.pages)]
    assert html.headlines[:-1] == expected
    assert [slide.shapes.title.text_frame.text for slide in slides[1:-1]] == expected
    for headline, page in zip(expected, pdf[1:], strict=False):
        assert headline in page
    said = [row[0].value for row in book["Summary"].iter_rows(min_row=14, max_row=17)]
    assert said == [f"{page.number}  {page.claim.headline}" for page in document.pages]


def test_the_tables_are_the_same_everywhere(document, html, pdf, slides, book):
    for page, slide in zip(document.pages, slides[2:], strict=False):
        for table in page.tables:
            shown = lines(table)
            assert html.tables[table.name] == [[column.label for column in table.columns], *shown]
            text = squeezed(pdf[page.number + 1])
            assert all(squeezed("".join(row)) in text for row in shown)
            native = next(shape for shape in slide.shapes if shape.has_table).table
            labels = [cell.text for cell in native.rows[0].cells]
            places = [[column.label for column in table.columns].index(label) for label in labels]
            assert len(native.rows) == len(shown) + 1
            for row, native_row in zip(lines(table, room=10**6), list(native.rows)[1:], strict=True):
                for place, cell in zip(places, native_row.cells, strict=True):
                    head, _, tail = cell.text.partition("…")
                    assert row[place].startswith(head)
                    assert row[place].endswith(tail)
            sheet = book[table.name]
            assert sheet.max_row == 4 + len(table.rows)
            held = next(sheet.iter_rows(min_row=5, max_row=5, values_only=True))
            for value, column, cell in zip(table.rows[0], table.columns, held, strict=True):
                assert (f"{cell:%Y-%m-%d %H:%M}" if column.kind == "date" else cell) == value


def test_the_charts_are_the_same_everywhere(document, slides, book):
    for page, slide in zip(document.pages, slides[2:], strict=False):
        chart = page.figures[0].chart()
        native = next(shape for shape in slide.shapes if shape.has_chart).chart
        assert len(native.plots[0].categories) == len(chart.categories)
        for series, drawn in zip(chart.series, native.plots[0].series, strict=True):
            assert drawn.name == series.name
            assert tuple(drawn.values) == series.values
        sheet = book[f"Chart {page.figures[0].title}"[:31]]
        rows = list(sheet.iter_rows(min_row=5, values_only=True))
        assert [row[1:] for row in rows] == list(zip(*(each.values for each in chart.series), strict=True))
