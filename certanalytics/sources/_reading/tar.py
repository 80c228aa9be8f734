"""Tar archives member by member, as they are or compressed: nothing is unpacked to where a name points.

A compressed archive cannot be read from the middle, so its content goes once into a temporary file without a name.
Links, devices and folders hold no content and are passed over. A member's name is a label and is never used as a path.
"""

from __future__ import annotations

import io
import tarfile
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK = 512
"""How much of a file tells whether it is a tar archive."""

LARGEST = 8 << 30
"""What a compressed archive may unpack to before it is taken for a trap."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive; ``problem`` says why it cannot be opened. Without a name it is the archive's own."""

    name: str | None
    time: datetime | None
    open: Callable[[], BinaryIO]
    problem: str | None = None


def is_tar(block: bytes) -> bool:
    """Whether a file's first block is a header of POSIX.1-1988 or later, or of GNU tar."""
    return block[257:262] == b"ustar"


def members(
    opened: Callable[[], BinaryIO], damaged: tuple[type[Exception], ...], *, compressed: bool
) -> Iterator[Member]:
    """The files of an archive in its order, up to where it is cut or damaged; that comes as a problem of the archive.

    Args:
        opened: Opens the archive, unpacked.
        damaged: What reading it raises where it is cut or damaged.
        compressed: Whether seeking in it would mean to unpack it again from its beginning.
    """
    content, problem = _content(opened, damaged) if compressed else (_Content(opened()), None)
    stream = content.part(0, content.size)
    try:
        with tarfile.open(fileobj=stream, mode="r:") as archive:
            while (info := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # a list of all of them could be made to fill the memory
                if info.isreg():
                    yield _member(info, content)
            if problem is None and content.read(archive.offset, BLOCK) != bytes(BLOCK):
                problem = "it ends without the mark of its end"
    except (tarfile.TarError, ValueError, OverflowError, RecursionError, EOFError, OSError) as error:
        problem = problem or str(error)
    if problem:
        yield Member(None, None, opened, f"damaged tar archive ({problem})")


def _member(info: tarfile.TarInfo, content: _Content) -> Member:
    try:
        time = datetime.fromtimestamp(info.mtime, UTC).replace(tzinfo=None) if info.mtime > 0 else None
    except (OverflowError, OSError, ValueError):
        time = None
    start, size = info.offset_data, info.size
    problem = "member is stored with holes (sparse)" if info.issparse() else None
    return Member(info.name, time, lambda: content.part(start, size), problem)


def _content(opened: Callable[[], BinaryIO], damaged: tuple[type[Exception], ...]) -> tuple[_Content, str | None]:
    """What can be unpacked of an archive, and what stopped that before its end."""
    file, problem, size = cast("BinaryIO", tempfile.TemporaryFile()), None, 0  # noqa: SIM115 - closed with the content
    try:
        with cast("io.BufferedReader", opened()) as stream:
            while part := stream.read1(1 << 16):  # `read` would lose what it gathered before the damage
                size += file.write(part)
                if size > LARGEST:
                    problem = f"it unpacks to more than {LARGEST >> 30} GiB"
                    break
    except damaged as error:
        problem = str(error)
    return _Content(file), problem


class _Content:
    """A file read from any place by several readers; closed when the last of them is gone."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._lock = file, threading.Lock()
        self.size = file.seek(0, io.SEEK_END)
        weakref.finalize(self, file.close)

    def read(self, position: int, size: int) -> bytes:
        with self._lock:
            self._file.seek(position)
            return self._file.read(size)

    def part(self, start: int, size: int) -> BinaryIO:
        return cast("BinaryIO", _Stream(_Part(self, start, size)))


class _Part(io.RawIOBase):
    """A stretch of a content as a stream of its own."""

    def __init__(self, content: _Content, start: int, size: int) -> None:
        super().__init__()
        self._content, self._start, self._size, self._at = content, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        wanted = max(0, min(len(view), self._size - self._at))
        data = self._content.read(self._start + self._at, wanted) if wanted else b""
        if wanted and not data:
            raise EOFError("the archive ends inside this member")
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


class _Stream(io.BufferedReader):
    """Gives what stands before the place where an archive is cut, and raises only on the next read."""

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            return super().read(size)
        parts: list[bytes] = []
        left = size
        while left:
            try:
                part = self.read1(left)
            except EOFError:
                if not parts:
                    raise
                break
            if not part:
                break
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
