"""Entries of a Certificate Transparency log by the million: what ``ct_pipeline`` loads.

A few thousand certificates are issued by the demo's public CAs as any of its are (RSA and EC keys, precertificate and
certificate with timestamps of two logs, one to eight names); every further one is one of them with a serial number,
names and a key of its own put into its bytes, so that no two are equal and a million takes a minute. Their signatures
do not fit, which nobody here looks at. Each precertificate is followed, somewhat later, by its certificate.
"""

from __future__ import annotations

import base64
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path

from cryptography import x509

from certanalytics.demo.authorities import Authority, authorities, logs
from certanalytics.demo.certificates import Certificate, Request, issue
from certanalytics.demo.keys import certified_key
from certanalytics.demo.moduli import Moduli

PAGE = 1_000
"""Entries a log answers at a time."""

PATTERNS = 2_000
"""Certificates that are issued; all others follow one of them."""

LATER = 500
"""How many issuances later a precertificate's certificate is logged."""

_NAME = "q0000000z"
_FIRST = datetime(2026, 1, 5)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One issuance with what its followers have of their own."""

    precertificate: bytes
    tbs: bytes
    certificate: bytes
    chain: bytes
    issuer_key_hash: bytes
    own: tuple[tuple[bytes, int], ...]

    def entry(self, number: int, *, final: bool) -> tuple[bytes, bytes]:
        """``leaf_input`` and ``extra_data`` of the n-th issuance (RFC 6962 sections 3.4 and 4.6)."""
        milliseconds = 1_767_571_200_000 + 100 * number
        kind, signed = (0, _vector(self._of(self.certificate, number))) if final else (
            1, self.issuer_key_hash + _vector(self._of(self.tbs, number))
        )  # fmt: skip
        leaf = b"\0\0" + milliseconds.to_bytes(8, "big") + kind.to_bytes(2, "big") + signed + b"\0\0"
        return leaf, (b"" if final else _vector(self._of(self.precertificate, number))) + self.chain

    def tile(self, number: int, index: int, *, final: bool) -> bytes:
        """The same as a TileLeaf (c2sp.org/static-ct-api), whose issuers are digests."""
        leaf, extra = self.entry(number, final=final)
        extensions = b"\0\x08\0\0\5" + index.to_bytes(5, "big")
        precertificate = b"" if final else extra[: 3 + int.from_bytes(extra[:3], "big")]
        issuers, rest = b"", self.chain[3:]
        while rest:
            size = int.from_bytes(rest[:3], "big")
            issuers += sha256(rest[3 : 3 + size]).digest()
            rest = rest[3 + size :]
        return leaf[2:-2] + extensions + precertificate + len(issuers).to_bytes(2, "big") + issuers

    def _of(self, der: bytes, number: int) -> bytes:
        own = sha256(number.to_bytes(8, "big")).digest()
        for pattern, size in self.own:
            value = b"q%07xz" % number if size == len(_NAME) else (b"\x55" + own + own)[:size]
            der = der.replace(pattern, value)
        return der


@cache
def patterns() -> tuple[Pattern, ...]:
    """The issuances all entries follow."""
    rng = random.Random(1816)  # noqa: S311 - the same entries every time
    moduli = Moduli(rng)
    public = [ca for ca in authorities(rng, {}).values() if ca.is_public and ca.issuer]
    keys = [certified_key(rng, moduli, "RSA-2048" if number % 2 else "P-256") for number in range(PATTERNS // 4)]
    of_log = logs(rng)
    made = []
    for number in range(PATTERNS):
        authority = public[rng.randrange(len(public))]
        key, start = keys[number % len(keys)], _FIRST + timedelta(hours=rng.randrange(4_000))
        below = f"{_NAME}.example" if number % 3 else f"{_NAME}.shop{number % 97}.example"
        names = (below, *(f"{host}.{below}" for host in ("www", "api", "mail", "cdn", "vpn", "dev", "test")))
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, below)])
        request = Request(
            subject=subject,
            names=names[: 1 + min(rng.randrange(8), rng.randrange(8))],
            key=key,
            not_before=start,
            not_after=start + timedelta(days=90, seconds=-1),
            level="DV",
        )
        made.append(_pattern(issue(rng, request, authority, of_log), authority))
    return tuple(made)


def _pattern(certificate: Certificate, authority: Authority) -> Pattern:
    if certificate.precertificate is None or certificate.logged_tbs is None:
        raise TypeError("a public CA logs what it issues")
    key = certificate.request.key
    own = [(certificate.serial.to_bytes(16, "big"), 16), (key.key_id, 20), (_NAME.encode(), len(_NAME))]
    if key.is_rsa:
        own.append((key.numbers[0].to_bytes(256, "big")[100:140], 40))
    return Pattern(
        certificate.precertificate,
        certificate.logged_tbs,
        certificate.der,
        _vector(b"".join(map(_vector, authority.chain))),
        sha256(authority.signer.key.spki).digest(),
        tuple(own),
    )


def issuances() -> Iterator[tuple[Pattern, int, bool]]:
    """Pattern and number of each entry, and whether it is the certificate itself."""
    number, known = 0, patterns()
    while True:
        yield known[number % len(known)], number, False
        if number >= LATER:
            yield known[(number - LATER) % len(known)], number - LATER, True
        number += 1


def write(folder: Path, entries: int, *, start: int = 0, page: int = PAGE) -> None:
    """Write answers to get-entries, a file each.

    Args:
        folder: Where.
        entries: How many entries.
        start: The first entry's index in the log.
        page: Entries of a file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = islice(issuances(), start, start + entries)
    for first in range(start, start + entries, page):
        parts = [pattern.entry(number, final=final) for pattern, number, final in islice(wanted, page)]
        texts = [
            b'{"leaf_input":"%b","extra_data":"%b"}' % (base64.b64encode(leaf), base64.b64encode(extra))
            for leaf, extra in parts
        ]
        name = f"{first:010}-{first + len(parts) - 1:010}.json"
        (folder / name).write_bytes(b'{"entries":[' + b",".join(texts) + b"]}\n")


def write_tiles(folder: Path, entries: int) -> None:
    """Write data tiles of 256 entries, as they lie below ``tile/data``."""
    wanted = islice(issuances(), entries)
    for number, first in enumerate(range(0, entries, 256)):
        place = folder / "tile" / "data" / f"x{number // 1000:03}" / f"{number % 1000:03}"
        place.parent.mkdir(parents=True, exist_ok=True)
        part = islice(wanted, 256)
        place.write_bytes(b"".join(each.tile(n, first + at, final=final) for at, (each, n, final) in enumerate(part)))


def _vector(data: bytes) -> bytes:
    return len(data).to_bytes(3, "big") + data


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
