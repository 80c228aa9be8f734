"""Files as they lie on disk, opened: folders walked, `.gz`, `.zst`, `.zip` and `.tar` members unpacked.

An `Export` is one readable member. What it is packed in is told by magic numbers, never by the
file's name.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import BinaryIO, Literal, cast

import zstandard

from certanalytics.errors import DataError
from certanalytics.sources._reading import tar as _tar
from certanalytics.sources._reading.bytes import UTF16_MARKS

HEAD_BYTES = 64 * 1024
"""How much of a file a signature may look at."""

DAMAGED = (EOFError, OSError, zlib.error, zipfile.BadZipFile, zstandard.ZstdError)
"""What unpacking raises on an archive that is cut or damaged."""

_GZIP, _ZSTD, _ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
_COMPRESSIONS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})


@dataclass(frozen=True, slots=True)
class Content:
    """The content of an export as a whole.

    Attributes:
        sha256: Its SHA-256, lower-case hex.
        size: Bytes.
        lines: Line feeds.
        plain: Whether all of it is lines that end in a line feed alone, without a byte of zero.
    """

    sha256: str
    size: int
    lines: int
    plain: bool


@dataclass(frozen=True)
class Export:
    """One export file or archive member, unpacked on reading.

    Attributes:
        path: The file on disk.
        member: Name inside the archive, or ``None``.
        file_time: Modification time of the file or member, naive UTC.
        size: Bytes it has unpacked, as far as that is said before it is; ``None`` if only packed bytes can be counted.
        passwords: What the user gave to open locked key stores; never guessed, never stored, never shown.
        origin: The zone the user gave for zone files that do not say which they are.
    """

    path: Path
    member: str | None
    file_time: datetime
    _opener: Callable[[], BinaryIO]
    size: int | None = None
    passwords: tuple[str, ...] = field(default=(), repr=False)
    origin: str | None = None

    @property
    def label(self) -> str:
        """How the export is named in messages and in the estate."""
        return _label(self.path, self.member)

    @property
    def compression(self) -> str | None:
        """How a file is packed as DuckDB calls it; ``None`` for a member of an archive."""
        if self.member is not None:
            return None
        with self.path.open("rb") as stream:
            magic = stream.read(4)
        return "gzip" if magic.startswith(_GZIP) else "zstd" if magic == _ZSTD else "none"

    def open(self) -> BinaryIO:
        """A fresh binary stream over the unpacked content; the caller closes it."""
        return self._opener()

    def text(
        self, encoding: str = "utf-8-sig", newline: str | None = None, errors: str = "backslashreplace"
    ) -> io.TextIOWrapper:
        """A fresh text stream; bytes that do not fit the encoding are kept as backslash escapes.

        What begins with the mark of UTF-16 is UTF-16, whatever ``encoding`` says.
        """
        if self.head.startswith(UTF16_MARKS):
            encoding, errors = "utf-16", "backslashreplace"
        return io.TextIOWrapper(self.open(), encoding=encoding, errors=errors, newline=newline)

    @cached_property
    def head(self) -> bytes:
        """The first bytes of the unpacked content, at most `HEAD_BYTES`; of a damaged archive what can be read.

        Raises:
            DataError: Nothing at all can be read.
        """
        head = bytearray()
        for part in self._parts(HEAD_BYTES):
            head += part
            if len(head) >= HEAD_BYTES:
                break
        return bytes(head[:HEAD_BYTES])

    @property
    def sha256(self) -> str:
        """SHA-256 of the unpacked content as far as it can be read, lower-case hex: the identity of a load.

        Raises:
            DataError: Nothing at all can be read.
        """
        return self.content.sha256

    @cached_property
    def content(self) -> Content:
        """What one look at the whole unpacked content, as far as it can be read, tells.

        Raises:
            DataError: Nothing at all can be read.
        """
        digest = hashlib.sha256()
        size = lines = 0
        odd, last = False, b""
        for part in self._parts(1 << 20):
            digest.update(part)
            size += len(part)
            lines += part.count(b"\n")
            odd = odd or b"\r" in part or b"\0" in part
            last = part[-1:]
        return Content(digest.hexdigest(), size, lines, plain=not odd and last == b"\n")

    def _parts(self, size: int) -> Iterator[bytes]:
        """The content in pieces, up to where an archive is damaged; the reader reports that place."""
        read = False
        try:
            with self.open() as stream:
                while part := stream.read(size):
                    read = True
                    yield part
        except DAMAGED as error:
            if not read:
                raise DataError(f"damaged ({error})", where=self.label, hint="Export it again.") from error


def exports(path: Path) -> Iterator[Export | DataError]:
    """Every export under a file or folder, in name order; what cannot be opened comes as an error.

    The files are those of `files_below`. Archives inside archives are not opened.

    Raises:
        DataError: The path does not exist.
    """
    for found in files_below(path):
        if isinstance(found, DataError):
            yield found
        else:
            yield from _opened(found)


def files_below(path: Path) -> Iterator[Path | DataError]:
    """Every file under a file or folder, in name order and unopened; what cannot be reached comes as an error.

    Hidden files and folders are passed over. Links are followed, but not back to a folder they lie in.

    Raises:
        DataError: The path does not exist.
    """
    try:
        path.stat()
    except OSError as error:
        what = "no such file or folder" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
        raise DataError(what, where=_label(path), hint="Check the path given to load.") from None
    yield from _walk(path, frozenset())


def _walk(path: Path, above: frozenset[Path]) -> Iterator[Path | DataError]:
    """What lies under a path, ``above`` being the folders that led to it."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            folder = path.resolve()
            if folder in above:
                yield DataError("a link back to a folder it lies in", where=_label(path))
                return
            for child in sorted(path.iterdir()):
                if not child.name.startswith("."):
                    yield from _walk(child, above | {folder})
        elif stat.S_ISREG(mode):
            yield path
        else:
            yield DataError("not a regular file", where=_label(path))
    except OSError as error:
        yield DataError(error.strerror or str(error), where=_label(path))


def _opened(path: Path) -> Iterator[Export | DataError]:
    """The exports in a file: itself, or the members of an archive."""
    try:
        with path.open("rb") as stream:
            status = os.fstat(stream.fileno())
            block = stream.read(_tar.BLOCK)
        time = datetime.fromtimestamp(status.st_mtime, UTC).replace(tzinfo=None)
        opener = _opener(path, block[:4])
        compressed = block[:2] == _GZIP or block[:4] == _ZSTD
        if block[:4] == _ZIP:
            yield from _members(path, time)
        elif _tar.is_tar(_first_block(opener) if compressed else block):
            yield from _tar_members(path, time, opener, compressed=compressed)
        else:
            yield Export(path, None, time, opener, None if compressed else status.st_size)
    except OSError as error:
        yield DataError(error.strerror or str(error), where=_label(path))


def _label(path: Path, member: str | None = None) -> str:
    r"""A path in words that can be stored and printed: bytes of a file's name that are not UTF-8 stand as ``\xNN``."""
    label = f"{path}!{member}" if member else str(path)
    return label.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _opener(path: Path, magic: bytes) -> Callable[[], BinaryIO]:
    """How a file is opened: a value another process can be given."""
    how = gzip.open if magic.startswith(_GZIP) else _open_zstd if magic == _ZSTD else open
    return cast("Callable[[], BinaryIO]", partial(how, path, "rb"))


def _open_zstd(path: Path, mode: Literal["rb"]) -> BinaryIO:
    stream = zstandard.ZstdDecompressor().stream_reader(path.open(mode), read_across_frames=True)
    return cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", stream)))


def _first_block(opener: Callable[[], BinaryIO]) -> bytes:
    """The first bytes of what is compressed; none where it is damaged, which its reader reports."""
    try:
        with opener() as stream:
            return stream.read(_tar.BLOCK)
    except DAMAGED:
        return b""


def _tar_members(
    path: Path, archive_time: datetime, opener: Callable[[], BinaryIO], *, compressed: bool
) -> Iterator[Export | DataError]:
    for member in _tar.members(opener, DAMAGED, compressed=compressed):
        if member.problem:
            hint = "Unpack it first." if member.name else "Export it again."
            yield DataError(member.problem, where=_label(path, member.name), hint=hint)
        else:
            yield Export(path, member.name, member.time or archive_time, member.open)


def _members(path: Path, archive_time: datetime) -> Iterator[Export | DataError]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        yield DataError(f"damaged zip archive ({error})", where=_label(path), hint="Export it again.")
        return
    for info in infos:
        if info.flag_bits & 0x1:
            yield DataError("member is encrypted", where=_label(path, info.filename), hint="Unpack it first.")
        elif info.compress_type not in _COMPRESSIONS:
            what = f"member is compressed by method {info.compress_type}, which Python cannot unpack"
            yield DataError(what, where=_label(path, info.filename), hint="Unpack it first.")
        else:
            try:
                time = datetime(*info.date_time)
            except ValueError:  # a date of zero: the tool that packed it knew none
                time = archive_time
            yield Export(path, info.filename, time, partial(_open_member, path, info.filename), info.file_size)


def _open_member(path: Path, member: str) -> BinaryIO:
    with closing(zipfile.ZipFile(path)) as archive:
        return cast("BinaryIO", archive.open(member))
