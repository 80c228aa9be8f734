"""Certificates as CAs issue them: read by `cryptography` and OpenSSL, signed by the keys they name."""

from __future__ import annotations

import hashlib
import math
import os
import shutil
import subprocess
from datetime import datetime, timedelta
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st
from independent_reading import begins, contents, dns_names, ends, sha256, unarmoured

from certanalytics.demo import der
from certanalytics.demo.keys import certified_key, sign, signing_key
from certanalytics.demo.moduli import Moduli

SHORTER_LIVES = datetime.fromisoformat("2026-03-15T00:00:00")


@pytest.fixture(scope="session")
def issuers(built):
    """Every CA of the trust store by its name."""
    found = {}
    for _, data in contents(built.exports.folder / "files" / "trust"):
        for certificate in x509.load_pem_x509_certificates(data):
            found[certificate.subject] = certificate
    return found


@pytest.fixture(scope="session")
def leaves(built):
    """Every end-entity certificate of scans and logs, precertificates apart."""
    ders = {each for _, _, each in built.exports.served}
    ders |= {entry.certificate for entry in built.exports.entries if not entry.is_precert}
    return {sha256(each): x509.load_der_x509_certificate(each) for each in sorted(ders)}


def test_every_certificate_is_read_and_follows_rfc_5280(built, leaves):
    appliances = [unarmoured(data.decode()) for _, data in contents(built.exports.folder / "files" / "appliances")]
    assert len(leaves | {sha256(each): None for each in appliances}) == built.truth.certificates
    for certificate in leaves.values():
        assert certificate.version is x509.Version.v3
        assert 0 < certificate.serial_number < 1 << 159
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        assert (constraints.critical, constraints.value.ca) == (True, False)
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert ExtendedKeyUsageOID.SERVER_AUTH in purposes
        identifier = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        assert identifier == x509.SubjectKeyIdentifier.from_public_key(certificate.public_key())


def test_every_certificate_is_signed_by_the_issuer_it_names(leaves, issuers):
    for certificate in leaves.values():
        issuer = issuers.get(certificate.issuer, certificate)
        if certificate.signature_hash_algorithm.name == "sha1":
            continue  # `cryptography` does not verify SHA-1; OpenSSL does, below
        certificate.verify_directly_issued_by(issuer)
        above = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        authority = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
        assert authority.key_identifier == above.digest


def test_every_authority_is_signed_by_the_one_above(issuers):
    assert len(issuers) == 19
    for certificate in issuers.values():
        certificate.verify_directly_issued_by(issuers[certificate.issuer])


def test_no_certificate_begins_before_its_issuer(leaves, issuers):
    for certificate in (*leaves.values(), *issuers.values()):
        if certificate.issuer in issuers:
            assert begins(issuers[certificate.issuer]) <= begins(certificate), certificate.subject


def test_openssl_verifies_one_certificate_of_each_issuer(leaves, issuers, tmp_path):
    if not shutil.which("openssl") and not os.environ.get("CI"):
        pytest.skip("openssl is not installed")
    trust = tmp_path / "trust.pem"
    trust.write_bytes(b"".join(each.public_bytes(serialization.Encoding.PEM) for each in issuers.values()))
    one_of_each = {each.issuer: each for each in leaves.values() if each.issuer in issuers}
    assert len(one_of_each) == 11
    for number, certificate in enumerate(one_of_each.values()):
        path = tmp_path / f"{number}.pem"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        moment = int(certificate.not_valid_after_utc.timestamp()) - 60
        command = ["openssl", "verify", "-auth_level", "0", "-attime", str(moment), "-purpose", "sslserver"]
        done = subprocess.run([*command, "-CAfile", trust, path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, (certificate.subject, done.stderr)


def test_public_lifetimes_keep_the_limit_of_their_day_but_the_planted_ones(built, leaves, issuers):
    for each, certificate in leaves.items():
        if (
            each not in built.truth.contents.over_limit
            and certificate.issuer in issuers
            and "Meridian" not in certificate.issuer.rfc4514_string()
        ):
            # the last second counts (Baseline Requirements section 6.3.2)
            life = ends(certificate) - begins(certificate) + timedelta(seconds=1)
            assert life <= timedelta(days=200 if begins(certificate) >= SHORTER_LIVES else 398)


def test_a_precertificate_is_its_certificate_but_for_poison_and_timestamps(built):
    finals = {}
    for entry in built.exports.entries:
        if not entry.is_precert:
            certificate = x509.load_der_x509_certificate(entry.certificate)
            finals[certificate.issuer, certificate.serial_number] = certificate
    precertificates = [entry for entry in built.exports.entries if entry.is_precert]
    assert len(precertificates) == len(finals) == built.truth.precertificates
    for entry in precertificates:
        poisoned = x509.load_der_x509_certificate(entry.certificate)
        poison = poisoned.extensions.get_extension_for_class(x509.PrecertPoison)
        final = finals[poisoned.issuer, poisoned.serial_number]
        assert poison.critical
        assert final.tbs_precertificate_bytes == entry.tbs
        issuer = x509.load_der_x509_certificate(entry.chain[0])
        spki = issuer.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        assert entry.issuer_key_hash == hashlib.sha256(spki).digest()


def test_log_chains_end_at_a_root(built):
    for entry in built.exports.entries[::50]:
        chain = [x509.load_der_x509_certificate(each) for each in (entry.certificate, *entry.chain)]
        for below, above in zip(chain, [*chain[1:], chain[-1]], strict=True):
            below.verify_directly_issued_by(above)


def test_public_certificates_carry_two_well_formed_timestamps(built):
    for entry in built.exports.entries:
        if entry.is_precert:
            continue
        certificate = x509.load_der_x509_certificate(entry.certificate)
        timestamps = certificate.extensions.get_extension_for_class(
            x509.PrecertificateSignedCertificateTimestamps
        ).value
        assert len({each.log_id for each in timestamps}) == 2
        for each in timestamps:
            assert abs(each.timestamp - begins(certificate)) < timedelta(seconds=1)
            assert each.signature[:1] == b"\x30"


def test_private_pki_is_not_logged(built):
    logged = {x509.load_der_x509_certificate(entry.chain[-1]).subject for entry in built.exports.entries}
    assert len(logged) == 7
    assert not [name for name in logged if "Meridian" in name.rfc4514_string()]


@pytest.mark.parametrize("kind", ["RSA-1024", "RSA-2048", "P-256", "P-384"])
def test_signing_keys_are_sound(kind):
    key = signing_key(Random(kind), kind)  # noqa: S311  # seeded is the point
    loaded = serialization.load_der_public_key(key.spki)
    if isinstance(key.private, rsa.RSAPrivateKey):
        numbers = key.private.private_numbers()
        assert numbers.p * numbers.q == key.numbers[0]
        numbers.private_key()  # OpenSSL's own check of primes and exponents
        assert pow(pow(12345, 65537, key.numbers[0]), numbers.d, key.numbers[0]) == 12345
    assert loaded.key_size == key.bits
    assert loaded.public_numbers() == key.private.public_key().public_numbers()


@pytest.mark.parametrize("kind", ["RSA-1024", "RSA-2048", "RSA-3072", "RSA-4096"])
def test_certified_moduli_have_the_size_and_no_small_factor(kind):
    key = certified_key(Random(kind), Moduli(Random(kind)), kind)  # noqa: S311  # seeded is the point
    modulus = serialization.load_der_public_key(key.spki).public_numbers().n
    assert modulus.bit_length() == int(kind.removeprefix("RSA-"))
    assert all(modulus % candidate for candidate in range(3, 1 << 17, 2))
    assert modulus % 2 == 1
    assert key.private is None


def test_the_same_message_gives_the_same_signature():
    key = signing_key(Random(1), "P-256")  # noqa: S311  # seeded is the point
    assert isinstance(key.private, ec.EllipticCurvePrivateKey)
    assert sign(key.private, b"message", hashes.SHA256()) == sign(key.private, b"message", hashes.SHA256())


@given(st.integers(min_value=0, max_value=1 << 200))
def test_integers_are_minimal_twos_complement(value):
    encoded = der.integer(value)
    assert encoded[1] == len(encoded) - 2
    assert int.from_bytes(encoded[2:], "big", signed=True) == value
    assert len(encoded) == 3 or not (encoded[2] == 0 and encoded[3] < 0x80)


@given(st.binary(max_size=70_000))
def test_lengths_are_minimal(value):
    encoded = der.octet_string(value)
    head = encoded[: len(encoded) - len(value)]
    if len(value) < 0x80:
        assert head == bytes((4, len(value)))
    else:
        assert int.from_bytes(head[2:], "big") == len(value)
        assert head[1] == 0x80 | len(head) - 2
        assert head[2] != 0


@pytest.mark.parametrize(
    ("dotted", "encoded"),
    [
        ("1.2.840.113549", "06062a864886f70d"),  # X.690 section 8.19, RSA Data Security
        ("2.100.3", "0603813403"),  # X.690 section 8.19.5, the example
        ("2.5.29.17", "0603551d11"),
    ],
)
def test_object_identifiers(dotted, encoded):
    assert der.oid(dotted).hex() == encoded


def test_times_change_form_in_2050():
    assert der.time(datetime.fromisoformat("2049-12-31T23:59:59")) == b"\x17\x0d491231235959Z"
    assert der.time(datetime.fromisoformat("2050-01-01T00:00:00")) == b"\x18\x0f20500101000000Z"


def test_served_names_are_covered_by_the_certificate(built):
    """But for the servers that were moved to another name, which `test_demo_truth_chains` counts."""
    moved = set(built.truth.chains.wrong_name)
    for _, endpoint, each in built.exports.served[::25]:
        if endpoint in moved:
            continue
        host = endpoint.rpartition(":")[0]
        names = dns_names(x509.load_der_x509_certificate(each))
        is_address = host.startswith("10.")
        assert is_address or host in names or f"*.{host.partition('.')[2]}" in names


def test_rsa_moduli_share_no_factor_but_the_planted_ones(built, leaves):
    planted = built.truth.keys.common_prime
    keys = [certificate.public_key() for each, certificate in leaves.items() if each not in planted]
    moduli = sorted({key.public_numbers().n for key in keys if isinstance(key, rsa.RSAPublicKey)})
    product = math.prod(moduli)
    assert all(math.gcd(product // each % each, each) == 1 for each in moduli[::20])
