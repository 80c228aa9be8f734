"""XML exports read element by element: entities refused, nothing held, a cut file keeps its whole elements.

Entities read local files or grow without bounds, and no tool whose files are read here writes any.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO, Self, cast
from xml.etree.ElementTree import tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError, iterparse

from certanalytics.errors import DataError
from certanalytics.model import Reject, Row
from certanalytics.sources._reading.bytes import UTF16_MARKS
from certanalytics.sources._reading.export import DAMAGED, Export

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Convert = Callable[[str, "Element"], Iterable[Row]]
"""Locator and element to rows; raises ``ValueError`` (or ``KeyError``, ``TypeError``) on a bad one."""

_EXCERPT = 200
_BLANK = re.compile(rb"(?:\xef\xbb\xbf)?\s*+")
_DECLARATION = re.compile(rb"<\?xml\s")
_DECLARATION_BEGINS = 5
"""Bytes that may be the beginning of a declaration that is not all there."""


def in_utf8(export: Export) -> BinaryIO:
    """A fresh binary stream over XML; of UTF-16, which PowerShell makes of what a tool prints, the same in UTF-8."""
    stream = export.open()
    if not _is_utf16(export):
        return stream
    return cast("BinaryIO", codecs.EncodedFile(stream, "utf-8", "utf-16", "backslashreplace"))


def _is_utf16(export: Export) -> bool:
    return export.head.startswith(UTF16_MARKS)


def xml_rows(
    export: Export, readers: Mapping[str, Convert], rescue: Convert | None = None, *, several: bool = False
) -> Iterator[Row]:
    """What the readers make of the elements they are for, in file order; an element they cannot read is a `Reject`.

    Args:
        export: The XML.
        readers: By path of an element (``nmaprun/host``), as many as there are kinds; one may not lie in another.
            The reader of the outermost element gets it as it opens, with its attributes alone.
        rescue: What is still good of an element some reader was waiting for when the file broke off; its last
            child, and the last of that, may be unfinished.
        several: Whether the tool appends whole documents to a file; then ``<?xml`` may stand nowhere else in one.

    Raises:
        DataError: The file holds entities, or is no XML from its first byte on.
    """
    counts: Counter[str] = Counter()
    with _Documents(export, several=several) as documents:
        yield from _document(documents, export, readers, rescue, counts, first=True)
        while documents.turn():
            yield from _document(documents, export, readers, rescue, counts, first=False)


class _Documents:
    """A file as one binary stream for each document in it."""

    def __init__(self, export: Export, *, several: bool) -> None:
        self._export = export
        self._several = several
        self._stream: BinaryIO | None = None
        self._held = b""
        self._begun = self._at_next = False

    def read(self, size: int = -1) -> bytes:
        """The next bytes of the document; none only at its end."""
        if self._stream is None:
            self._stream = in_utf8(self._export)
        if not self._several:
            return self._stream.read(size)
        part = b""
        while not (part or self._at_next):
            more = self._stream.read(size)
            data = self._held + more
            # Where the document begins its own declaration may stand.
            next_one = _DECLARATION.search(data, 0 if self._begun else _BLANK.match(data).end() + 1)  # type: ignore[union-attr]
            if next_one:
                self._at_next, cut = True, next_one.start()
            else:
                cut = len(data) - _DECLARATION_BEGINS if more else len(data)
            part, self._held = data[: max(cut, 0)], data[max(cut, 0) :]
            self._begun = self._begun or bool(part.strip())
            if not more:
                break
        return part

    def turn(self) -> bool:
        """Go on to the next document; whether there is one."""
        try:
            while self._several and not self._at_next and self.read(1 << 16):
                pass
        except DAMAGED:
            return False  # which was reported where the document before broke off
        found, self._begun, self._at_next = self._at_next, False, False
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()


def _document(
    stream: _Documents,
    export: Export,
    readers: Mapping[str, Convert],
    rescue: Convert | None,
    counts: Counter[str],
    *,
    first: bool,
) -> Iterator[Row]:
    open_elements: list[Element] = []
    path: list[str] = []
    inside = 0  # how many open elements some reader is waiting for
    # The declaration of such a file may name either encoding.
    parser = DefusedXMLParser(encoding="utf-8") if _is_utf16(export) else None
    try:
        for event, element in iterparse(stream, events=("start", "end"), parser=parser):
            if event == "start":
                open_elements.append(element)
                path.append(element.tag)
                here = "/".join(path)
                if len(path) == 1:
                    if here in readers:
                        yield from _made(f"/{here}", element, readers[here])
                elif here in readers:
                    inside += 1
                continue
            here = "/".join(path)
            open_elements.pop()
            path.pop()
            if path and here in readers:
                inside -= 1
                counts[here] += 1
                yield from _made(f"/{here}[{counts[here]}]", element, readers[here])
            if not inside and open_elements:
                open_elements[-1].remove(element)
    except DefusedXmlException as error:
        hint = "The tool writes none: find out who made this file."
        raise DataError(f"XML entities are refused ({error})", where=export.label, hint=hint) from error
    except (ParseError, *DAMAGED, ValueError, LookupError) as error:
        if first and not path and not counts:
            raise DataError(f"not readable as XML ({error})", where=export.label, hint="Export it again.") from error
        whole = sum(counts.values())
        for depth in range(1, len(path)):
            if rescue and (here := "/".join(path[: depth + 1])) in readers:
                yield from _made(f"/{here}[{counts[here] + 1}]", open_elements[depth], rescue)
        yield Reject(
            locator=f"/{'/'.join(path)}",
            reason=f"the file is cut short or damaged here ({error}); the {whole} whole records before were read",
        )


def _made(locator: str, element: Element, convert: Convert) -> Iterator[Row]:
    try:
        made = tuple(convert(locator, element))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        made = (Reject(locator=locator, reason=reason, excerpt=_excerpt(element)),)
    yield from made


def _excerpt(element: Element) -> str | None:
    written = tostring(element, encoding="unicode")
    return None if "PRIVATE KEY" in written else " ".join(written[:_EXCERPT].split())
