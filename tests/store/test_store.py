"""The estate file: made, refused, asked."""

import subprocess
import sys
from datetime import datetime

import duckdb
import pyarrow as pa
import pytest

from certanalytics import sql
from certanalytics.errors import DataError, UsageError
from certanalytics.estate import MEMORY, Estate
from certanalytics.model import FACTS
from certanalytics.moment import as_moment
from certanalytics.schema import TABLES, table_name
from certanalytics.store import Store
from certanalytics.x509 import SCHEMA


def test_every_row_type_has_its_table_and_every_table_its_columns():
    with Store(MEMORY, read_only=False) as made:
        for table, schema in TABLES.items():
            assert [name for name, *_ in made.fetch(f'DESCRIBE "{table}"')] == schema.names
    assert {table_name(row_type) for row_type in FACTS} <= set(TABLES)


def test_the_certificate_table_has_the_columns_of_the_contract():
    contract = (
        "sha256 sha1 spki_sha256 tbs_sha256 version serial_hex subject_dn subject_cn subject_o subject_ou subject_c "
        "issuer_dn issuer_cn issuer_o issuer_c not_before not_after validity_days key_algorithm key_bits key_curve "
        "rsa_exponent signature_algorithm signature_hash san_dns san_ip san_email san_uri is_ca path_length key_usage "
        "extended_key_usage subject_key_id authority_key_id ocsp_urls ca_issuer_urls crl_urls policy_oids "
        "validation_level sct_log_ids sct_count is_precert must_staple is_self_issued unknown_critical_extensions "
        "evidence warnings decode_path"
    )
    assert SCHEMA.names == contract.split()
    assert TABLES["certificate"].names == ["identity", *SCHEMA.names, "issuer_key"]


def test_without_an_estate_the_reader_is_told_to_load(tmp_path):
    with pytest.raises(DataError, match="certanalytics load PATH"):
        Estate(str(tmp_path / "none.duckdb")).query("SELECT 1")


def test_another_duckdb_file_is_refused_untouched(tmp_path):
    path = tmp_path / "other.duckdb"
    with duckdb.connect(str(path)) as other:
        other.execute("CREATE TABLE mine AS SELECT 1 AS one")
    for read_only in (True, False):
        with pytest.raises(DataError, match="not a certanalytics estate"):
            Store(path, read_only=read_only)
    with duckdb.connect(str(path)) as other:
        assert other.execute("SHOW TABLES").fetchall() == [("mine",)]


def test_an_estate_of_another_schema_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "old.duckdb"
    Store(path, read_only=False).close()
    with duckdb.connect(str(path)) as old:
        old.execute("UPDATE estate SET schema_version = 0")
    with pytest.raises(DataError, match=r"schema 0.*new file"):
        Store(path, read_only=True)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "text.duckdb"
    path.write_text("not a database " * 1000)
    with pytest.raises(DataError, match=r"text\.duckdb"):
        Store(path, read_only=False)


def test_views_and_questions_can_be_asked_in_any_duckdb_client(tmp_path):
    path = tmp_path / "estate.duckdb"
    Store(path, read_only=False).close()
    with duckdb.connect(str(path), read_only=True) as client:
        assert client.execute("SELECT count(*) FROM inventory(TIMESTAMP '2026-11-23')").fetchone() == (0,)
        for name, text in list(sql.questions().items())[::10]:  # all were bound when they were installed
            arguments = ", ".join("TIMESTAMP '2026-11-23'" if p == "as_of" else "30" for p in sql.parameters_of(text))
            client.execute(f'FROM "{name}"({arguments})' if arguments else f'FROM "{name}"').fetchall()


def test_a_question_is_refused_in_words_when_it_is_misspelt_or_misses_a_parameter():
    estate = Estate(MEMORY)
    with pytest.raises(UsageError, match=r"no question 'expirng'.*Known: "):
        estate.ask("expirng", as_of="2026-11-23")
    with pytest.raises(UsageError, match="does not take"):
        estate.ask("expiry_weeks", as_of="2026-11-23", no_such_parameter=1)


@pytest.mark.parametrize(
    ("given", "means"),
    [
        ("2026-11-23", datetime(2026, 11, 23, 23, 59, 59)),
        ("2026-11-23T12:00", datetime(2026, 11, 23, 12)),
        ("2026-11-23T12:00:00+02:00", datetime(2026, 11, 23, 10)),
        (datetime(2026, 11, 23), datetime(2026, 11, 23)),
    ],
)
def test_a_date_is_the_end_of_its_day_and_a_zone_is_reckoned(given, means):
    assert as_moment(given) == means


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "23.11.2026"])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(UsageError, match="2026-11-23"):
        as_moment(text)


def test_nothing_knows_a_moment_in_an_empty_estate():
    with pytest.raises(DataError, match="empty"):
        Estate(MEMORY).moment(None)


def test_importing_the_package_costs_no_pandas_plotly_or_papermill():
    program = (
        "import sys, certanalytics, certanalytics.cli; certanalytics.connect; "
        "print([name for name in ('pandas', 'plotly', 'papermill', 'pptx', 'playwright') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_an_estate_of_an_earlier_version_is_brought_up_to_date_when_it_is_read(tmp_path):
    path = tmp_path / "estate.duckdb"
    Store(path, read_only=False).close()
    with duckdb.connect(str(path)) as earlier:
        earlier.execute("DROP MACRO TABLE inventory")
        earlier.execute("UPDATE estate SET installed = 'something else'")
    with Estate(str(path)) as estate:
        assert estate.inventory(as_of="2026-11-23").empty


@pytest.mark.parametrize("sql", ["", "  ", "-- nothing"])
def test_a_query_without_a_statement_is_refused_in_words(sql):
    with pytest.raises(UsageError, match="SQL"):
        Estate(MEMORY).rows(sql)


def test_rows_that_were_appended_are_let_go_before_the_transaction_ends(tmp_path):
    with Store(tmp_path / "estate.duckdb", read_only=False) as store:
        rows = pa.table({"sha256": ["a"] * 20_000, "der": pa.array([b"x" * 100] * 20_000, pa.binary())})
        held = pa.total_allocated_bytes()
        with store.transaction():
            for _ in range(10):
                store.append("der", rows.take(pa.array(range(20_000))))  # a copy
            assert pa.total_allocated_bytes() - held < 2 * rows.nbytes
        assert store.fetch("SELECT count(*) FROM der") == [(200_000,)]


def test_rows_come_in_batches_and_all_of_them():
    with Store(MEMORY, read_only=False) as store:
        taken = list(store.batches("SELECT * FROM range($n) ORDER BY ALL", {"n": 5}, size=2))
        assert taken == [[(0,), (1,)], [(2,), (3,)], [(4,)]]
        assert list(store.batches("SELECT 1 WHERE false")) == []
