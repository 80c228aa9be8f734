"""The deck can be edited, overflows nowhere, and says in its notes where the numbers come from."""

import dataclasses

import pandas as pd
import pptx as python_pptx
import pytest
from executed_notebook import AS_OF, KPIS, LONG, make_notebook, noted
from hypothesis import given
from hypothesis import strategies as st
from machine import absent
from PIL import ImageFont

from certanalytics import blocks, charts
from certanalytics.report import fit, pptx
from certanalytics.report.document import read


@pytest.fixture(scope="module")
def deck(document, tmp_path_factory):
    path = tmp_path_factory.mktemp("deck") / "report.pptx"
    pptx.write(document, path)
    return python_pptx.Presentation(path)


def test_it_is_wide_and_short_enough_for_a_board(deck, document):
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9)
    assert len(deck.slides) == 2 + len(document.pages) + 1 <= pptx.MOST_SLIDES
    assert all(slide.shapes.title.text_frame.text for slide in deck.slides)


def test_everything_stands_on_its_slide(deck):
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height


def test_tables_end_above_the_line_that_counts_their_rows(deck):
    for slide in deck.slides:
        tables = [shape for shape in slide.shapes if shape.has_table]
        said = [shape for shape in slide.shapes if shape.name == "Rows shown"]
        for table, line in zip(tables, said, strict=False):
            assert table.top + sum(row.height for row in table.table.rows) <= line.top
            assert len(table.table.rows) <= 1 + blocks.SHOWN_ROWS


def test_charts_and_tables_have_text_for_those_who_do_not_see_them(deck, document):
    told = [
        shape.element.xpath(".//p:cNvPr")[0].get("descr")
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_chart or shape.has_table
    ]
    assert all(told)
    assert {figure.alt for figure in document.figures} <= set(told)


def test_notes_say_definition_moment_and_scope(deck, document):
    for slide, page in zip(list(deck.slides)[2:], document.pages, strict=False):
        notes = slide.notes_slide.notes_text_frame.text
        assert page.claim.definition in notes
        assert document.cover.as_of in notes
        assert document.cover.scope in notes
    summary = deck.slides[1].notes_slide.notes_text_frame.text
    assert all(kpi.definition in summary for kpi in KPIS)


def test_every_slide_but_the_cover_says_classification_and_number(deck, document):
    for slide in list(deck.slides)[1:]:
        footer = next(each for each in slide.placeholders if each.placeholder_format.type == 15)
        assert document.cover.classification in footer.text_frame.text
        assert slide.element.xpath(".//a:fld[@type='slidenum']")


def test_texts_end_with_a_sentence_and_names_below_an_axis_stand_upright(deck, document):
    notes = [shape.text_frame.text for shape in deck.slides[-1].shapes if shape.name.startswith("Notes")]
    assert notes
    assert "…" not in "".join(notes)
    weekly = next(shape for shape in deck.slides[2].shapes if shape.has_chart).chart.category_axis._element
    assert len(document.figures[0].chart().categories) == 53
    assert [each.get("val") for each in weekly.xpath("c:tickLblSkip")] == ["9"]
    assert abs(int(weekly.txPr.bodyPr.get("rot"))) < 60_000  # a degree


def test_no_text_is_smaller_than_nine_points(deck):
    sizes = [int(run.get("sz")) for slide in deck.slides for run in slide.element.xpath(".//a:rPr[@sz]")]
    assert min(sizes) >= 900


def test_the_first_column_of_a_table_is_whole_where_there_is_room(document):
    columns, rows = pptx._fitting(document.tables[0], 421)
    assert rows[-1][0] == "host-009.retail.meridian.example"
    assert sum(width for _, width in columns) <= 421.01


def test_a_table_without_rows_says_so(document):
    empty = dataclasses.replace(document.tables[0], rows=(), total=0)
    columns, rows = pptx._fitting(empty, 421)
    assert rows == [["No rows to show.", *[""] * (len(columns) - 1)]]


@pytest.mark.parametrize("frame", [{"ca_owner": [], "certificates": []}, {"ca_owner": ["Aurora"], "certificates": [0]}])
def test_a_chart_that_draws_nothing_is_its_sentence(tmp_path, frame):
    shown = [
        blocks.cover("t", subtitle="s", scope=None, as_of=AS_OF, classification="c"),
        blocks.tiles("What is in service is not known", KPIS),
        blocks.Claim(headline="What is in service is not known.", reading="r", definition="d"),
        charts.issuers.shares(pd.DataFrame(frame), as_of=AS_OF),
    ]
    pptx.write(read(noted(shown)), tmp_path / "empty.pptx")
    slide = python_pptx.Presentation(tmp_path / "empty.pptx").slides[2]
    assert not any(shape.has_chart for shape in slide.shapes)
    assert [shape.text_frame.text for shape in slide.shapes if shape.name == "No chart"] == ["No certificates to show"]


def test_a_long_report_still_ends_after_twelve_slides(tmp_path):
    shown = [
        blocks.cover(LONG, subtitle=LONG, scope=LONG, as_of=AS_OF, classification=LONG),
        blocks.tiles(LONG * 3, KPIS),
        *(blocks.Claim(headline=f"Conclusion {number}", reading=LONG * 9, definition="d") for number in range(15)),
    ]
    pptx.write(read(noted(shown)), tmp_path / "long.pptx")
    slides = list(python_pptx.Presentation(tmp_path / "long.pptx").slides)
    assert len(slides) == pptx.MOST_SLIDES
    last = "\n".join(shape.text_frame.text for shape in slides[-1].shapes if shape.has_text_frame)
    assert "Further conclusions" in last
    assert "Conclusion 14" in last


def test_the_same_report_has_the_same_bytes(document, tmp_path):
    for name in ("one", "two"):
        pptx.write(document, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_reading_the_notebook_again_gives_the_same_deck(document):
    assert read(make_notebook()) == document


@given(st.text(alphabet=st.characters(codec="latin-1", exclude_categories=["C"]), min_size=1, max_size=200))
def test_a_fitted_line_fits(text):
    line = fit.one_line(text, points=10, room=120)
    assert fit.width(line, 10) <= 120 or len(line) == 1


@given(st.text(max_size=600), st.integers(min_value=1, max_value=4))
def test_a_fitted_paragraph_keeps_to_its_lines(text, lines):
    fitted, size = fit.paragraph(text.replace("\n", " "), room=400, lines=lines, sizes=(14, 11))
    assert size in (14, 11)
    assert fit.line_count(fitted, size, 400) <= lines


@pytest.mark.parametrize(
    "text",
    [
        "srv1019.carriers.logistics.meridian.example",
        "15 certificates have ended and are still served; 111 more end within 30 days, 4 of them without an owner.",
        "WWW.MAXIMUM-WIDTH.EXAMPLE",
        "RSA below 2048 bits",
    ],
)
def test_the_estimate_of_a_width_is_on_the_safe_side_of_arial(text):
    try:
        # Liberation Sans has the widths of Arial.
        font = ImageFont.truetype("LiberationSans-Regular.ttf", 100)
    except OSError:
        absent("the font Liberation Sans")
    real = font.getlength(text) / 10
    assert real <= fit.width(text, 10) <= 1.35 * real
