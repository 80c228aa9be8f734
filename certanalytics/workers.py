"""Processes that read files beside the one that writes the estate.

Each has its own interpreter, so that they decode on as many processors as there are. They are forked from a server that
has the readers loaded and nothing of the caller's program: a script that loads exports needs no guard around it. What
they have read travels as Arrow IPC.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_all_start_methods, get_context
from types import ModuleType, TracebackType
from typing import Self

import pyarrow as pa

from certanalytics.errors import CertAnalyticsError
from certanalytics.load_report import FileReport
from certanalytics.one_file import Reading
from certanalytics.reading import Given, Loaded, Part, read_together
from certanalytics.sources import Export

Read = tuple[list[Reading | FileReport], list[Part]]
"""What became of files, and what they bring."""

_Packed = tuple[list[Reading | FileReport], list[tuple[dict[str, pa.Buffer], pa.Buffer, pa.Buffer]]]


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """Processes that read files.

    Args:
        count: How many.
        loaded: What is in the estate already.
        given: What the user says of all files.
    """

    def __init__(self, count: int, loaded: Loaded, given: Given) -> None:
        server = "forkserver" in get_all_start_methods()
        context = get_context("forkserver" if server else "spawn")
        if server:
            context.set_forkserver_preload([__name__])
        self.ahead = count + 1
        self._pool = ProcessPoolExecutor(count, context, _begin, (loaded, given))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def read(self, exports: Sequence[Export | FileReport]) -> Coming:
        """Have files read.

        Raises:
            CertAnalyticsError: A process that reads is gone.
        """
        with _nobody_s_program(), _told_if_gone():
            return Coming(self._pool.submit(_read, exports))


@dataclass(frozen=True, slots=True)
class Coming:
    """Files that are being read."""

    _future: Future[_Packed]

    def result(self) -> Read:
        """What was read, as soon as it is.

        Raises:
            CertAnalyticsError: The process that read them is gone.
        """
        with _told_if_gone():
            files, packed = self._future.result()
        return files, [
            Part({table: _unpacked(rows) for table, rows in facts.items()}, _unpacked(certificates), _unpacked(names))
            for facts, certificates, names in packed
        ]


_known = Loaded(), Given()
"""What the process was told when it began."""


def _begin(loaded: Loaded, given: Given) -> None:
    global _known  # noqa: PLW0603 - the state of this process
    _known = loaded, given
    gc.freeze()
    gc.set_threshold(1_000_000)  # rows are many and none of them lies in a circle


def _read(exports: Sequence[Export | FileReport]) -> _Packed:
    files, parts = read_together(exports, *_known)
    packed = [
        ({table: _packed(rows) for table, rows in part.facts.items()}, _packed(part.certificates), _packed(part.names))
        for part in parts
    ]
    return files, packed


def _packed(table: pa.Table) -> pa.Buffer:
    """A table as Arrow IPC; a view would drag along all it is a view of."""
    schema = pa.schema([(each.name, _plain(each.type)) for each in table.schema])
    plain = table if table.schema.equals(schema) else table.cast(schema)
    size = pa.MockOutputStream()  # to let a buffer grow would copy all that is in it, again and again
    _write(plain, size)
    buffer = pa.allocate_buffer(size.size())
    _write(plain, pa.FixedSizeBufferWriter(buffer))
    return buffer


def _write(table: pa.Table, sink: pa.NativeFile) -> None:
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_list(kind):
        return pa.list_(_plain(kind.value_type))
    return {pa.string_view(): pa.string(), pa.binary_view(): pa.binary()}.get(kind, kind)


def _unpacked(buffer: pa.Buffer) -> pa.Table:
    with pa.ipc.open_stream(buffer) as stream:
        return stream.read_all()


@contextmanager
def _told_if_gone() -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool as error:
        raise CertAnalyticsError(
            "a process that read files ended before it was done, perhaps for want of memory",
            hint="What was loaded before is kept: load again to go on, with --workers 1 to take less memory.",
        ) from error


@contextmanager
def _nobody_s_program() -> Iterator[None]:
    """Let processes that start meanwhile not run the caller's script once more, as they otherwise would."""
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program
