"""Unexpected issuance, look-alikes and CAA: the analyses find what was planted in the demo, exactly."""

from __future__ import annotations

import pytest

from certanalytics.analysis import coverage, transparency
from certanalytics.estate import connect


@pytest.fixture(scope="module")
def truth(company):
    return company.truth.transparency


@pytest.fixture(scope="module")
def estate(company):
    with connect(company.estate) as estate:
        yield estate


@pytest.fixture(scope="module")
def unexpected(estate, company):
    return transparency.unexpected(estate, as_of=company.truth.as_of)


@pytest.fixture(scope="module")
def look_alikes(estate, company):
    return transparency.look_alikes(estate, as_of=company.truth.as_of)


@pytest.fixture(scope="module")
def conformity(estate, company):
    return transparency.conformity(estate, as_of=company.truth.as_of)


@pytest.fixture(scope="module")
def three_ways(estate, company):
    return coverage.three_ways(estate, as_of=company.truth.as_of)


def test_own_domains_and_what_was_logged_for_them(unexpected, truth):
    assert set(unexpected.tables["own_domains"]["registered_domain"]) == set(truth.own_domains)
    assert unexpected.kpis["logged"].value == truth.logged


def test_every_reason_to_ask(unexpected, truth):
    frame = unexpected.frame
    assert set(frame.loc[frame["ca_unexpected"], "certificate"]) == set(truth.unheard_of)
    assert set(frame.loc[frame["unrecorded"], "certificate"]) == set(truth.unrecorded)
    assert set(frame.loc[frame["burst"].notna(), "certificate"]) == set(truth.burst)
    odd = frame[frame["odd_names"].map(len) > 0]
    assert dict(zip(odd["certificate"], map(tuple, odd["odd_names"]), strict=True)) == truth.odd_names


def test_how_many_are_unexpected(unexpected, truth):
    reasons = {
        "ca_unexpected": truth.unheard_of,
        "unrecorded": truth.unrecorded,
        "odd_names": truth.odd_names,
        "bursts": truth.burst,
    }
    for name, certificates in reasons.items():
        assert unexpected.kpis[name].value == len(certificates), name
    everything = set().union(*reasons.values())
    assert unexpected.kpis["unexpected"].value == len(unexpected.frame) == len(everything)
    assert len(everything) < truth.logged / 50  # a list a person can read


def test_domains_that_look_alike(look_alikes, truth):
    found = {
        row["domain"]: (row["looks_like"], row["kind"], row["distance"]) for row in look_alikes.frame.to_dict("records")
    }
    assert found == {domain: (each.looks_like, each.kind, each.distance) for domain, each in truth.look_alikes.items()}
    valid = dict(zip(look_alikes.frame["domain"], look_alikes.frame["valid"], strict=True))
    assert valid == {domain: truth.log_domains[domain] for domain in truth.look_alikes}
    assert look_alikes.kpis["look_alikes"].denominator == len(truth.log_domains)
    assert look_alikes.kpis["look_alikes_valid"].value == sum(number > 0 for number in valid.values())


def test_issued_against_caa(conformity, truth):
    frame = conformity.frame
    assert set(frame.loc[frame["at_issue"] == "violation", "certificate"]) == set(truth.caa_violations)
    kpi = conformity.kpis["caa_violations"]
    assert (kpi.value, kpi.denominator) == (len(truth.caa_violations), truth.judged_at_issue)
    assert not (frame["at_issue"] == "possible violation").any()


def test_renewals_caa_blocks(conformity, truth):
    frame = conformity.frame
    assert set(frame.loc[frame["renewal"] == "blocked", "certificate"]) == set(truth.renewals_blocked)
    kpi = conformity.kpis["renewals_blocked"]
    assert (kpi.value, kpi.denominator) == (len(truth.renewals_blocked), truth.judged_now)
    assert set(truth.caa_violations) < set(truth.renewals_blocked)


def test_domains_that_say_who_may_issue(conformity, truth):
    domains = conformity.tables["domains"]
    said = dict(zip(domains["registered_domain"], domains["has_caa"], strict=True))
    assert {domain: said[domain] for domain in truth.caa_coverage} == truth.caa_coverage
    unknown = domains.loc[~domains["zone_loaded"].astype(bool), "registered_domain"]
    assert set(unknown) == set(truth.own_domains) - set(truth.caa_coverage)
    assert conformity.kpis["caa_coverage"].value == sum(truth.caa_coverage.values()) / len(truth.caa_coverage)


def test_public_certificates_without_a_sign_of_a_log(three_ways, truth):
    assert set(three_ways.tables["no_sign_of_log"]["certificate"]) == set(truth.unlogged)
    assert three_ways.kpis["no_sign_of_log"].value == len(truth.unlogged)


def test_internal_names_in_logs(three_ways, truth):
    found = three_ways.tables["internal_names"]
    assert tuple(found["name"]) == truth.internal_names
    assert found["reason"].tolist() == ["the zones loaded give it private addresses alone"]
    assert three_ways.kpis["internal_names"].value == len(truth.internal_names)


def test_shadow_certificates(three_ways, company):
    assert set(three_ways.tables["shadow"]["certificate"]) == set(company.truth.shadow)
    assert three_ways.kpis["shadow"].value == len(company.truth.shadow)
