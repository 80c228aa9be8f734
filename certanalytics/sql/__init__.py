"""The SQL texts: what *is* (``views``) and what is *asked* (``questions``), one SELECT a file, by theme.

Plain files that any DuckDB client can run, each known by the name of its file alone; here is only what turns them into
statements that install them.
"""

from __future__ import annotations

import graphlib
import re
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


def reads(text: str) -> set[str]:
    """The views a SQL text reads from, and those they read from."""
    texts = views()
    found: set[str] = set()
    ahead = [text]
    while ahead:
        more = (set(_REFERENCE.findall(_code(ahead.pop()).lower())) & set(texts)) - found
        found |= more
        ahead += [texts[name] for name in more]
    return found


def definitions(texts: Mapping[str, str]) -> Iterator[str]:
    """The statements that install SQL texts, each after those it reads from.

    A text with parameters becomes a table macro, one without a view.
    """
    needs = {name: set(_REFERENCE.findall(_code(text).lower())) & set(texts) - {name} for name, text in texts.items()}
    for name in graphlib.TopologicalSorter(needs).static_order():
        body = _code(texts[name]).strip().rstrip(";")
        if parameters := parameters_of(texts[name]):
            macro = _PARAMETER.sub(lambda found: found.group(1), body)
            yield f'CREATE OR REPLACE MACRO "{name}"({", ".join(parameters)}) AS TABLE {macro}'
        else:
            yield f'CREATE OR REPLACE VIEW "{name}" AS {body}'


def _texts(kind: str) -> dict[str, str]:
    paths = sorted((_FOLDER / kind).rglob("*.sql"), key=lambda path: path.stem)
    return {path.stem: path.read_text("utf-8") for path in paths}


def _code(text: str) -> str:
    """A SQL text without its comments; ``--`` inside quotes is not used in ours."""
    return re.sub(r"--[^\n]*", "", text)
