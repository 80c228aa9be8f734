"""Files to rows to decoded certificates to the estate: all of a file in one transaction, nothing lost.

read = accepted + rejected + duplicate holds for every file, is shown in the `LoadReport` and kept in the estate.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os.path
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from itertools import islice
from pathlib import Path

import pyarrow as pa

from certanalytics.bulk import BulkReading
from certanalytics.errors import DataError
from certanalytics.intake import BATCH, Intake
from certanalytics.load_report import FileReport, LoadReport
from certanalytics.model import TimeBasis
from certanalytics.sources import DAMAGED, Export, Source, exports, recognise
from certanalytics.store import Store

BULK_BYTES = 8 << 20
"""From what size on DuckDB reads a file whose source says how; below that the beginning costs more than it saves."""

SMALL_BYTES, SMALL_FILES = 64 << 10, 100
"""Up to what size files share a transaction, and how many do: to begin and end one takes longer than to read them."""

Progress = Callable[[Export, int], None]
"""Told the export being read and the records read of it so far."""


def load(
    store: Store,
    paths: Sequence[Path],
    *,
    collected_at: datetime | None = None,
    more_sources: tuple[Source, ...] = (),
    passwords: Sequence[str] = (),
    progress: Progress | None = None,
) -> LoadReport:
    """Take files and folders into the estate.

    Args:
        store: The estate, open for writing.
        paths: Files and folders; folders are walked, archives opened.
        collected_at: When files that do not say so themselves were collected, naive UTC; otherwise the time of the
            file counts, and the estate says which.
        more_sources: Sources beside the built-in ones (a table with a column map).
        passwords: What may open locked key stores; never stored. A store that was locked before is looked at again.
        progress: Called while reading.

    Returns:
        One `FileReport` a file, in the order read. A file that cannot be read is reported there and the load goes on.

    Raises:
        DataError: A path does not exist.
    """
    files: list[FileReport] = []
    for group in _groups(_found(store, paths, tuple(passwords))):
        files += _load_group(store, group, collected_at, more_sources, progress)
    return LoadReport(files=tuple(files))


def _found(store: Store, paths: Sequence[Path], passwords: tuple[str, ...]) -> Iterator[Export | FileReport]:
    """The files below the paths; of those that cannot be opened the report."""
    ours = {Path(store.path).resolve(), Path(f"{store.path}.wal").resolve()}
    for path in paths:
        for export in exports(path):
            if isinstance(export, DataError):
                yield FileReport(path=export.where or str(path), status="unreadable", reasons=(export.what,))
            elif export.path.resolve() not in ours:  # the estate may lie in the folder it is loaded from
                yield dataclasses.replace(export, passwords=passwords) if passwords else export


def _groups(found: Iterable[Export | FileReport]) -> Iterator[list[Export | FileReport]]:
    """Files that share a transaction: small ones that follow each other; any other stands alone."""
    group: list[Export | FileReport] = []
    for each in found:
        alone = isinstance(each, Export) and not _is_small(each)
        if group and (alone or len(group) == SMALL_FILES):
            yield group
            group = []
        if alone:
            yield [each]
        else:
            group.append(each)
    if group:
        yield group


def _is_small(export: Export) -> bool:
    """Whether a file is small, and not because it is packed."""
    try:
        return export.compression == "none" and export.path.stat().st_size < min(SMALL_BYTES, BULK_BYTES)
    except OSError:
        return False  # which is reported when it is read


def _load_group(
    store: Store,
    group: list[Export | FileReport],
    collected_at: datetime | None,
    more_sources: tuple[Source, ...],
    progress: Progress | None,
) -> list[FileReport]:
    """Load files in one transaction; where one breaks off, those before it are loaded again without it."""

    def loaded(each: Export | FileReport, *, shared: bool = True) -> FileReport:
        if isinstance(each, FileReport):
            return each
        return _load_export(store, each, collected_at, more_sources, progress, shared=shared)

    if len(group) == 1:
        return [loaded(group[0], shared=False)]
    files: list[FileReport] = []
    try:
        with store.transaction():
            for each in group:
                files.append(loaded(each))  # noqa: PERF401 - where one breaks off, those before it count
    except _UndoneError as undone:
        before, after = group[: len(files)], group[len(files) + 1 :]
        parts = [_load_group(store, part, collected_at, more_sources, progress) for part in (before, after) if part]
        return [*(parts[0] if before else ()), undone.report, *(parts[-1] if after else ())]
    return files


class _UndoneError(Exception):
    """A file of a group broke off after rows of it had been written: none of them may be kept."""

    def __init__(self, report: FileReport) -> None:
        self.report = report
        super().__init__(report.path)


def _load_export(
    store: Store,
    export: Export,
    collected_at: datetime | None,
    more_sources: tuple[Source, ...],
    progress: Progress | None,
    *,
    shared: bool,
) -> FileReport:
    """Load one file, in a transaction of its own or in the one it shares.

    Raises:
        _UndoneError: The transaction it shares has to be undone.
    """
    begun = False
    try:
        if not export.head:
            return FileReport(path=export.label, status="empty")
        source = recognise(export, more_sources)
        if source is None:
            return FileReport(path=export.label, status="unknown")
        # By the path as it is, links included: a server may name a file by either.
        place = f"{os.path.abspath(export.path)}!{export.member}" if source.path_matters else ""  # noqa: PTH100
        load_id = _load_id(source.name, export.sha256, place)
        if not store.missing("load", "load", [load_id]):
            if not (source.takes_passwords and export.passwords):
                return FileReport(path=export.label, status="already loaded", source=source.name)
            # It may have been locked: it is read again, and what it said before is counted as duplicate.
            earlier = store.fetch("SELECT count(*) FROM load WHERE sha256 = $sha256", {"sha256": export.sha256})[0][0]
            load_id = _load_id(source.name, export.sha256, place, str(earlier))
        known: tuple[datetime, TimeBasis] = (collected_at, "given") if collected_at else (export.file_time, "file")
        intake = Intake(store, load_id, source, *known)
        with _bulk(store, source, export) as reading, nullcontext() if shared else store.transaction():
            begun = True
            if reading:
                intake.take_bulk(reading)
                if progress:
                    progress(export, intake.read)
            else:
                rows = source.read(export)
                while batch := list(islice(rows, BATCH)):
                    intake.take(batch)
                    if progress:
                        progress(export, intake.read)
            return intake.finish(export.label, export.sha256)
    except DataError as error:
        reason = error.what
    except DAMAGED as error:  # a damaged archive shows only while it is read
        reason = f"{type(error).__name__}: {error}"
    except (OverflowError, UnicodeEncodeError, pa.ArrowException) as error:
        # Only a file made to do harm says such things; the files after it must not suffer.
        reason = f"a value no column can hold ({error})"
    report = FileReport(path=export.label, status="unreadable", reasons=(reason,))
    if shared and begun:
        raise _UndoneError(report)
    return report


@contextmanager
def _bulk(store: Store, source: Source, export: Export) -> Iterator[BulkReading | None]:
    """The file as DuckDB has read it; ``None`` if it is small or one for the source's own reader."""
    large = source.bulk and export.member is None and export.content.size >= BULK_BYTES
    how = source.bulk(export) if source.bulk and large else None
    if how is None:
        yield None
        return
    with BulkReading(store, source.name, how, export) as reading:
        yield reading if reading.begin() else None


def _load_id(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:16]
