"""Faults of chains and names, and CA certificates that end, are found as they were planted."""

from __future__ import annotations

import pytest

from certanalytics.analysis import keys, tls
from certanalytics.estate import connect


@pytest.fixture(scope="module")
def planted(company):
    return company.truth.chains


@pytest.fixture(scope="module")
def found(company):
    with connect(company.estate) as estate:
        return tls.served(estate, as_of=company.truth.as_of)


@pytest.fixture(scope="module")
def faults(found):
    return found.tables["faults"]


@pytest.mark.parametrize(
    ("figure", "fault", "of_all"),
    [
        ("incomplete_chains", "incomplete", True),
        ("chains_out_of_order", "out_of_order", False),
        ("ended_ca_sent", "sends_ended", True),
        ("roots_sent", "sends_root", True),
    ],
)
def test_each_fault_of_a_chain(found, faults, planted, figure, fault, of_all):
    rows = {
        "incomplete": faults["complete"].eq(False),
        "out_of_order": faults["in_order"].eq(False),
        "sends_ended": faults["ended_cas"].str.len() > 0,
        "sends_root": faults["sends_root"].eq(True),
    }
    assert set(faults.loc[rows[fault], "endpoint"]) == set(getattr(planted, fault))
    kpi = found.kpis[figure]
    assert kpi.value == len(getattr(planted, fault))
    # one certificate alone has nothing to put in order
    assert kpi.denominator == planted.told - (0 if of_all else len(planted.incomplete))


def test_names(found, planted):
    assert set(found.tables["names"]["endpoint"]) == set(planted.wrong_name)
    kpi = found.kpis["name_mismatches"]
    assert (kpi.value, kpi.denominator) == (len(planted.wrong_name), len(planted.wrong_name) + planted.right_name)


def test_ends_of_ca_certificates_and_what_rests_on_them(found, planted):
    columns = ["ca", "issued_by", "not_after", "leaves", "outliving"]
    assert sorted(found.frame[columns].itertuples(index=False, name=None)) == sorted(
        (each.ca, each.issued_by, each.not_after, each.leaves, each.outliving) for each in planted.cas
    )
    assert found.kpis["ca_ends_soon"].value == 2  # one of them has ended, and a newer one stands beside it
    assert found.frame["not_after"].is_monotonic_increasing


def test_certificates_that_end_after_their_ca(found, planted):
    assert set(found.tables["outliving"]["certificate"]) == set(planted.outliving)
    assert found.kpis["outlive_issuer"].value == len(planted.outliving)


def test_what_rests_on_a_signature_with_sha_1(company, planted):
    with connect(company.estate) as estate:
        weak = keys.strength(estate, as_of=company.truth.as_of).tables["chains"]
    assert set(weak.explode("certificate_list")["certificate_list"]) == set(planted.sha1_above)
    assert weak["ca"].tolist() == ["Northgate Global Root G2"]
