"""The numbers of RSA keys, also of those no library would accept."""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certanalytics.x509.rsa_keys import RsaKey, rsa_key


def made(public_key):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a.example.com")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(public_key).serial_number(1)
    builder = builder.not_valid_before(datetime(2026, 1, 1)).not_valid_after(datetime(2027, 1, 1))
    return builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(
        serialization.Encoding.DER
    )


def test_modulus_and_exponent_as_cryptography_reads_them():
    key = rsa.generate_private_key(65537, 2048).public_key()
    assert rsa_key(made(key)) == RsaKey(key.public_numbers().n, 65537)


def test_another_kind_of_key_and_no_certificate():
    assert rsa_key(made(ec.generate_private_key(ec.SECP256R1()).public_key())) is None
    assert rsa_key(b"") is None
    assert rsa_key(b"\x30\x03\x02\x01\x01") is None


def test_a_certificate_cut_anywhere_raises_nothing():
    der = made(rsa.generate_private_key(65537, 2048).public_key())
    for end in range(0, len(der), 7):
        assert rsa_key(der[:end]) is None
