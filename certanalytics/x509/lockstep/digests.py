"""Hashes of certificates, of their keys and of what a precertificate shares with its certificate."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import pyarrow as pa

from certanalytics.x509 import der
from certanalytics.x509.lockstep.columns import fixed_hexadecimal
from certanalytics.x509.lockstep.fields import EXTENSIONS, SEQUENCE, Fields
from certanalytics.x509.lockstep.octets import Octets, Span

_head = lru_cache(maxsize=1 << 14)(der.head)


def sha256(values: Iterable[bytes]) -> pa.Array:
    """SHA-256 of each, in hexadecimal."""
    return fixed_hexadecimal(_hashed(hashlib.sha256(), values), hashlib.sha256().digest_size)


def sha1(values: Iterable[bytes]) -> pa.Array:
    """SHA-1 of each, in hexadecimal."""
    return fixed_hexadecimal(_hashed(hashlib.sha1(usedforsecurity=False), values), hashlib.sha1().digest_size)


def _hashed(empty: "hashlib._Hash", values: Iterable[bytes]) -> list[bytes]:
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


def issuance_tbs(octets: Octets, cut: Fields, removed: Span) -> list[bytes]:
    """The body that a precertificate shares with its certificate, as `certanalytics.x509.parts.issuance_tbs` has it."""
    data, bodies = octets.data, octets.slices(cut.tbs)
    rows = np.flatnonzero(removed.length > 0)
    kept = (cut.extensions.length - removed.length)[rows]
    octets.doubt(kept == 0, rows)
    places = zip(
        rows.tolist(),
        cut.tbs_content.content[rows].tolist(),
        cut.extension_block.content[rows].tolist(),
        cut.extensions.content[rows].tolist(),
        removed.content[rows].tolist(),
        removed.end[rows].tolist(),
        cut.extensions.end[rows].tolist(),
        kept.tolist(),
        strict=True,
    )
    for row, start, block, first, gone, going_on, end, size in places:
        head = _extensions_head(size)
        fields_before = data[start:block]
        body = _head(SEQUENCE, len(fields_before) + len(head) + size)
        bodies[row] = b"".join((body, fields_before, head, data[first:gone], data[going_on:end]))
    return bodies
