"""What conditions are told of a row: NULL where these data do not say, never a no in its place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF, Rows

DAY = timedelta(days=1)


def certificates(rows):
    frame = rows.estate().ask("judged_certificates", as_of=AS_OF)
    return frame.set_index("display_name")


def value(frame, name, column):
    found = frame.loc[name, column]
    return None if found is None or str(found) in {"<NA>", "nan", "NaT"} else found


TOLD = [
    ({"sct_count": 0}, "is_public", False),
    ({"sct_count": None, "evidence": "parsed"}, "is_public", None),
    ({"key_algorithm": "GOST"}, "key_is_weak", None),
    ({"key_algorithm": "ML-DSA-65", "key_bits": None, "key_curve": None}, "key_is_weak", False),
    ({"key_algorithm": "DSA", "key_bits": None, "key_curve": None}, "key_is_weak", True),
    ({"key_curve": None}, "key_is_weak", None),
    ({"key_curve": None, "sct_count": 0}, "key_is_weak", False),
    ({"key_curve": "secp256k1"}, "key_is_weak", True),
    ({"key_curve": "secp256k1", "sct_count": None, "evidence": "parsed"}, "key_is_weak", None),
    ({"signature_hash": None, "signature_algorithm": "ed25519"}, "signature_is_weak", False),
    ({"signature_hash": None, "signature_algorithm": "ML-DSA-44"}, "signature_is_weak", False),
    ({"signature_hash": None, "signature_algorithm": "something"}, "signature_is_weak", None),
    ({"signature_hash": "sha1", "is_self_issued": True}, "signature_is_weak", False),
    ({"key_algorithm": "ML-DSA-65", "key_bits": None, "key_curve": None}, "quantum_vulnerable", False),
    ({"key_algorithm": "GOST"}, "quantum_vulnerable", None),
    ({"key_algorithm": None}, "quantum_vulnerable", None),
    ({"san_dns": ["a.example.com"], "evidence": "parsed"}, "has_wildcard", None),
    ({"san_dns": ["a.example.com", "*.example.net"], "evidence": "parsed"}, "has_wildcard", True),
    ({"san_dns": ["a*.example.com"]}, "has_wildcard", False),
    ({"subject_cn": "A.Example.com"}, "common_name_not_in_san", False),
    ({"san_dns": []}, "common_name_not_in_san", True),
    ({"san_dns": []}, "san_count", 0),
    ({"san_dns": [], "evidence": "parsed"}, "san_count", None),
    ({"extended_key_usage": [], "evidence": "parsed"}, "extended_key_usage", None),
    ({"issuer_cn": None, "issuer_o": None}, "ca_owner", None),
]
"""What is known of a certificate, a column, and what it tells."""


@pytest.fixture(scope="module")
def judged():
    """A certificate for each of them, in one estate."""
    rows = Rows()
    for number, (columns, _, _) in enumerate(TOLD):
        rows.served("a.example.com", f"h{number}.example.com", identity=f"{number:064}", **columns)
    return rows.estate().ask("judged_certificates", as_of=AS_OF).set_index("subject")


@pytest.mark.parametrize("number", range(len(TOLD)))
def test_three_values(judged, number):
    _, column, told = TOLD[number]
    assert value(judged, f"{number:064}", column) == told


def test_keys_that_differ_in_the_exponent_alone_are_judged_once_each(rows):
    for name, exponent in (("f4", 65537), ("three", 3), ("one", 1), ("untold", None)):
        rows.served(f"{name}.example.com", key_algorithm="RSA", key_bits=2048, key_curve=None, rsa_exponent=exponent)
    frame = certificates(rows)
    assert {name.partition(".")[0]: value(frame, name, "key_is_weak") for name in frame.index} == {
        "f4": False,
        "three": False,
        "one": True,
        "untold": False,
    }
    assert frame.index.is_unique


def test_traps_are_not_offered_to_conditions(rows):
    rows.served("a.example.com")
    columns = set(certificates(rows).columns)
    assert not columns & {"trust", "weak_key", "weak_signature", "critical"}


def test_a_name_without_a_domain_counts_for_no_domain(rows):
    rows.served(["intranet", "a.example.com"])
    assert list(certificates(rows).loc["intranet", "registered_domains"]) == ["example.com"]


def offered(rows, source, protocols, *, ago=1, suites=(), groups=(), **place):
    rows.add(
        "endpoint_tls",
        load=rows.load(source),
        locator="endpoint",
        **{"host": "a.example.com", "port": 443, **place},
        protocols=list(protocols),
        cipher_suites=list(suites),
        groups=list(groups),
        observed_at=AS_OF - ago * DAY,
        time_basis="record",
    )


def endpoint(rows, row=0):
    found = rows.estate().ask("judged_endpoints", as_of=AS_OF).iloc[row]
    return list(found["protocols"]), bool(found["versions_told"]), bool(found["tls13_told"]), bool(found["suites_told"])


def test_an_endpoint_nobody_asked_tells_nothing(rows):
    rows.served("a.example.com")
    assert endpoint(rows) == ([], False, False, False)


def test_one_handshake_tells_what_it_saw_and_not_what_else_there_is(rows):
    rows.served("a.example.com")
    offered(rows, "zgrab2-json", ["TLSv1.3"], suites=["TLS_AES_128_GCM_SHA256"])
    assert endpoint(rows) == (["TLSv1.3"], False, False, False)


def test_a_scan_that_tries_all_tells_all_but_an_nmap_may_not_know_tls13(rows):
    rows.served("a.example.com")
    offered(rows, "nmap-xml", ["TLSv1.2"], suites=["TLS_RSA_WITH_AES_128_CBC_SHA"])
    assert endpoint(rows) == (["TLSv1.2"], True, False, True)


def test_sslyze_tells_all_if_it_was_not_narrowed(rows):
    rows.served("a.example.com")
    offered(rows, "sslyze-json", ["TLSv1.2"])
    assert not endpoint(rows)[1]
    offered(rows, "sslyze-json", ["TLSv1.2"], groups=["x25519"])
    assert endpoint(rows)[1]


def test_what_was_switched_off_since_the_last_whole_look_no_longer_counts(rows):
    rows.served("a.example.com")
    offered(rows, "testssl-json", ["TLSv1.0", "TLSv1.2"], ago=20)
    assert endpoint(rows)[0] == ["TLSv1.0", "TLSv1.2"]
    offered(rows, "testssl-json", ["TLSv1.2"], ago=2)
    assert endpoint(rows) == (["TLSv1.2"], True, True, False)
    offered(rows, "sslscan-xml", ["TLSv1.1"], ago=10)
    assert endpoint(rows)[0] == ["TLSv1.2"]
    offered(rows, "zgrab2-json", ["TLSv1.1"], ago=1)
    assert endpoint(rows)[0] == ["TLSv1.1", "TLSv1.2"]


def test_an_old_look_is_none(rows):
    rows.served("a.example.com")
    offered(rows, "testssl-json", ["TLSv1.2"], ago=46)
    assert endpoint(rows) == ([], False, False, False)


def test_a_look_from_later_does_not_count_for_earlier(rows):
    rows.served("a.example.com")
    offered(rows, "testssl-json", ["TLSv1.0"], ago=-1)
    assert endpoint(rows) == ([], False, False, False)


def test_of_several_addresses_each_is_told_by_its_own_look(rows):
    certificate = rows.served("a.example.com", ip="192.0.2.1")
    rows.seen(certificate, "a.example.com", ip="192.0.2.2")
    offered(rows, "testssl-json", ["TLSv1.2"], ip="192.0.2.1")
    assert [endpoint(rows, row)[1] for row in (0, 1)] == [True, False]
    offered(rows, "ssllabs-json", ["TLSv1.2"])  # of one of them, and nobody says of which
    assert [endpoint(rows, row)[1] for row in (0, 1)] == [True, False]


def requests(rows):
    frame = rows.estate().ask("judged_requests", as_of=AS_OF)
    return [value(frame.set_index("record_id"), name, "same_person") for name in sorted(frame["record_id"])]


def test_who_is_the_same_person(rows):
    rows.person("ann")
    rows.person("bob")
    pairs = [
        ("ann", "ANN@example.com"),
        ("ann", "bob@example.com"),
        ("ann", "Ann Somebody"),
        ("x@example.net", "y@example.net"),
        ("x@example.net", "X@EXAMPLE.NET "),
        ("ann", None),
    ]
    certificate = rows.certificate("a.example.com")
    for requester, approver in pairs:
        rows.recorded(certificate, requester=requester, approver=approver)
    assert requests(rows) == [True, False, None, False, True, None]


def test_that_nobody_approved_is_known_only_of_a_system_that_names_approvers(rows):
    rows.recorded(rows.certificate("a.example.com"), approver="ann")
    rows.recorded(rows.certificate("b.example.com"), approver=" ")
    rows.recorded(rows.certificate("c.example.com"), system="other")
    frame = rows.estate().ask("judged_requests", as_of=AS_OF).set_index("display_name")
    assert [value(frame, f"{name}.example.com", "approver_missing") for name in "abc"] == [False, True, None]


def test_only_what_a_record_said_last_counts(rows):
    certificate = rows.certificate("a.example.com")
    rows.recorded(certificate, record_id="1", at=AS_OF - 9 * DAY, approver="ann")
    rows.recorded(certificate, record_id="1", at=AS_OF - 2 * DAY, approver="bob")
    rows.recorded(certificate, record_id="1", at=AS_OF + DAY, approver="eve")
    frame = rows.estate().ask("judged_requests", as_of=AS_OF)
    assert frame["approver"].tolist() == ["bob"]


def test_cryptography_in_use_and_what_nobody_told(rows):
    rows.asset("a.example.com", service="Shop")
    rows.served("a.example.com")
    rows.served("b.example.com", key_algorithm=None, key_bits=None, key_curve=None, signature_hash=None)
    offered(rows, "nmap-xml", ["TLSv1.2", "TLSv1.3"], suites=["TLS_AES_128_GCM_SHA256"])
    estate = rows.estate()
    frame = estate.ask("pci_cryptography", as_of=AS_OF)
    found = [(row.kind, row.algorithm, row.uses) for row in frame.itertuples()]
    assert found == [
        ("protocol", "TLSv1.2", 1),
        ("protocol", "TLSv1.3", 1),
        ("protocol", "not told", 1),
        ("cipher suite", "TLS_AES_128_GCM_SHA256", 1),
        ("cipher suite", "not told", 1),
        ("key exchange", "not told", 2),
        ("certificate key", "EC secp256r1", 1),
        ("certificate key", "not told", 1),
        ("certificate signature", "not told", 1),
        ("certificate signature", "sha256", 1),
    ]
    assert list(frame["used_for"][0]) == ["Shop"]
    inventory = estate.ask("pci_certificates", as_of=AS_OF, scope="service = 'Shop'")
    assert inventory["subject_cn"].tolist() == ["a.example.com"]
