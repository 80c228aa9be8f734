"""YAML read document by document: the one place that touches PyYAML, and that stands between it and hostile files.

Only the parser is used: every scalar is text (``null`` and nothing are ``None``), tags construct nothing, nesting and
what aliases make of a document have bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import yaml

from certanalytics.errors import DataError
from certanalytics.model import Reject
from certanalytics.sources._reading.export import DAMAGED, Export

_SEPARATOR = re.compile(r"---(?:\s|$)")
_MOST_NODES = 1_000_000
_DEEPEST = 200
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Lines:
    """The lines of one document as a stream for the parser; what the parser leaves is passed over by `drain`."""

    def __init__(self, lines: Iterator[str], start: int) -> None:
        self._lines = lines
        self.line = start
        self.following: str | None = None
        self._ended = False

    def read(self, size: int = -1) -> str:  # noqa: ARG002 - a line at a time is what there is
        if self._ended:
            return ""
        line = next(self._lines, None)
        if line is None or (self.line > 0 and _SEPARATOR.match(line)):
            self.following, self._ended = line, True
            return ""
        self.line += 1
        return line

    def drain(self) -> None:
        while self.read():
            pass


def documents(export: Export, listed: str) -> Iterator[tuple[str, Any] | Reject]:
    """Every document with its locator; of a mapping with a list ``listed`` each item by itself, before the mapping.

    A document that is no YAML is a `Reject`, and those after it are read.

    Raises:
        DataError: The file is damaged.
    """
    number = 0
    try:
        with export.text() as stream:
            lines, first, at = iter(stream), next(iter(stream), None), 0
            while first is not None:
                number += 1
                document = _Lines(chain((first,), lines), 0)
                yield from _document(document, f"document {number} (line {at + 1})", listed)
                document.drain()
                first, at = document.following, at + document.line
    except DAMAGED as error:
        if not number:
            raise DataError(f"damaged ({error})", where=export.label, hint="Export it again.") from error
        yield Reject(locator=f"document {number}", reason=f"the file is damaged from here on ({error})")


def _document(stream: _Lines, locator: str, listed: str) -> Iterator[tuple[str, Any] | Reject]:
    try:
        count = 0
        for is_item, value in _values(yaml.parse(stream, Loader=_LOADER), listed):
            if is_item:
                yield f"{locator}, {listed}[{count}]", value
                count += 1
            elif value is not None:
                yield locator, value
    except (yaml.YAMLError, ValueError) as error:
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        yield Reject(locator=locator, reason=f"not YAML, or cut short ({problem})")


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being read."""

    value: Any
    anchor: str | None
    key: Any = None
    has_key: bool = False
    nodes: int = field(default=1)


def _values(events: Iterator[Any], listed: str) -> Iterator[tuple[bool, Any]]:
    """Whether it is an item of the list, and the value."""
    stack: list[_Open] = []
    anchors: dict[str, tuple[Any, int]] = {}
    for event in events:
        value: Any
        if len(stack) > _DEEPEST:
            raise ValueError("nested too deeply")
        if isinstance(event, yaml.MappingStartEvent):
            stack.append(_Open({}, event.anchor))
            continue
        if isinstance(event, yaml.SequenceStartEvent):
            stack.append(_Open([], event.anchor))
            continue
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            closed = stack.pop()
            value, nodes, anchor = closed.value, closed.nodes, closed.anchor
        elif isinstance(event, yaml.ScalarEvent):
            is_plain = event.implicit[0]
            value, nodes, anchor = (None if is_plain and event.value in _NULLS else event.value), 1, event.anchor
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in anchors:
                raise ValueError("an alias without anchor")
            (value, nodes), anchor = anchors[event.anchor], None
        else:
            continue
        if anchor is not None:
            anchors[anchor] = value, nodes
        if not stack:
            yield False, value
        elif len(stack) == 2 and stack[0].has_key and stack[0].key == listed and isinstance(stack[1].value, list):
            stack[0].nodes += nodes if isinstance(event, yaml.AliasEvent) else 0
            yield True, value
        else:
            _put(stack[-1], value, nodes)


def _put(parent: _Open, value: Any, nodes: int) -> None:
    parent.nodes += nodes
    if parent.nodes > _MOST_NODES:
        raise ValueError("aliases make too much of it")
    if isinstance(parent.value, list):
        parent.value.append(value)
    elif parent.has_key:
        parent.value[parent.key] = value
        parent.has_key = False
    elif isinstance(value, dict | list):
        raise ValueError("a key that is no text")
    else:
        parent.key, parent.has_key = value, True
