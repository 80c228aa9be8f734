"""Rules for every text of SQL and every table of facts."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest

import certanalytics.store
from certanalytics.sql import parameters_of, questions

PACKAGE = Path(certanalytics.store.__file__).parent
TEXTS = {path: path.read_text("utf-8") for path in sorted((PACKAGE / "sql").rglob("*.sql"))}
CODE = {path: re.sub(r"--[^\n]*", "", text) for path, text in TEXTS.items()}
FACTS = sorted((PACKAGE / "facts").glob("*.csv"))

BESIDE = {
    "internal_names_logged": {"internal_name"},  # what a name is for
    "renewed_not_deployed": {"certificate"},  # a look at a successor's own dates goes by its name
    "judged_certificates": {"certificate"},  # what the inventory leaves out
    "judged_estate": {"sighting", "probe"},  # how regular scans are is not a matter of certificates in scope
    "judged_requests": {"record"},  # records of certificates in scope
}
"""What a question reads beside the inventory."""

TIMELESS = {"leaf_issuer", "issuer_spelling"}
"""Views without a moment that a question joins to the inventory: what is written in a certificate does not change."""

UNBOUND = {"out_of_scope", "look_reach", "unanswered", "freshness_by_range", "freshness_figures", "own_domains"}
"""Questions about endpoints without certificates, addresses or the organisation: no scope can bound them."""

each_text = pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
each_question = pytest.mark.parametrize("name", questions())
each_fact = pytest.mark.parametrize("path", FACTS, ids=lambda path: path.stem)


@each_text
def test_it_says_what_one_row_is(path):
    assert TEXTS[path].startswith("-- One row is ")


@each_text
def test_it_does_not_ask_the_clock(path):
    assert not re.search(r"\b(now|today)\s*\(|current_(date|time|timestamp)\b", CODE[path], re.IGNORECASE)


@each_text
def test_it_is_written_for_duckdb_1_and_2(path):
    assert "->" not in CODE[path]  # 2.0 has no arrow lambdas
    assert not re.search(r"\s~\s", CODE[path])  # full match in 1.5, partial in 2.0
    divisors = re.findall(r"/\s*(\w+)", CODE[path])
    assert all(divisor == "nullif" or divisor.isdigit() for divisor in divisors), divisors  # 2.0 refuses 1 / 0


@each_question
def test_a_question_takes_a_moment_and_is_ordered(name):
    text = questions()[name]
    assert parameters_of(text)[0] == "as_of"
    assert set(parameters_of(text)) <= {"as_of", "horizon"}
    assert "ORDER BY" in text.rpartition("FROM")[2].rpartition(")")[2] or text.rstrip().splitlines()[-1].startswith(
        "ORDER BY"
    )


@each_question
def test_a_question_reads_certificates_through_the_inventory_alone(name):
    """Only so does a scope bound it."""
    code = re.sub(r"--[^\n]*", "", questions()[name])
    named_here = set(re.findall(r"\b([a-z_0-9]+) AS (?:MATERIALIZED )?\(", code))
    read = set(re.findall(r"(?<!DISTINCT )\b(?:FROM|JOIN)\s+([a-z_]+)\b(?!\s*\()", code)) - named_here
    assert read <= {"facts"} | TIMELESS | BESIDE.get(name, set())
    assert ("inventory($as_of)" in code) == (name not in UNBOUND)


def test_no_two_texts_have_one_name():
    names = [path.stem for path in CODE]
    assert sorted(names) == sorted(set(names))


def test_every_view_is_used():
    views = {path.stem for path in CODE if path.parent.parent.name == "views"}
    assert views
    package = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    everything = "\n".join(CODE.values()) + package
    unused = {name for name in views if not re.search(rf"(?:FROM|JOIN)\s+{name}\b|view\(\"{name}\"", everything)}
    assert unused == set()


@each_fact
def test_a_fact_names_its_source_and_its_date_is_one(path):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        assert row["source"].strip()
        assert None not in row  # no comma without quotes
        if "effective_from" in row:
            date.fromisoformat(row["effective_from"])


def test_every_table_of_facts_and_every_threshold_is_used():
    everything = "\n".join(CODE.values()) + "\n".join(
        path.read_text("utf-8") for room in ("analysis", "policy") for path in (PACKAGE / room).rglob("*.py")
    )
    for path in FACTS:
        assert f"facts.{path.stem}" in everything
    with (PACKAGE / "facts" / "threshold.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["name"] in everything, row["name"]
