"""Several reports put into one file: what stands in the header of one is not true of the others."""

from __future__ import annotations

from certanalytics.sources._reading.export import DAMAGED, Export

SEVERAL = (
    "several reports in one file, each of its own time: when a result was found is not known. Load them one by one"
)


def read_through(export: Export, member: str, tail_bytes: int = 1) -> tuple[int, bytes]:
    """How many JSON objects of a file have this member, as far as it can be read, and its last bytes.

    Quotes inside a JSON text are escaped, so what a server sent is not counted.
    """
    sought = f'"{member}"'.encode()
    keep = max(tail_bytes, len(sought))
    count, tail = 0, b""
    try:
        with export.open() as stream:
            while part := stream.read(1 << 20):
                count += (tail[1 - len(sought) :] + part).count(sought)
                tail = (tail + part)[-keep:]
    except DAMAGED:
        return count, b""  # reported where the results are read
    return count, tail
