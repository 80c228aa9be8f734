"""How concentrated the estate is."""

from __future__ import annotations

import math

import pytest
from estate_rows import AS_OF
from hypothesis import given
from hypothesis import strategies as st

from certanalytics.analysis.issuers.shares import concentration, herfindahl


def test_the_example_of_the_catalogue():
    found = herfindahl([0.60, 0.25, 0.10, 0.05])
    assert found.hhi == pytest.approx(0.435)
    assert found.normalised == pytest.approx(0.2467, abs=5e-5)
    assert found.effective_number == pytest.approx(2.30, abs=5e-3)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=40))
def test_bounds_whatever_the_counts(counts):
    total = sum(counts)
    found = herfindahl([count / total for count in counts])
    assert 1 / len(counts) - 1e-9 <= found.hhi <= 1 + 1e-9
    assert -1e-9 <= found.normalised <= 1 + 1e-9
    assert math.isclose(found.effective_number * found.hhi, 1)


@given(st.integers(2, 50))
def test_equal_shares_are_not_concentrated(number):
    found = herfindahl([1 / number] * number)
    assert found.normalised == pytest.approx(0, abs=1e-9)
    assert found.effective_number == pytest.approx(number)


def test_one_share_is_all():
    found = herfindahl([1.0, 0.0])
    assert (found.hhi, found.normalised, found.effective_number) == (1, 1, 1)


@pytest.mark.parametrize("shares", [[], [0.5, 0.4], [1.5, -0.5]])
def test_what_are_no_shares_is_refused(shares):
    with pytest.raises(ValueError, match="add up to one"):
        herfindahl(shares)


def served(rows, owner, number, *, issuing="1", **columns):
    for _ in range(number):
        name = f"{len(rows.tables['certificate'])}.example.com"
        rows.served(name, issuer_o=owner, issuer_cn=f"{owner} {issuing}", **columns)


def figures(rows, **arguments):
    result = concentration(rows.estate(), as_of=AS_OF, **arguments)
    return result, {kpi.id: kpi.value for kpi in result.kpis.values()}


def test_shares_of_owners_issuing_cas_and_indices(rows):
    served(rows, "Able", 12)
    served(rows, "Baker", 3, issuing="1")
    served(rows, "Baker", 2, issuing="2")
    served(rows, "Delta", 2)
    served(rows, "Echo", 1)
    result, found = figures(rows)
    assert result.frame[["ca_owner", "certificates"]].to_numpy().tolist() == [
        ["Able", 12],
        ["Baker", 5],
        ["Delta", 2],
        ["Echo", 1],
    ]
    assert result.frame["share"].tolist() == pytest.approx([0.60, 0.25, 0.10, 0.05])
    assert found["top_share"] == pytest.approx(0.6)
    assert found["hhi"] == pytest.approx(0.435)
    assert found["normalised_hhi"] == pytest.approx(0.2467, abs=5e-5)
    assert found["effective_number"] == pytest.approx(2.30, abs=5e-3)
    assert result.tables["issuing_cas"]["certificates"].tolist() == [12, 3, 2, 2, 1]
    assert result.headline == "Able issued 60.0 % of the certificates in service."


def test_brands_of_one_owner_are_put_together(rows):
    for brand in ("DigiCert Inc", "QuoVadis Limited", "GeoTrust Inc."):
        served(rows, brand, 1)
    result, found = figures(rows)
    assert result.frame["ca_owner"].tolist() == ["DigiCert"]
    assert found["hhi"] == 1


def test_self_signed_certificates_are_issuers_of_their_own(rows):
    served(rows, "Able", 2)
    served(rows, "box", 2, is_self_issued=True)
    result, found = figures(rows)
    assert found["self_signed"] == 2
    assert found["top_share"] == pytest.approx(0.5)
    assert result.kpis["effective_number"].sentence.startswith("The certificates in service are as concentrated as if ")
    assert found["hhi"] == pytest.approx(0.25 + 2 * 0.0625)
    assert result.frame["ca_owner"].tolist() == ["Able", "self-signed"]


def test_critical_services_may_rest_on_another(rows):
    served(rows, "Able", 3)
    served(rows, "Baker", 1)
    rows.asset("3.example.com", criticality="critical", owner="x")
    result, found = figures(rows)
    assert found["top_share"] == pytest.approx(0.75)
    assert found["critical_top_share"] == 1
    assert (
        result.kpis["critical_top_share"].sentence == "Of the certificates of critical services, Baker issued 100.0 %."
    )


def test_where_all_sign_themselves_no_ca_has_the_largest_share(rows):
    served(rows, "box", 2, is_self_issued=True)
    rows.asset("*.example.com", criticality="critical")
    result, found = figures(rows)
    assert (found["top_share"], found["critical_top_share"], found["self_signed"]) == (None, None, 2)
    assert result.headline == "No certificate in service is known to have been issued by a CA."


def test_roots_where_seen(rows):
    chain = {"authority_key_id": "11", "issuer_dn": "CN=Root"}
    leaf = rows.certificate("a.example.com", **chain)
    root = rows.certificate(
        "Root", is_ca=True, is_self_issued=True, subject_dn="CN=Root", subject_key_id="11", issuer_dn="CN=Root"
    )
    rows.seen([leaf, root], "a.example.com")
    served(rows, "Able", 1)
    result, found = figures(rows)
    assert found["top_root_share"] == pytest.approx(0.5)
    roots = result.tables["roots"]
    assert set(roots["root"].fillna("not seen")) == {"Root", "not seen"}


def test_an_unrelated_certificate_changes_the_shares_as_computed(rows):
    served(rows, "Able", 3)
    assert figures(rows)[1]["top_share"] == 1
    served(rows, "Baker", 1)
    assert figures(rows)[1]["top_share"] == pytest.approx(3 / 4)


def test_nothing_in_service(rows):
    rows.logged(rows.certificate("a.example.com"))
    result, found = figures(rows)
    assert found["hhi"] is None
    assert found["top_share"] is None
    assert result.headline == "What is in service is not known: no scan of the last 45 days is loaded."
