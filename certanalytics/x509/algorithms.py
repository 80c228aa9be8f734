"""Key and signature algorithms by the names their RFCs give them."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from certanalytics.x509 import der

_NIST_SIGNATURES = "2.16.840.1.101.3.4.3"
_SLH_DSA = {
    f"{_NIST_SIGNATURES}.{20 + number}": f"SLH-DSA-{parameters}"
    for number, parameters in enumerate(
        f"{family}-{strength}{variant}"
        for family in ("SHA2", "SHAKE")
        for strength in (128, 192, 256)
        for variant in ("s", "f")
    )
}
_ML_DSA = {f"{_NIST_SIGNATURES}.{17 + number}": f"ML-DSA-{size}" for number, size in enumerate((44, 65, 87))}
_ML_KEM = {f"2.16.840.1.101.3.4.4.{1 + number}": f"ML-KEM-{size}" for number, size in enumerate((512, 768, 1024))}

RSA, RSASSA_PSS, DSA, EC = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.10040.4.1", "1.2.840.10045.2.1"

KEY_ALGORITHMS = {
    RSA: "RSA",
    RSASSA_PSS: "RSASSA-PSS",
    DSA: "DSA",
    EC: "EC",
    "1.2.840.113549.1.3.1": "DH",
    "1.2.840.10046.2.1": "DH",
    "1.3.101.110": "X25519",
    "1.3.101.111": "X448",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    **_ML_DSA,
    **_ML_KEM,
    **_SLH_DSA,
}
"""Subject public key algorithms (RFC 3279, 4055, 5480, 8410, 9814, 9881, 9935)."""

FIXED_BITS = {"X25519": 256, "X448": 448, "Ed25519": 256, "Ed448": 456}
"""Sizes of the public keys that have only one (RFC 7748, 8032)."""


class Curve(NamedTuple):
    """A named curve and the size of its field."""

    name: str
    bits: int


CURVES = {
    "1.2.840.10045.3.1.1": Curve("secp192r1", 192),
    "1.2.840.10045.3.1.7": Curve("secp256r1", 256),
    "1.3.132.0.1": Curve("sect163k1", 163),
    "1.3.132.0.15": Curve("sect163r2", 163),
    "1.3.132.0.10": Curve("secp256k1", 256),
    "1.3.132.0.16": Curve("sect283k1", 283),
    "1.3.132.0.17": Curve("sect283r1", 283),
    "1.3.132.0.26": Curve("sect233k1", 233),
    "1.3.132.0.27": Curve("sect233r1", 233),
    "1.3.132.0.32": Curve("secp224k1", 224),
    "1.3.132.0.33": Curve("secp224r1", 224),
    "1.3.132.0.34": Curve("secp384r1", 384),
    "1.3.132.0.35": Curve("secp521r1", 521),
    "1.3.132.0.36": Curve("sect409k1", 409),
    "1.3.132.0.37": Curve("sect409r1", 409),
    "1.3.132.0.38": Curve("sect571k1", 570),
    "1.3.132.0.39": Curve("sect571r1", 570),
    "1.3.36.3.3.2.8.1.1.1": Curve("brainpoolP160r1", 160),
    "1.3.36.3.3.2.8.1.1.3": Curve("brainpoolP192r1", 192),
    "1.3.36.3.3.2.8.1.1.5": Curve("brainpoolP224r1", 224),
    "1.3.36.3.3.2.8.1.1.7": Curve("brainpoolP256r1", 256),
    "1.3.36.3.3.2.8.1.1.11": Curve("brainpoolP384r1", 384),
    "1.3.36.3.3.2.8.1.1.13": Curve("brainpoolP512r1", 512),
    "1.2.156.10197.1.301": Curve("sm2p256v1", 256),
}
"""Named curves (SEC 2, RFC 5480, RFC 5639, RFC 8998)."""

_HASHES = {
    "1.2.840.113549.2.2": "md2",
    "1.2.840.113549.2.5": "md5",
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.5": "sha512-224",
    "2.16.840.1.101.3.4.2.6": "sha512-256",
    "2.16.840.1.101.3.4.2.7": "sha3-224",
    "2.16.840.1.101.3.4.2.8": "sha3-256",
    "2.16.840.1.101.3.4.2.9": "sha3-384",
    "2.16.840.1.101.3.4.2.10": "sha3-512",
}

SIGNATURES: dict[str, tuple[str, str | None]] = {
    "1.2.840.113549.1.1.2": ("md2WithRSAEncryption", "md2"),
    "1.2.840.113549.1.1.3": ("md4WithRSAEncryption", "md4"),
    "1.2.840.113549.1.1.4": ("md5WithRSAEncryption", "md5"),
    "1.2.840.113549.1.1.5": ("sha1WithRSAEncryption", "sha1"),
    "1.2.840.113549.1.1.11": ("sha256WithRSAEncryption", "sha256"),
    "1.2.840.113549.1.1.12": ("sha384WithRSAEncryption", "sha384"),
    "1.2.840.113549.1.1.13": ("sha512WithRSAEncryption", "sha512"),
    "1.2.840.113549.1.1.14": ("sha224WithRSAEncryption", "sha224"),
    "1.2.840.113549.1.1.15": ("sha512-224WithRSAEncryption", "sha512-224"),
    "1.2.840.113549.1.1.16": ("sha512-256WithRSAEncryption", "sha512-256"),
    "1.3.14.3.2.3": ("md5WithRSA", "md5"),
    "1.3.14.3.2.27": ("dsaWithSHA1", "sha1"),
    "1.3.14.3.2.29": ("sha1WithRSASignature", "sha1"),
    "1.2.840.10040.4.3": ("dsa-with-sha1", "sha1"),
    "1.2.840.10045.4.1": ("ecdsa-with-SHA1", "sha1"),
    "1.2.840.10045.4.3.1": ("ecdsa-with-SHA224", "sha224"),
    "1.2.840.10045.4.3.2": ("ecdsa-with-SHA256", "sha256"),
    "1.2.840.10045.4.3.3": ("ecdsa-with-SHA384", "sha384"),
    "1.2.840.10045.4.3.4": ("ecdsa-with-SHA512", "sha512"),
    "1.2.156.10197.1.501": ("SM2-with-SM3", "sm3"),
    "1.3.6.1.5.5.7.6.36": ("id-alg-unsigned", None),
    "1.3.101.112": ("ed25519", None),
    "1.3.101.113": ("ed448", None),
    **{
        f"{_NIST_SIGNATURES}.{1 + n}": (f"dsa-with-sha{size}", f"sha{size}")
        for n, size in enumerate((224, 256, 384, 512))
    },
    **{
        f"{_NIST_SIGNATURES}.{9 + n}": (f"ecdsa-with-sha3-{size}", f"sha3-{size}")
        for n, size in enumerate((224, 256, 384, 512))
    },
    **{
        f"{_NIST_SIGNATURES}.{13 + n}": (f"rsassa-pkcs1-v1_5-with-sha3-{size}", f"sha3-{size}")
        for n, size in enumerate((224, 256, 384, 512))
    },
    **{oid: (name, None) for oid, name in {**_ML_DSA, **_SLH_DSA}.items()},
}
"""Signature algorithms and the hash they sign (RFC 3279, 5758, 8017, 8410, 8692, 8998, 9814, 9881, 9925)."""


@lru_cache(maxsize=1024)
def signature(algorithm: bytes) -> tuple[str, str | None]:
    """Name and hash of a signature algorithm; dotted decimal and ``None`` where it has no known name.

    Args:
        algorithm: DER of the AlgorithmIdentifier. For RSASSA-PSS the hash is that of its parameters (RFC 4055).

    Raises:
        DerError: It is not an AlgorithmIdentifier.
    """
    fields = der.sequence(algorithm, "AlgorithmIdentifier")
    oid = der.oid(der.expect(next(fields, None), der.OID, "algorithm").content)
    if oid != RSASSA_PSS:
        return SIGNATURES.get(oid, (oid, None))
    parameters = next(fields, None)
    return "RSASSA-PSS", _pss_hash(parameters) if parameters is not None else "sha1"


def _pss_hash(parameters: der.Element) -> str | None:
    for field in der.children(der.expect(parameters, der.SEQUENCE, "RSASSA-PSS parameters")):
        if field.tag == 0xA0:
            algorithm = der.expect(next(der.children(field), None), der.SEQUENCE, "hash algorithm")
            oid = der.oid(der.expect(next(der.children(algorithm), None), der.OID, "hash algorithm").content)
            return _HASHES.get(oid, oid)
    return "sha1"
