"""What carries over to Spark, and what says by name that it does not; no Spark is needed to tell."""

from __future__ import annotations

import csv
import re

import pytest
from printed import SPARK, spark_page

from certanalytics.engines.translation import Untranslatable, translated, translated_condition
from certanalytics.sql import questions, views
from certanalytics.store import _FACTS

TEXTS = {**views(), **questions()}
REFUSED = {"attribute_completeness": "Pivot", "attribute_supply": "Pivot"}
"""The texts Spark is not asked, and the construct that is named as the reason."""


def said(sql):
    """One expression for Spark."""
    return translated(f"SELECT {sql} AS x FROM certificate", "a test").answer


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_carries_over_or_says_why_not(name):
    if name in REFUSED:
        with pytest.raises(Untranslatable, match=f"^{name}: Spark has no exact counterpart of {REFUSED[name]}"):
            translated(TEXTS[name], name)
    else:
        steps = translated(TEXTS[name], name)
        everything = " ".join([steps.answer, *[part for step in steps.first for part in (step.sql, step.again or "")]])
        assert not re.search(r"\$[a-z_]", everything.replace("'$.", "'"))
        assert "facts." not in everything


@pytest.mark.parametrize(
    "sql",
    [
        "strftime(not_before, '%Y')",  # formats differ
        "list_sort(san_dns, 'DESC')",
        "san_dns[-1:]",
        "first(subject_cn)",
        "list(DISTINCT subject_cn ORDER BY subject_cn)",
        "string_agg(subject_cn, ',')",
        "row_number() OVER ()",
        "regexp_matches(subject_cn, '\\bshop\\b')",
        "regexp_matches(subject_cn, issuer_cn)",
        "regexp_matches(subject_cn, 'a', 'i')",
        "string_split(subject_cn, issuer_cn)",
        "subject_cn::BLOB",
        "list(subject_cn) OVER (PARTITION BY issuer_cn)",
        "generate_series(1, 3)",
        "quite_new(subject_cn)",
    ],
)
def test_what_has_no_exact_counterpart_is_refused(sql):
    with pytest.raises(Untranslatable, match="a test: Spark has no exact counterpart of"):
        said(sql)


def test_a_moment_is_a_named_parameter_and_never_read_in_the_zone_of_the_machine():
    answer = translated("SELECT 1 AS x FROM certificate WHERE not_after > $as_of::TIMESTAMP", "a test").answer
    assert "CAST(:as_of AS TIMESTAMP_NTZ)" in answer


def test_a_separator_is_text_and_no_pattern():
    assert r"SPLIT(subject_cn, '\\.')" in said("string_split(subject_cn, '.')")


def test_a_part_that_is_read_twice_is_a_step_and_one_read_once_is_not():
    text = """
    WITH once AS (SELECT identity FROM certificate), twice AS (SELECT identity FROM once)
    SELECT a.identity FROM twice AS a JOIN twice AS b ON a.identity = b.identity
    """
    steps = translated(text, "q")
    assert [step.name for step in steps.first] == ["q__twice"]
    assert "FROM (SELECT identity FROM certificate) AS once" in steps.first[0].sql
    assert steps.answer.count("q__twice") == 2


def test_a_part_that_reads_itself_is_taken_in_rounds():
    text = """
    WITH RECURSIVE up AS (SELECT 1 AS n UNION SELECT n + 1 FROM up WHERE n < 3) SELECT n FROM up
    """
    (step,) = translated(text, "q").first
    assert (step.name, step.distinct) == ("q__up", True)
    assert "FROM q__up AS up" in step.again


def test_a_scope_is_one_condition():
    assert translated_condition("business_unit = 'Retail'") == "(business_unit = 'Retail')"
    for scope in ("true; DROP TABLE certificate", "true) ORDER BY (1", "strftime(not_after, '%Y') = '2026'"):
        with pytest.raises(Untranslatable):
            translated_condition(scope)


def test_the_patterns_among_the_facts_mean_the_same_to_both():
    """They are matched as they stand, so none may hold what RE2 and Java read differently."""
    with (_FACTS / "special_address.csv").open(encoding="utf-8", newline="") as file:
        patterns = [row["pattern"] for row in csv.DictReader(file)]
    assert patterns
    for pattern in patterns:
        assert not set(pattern) & set("$^ \t"), pattern
        assert not any(mark in pattern for mark in ("\\s", "\\b", "(?", "[[")), pattern


def test_the_printed_page_is_what_the_translation_says():
    assert SPARK.read_text("utf-8") == spark_page()
    assert f"{len(questions())} questions: {len(questions()) - len(REFUSED)} the same frame" in spark_page()
