"""Several reports put into one file: what stands in the header of one is not true of the others."""

from __future__ import annotations

import codecs

from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.signature import Head

_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}

SEVERAL = (
    "several reports in one file, each of its own time: when a result was found is not known. Load them one by one"
)


def read_through(export: Export, member: str, tail_bytes: int = 4096) -> tuple[int, str]:
    """How many JSON objects of a file have this member, as far as it can be read, and the text of its two ends.

    The members of a report that say when and by what stand before its results or behind them, in whatever order a
    tool that sorts them puts them. Quotes inside a JSON text are escaped, so what a server sent is not counted.
    """
    encoding = _UTF16.get(export.head[:2], "utf-8")
    sought = f'"{member}"'.encode(encoding)
    keep = max(tail_bytes * len("x".encode(encoding)), len(sought))
    count, size, tail = 0, 0, b""
    try:
        with export.open() as stream:
            while part := stream.read(1 << 20):
                size += len(part)
                count += (tail[1 - len(sought) :] + part).count(sought)
                tail = (tail + part)[-keep:]
    except DAMAGED:
        tail = b""  # reported where the results are read
    half = (size - len(tail)) % len("x".encode(encoding))
    return count, f"{Head(export.head).text}\n{tail[half:].decode(encoding, 'replace')}"
