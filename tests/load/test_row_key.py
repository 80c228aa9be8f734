"""A fact has one key, whoever computes it: equal in Python and in SQL, different for different facts."""

from datetime import datetime

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certanalytics.row_key import row_key, row_key_sql
from certanalytics.schema import TABLES, as_table, said

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = {
    "string": TEXT,
    "int64": st.integers(-(2**63), 2**63 - 1),
    "bool": st.booleans(),
    "timestamp[us]": st.datetimes(),
    "list<item: string>": st.lists(TEXT, max_size=4),
    "list<element: string>": st.lists(TEXT, max_size=4),
}
FACTS = sorted(table for table in TABLES if "row_key" in TABLES[table].names)


@pytest.mark.parametrize("table", FACTS)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_python_and_sql_give_a_fact_the_same_key(table, data):
    fields = said(table)
    one = st.tuples(*(st.none() | VALUES[str(field.type)] for field in fields))
    rows = data.draw(st.lists(one, min_size=1, max_size=5))
    source = data.draw(TEXT)
    with duckdb.connect() as connection:
        connection.register("facts", as_table(rows, pa.schema(fields)))
        key = row_key_sql(source, [(f'"{field.name}"', field.type) for field in fields])
        found = [value for (value,) in connection.execute(f"SELECT {key} FROM facts").fetchall()]
    assert found == [row_key([source, *row]) for row in rows]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["a", "b"], ["ab", None]),
        (["a", None], [None, "a"]),
        (["", None], [None, ""]),
        ([["a", "b"]], [["ab"]]),
        ([["1:a"]], [["a"]]),
        ([["a"], []], [[], ["a"]]),
        (["1:a-", None], ["1:a", "-"]),
        (["\x1f"], ["\x1e"]),
        ([datetime(2026, 1, 1)], [datetime(2026, 1, 1, 0, 0, 0, 1)]),
    ],
)
def test_different_facts_have_different_keys(one, other):
    assert row_key(one) != row_key(other)


def test_a_value_of_a_kind_no_column_holds_is_refused():
    with pytest.raises(TypeError, match="no column holds a complex"):
        row_key([1j])
