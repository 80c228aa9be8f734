"""Every construct that has a rule, value by value: DuckDB says what is right, Spark has to say the same."""

from __future__ import annotations

import math

import duckdb
import pytest

from certanalytics.engines.translation import translated

pytestmark = pytest.mark.usefixtures("spark")

LATER = "\u1c89\ua7cb\ua7cc\ua7ce\ua7d2\ua7d4\ua7da\ua7dc"
"""Capitals of Unicode 16 and 17, which the tables of Java 17 do not have."""

ROWS = """
SELECT * FROM (VALUES
    (
        1, 'shop.example.com', '.', ['b', NULL, 'a', 'b'], ['a'], TIMESTAMP '2026-01-31 23:59:59.123456', 2.5, 7, true,
        '{"a": "x", "b": {"c": [1, 2]}, "d": null}'
    ),
    (2, '', ' ', [], ['c', NULL], TIMESTAMP '1969-12-28 01:00:00', -2.5, -7, false, '{"a": true, "n": 12}'),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (
        4, chr(160) || ' ΑΣ İ ẞ ß' || chr(8195), 'x', [NULL], [NULL], TIMESTAMP '2024-02-29 12:00:00', 3.5, 0, true,
        '[]'
    ),
    (5, 'a.b..c.', 'a', ['x.y', 'a'], ['b', 'a'], TIMESTAMP '2026-03-29 02:30:00', 1e-7, 8, NULL, '{}'),
    (
        6, 'first' || chr(10) || 'second' || chr(11) || 'x' || chr(13), '%', ['a'], ['a', 'a'],
        TIMESTAMP '2027-01-01 00:00:00', 0.5, 9, false, '{"a.b": "dotted"}'
    )
) AS t (id, s, c, l, m, w, d, n, f, j)
"""

VALUES = [
    "lower(s)",
    "trim(s)",
    "rtrim(s, '.')",
    "ltrim(s, 'as')",
    "length(s)",
    "s || c",
    "concat_ws(', ', s, NULL, c)",
    "string_split(s, '.')",
    "string_split(s, '..')",
    "split_part(s, '.', 2)",
    "split_part(s, '.', -1)",
    "substr(s, 3)",
    "substr(s, 2, 3)",
    "instr(s, '.')",
    "contains(s, '.')",
    "starts_with(s, 'a')",
    "replace(s, '.', '')",
    "md5(s)",
    "s LIKE '%.com'",
    "s LIKE c",
    "'a%' LIKE c",
    "repeat(c, 3)",
    "nullif(s, '')",
    "coalesce(c, s, 'none')",
    "regexp_matches(s, 'a.b')",
    "regexp_matches(s, 't.s')",
    "regexp_matches(s, 'd\\s')",
    "regexp_matches(s, 'x$')",
    "regexp_matches(s, '[^ -~]')",
    "regexp_full_match(s, '[a-z.]+')",
    "regexp_full_match(s, 'first.*')",
    "regexp_replace(s, '[a-z]+', '<\\0>')",
    "regexp_replace(s, '([a-z])[.]', '\\1-')",
    "regexp_replace(s, '[.]', '', 'g')",
    "regexp_replace(s, '(^|:)s', '$')",
    "regexp_extract(s, '([a-z]+)[.]([a-z]*)', 2)",
    "regexp_extract(s, '[a-z]+[.]')",
    "regexp_extract_all(s, '[a-z]+')",
    "regexp_extract(s, '^([a-z]*)[.](.*?)$', ['head', 'rest'])",
    "len(l)",
    "l[1]",
    "l[9]",
    "l[1:2]",
    "l[2:]",
    "l[3:2]",
    "list_sort(l)",
    "list_sort(list_distinct(m))",
    "list_contains(l, 'a')",
    "list_contains(l, c)",
    "list_has_any(l, m)",
    "list_has_all(l, m)",
    "list_concat(l, m)",
    "list_append(l, 'z')",
    "array_to_string(l, ',')",
    "list_position(['x', 'a'], c)",
    "list_extract(['x', 'y'], n % 3)",
    "flatten([l, m, NULL])",
    "list_sort(list_intersect(l, m))",
    "list_filter(l, lambda x: x <> 'a')",
    "list_transform(l, lambda x: coalesce(x, '') || '!')",
    "range(0, n)",
    "range(n, 3)",
    "[s, c]",
    "['one', 'two'][id]",
    "list_filter(l, lambda x, i: i > 1)",
    "epoch_us(w)",
    "epoch(w)",
    "date_trunc('week', w)",
    "date_trunc('month', w)",
    "date_trunc('quarter', w)",
    "year(w)",
    "isodow(w)",
    "w + to_days(n)",
    "w - to_hours(n)",
    "w + to_months(1)",
    "w - to_seconds(n)",
    "w::DATE",
    "w::VARCHAR",
    "w - TIMESTAMP '2026-01-01' > to_days(29)",
    "greatest(w, TIMESTAMP '2026-02-01')",
    "least(n, id)",
    "d::INTEGER",
    "n::VARCHAR",
    "f::VARCHAR",
    "f::INTEGER",
    "d::DOUBLE::INTEGER",
    "floor(n / 2)::BIGINT",
    "ceil(d::DOUBLE)",
    "round(d::DOUBLE, 0)",
    "round(n / 3, 4)",
    "n / 2",
    "n // 2",
    "n % 3",
    "abs(n)",
    "-n",
    "exp(n)",
    "ln(id)",
    "try_cast(regexp_extract(s || '12', '[0-9]*$') AS INTEGER)",
    "try_cast('' AS INTEGER)",
    "if(f, 'yes', 'no')",
    "f IS NOT TRUE",
    "n IS DISTINCT FROM 7",
    "hash(l) = hash(m)",
    "hash(s, n) = hash(s, n)",
    "json_extract_string(j, '$.a')",
    "json_extract_string(j, '$.b')",
    "json_extract_string(j, '$.d')",
    "json_extract_string(j, c)",
    "n IN (7, 8)",
    "n BETWEEN 0 AND 8",
    "CASE WHEN n > 7 THEN 'more' WHEN n = 7 THEN 'seven' END",
]

AGGREGATES = [
    "count(*)",
    "count(s)",
    "count(DISTINCT f)",
    "count(DISTINCT (f, n > 0))",
    "sum(n)",
    "avg(n)",
    "min(s)",
    "max(w)",
    "max({'length': len(l), 'id': id}).id",
    "bool_or(f)",
    "bool_and(f)",
    "median(n)",
    "quantile_cont(n, 0.1)",
    "quantile_disc(n, 0.5)",
    "stddev_samp(n)",
    "list(s ORDER BY n DESC, id)",
    "list(n ORDER BY s, id) FILTER (WHERE id > 2)",
    "list(n ORDER BY id) FILTER (WHERE id > 99)",
    "list_sort(list(DISTINCT c))",
    "list_sort(list(f::VARCHAR))",
    "arg_max(s, n)",
    "arg_min(s, n)",
    "arg_max(c, id) FILTER (WHERE f)",
    "arg_min(id, (f, s, id))",
    "arg_max(id, (f, s, id))",
    "any_value(s) FILTER (WHERE id = 5)",
    "first(s ORDER BY n DESC, id)",
    "string_agg(c, '; ' ORDER BY c)",
    "sum(d ORDER BY id)",
    "sum(n) FILTER (WHERE id > 99)",
    "min(CASE WHEN f THEN n END)",
]

WINDOWS = [
    "rank() OVER (ORDER BY f DESC)",
    "row_number() OVER (PARTITION BY f ORDER BY n DESC, id)",
    "count(DISTINCT n % 2) OVER (PARTITION BY f)",
    "max(n) FILTER (WHERE id > 2) OVER (PARTITION BY f)",
    "lead(n, 1, 0) OVER (ORDER BY id)",
    "sum(n) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)",
    "count(*) OVER (PARTITION BY f)",
    "bool_or(n > 7) OVER (PARTITION BY f)",
]


@pytest.fixture(scope="module")
def both(spark):
    """A query on both, as lists of rows by column."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"CREATE TABLE t AS {ROWS}")
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415 - where there is Spark

    connection.execute("CREATE TABLE letters AS SELECT n, chr(n::INTEGER) AS c FROM range(1, 55296) AS r (n)")
    for name in ("t", "letters"):
        rows = connection.sql(f"FROM {name}").to_arrow_table()
        made = spark.createDataFrame(rows, from_arrow_schema(rows.schema, prefer_timestamp_ntz=True))
        made.createOrReplaceTempView(name)

    def asked(sql):
        ours = connection.sql(sql).to_arrow_table().to_pydict()
        steps = translated(sql, "a test")
        assert steps.first == ()
        return ours, spark.sql(steps.answer).toArrow().to_pydict()

    return asked


def alike(ours, theirs):
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=1e-12)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(alike, ours, theirs))
    return ours == theirs


@pytest.mark.parametrize(
    ("expressions", "tail"),
    [(VALUES, " FROM t ORDER BY id"), (AGGREGATES, " FROM t"), (WINDOWS, ", id FROM t ORDER BY id")],
    ids=["values", "aggregates", "windows"],
)
def test_spark_says_what_duckdb_says(both, expressions, tail):
    columns = ", ".join(f"{expression} AS x{number}" for number, expression in enumerate(expressions))
    ours, theirs = both(f"SELECT {columns}{tail}")
    differing = {
        expression: (ours[f"x{number}"], theirs[f"x{number}"])
        for number, expression in enumerate(expressions)
        if not alike(ours[f"x{number}"], theirs[f"x{number}"])
    }
    assert not differing, "\n".join(
        f"{expression}: {ours} {theirs}" for expression, (ours, theirs) in differing.items()
    )


def test_small_letters_of_every_character(both):
    """Letter by letter, the whole basic plane; but for the newest."""
    ours, theirs = both("SELECT c, lower('a' || c) AS x FROM letters ORDER BY n")
    differing = [c for c, one, other in zip(ours["c"], ours["x"], theirs["x"], strict=True) if one != other]
    assert [c for c in differing if c not in LATER] == []


def test_the_nearest_row_in_time(both):
    ours, theirs = both(
        "SELECT a.id, b.id AS near FROM t AS a "
        "ASOF LEFT JOIN (SELECT id, n FROM t WHERE n IS NOT NULL) AS b ON a.n > b.n ORDER BY a.id"
    )
    assert ours == theirs


def test_lists_taken_apart(both):
    ours, theirs = both("SELECT id, unnest(l) AS x FROM t ORDER BY id, x")
    assert ours == theirs
