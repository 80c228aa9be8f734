"""The four analyses find what was planted in the demo, exactly."""

from __future__ import annotations

import pytest

from certanalytics.analysis import expiry, issuers, keys, ownership
from certanalytics.estate import connect


@pytest.fixture(scope="module")
def truth(company):
    return company.truth


@pytest.fixture(scope="module")
def estate(company):
    with connect(company.estate) as estate:
        yield estate


@pytest.fixture(scope="module")
def inventory(estate, truth):
    return estate.inventory(as_of=truth.as_of)


@pytest.fixture(scope="module")
def expiring(estate, truth):
    return expiry.expiring(estate, as_of=truth.as_of)


@pytest.fixture(scope="module")
def strength(estate, truth):
    return keys.strength(estate, as_of=truth.as_of)


@pytest.fixture(scope="module")
def concentration(estate, truth):
    return issuers.concentration(estate, as_of=truth.as_of)


@pytest.fixture(scope="module")
def gaps(estate, truth):
    return ownership.gaps(estate, as_of=truth.as_of)


def test_every_certificate_once_and_precertificates_with_their_certificates(estate, truth, inventory):
    whole = inventory[inventory["evidence"] == "der"]
    assert len(whole) == truth.certificates
    assert not whole["is_precert"].any()
    precertificates = estate.query("SELECT count(*) AS n FROM certificate WHERE is_precert")["n"][0]
    assert precertificates == truth.precertificates


def test_what_managers_only_describe_is_found_again_in_full(inventory):
    assert set(inventory["evidence"]) == {"der"}


def test_in_service(inventory, truth, expiring):
    assert set(inventory.loc[inventory["in_service"], "certificate"]) == set(truth.in_service)
    assert expiring.kpis["in_service"].value == len(truth.in_service)


def test_expired_in_service_with_their_endpoints(expiring, truth):
    ended = expiring.frame[expiring.frame["ended"]]
    assert set(ended["certificate"]) == set(truth.expired_in_service)
    assert expiring.kpis["expired_in_service"].value == len(truth.expired_in_service)
    assert ended["endpoints"].sum() == sum(len(places) for places in truth.expired_in_service.values())


def test_ends_within_horizons(expiring, truth):
    horizons = expiring.tables["horizons"].set_index("within_days")
    for expected in truth.expiring:
        row = horizons.loc[expected.days]
        assert (row["known"], row["in_service"]) == (expected.known, expected.in_service), expected.days
        assert expiring.kpis[f"ends_in_{expected.days}"].value == expected.in_service  # none is replaced and served


def test_renewed_and_not_deployed(expiring, truth):
    found = expiring.tables["renewed_not_deployed"]
    assert dict(zip(found["certificate"], found["successor"], strict=True)) == {
        renewal.old: renewal.new for renewal in truth.renewed_not_deployed
    }
    assert expiring.kpis["renewed_not_deployed"].value == len(truth.renewed_not_deployed)


def test_weak_keys_and_signatures(strength, truth):
    weak = strength.tables["weak"]
    short_or_odd = {*truth.rsa_below_2048, *truth.keys.odd_size}
    assert set(weak.loc[weak["weak_key"], "certificate"]) == short_or_odd
    assert set(weak.loc[weak["weak_signature"], "certificate"]) == set(truth.sha1_signature)
    assert strength.kpis["weak_keys"].value == len(short_or_odd)
    assert strength.kpis["small_exponents"].value == len(truth.keys.small_exponent)
    assert strength.kpis["weak_signatures"].value == len(truth.sha1_signature)
    signatures = strength.tables["signatures"]
    assert set(signatures.loc[signatures["weak"] > 0, "signature_algorithm"]) == {
        "sha1WithRSAEncryption",
        "ecdsa-with-SHA1",
    }


def test_keys_that_outlive_the_sunset(strength, inventory, truth):
    vulnerable = inventory[inventory["in_service"] & inventory["quantum_vulnerable"]]
    assert set(vulnerable.loc[vulnerable["not_after"].dt.year > 2030, "certificate"]) == set(truth.outlives_2030)
    assert strength.kpis["outlive_2030"].value == len(truth.outlives_2030)
    assert strength.kpis["outlive_2035"].value == len(truth.outlives_2035)


def test_reused_keys(strength, truth):
    reused = strength.tables["reused"]
    found = {
        key: tuple(certificates)
        for key, certificates in zip(reused["spki_sha256"], reused["certificate_list"], strict=True)
    }
    assert found == truth.reused_keys
    assert strength.kpis["reused_keys"].value == len(truth.reused_keys)


def test_wildcard_sprawl(strength, truth):
    wildcards = strength.tables["wildcards"]
    assert dict(zip(wildcards["certificate"], wildcards["endpoints"], strict=True)) == truth.wildcard_endpoints
    assert strength.kpis["wildcard_reach"].value == max(truth.wildcard_endpoints.values())


def test_share_of_every_ca_owner(concentration, truth):
    frame = concentration.frame
    assert dict(zip(frame["ca_owner"], frame["certificates"], strict=True)) == truth.ca_owners
    assert concentration.kpis["top_share"].value == pytest.approx(0.6, abs=1e-12)
    assert frame["ca_owner"][0] == truth.top_ca_owner
    critical = frame[frame["critical"] > 0]
    assert dict(zip(critical["ca_owner"], critical["critical"], strict=True)) == truth.critical_ca_owners
    assert concentration.kpis["self_signed"].value == truth.ca_owners["self-signed"]


def test_share_of_every_root_and_issuing_ca(concentration, truth):
    """What signs itself is one row here, and each a thing of its own in the truth."""
    roots = concentration.tables["roots"].dropna(subset=["root_dn"]).set_index("root_dn")
    expected = {name: thing for name, thing in truth.issuers.rests["root"].things.items() if name.startswith("CN=")}
    for column in ("certificates", "critical", "endpoints"):
        assert roots[column].to_dict() == {name: getattr(thing, column) for name, thing in expected.items()}
    kpi = concentration.kpis["top_root_share"]
    assert (kpi.numerator, kpi.denominator) == (840, 1400)
    issuing = concentration.tables["issuing_cas"]
    keys = [each.certificates for each in truth.issuers.rests["issuing key"].things.values() if each.certificates > 1]
    numbers = issuing.loc[issuing["issuing_ca"] != "self-signed", "certificates"]
    assert sorted(numbers) == sorted(keys)
    assert concentration.kpis["top_issuing_ca_share"].numerator == max(keys)


def test_due_for_renewal(expiring, truth):
    windows = truth.expiry.windows.values()
    kpi = expiring.kpis["past_renewal_window"]
    assert kpi.value == sum(each.waiting for each in windows)
    assert kpi.denominator == sum(each.before + each.renewed + each.waiting for each in windows)


def test_owners_who_left_and_certificates_nobody_answers_for(gaps, truth):
    frame = gaps.frame
    assert set(frame.loc[frame["owner_state"] == "inactive", "certificate"]) == set(truth.owner_inactive)
    assert set(frame.loc[frame["owner_state"] == "none", "certificate"]) == set(truth.no_owner)
    assert gaps.kpis["inactive"].value == len(truth.owner_inactive)
    assert gaps.kpis["none"].value == len(truth.no_owner)


def test_business_units_and_critical_services(inventory, truth):
    live = inventory[inventory["in_service"]]
    units = {
        certificate: unit if isinstance(unit, str) else None
        for certificate, unit in zip(live["certificate"], live["business_unit"], strict=True)
    }
    assert units == truth.business_units
    assert set(live.loc[live["critical"], "certificate"]) == set(truth.critical)


def test_shadow_certificates(gaps, truth):
    assert set(gaps.tables["shadow"]["certificate"]) == set(truth.shadow)
    assert gaps.kpis["shadow"].value == len(truth.shadow)
