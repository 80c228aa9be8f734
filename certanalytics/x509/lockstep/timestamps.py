"""Embedded signed certificate timestamps: RFC 6962 sections 3.2 and 3.3."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from certanalytics.x509.lockstep.columns import hexadecimal, lists
from certanalytics.x509.lockstep.extensions import Rows, values
from certanalytics.x509.lockstep.fields import OCTET_STRING
from certanalytics.x509.lockstep.octets import Numbers, Octets, Span, Truths, by_row

_MOST = 32
"""Timestamps of a certificate; more are the reference path's."""
_LOG_ID = 32
_FIXED = 1 + _LOG_ID + 8
"""Octets before the extensions of a timestamp: version, log and time."""
_RSA, _ECDSA, _SHA256 = 1, 3, 4


def log_ids(octets: Octets, found: Rows) -> tuple[pa.Array, Numbers]:
    """The logs that promised to log each certificate, in hexadecimal, and how many."""
    _, value = values(octets, found)
    listed = octets.element(OCTET_STRING, *value, found.rows)
    at, limit = _vector(octets, listed.content, listed.end)
    octets.doubt((listed.end != value.end) | (limit != listed.end) | (at >= limit), found.rows)
    rows = found.rows
    nothing = np.empty(0, np.int64)
    steps = [(nothing, nothing)]
    for _ in range(_MOST):
        going = (at < limit) & octets.sound[rows]
        rows, at, limit = rows[going], at[going], limit[going]
        if not rows.size:
            break
        start, end = _vector(octets, at, limit)
        octets.doubt(~_is_timestamp(octets, start, end) | (end <= start) | (end > limit), rows)
        kept = octets.sound[rows]
        steps.append((rows[kept], start[kept] + 1))
        at = np.minimum(end, limit)
    else:
        octets.doubt(at < limit, rows)
    rows, logs = by_row(steps)
    count = len(octets.sound)
    column = lists(count, rows, hexadecimal(octets, Span(logs, logs + _LOG_ID)))
    return column, np.bincount(rows, minlength=count)


def _vector(octets: Octets, at: Numbers, limit: Numbers) -> tuple[Numbers, Numbers]:
    """Where a vector with a length of two octets begins and ends (RFC 8446 section 3.4); at most one past its limit."""
    word = octets.words(at)
    length = ((word & 0xFF) << 8 | word >> 8 & 0xFF).astype(np.int64)
    start = np.minimum(at + 2, limit)
    return start, np.where(at + 2 + length > limit, limit + 1, at + 2 + length)


def _is_timestamp(octets: Octets, start: Numbers, end: Numbers) -> Truths:
    """Whether what fills this space is a SignedCertificateTimestamp of version 1, signed with SHA-256."""
    end = np.minimum(end, len(octets.data) - 32)
    _, signed = _vector(octets, np.minimum(start + _FIXED, end), end)
    word = octets.words(np.minimum(signed, end))
    scheme = word >> 8 & 0xFF
    known = (word & 0xFF == _SHA256) & ((scheme == _RSA) | (scheme == _ECDSA))
    signature, filled = _vector(octets, np.minimum(signed + 2, end), end)
    found: Truths = (octets.octet[start] == 0) & (signed + 2 < end) & known & (signature < end) & (filled == end)
    return found
