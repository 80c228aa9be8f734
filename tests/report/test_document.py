"""What is read from an executed notebook, and what is refused."""

import nbformat
import pytest
from executed_notebook import AS_OF, HOSTILE, KPIS, TURNED, noted
from hypothesis import given
from hypothesis import strategies as st

from certanalytics import blocks
from certanalytics.errors import RenderError
from certanalytics.report.document import LEAST_LENGTH, LINE_LENGTH, METADATA, lines, read, rows_said, unbroken
from certanalytics.report.text import cut, shortened, slug, visible

COVER = blocks.cover("T", subtitle="s", scope=None, as_of=AS_OF, classification="Internal")
TILES = blocks.tiles("h", KPIS)
CLAIM = blocks.Claim(headline="h", reading="r", definition="d")
TABLE = blocks.Table(
    name="t", caption="c", columns=(blocks.Column(name="a", label="A", kind="text"),), rows=(("x",),), total=1
)


def test_a_document_has_the_parts_of_the_notebook_in_order(document):
    assert document.cover.scope == "business_unit = 'Retail'"
    assert [tile.id for tile in document.tiles.tiles] == [kpi.id for kpi in KPIS]
    assert [(len(page.figures), len(page.tables), len(page.notes)) for page in document.pages] == [
        (1, 1, 1),
        (1, 1, 0),
        (1, 0, 0),
        (1, 1, 0),
    ]
    assert [page.number for page in document.pages] == [1, 2, 3, 4]
    assert [figure.id for figure in document.figures] == ["figure-1", "figure-2", "figure-3", "figure-4"]
    assert [note.title for note in document.limits + document.methods] == [
        "What this does not say",
        "Expiry",
        "Key strength",
    ]
    assert document.provenance.as_of == AS_OF


@pytest.mark.parametrize(
    ("shown", "complaint"),
    [
        ([TILES, CLAIM], "no cover"),
        ([COVER, CLAIM], "no tiles"),
        ([COVER, TILES], "no claim"),
        ([COVER, TILES, TABLE, CLAIM], "cell 3.*before the first claim"),
    ],
)
def test_what_is_not_a_report_is_refused_in_words(shown, complaint):
    with pytest.raises(RenderError, match=complaint):
        read(noted(shown))


def test_a_failed_notebook_is_never_read():
    notebook = noted([COVER, TILES, CLAIM])
    notebook.cells[1].outputs = [nbformat.v4.new_output("error", ename="KeyError", evalue="'x'", traceback=[])]
    with pytest.raises(RenderError, match=r"cell 2: KeyError"):
        read(notebook)


def test_a_block_of_another_version_is_refused_in_words():
    notebook = noted([COVER, TILES, CLAIM])
    notebook.cells[2].outputs[0].data[blocks.MIME]["block"] = "headline"
    with pytest.raises(RenderError, match=r"cell 3.*cannot be read"):
        read(notebook)


def test_a_notebook_run_by_hand_is_no_record():
    notebook = noted([COVER, TILES, CLAIM])
    del notebook.metadata[METADATA]
    with pytest.raises(RenderError, match="does not say how it was run"):
        read(notebook)


def test_outputs_that_are_no_blocks_are_passed_over():
    notebook = noted([COVER, TILES, CLAIM])
    notebook.cells[0].outputs.append(nbformat.v4.new_output("stream", text="hello"))
    assert read(notebook).cover == COVER


def test_unseen_characters_are_spelled_out(document):
    names = [row[0] for row in document.tables[0].rows]
    assert names[8] == r"gro.elpmaxe\u202e.example\x07" != TURNED
    assert names[:8] == list(HOSTILE)


def test_a_shown_row_keeps_to_its_line_and_to_both_ends_of_a_name(document):
    table = document.tables[0]
    shown = lines(table)
    assert len(shown) == blocks.SHOWN_ROWS
    assert all(sum(map(len, row)) <= LINE_LENGTH for row in shown)
    assert shown[2][0].startswith("aaaa")
    assert shown[2][0].endswith(".example")
    assert "…" in shown[2][0]
    assert [row[1:3] for row in shown[:2]] == [["2026-11-06 15:00", "-17 days"], ["2026-11-07 15:00", "-16 days"]]
    assert [row[0] for row in lines(table, most=None)][11] == "host-011.retail.meridian.example"


def test_many_columns_leave_each_its_least():
    columns = tuple(blocks.Column(name=f"c{place}", label="L", kind="text") for place in range(20))
    table = blocks.Table(name="t", caption="c", columns=columns, rows=(("x" * 90,) * 20,), total=1)
    assert {len(text) for text in lines(table)[0]} == {LEAST_LENGTH}


def test_a_text_of_words_takes_two_lines_before_a_name_is_cut():
    host, words, issuer = f"{'h' * 30}.example", "RSA below 2048 bits; SHA-1 signature", "i" * 60
    columns = tuple(blocks.Column(name=f"c{place}", label="L", kind="text") for place in range(4))
    table = blocks.Table(name="t", caption="c", columns=columns, rows=((host, words, words, issuer),), total=1)
    shown = lines(table)[0]
    assert shown[:3] == [host, words, words]
    assert "…" in shown[3]
    assert not unbroken(words)
    assert unbroken(host)
    assert unbroken("Xenia Moreau")


def test_a_table_says_how_much_of_it_is_shown(document):
    assert rows_said(document.tables[0]) == "10 of 312 rows; all of them are in the workbook."
    assert rows_said(document.tables[1]) == ""


def test_a_definition_said_in_a_method_is_not_said_again(document):
    assert document.explains(document.pages[0].claim.definition)
    assert not document.explains("Something else.")


@given(st.text())
def test_visible_text_has_no_unseen_characters_and_is_stable(text):
    seen = visible(text)
    assert all(character.isprintable() or character in "\n\t" or character.isspace() for character in seen)
    assert visible(seen) == seen


@given(st.text(), st.integers(min_value=1, max_value=80))
def test_shortened_text_fits_and_short_text_stays(text, length):
    assert len(shortened(text, length)) <= length
    assert len(cut(text, length)) <= length
    if len(text) <= length:
        assert shortened(text, length) == cut(text, length) == text


@given(st.text())
def test_a_slug_is_a_file_name_everywhere(text):
    assert set(slug(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
