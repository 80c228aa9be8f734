"""Files to rows to decoded certificates to the estate: one transaction a file, nothing lost.

read = accepted + rejected + duplicate holds for every file, is shown in the `LoadReport` and kept in the estate.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os.path
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
    ours = {Path(store.path).resolve(), Path(f"{store.path}.wal").resolve()}
    for path in paths:
        for export in exports(path):
            if isinstance(export, Export) and export.path.resolve() in ours:
                continue  # the estate may lie in the folder it is loaded from
            if isinstance(export, DataError):
                files.append(FileReport(path=export.where or str(path), status="unreadable", reasons=(export.what,)))
                continue
            unlocked = dataclasses.replace(export, passwords=tuple(passwords)) if passwords else export
            files.append(_load_export(store, unlocked, collected_at, more_sources, progress))
    return LoadReport(files=tuple(files))


def _load_export(
    store: Store,
    export: Export,
    collected_at: datetime | None,
    more_sources: tuple[Source, ...],
    progress: Progress | None,
) -> FileReport:
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
        with _bulk(store, source, export) as reading, store.transaction():
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
        return FileReport(path=export.label, status="unreadable", reasons=(error.what,))
    except DAMAGED as error:  # a damaged archive shows only while it is read
        return FileReport(path=export.label, status="unreadable", reasons=(f"{type(error).__name__}: {error}",))
    except (OverflowError, UnicodeEncodeError, pa.ArrowException) as error:
        # Only a file made to do harm says such things; the files after it must not suffer.
        return FileReport(path=export.label, status="unreadable", reasons=(f"a value no column can hold ({error})",))


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
