"""How the files of a source are known: by what stands in their first bytes, never by their name.

A signature is a declared fact that can be printed and tested for overlap: every sample matches
exactly one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from certanalytics.sources._reading.bytes import AS_WINDOWS, UTF16_MARKS
from certanalytics.sources._reading.json import BrokenJsonError, begins, events

_PROLOG = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)", re.DOTALL)
_ELEMENT = re.compile(r"\s*<([A-Za-z_][\w.:-]*)")
_DELIMITERS = (",", ";", "\t")


def is_preamble(line: str) -> bool:
    """Whether a line only tells Excel what stands between cells (``sep=;``) or PowerShell what a row is (``#TYPE``)."""
    written = line.strip().strip('"').casefold()
    return (written.startswith("sep=") and len(written) == len("sep=;")) or written.startswith("#type ")


class Head:
    """The first bytes of an export, looked at as text, JSON, CSV and XML at most once each."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._columns: dict[str, tuple[str, ...]] = {}
        self._casefolded: dict[str, frozenset[str]] = {}

    @cached_property
    def text(self) -> str:
        if self.data.startswith(UTF16_MARKS):
            return self.data.decode("utf-16", errors="replace")
        return self.data.decode("utf-8-sig", errors=AS_WINDOWS)

    @cached_property
    def json_paths(self) -> frozenset[str]:
        """Paths in ijson's notation (``orders.item.id``) that begin in the head; empty if not JSON.

        Read leniently to the point where the head is cut. JSON lines count as their first values.
        """
        if begins(self.data) not in ("{", "["):
            return frozenset()
        paths: set[str] = set()
        # The head is cut by design: what was read up to there is the answer.
        with suppress(BrokenJsonError):
            for prefix, event, value in events(io.BytesIO(self.data)):
                paths.add(prefix if event != "map_key" else f"{prefix}.{value}" if prefix else value)
        return frozenset(paths)

    def columns(self, delimiter: str) -> tuple[str, ...]:
        """The cells of the first line that is not empty, white space stripped; none if it is no CSV.

        A line ``sep=;`` before it is Excel's own and no header, and so is PowerShell's ``#TYPE``.
        """
        if delimiter not in self._columns:
            self._columns[delimiter] = tuple(self._cells(delimiter))
        return self._columns[delimiter]

    @property
    def delimiter(self) -> str:
        """Comma, semicolon or tab, whichever makes most cells of that line: spreadsheets save with their language's."""
        return max(_DELIMITERS, key=lambda mark: len(self.columns(mark)))

    def casefolded(self, delimiter: str) -> frozenset[str]:
        """The same without regard to case."""
        if delimiter not in self._casefolded:
            self._casefolded[delimiter] = frozenset(cell.casefold() for cell in self.columns(delimiter))
        return self._casefolded[delimiter]

    def _cells(self, delimiter: str) -> Iterator[str]:
        for line in self.text.splitlines():
            if line.strip() and not is_preamble(line):
                with suppress(csv.Error):
                    yield from (cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), []))
                return

    @cached_property
    def xml_root(self) -> str | None:
        """Name of the first element, or ``None`` if this is not XML."""
        if not self.text.lstrip().startswith("<"):
            return None
        at = 0
        while prolog := _PROLOG.match(self.text, at):
            at = prolog.end()
        found = _ELEMENT.match(self.text, at)
        return found.group(1) if found else None


@dataclass(frozen=True, slots=True)
class Signature:
    """One declared way to know a file, with the words that tell a user what was looked for."""

    describe: str
    matches: Callable[[Head], bool]

    def __or__(self, other: Signature) -> Signature:
        return Signature(
            f"{self.describe}, or {other.describe}", lambda head: self.matches(head) or other.matches(head)
        )


def json_paths(*paths: str) -> Signature:
    """JSON whose first bytes hold all of these paths (``item`` stands for an array element)."""
    wanted = frozenset(paths)
    return Signature("JSON with " + ", ".join(paths), lambda head: wanted <= head.json_paths)


def json_pages(*paths: str) -> Signature:
    """JSON whose first bytes hold all of these paths, at the top or in each of an array of pages."""
    either = json_paths(*paths) | json_paths(*(f"item.{path}" for path in paths))
    return Signature("JSON, or an array of it, with " + ", ".join(paths), either.matches)


def json_without(member: str, *paths: str) -> Signature:
    """JSON whose first bytes hold these paths and an empty list ``member``: an answer in which nothing was found."""
    pages = json_pages(member, *paths)
    return Signature(
        f"JSON with {', '.join(paths)} and an empty list {member}",
        lambda head: pages.matches(head) and not {f"{member}.item", f"item.{member}.item"} & head.json_paths,
    )


def csv_columns(*columns: str) -> Signature:
    """A CSV whose first line names all of these columns, in any order and case, whatever stands between them."""
    wanted = frozenset(column.casefold() for column in columns)
    return Signature(
        "CSV with columns " + ", ".join(columns),
        lambda head: wanted <= head.casefolded(head.delimiter),
    )


def xml_root(name: str) -> Signature:
    """XML whose outermost element has this name."""
    return Signature(f"XML <{name}>", lambda head: head.xml_root == name)
