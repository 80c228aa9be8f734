"""One issuance is one certificate, however many sources say how much of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

LONG = "0badcafe0badcafe0badcafe"
STATED = {"evidence": "parsed", "sha256": None, "sha1": None, "tbs_sha256": None, "is_ca": None, "sct_count": None}


def inventory(rows, **columns):
    return rows.estate().inventory(as_of=AS_OF, **columns)


def test_precertificate_and_certificate_are_one_and_the_certificate_stands_for_both(rows):
    final = rows.served("a.example.com", tbs_sha256="one")
    rows.logged(rows.certificate("a.example.com", tbs_sha256="one", is_precert=True))
    frame = inventory(rows)
    assert frame["certificate"].tolist() == [final]
    assert not frame["is_precert"][0]
    assert frame["sources"][0].tolist() == ["ct-get-entries", "nmap-xml"]
    assert frame["seen_in_log"][0]
    assert frame["first_seen"][0] == AS_OF - timedelta(days=20)


def test_a_precertificate_alone_stands_for_itself(rows):
    precertificate = rows.logged(rows.certificate("a.example.com", is_precert=True))
    assert inventory(rows)["certificate"].tolist() == [precertificate]


def test_the_past_knows_the_precertificate_only(rows):
    final = rows.seen(rows.certificate("a.example.com", tbs_sha256="one"), "a.example.com")
    precertificate = rows.logged(rows.certificate("a.example.com", tbs_sha256="one", is_precert=True))
    estate = rows.estate()
    before_the_scan = AS_OF - timedelta(days=10)
    assert estate.inventory(as_of=before_the_scan)["certificate"].tolist() == [precertificate]
    assert estate.inventory(as_of=AS_OF)["certificate"].tolist() == [final]


@pytest.mark.parametrize(
    "said",
    [
        {"identity": "sha1:aa", "sha1": "aa"},
        {
            "identity": "serial:1",
            "serial_hex": "0badcafe",
            "issuer_cn": None,
            "issuer_dn": "O=Example Trust, CN=Issuing",
        },
        {"identity": "serial:2", "serial_hex": "0badcafe", "issuer_cn": "ISSUING", "issuer_dn": None},
        {"identity": "serial:3", "serial_hex": LONG, "issuer_cn": None, "issuer_dn": None, "issuer_o": "EXAMPLE trust"},
        {"identity": "text:1", "serial_hex": None, "issuer_cn": "Someone else", "issuer_dn": None},
    ],
    ids=[
        "SHA-1",
        "serial, issuer",
        "serial, issuer's common name",
        "long serial, organisation",
        "names, day of the end",
    ],
)
def test_what_is_said_of_a_certificate_is_resolved_to_it(rows, said):
    serial = LONG if said.get("serial_hex") == LONG else "0badcafe"
    whole = rows.served("a.example.com", sha1="aa", serial_hex=serial, issuer_cn="Issuing")
    rows.recorded(rows.certificate("a.example.com", **{**STATED, **said}))
    frame = inventory(rows)
    assert frame["certificate"].tolist() == [whole]
    assert frame["seen_in_record"][0]


@pytest.mark.parametrize(
    "said",
    [
        {"identity": "serial:1", "serial_hex": "0badcafe", "issuer_cn": "Someone else", "issuer_dn": "CN=Someone else"},
        {"identity": "serial:2", "serial_hex": "0badcafe", "issuer_cn": None, "issuer_dn": None, "issuer_o": None},
        {"identity": "serial:3", "serial_hex": "0badcafe", "issuer_cn": None, "issuer_dn": None},
        {"identity": "text:1", "serial_hex": None, "issuer_dn": None, "san_dns": ["b.example.com"]},
    ],
    ids=["serial of another issuer", "serial alone", "short serial and organisation", "other names"],
)
def test_what_may_be_another_certificate_is_kept_apart(rows, said):
    rows.served("a.example.com", serial_hex="0badcafe", issuer_cn="Issuing")
    rows.recorded(rows.certificate("a.example.com", **{**STATED, **said}))
    assert sorted(inventory(rows)["evidence"]) == ["der", "parsed"]


def test_names_and_day_that_fit_two_certificates_resolve_to_neither(rows):
    rows.served("a.example.com", key_algorithm="RSA")
    rows.served("a.example.com", key_algorithm="EC", port=8443)
    rows.recorded(rows.certificate("a.example.com", **STATED, identity="text:1", serial_hex=None))
    assert len(inventory(rows)) == 3


def test_two_statements_about_one_serial_number_of_one_issuer_are_one(rows):
    same = {"serial_hex": "0badcafe", "issuer_cn": "Issuing", "issuer_dn": None}
    rows.recorded(rows.certificate("a.example.com", **{**STATED, "sha1": "aa"}, **same, identity="sha1:aa"))
    rows.recorded(rows.certificate("a.example.com", **STATED, **same, identity="serial:1"))
    assert inventory(rows)["certificate"].tolist() == ["sha1:aa"]


def test_one_serial_number_with_two_fingerprints_is_two_certificates(rows):
    same = {"serial_hex": "01", "issuer_cn": "localhost", "issuer_dn": None}
    for digest in ("aa", "bb"):
        said = {**STATED, "sha1": digest}
        rows.recorded(rows.certificate("a.example.com", **said, **same, identity=f"sha1:{digest}"))
    assert sorted(inventory(rows)["certificate"]) == ["sha1:aa", "sha1:bb"]


def test_ca_certificates_and_those_for_other_purposes_are_left_out(rows):
    leaf = rows.certificate("a.example.com")
    rows.seen([leaf, rows.certificate("CA", is_ca=True)], "a.example.com")
    rows.logged(rows.certificate("b.example.com", extended_key_usage=["clientAuth"]))
    any_usage = rows.logged(rows.certificate("c.example.com", extended_key_usage=["anyExtendedKeyUsage"]))
    no_usage = rows.logged(rows.certificate("d.example.com", extended_key_usage=[]))
    assert sorted(inventory(rows)["certificate"]) == sorted([leaf, any_usage, no_usage])


def test_what_a_server_presents_as_its_own_is_a_server_certificate(rows):
    appliance = rows.served("fw.example.com", is_ca=True, is_self_issued=True)
    client = rows.served("b.example.com", extended_key_usage=["clientAuth"])
    rows.served("c.example.com", is_ca=True)  # a chain in the wrong order
    assert sorted(inventory(rows)["certificate"]) == sorted([appliance, client])


def test_a_ca_in_a_file_is_no_server_certificate(rows):
    rows.seen(rows.certificate("CA", is_ca=True, is_self_issued=True), None, kind="file", path="ca.pem")
    assert inventory(rows).empty


def test_a_fingerprint_in_the_chain_above_another_is_taken_for_a_ca(rows):
    leaf = rows.certificate("a.example.com")
    unknown = {**STATED, "sha256": "ee" * 32, "serial_hex": None, "subject_cn": None, "not_after": None}
    above = rows.certificate("nothing is known", identity="ee" * 32, **{**unknown, "san_dns": []})
    rows.seen([leaf, above], "a.example.com")
    assert inventory(rows)["certificate"].tolist() == [leaf]
    rows.seen(above, "b.example.com")
    assert sorted(inventory(rows)["certificate"]) == sorted([leaf, above])


def test_names_in_a_log_without_anything_to_know_a_certificate_by_are_none(rows):
    said = {**STATED, "identity": "text:1", "serial_hex": None, "issuer_dn": None, "not_after": None}
    rows.logged(rows.certificate("a.example.com", **said))
    assert inventory(rows).empty
