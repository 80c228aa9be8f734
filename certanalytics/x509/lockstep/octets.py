"""The walk: one step of DER for every certificate of a batch at once.

A batch is one run of octets. Where a reader of one certificate holds an offset, here is an array of
offsets, one for each certificate, and one call of `Octets.element` reads the next header of them
all. What is not canonical DER (X.690 section 10) is not repaired: the row is doubted, from then on
stands still at the end of what holds it, and is read by the reference path instead.

Nothing is read outside a certificate: every offset is at most the end of the element around it, and
the outermost end is the certificate's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
"""An offset or a length for each row."""
Truths = NDArray[np.bool_]
"""A yes or no for each row."""
Words = Numbers
"""Eight octets for each row, the first in the lowest bits."""

_WORD = 8
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_WORD)] + [-1], np.int64)
"""What keeps the first so many octets of a word."""
_OID = 0x06
_FORMS = np.array([2] * 0x80 + [0, 3, 4] + [0] * 0x7D, np.int64)
"""Octets of a header, by the first of its length; 0 where this walk does not go."""
_SHORT = 0x80
_LEAST = np.array([0, 0, 0, _SHORT, 0x100], np.int64)
"""The least length that is worth a header of so many octets."""


class Span(NamedTuple):
    """An element of each row: where its content begins and where it ends."""

    content: Numbers
    end: Numbers

    @property
    def length(self) -> Numbers:
        """Octets of content."""
        return self.end - self.content

    def of(self, rows: Numbers | Truths) -> Span:
        """The same element of some of the rows."""
        return Span(self.content[rows], self.end[rows])


class Octets:
    """The octets of a batch of certificates.

    Args:
        ders: The certificates, at least one.
        literals: Octets to put beside them, so that columns can be put together from both.

    Attributes:
        data: All of them in a row, and some zeros after the last.
        literals: Where the octets begin that columns may take beside those of the certificates.
        octet: The same as numbers.
        whole: Where each certificate begins and ends.
        sound: The rows in which everything so far was canonical.
    """

    def __init__(self, ders: Sequence[bytes], literals: bytes = b"") -> None:
        self.data = b"".join([*ders, bytes(4 * _WORD), literals, bytes(2 * _WORD)])
        self.octet: NDArray[np.uint8] = np.frombuffer(self.data, np.uint8)
        self._word: Words = np.ndarray((len(self.data) - _WORD + 1,), "<i8", buffer=self.data, strides=(1,))
        ends = np.cumsum(np.fromiter(map(len, ders), np.int64, len(ders)))
        self.literals = int(ends[-1]) + 4 * _WORD
        self.whole = Span(np.concatenate(([0], ends[:-1])).astype(np.int64), ends)
        self.sound: Truths = np.ones(len(ders), np.bool_)

    def doubt(self, unsound: Truths, rows: Numbers | None = None) -> None:
        """Leave these rows to the reference path.

        Args:
            unsound: Which ones.
            rows: The rows ``unsound`` speaks of; all by default.
        """
        if rows is None:
            self.sound &= ~unsound
        elif unsound.any():  # hardly ever, and cheaper to ask
            self.sound[rows[unsound]] = False

    def element(self, tag: int, at: Numbers, limit: Numbers, rows: Numbers | None = None) -> Span:
        """The element that begins at ``at`` and must have this tag.

        Args:
            tag: Its identifier octet.
            at: Where it begins, for each row.
            limit: Offset it may not pass.
            rows: The rows that ``at`` and ``limit`` speak of; all by default.
        """
        tags, span, sound = self.header(at, limit)
        self.doubt((tags != tag) | ~sound, rows)
        return span

    def header(self, at: Numbers, limit: Numbers) -> tuple[Words, Span, Truths]:
        """Identifier octets, contents, and whether each is canonical and within its limit.

        Lengths take one to three octets here and the fewest possible: longer elements are rare
        enough to be the reference path's.
        """
        word = self.words(at)
        first = word >> 8 & 0xFF
        if not first.size or first.max() < _SHORT:  # most elements are short in every certificate
            content, end = at + 2, at + 2 + first
            return word & 0xFF, Span(np.minimum(content, limit), np.minimum(end, limit)), end <= limit
        one, two = word >> 16 & 0xFF, (word >> 8 & 0xFF00) | (word >> 24 & 0xFF)
        width = _FORMS[first]
        length = np.where(width == 2, first, np.where(width == 3, one, two))
        content = at + width
        end = content + length
        sound = (width > 0) & (length >= _LEAST[width]) & (end <= limit)
        return word & 0xFF, Span(np.minimum(content, limit), np.minimum(end, limit)), sound

    def words(self, at: Numbers) -> Words:
        """The eight octets from each offset on."""
        return self._word[at]

    def leading(self, at: Numbers, sizes: Numbers, count: int) -> tuple[Words, ...]:
        """The first ``sizes`` octets from each offset on, in so many words; the rest of the words is zero."""
        left = [np.clip(sizes - _WORD * number, 0, _WORD) for number in range(count)]
        return tuple(self.words(at + _WORD * number) & _MASKS[size] for number, size in enumerate(left))

    def identifier(self, at: Numbers, limit: Numbers) -> tuple[tuple[Words, Words], Numbers, Truths]:
        """An OBJECT IDENTIFIER of at most 14 octets as two words, where it ends, and whether it is one."""
        first = self.words(at)
        sizes = (first >> 8 & 0xFF) + 2
        sound = (first & 0xFF == _OID) & (sizes <= 2 * _WORD) & (at + sizes <= limit)
        second = self.words(at + _WORD) & _MASKS[np.clip(sizes - _WORD, 0, _WORD)]
        return (first & _MASKS[np.minimum(sizes, _WORD)], second), np.minimum(at + sizes, limit), sound

    def begins(self, at: Numbers, octets: bytes) -> Truths:
        """Where these octets stand, at most eight of them."""
        found: Truths = self.words(at) & _MASKS[len(octets)] == int.from_bytes(
            octets.ljust(_WORD, b"\0"), "little", signed=True
        )
        return found

    def same(self, one: Span, other: Span) -> Truths:
        """Where two spans hold the same octets."""
        sizes = one.length
        equal: Truths = sizes == other.length
        words = 2
        pairs = zip(self.leading(one.content, sizes, words), self.leading(other.content, sizes, words), strict=True)
        for left, right in pairs:
            equal &= left == right
        for row in np.flatnonzero(equal & (sizes > words * _WORD)).tolist():
            equal[row] = self.data[one.content[row] : one.end[row]] == self.data[other.content[row] : other.end[row]]
        return equal

    def slices(self, span: Span) -> list[bytes]:
        """What each span holds."""
        data = self.data
        return [data[start:end] for start, end in zip(span.content.tolist(), span.end.tolist(), strict=True)]


def by_row(steps: Sequence[Sequence[Numbers]]) -> list[Numbers]:
    """What was found step by step, in the order of the rows and, within a row, of the steps.

    Args:
        steps: For each step the rows of what was found, then any arrays beside them; at least one step.
    """
    columns = [np.concatenate(column) for column in zip(*steps, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return [column[order] for column in columns]


class Codebook:
    """Short runs of octets by number, so that one look-up names those of every row.

    Args:
        keys: Different runs; their numbers are their places, from 1 on. 0 is what is none of them.
        words: Words that the longest takes.
    """

    _MULTIPLIERS = (0x1E3779B97F4A7C15, 0x42B2AE3D27D4EB4F, 0x165667B19E3779F9)
    _BITS = 16

    def __init__(self, keys: Sequence[bytes], words: int) -> None:
        self.words = words
        table = np.zeros((len(keys) + 1, words), np.int64)
        for number, key in enumerate(keys, 1):
            table[number] = np.frombuffer(key.ljust(_WORD * words, b"\0"), "<i8")
        self._table = table
        hashes = self.hashed([table[1:, word] for word in range(words)])
        if len(set(hashes.tolist())) != len(keys):
            raise ValueError("two keys of a codebook share a hash; widen _BITS")
        self._numbers = np.zeros(1 << self._BITS, np.int64)
        self._numbers[hashes] = np.arange(1, len(keys) + 1)

    def find(self, words: Sequence[Words]) -> Numbers:
        """The number of each row's words, 0 where they are none of the keys."""
        numbers: Numbers = self._numbers[self.hashed(words)]
        for column, word in enumerate(words):
            numbers = np.where(self._table[numbers, column] == word, numbers, 0)
        return numbers

    def hashed(self, words: Sequence[Words]) -> Words:
        """A number below 65,536 for each row, the same for the same words."""
        mixed = words[0] * self._MULTIPLIERS[0]
        for word, multiplier in zip(words[1:], self._MULTIPLIERS[1:], strict=False):
            mixed = mixed ^ word * multiplier
        found: Words = (mixed ^ mixed >> 29) * self._MULTIPLIERS[1] >> 64 - self._BITS & (1 << self._BITS) - 1
        return found
