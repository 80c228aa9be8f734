"""Public keys: RFC 3279 section 2.3.1, RFC 5480 section 2, and that a point lies on its curve.

`cryptography` refuses a key OpenSSL cannot use, so a row is only kept if OpenSSL would take its key.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from certanalytics.x509 import der
from certanalytics.x509.algorithms import CURVES, EC, RSA
from certanalytics.x509.lockstep.fields import BIT_STRING, INTEGER, SEQUENCE, positive
from certanalytics.x509.lockstep.octets import Codebook, Numbers, Octets, Span, Truths


class Prime(NamedTuple):
    """A curve y² = x³ - 3x + b over the integers modulo p (FIPS 186-5, SP 800-186 section 3.2.1)."""

    oid: str
    p: int
    b: int


_PRIMES = (
    Prime(
        "1.2.840.10045.3.1.7",
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    ),
    Prime(
        "1.3.132.0.34",
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
    ),
    Prime(
        "1.3.132.0.35",
        2**521 - 1,
        0x0051953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109E156193951EC7E937B1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B503F00,
    ),
)


def _identifier(algorithm: str, parameters: bytes) -> bytes:
    return der.wrap(der.SEQUENCE, der.oid_der(algorithm) + parameters)


_ALGORITHMS = Codebook(
    [_identifier(RSA, b"\5\0"), *(_identifier(EC, der.oid_der(prime.oid)) for prime in _PRIMES)], words=3
)
_RSA = 1
_FEWEST_BITS, _MOST_BITS = 1024, 16384
_BIT_LENGTH = np.array([number.bit_length() for number in range(256)], np.int64)


class Keys(NamedTuple):
    """What the key columns say: ``kind`` is a place in `NAMES` and `CURVE_NAMES`."""

    kind: Numbers
    bits: Numbers
    exponent: Numbers


NAMES = (None, "RSA", "EC", "EC", "EC")
CURVE_NAMES = (None, None, *(CURVES[prime.oid].name for prime in _PRIMES))
_CURVE_BITS = np.array([0, 0, *(CURVES[prime.oid].bits for prime in _PRIMES)], np.int64)


def keys(octets: Octets, key: Span) -> Keys:
    """RSA keys and points on P-256, P-384 and P-521; every other kind is doubted.

    Args:
        octets: The batch.
        key: What each SubjectPublicKeyInfo holds.
    """
    algorithm = octets.element(SEQUENCE, key.content, key.end)
    kind = _ALGORITHMS.find(octets.leading(key.content, algorithm.end - key.content, _ALGORITHMS.words))
    bits = octets.element(BIT_STRING, algorithm.end, key.end)
    octets.doubt((kind == 0) | (bits.end != key.end) | (octets.octet[bits.content] != 0) | (bits.length < 2))
    value = Span(np.minimum(bits.content + 1, bits.end), bits.end)
    sizes, exponents = _CURVE_BITS[kind], np.zeros_like(kind)
    rows = np.flatnonzero(octets.sound & (kind == _RSA))
    sizes[rows], exponents[rows] = _rsa(octets, value.of(rows), rows)
    for number, prime in enumerate(_PRIMES, _RSA + 1):
        rows = np.flatnonzero(octets.sound & (kind == number))
        octets.doubt(~_on_curve(octets, value.of(rows), prime), rows)
    return Keys(kind, sizes, exponents)


def _rsa(octets: Octets, value: Span, rows: Numbers) -> tuple[Numbers, Numbers]:
    """Bits of the modulus and public exponent of RSAPublicKey (RFC 8017 appendix A.1.1)."""
    key = octets.element(SEQUENCE, *value, rows)
    modulus = octets.element(INTEGER, *key, rows)
    exponent = octets.element(INTEGER, modulus.end, key.end, rows)
    octets.doubt((key.end != value.end) | (exponent.end != key.end), rows)
    octets.doubt(~positive(octets, modulus) | ~positive(octets, exponent) | (exponent.length > 4), rows)
    word = octets.words(modulus.content)
    first = (word & 0xFF).astype(np.int64)
    bits = np.where(first == 0, 8 * (modulus.length - 1), 8 * (modulus.length - 1) + _BIT_LENGTH[first])
    number = np.zeros_like(bits)
    for place in range(4):
        octet = octets.octet[np.minimum(exponent.content + place, exponent.end)].astype(np.int64)
        number = np.where(place < exponent.length, number << 8 | octet, number)
    odd = octets.octet[np.maximum(modulus.end - 1, modulus.content)] & 1 == 1
    octets.doubt(~odd | (bits < _FEWEST_BITS) | (bits > _MOST_BITS) | (number & 1 == 0) | (number < 3), rows)
    return bits, number


def _on_curve(octets: Octets, value: Span, prime: Prime) -> Truths:
    """Whether each is an uncompressed point of the curve (SEC 1 section 2.3.3)."""
    size = (prime.p.bit_length() + 7) // 8
    formed: Truths = (value.length == 1 + 2 * size) & (octets.octet[value.content] == 0x04)
    data, p, b = octets.data, prime.p, prime.b
    read = int.from_bytes
    for place in np.flatnonzero(formed).tolist():
        start = int(value.content[place]) + 1
        x = read(data[start : start + size])
        y = read(data[start + size : start + 2 * size])
        formed[place] = x < p and y < p and (y * y - (x * x - 3) * x - b) % p == 0
    return formed
