"""Certificates as public CAs issue them, as many as one likes: what the benchmarks of the decoder read.

Each is put together from encoded pieces: what an issuer writes into all its certificates, and what is its own: serial
number, times, key, names, timestamps. Nothing is signed, and RSA moduli are random odd numbers; points of EC keys lie
on their curves. No two have the same key, so that nothing gains by remembering keys. These certificates are *clean*:
the same structure every time, nothing old, odd or broken. The same seed gives the same certificates.
"""

from __future__ import annotations

import hashlib
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certanalytics.x509.der import BIT_STRING, INTEGER, OCTET_STRING, SEQUENCE, oid_der, wrap

_SET, _UTF8, _PRINTABLE, _NULL = 0x31, 0x0C, 0x13, b"\x05\x00"
_CRITICAL = b"\x01\x01\xff"
_NEWEST = datetime(2026, 11, 23)
_WORDS = [
    "shop",
    "mail",
    "api",
    "cdn",
    "login",
    "portal",
    "static",
    "pay",
    "vpn",
    "git",
    "wiki",
    "docs",
    "search",
    "news",
    "img",
    "data",
    "edge",
    "auth",
    "dev",
    "beta",
]
_ENDINGS = ("example.com", "example.net", "example.org", "corp.example", "cloud.example")
_DV, _OV, _EV = "2.23.140.1.2.1", "2.23.140.1.2.2", "2.23.140.1.1"
_ISSUERS = [
    ("Let's Encrypt", "US", _DV), ("Google Trust Services", "US", _DV), ("DigiCert Inc", "US", _OV),
    ("GoDaddy.com, Inc.", "US", _DV),
    ("Sectigo Limited", "GB", _DV), ("GlobalSign nv-sa", "BE", _OV), ("Amazon", "US", _DV), ("Actalis S.p.A.", "IT",
    _EV),
    ("Buypass AS-983163327", "NO", _OV), ("D-Trust GmbH", "DE", _EV), ("Certum, Asseco Data Systems S.A.", "PL", _DV),
    ("Microsoft Corporation", "US", _OV),
]  # fmt: skip


def sequence(*elements: bytes) -> bytes:
    """A SEQUENCE of encoded elements."""
    return wrap(SEQUENCE, b"".join(elements))


def _integer(octets: bytes) -> bytes:
    return wrap(INTEGER, b"\0" + octets if octets[0] & 0x80 else octets)


def _attribute(kind: str, text: str, tag: int = _UTF8) -> bytes:
    return wrap(_SET, sequence(oid_der(kind), wrap(tag, text.encode())))


def _extension(kind: str, value: bytes, critical: bytes = b"") -> bytes:
    return sequence(oid_der(kind), critical, wrap(OCTET_STRING, value))


_CN, _O, _C, _L, _ST = (oid_der(f"2.5.4.{number}") for number in (3, 10, 6, 7, 8))
_SAN, _SKI, _SCTS = oid_der("2.5.29.17"), oid_der("2.5.29.14"), oid_der("1.3.6.1.4.1.11129.2.4.2")
_POISON = _extension("1.3.6.1.4.1.11129.2.4.3", _NULL, _CRITICAL)
_SIGNATURES = {
    "RSA": sequence(oid_der("1.2.840.113549.1.1.11"), _NULL),
    "EC": sequence(oid_der("1.2.840.10045.4.3.3")),
}


@dataclass(frozen=True, slots=True)
class _Issuer:
    """What one issuing CA writes into all its certificates."""

    name: bytes
    algorithm: bytes
    before: bytes
    after: bytes
    policy: str
    days: int


@dataclass(frozen=True, slots=True)
class _Key:
    """SubjectPublicKeyInfo, the identifier made from it, and what the key is used for."""

    spki: bytes
    identifier: bytes
    usage: bytes


def _issuer(number: int) -> _Issuer:
    organisation, country, policy = _ISSUERS[number % len(_ISSUERS)]
    signs = "EC" if number % 3 == 0 else "RSA"
    name = f"{organisation.split()[0].strip(',').lower()}{number}"

    def location(method: str, url: str) -> bytes:
        return sequence(oid_der(method), wrap(0x86, url.encode()))

    after = [
        _extension("2.5.29.35", sequence(wrap(0x80, hashlib.sha1(name.encode(), usedforsecurity=False).digest()))),
        _extension(
            "1.3.6.1.5.5.7.1.1",
            sequence(
                *([location("1.3.6.1.5.5.7.48.1", f"http://ocsp.{name}.example")] if number % 2 else []),
                location("1.3.6.1.5.5.7.48.2", f"http://ca.{name}.example/{name}.crt"),
            ),
        ),
        _extension("2.5.29.32", sequence(sequence(oid_der(policy)))),
    ]
    if number % 4:
        url = wrap(0x86, f"http://crl.{name}.example/{number}.crl".encode())
        after.append(_extension("2.5.29.31", sequence(sequence(wrap(0xA0, wrap(0xA0, url))))))
    purposes = [oid_der("1.3.6.1.5.5.7.3.1")] + ([oid_der("1.3.6.1.5.5.7.3.2")] if number % 2 else [])
    return _Issuer(
        name=sequence(
            _attribute("2.5.4.6", country, _PRINTABLE),
            _attribute("2.5.4.10", organisation),
            _attribute("2.5.4.3", f"{organisation} {signs} CA {number}"),
        ),
        algorithm=_SIGNATURES[signs],
        before=_extension("2.5.29.37", sequence(*purposes)) + _extension("2.5.29.19", sequence(), _CRITICAL),
        after=b"".join(after),
        policy=policy,
        days=90 if policy == _DV else 198,
    )


def _new_key(rng: random.Random) -> _Key:
    kind = rng.random()
    if kind < 0.33:
        return _rsa_key(rng, 2048 if kind < 0.28 else 3072 if kind < 0.3 else 4096)
    return _ec_key(rng, ec.SECP256R1() if kind < 0.93 else ec.SECP384R1())


def _rsa_key(rng: random.Random, bits: int) -> _Key:
    modulus = (rng.getrandbits(bits) | 1 | 3 << bits - 2).to_bytes(bits // 8)
    key = sequence(_integer(modulus), b"\x02\x03\x01\x00\x01")
    return _key(sequence(sequence(oid_der("1.2.840.113549.1.1.1"), _NULL), wrap(BIT_STRING, b"\0" + key)), 0xA0)


def _ec_key(rng: random.Random, curve: ec.EllipticCurve) -> _Key:
    public = ec.derive_private_key(rng.getrandbits(250) | 1, curve).public_key()
    return _key(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), 0x80)


def _key(spki: bytes, usage: int) -> _Key:
    unused = {0xA0: 5, 0x80: 7}[usage]
    return _Key(
        spki=spki,
        identifier=sequence(
            _SKI, wrap(OCTET_STRING, wrap(OCTET_STRING, hashlib.sha1(spki, usedforsecurity=False).digest()))
        ),
        usage=_extension("2.5.29.15", wrap(BIT_STRING, bytes([unused, usage])), _CRITICAL),
    )


def certificates(seed: int = 1816) -> Iterator[bytes]:
    """DER certificates without end: two thirds with EC keys, a tenth of them precertificates, about 1.2 kB each."""
    rng = random.Random(seed)  # noqa: S311 - the same certificates every time
    issuers = [_issuer(number) for number in range(36)]
    logs = [hashlib.sha256(b"log %d" % number).digest() for number in range(14)]
    version = b"\xa0\x03\x02\x01\x02"
    while True:
        issuer, key = rng.choice(issuers), _new_key(rng)
        names = _names(rng)
        value = sequence(_SAN, wrap(OCTET_STRING, sequence(*[wrap(0x82, name) for name in names])))
        own = _POISON if rng.random() < 0.1 else sequence(_SCTS, wrap(OCTET_STRING, _timestamps(rng, logs)))
        block = wrap(0xA3, sequence(key.usage, issuer.before, key.identifier, issuer.after, value, own))
        start = _NEWEST - timedelta(seconds=rng.randrange(400 * 86_400))
        end = start + timedelta(days=issuer.days, seconds=-1)
        validity = sequence(*(wrap(0x17, f"{moment:%y%m%d%H%M%S}Z".encode()) for moment in (start, end)))
        serial = _integer(bytes([rng.randrange(1, 256)]) + rng.randbytes(15))
        subject = _subject(rng, names[0], issuer.policy)
        tbs = sequence(version, serial, issuer.algorithm, issuer.name, validity, subject, key.spki, block)
        yield sequence(tbs, issuer.algorithm, _signature(rng, issuer.algorithm))


def _names(rng: random.Random) -> list[bytes]:
    domain = f"{rng.choice(_WORDS)}{rng.randrange(100_000)}.{rng.choice(_ENDINGS)}"
    count = rng.choice((0, 1, 1, 1, 2, 3, 5, 30)) if rng.random() < 0.9 else 1
    names = [domain, *(f"{rng.choice(_WORDS)}{at}.{domain}" for at in range(count))]
    if rng.random() < 0.15:
        names[0:0] = [f"*.{domain}"]
    return [name.encode() for name in names]


def _subject(rng: random.Random, name: bytes, policy: str) -> bytes:
    common = wrap(_SET, sequence(_CN, wrap(_UTF8, name)))
    if policy == _DV:
        return sequence(common) if rng.random() < 0.9 else sequence()
    town = rng.choice(("Zürich", "Bonn", "Lyon", "Austin", "Porto"))
    owner = f"{rng.choice(_WORDS).title()} {rng.choice(('GmbH', 'Ltd', 'AG', 'Inc.', 'S.A.'))}"
    return sequence(
        wrap(_SET, sequence(_C, wrap(_PRINTABLE, rng.choice((b"DE", b"US", b"FR"))))),
        wrap(_SET, sequence(_ST, wrap(_UTF8, b"State"))),
        wrap(_SET, sequence(_L, wrap(_UTF8, town.encode()))),
        wrap(_SET, sequence(_O, wrap(_UTF8, owner.encode()))),
        common,
    )


def _timestamps(rng: random.Random, logs: list[bytes]) -> bytes:
    """An SCT list (RFC 6962 section 3.3) inside its OCTET STRING."""
    listed = b""
    for log in rng.sample(logs, rng.choice((2, 2, 3))):
        signature, moment = _ecdsa(rng), 1_764_000_000_000 + rng.randrange(30_000_000_000)
        sct = b"\0" + log + moment.to_bytes(8) + b"\0\0\4\3" + len(signature).to_bytes(2) + signature
        listed += len(sct).to_bytes(2) + sct
    return wrap(OCTET_STRING, len(listed).to_bytes(2) + listed)


def _signature(rng: random.Random, algorithm: bytes) -> bytes:
    return wrap(BIT_STRING, b"\0" + (rng.randbytes(256) if algorithm == _SIGNATURES["RSA"] else _ecdsa(rng)))


def _ecdsa(rng: random.Random) -> bytes:
    return sequence(*(_integer(bytes([rng.randrange(1, 256)]) + rng.randbytes(31)) for _ in range(2)))


def write(ders: Iterator[bytes], path: Path) -> int:
    """Write certificates one after the other, each after its length in four octets (big-endian); their number."""
    count = 0
    with path.open("wb") as file:
        for der in ders:
            file.write(len(der).to_bytes(4) + der)
            count += 1
    return count


def main() -> None:
    """Write as many certificates as the second argument says into the file the first one names."""
    begun = time.perf_counter()
    count = write(islice(certificates(), int(sys.argv[2])), Path(sys.argv[1]))
    sys.stdout.write(f"{count / (time.perf_counter() - begun):,.0f} certificates/s\n")


if __name__ == "__main__":
    main()
