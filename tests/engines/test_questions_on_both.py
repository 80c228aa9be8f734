"""Every question on DuckDB and on Spark over the same lake: the same frame, or a refusal by name."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

from certanalytics import connect, lake
from certanalytics.engines.spark import SparkEstate
from certanalytics.engines.translation import Untranslatable
from certanalytics.errors import DataError, UsageError
from certanalytics.sql import parameters_of, questions
from certanalytics.store import Store

REFUSED = {"attribute_completeness", "attribute_supply"}

EMPTY = {
    "caa_conformity",
    "disagreements",
    "distrust_programmes",
    "distrusted",
    "ghosts",
    "internal_names_logged",
    "key_groups",
    "outliving",
    "shadow_certificates",
    "weak_chains",
    "wildcard_reach",
}
"""Questions nothing in this lake answers: there the columns and their types are all that is compared."""

CUT = 20
"""One name of so many, and what is rare: Spark takes longer to plan a question than to answer it, but not for ever."""

RARE = (
    "aged_keys",
    "ghosts",
    "kept_keys",
    "name_faults",
    "name_findings",
    "pointer_findings",
    "purpose_findings",
    "revoked_in_service",
    "single_contacts",
    "unlogged_public",
    "validity_over_limit",
)
"""Questions about few certificates, which the cut would leave none of."""


@pytest.fixture(scope="session")
def part(company, tmp_path_factory):
    """A part of the synthetic enterprise as a lake."""
    folder = tmp_path_factory.mktemp("part")
    shutil.copy(company.estate, folder / "estate.duckdb")
    with connect(folder / "estate.duckdb") as estate:
        rare = sorted({name for question in RARE for name in estate.ask(question)["certificate"]})
    with Store(folder / "estate.duckdb", read_only=False) as store:
        store.run(
            "CREATE TEMP TABLE kept AS SELECT identity FROM certificate WHERE is_ca "
            "OR identity IN (SELECT unnest($rare)) "
            "UNION SELECT identity FROM name "
            "WHERE name IN (SELECT name FROM name WHERE identity IN (SELECT unnest($rare))) "
            "OR hash(registered_domain, split_part(name, '.', 1)) % $cut = 0",
            {"rare": rare, "cut": CUT},
        )
        for table, column in (
            ("sighting", "chain[1]"),
            ("ct_entry", "certificate"),
            ("record", "certificate"),
            ("alias", "certificate"),
            ("certificate", "identity"),
            ("name", "identity"),
            ("stated_certificate", "identity"),
        ):
            store.run(f'DELETE FROM "{table}" WHERE {column} NOT IN (FROM kept)')
        store.run("DELETE FROM endpoint_tls WHERE host NOT IN (SELECT host FROM sighting WHERE host IS NOT NULL)")
    lake.write(folder / "estate.duckdb", folder / "lake")
    return folder / "lake"


@pytest.fixture(scope="session")
def on_duckdb(part):
    """The lake as DuckDB answers."""
    with connect(part) as estate:
        yield estate


@pytest.fixture(scope="session")
def on_spark(spark, part):
    """The lake as Spark answers."""
    return SparkEstate(spark, part)


@pytest.mark.parametrize("name", questions())
def test_both_give_the_same_frame(on_duckdb, on_spark, name):
    parameters = {parameter: 90 for parameter in parameters_of(questions()[name]) if parameter != "as_of"}
    as_of = on_duckdb.moment(None)
    if name in REFUSED:
        with pytest.raises(Untranslatable, match=name):
            on_spark.ask(name, as_of=as_of, **parameters)
        return
    ours, theirs = (estate.ask(name, as_of=as_of, **parameters) for estate in (on_duckdb, on_spark))
    # Sums of fractions may differ in the last of sixteen digits: they are added up in another order.
    pd.testing.assert_frame_equal(theirs, ours, check_exact=False, rtol=1e-12, atol=0)
    assert ours.empty == (name in EMPTY)


def test_both_know_the_newest_moment(on_duckdb, on_spark):
    assert on_spark.moment() == on_duckdb.moment(None)


def test_a_scope_and_another_moment_bound_both_alike(on_duckdb, spark, part, tmp_path):
    """What is shared lies in a folder meanwhile, as on a cluster whose executors may die."""
    asked = {"as_of": "2026-10-01", "scope": "business_unit = 'Retail' AND len(names) > 1"}
    theirs = SparkEstate(spark, part, checkpoints=str(tmp_path)).ask("expiry_life", **asked)
    ours = on_duckdb.ask("expiry_life", **asked)
    pd.testing.assert_frame_equal(theirs, ours, check_exact=False, rtol=1e-12, atol=0)
    assert ours["certificates"].sum()
    assert any(tmp_path.iterdir())


def test_what_is_not_asked_rightly_is_refused_before_spark_is_asked(on_spark, spark, tmp_path):
    with pytest.raises(UsageError, match="no question 'everything'"):
        on_spark.ask("everything")
    with pytest.raises(UsageError, match="takes nothing but as_of"):
        on_spark.ask("expiry_life", horizon=3)
    with pytest.raises(DataError, match="this is no lake"):
        SparkEstate(spark, tmp_path)
