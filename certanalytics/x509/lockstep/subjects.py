"""Subject names, as RFC 4514 strings.

Nearly every subject is plain: one value in each part, of a type with a descriptor, without a
character that must be escaped. Those are put together from slices. The others are read one by one
by `certanalytics.x509.names`, as long as they are canonical DER.
"""

from __future__ import annotations

import string
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from certanalytics.x509 import der, names
from certanalytics.x509.lockstep.columns import gather, strings, texts
from certanalytics.x509.lockstep.fields import OID, SEQUENCE, SET
from certanalytics.x509.lockstep.octets import Codebook, Numbers, Octets, Span, Truths
from certanalytics.x509.oids import ATTRIBUTES

_TYPES = Codebook([der.oid_der(oid) for oid in ATTRIBUTES], words=2)
_DESCRIPTORS = tuple(ATTRIBUTES.values())
_COLUMNS = {"subject_cn": "CN", "subject_o": "O", "subject_ou": "OU", "subject_c": "C"}
_MOST = 16
"""Attributes of a name; more are the reference path's."""

LITERALS = b"".join(f",{descriptor}=".encode() for descriptor in _DESCRIPTORS)
_LITERAL_SIZES = np.array([0, *(len(descriptor) + 2 for descriptor in _DESCRIPTORS)], np.int64)
_LITERAL_STARTS = np.cumsum(_LITERAL_SIZES) - _LITERAL_SIZES

_UTF8, _PRINTABLE, _TELETEX, _IA5 = 0x0C, 0x13, 0x14, 0x16
_PRINTABLE_MARKS = frozenset(string.ascii_letters + string.digits + " '()+,-./:=?")
_ESCAPED, _UNPRINTABLE = 1, 2
_MARKS = np.array(
    [
        _ESCAPED * (mark < 0x20 or mark > 0x7E or chr(mark) in '"+,;<>\\')
        + _UNPRINTABLE * (chr(mark) not in _PRINTABLE_MARKS)
        for mark in range(256)
    ],
    np.uint8,
)
"""Of each octet whether it cannot stand unescaped in a name (RFC 4514), or not in a PrintableString (X.680)."""


class Attributes(NamedTuple):
    """The attributes of every name, those of a row side by side.

    Attributes:
        count: How many a row has.
        kind: Number of the type, by row and place.
        start: Where the value begins.
        end: Where it ends.
        tag: Its string type.
    """

    count: Numbers
    kind: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    tag: NDArray[np.uint8]


def subjects(octets: Octets, subject: Span, name: Span) -> dict[str, pa.Array]:
    """The subject columns.

    Args:
        octets: The batch.
        subject: What each subject Name holds.
        name: The Name itself.
    """
    attributes = _attributes(octets, subject)
    dn, plain = _distinguished(octets, attributes)
    columns = {"subject_dn": dn}
    places = np.arange(len(attributes.count))
    for column, descriptor in _COLUMNS.items():
        number = 1 + _DESCRIPTORS.index(descriptor)
        last = np.full(len(places), -1, np.int64)
        for place in range(attributes.kind.shape[1]):
            last[attributes.kind[:, place] == number] = place
        present = plain & (last >= 0)
        start, end = attributes.start[places, last], attributes.end[places, last]
        columns[column] = texts(octets, Span(np.where(present, start, 0), np.where(present, end, 0)), present)
    return _with_fancy(octets, name, columns, np.flatnonzero(octets.sound & ~plain))


def _attributes(octets: Octets, subject: Span) -> Attributes:
    """Walk all names, one RelativeDistinguishedName of one attribute after the other."""
    total = len(octets.sound)
    kinds, starts, ends = (np.zeros((_MOST, total), np.int64) for _ in range(3))
    tags, count = np.zeros((_MOST, total), np.uint8), np.zeros(total, np.int64)
    rows = np.flatnonzero(octets.sound & (subject.length > 0))
    at, limit = subject.content[rows], subject.end[rows]
    deepest = 0
    for place in range(_MOST):
        if not rows.size:
            break
        deepest = place + 1
        part = octets.element(SET, at, limit, rows)
        attribute = octets.element(SEQUENCE, *part, rows)
        sizes = (octets.words(attribute.content) >> 8 & 0xFF).astype(np.int64) + 2
        words = octets.leading(attribute.content, sizes, _TYPES.words)
        kind = _TYPES.find(words)
        octets.doubt((kind == 0) | (attribute.end != part.end) | (sizes > 16) | (words[0] & 0xFF != OID), rows)
        tag, value, sound = octets.header(np.minimum(attribute.content + sizes, attribute.end), attribute.end)
        is_string = (tag == _UTF8) | (tag == _PRINTABLE) | (tag == _IA5) | (tag == _TELETEX)
        octets.doubt(~sound | ~is_string | (value.end != attribute.end) | (value.length == 0), rows)
        kinds[place, rows], tags[place, rows] = kind, tag
        starts[place, rows], ends[place, rows] = value.content, value.end
        count[rows] += 1
        going = (part.end < limit) & octets.sound[rows]
        rows, at, limit = rows[going], part.end[going], limit[going]
    octets.doubt(np.ones(len(rows), np.bool_), rows)
    deepest = max(deepest, 1)
    return Attributes(count, kinds[:deepest].T, starts[:deepest].T, ends[:deepest].T, tags[:deepest].T)


def _distinguished(octets: Octets, attributes: Attributes) -> tuple[pa.Array, Truths]:
    """Distinguished names, the last attribute first, and the rows whose values all are plain."""
    count = np.where(octets.sound, attributes.count, 0)
    reverse = count[:, None] - 1 - np.arange(attributes.kind.shape[1])
    rows, places = np.nonzero(reverse >= 0)
    places = reverse[rows, places]
    kind = attributes.kind[rows, places]
    first = places == count[rows] - 1
    starts, ends = np.empty(2 * len(rows), np.int64), np.empty(2 * len(rows), np.int64)
    starts[::2] = octets.literals + _LITERAL_STARTS[kind] + first
    ends[::2] = octets.literals + _LITERAL_STARTS[kind] + _LITERAL_SIZES[kind]
    starts[1::2], ends[1::2] = attributes.start[rows, places], attributes.end[rows, places]
    values, offsets = gather(octets.octet, Span(starts, ends))

    plain = np.ones(len(count), np.bool_)
    if len(rows):
        begin, end, tag = offsets[1:-1:2], offsets[2::2], attributes.tag[rows, places]
        marks = np.bitwise_or.reduceat(_MARKS[values], offsets[:-1])[1::2]
        octets.doubt((tag == _PRINTABLE) & (marks & _UNPRINTABLE > 0), rows)
        edge = (values[begin] == ord("#")) | (values[begin] == ord(" ")) | (values[end - 1] == ord(" "))
        plain[rows[(marks & _ESCAPED > 0) | edge | (tag == _TELETEX)]] = False
    bounds = np.zeros(len(count) + 1, np.int64)
    np.cumsum(2 * count, out=bounds[1:])
    return strings(values, offsets[bounds]), plain


def _with_fancy(octets: Octets, name: Span, columns: dict[str, pa.Array], rows: Numbers) -> dict[str, pa.Array]:
    """The columns with the names of ``rows`` read one by one."""
    if not rows.size:
        return columns
    read = [names.read(text) for text in octets.slices(name[rows])]
    octets.doubt(~np.array([found.readable for found in read], np.bool_), rows)
    here = np.zeros(len(octets.sound), np.bool_)
    here[rows] = True
    mask = pa.array(here)
    return {
        column: pc.replace_with_mask(
            values, mask, pa.array([getattr(found, column.removeprefix("subject_")) for found in read], pa.string())
        )
        for column, values in columns.items()
    }
