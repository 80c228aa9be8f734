"""Which keys are weak, shared or outlived."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pytest
from estate_rows import AS_OF

from certanalytics.analysis.keys.algorithms import strength


def values(result):
    return {kpi.id: kpi.value for kpi in result.kpis.values()}


@pytest.fixture
def estate(rows):
    """Six certificates in service with keys of four kinds, two of them weak."""
    rsa = {"key_algorithm": "RSA", "key_curve": None}
    rows.served("a.example.com", **rsa, key_bits=1024, ends=AS_OF.replace(year=2036))
    rows.served("b.example.com", **rsa, key_bits=2048, ends=AS_OF.replace(year=2031), signature_hash="sha1")
    rows.served("c.example.com", **rsa, key_bits=2048, ends=AS_OF.replace(year=2030, month=12, day=31))
    rows.served("d.example.com", ends=AS_OF.replace(year=2031))
    rows.served("e.example.com", key_curve="secp256k1")
    rows.served("f.example.com", key_algorithm="ML-DSA-65", key_curve=None, key_bits=None)
    rows.served("g.example.com", key_algorithm=None, key_curve=None, key_bits=None, signature_hash=None)
    rows.logged(rows.certificate("logged.example.com", **rsa, key_bits=1024))
    return rows.estate()


def test_figures(estate):
    found = strength(estate, as_of=AS_OF)
    assert values(found) == {
        "weak_keys": 2,
        "weak_signatures": 1,
        "weak_chains": None,
        "small_exponents": None,
        "strong_keys": 2 / 5,
        "reused_keys": 0,
        "wildcard_reach": 0,
        "quantum_vulnerable": 5,
        "outlive_2030": 3,
        "outlive_2035": 1,
    }
    assert found.kpis["weak_keys"].denominator == 6
    assert found.kpis["weak_keys"].excluded == "1 certificate whose key is not known"
    assert "2 of these have keys of no more than 112 bits" in found.kpis["outlive_2030"].sentence
    assert "initial public draft" in found.kpis["outlive_2030"].definition
    assert found.headline == (
        "2 certificates in service rest on weak keys; 3 certificates end after 2030 on keys that a quantum computer "
        "would break."
    )


def test_frame_counts_every_certificate_once(estate):
    frame = strength(estate, as_of=AS_OF).frame
    kinds = {
        (row.key_algorithm, row.key_bits, row.weak): row.certificates
        for row in frame.astype({"key_bits": "float"}).fillna({"key_algorithm": "?", "key_bits": 0}).itertuples()
    }
    assert kinds == {
        ("RSA", 1024, True): 1,
        ("RSA", 2048, False): 2,
        ("EC", 256, False): 1,
        ("EC", 256, True): 1,
        ("ML-DSA-65", 0, False): 1,
        ("?", 0, False): 1,
    }
    assert frame["share"].sum() == pytest.approx(1)


def test_sunset_puts_each_vulnerable_certificate_in_one_place(estate):
    sunset = strength(estate, as_of=AS_OF).tables["sunset"]
    assert sunset.to_numpy().tolist() == [
        [2026, 1, 0, 0],
        [2030, 1, 0, 0],  # RSA-2048 to the last day of 2030 is in time
        [2031, 1, 1, 0],  # P-256 is in time, RSA-2048 deprecated
        [2036, 0, 0, 1],
    ]


def test_the_list_to_act_on_says_why(estate):
    weak = strength(estate, as_of=AS_OF).tables["weak"]
    assert dict(zip(weak["subject_cn"], weak["reason"], strict=True)) == {
        "a.example.com": "RSA below 2048 bits",
        "b.example.com": "SHA-1 signature",
        "e.example.com": "curve not permitted in publicly trusted certificates",
    }


def test_a_key_for_different_names_is_reused_and_a_renewal_is_not(rows):
    for name in ("a.example.com", "b.example.com", "c.example.com"):
        rows.served(name, spki_sha256="shared")
    rows.served("d.example.com", spki_sha256="renewed", days=5)
    rows.served("d.example.com", spki_sha256="renewed", days=80)
    rows.logged(rows.certificate("e.example.com", spki_sha256="renewed"))
    found = strength(rows.estate(), as_of=AS_OF)
    reused = found.tables["reused"]
    assert reused["spki_sha256"].tolist() == ["shared"]
    assert reused["hosts"][0].tolist() == ["a.example.com", "b.example.com", "c.example.com"]
    assert (values(found)["reused_keys"], found.kpis["reused_keys"].numerator) == (1, 3)


def test_how_far_a_wildcard_reaches(rows):
    wide = rows.served("*.example.com", "a.example.com")
    rows.seen(wide, "b.example.com")
    rows.seen(wide, "b.example.com", port=8443)
    rows.served("*.example.net", "a.example.net")
    rows.served("star.example.org")
    found = strength(rows.estate(), as_of=AS_OF)
    assert found.tables["wildcards"]["endpoints"].tolist() == [3, 1]
    assert values(found)["wildcard_reach"] == 3


@pytest.mark.parametrize(
    ("columns", "public", "private"),
    [
        ({"key_bits": 2049}, "RSA size not divisible by 8", None),
        ({"key_bits": 2047}, "RSA below 2048 bits", "RSA below 2048 bits"),
        ({"key_bits": 2056}, None, None),
        ({"rsa_exponent": 1}, "RSA exponent below 3", "RSA exponent below 3"),
        ({"rsa_exponent": 65536}, "RSA exponent is even", "RSA exponent is even"),
        ({"rsa_exponent": 3}, None, None),
        ({"rsa_exponent": None}, None, None),
    ],
)
def test_an_rsa_key_of_an_odd_size_or_exponent(rows, columns, public, private):
    rsa = {"key_algorithm": "RSA", "key_curve": None, "key_bits": 2048, "rsa_exponent": 65537, **columns}
    rows.served("a.example.com", **rsa)
    rows.served("b.example.com", **rsa, sct_count=0)
    weak = strength(rows.estate(), as_of=AS_OF).tables["weak"].set_index("subject_cn")["reason"].to_dict()
    expected = {"a.example.com": public, "b.example.com": private}
    assert weak == {name: reason for name, reason in expected.items() if reason}


def test_what_is_chosen_shows_by_quarter_of_issue(rows):
    rsa = {"key_algorithm": "RSA", "key_curve": None}
    first, second = datetime(2026, 3, 31), datetime(2026, 4, 1)
    rows.served("a.example.com", begins=first, **rsa, key_bits=2048)
    rows.logged(rows.certificate("b.example.com", begins=first, **rsa, key_bits=2048))
    rows.served("c.example.com", begins=second, **rsa, key_bits=3072)
    rows.served("d.example.com", begins=second)
    found = strength(rows.estate(), as_of=AS_OF)
    assert found.tables["adoption"].to_numpy().tolist() == [
        [pd.Timestamp(2026, 1, 1), "RSA below 128 bits of strength", 2],
        [pd.Timestamp(2026, 4, 1), "RSA of 128 bits of strength or more", 1],
        [pd.Timestamp(2026, 4, 1), "elliptic curve", 1],
    ]
    kpi = found.kpis["strong_keys"]
    assert (kpi.numerator, kpi.denominator) == (2, 3)


def test_small_exponents_are_told_apart_from_weak_keys(rows):
    rsa = {"key_algorithm": "RSA", "key_curve": None, "key_bits": 2048}
    for name, exponent in (("a", 3), ("b", 65535), ("c", 65537), ("d", None)):
        rows.served(f"{name}.example.com", **rsa, rsa_exponent=exponent)
    found = strength(rows.estate(), as_of=AS_OF)
    kpi = found.kpis["small_exponents"]
    assert (kpi.value, kpi.denominator, kpi.excluded) == (
        2,
        3,
        "1 certificate with an RSA key whose exponent is not known",
    )
    assert found.kpis["weak_keys"].value == 0


def test_leaves_beneath_a_weakly_signed_ca_are_counted(rows):
    """SHA-1 on a CA that is sent counts, on a root it does not; where no chain was seen nothing is said."""
    ca = {"is_ca": True, "san_dns": []}
    root = rows.certificate("Root", signature_hash="sha1", is_self_issued=True, **ca)
    weak = rows.certificate("Old CA", signature_hash="sha1", **ca)
    fine = rows.certificate("New CA", **ca)
    for name, above in (("a", [weak, root]), ("b", [weak]), ("c", [fine, root]), ("d", [])):
        leaf = rows.certificate(f"{name}.example.com")
        rows.seen([leaf, *above], f"{name}.example.com")
    found = strength(rows.estate(), as_of=AS_OF)
    kpi = found.kpis["weak_chains"]
    assert (kpi.value, kpi.denominator, kpi.tone) == (2, 3, "critical")
    assert kpi.excluded == "1 certificate of which no chain was seen in full"
    assert found.kpis["weak_signatures"].value == 0
    chains = found.tables["chains"]
    assert chains[["ca", "reason", "certificates"]].to_numpy().tolist() == [["Old CA", "SHA-1 signature", 2]]


def test_a_chain_sent_before_does_not_count(rows):
    ca = {"is_ca": True, "san_dns": []}
    weak, fine = rows.certificate("Old CA", signature_hash="sha1", **ca), rows.certificate("New CA", **ca)
    leaf = rows.certificate("a.example.com")
    rows.seen([leaf, weak], "a.example.com", at=AS_OF - timedelta(days=9))
    rows.seen([leaf, fine], "a.example.com")
    assert strength(rows.estate(), as_of=AS_OF).kpis["weak_chains"].value == 0


def test_an_estate_without_anything_in_service(rows):
    rows.logged(rows.certificate("a.example.com"))
    found = strength(rows.estate(), as_of=AS_OF)
    assert found.headline == "What is in service is not known: no scan of the last 45 days is loaded."
    assert set(values(found).values()) == {None}
