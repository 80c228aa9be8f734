"""Time left, trust, roots and judgement of keys, with the boundaries where they are decided."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest
from estate_rows import AS_OF

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)


def first(rows, as_of=AS_OF):
    return rows.estate().inventory(as_of=as_of).iloc[0]


@pytest.mark.parametrize(
    ("left", "seconds", "days", "ended"),
    [
        (-3 * HOUR, -10_800, -1, True),
        (-SECOND, -1, -1, True),
        (timedelta(0), 0, 0, False),
        (SECOND, 1, 0, False),
        (DAY - SECOND, 86_399, 0, False),
        (DAY, 86_400, 1, False),
        (-DAY, -86_400, -1, True),
        (-DAY - SECOND, -86_401, -2, True),
    ],
)
def test_time_left_is_rounded_down_and_the_last_second_is_still_valid(rows, left, seconds, days, ended):
    rows.served("a.example.com", ends=AS_OF + left, lifetime=90)
    row = first(rows)
    assert (row["seconds_left"], row["days_left"], row["ended"]) == (seconds, days, ended)


def test_half_a_second_late_is_ended(rows):
    rows.served("a.example.com", ends=AS_OF)
    row = first(rows, AS_OF + timedelta(milliseconds=500))
    assert row["ended"]
    assert row["seconds_left"] == -1


def test_lifetime_counts_as_the_baseline_requirements_do(rows):
    """Section 6.3.2: both ends belong to it, and any fraction of a day counts as a day."""
    rows.served("a.example.com", begins=AS_OF, ends=AS_OF + 398 * DAY - SECOND)
    rows.served("b.example.com", begins=AS_OF, ends=AS_OF + 398 * DAY)
    lifetimes = rows.estate().inventory(as_of=AS_OF).set_index("subject_cn")["lifetime_days"]
    assert lifetimes.to_dict() == {"a.example.com": 398, "b.example.com": 399}


def test_a_certificate_without_dates_is_neither_ended_nor_running(rows):
    rows.served("a.example.com")
    rows.tables["certificate"][0].update(not_before=None, not_after=None)
    row = first(rows)
    assert row[["days_left", "life_left", "ended"]].isna().all()
    assert row["in_service"]


@pytest.mark.parametrize(
    ("columns", "logged", "trust", "owner"),
    [
        ({"issuer_o": "DigiCert Inc", "sct_count": 0}, False, "public", "DigiCert"),
        ({"issuer_o": "Let's Encrypt", "sct_count": 0}, False, "public", "Internet Security Research Group"),
        ({"issuer_o": None, "issuer_cn": "GeoTrust TLS RSA CA G1", "sct_count": 0}, False, "public", "DigiCert"),
        ({"issuer_o": "Larkspur", "sct_count": 2}, False, "public", "Larkspur"),
        ({"issuer_o": "Larkspur", "sct_count": 0}, True, "public", "Larkspur"),
        ({"issuer_o": "Example Corp", "sct_count": 0}, False, "private", "Example Corp"),
        ({"issuer_o": None, "issuer_cn": "Internal CA", "sct_count": 0}, False, "private", "Internal CA"),
        ({"issuer_o": "DigiCert Inc", "is_self_issued": True}, False, "self-signed", "self-signed"),
        ({"issuer_o": "Example Corp", "sct_count": None, "evidence": "parsed"}, False, "unknown", "Example Corp"),
    ],
)
def test_trust_and_owner_of_the_issuer(rows, columns, logged, trust, owner):
    certificate = rows.served("a.example.com", **columns)
    if logged:
        rows.logged(certificate)
    row = first(rows)
    assert (row["trust"], row["ca_owner"]) == (trust, owner)


def authority(rows, name, issuer, *, key, issuer_key_id, **columns):
    dn, issuer_dn = f"CN={name}", f"CN={issuer}"
    return rows.certificate(
        name,
        is_ca=True,
        subject_dn=dn,
        issuer_dn=issuer_dn,
        subject_key_id=key,
        authority_key_id=issuer_key_id,
        is_self_issued=name == issuer,
        **columns,
    )


def test_the_root_is_reached_through_names_and_key_identifiers(rows):
    leaf = rows.certificate("a.example.com", issuer_dn="CN=Issuing", authority_key_id="22")
    chain = [
        leaf,
        authority(rows, "Issuing", "Middle", key="22", issuer_key_id="33"),
        authority(rows, "Middle", "Root", key="33", issuer_key_id="44"),
        authority(rows, "Root", "Root", key="44", issuer_key_id=None),
        authority(rows, "Root", "Root", key="55", issuer_key_id=None, serial_hex="another key of the same name"),
    ]
    rows.seen(chain, "a.example.com")
    row = first(rows)
    assert (row["root"], row["root_cn"]) == ("CN=Root", "Root")


@pytest.mark.parametrize("order", [list, lambda rows: rows[::-1]], ids=["as written", "reversed"])
def test_of_two_roots_as_near_the_first_by_name_counts_whole(rows, order):
    chain = [
        rows.certificate("a.example.com", issuer_dn="CN=New", authority_key_id="22"),
        authority(rows, "New", "Root B", key="22", issuer_key_id="33"),
        authority(rows, "New", "Root A", key="22", issuer_key_id="44"),
        authority(rows, "Root B", "Root B", key="33", issuer_key_id=None),
        authority(rows, "Root A", "Root A", key="44", issuer_key_id=None),
    ]
    rows.seen(chain, "a.example.com")
    with rows.estate(order) as estate:
        statement = "SELECT DISTINCT root, root_key_id FROM root_path($as_of) WHERE issuer_dn = 'CN=New'"
        found = estate.store.fetch(statement, {"as_of": AS_OF})
    assert [list(row) for row in found] == [["CN=Root A", "44"]]


def test_cross_signed_the_nearest_root_counts_and_a_ring_ends(rows):
    leaf = rows.certificate("a.example.com", issuer_dn="CN=New", authority_key_id="22")
    lost = rows.certificate("b.example.com", issuer_dn="CN=Ring 1", authority_key_id="66")
    chain = [
        leaf,
        authority(rows, "New", "Old", key="22", issuer_key_id="33"),
        authority(rows, "New", "New", key="22", issuer_key_id=None),
        authority(rows, "Old", "Old", key="33", issuer_key_id=None),
        authority(rows, "Ring 1", "Ring 2", key="66", issuer_key_id="77"),
        authority(rows, "Ring 2", "Ring 1", key="77", issuer_key_id="66"),
    ]
    rows.seen(chain, "a.example.com")
    rows.seen(lost, "b.example.com")
    frame = rows.estate().inventory(as_of=AS_OF).set_index("certificate")
    assert frame.loc[leaf, "root"] == "CN=New"
    assert frame["root"].isna()[lost]


@pytest.mark.parametrize(
    ("key", "public", "weak", "strength", "deprecated"),
    [
        (("RSA", 1024, None), False, True, 80, True),
        (("RSA", 2047, None), False, True, 80, True),
        (("RSA", 2048, None), True, False, 112, True),
        (("RSA", 3072, None), True, False, 128, False),
        (("EC", 192, "secp192r1"), False, True, 80, True),
        (("EC", 224, "secp224r1"), False, False, 112, True),
        (("EC", 224, "secp224r1"), True, True, 112, True),
        (("EC", 256, "secp256r1"), True, False, 128, False),
        (("EC", 256, "secp256k1"), True, True, 128, False),
        (("EC", 256, "secp256k1"), False, False, 128, False),
        (("EC", 256, None), True, False, 128, False),
        (("Ed25519", 256, None), False, False, 128, False),
        (("Ed25519", 256, None), True, True, 128, False),
        (("DSA", 2048, None), False, True, 112, True),
    ],
)
def test_keys_are_judged_by_size_curve_and_trust(rows, key, public, weak, strength, deprecated):
    algorithm, bits, curve = key
    rows.served(
        "a.example.com",
        ends=AS_OF.replace(year=2031),
        key_algorithm=algorithm,
        key_bits=bits,
        key_curve=curve,
        sct_count=2 if public else 0,
    )
    row = first(rows)
    assert isinstance(row["weak_key"], str) == weak
    assert row["strength_bits"] == strength
    assert row["quantum_vulnerable"]
    assert row["outlives_deprecation"] == deprecated if deprecated else row["outlives_deprecation"] is not True
    assert not row["outlives_disallowance"]


def test_an_rsa_key_of_unknown_size_is_vulnerable_and_no_more_is_known(rows):
    rows.served("a.example.com", ends=AS_OF.replace(year=2031), key_algorithm="RSA", key_bits=None, key_curve=None)
    row = first(rows)
    assert row["quantum_vulnerable"]
    assert pd.isna(row["strength_bits"])
    assert pd.isna(row["outlives_deprecation"])


def test_a_post_quantum_key_is_neither_weak_nor_vulnerable(rows):
    rows.served("a.example.com", key_algorithm="ML-DSA-65", key_bits=None, key_curve=None)
    row = first(rows)
    assert not row["quantum_vulnerable"]
    assert not isinstance(row["weak_key"], str)


def test_rules_hold_from_their_day(rows):
    long_ago = AS_OF.replace(year=2013)
    certificate = rows.certificate("a.example.com", ends=AS_OF, lifetime=9000, key_algorithm="RSA", key_bits=1024)
    rows.seen(certificate, "a.example.com", at=long_ago)
    assert not isinstance(first(rows, long_ago)["weak_key"], str)
    assert isinstance(first(rows)["weak_key"], str)


def test_the_signature_over_oneself_is_not_judged(rows):
    rows.served("a.example.com", signature_hash="sha1")
    rows.served("b.example.com", signature_hash="sha1", is_self_issued=True)
    frame = rows.estate().inventory(as_of=AS_OF).set_index("subject_cn")
    assert frame["weak_signature"].notna().to_dict() == {"a.example.com": True, "b.example.com": False}
