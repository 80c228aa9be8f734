"""The analyses of keys find what was planted in the demo, exactly."""

from __future__ import annotations

import pytest

from certanalytics.analysis import keys
from certanalytics.estate import connect


@pytest.fixture(scope="module")
def truth(company):
    return company.truth


@pytest.fixture(scope="module")
def reuse(company):
    with connect(company.estate) as estate:
        return keys.reuse(estate, as_of=company.truth.as_of)


@pytest.fixture(scope="module")
def known_bad(company):
    with connect(company.estate) as estate:
        return keys.known_bad(estate, as_of=company.truth.as_of)


def share(kpi):
    return kpi.numerator, kpi.denominator


def test_keys_in_several_certificates(reuse, truth):
    found = dict(zip(reuse.frame["spki_sha256"], map(tuple, reuse.frame["certificate_list"]), strict=True))
    assert found == truth.reused_keys  # no renewal is served beside what it renews


def test_keys_across_owners_and_trust(reuse, truth):
    planted = truth.keys
    keyed = len(truth.in_service)
    for figure, column, spkis in (
        ("across_owners", "crosses_owner", planted.across_owners),
        ("across_trust", "crosses_trust", planted.across_trust),
    ):
        crossing = reuse.frame[reuse.frame[column].astype("boolean").fillna(value=False)]
        assert set(crossing["spki_sha256"]) == set(spkis)
        assert share(reuse.kpis[figure]) == (sum(len(truth.reused_keys[spki]) for spki in spkis), keyed)
    either = {*planted.across_owners, *planted.across_trust}
    assert reuse.kpis["across_boundaries"].numerator == sum(len(truth.reused_keys[spki]) for spki in either)
    assert reuse.headline == reuse.kpis["across_boundaries"].sentence


def test_keys_kept_at_renewals(reuse, truth):
    kept = reuse.tables["kept"]
    assert dict(zip(kept["certificate"], kept["successor"], strict=True)) == truth.keys.kept
    renewals = truth.keys.renewals
    assert share(reuse.kpis["new_key_at_renewal"]) == (renewals - len(truth.keys.kept), renewals)


def test_keys_past_their_time(reuse, truth):
    aged = reuse.tables["aged"]
    assert dict(zip(aged["certificate"], aged["key_age_days"], strict=True)) == truth.keys.aged
    assert aged["renewed_with_it"].all()
    assert reuse.kpis["aged_keys"].value == len(truth.keys.aged)
    assert reuse.kpis["oldest_key"].value == truth.keys.oldest


def test_keys_anybody_can_break(known_bad, truth):
    planted = truth.keys
    reasons = {
        "a factor in common with another key of the estate (2 other keys)": planted.common_prime,
        "primes so close together that Fermat's method finds them": planted.close_primes,
        "a prime factor of no more than 65,537 (corrupt)": planted.small_factor,  # what is left is no prime either
    }
    assert dict(zip(known_bad.frame["certificate"], known_bad.frame["reason"], strict=True)) == {
        each: reason for reason, certificates in reasons.items() for each in certificates
    }
    assert known_bad.kpis["bad_keys"].value == sum(map(len, reasons.values()))
    assert known_bad.kpis["common_factors"].value == len(planted.common_prime)
    assert known_bad.kpis["bad_ca_keys"].value == 0


def test_every_broken_key_is_in_service_and_every_other_check_is_clean(known_bad, truth):
    assert set(known_bad.tables["keys"]["in_service"]) == {1}
    checks = known_bad.tables["checks"]
    found = dict(zip(checks["check"], checks["found"].fillna(0), strict=True))
    planted = truth.keys
    failing = {
        "fermat": len(planted.close_primes),
        "smallfactors": len(planted.small_factor),
        "batch gcd": len(planted.common_prime),
    }
    assert {check: number for check, number in found.items() if number} == failing
