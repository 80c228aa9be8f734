"""Scopes kept in the estate: what a name stands for, where it may stand, and what is refused."""

import duckdb
import pytest
from estate_rows import AS_OF, Rows

from certanalytics.analysis.expiry.horizons import expiring
from certanalytics.errors import DataError, UsageError
from certanalytics.estate import MEMORY, Estate
from certanalytics.scopes import expanded, whole
from certanalytics.store import Store

KEPT = {"retail": "business_unit = 'Retail'", "big": "endpoints > 3 OR critical", "noted": "true -- all of them"}


@pytest.mark.parametrize(
    ("predicate", "means"),
    [
        ("@retail", "(business_unit = 'Retail')"),
        ("NOT @big", "NOT (endpoints > 3 OR critical)"),
        ("@retail AND NOT @big", "(business_unit = 'Retail') AND NOT (endpoints > 3 OR critical)"),
        ("(@retail)", "((business_unit = 'Retail'))"),
        ("@noted AND ended", "(\ntrue -- all of them\n) AND ended"),
        ("owner_email = 'ann@retail'", "owner_email = 'ann@retail'"),
        ("owner_email = 'it''s @retail'", "owner_email = 'it''s @retail'"),
        (r"owner_email = E'it\'s @retail'", r"owner_email = E'it\'s @retail'"),
        ("owner_email = $$@retail$$", "owner_email = $$@retail$$"),
        ('"a@retail"', '"a@retail"'),
        ("true -- @retail", "true -- @retail"),
        ("true /* @retail */", "true /* @retail */"),
    ],
)
def test_a_name_stands_for_its_predicate_except_in_quotes_and_comments(predicate, means):
    assert expanded(predicate, KEPT) == means


def test_an_unknown_name_is_refused_with_those_there_are():
    with pytest.raises(UsageError, match=r"no scope @retial.*@big, @noted, @retail"):
        expanded("@retial", KEPT)
    with pytest.raises(UsageError, match="none is kept"):
        expanded("@retail", {})


@pytest.mark.parametrize("predicate", ["true) OR (true", "(true", "true)", "x = ')' AND (y"])
def test_what_would_mean_something_else_in_parentheses_is_refused(predicate):
    with pytest.raises(UsageError, match="parenthesis"):
        whole(predicate)


def test_parentheses_in_a_text_do_not_count():
    assert whole("subject_cn = ')' AND (true)")


@pytest.fixture
def estate(rows):
    rows.asset("a.example.com", business_unit="Retail", owner="ann")
    rows.served("a.example.com", days=3)
    rows.served("b.example.com", days=3)
    return rows.estate()


@pytest.fixture
def rows():
    return Rows()


def test_a_kept_scope_bounds_whatever_takes_one(estate):
    assert estate.keep_scope("retail", "business_unit = 'Retail'") == 1
    assert estate.scopes() == {"retail": "business_unit = 'Retail'"}
    assert estate.inventory(as_of=AS_OF, scope="@retail")["subject_cn"].tolist() == ["a.example.com"]
    assert estate.inventory(as_of=AS_OF, scope="@retail IS NOT TRUE")["subject_cn"].tolist() == ["b.example.com"]
    assert estate.check_scope("@retail", as_of=AS_OF) == 1
    found = expiring(estate, as_of=AS_OF, scope="@retail")
    assert found.kpis["in_service"].value == 1
    assert found.scope == "(business_unit = 'Retail')"  # what it means, not only what it is called


def test_a_scope_made_from_another_keeps_what_that_meant(estate):
    estate.keep_scope("retail", "business_unit = 'Retail'")
    estate.keep_scope("rest", "@retail IS NOT TRUE")
    estate.keep_scope("retail", "true")
    assert estate.scopes() == {"rest": "(business_unit = 'Retail') IS NOT TRUE", "retail": "true"}
    assert estate.check_scope("@rest", as_of=AS_OF) == 1
    estate.forget_scope("retail")
    assert list(estate.scopes()) == ["rest"]


@pytest.mark.parametrize(
    ("name", "predicate", "says"),
    [
        ("Retail", "true", "no name"),
        ("a b", "true", "no name"),
        ("", "true", "no name"),
        ("x", "no_such_column = 1", "no_such_column"),
        ("x", "true; DROP TABLE scope", "scope"),
        ("x", "@nothing", "no scope @nothing"),
        ("x", "true) OR (true", "parenthesis"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_changes_nothing(estate, name, predicate, says):
    with pytest.raises(UsageError, match=says):
        estate.keep_scope(name, predicate)
    assert estate.scopes() == {}


def test_only_what_is_kept_can_be_forgotten(estate):
    with pytest.raises(UsageError, match="no scope @retail"):
        estate.forget_scope("retail")


def test_scopes_stay_in_the_file_and_loading_leaves_them(tmp_path):
    path = tmp_path / "estate.duckdb"
    owners = tmp_path / "owners.csv"
    owners.write_text("name,owner_email\nwww.shop.example,ada@shop.example\n")
    with Estate(str(path)) as estate:
        with pytest.raises(DataError, match="no estate yet"):
            estate.keep_scope("soon", "days_left < 30")
        estate.load(owners)
        assert estate.keep_scope("soon", "days_left < 30") == 0
        owners.write_text("name,owner_email\nwww.shop.example,bob@shop.example\n")
        estate.load(owners)
    with Estate(str(path)) as again:
        assert again.scopes() == {"soon": "days_left < 30"}


def test_an_estate_made_before_there_were_scopes_gets_them(tmp_path):
    path = tmp_path / "estate.duckdb"
    Store(path, read_only=False).close()
    with duckdb.connect(str(path)) as earlier:
        earlier.execute("DROP TABLE scope")
        earlier.execute("UPDATE estate SET installed = 'something else'")
    with Estate(str(path)) as estate:
        assert estate.scopes() == {}


def test_nothing_is_kept_without_a_name_in_memory():
    assert Estate(MEMORY).scopes() == {}
