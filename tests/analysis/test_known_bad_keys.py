"""Keys that anybody can break, in certificates made for them."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta

import gmpy2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from estate_rows import AS_OF

from certanalytics import keyaudit
from certanalytics.analysis.keys.known_bad_keys import NONE_TESTED, known_bad

RNG = random.Random(1816)  # noqa: S311 - the same primes every time
SIGNER = ec.generate_private_key(ec.SECP256R1())


def prime():
    return int(gmpy2.next_prime(RNG.getrandbits(1024) | 3 << 1022))


P, Q, R, S, T, U = (prime() for _ in range(6))
NEAR = int(gmpy2.next_prime(P + 10**6))


@pytest.fixture(autouse=True)
def no_blocklist(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def made(rows, name, modulus, *, in_full=True, **columns):
    """A certificate for an RSA key of one's own choice, in the estate as a load leaves it; unknown until it is met."""
    key = rsa.RSAPublicNumbers(65537, modulus).public_key()
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(issuer, issuer, key, x509.random_serial_number())
    builder = builder.not_valid_before(datetime(2026, 10, 1)).not_valid_after(datetime(2026, 12, 30))
    certificate = builder.sign(SIGNER, hashes.SHA256())
    der = certificate.public_bytes(serialization.Encoding.DER)
    spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    identity = hashlib.sha256(der).hexdigest()
    if in_full:
        rows.add("der", sha256=identity, der=der)
    rows.certificate(
        name,
        identity=identity,
        spki_sha256=hashlib.sha256(spki).hexdigest(),
        key_algorithm="RSA",
        key_bits=modulus.bit_length(),
        key_curve=None,
        evidence="der" if in_full else "parsed",
        **columns,
    )
    return identity


def served(rows, name, modulus, **columns):
    return rows.seen(made(rows, name, modulus, **columns), name)


def test_a_check_that_tested_no_key_found_nothing_that_can_be_told(rows):
    rows.served("ec.example.com")
    checks = known_bad(rows.estate(), as_of=AS_OF).tables["checks"]
    assert not checks["keys"].any()
    assert checks["found"].isna().all()


@pytest.fixture
def broken(rows):
    """Two share a prime, one with a certificate in a log only; one has close primes; one is sound; one is not RSA."""
    served(rows, "a.example.com", P * Q)
    rows.logged(made(rows, "logged.example.com", P * R))
    served(rows, "near.example.com", P * NEAR)
    served(rows, "sound.example.com", S * T)
    rows.served("ec.example.com")
    return rows


def test_every_broken_key_is_found_and_said_why(broken):
    found = known_bad(broken.estate(), as_of=AS_OF)
    reasons = dict(zip(found.frame["subject_cn"], found.frame["reason"], strict=True))
    assert reasons == {
        "a.example.com": "a factor in common with another key of the estate (2 other keys)",
        "near.example.com": "primes so close together that Fermat's method finds them; a factor in common with another "
        "key of the estate (2 other keys)",
    }
    bad = found.kpis["bad_keys"]
    assert (bad.value, bad.denominator, bad.tone) == (2, 3, "critical")
    assert bad.excluded == "1 certificate whose key is not RSA"
    assert (
        found.headline
        == bad.sentence
        == "2 certificates in service rest on RSA keys that anybody can break, of 3 tested."
    )
    assert found.kpis["common_factors"].value == 2
    assert found.kpis["keys_tested"].value == 3 / 4
    assert found.kpis["moduli_compared"].value == 4
    keys = found.tables["keys"].set_index("subject_cn")
    assert keys["in_service"].to_dict() == {"a.example.com": 1, "near.example.com": 1, "logged.example.com": 0}
    checks = found.tables["checks"].set_index("check")
    assert checks["found"].to_dict()["fermat"] == 1
    assert checks["found"].to_dict()["batch gcd"] == 3
    assert not checks["done"]["blocklist"]
    assert found.kpis["moduli_compared"].sentence.startswith("Distinct moduli of the whole estate compared with one ")
    assert any("Debian" in caveat for caveat in found.caveats)


def test_no_prime_and_no_private_key_is_told(broken):
    found = known_bad(broken.estate(), as_of=AS_OF)
    everything = found.frame.to_csv() + "".join(table.to_csv() for table in found.tables.values())
    everything += found.explain().markdown() + repr(found)
    assert not any(str(secret) in everything or f"{secret:x}" in everything for secret in (P, Q, R, NEAR))


def test_sound_keys_are_good(rows):
    served(rows, "a.example.com", S * T)
    found = known_bad(rows.estate(), as_of=AS_OF)
    assert (found.kpis["bad_keys"].value, found.kpis["bad_keys"].tone) == (0, "good")
    assert found.frame.empty
    assert found.headline == "No certificates in service rest on RSA keys that anybody can break, of 1 tested."


def test_two_certificates_for_one_key_share_nothing_with_themselves(rows):
    served(rows, "a.example.com", P * Q)
    served(rows, "b.example.com", P * Q)
    assert known_bad(rows.estate(), as_of=AS_OF).kpis["bad_keys"].value == 0


def test_a_description_cannot_be_tested(rows):
    served(rows, "a.example.com", P * Q, in_full=False)
    rows.served("b.example.com", key_algorithm=None)
    found = known_bad(rows.estate(), as_of=AS_OF)
    assert (found.kpis["bad_keys"].value, found.headline) == (None, NONE_TESTED)
    served(rows, "c.example.com", S * T)
    kpi = known_bad(rows.estate(), as_of=AS_OF).kpis["bad_keys"]
    assert (kpi.value, kpi.denominator) == (0, 1)
    assert kpi.excluded == (
        "1 certificate with an RSA key that no certificate kept in full brings, or that cannot be read, "
        "1 certificate whose key is not known"
    )


def test_a_description_of_a_key_that_another_certificate_brings_is_tested(rows):
    made(rows, "a.example.com", P * NEAR)
    rows.logged(rows.tables["certificate"][0]["identity"])
    rows.served(
        "a.example.com",
        evidence="parsed",
        **{name: rows.tables["certificate"][0][name] for name in ("spki_sha256", "key_algorithm", "key_bits")},
    )
    assert known_bad(rows.estate(), as_of=AS_OF).kpis["bad_keys"].value == 1


def test_a_key_of_a_ca(rows):
    authority = made(rows, "CA", P * NEAR, is_ca=True, is_self_issued=True, san_dns=[])
    rows.seen([served(rows, "a.example.com", S * T), authority], "a.example.com")
    found = known_bad(rows.estate(), as_of=AS_OF)
    assert (found.kpis["bad_ca_keys"].value, found.kpis["bad_keys"].value) == (1, 0)
    assert found.tables["keys"]["is_ca"].tolist() == [True]


def test_a_scope_bounds_what_is_told_and_not_what_is_compared(broken):
    found = known_bad(broken.estate(), as_of=AS_OF, scope="subject_cn = 'a.example.com'")
    assert found.kpis["common_factors"].value == 1
    assert found.tables["keys"]["subject_cn"].tolist() == ["a.example.com"]


def test_what_came_later_is_not_known_yet(rows):
    served(rows, "a.example.com", P * Q)
    rows.logged(made(rows, "b.example.com", P * R), at=AS_OF + timedelta(days=1))
    assert known_bad(rows.estate(), as_of=AS_OF).kpis["common_factors"].value == 0


def test_a_key_that_no_check_computes_with_is_not_called_sound(rows, monkeypatch):
    served(rows, "a.example.com", S * T)
    monkeypatch.setattr(keyaudit, "LARGEST", 1024)
    assert known_bad(rows.estate(), as_of=AS_OF).kpis["bad_keys"].value is None


def test_the_blocklist_where_it_is(rows, tmp_path, monkeypatch):
    """A blocklist of one key: the first 15 bytes of the SHA-256 of its modulus, and the list it stands in."""
    folder = tmp_path / "badkeys"
    folder.mkdir()
    (folder / "badkeysdata.json").write_text('{"blocklists": [{"id": 1, "name": "debianssl"}]}')
    digest = hashlib.sha256((S * T).to_bytes(256)).digest()[:15]
    (folder / "blocklist.dat").write_bytes(digest + b"\1")
    from badkeys import utils  # noqa: PLC0415 - it remembers where it looked
    from badkeys.allkeys import block  # noqa: PLC0415 - and what it read

    utils._cachedir.cache_clear()
    monkeypatch.setattr(block, "_blmeta", False)
    monkeypatch.setattr(block, "_bldata", False)
    served(rows, "a.example.com", S * T)
    found = known_bad(rows.estate(), as_of=AS_OF)
    utils._cachedir.cache_clear()
    assert "(debianssl)" in found.frame["reason"][0]
    assert bool(found.tables["checks"].set_index("check")["done"]["blocklist"])
    assert not any("Debian" in caveat for caveat in found.caveats)


def test_what_is_not_in_service_is_compared_and_told_all_the_same(rows):
    for name, modulus in (("a.example.com", P * Q), ("b.example.com", P * R)):
        rows.logged(made(rows, name, modulus))
    found = known_bad(rows.estate(), as_of=AS_OF)
    assert (found.kpis["bad_keys"].value, found.kpis["moduli_compared"].value) == (None, 2)
    assert found.tables["keys"]["shares_with"].tolist() == [1, 1]
