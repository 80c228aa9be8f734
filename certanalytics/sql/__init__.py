"""The SQL texts: what *is* (``views``) and what is *asked* (``questions``), one SELECT a file, by theme.

Plain files that any DuckDB client can run, each known by the name of its file alone; here is only what turns them into
statements that install them.
"""

from __future__ import annotations

import functools
import graphlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from certanalytics.errors import UsageError

_FOLDER = Path(__file__).parent
_PARAMETER = re.compile(r"\$([a-z_]+)")
_REFERENCE = re.compile(r"\b(?:from|join|,)\s+([a-z_0-9]+)\b")


def views() -> dict[str, str]:
    """The views by name."""
    return _texts("views")


def questions() -> dict[str, str]:
    """The named questions and their SQL."""
    return _texts("questions")


def question(name: str) -> str:
    """The SQL of one named question.

    Raises:
        UsageError: There is no such question; the known ones are listed.
    """
    known = questions()
    if name not in known:
        raise UsageError(f"no question {name!r}", hint="Known: " + ", ".join(known))
    return known[name]


def parameters_of(text: str) -> list[str]:
    """The bind parameters of a SQL text in order of first appearance."""
    return list(dict.fromkeys(_PARAMETER.findall(_code(text))))


def read_by(text: str) -> list[str]:
    """The views a text reads, directly or through others, each after those it reads from itself."""
    texts = views()
    graph: dict[str, set[str]] = {}
    found = list(_read_from(text, texts))
    while found:
        name = found.pop()
        if name not in graph:
            graph[name] = _read_from(texts[name], texts) - {name}
            found += graph[name]
    return list(graphlib.TopologicalSorter(graph).static_order())


@functools.cache
def shared() -> frozenset[str]:
    """The views of a moment that more than one view or question reads: worth being computed but once."""
    readers: Counter[str] = Counter()
    texts = {**views(), **questions()}
    for name, text in texts.items():
        readers.update(_read_from(text, texts) - {name})
    return frozenset(name for name, text in views().items() if readers[name] > 1 and parameters_of(text) == ["as_of"])


def definitions(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The names and the statements that install SQL texts, each after those it reads from.

    A text with parameters becomes a table macro, one without a view.
    """
    needs = {name: _read_from(text, texts) - {name} for name, text in texts.items()}
    for name in graphlib.TopologicalSorter(needs).static_order():
        body = _code(texts[name]).strip().rstrip(";")
        if parameters := parameters_of(texts[name]):
            macro = _PARAMETER.sub(lambda found: found.group(1), body)
            yield name, f'CREATE OR REPLACE MACRO "{name}"({", ".join(parameters)}) AS TABLE {macro}'
        else:
            yield name, f'CREATE OR REPLACE VIEW "{name}" AS {body}'


def _read_from(text: str, texts: Mapping[str, str]) -> set[str]:
    return set(_REFERENCE.findall(_code(text).lower())) & set(texts)


@functools.cache
def _texts(kind: str) -> dict[str, str]:
    paths = sorted((_FOLDER / kind).rglob("*.sql"), key=lambda path: path.stem)
    return {path.stem: path.read_text("utf-8") for path in paths}


def _code(text: str) -> str:
    """A SQL text without its comments; ``--`` inside quotes is not used in ours."""
    return re.sub(r"--[^\n]*", "", text)
