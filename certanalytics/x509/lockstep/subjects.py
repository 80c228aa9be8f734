"""Subject names, as RFC 4514 strings.

Nearly every subject is plain: one value in each part, of a type with a descriptor, and text in which
no more than ``,`` and its like must be escaped. Those are put together from slices. The others are
read one by one by `certanalytics.x509.names`, as long as they are canonical DER.
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
from certanalytics.x509.lockstep.fields import SEQUENCE, SET
from certanalytics.x509.lockstep.octets import Codebook, Numbers, Octets, Span, Truths, Words
from certanalytics.x509.oids import ATTRIBUTES

_TYPES = Codebook([der.oid_der(oid) for oid in ATTRIBUTES], words=2)
_X520, _X520_MASK = (
    int.from_bytes(bytes.fromhex(octets), "little", signed=True) for octets in ("3100300006035504", "ff00ff00ffffffff")
)
_X520_TYPES = np.zeros(256, np.int64)
for _number, _oid in enumerate(ATTRIBUTES, 1):
    if _oid.startswith("2.5.4."):
        _X520_TYPES[int(_oid.removeprefix("2.5.4."))] = _number
_DESCRIPTORS = tuple(ATTRIBUTES.values())
_SIZES = {"CN": (1, 64), "C": (2, 2), "jurisdictionC": (2, 2)}
"""Characters of a value, fewest and most, where `cryptography` minds them (RFC 5280 appendix A.1)."""
_FEWEST, _LONGEST = (
    np.array([0, *(_SIZES.get(descriptor, (1, 1 << 16))[bound] for descriptor in _DESCRIPTORS)], np.int64)
    for bound in (0, 1)
)
_COLUMNS = {"subject_cn": "CN", "subject_o": "O", "subject_ou": "OU", "subject_c": "C"}
_MOST = 16
"""Attributes of a name; more are the reference path's."""

_COMMA = 0
"""Stands for the comma between two attributes until those within values are escaped; no value holds it."""
LITERALS = b"".join(bytes((_COMMA,)) + f"{descriptor}=".encode() for descriptor in _DESCRIPTORS)
_LITERAL_SIZES = np.array([0, *(len(descriptor) + 2 for descriptor in _DESCRIPTORS)], np.int64)
_LITERAL_STARTS = np.cumsum(_LITERAL_SIZES) - _LITERAL_SIZES

_UTF8, _PRINTABLE, _TELETEX, _IA5 = 0x0C, 0x13, 0x14, 0x16
_PRINTABLE_MARKS = frozenset(string.ascii_letters + string.digits + " '()+,-./:=?")
_CONTROL, _SPECIAL, _WIDE, _UNPRINTABLE = 1, 2, 4, 8
_MARKS = bytes(
    _CONTROL * (mark < 0x20 or mark == 0x7F)
    + _SPECIAL * (chr(mark) in '"+,;<>\\')
    + _WIDE * (mark > 0x7F)
    + _UNPRINTABLE * (chr(mark) not in _PRINTABLE_MARKS)
    for mark in range(256)
)
"""Of each octet what RFC 4514 section 2.4 makes of it, and whether it has no place in a PrintableString (X.680)."""


class Attributes(NamedTuple):
    """The attributes of every name, those of a row side by side.

    Attributes:
        size: How many a row has.
        kind: Number of the type, by row and place.
        start: Where the value begins.
        end: Where it ends.
        tag: Its string type.
    """

    size: Numbers
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
    places = np.arange(len(attributes.size))
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
    tags, size = np.zeros((_MOST, total), np.uint8), np.zeros(total, np.int64)
    rows = np.flatnonzero(octets.sound & (subject.length > 0))
    at, limit = subject.content[rows], subject.end[rows]
    deepest = 0
    for place in range(_MOST):
        if not rows.size:
            break
        deepest = place + 1
        kind, tag, value, part_end, usual = _short_attribute(octets, at, limit)
        rest = np.flatnonzero(~usual)
        if rest.size:
            found = _attribute(octets, at[rest], limit[rest], rows[rest])
            kind[rest], tag[rest], value.content[rest], value.end[rest], part_end[rest] = found
        is_string = (tag == _UTF8) | (tag == _PRINTABLE) | (tag == _IA5) | (tag == _TELETEX)
        octets.doubt((kind == 0) | ~is_string, rows)
        octets.doubt((value.length < _FEWEST[kind]) | (value.length > _LONGEST[kind]), rows)
        kinds[place, rows], tags[place, rows] = kind, tag
        starts[place, rows], ends[place, rows] = value.content, value.end
        size[rows] += 1
        going = (part_end < limit) & octets.sound[rows]
        rows, at, limit = rows[going], part_end[going], limit[going]
    octets.doubt(np.ones(len(rows), np.bool_), rows)
    deepest = max(deepest, 1)
    return Attributes(size, kinds[:deepest].T, starts[:deepest].T, ends[:deepest].T, tags[:deepest].T)


def _short_attribute(octets: Octets, at: Numbers, limit: Numbers) -> tuple[Numbers, Words, Span, Numbers, Truths]:
    """Type, string type, value and end of an attribute with an X.520 type and at most 118 octets of value.

    ``SET { SEQUENCE { OID 2.5.4.x, value } }`` then stands in the first eleven octets, and whether
    it does is the last array.
    """
    word, rest = octets.words(at), octets.words(at + 8)
    length = word >> 8 & 0xFF
    end = at + 2 + length
    usual = (word & _X520_MASK == _X520) & (length < 0x80) & (end <= limit)
    usual &= (word >> 24 & 0xFF == length - 2) & (rest >> 16 & 0xFF == length - 9)
    end = np.minimum(end, limit)
    return _X520_TYPES[rest & 0xFF], rest >> 8 & 0xFF, Span(np.minimum(at + 11, end), end), end.copy(), usual


def _attribute(
    octets: Octets, at: Numbers, limit: Numbers, rows: Numbers
) -> tuple[Numbers, Words, Numbers, Numbers, Numbers]:
    """Type, string type, value and end of any attribute that stands alone in its part of the name."""
    part = octets.element(SET, at, limit, rows)
    attribute = octets.element(SEQUENCE, *part, rows)
    words, identified, is_type = octets.identifier(attribute.content, attribute.end)
    tag, value, sound = octets.header(identified, attribute.end)
    octets.doubt(~is_type | ~sound | (attribute.end != part.end) | (value.end != attribute.end), rows)
    return _TYPES.find(words), tag, value.content, value.end, part.end


def _distinguished(octets: Octets, attributes: Attributes) -> tuple[pa.Array, Truths]:
    """Distinguished names, the last attribute first, and the rows whose values all are plain."""
    count = np.where(octets.sound, attributes.size, 0)
    reverse = count[:, None] - 1 - np.arange(attributes.kind.shape[1])
    rows, places = np.nonzero(reverse >= 0)
    places = reverse[rows, places]
    kind = attributes.kind[rows, places]
    first = places == count[rows] - 1
    starts, ends = np.empty(2 * len(rows), np.int64), np.empty(2 * len(rows), np.int64)
    starts[::2] = octets.literals + _LITERAL_STARTS[kind] + first
    ends[::2] = octets.literals + _LITERAL_STARTS[kind] + _LITERAL_SIZES[kind]
    starts[1::2], ends[1::2] = attributes.start[rows, places], attributes.end[rows, places]
    values, offsets = gather(octets, Span(starts, ends))

    plain = np.ones(len(count), np.bool_)
    if len(rows):
        marks = np.frombuffer(values.tobytes().translate(_MARKS), np.uint8)
        begin, end, tag = offsets[1:-1:2], offsets[2::2], attributes.tag[rows, places]
        seen = np.bitwise_or.reduceat(marks, offsets[:-1])[1::2]
        octets.doubt((tag == _PRINTABLE) & (seen & _UNPRINTABLE > 0), rows)
        edge = (values[begin] == ord("#")) | (values[begin] == ord(" ")) | (values[end - 1] == ord(" "))
        plain[rows[(seen & _CONTROL > 0) | edge | (tag == _TELETEX)]] = False
        for place in np.flatnonzero(seen & _WIDE).tolist():
            plain[rows[place]] &= _is_utf8(values[begin[place] : end[place]].tobytes())
        values, offsets = _escaped(values, offsets, marks & _SPECIAL > 0)
    bounds = np.zeros(len(count) + 1, np.int64)
    np.cumsum(2 * count, out=bounds[1:])
    return strings(values, offsets[bounds]), plain


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _escaped(
    values: NDArray[np.uint8], offsets: NDArray[np.int32], special: Truths
) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """The octets with a backslash before each special one, and where each piece begins now."""
    if special.any():
        shift = np.concatenate(([0], np.cumsum(special))).astype(np.int32)
        values = np.repeat(values, special + 1)
        values[np.flatnonzero(special) + shift[:-1][special]] = ord("\\")
        offsets = offsets + shift[offsets]
    return np.where(values == _COMMA, np.uint8(ord(",")), values), offsets


def _with_fancy(octets: Octets, name: Span, columns: dict[str, pa.Array], rows: Numbers) -> dict[str, pa.Array]:
    """The columns with the names of ``rows`` read one by one."""
    if not rows.size:
        return columns
    read = [names.read(text) for text in octets.slices(name.of(rows))]
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
