"""What certificates may be used for, and whether they point where revocation is found."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.contents.extensions import NO_PUBLIC, NO_PURPOSES, pointers, purposes

DAY = timedelta(days=1)
PRIVATE = {"sct_count": 0}
BOTH = ["serverAuth", "clientAuth"]
POINTING = {"crl_urls": ["http://crl.example/1"], "ca_issuer_urls": ["http://ca.example/1"]}


def reasons(rows, **asked):
    findings = purposes(rows.estate(), as_of=AS_OF, **asked).tables["findings"]
    return dict(zip(findings["subject_cn"], findings["reason"], strict=True))


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"extended_key_usage": ["serverAuth", "codeSigning"]}, "extended key usage codeSigning"),
        ({"extended_key_usage": ["serverAuth", "anyExtendedKeyUsage"]}, "extended key usage anyExtendedKeyUsage"),
        ({"extended_key_usage": []}, "no extended key usage"),
        ({"extended_key_usage": ["clientAuth"]}, "extended key usage without serverAuth"),
        ({"key_usage": ["digitalSignature", "keyCertSign"]}, "key usage keyCertSign without being a CA"),
        (
            {"key_usage": ["digitalSignature", "keyEncipherment"]},
            "key usage keyEncipherment with an elliptic-curve key",
        ),
        (
            {"key_usage": ["keyEncipherment"], "key_algorithm": "RSA", "key_curve": None, "key_bits": 2048},
            "key usage without digitalSignature: no TLS 1.3",
        ),
    ],
)
def test_a_purpose_that_breaks_a_rule_for_public_certificates(rows, columns, reason):
    rows.served("a.example.com", **columns)
    rows.served("b.example.com")
    assert reasons(rows) == {"a.example.com": reason}


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"extended_key_usage": ["serverAuth", "codeSigning"]}, False),
        ({"extended_key_usage": []}, False),
        ({"extended_key_usage": ["anyExtendedKeyUsage"]}, False),
        ({"extended_key_usage": ["clientAuth"]}, True),
        ({"key_usage": ["digitalSignature", "keyCertSign"]}, True),
        ({"key_usage": ["digitalSignature", "keyCertSign"], "is_ca": True, "is_self_issued": True}, False),
        ({"key_usage": ["digitalSignature", "keyEncipherment"]}, False),
    ],
)
def test_of_private_certificates_only_general_rules_are_asked(rows, columns, found):
    rows.served("a.example.com", **PRIVATE, **columns)
    assert bool(reasons(rows)) == found


def test_a_rule_binds_from_its_day_on(rows):
    for name, day in (("a", "2023-09-14"), ("b", "2023-09-15")):
        rows.served(
            f"{name}.example.com", begins=datetime.fromisoformat(day), extended_key_usage=["serverAuth", "codeSigning"]
        )
    assert reasons(rows) == {"b.example.com": "extended key usage codeSigning"}


def test_what_a_description_leaves_out_is_not_judged(rows):
    rows.served("a.example.com", evidence="parsed", extended_key_usage=[], sct_count=None)
    found = purposes(rows.estate(), as_of=AS_OF)
    assert (found.kpis["purpose_findings"].value, found.kpis["purpose_findings"].sentence) == (None, NO_PURPOSES)
    assert (found.kpis["client_auth"].value, found.kpis["client_auth"].sentence) == (None, NO_PUBLIC)
    rows.served("b.example.com", evidence="parsed", extended_key_usage=BOTH)
    kpi = purposes(rows.estate(), as_of=AS_OF).kpis["client_auth"]
    assert (kpi.value, kpi.denominator) == (1, 1)


def test_who_loses_client_authentication_at_the_next_renewal(rows):
    """2027-03-15 for any public CA; DigiCert stopped in May 2026 already."""
    rows.served(
        "before.example.com", ends=datetime(2027, 3, 14, 23, 59, 59), begins=AS_OF - DAY, extended_key_usage=BOTH
    )
    rows.served("after.example.com", ends=datetime(2027, 3, 15), begins=AS_OF - DAY, extended_key_usage=BOTH)
    rows.served("digicert.example.com", days=5, issuer_o="DigiCert Inc", extended_key_usage=BOTH)
    rows.served("private.example.com", extended_key_usage=BOTH, **PRIVATE)
    rows.served("server.example.com")
    found = purposes(rows.estate(), as_of=AS_OF)
    clients = found.tables["client_auth"].set_index("subject_cn")
    assert clients["next_without"].to_dict() == {
        "digicert.example.com": True,
        "after.example.com": True,
        "before.example.com": False,
    }
    assert clients["until"]["digicert.example.com"] == datetime(2026, 5, 1)
    assert clients["status"].to_dict() == {
        "digicert.example.com": "announced by the CA",
        "after.example.com": "root programme policy",
        "before.example.com": "root programme policy",
    }
    kpi = found.kpis["client_auth"]
    assert (kpi.value, kpi.denominator, kpi.excluded) == (
        3,
        4,
        "1 certificate private or self-signed (no public CA decides)",
    )
    assert (found.kpis["client_auth_next"].value, found.kpis["client_auth_next"].denominator) == (2, 3)
    assert found.headline == (
        "3 of 4 public certificates in service (75.0 %) are also for client authentication; 2 of these will be renewed "
        "without it."
    )


def test_combinations_count_every_certificate_whose_purposes_are_known(rows):
    rows.served("a.example.com", extended_key_usage=BOTH)
    rows.served("b.example.com", extended_key_usage=BOTH[::-1])
    rows.served("c.example.com", key_usage=["digitalSignature"])
    frame = purposes(rows.estate(), as_of=AS_OF).frame
    assert frame[["extended_key_usage", "key_usage", "certificates"]].to_numpy().tolist() == [
        ["clientAuth, serverAuth", "", 2],
        ["serverAuth", "digitalSignature", 1],
    ]


def revocation(rows):
    return pointers(rows.estate(), as_of=AS_OF).kpis["without_revocation"]


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({}, 1),
        ({"crl_urls": ["http://crl.example/1"]}, 0),
        ({"ocsp_urls": ["http://ocsp.example"]}, 0),  # a responder stands in for the CRL
        ({"begins": datetime(2026, 11, 20), "ends": datetime(2026, 11, 26, 23, 59, 59)}, 0),  # seven days
        ({"begins": datetime(2026, 11, 20), "ends": datetime(2026, 11, 27)}, 1),  # a second more
        ({"begins": datetime(2026, 3, 14), "ends": datetime(2026, 3, 23, 23, 59, 59)}, 0),  # ten days, issued before
        ({"begins": datetime(2026, 3, 15), "ends": datetime(2026, 3, 24, 23, 59, 59)}, 1),
    ],
)
def test_a_crl_must_be_named_unless_short_lived_or_with_a_responder(rows, columns, found):
    rows.served("a.example.com", **columns)
    assert (revocation(rows).value, revocation(rows).denominator) == (found, 1)


def test_a_missing_responder_is_no_finding(rows):
    rows.served("a.example.com", **POINTING)
    found = pointers(rows.estate(), as_of=AS_OF)
    assert [kpi.value for kpi in found.kpis.values()] == [0, 0, 0]
    assert found.frame.empty


def test_private_and_partial_ones_have_no_pointers_to_miss(rows):
    rows.served("a.example.com", **PRIVATE)
    rows.served("b.example.com", evidence="parsed")
    rows.served("c.example.com", evidence="parsed", sct_count=None)
    found = pointers(rows.estate(), as_of=AS_OF)
    assert {kpi.value for kpi in found.kpis.values()} == {None}
    assert found.headline == NO_PUBLIC
    rows.served("d.example.com", begins=datetime(2024, 3, 14), **POINTING)
    kpi = revocation(rows)
    assert kpi.value is None  # issued the day before the rule


def test_scts_are_not_asked_of_a_precertificate(rows):
    rows.logged(rows.served("a.example.com", sct_count=0, **POINTING))
    rows.logged(rows.served("b.example.com", sct_count=0, is_precert=True, **POINTING))
    kpi = pointers(rows.estate(), as_of=AS_OF).kpis["without_scts"]
    assert (kpi.value, kpi.denominator, kpi.excluded) == (1, 1, "1 certificate known as precertificates only")


def test_a_scope(rows):
    rows.served("a.example.com", extended_key_usage=["clientAuth"])
    rows.served("b.example.com", extended_key_usage=["clientAuth"])
    assert list(reasons(rows, scope="subject_cn = 'b.example.com'")) == ["b.example.com"]
