"""A walk past one object in Java's serialization (Java Object Serialization Specification, chapter 6).

JCEKS key stores hold their secret keys as serialized objects of no announced length: to come to the entry after one,
its end has to be found. Nothing is made of the object, no value of it is kept, and what the walk does not know
(classes that write themselves in a form of their own, enumerations, proxies) ends it in words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

_HEADER = b"\xac\xed\x00\x05"
_NULL, _REFERENCE, _CLASS, _OBJECT, _STRING, _ARRAY = 0x70, 0x71, 0x72, 0x73, 0x74, 0x75
_BLOCK, _END_OF_BLOCKS, _LONG_BLOCK, _LONG_STRING = 0x77, 0x78, 0x7A, 0x7C
_WRITES_MORE, _SERIALIZABLE = 0x01, 0x02
_SIZES = {"B": 1, "C": 2, "D": 8, "F": 4, "I": 4, "J": 8, "S": 2, "Z": 1}
_FIRST_HANDLE = 0x7E0000
_DEEPEST = 32
_MOST_FIELDS = 1024

Take = Callable[[int], bytes]
"""The next so many bytes; raises ``ValueError`` where there are fewer."""


@dataclass(frozen=True, slots=True)
class _Class:
    name: str
    flags: int
    fields: tuple[str, ...]
    parent: _Class | None


def pass_over(take: Take) -> str:
    """Move past one serialized object with its stream header.

    Args:
        take: Gives the next bytes of the file.

    Returns:
        The name of its class.

    Raises:
        ValueError: It is none, is cut short, or is written in a way whose end cannot be told.
    """
    if take(4) != _HEADER:
        raise ValueError("no serialized Java object where one should be")
    walk = _Walk(take)
    described = walk.value(0)
    if described is None:
        raise ValueError("a serialized Java value that is no object")
    return described.name


class _Walk:
    def __init__(self, take: Take) -> None:
        self._take = take
        self._handles: list[_Class | None] = []

    def value(self, depth: int) -> _Class | None:
        """One value; its class, if it is an object."""
        if depth > _DEEPEST:
            raise ValueError("a serialized Java object nested too deeply")
        return self._tagged(self._take(1)[0], depth)

    def _tagged(self, tag: int, depth: int) -> _Class | None:
        if tag == _OBJECT:
            return self._object(depth)
        if tag == _ARRAY:
            self._array(depth)
        elif tag in (_STRING, _LONG_STRING):
            self._handles.append(None)
            self._skip(self._number(2 if tag == _STRING else 8))
        elif tag == _CLASS:
            self._class(depth)
        elif tag == _REFERENCE:
            self._referred()
        elif tag != _NULL:
            raise ValueError(f"a serialized Java object holds what cannot be passed over (tag {tag:#04x})")
        return None

    def _object(self, depth: int) -> _Class:
        described = self._described(depth)
        if described is None:
            raise ValueError("a serialized Java object without a class")
        self._handles.append(None)
        line: list[_Class] = []
        above: _Class | None = described
        while above is not None:
            line.append(above)
            above = above.parent
        for one in reversed(line):
            if not one.flags & _SERIALIZABLE:
                raise ValueError(f"the Java class {one.name[:80]} writes itself in a form of its own")
            for kind in one.fields:
                self._field(kind, depth)
            if one.flags & _WRITES_MORE:
                self._annotations(depth)
        return described

    def _field(self, kind: str, depth: int) -> None:
        if kind in _SIZES:
            self._take(_SIZES[kind])
        else:
            self.value(depth + 1)

    def _array(self, depth: int) -> None:
        described = self._described(depth)
        self._handles.append(None)
        if described is None or len(described.name) < 2 or described.name[0] != "[":
            raise ValueError("a serialized Java array without a type")
        count, kind = self._number(4), described.name[1]
        if kind in _SIZES:
            self._skip(count * _SIZES[kind])
            return
        for _ in range(count):
            self.value(depth + 1)

    def _described(self, depth: int) -> _Class | None:
        """The class description that stands here."""
        tag = self._take(1)[0]
        if tag == _CLASS:
            return self._class(depth)
        if tag == _REFERENCE:
            return self._referred()
        if tag == _NULL:
            return None
        raise ValueError(f"a serialized Java object of a kind that cannot be passed over (tag {tag:#04x})")

    def _class(self, depth: int) -> _Class:
        if depth > _DEEPEST:
            raise ValueError("a serialized Java object nested too deeply")
        name = self._take(self._number(2)).decode("utf-8", "backslashreplace")
        self._take(8)
        place = len(self._handles)
        self._handles.append(None)
        flags, count = self._take(1)[0], self._number(2)
        if count > _MOST_FIELDS:
            raise ValueError(f"a Java class of {count} fields")
        fields = []
        for _ in range(count):
            kind = chr(self._take(1)[0])
            self._take(self._number(2))
            if kind in "L[":
                self.value(depth + 1)  # its type, as a string
            elif kind not in _SIZES:
                raise ValueError(f"a Java field of unknown type {kind!r}")
            fields.append(kind)
        self._annotations(depth)
        described = _Class(name, flags, tuple(fields), self._described(depth + 1))
        self._handles[place] = described
        return described

    def _annotations(self, depth: int) -> None:
        """What a class wrote beside its fields, to the mark that ends it."""
        while (tag := self._take(1)[0]) != _END_OF_BLOCKS:
            if tag in (_BLOCK, _LONG_BLOCK):
                self._skip(self._number(1 if tag == _BLOCK else 4))
            elif depth > _DEEPEST:
                raise ValueError("a serialized Java object nested too deeply")
            else:
                self._tagged(tag, depth + 1)

    def _referred(self) -> _Class | None:
        place = self._number(4) - _FIRST_HANDLE
        if not 0 <= place < len(self._handles):
            raise ValueError("a serialized Java object refers to what is not there")
        return self._handles[place]

    def _number(self, size: int) -> int:
        return int.from_bytes(self._take(size))

    def _skip(self, size: int) -> None:
        while size > 0:
            size -= len(self._take(min(size, 1 << 16)))
