"""Which attributes are known, and that what nothing supplied is never called missing."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from estate_rows import AS_OF

import certanalytics.store
from certanalytics.analysis.inventory.completeness import attributes

FACTS = Path(certanalytics.store.__file__).parent / "facts" / "sp1800_16_attribute.csv"
OUT_OF_REACH = {"A18", "A25", "A26", "A31"}


def values(result):
    return {kpi.id: kpi.value for kpi in result.kpis.values()}


def states(result):
    return result.frame.set_index("id")["state"].to_dict()


@pytest.fixture
def described(rows):
    """Two certificates in service: of one everything any export can give is known, of the other only what it holds."""
    whole = rows.served("a.example.com", port=25)
    rows.tables["sighting"][-1].update(starttls="smtp")
    rows.seen(whole, None, kind="file", path="/etc/a.pem")
    rows.recorded(whole, requester="ann", approver="bob")
    rows.person("ann")
    rows.asset("a.example.com", owner="ann", service="shop", business_unit="Retail", environment="production")
    rows.served("b.example.com")
    return rows


def test_complete_over_what_was_supplied(described):
    found = attributes(described.estate(), as_of=AS_OF)
    assert values(found) == {
        "complete": 0.5,
        "attributes_assessed": 25,
        "missing_owner": 0.5,
        "missing_environment": 0.5,
        "missing_criticality": None,
        "missing_service": 0.5,
    }
    assert found.kpis["complete"].sentence.startswith(
        "50.0 % of the certificates in service have every attribute A1–A18 that could be assessed; A18 could not; "
    )
    assert found.kpis["missing_criticality"].sentence == "Not supplied: no loaded export gives any criticality."
    assert states(found) == {
        **{f"A{number}": "assessed" for number in range(1, 32)},
        **dict.fromkeys(("A23", "A24"), "not supplied"),
        **dict.fromkeys(OUT_OF_REACH, "out of reach"),
    }
    units = found.tables["units"]
    owners = units[units["id"] == "A11"].fillna({"business_unit": "none"})
    assert owners[["business_unit", "present"]].to_numpy().tolist() == [["Retail", 1], ["none", 0]]


def test_what_nothing_supplied_is_not_missing(rows):
    rows.served("a.example.com")
    found = attributes(rows.estate(), as_of=AS_OF)
    assert found.kpis["complete"].value == 1
    assert "A11, A12, A13, A15, A16, A17, A18 could not" in found.kpis["complete"].sentence
    assert found.frame.set_index("id")["present"].isna()["A11"]
    assert {kpi.value for name, kpi in found.kpis.items() if name.startswith("missing")} == {None}


def test_one_export_that_names_anybody_makes_owners_assessable(rows):
    rows.served("a.example.com")
    rows.asset("elsewhere.example.net", owner="ann")
    found = attributes(rows.estate(), as_of=AS_OF)
    assert (found.kpis["complete"].value, found.kpis["missing_owner"].value) == (0, 1)


def test_a_certificate_only_described_lacks_what_is_not_said(rows):
    rows.served("a.example.com", evidence="parsed", extended_key_usage=[], signature_hash=None)
    rows.served("b.example.com", extended_key_usage=[])
    found = attributes(rows.estate(), as_of=AS_OF).frame.set_index("id")["present"]
    assert found[["A1", "A8", "A10"]].tolist() == [2, 1, 1]  # that b has no key usage is known


def test_counting_and_listing_agree(described):
    """The two views read one inventory: an attribute has a row where it is counted as present."""
    described.logged(described.certificate("c.example.com", evidence="parsed", key_bits=None, key_curve=None))
    estate = described.estate()
    listed = estate.query(
        "SELECT id, count(*) AS n FROM attribute_value($as_of) GROUP BY id ORDER BY id", as_of=AS_OF
    ).set_index("id")["n"]
    counted = estate.query("SELECT * EXCLUDE (certificate) FROM attribute_presence($as_of)", as_of=AS_OF).sum()
    assert {name.lower(): int(n) for name, n in listed.items()} == {name: int(n) for name, n in counted.items() if n}


def test_a_value_tells_where_it_came_from(described):
    described.recorded(described.tables["certificate"][0]["identity"], owner_email="old@example.com")
    rows = described.estate().query("SELECT * FROM attribute_value($as_of) WHERE value IS NOT NULL", as_of=AS_OF)
    rows = rows[rows["certificate"] == described.tables["certificate"][0]["identity"]].set_index("id")
    assert rows.loc[["A1", "A11", "A13", "A15", "A17"], ["value", "origin"]].to_numpy().tolist() == [
        ["CN=a.example.com", "the certificate itself"],
        ["ann", "system of record cmdb"],
        ["bob", "record of digicert"],
        ["/etc/a.pem", "nmap-xml"],
        ["shop", "system of record cmdb"],
    ]


def test_the_facts_name_columns_that_are_there(rows):
    rows.served("a.example.com")
    columns = set(rows.estate().inventory(as_of=AS_OF).columns)
    with FACTS.open(encoding="utf-8", newline="") as file:
        facts = list(csv.DictReader(file))
    assert [fact["id"] for fact in facts] == [f"A{number}" for number in range(1, 32)]
    assert {fact["id"] for fact in facts if not fact["column"]} == OUT_OF_REACH
    assert {fact["column"] for fact in facts if fact["column"]} <= columns


def test_nothing_in_service(rows):
    rows.logged(rows.certificate("a.example.com"))
    found = attributes(rows.estate(), as_of=AS_OF)
    assert found.headline == "What is in service is not known: no scan of the last 45 days is loaded."
    assert found.kpis["complete"].value is None
    assert found.tables["units"].empty
