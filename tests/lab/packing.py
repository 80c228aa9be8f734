"""How a sample is packed on disk: as it is, or as gzip, Zstandard and zip, the same bytes for the same content."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import zstandard

Packing = Callable[[str, bytes], tuple[str, bytes]]
"""From the name and content of a file to the name and bytes on disk."""


def as_it_is(name: str, content: bytes) -> tuple[str, bytes]:
    return name, content


def by_gzip(name: str, content: bytes) -> tuple[str, bytes]:
    return f"{name}.gz", gzip.compress(content, 9, mtime=0)


def by_zstandard(name: str, content: bytes) -> tuple[str, bytes]:
    return f"{name}.zst", zstandard.ZstdCompressor(level=19).compress(content)


def zipped(day: datetime) -> Packing:
    """Packing into a zip archive whose one member is dated ``day``."""

    def pack(name: str, content: bytes) -> tuple[str, bytes]:
        packed = io.BytesIO()
        member = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
        member.compress_type = zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(member, content)
        return f"{name}.zip", packed.getvalue()

    return pack
