import json
from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certanalytics import blocks
from certanalytics.result import Kpi

CELLS = st.one_of(st.none(), st.text(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False), st.booleans())


def through_a_notebook(block):
    """A block as an executed notebook hands it on: through JSON."""
    return blocks.parse(json.loads(json.dumps(block._repr_mimebundle_()[blocks.MIME])))


@given(st.lists(st.tuples(CELLS, CELLS), max_size=20))
def test_a_table_comes_out_of_a_notebook_as_it_went_in(rows):
    columns = tuple(blocks.Column(name=name, label=name, kind="text") for name in ("a", "b"))
    table = blocks.Table(name="t", caption="c", columns=columns, rows=tuple(rows), total=len(rows))
    assert through_a_notebook(table) == table


@given(st.text(), st.text())
def test_notes_and_claims_come_out_as_they_went_in(first, second):
    for block in (
        blocks.Note(title=first, text=second, kind="reading"),
        blocks.Claim(headline=first, reading=second, definition=first),
        blocks.Cover(title=first, subtitle=second, scope=first, as_of=second, classification=first),
    ):
        assert through_a_notebook(block) == block


@given(st.text(alphabet="<>&\"'ab"))
def test_what_data_say_stays_text_in_html(text):
    shown = blocks.note(text, text)._repr_mimebundle_()["text/html"]
    assert "<" not in shown.replace("<h3>", "").replace("</h3>", "").replace("<p>", "").replace("</p>", "")


def test_a_figure_that_cannot_be_told_stays_untold():
    kpi = Kpi(id="x", label="X", value=None, sentence="We cannot tell.", definition="d")
    (tile,) = through_a_notebook(blocks.tiles("h", [kpi])).tiles
    assert (tile.value, tile.text) == (None, "–")


@pytest.mark.parametrize(
    ("column", "shown"),
    [
        (pd.Series([pd.NaT], dtype="datetime64[us]"), None),
        (pd.Series([datetime(2026, 1, 2, 3, 4)]), "2026-01-02 03:04"),
        (pd.Series([date(2026, 1, 2)]), "2026-01-02"),
        (pd.Series([pd.NA], dtype="Int64"), None),
        (pd.Series([float("nan")]), None),
        (pd.Series([["a.example", "b.example"]]), "a.example, b.example"),
        (pd.Series([7], dtype="int32"), 7),
        (pd.Series([True]), True),
    ],
)
def test_every_kind_of_cell_becomes_plain_json(column, shown):
    table = blocks.table("t", pd.DataFrame({"a": column}), {"a": ("A", "text")}, caption="c")
    assert table.rows == ((shown,),)


def test_a_long_table_says_how_long_it_is():
    frame = pd.DataFrame({"a": range(blocks.CARRIED_ROWS + 5)})
    table = blocks.table("t", frame, {"a": ("A", "count")}, caption="c")
    assert (len(table.rows), table.total) == (blocks.CARRIED_ROWS, blocks.CARRIED_ROWS + 5)
    assert "10 of 10,005 rows" in table._repr_mimebundle_()["text/plain"]


def test_a_table_without_rows_does_not_count_them():
    table = blocks.table("t", pd.DataFrame({"a": []}), {"a": ("A", "count")}, caption="c")
    shown = table._repr_mimebundle_()
    assert shown["text/plain"] == "c\nNo rows to show."
    assert "0 of 0" not in shown["text/html"]


def test_json_that_is_no_block_is_refused():
    with pytest.raises(ValueError, match="unknown block"):
        blocks.parse({"block": "advertisement"})


def figure(value, sentence="s."):
    return Kpi(id="k", label="l", value=value, sentence=sentence, definition="d")


@pytest.mark.parametrize(
    ("base", "parts", "said"),
    [
        (1400, [15, 87], "Of 1,400 certificates in service: 15 expired, 87 without an active owner"),
        (1, [0, 1], "Of 1 certificate in service: 0 expired, 1 without an active owner"),
        (24, [1, None], "Of 24 certificates in service: 1 expired"),
        (24, [None, None], "24 certificates in service"),
        (0, [None, None], "Nothing is in service"),
        (None, [None, None], "Nothing is in service"),
    ],
)
def test_the_headline_says_only_what_can_be_told(base, parts, said):
    expired, alone = map(figure, parts)
    found = blocks.headline(
        figure(base, "Nothing is in service."), {"expired": expired, "without an active owner": alone}
    )
    assert found == said
