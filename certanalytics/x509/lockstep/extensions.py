"""The extensions of a certificate: RFC 5280 section 4.1.2.9.

Four kinds differ from certificate to certificate and are read where they stand. All the others are
the same few octets over and over: neighbours among them are taken together as a *run*, and a run
that was read once is never read again (`certanalytics.x509.lockstep.pieces`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from certanalytics.x509 import der
from certanalytics.x509.lockstep.fields import OCTET_STRING, OID, SEQUENCE
from certanalytics.x509.lockstep.octets import Codebook, Numbers, Octets, Span, Words, by_row
from certanalytics.x509.oids import EXTENSIONS, PRECERT_POISON, SCT_LIST

SUBJECT_KEY_ID, ALTERNATIVE_NAMES, TIMESTAMPS = "2.5.29.14", "2.5.29.17", SCT_LIST
_OWN = (SUBJECT_KEY_ID, ALTERNATIVE_NAMES, TIMESTAMPS)
"""Kinds with columns of their own in every certificate."""
_ORDER = (*_OWN, PRECERT_POISON, *(oid for oid in EXTENSIONS if oid not in (*_OWN, PRECERT_POISON)))
_KINDS = Codebook([der.oid_der(oid) for oid in _ORDER], words=2)
_POISON = 1 + _ORDER.index(PRECERT_POISON)
_MOST = 32
"""Extensions of a certificate; more are the reference path's."""
_STRANGE_BITS = 32
_MARKS = 1 << np.arange(len(_ORDER) + 1)
_CRITICAL = bytes.fromhex("0101ff")


class Rows(NamedTuple):
    """An element that only some rows have."""

    rows: Numbers
    span: Span

    def sound(self, octets: Octets) -> Rows:
        """Those of rows not in doubt."""
        kept = octets.sound[self.rows]
        return Rows(self.rows[kept], self.span.of(kept))


class Extensions(NamedTuple):
    """Where the extensions of each certificate lie.

    Attributes:
        own: For each kind read in place, the extensions.
        runs: Neighbouring extensions of the other known kinds.
        strangers: Extensions of a kind this package does not know.
        removed: What is no part of the body a precertificate shares with its certificate; empty where nothing is.
    """

    own: dict[str, Rows]
    runs: Rows
    strangers: Rows
    removed: Span


def extensions(octets: Octets, block: Span) -> Extensions:
    """Walk all extensions of all certificates, the first of each, the second of each, and so on.

    Args:
        octets: The batch.
        block: What each Extensions holds.
    """
    count = len(octets.sound)
    removed = Span(block.end.copy(), block.end.copy())
    taken = np.zeros(count, np.int64)
    run_start = np.full(count, -1, np.int64)
    own: dict[int, list[Rows]] = {kind: [] for kind in range(1, 1 + len(_OWN))}
    runs: list[Rows] = []
    strangers: list[Rows] = []
    rows = np.flatnonzero(octets.sound)
    at, limit = block.content[rows], block.end[rows]
    for _ in range(_MOST):
        if not rows.size:
            break
        span = octets.element(SEQUENCE, at, limit, rows)
        kind, mark = _kind(octets, span, rows)
        seen = taken[rows]
        octets.doubt(seen & mark != 0, rows)
        taken[rows] = seen | mark

        for number, found in own.items():
            if (here := np.flatnonzero(kind == number)).size:
                found.append(Rows(rows[here], Span(at[here], span.end[here])))
        if (here := np.flatnonzero(kind == 0)).size:
            strangers.append(Rows(rows[here], Span(at[here], span.end[here])))
        here = np.flatnonzero((kind == _POISON) | (kind == 1 + _OWN.index(TIMESTAMPS)))
        octets.doubt(removed.content[rows[here]] != removed.end[rows[here]], rows[here])
        removed.content[rows[here]], removed.end[rows[here]] = at[here], span.end[here]

        begun = run_start[rows]
        common = kind > len(_OWN)
        run = np.where(common & (begun < 0), at, begun)
        last = span.end >= limit
        closed = np.flatnonzero((run >= 0) & (last | ~common))
        run_end = np.where(common, span.end, at)
        runs.append(Rows(rows[closed], Span(run[closed], run_end[closed])))
        run_start[rows] = np.where(common & ~last, run, -1)

        going = ~last & octets.sound[rows]
        rows, at, limit = rows[going], span.end[going], limit[going]
    octets.doubt(np.ones(len(rows), np.bool_), rows)
    return Extensions(
        own={_ORDER[number - 1]: _joined(found) for number, found in own.items()},
        runs=_joined(runs),
        strangers=_joined(strangers),
        removed=removed,
    )


def _kind(octets: Octets, span: Span, rows: Numbers) -> tuple[Numbers, Words]:
    """The kind of each extension, and a mark that two extensions of one kind share.

    Two strangers may share a mark and be doubted for nothing; two of the same kind always do.
    """
    words, _, sound = octets.identifier(span.content, span.end)
    octets.doubt(~sound, rows)
    kind = _KINDS.find(words)
    marks = _MARKS[kind]
    strange = np.flatnonzero(kind == 0)
    marks[strange] = 1 << _STRANGE_BITS + (_KINDS.hashed([word[strange] for word in words]) & 0x1F)
    return kind, marks


def _joined(found: list[Rows]) -> Rows:
    """Rows gathered step by step, in one."""
    nothing = np.empty(0, np.int64)
    rows, content, end = by_row([(nothing, nothing, nothing), *((part.rows, *part.span) for part in found)])
    return Rows(rows, Span(content, end))


def values(octets: Octets, found: Rows) -> tuple[Span, Span]:
    """What stands before the value of each extension, and the value: ``{ OID, critical?, OCTET STRING }``."""
    rows, span = found
    content = octets.element(SEQUENCE, *span, rows)
    identifier = octets.element(OID, *content, rows)
    critical = octets.begins(identifier.end, _CRITICAL)
    at = np.minimum(identifier.end + len(_CRITICAL) * critical, content.end)
    value = octets.element(OCTET_STRING, at, content.end, rows)
    octets.doubt((content.end != span.end) | (value.end != content.end), rows)
    return Span(content.content, at), value
