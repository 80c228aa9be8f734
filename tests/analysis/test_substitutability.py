"""Who could go on with a second CA, and what is not known of it."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest
from estate_rows import AS_OF

from certanalytics.analysis.issuers.substitutability import NO_APPROVED, NO_LIST, Alternatives, substitutable

DIGICERT, SECTIGO, ENCRYPT = "DigiCert", "Sectigo", "Internet Security Research Group"
KNOWN = Alternatives(
    frozenset({"A", "B", "C"}),
    {"ann": frozenset({"A", "B"}), "bob": frozenset({"A"}), "cid": frozenset({"A", "C"})},
    {"dan": frozenset({"D"})},
    frozenset({"A", "B"}),
)


@pytest.mark.parametrize(
    ("owner", "told", "restricted", "allowed", "expected"),
    [
        (None, True, False, [], None),  # nobody answers for it
        ("bob", True, False, [], False),  # nothing but the CA it has
        ("zoe", True, False, [], False),  # holds nothing of an approved CA
        ("dan", True, False, [], None),  # whether D is approved nobody says
        ("ann", False, False, [], None),  # CAA not known
        ("ann", True, False, [], True),  # CAA lets anyone
        ("ann", True, True, ["A", "B"], True),
        ("ann", True, True, ["A"], False),
        ("cid", True, True, ["A"], None),  # under which name C issues nobody knows
    ],
)
def test_each_case(owner, told, restricted, allowed, expected):
    assert KNOWN.substitutable(owner, "A", told=told, restricted=restricted, allowed=allowed) is expected


def zone(rows, *records, name="example.com", at=AS_OF - timedelta(days=1)):
    rows.load("dns-zone")
    for owner, kind, value in [(name, "SOA", "ns. mail. 1 2 3 4 5"), *records]:
        rows.add(
            "dns_record",
            load="dns-zone",
            locator="line",
            system="zone-file",
            name=owner,
            record_type=kind,
            value=value,
            zone=name,
            observed_at=at,
        )


@pytest.fixture
def two(rows):
    """Ann has certificates of two CAs that a manager records; nobody knows whose the third is."""
    rows.recorded(rows.served("a.example.com", issuer_o="DigiCert Inc"))
    rows.recorded(rows.served("b.example.com", issuer_o="Sectigo Limited"))
    rows.served("c.example.com", issuer_o="DigiCert Inc")
    for name in ("a", "b"):
        rows.asset(f"{name}.example.com", owner="ann")
    return rows


def answer(rows, **asked):
    result = substitutable(rows.estate(), as_of=AS_OF, **asked)
    return result, result.frame.set_index("subject_cn")["substitutable"]


def test_a_second_ca_that_caa_lets_issue(two):
    zone(two, ("example.com", "CAA", '0 issue "digicert.com"'), ("example.com", "CAA", '0 issue "sectigo.com; x=y"'))
    result, able = answer(two)
    assert able["a.example.com"]
    assert able["b.example.com"]
    kpi = result.kpis["substitutable"]
    assert (kpi.value, kpi.numerator, kpi.denominator) == (1, 2, 2)
    assert kpi.excluded == "1 certificate of which it cannot be told"
    assert result.kpis["approved_rate"].sentence == NO_LIST
    assert result.headline == (
        "2 of 2 public certificates (100.0 %) could be replaced by a second approved CA at once; "
        "of 1 it cannot be told."
    )


def test_caa_that_forbids_it(two):
    zone(two, ("example.com", "CAA", '0 issue "digicert.com"'))
    _, able = answer(two)
    assert not able["a.example.com"]
    assert able["b.example.com"]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ((), True),  # a zone without CAA lets anyone
        ([("example.com", "CAA", '0 issue ";"')], False),
        ([("example.com", "CAA", '0 iodef "mailto:a@example.com"')], True),  # says nothing of issuers
        ([("example.com", "CAA", '0 issuewild ";"')], True),  # is of wildcards alone
        ([("a.example.com", "CAA", '0 issue "sectigo.com"'), ("example.com", "CAA", '0 issue ";"')], True),  # closest
        ([("a.example.com", "CNAME", "elsewhere.example.net")], None),  # the alias decides
        ([("*.example.com", "CNAME", "elsewhere.example.net")], None),
        ([("a.example.com", "NS", "ns.example.net")], None),  # a delegation to a zone not loaded
    ],
)
def test_what_the_closest_records_say(two, records, expected):
    zone(two, *records)
    able = answer(two)[1]["a.example.com"]
    assert (None if pd.isna(able) else bool(able)) is expected


@pytest.mark.parametrize("closed", ["a.example.com", "example.com"])
def test_a_name_closed_to_all_is_closed_to_cas_nobody_can_name(rows, closed):
    """That nobody may issue does not hang on under which name a CA would."""
    for name, issuer in (("a.example.com", "Fernhill Trust"), ("b.example.com", "Larkspur Trust")):
        rows.recorded(rows.served(name, issuer_o=issuer, sct_count=2))
        rows.asset(name, owner="ann")
    zone(rows, (closed, "CAA", '0 issue ";"'), ("b.example.com", "CAA", '0 issue "larkspur.example"'))
    result, able = answer(rows)
    assert not able["a.example.com"]
    assert pd.isna(able["b.example.com"])  # who larkspur.example is nobody can tell
    assert not result.frame["caa_allowed"].map(len).any()
    assert result.kpis["substitutable"].denominator == 1


def test_wildcards_have_properties_of_their_own(rows):
    rows.recorded(rows.served("*.example.com", "a.example.com", issuer_o="DigiCert Inc"))
    rows.recorded(rows.served("b.example.org", issuer_o="Sectigo Limited"))
    for name in ("a.example.com", "b.example.org"):
        rows.asset(name, owner="ann")
    zone(rows, ("example.com", "CAA", '0 issue "sectigo.com"'), ("example.com", "CAA", '0 issuewild "digicert.com"'))
    assert not answer(rows)[1]["*.example.com"]


def test_every_name_has_to_allow_it(rows):
    rows.recorded(rows.served(["a.example.com", "a.example.org"], issuer_o="DigiCert Inc"))
    rows.recorded(rows.served("b.example.net", issuer_o="Sectigo Limited"))
    for name in ("a.example.com", "b.example.net"):
        rows.asset(name, owner="ann")
    zone(rows, ("example.com", "CAA", '0 issue "sectigo.com"'))
    zone(rows, ("example.org", "CAA", '0 issue "digicert.com"'), name="example.org")
    assert not answer(rows)[1]["a.example.com"]


def test_who_has_left_changes_to_no_other_ca(two):
    """Ann holds certificates of two CAs; once she has left, who would order the next one nobody says."""
    zone(two)
    two.person("ann", active=False)
    result, able = answer(two)
    assert result.frame.set_index("subject_cn").loc["a.example.com", "owner_state"] == "inactive"
    assert able.isna().all()
    assert result.kpis["second_ca"].value is None


def test_a_zone_not_loaded_is_not_known(two):
    result, able = answer(two)
    assert able.isna().all()
    assert result.kpis["substitutable"].value is None
    assert result.kpis["second_ca"].value == 1


def test_without_records_and_list_no_ca_is_approved(rows):
    rows.served("a.example.com")
    rows.asset("a.example.com", owner="ann")
    result, _ = answer(rows)
    assert {kpi.sentence for kpi in result.kpis.values()} == {NO_APPROVED}


def test_the_list_is_a_parameter(two):
    result, _ = answer(two, approved=[DIGICERT])
    assert result.kpis["approved_rate"].value == pytest.approx(2 / 3)
    assert result.kpis["second_ca"].value == 0.5  # from Sectigo ann could go to DigiCert, not the other way
    assert result.tables["approved"]["ca_owner"].tolist() == [DIGICERT]


def test_a_no_without_caa_is_not_counted_alone(two):
    """Bob has nothing but DigiCert; that it can be told of him alone makes no share of 0 %."""
    two.recorded(two.served("d.example.com", issuer_o="DigiCert Inc"))
    two.asset("d.example.com", owner="bob")
    result, able = answer(two)
    assert not able["d.example.com"]
    assert result.kpis["substitutable"].value is None
    assert result.kpis["second_ca"].value == pytest.approx(2 / 3)


def test_a_ca_no_record_names_may_be_approved(two):
    """Bob holds a certificate of Let's Encrypt, too: without a list nobody knows whether he may use it."""
    two.recorded(two.served("d.example.com", issuer_o="DigiCert Inc"))
    two.served("e.example.com", issuer_o="Let's Encrypt")
    for name in ("d", "e"):
        two.asset(f"{name}.example.com", owner="bob")
    second = answer(two)[0].frame.set_index("subject_cn")["second_ca"]
    assert second.isna()["d.example.com"]
    assert second["e.example.com"]
    second = answer(two, approved=[DIGICERT, SECTIGO])[0].frame.set_index("subject_cn")["second_ca"]
    assert not second["d.example.com"]


def test_without_owners_nothing_is_said(rows):
    rows.recorded(rows.served("a.example.com", issuer_o="DigiCert Inc"))
    result, _ = answer(rows)
    assert result.kpis["second_ca"].sentence == (
        "Who owns the certificates in service cannot be told: no loaded export names an owner."
    )


def test_what_an_owner_holds_does_not_end_at_the_scope(two):
    zone(two)
    result, able = answer(two, scope="subject_cn = 'a.example.com'")
    assert able.tolist() == [True]
    assert result.kpis["substitutable"].denominator == 1


def test_an_ended_certificate_is_nothing_to_fall_back_on(rows):
    rows.recorded(rows.served("a.example.com", issuer_o="DigiCert Inc"))
    rows.recorded(rows.served("b.example.com", issuer_o="Sectigo Limited", days=-1))
    for name in ("a", "b"):
        rows.asset(f"{name}.example.com", owner="ann")
    zone(rows)
    assert not answer(rows, approved=[DIGICERT, SECTIGO])[1]["a.example.com"]


def test_private_certificates_are_left_out(rows):
    rows.served("a.example.com", sct_count=0)
    assert answer(rows)[0].headline == "None of the certificates in service is known to be a public one."
