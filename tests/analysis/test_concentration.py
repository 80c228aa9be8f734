"""What fails together: keys, networks and accounts."""

from __future__ import annotations

import json

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.issuers.single_points import dependencies

LONG = "ab" * 20


def answer(rows, **asked):
    result = dependencies(rows.estate(), as_of=AS_OF, **asked)
    return result, {kpi.id: kpi.value for kpi in result.kpis.values()}, result.frame.set_index("dependency")


def served(rows, number, **columns):
    for _ in range(number):
        rows.served(f"{len(rows.tables['certificate'])}.example.com", **columns)


def test_the_example_of_the_catalogue_by_network(rows):
    for third, number in enumerate((12, 5, 2, 1)):
        for last in range(number):
            rows.served(f"{third}-{last}.example.com", ip=f"192.0.{third}.{last}")
    _, found, frame = answer(rows)
    assert found["network_hhi"] == pytest.approx(0.435)
    assert frame.loc["hosting network", "normalised_hhi"] == pytest.approx(0.2467, abs=5e-5)
    assert found["network_effective_number"] == pytest.approx(2.30, abs=5e-3)
    assert frame.loc["hosting network", "largest"] == "192.0.0.0/24"
    assert frame.loc["hosting network", "largest_share"] == pytest.approx(0.6)


def test_endpoints_weigh_what_certificates_do_not(rows):
    served(rows, 1, issuer_o="Able")
    baker = rows.certificate("b.example.com", issuer_o="Baker")
    for number in range(3):
        rows.seen(baker, f"b{number}.example.com")
    _, found, frame = answer(rows)
    assert found["ca_owner_hhi"] == pytest.approx(0.5)
    assert frame.loc["CA owner", "hhi_by_endpoint"] == pytest.approx(0.25**2 + 0.75**2)


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::5", "2001:db8:1::/48"),
        ("2001:0db8:0001::1", "2001:db8:1::/48"),
        ("2001:db8::1", "2001:db8:0::/48"),
        ("2001::a:b:c:d:e:f", "2001:0:a::/48"),
        ("2001:db8:7:6:5:4:3:2", "2001:db8:7::/48"),
        ("::1", "0:0:0::/48"),
        ("fe80::1%eth0", "fe80:0:0::/48"),
        ("::ffff:192.0.2.9", "192.0.2.0/24"),
    ],
)
def test_networks_of_addresses(rows, ip, network):
    rows.served("a.example.com", ip=ip)
    assert answer(rows)[2].loc["hosting network", "largest"] == network


def test_a_certificate_in_two_networks_is_one_certificate(rows):
    """Two of three stand in one network, one of these in another as well; of the third one place has no address."""
    first = rows.served("a.example.com", ip="192.0.2.1")
    rows.seen(first, "a.example.com", ip="198.51.100.1", port=8443)
    rows.served("b.example.com", ip="192.0.2.2")
    third = rows.served("c.example.com", ip="203.0.113.1")
    rows.seen(third, "elsewhere.example.com")
    result, found, frame = answer(rows)
    row = frame.loc["hosting network"]
    assert (row["number"], row["certificates"], row["not_known"]) == (3, 3, 0)
    assert row["largest_share"] == pytest.approx(2 / 3)
    assert result.kpis["network_hhi"].denominator == 3
    assert found["network_hhi"] == pytest.approx((2 / 4) ** 2 + 2 * (1 / 4) ** 2)


def test_without_addresses_no_network_is_told(rows):
    served(rows, 2)
    result, found, frame = answer(rows)
    assert found["network_hhi"] is None
    assert result.kpis["network_hhi"].sentence == "The hosting network of no certificate in service is known."
    assert (frame.loc["hosting network", "certificates"], frame.loc["hosting network", "not_known"]) == (0, 2)


def test_an_issuing_key_is_told_by_the_key_and_not_by_the_name(rows):
    """Two names of one key are one; one name with two keys is two."""
    for number, key_id in enumerate((LONG, LONG, "cd" * 20)):
        served(rows, 1, authority_key_id=key_id, issuer_cn="One name" if number else "Another")
    _, found, frame = answer(rows)
    assert frame.loc["issuing key", "number"] == 2
    assert found["issuing_key_hhi"] == pytest.approx((2 / 3) ** 2 + (1 / 3) ** 2)


def test_an_issuing_key_is_its_public_key_where_the_ca_was_met(rows):
    """A cross-signed CA has one key under two identifiers."""
    chain = []
    for key_id in (LONG, "ef" * 20):
        ca = rows.certificate(
            "Issuing", is_ca=True, subject_dn="CN=Issuing", subject_key_id=key_id, spki_sha256="shared"
        )
        leaf = rows.certificate(f"{key_id[:2]}.example.com", issuer_dn="CN=Issuing", authority_key_id=key_id)
        rows.seen([leaf, ca], f"{key_id[:2]}.example.com")
        chain.append(leaf)
    frame = answer(rows)[2]
    assert frame.loc["issuing key", "number"] == 1
    assert frame.loc["issuing key", "largest"] == "public key shared"


def test_a_short_key_identifier_says_nothing_without_the_name(rows):
    for issuer in ("Able", "Baker"):
        served(rows, 1, authority_key_id="01", issuer_cn=issuer, issuer_o=issuer)
    assert answer(rows)[2].loc["issuing key", "number"] == 2


def test_accounts_that_clients_name(rows):
    for number in range(3):
        certificate = rows.served(f"{number}.example.com")
        told = {"server": "https://acme.example/directory", "account": "one" if number else "two"}
        rows.recorded(certificate, system="certbot", attributes=json.dumps(told))
    served(rows, 1)
    result, found, frame = answer(rows)
    assert found["acme_account_hhi"] == pytest.approx((2 / 3) ** 2 + (1 / 3) ** 2)
    assert frame.loc["ACME account", "largest"] == "https://acme.example/directory one"
    assert result.kpis["acme_account_hhi"].excluded == "1 certificate whose ACME account is not known"


def test_an_index_over_a_part_says_of_how_many_it_is_not_known(rows):
    for name, issuer in (("a", "00"), ("b", "11"), ("c", None)):
        key = None if issuer is None else issuer * 20
        rows.served(f"{name}.example.com", authority_key_id=key)
    kpis = answer(rows)[0].kpis
    assert kpis["issuing_key_hhi"].sentence == (
        "The concentration index by issuing key is 0.500; of 1 certificate it is not known."
    )
    assert kpis["issuing_key_effective_number"].sentence == (
        "2 certificates of which it is known are as concentrated as if 2.000 issuing keys had equal shares; "
        "of 1 certificate it is not known."
    )
    assert kpis["ca_owner_effective_number"].sentence.startswith("The estate is as concentrated as if ")


def test_without_client_configuration_no_account_is_told(rows):
    rows.recorded(rows.served("a.example.com"), attributes="{}")
    assert answer(rows)[1]["acme_account_hhi"] is None


def test_single_points_count_endpoints_of_critical_services(rows):
    for name, owner, endpoints in (("a", "Able", 3), ("b", "Baker", 1), ("c", None, 1)):
        nobody = {"issuer_o": None, "issuer_cn": None, "issuer_dn": "unnamed", "evidence": "parsed", "sct_count": 0}
        certificate = rows.certificate(f"{name}.example.com", **({"issuer_o": owner} if owner else nobody))
        for number in range(endpoints):
            rows.seen(certificate, f"{name}.example.com", port=443 + number)
        rows.asset(f"{name}.example.com", criticality="critical")
    served(rows, 5, issuer_o="Baker")
    result, found, _ = answer(rows)
    kpi = result.kpis["ca_owner_single_point_share"]
    assert (kpi.numerator, kpi.denominator, kpi.counts) == (3, 5, "endpoints")
    assert found["ca_owner_single_point_share"] == pytest.approx(0.6)
    assert kpi.sentence == (
        "60.0 % of the endpoints of critical services rest on one CA owner, Able; of 1 endpoint it is not known."
    )
    assert "(3 of 5 endpoints)" in result.explain().markdown()
    assert result.headline == kpi.sentence


def test_without_criticality_no_single_point_is_told(rows):
    served(rows, 2)
    result, found, _ = answer(rows)
    assert found["ca_owner_single_point_share"] is None
    assert result.headline == "Which services are critical no loaded export tells."


def test_a_self_signed_certificate_rests_on_itself(rows):
    served(rows, 2, is_self_issued=True)
    served(rows, 2, issuer_o="Able", authority_key_id=LONG)
    _, found, _ = answer(rows)
    assert found["ca_owner_hhi"] == pytest.approx(0.25 + 2 * 0.0625)
    assert found["issuing_key_hhi"] == pytest.approx(0.25 + 2 * 0.0625)


def test_a_scope_bounds_it(rows):
    served(rows, 1, issuer_o="Able", ip="192.0.2.1")
    served(rows, 1, issuer_o="Baker", ip="198.51.100.1")
    _, found, frame = answer(rows, scope="ca_owner = 'Able'")
    assert found["ca_owner_hhi"] == found["network_hhi"] == 1
    assert frame.loc["hosting network", "largest"] == "192.0.2.0/24"
