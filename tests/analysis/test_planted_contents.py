"""The analyses of contents find what was planted in the demo, exactly."""

from __future__ import annotations

import pytest

from certanalytics.analysis import contents, inventory
from certanalytics.estate import connect


@pytest.fixture(scope="module")
def truth(company):
    return company.truth.contents


@pytest.fixture(scope="module")
def results(company):
    """Each analysis once, by the name of what it asks."""
    asked = (contents.over_limit, contents.purposes, contents.pointers, contents.names, inventory.holdings)
    with connect(company.estate) as estate:
        return {each.__name__: each(estate, as_of=company.truth.as_of) for each in asked}


@pytest.fixture(scope="module")
def public(company):
    """How many certificates in service public CAs issued."""
    own = {"self-signed", "Meridian Group"}
    return sum(number for owner, number in company.truth.ca_owners.items() if owner not in own)


def listed(frame):
    return set(frame["certificate"])


def test_public_certificates_that_live_too_long(results, truth, public):
    result = results["over_limit"]
    assert dict(zip(result.frame["certificate"], result.frame["days_over"], strict=True)) == truth.over_limit
    figure = result.kpis["over_limit"]
    assert (figure.value, figure.denominator) == (len(truth.over_limit), public)
    assert result.tables["cohorts"]["over"].sum() == len(truth.over_limit)


def test_purposes_against_the_rules(results, truth):
    findings = results["purposes"].tables["findings"]
    assert listed(findings) == set(truth.against_purpose)
    assert set(findings["reason"]) == {"extended key usage codeSigning"}
    assert results["purposes"].kpis["purpose_findings"].value == len(truth.against_purpose)


def test_certificates_also_for_clients(results, truth, public):
    clients, kpis = results["purposes"].tables["client_auth"], results["purposes"].kpis
    assert listed(clients) == set(truth.client_auth)
    assert listed(clients[clients["next_without"].astype(bool)]) == set(truth.client_auth_next)
    assert (kpis["client_auth"].value, kpis["client_auth"].denominator) == (len(truth.client_auth), public)
    assert kpis["client_auth_next"].value == len(truth.client_auth_next)


def test_pointers(results, truth):
    frame, kpis = results["pointers"].frame, results["pointers"].kpis
    for figure, certificates in (
        ("without_revocation", truth.without_revocation),
        ("without_issuer", truth.without_issuer),
    ):
        assert listed(frame[frame[figure]]) == set(certificates)
        assert kpis[figure].value == len(certificates)


def test_names_of_several_owners(results, truth):
    result = results["names"]
    shared = result.tables["shared"]
    assert listed(shared[shared["owners"] > 1]) == set(truth.across_owners)
    assert listed(shared[shared["units"] > 1]) == set(truth.across_units)
    assert result.kpis["names_across_owners"].value == len(truth.across_owners)
    assert result.kpis["names_across_units"].value == len(truth.across_units)
    wildcards = result.tables["wildcards"]
    across = wildcards["crosses_owner"].astype("boolean").fillna(value=False)
    assert listed(wildcards[across]) == set(truth.wildcards_across_owners)
    assert result.kpis["wildcards_across_owners"].value == len(truth.wildcards_across_owners)


def test_names_where_no_client_looks_for_them(results, truth):
    findings, kpis = results["names"].tables["findings"], results["names"].kpis
    for figure, reason, certificates in (
        ("common_name_apart", "common name is no alternative name", truth.common_name_apart),
        ("without_alternative_names", "no alternative names", truth.without_alternative_names),
    ):
        assert listed(findings[findings["reason"] == reason]) == set(certificates)
        assert kpis[figure].value == len(certificates)


def test_client_certificates_are_out_of_scope_and_counted_as_such(results, truth):
    assert results["holdings"].kpis["client_only"].value == len(truth.client_only)
