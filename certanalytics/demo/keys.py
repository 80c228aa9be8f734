"""Keys from a seed: real ones for whoever signs, public ones only for whoever is merely certified.

Elliptic-curve keys are true key pairs. An RSA key that signs is made of two true primes. An RSA
key that is only certified has a modulus from `certanalytics.demo.moduli`, and nobody holds its private
key. Seeded keys are worthless outside the demo, since everyone can make them again.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from random import Random
from typing import Literal

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from certanalytics.demo import der
from certanalytics.demo.moduli import Flaw, Moduli
from certanalytics.demo.primes import prime

KeyKind = Literal["RSA-1024", "RSA-2048", "RSA-2049", "RSA-3072", "RSA-4096", "P-256", "P-384"]
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

RSA_EXPONENT, SMALL_EXPONENT = 65537, 3
_CURVES: dict[str, tuple[ec.EllipticCurve, int]] = {"P-256": (ec.SECP256R1(), 256), "P-384": (ec.SECP384R1(), 384)}
_RSA_ENCRYPTION = der.sequence(der.oid("1.2.840.113549.1.1.1"), der.NULL)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key as certificates and scanners show it.

    Attributes:
        kind: Algorithm and size.
        spki: SubjectPublicKeyInfo, DER.
        numbers: Modulus and exponent, or the point's x and y.
        key_id: SHA-1 of the subjectPublicKey bits (RFC 5280 section 4.2.1.2, method 1).
        private: The private key if there is one.
    """

    kind: KeyKind
    spki: bytes
    numbers: tuple[int, int]
    key_id: bytes
    private: PrivateKey | None = None

    @property
    def is_rsa(self) -> bool:
        """Whether it is an RSA key."""
        return self.kind.startswith("RSA")

    @property
    def bits(self) -> int:
        """Size of the modulus or of the field."""
        return int(self.kind.rpartition("-")[2])

    @property
    def spki_sha256(self) -> str:
        """SHA-256 of the SubjectPublicKeyInfo, lower-case hex."""
        return hashlib.sha256(self.spki).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHandling:
    """How somebody made and keeps a key, where that is not a new and sound one for every certificate.

    Attributes:
        flaw: What is wrong with the key of the certificate in service: its modulus, or its exponent.
        shared: Name of a key that the certificates in service of several deployments have.
        kept: Whether the key stays the same at every renewal.
    """

    flaw: Flaw | Literal["small exponent"] | None = None
    shared: str | None = None
    kept: bool = False


SOUND = KeyHandling()
"""A new key for every certificate."""


def certified_key(rng: Random, moduli: Moduli, kind: KeyKind, handling: KeyHandling = SOUND) -> PublicKey:
    """A key for a certificate whose holder never signs anything here; flawed, if it was made so."""
    if kind in _CURVES:
        return signing_key(rng, kind)
    flaw = handling.flaw
    if flaw is None or flaw == "small exponent":
        modulus = moduli.sound(int(kind.removeprefix("RSA-")))
    else:
        modulus = moduli.breakable(flaw)
    return _rsa_public(modulus, kind, SMALL_EXPONENT if flaw == "small exponent" else RSA_EXPONENT)


def signing_key(rng: Random, kind: KeyKind) -> PublicKey:
    """A true key pair."""
    if kind in _CURVES:
        curve, bits = _CURVES[kind]
        pair = ec.derive_private_key(rng.getrandbits(bits - 1) | 1, curve)
        public = pair.public_key()
        encoded = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        point = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        numbers = public.public_numbers()
        return PublicKey(kind, encoded, (numbers.x, numbers.y), _sha1(point), pair)
    bits = int(kind.removeprefix("RSA-"))
    p, q = _rsa_prime(rng, bits // 2), _rsa_prime(rng, bits // 2)
    d = pow(RSA_EXPONENT, -1, math.lcm(p - 1, q - 1))
    numbers_rsa = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(RSA_EXPONENT, p * q)
    )
    return _rsa_public(p * q, kind, RSA_EXPONENT, numbers_rsa.private_key(unsafe_skip_rsa_key_validation=True))


def sign(key: PrivateKey, message: bytes, digest: hashes.HashAlgorithm) -> bytes:
    """A signature that is the same every time: RFC 6979 for ECDSA, PKCS #1 v1.5 for RSA."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), digest)
    return key.sign(message, ec.ECDSA(digest, deterministic_signing=True))


def _rsa_public(modulus: int, kind: KeyKind, exponent: int, private: rsa.RSAPrivateKey | None = None) -> PublicKey:
    bits = der.sequence(der.integer(modulus), der.integer(exponent))
    spki = der.sequence(_RSA_ENCRYPTION, der.bit_string(bits))
    return PublicKey(kind, spki, (modulus, exponent), _sha1(bits), private)


def _rsa_prime(rng: Random, bits: int) -> int:
    while (number := prime(rng, bits)) % RSA_EXPONENT == 1:
        pass
    return number


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()
