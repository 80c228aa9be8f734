"""What endpoints take in handshakes is found as it was planted, and what nobody asked for is not."""

from __future__ import annotations

import pytest

from certanalytics.analysis import tls
from certanalytics.estate import connect


@pytest.fixture(scope="module")
def planted(company):
    return company.truth.tls


@pytest.fixture(scope="module")
def found(company):
    with connect(company.estate) as estate:
        return tls.offers(estate, as_of=company.truth.as_of)


def told(kpi):
    return kpi.value, kpi.denominator


def test_each_version_is_offered_not_offered_or_not_asked(found, planted):
    counts = found.frame.set_index("version")[["offered", "not_offered", "not_asked"]]
    assert {version: tuple(row) for version, row in counts.iterrows()} == {
        version: (count.offered, count.not_offered, count.not_asked) for version, count in planted.versions.items()
    }


def test_endpoints_to_act_on(found, planted):
    endpoints = found.tables["endpoints"].set_index("endpoint")
    assert set(endpoints.index[endpoints["obsolete_versions"].str.len() > 0]) == set(planted.obsolete)
    assert set(endpoints.index[endpoints["tls13"].eq(False)]) == set(planted.without_tls13)
    assert set(endpoints.index[endpoints["suites_to_end"].str.len() > 0]) == set(planted.suites_to_end)
    assert set(endpoints.index[endpoints["key_exchange"] == "hybrid"]) == set(planted.hybrid)


def test_key_figures_and_of_how_many_they_can_be_told(found, planted):
    kpis = found.kpis
    asked_for_tls13 = planted.versions["TLSv1.3"].offered + planted.versions["TLSv1.3"].not_offered
    assert told(kpis["obsolete_versions"]) == (len(planted.obsolete), planted.obsolete_told)
    assert told(kpis["without_tls13"]) == (len(planted.without_tls13), asked_for_tls13)
    assert told(kpis["suites_to_end"]) == (len(planted.suites_to_end), planted.suites_told)
    assert f"{planted.transition_alone} of them only RSA key transport" in kpis["suites_to_end"].sentence
    assert told(kpis["conforming"]) == (planted.conforming, planted.conformity_told)
    assert kpis["hybrid_key_exchange"].value == len(planted.hybrid)


def test_what_a_copied_key_would_lay_open(found, planted):
    shares = found.tables["decryptable"]
    assert dict(zip(shares["share"], shares["endpoints"], strict=True)) == planted.decryptable
    assert found.kpis["decryptable"].value == planted.decryptable["all"] + planted.decryptable["some"]
