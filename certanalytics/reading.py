"""Files as rows of the tables: read, certificates decoded, facts keyed. Knows no database, so any process can do it.

Certificates are told apart by their bytes before they are decoded, and decoded together for as many files as are read
together: the decoder takes tens of thousands in the time of a few.
"""

from __future__ import annotations

import hashlib
import os.path
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import pyarrow as pa

from certanalytics.decoded import Known, certificates_of, nothing_known, refs_of
from certanalytics.errors import DataError
from certanalytics.load_report import FileReport
from certanalytics.model import Row
from certanalytics.names import names_of
from certanalytics.one_file import Reading
from certanalytics.sources import DAMAGED, Export, Source, recognise

BATCH = 25_000
"""Rows that are made sense of together. Fewer decode more slowly, more of them take more memory."""


@dataclass(slots=True)
class Loaded:
    """What was loaded before: a file of the same content is not read again.

    Attributes:
        loads: The loads.
        contents: How many loads there are of each content, by its SHA-256.
    """

    loads: set[str] = field(default_factory=set)
    contents: Counter[str] = field(default_factory=Counter)

    def add(self, load: str, sha256: str) -> None:
        """Know of one more."""
        self.loads.add(load)
        self.contents[sha256] += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the user says of all files.

    Attributes:
        collected_at: When files that do not say so themselves were collected, naive UTC.
        more_sources: Sources beside the built-in ones.
    """

    collected_at: datetime | None = None
    more_sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What some files, or a stretch of one, bring to the tables.

    Attributes:
        facts: Columns of `schema.staged`, by table.
        certificates: Columns of ``certificate``, with the first ``load`` that speaks of each, the first it is
            ``brought_by``, and its ``der``.
        names: Columns of ``name``, of the same certificates.
    """

    facts: dict[str, pa.Table]
    certificates: pa.Table
    names: pa.Table


def begin(export: Export, loaded: Loaded, given: Given) -> tuple[Reading, Source] | FileReport:
    """A file to be read and the source that reads it, or what became of it if there is nothing to read.

    Raises:
        DataError: Nothing at all can be read.
    """
    if not export.head:
        return FileReport(path=export.label, status="empty")
    source = recognise(export, given.more_sources)
    if source is None:
        return FileReport(path=export.label, status="unknown")
    # By the path as it is, links included: a server may name a file by either.
    place = f"{os.path.abspath(export.path)}!{export.member}" if source.path_matters else ""  # noqa: PTH100
    load = load_id(source.name, export.sha256, place)
    if load in loaded.loads:
        if not any(getattr(export, said) for said in source.takes):
            return FileReport(path=export.label, status="already loaded", source=source.name)
        # It may have been locked, or a zone nobody knew: it is read again, and what it said is counted as duplicate.
        load = load_id(source.name, export.sha256, place, str(loaded.contents[export.sha256]))
    reading = Reading(
        load=load,
        label=export.label,
        sha256=export.sha256,
        source=source.name,
        fallback_time=given.collected_at or export.file_time,
        fallback_basis="given" if given.collected_at else "file",
    )
    return reading, source


def parts(reading: Reading, rows: Iterator[Row], known: Known = nothing_known) -> Iterator[Part]:
    """What a file brings, a stretch after the other.

    Args:
        reading: The file.
        rows: Its rows.
        known: Which certificates need not be decoded.
    """
    while batch := list(islice(rows, BATCH)):
        yield part(reading, reading.numbered(batch), known)


def part(reading: Reading, rows: Sequence[tuple[int, Row]], known: Known = nothing_known) -> Part:
    """What rows of a file bring."""
    made, broken = _made([(reading, rows)], known)
    for error in broken.values():
        raise error
    return made


def read_together(
    exports: Iterable[Export | FileReport], loaded: Loaded, given: Given, known: Known = nothing_known
) -> tuple[list[Reading | FileReport], list[Part]]:
    """Read files of which each may be held in memory; one that breaks off costs no other.

    Args:
        exports: The files.
        loaded: What is not read again.
        given: What the user says of all of them.
        known: Which certificates need not be decoded.

    Returns:
        The files that were read, and of the others what became of them; then what all of them bring.
    """
    files: list[Reading | FileReport] = []
    made: list[Part] = []
    waiting: dict[str, tuple[Reading, list[tuple[int, Row]]]] = {}

    def make() -> None:
        together, broken = _made(list(waiting.values()), known)
        made.append(together)
        for at, each in enumerate(files):
            if isinstance(each, Reading) and each.load in waiting:
                if each.load in broken:
                    files[at] = unreadable(each.label, broken[each.load])
                else:
                    loaded.add(each.load, each.sha256)
        waiting.clear()

    for export in exports:
        if isinstance(export, FileReport):
            files.append(export)
            continue
        try:
            begun = begin(export, loaded, given)
            if not isinstance(begun, FileReport) and begun[0].load in waiting:
                make()
                begun = begin(export, loaded, given)
            if isinstance(begun, FileReport):
                files.append(begun)
                continue
            reading, source = begun
            rows = source.read(export)
            first = list(islice(rows, BATCH))
            if len(first) < BATCH:
                waiting[reading.load] = reading, reading.numbered(first)
            else:  # by itself, so that it may still break off
                made += [part(reading, reading.numbered(first), known), *parts(reading, rows, known)]
                loaded.add(reading.load, reading.sha256)
            files.append(reading)
        except BREAKS_OFF as error:
            files.append(unreadable(export.label, error))
        if sum(len(rows) for _, rows in waiting.values()) >= BATCH:
            make()
    if waiting:
        make()
    return files, made


BREAKS_OFF = (DataError, *DAMAGED, OverflowError, UnicodeEncodeError, pa.ArrowException)
"""What is raised where a file cannot be read to its end; none of it is kept then."""


def unreadable(label: str, error: BaseException) -> FileReport:
    """What is said of a file that broke off."""
    if isinstance(error, DataError):
        reason = error.what
    elif isinstance(error, DAMAGED):  # a damaged archive shows only while it is read
        reason = f"{type(error).__name__}: {error}"
    else:  # only a file made to do harm says such things; the files after it must not suffer
        reason = f"a value no column can hold ({error})"
    return FileReport(path=label, status="unreadable", reasons=(reason,))


def _made(
    files: Sequence[tuple[Reading, Sequence[tuple[int, Row]]]], known: Known
) -> tuple[Part, dict[str, Exception]]:
    """What rows of several files bring, and why any of the files cannot be taken in."""
    held = [(reading, rows, refs_of([row for _, row in rows])) for reading, rows in files]
    found = certificates_of(dict.fromkeys(ref for *_, refs in held for ref in refs), known)
    facts: dict[str, list[pa.Table]] = {}
    spoken_of: dict[str, str] = {}
    brought: dict[str, str] = {}
    broken: dict[str, Exception] = {}
    for reading, rows, refs in held:
        try:
            tables = reading.tables(rows, refs, found)
        except (OverflowError, UnicodeEncodeError, pa.ArrowException) as error:
            broken[reading.load] = error
            continue
        for table, columns in tables.items():
            facts.setdefault(table, []).append(columns)
        for ref in refs:
            spoken_of.setdefault(found.known_as[ref], reading.load)
            if isinstance(ref, bytes):
                brought.setdefault(found.known_as[ref], reading.load)
    table = found.decoded.of(spoken_of)
    for column, first in (("load", spoken_of), ("brought_by", brought)):
        loads = [first.get(name) for name in table.column("identity").to_pylist()]
        table = table.append_column(column, pa.array(loads, pa.string()))
    return Part({name: pa.concat_tables(each) for name, each in facts.items()}, table, names_of(table)), broken


def load_id(*said: str) -> str:
    """What a load is called: by its source, the SHA-256 of the file and, where that matters, its place."""
    return hashlib.sha256("\0".join(said).encode(errors="replace")).hexdigest()[:16]
