"""Names, sizes and hashes of algorithms against the tables inside `cryptography`."""

from __future__ import annotations

from datetime import datetime

import pytest
from cryptography import x509
from cryptography.hazmat._oid import _SIG_OIDS_TO_HASH
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, mldsa

from certanalytics.x509 import decode
from certanalytics.x509.algorithms import CURVES, KEY_ALGORITHMS, SIGNATURES, signature
from certanalytics.x509.der import OID, SEQUENCE, DerError, wrap


def test_curves():
    for oid, curve in ec._OID_TO_CURVE.items():
        assert CURVES[oid.dotted_string] == (curve.name, curve().key_size)


def test_hashes_of_signatures():
    for oid, algorithm in _SIG_OIDS_TO_HASH.items():
        name, digest = SIGNATURES.get(oid.dotted_string, (oid.dotted_string, None))
        assert digest == (algorithm.name if algorithm else None), name


def test_names_of_signatures_and_keys():
    for oids, known in ((x509.SignatureAlgorithmOID, SIGNATURES), (x509.oid.PublicKeyAlgorithmOID, KEY_ALGORITHMS)):
        for oid in vars(oids).values():
            if isinstance(oid, x509.ObjectIdentifier) and oid._name.startswith(
                ("ecdsa", "sha", "md5", "ed", "ML-", "X")
            ):
                ours = known[oid.dotted_string]
                assert (ours if isinstance(ours, str) else ours[0]).casefold() == oid._name.casefold()


def test_slh_dsa_numbers():
    """NIST's register: 2.16.840.1.101.3.4.3.20 is SLH-DSA-SHA2-128s, .31 is SLH-DSA-SHAKE-256f."""
    assert KEY_ALGORITHMS["2.16.840.1.101.3.4.3.20"] == "SLH-DSA-SHA2-128s"
    assert KEY_ALGORITHMS["2.16.840.1.101.3.4.3.25"] == "SLH-DSA-SHA2-256f"
    assert KEY_ALGORITHMS["2.16.840.1.101.3.4.3.26"] == "SLH-DSA-SHAKE-128s"
    assert KEY_ALGORITHMS["2.16.840.1.101.3.4.3.31"] == "SLH-DSA-SHAKE-256f"


@pytest.mark.parametrize(
    ("key", "algorithm", "bits", "signed"),
    [
        (ed448.Ed448PrivateKey, "Ed448", 456, "ed448"),
        (mldsa.MLDSA44PrivateKey, "ML-DSA-44", None, "ML-DSA-44"),
        (mldsa.MLDSA65PrivateKey, "ML-DSA-65", None, "ML-DSA-65"),
        (mldsa.MLDSA87PrivateKey, "ML-DSA-87", None, "ML-DSA-87"),
    ],
)
def test_keys_without_a_hash(key, algorithm, bits, signed):
    signer, start = key.generate(), datetime(2026, 3, 15)
    builder = x509.CertificateBuilder(x509.Name([]), x509.Name([]), signer.public_key(), 7, start, start)
    row = decode([builder.sign(signer, None).public_bytes(serialization.Encoding.DER)]).to_pylist()[0]
    assert (row["key_algorithm"], row["key_bits"], row["key_curve"]) == (algorithm, bits, None)
    assert (row["signature_algorithm"], row["signature_hash"]) == (signed, None)
    assert row["warnings"] == []


def test_an_unknown_algorithm_is_its_oid():
    assert signature(wrap(SEQUENCE, wrap(OID, bytes([0x2A, 0x03, 0x04])))) == ("1.2.3.4", None)


@pytest.mark.parametrize("damaged", [b"", b"\x30\x00", b"\x30\x02\x05\x00", b"\x30\x03\x06\x01\x80"])
def test_no_algorithm(damaged):
    with pytest.raises(DerError):
        signature(damaged)
