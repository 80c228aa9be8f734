"""A bounded walk over DER (X.690), lenient where real certificates are: it reads, it does not judge.

Long lengths and BER's indefinite form are taken as they come; nothing is read outside the element
that holds it, and nesting is bounded, so no input can make it hang.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO, NamedTuple, Protocol, overload

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, OID, SEQUENCE = 0x01, 0x02, 0x03, 0x04, 0x06, 0x30

_DEEPEST = 24
_LONGEST_OID = 512
_PIECE = 1 << 20


class DerError(ValueError):
    """Bytes that are not the structure they should be; the message says which and why."""


class Octets(Protocol):
    """Bytes, in memory or not."""

    def __len__(self) -> int: ...

    @overload
    def __getitem__(self, at: int, /) -> int: ...
    @overload
    def __getitem__(self, at: slice, /) -> bytes: ...


class Window:
    """The bytes of a file that can be sought in, of which one piece is in memory at a time.

    Args:
        stream: The file.
        size: How long it is.
    """

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._size = size
        self._start, self._held = 0, b""

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, at: int, /) -> int: ...
    @overload
    def __getitem__(self, at: slice, /) -> bytes: ...
    def __getitem__(self, at: int | slice, /) -> int | bytes:
        if isinstance(at, slice):
            start, stop, _ = at.indices(self._size)
            self._hold(start, stop)
            return self._held[start - self._start : stop - self._start]
        self._hold(at, at + 1)
        return self._held[at - self._start]

    def _hold(self, start: int, stop: int) -> None:
        """Bring these bytes into memory, and what comes after them."""
        if start < self._start or stop > self._start + len(self._held):
            self._stream.seek(start)
            self._held = b""
            self._start, self._held = start, self._stream.read(max(_PIECE, stop - start))
            if len(self._held) < stop - start:
                raise DerError("the file became shorter while it was read")


class Element(NamedTuple):
    """One tag-length-value: where it stands in the bytes that hold it."""

    data: Octets
    tag: int
    start: int
    content_start: int
    content_end: int
    end: int

    @property
    def content(self) -> bytes:
        """The value's octets."""
        return self.data[self.content_start : self.content_end]

    @property
    def der(self) -> bytes:
        """The whole element, header included, exactly as it stands."""
        return self.data[self.start : self.end]


def read(data: Octets, at: int = 0, limit: int | None = None, *, depth: int = 0) -> Element:
    """The element that begins at ``at``.

    Args:
        data: The bytes that hold it.
        at: Offset of its first octet.
        limit: Offset it may not pass; the end of ``data`` by default.
        depth: How many elements of indefinite length it lies in.

    Raises:
        DerError: It is cut short, or nested too deeply.
    """
    limit = len(data) if limit is None else limit
    if at + 2 > limit:
        raise DerError(f"the bytes end at {limit}, inside a header")
    tag, position = data[at], at + 1
    if tag & 0x1F == 0x1F:
        while position < limit and data[position] & 0x80:
            position += 1
        position += 1
        if position >= limit:
            raise DerError(f"the bytes end at {limit}, inside a header")
    length = data[position]
    position += 1
    if length == 0x80:
        return _indefinite(data, tag, at, position, limit, depth)
    if length > 0x80:
        octets = length & 0x7F
        if position + octets > limit:
            raise DerError(f"the bytes end at {limit}, inside a header")
        length = int.from_bytes(data[position : position + octets])
        position += octets
    if length > limit - position:
        raise DerError(f"cut short: {min(length, 1 << 32)} bytes announced at {at}, {limit - position} there")
    return Element(data, tag, at, position, position + length, position + length)


def _indefinite(data: Octets, tag: int, at: int, position: int, limit: int, depth: int) -> Element:
    if depth >= _DEEPEST:
        raise DerError("nested too deeply")
    start = position
    while data[position : position + 2] != b"\0\0" or position + 2 > limit:
        position = read(data, position, limit, depth=depth + 1).end
    return Element(data, tag, at, start, position, position + 2)


def children(parent: Element) -> Iterator[Element]:
    """The elements inside a constructed one, in their order.

    Raises:
        DerError: One of them is cut short.
    """
    position = parent.content_start
    while position < parent.content_end:
        child = read(parent.data, position, parent.content_end)
        yield child
        position = child.end


def expect(element: Element | None, tag: int, what: str) -> Element:
    """The element, if it has this tag.

    Raises:
        DerError: It is missing or something else.
    """
    if element is None:
        raise DerError(f"no {what}")
    if element.tag != tag:
        raise DerError(f"no {what}: tag {element.tag:#04x} where {tag:#04x} should be")
    return element


def sequence(data: bytes, what: str) -> Iterator[Element]:
    """The elements of the SEQUENCE that begins the bytes.

    Raises:
        DerError: There is none.
    """
    return children(expect(read(data), SEQUENCE, what))


def integer(element: Element) -> int:
    """An INTEGER's value, however many octets it takes.

    Raises:
        DerError: It has no octets.
    """
    if element.content_start == element.content_end:
        raise DerError("an INTEGER without octets")
    return int.from_bytes(element.content, signed=True)


def bits(element: Element) -> bytes:
    """A BIT STRING's octets, without the one that counts unused bits.

    Raises:
        DerError: It has no octets.
    """
    content = expect(element, BIT_STRING, "BIT STRING").content
    if not content:
        raise DerError("a BIT STRING without octets")
    return content[1:]


@lru_cache(maxsize=4096)
def oid(content: bytes) -> str:
    """An OBJECT IDENTIFIER's octets as dotted decimal.

    Raises:
        DerError: They end inside an arc, or are too many to be one.
    """
    if not content or content[-1] & 0x80 or len(content) > _LONGEST_OID:
        raise DerError("an OBJECT IDENTIFIER that is empty, cut short or too long")
    arcs, arc = [], 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))


def wrap(tag: int, content: bytes) -> bytes:
    """An element with this tag and content, its length in DER's shortest form."""
    return head(tag, len(content)) + content


def head(tag: int, length: int) -> bytes:
    """What stands before content of this many octets."""
    if length < 0x80:
        return bytes((tag, length))
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(octets))) + octets


def oid_der(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER, header included (X.690 section 8.19)."""
    first, second, *rest = map(int, dotted.split("."))
    content = bytearray()
    for arc in (40 * first + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        content += bytes(reversed(groups))
    return wrap(OID, bytes(content))
