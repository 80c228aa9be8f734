"""Files to rows to decoded certificates to the estate: all of a file in one transaction, nothing lost.

Files are read by several processes where there is much to read, and written by one, in the order they lie in: the
estate is the same whoever read them. A load that was interrupted and is begun again goes on with the files that were
not committed. read = accepted + rejected + duplicate holds for every file, is shown in the `LoadReport` and kept in the
estate.
"""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

from certanalytics.bulk import BulkReading
from certanalytics.errors import DataError
from certanalytics.intake import Intake
from certanalytics.load_report import FileReport, LoadReport
from certanalytics.one_file import Reading
from certanalytics.reading import BREAKS_OFF, Given, Loaded, begin, parts, read_together, unreadable
from certanalytics.sources import DAMAGED, Export, Source, exports, recognise
from certanalytics.store import Store
from certanalytics.workers import Coming, Workers, processors

BULK_BYTES = 8 << 20
"""From what size on DuckDB reads a file whose source says how; below that the beginning costs more than it saves."""

TOGETHER_BYTES, TOGETHER_FILES = 64 << 20, 1_000
"""How much is read together, and written in one transaction."""

WORKERS_BYTES = 32 << 20
"""From how much on other processes read: to start them takes half a second."""

DERS_KEPT = 1_000_000
"""Of how many certificates an estate keeps the DER unless it is told to."""

Progress = Callable[[Export, int], None]
"""Told the export being read and the records read of it so far."""


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """Files that are read together.

    Attributes:
        files: The files, and what became of those among them that cannot be opened.
        alone: The one file that stands alone, and is then read by the process that writes.
    """

    files: list[Export | FileReport]
    alone: Export | None = None


def load(
    store: Store,
    paths: Sequence[Path],
    *,
    collected_at: datetime | None = None,
    more_sources: tuple[Source, ...] = (),
    passwords: Sequence[str] = (),
    origin: str | None = None,
    progress: Progress | None = None,
    der: bool | None = None,
    workers: int | None = None,
) -> LoadReport:
    """Take files and folders into the estate.

    Args:
        store: The estate, open for writing.
        paths: Files and folders; folders are walked, archives opened.
        collected_at: When files that do not say so themselves were collected, naive UTC; otherwise the time of the
            file counts, and the estate says which.
        more_sources: Sources beside the built-in ones (a table with a column map).
        passwords: What may open locked key stores; never stored. A store that was locked before is looked at again.
        origin: The zone of zone files that do not say which they are; they are looked at again, too.
        progress: Called while reading.
        der: Whether the DER of certificates is kept beside what was read from it, which the search for weak keys needs;
            without it, that of the estate's first `DERS_KEPT`. It takes two to three times the room of all the rest.
        workers: How many processes read where there is much to read; all processors if ``None``, none besides this
            one if 1.

    Returns:
        One `FileReport` a file, in the order read. A file that cannot be read is reported there and the load goes on.

    Raises:
        CertAnalyticsError: A process that read files was ended from outside.
        DataError: A path does not exist.
    """
    loads = store.fetch("SELECT load, sha256 FROM load")
    loaded = Loaded({each for each, _ in loads}, Counter(content for _, content in loads))
    given = Given(collected_at=collected_at, more_sources=more_sources)
    ((ders,),) = store.fetch("SELECT count(*) FROM der")
    room = {True: sys.maxsize, False: 0, None: max(0, DERS_KEPT - ders)}[der]
    loading = _Loading(store, loaded, given, room, progress)
    first = list(islice(groups := _groups(_found(store, paths, tuple(passwords), origin), given), 2))
    groups = chain(first, groups)
    several = processors() if workers is None else workers
    at_first = sum(_bytes(each) for group in first for each in group.files)
    # What a user describes (a column map) stays in this process.
    if len(first) > 1 and several > 1 and not more_sources and at_first >= WORKERS_BYTES:
        with Workers(several, loaded, given) as others:
            return LoadReport(files=tuple(chain.from_iterable(map(loading.take, _ahead(groups, others)))))
    return LoadReport(files=tuple(chain.from_iterable(loading.take((group, None)) for group in groups)))


def _found(
    store: Store, paths: Sequence[Path], passwords: tuple[str, ...], origin: str | None
) -> Iterator[Export | FileReport]:
    """The files below the paths; of those that cannot be opened the report."""
    ours = {Path(store.path).resolve(), Path(f"{store.path}.wal").resolve()}
    for path in paths:
        for export in exports(path):
            if isinstance(export, DataError):
                yield FileReport(path=export.where or str(path), status="unreadable", reasons=(export.what,))
            elif export.path.resolve() not in ours:  # the estate may lie in the folder it is loaded from
                yield dataclasses.replace(export, passwords=passwords, origin=origin)


def _groups(found: Iterable[Export | FileReport], given: Given) -> Iterator[Group]:
    """Files that are read together: those that follow each other up to a size; any larger one stands alone."""
    files: list[Export | FileReport] = []
    size = 0
    for each in found:
        alone = each if isinstance(each, Export) and _stands_alone(each, given) else None
        if files and (alone or size + _bytes(each) > TOGETHER_BYTES or len(files) == TOGETHER_FILES):
            yield Group(files)
            files, size = [], 0
        if alone:
            yield Group([alone], alone)
        else:
            files.append(each)
            size += _bytes(each)
    if files:
        yield Group(files)


def _stands_alone(export: Export, given: Given) -> bool:
    """Whether a file is large, may be once it is unpacked, or is one that DuckDB reads."""
    if export.size is None or export.size > TOGETHER_BYTES:
        return True
    if export.size < BULK_BYTES or export.member is not None:
        return False
    try:
        source = recognise(export, given.more_sources)
    except (DataError, *DAMAGED):
        return True  # which is reported when it is read
    return source is not None and source.bulk is not None


def _bytes(each: Export | FileReport) -> int:
    return (each.size or 0) if isinstance(each, Export) else 0


def _ahead(groups: Iterable[Group], workers: Workers) -> Iterator[tuple[Group, Coming | None]]:
    """Groups in their order, some of those that come after already being read."""
    coming: deque[tuple[Group, Coming | None]] = deque()
    for group in groups:
        coming.append((group, None if group.alone else workers.read(group.files)))
        if len(coming) > workers.ahead:
            yield coming.popleft()
    yield from coming


@dataclasses.dataclass(slots=True)
class _Loading:
    """One load: what is in the estate by now, and what the user said."""

    store: Store
    loaded: Loaded
    given: Given
    room: int
    progress: Progress | None

    def take(self, read: tuple[Group, Coming | None]) -> list[FileReport]:
        """Take a group of files into the estate."""
        group, coming = read
        return [self._take_alone(group.alone)] if group.alone else self._take_together(group.files, coming)

    def _take_together(self, group: Sequence[Export | FileReport], coming: Coming | None) -> list[FileReport]:
        intake = Intake(self.store, self.room, several=True)
        files, read = coming.result() if coming else read_together(group, self._copy(), self.given, intake.known)
        again = {file.load for file in files if isinstance(file, Reading) and file.load in self.loaded.loads}
        files = [_already(file) if isinstance(file, Reading) and file.load in again else file for file in files]
        with self.store.transaction():
            for part in read:
                intake.take(part, without=again)
            reports = intake.finish(files)
        self._done(intake, files)
        for each, file in zip(group, files, strict=True):
            if self.progress and isinstance(each, Export) and isinstance(file, Reading):
                self.progress(each, file.read)
        return reports

    def _take_alone(self, export: Export) -> FileReport:
        """A file of any size, which may be known only when it is unpacked."""
        try:
            begun = begin(export, self.loaded, self.given)
            if isinstance(begun, FileReport):
                return begun
            reading, source = begun
            intake = Intake(self.store, self.room)
            with _bulk(self.store, source, export) as bulk, self.store.transaction():
                if bulk:
                    intake.take_bulk(reading, bulk)
                for part in () if bulk else parts(reading, source.read(export), intake.known):
                    intake.take(part)
                    self._tell(export, reading)
                (report,) = intake.finish([reading])
        except BREAKS_OFF as error:
            return unreadable(export.label, error)
        self._done(intake, [reading])
        self._tell(export, reading)
        return report

    def _copy(self) -> Loaded:
        return Loaded(set(self.loaded.loads), Counter(self.loaded.contents))

    def _tell(self, export: Export, reading: Reading) -> None:
        if self.progress:
            self.progress(export, reading.read)

    def _done(self, intake: Intake, files: Iterable[Reading | FileReport]) -> None:
        self.room = intake.room
        for file in files:
            if isinstance(file, Reading):
                self.loaded.add(file.load, file.sha256)


def _already(reading: Reading) -> FileReport:
    return FileReport(path=reading.label, status="already loaded", source=reading.source)


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
