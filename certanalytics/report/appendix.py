"""What the figures rest on, as a reader wants it: what is common to all said once, then method and definitions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from certanalytics.report.document import Document

COMMON = "Common to all figures"
"""Title of what every method begins with."""

_SENTENCE_END = re.compile(r"(?<=\.) ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One part of the appendix.

    Attributes:
        title: What it is about.
        text: What is said in sentences; several paragraphs are lines.
        definitions: What each figure means, by its label.
    """

    title: str
    text: str
    definitions: tuple[tuple[str, str], ...] = ()


def entries(document: Document) -> tuple[Entry, ...]:
    """The limits, then the methods: a note on method has its method in the first line and a definition in each other.

    Sentences that every method begins with stand in an entry of their own, and nowhere else.
    """
    methods = [(note.title, *note.text.partition("\n")[::2]) for note in document.methods]
    common = _common([method for _, method, _ in methods]) if len(methods) > 1 else ""
    said = [Entry(title=note.title, text=note.text) for note in document.limits]
    if common:
        said.append(Entry(title=COMMON, text=common))
    for title, method, rest in methods:
        split = [line.partition(": ") for line in rest.splitlines()]
        said.append(
            Entry(
                title=title,
                text="\n".join(
                    [method.removeprefix(common).strip(), *(line for line, colon, _ in split if not colon)]
                ).strip(),
                definitions=tuple((label, definition) for label, colon, definition in split if colon),
            )
        )
    return tuple(said)


def _common(texts: Sequence[str]) -> str:
    """The sentences all the texts begin with."""
    sentences = [_SENTENCE_END.split(text) for text in texts]
    shared = takewhile(lambda alike: len(set(alike)) == 1, zip(*sentences, strict=False))
    return " ".join(each[0] for each in shared)
