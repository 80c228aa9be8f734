"""What was revoked and is still served is found, and of what nothing tells is said."""

from __future__ import annotations

import pytest

from certanalytics.analysis import tls
from certanalytics.estate import connect


@pytest.fixture(scope="module")
def planted(company):
    return company.truth.revocation


@pytest.fixture(scope="module")
def found(company):
    with connect(company.estate) as estate:
        return tls.revoked(estate, as_of=company.truth.as_of)


def test_revoked_and_served(found, planted):
    frame = found.frame
    reasons = {
        row.certificate: row.reason if isinstance(row.reason, str) else None for row in frame.itertuples(index=False)
    }
    assert reasons == planted.in_service
    assert set(frame.loc[frame["served"] == "after revocation", "certificate"]) == set(planted.after_revocation)
    assert set(frame.loc[frame["status"] == "hold", "certificate"]) == {
        certificate for certificate, reason in planted.in_service.items() if reason == "certificateHold"
    }


def test_key_figures(found, planted):
    revoked, after = found.kpis["revoked_in_service"], found.kpis["served_after_revocation"]
    told = len(planted.in_service) + len(planted.good) + planted.listed
    assert (revoked.value, revoked.denominator) == (len(planted.in_service), told)
    assert (after.value, after.denominator) == (len(planted.after_revocation), len(planted.in_service))
    assert found.kpis["not_covered"].value == planted.not_told + planted.list_ended


def test_what_managers_say_agrees_with_the_lists(found, planted):
    """The portal's orders say of its own that they are revoked, and never when."""
    said = found.frame.set_index("certificate")["said_by"].str.join(" ")
    assert set(said) == {"crl", "crl digicert-certcentral"}
    assert set(said.index) == set(planted.in_service)


def test_reasons_in_service_or_not(found, planted):
    reasons = found.tables["reasons"]
    assert dict(zip(reasons["reason"], reasons["certificates"], strict=True)) == planted.reasons


def test_lists_that_have_ended(found, planted):
    lists = found.tables["lists"]
    assert set(lists.loc[lists["state"] == "ended", "issuer_dn"]) == set(planted.ended_lists)
    assert found.kpis["lists_ended"].value == len(planted.ended_lists)


def test_issuers_nobody_tells_of(found, planted):
    issuers = found.tables["issuers"].set_index("issuer_cn")
    untold = issuers[issuers["list_state"] == "none"]
    assert set(untold.index) == {"Larkspur E6", "Corvine DV TLS CA"}
    assert untold["certificates"].sum() == planted.not_told
