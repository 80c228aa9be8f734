"""Hashes of certificates, of their keys and of what a precertificate shares with its certificate."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache

import pyarrow as pa

from certanalytics.x509 import der
from certanalytics.x509.lockstep.columns import fixed_hexadecimal
from certanalytics.x509.lockstep.fields import EXTENSIONS, SEQUENCE, Fields
from certanalytics.x509.lockstep.octets import Octets, Span

_SHA1_SIZE = 20
_head = lru_cache(maxsize=1 << 14)(der.head)


def sha256(values: Iterable[bytes]) -> pa.Array:
    """SHA-256 of each, in hexadecimal."""
    return fixed_hexadecimal(_hashed(hashlib.sha256(), values), hashlib.sha256().digest_size)


def sha1(values: Iterable[bytes]) -> pa.Array:
    """SHA-1 of each, in hexadecimal."""
    return fixed_hexadecimal(_hashed(hashlib.sha1(usedforsecurity=False), values), _SHA1_SIZE)


def _hashed(empty: hashlib._Hash, values: Iterable[bytes]) -> list[bytes]:
    """The digests; copying a hash that has read nothing takes less than making one."""
    copy, found = empty.copy, []
    for value in values:
        digest = copy()
        digest.update(value)
        found.append(digest.digest())
    return found


@lru_cache(maxsize=1 << 14)
def _extensions_head(size: int) -> bytes:
    """What stands before so many octets of extensions."""
    inner = der.head(SEQUENCE, size)
    return der.head(EXTENSIONS, len(inner) + size) + inner


def issuance_tbs(octets: Octets, cut: Fields, removed: Span) -> Iterator[bytes]:
    """The body that a precertificate shares with its certificate, as `certanalytics.x509.parts.issuance_tbs` has it."""
    data = octets.data
    gone = removed.length
    kept = cut.extensions.length - gone
    octets.doubt(kept == 0)
    places = zip(
        cut.tbs.content.tolist(),
        cut.tbs.end.tolist(),
        cut.tbs_content.content.tolist(),
        cut.extension_block.content.tolist(),
        cut.extensions.content.tolist(),
        removed.content.tolist(),
        removed.end.tolist(),
        kept.tolist(),
        (gone > 0).tolist(),
        strict=True,
    )
    for whole, end, start, block, first, cut_from, cut_to, size, shortened in places:
        if shortened:
            head = _extensions_head(size)
            before = data[start:block]
            yield b"".join(
                (_head(SEQUENCE, len(before) + len(head) + size), before, head, data[first:cut_from], data[cut_to:end])
            )
        else:
            yield data[whole:end]
