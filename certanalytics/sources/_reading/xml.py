"""XML exports read element by element: entities refused, nothing held, a cut file keeps its whole elements.

Entities read local files or grow without bounds, and no tool whose files are read here writes any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING
from xml.etree.ElementTree import tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from certanalytics.errors import DataError
from certanalytics.model import Reject, Row
from certanalytics.sources._reading.export import DAMAGED, Export

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Convert = Callable[[str, "Element"], Iterable[Row]]
"""Locator and element to rows; raises ``ValueError`` (or ``KeyError``, ``TypeError``) on a bad one."""

_EXCERPT = 200


def xml_rows(export: Export, readers: Mapping[str, Convert], rescue: Convert | None = None) -> Iterator[Row]:
    """What the readers make of the elements they are for, in file order; an element they cannot read is a `Reject`.

    Args:
        export: The XML.
        readers: By path of an element (``nmaprun/host``), as many as there are kinds; one may not lie in another.
            The reader of the outermost element gets it as it opens, with its attributes alone.
        rescue: What is still good of an element some reader was waiting for when the file broke off; its last
            child, and the last of that, may be unfinished.

    Raises:
        DataError: The file holds entities, or is no XML from its first byte on.
    """
    open_elements: list[Element] = []
    path: list[str] = []
    counts: Counter[str] = Counter()
    inside = 0  # how many open elements some reader is waiting for
    try:
        with export.open() as stream:
            for event, element in iterparse(stream, events=("start", "end")):
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
        if not path and not counts:
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
