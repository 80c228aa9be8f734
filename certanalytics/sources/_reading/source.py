"""What a source is: a value that says how to know an export and how to read it.

Adding one means one module with a decorated reader and one line in `certanalytics.sources`.
The reader gets an `Export` and yields model rows; it never raises for a bad record (it yields a
`Reject`) and raises `DataError` for a bad file. It never decodes a certificate, never holds a
large file in memory, and knows neither DuckDB nor pandas nor another source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Literal

from certanalytics.model import Row
from certanalytics.sources._reading.bulk import BulkReader
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.secrets import without_keys
from certanalytics.sources._reading.signature import Signature

Reader = Callable[[Export], Iterator[Row]]
Brings = Literal[
    "certificate", "chain", "place", "protocols", "ct", "owner", "status", "people", "dns", "logs", "roots"
]
Said = Literal["passwords", "origin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One kind of export.

    Attributes:
        name: Stable name, kept with every load (``sslyze-json``).
        produced_by: Tool, versions and command that write such a file.
        brings: What it contributes to the estate.
        tried_on: ``real export``, or ``documentation`` when no real file was found.
        signature: How its files are known, by content.
        read: The reader; whatever it yields, no private key is in the text of a row.
        path_matters: Whether where a file lies is itself a fact, as it is for a certificate file: a copy elsewhere
            is then another file, not the same one again.
        takes: What a user may say beside a file by which more of it is read; attributes of `Export`.
        bulk: How DuckDB reads its large files into the same rows, if it can.
    """

    name: str
    produced_by: str
    brings: tuple[Brings, ...]
    tried_on: Literal["real export", "documentation"]
    signature: Signature
    read: Reader
    path_matters: bool = False
    takes: tuple[Said, ...] = ()
    bulk: BulkReader | None = None

    def __post_init__(self) -> None:
        read = self.read

        @wraps(read)
        def guarded(export: Export) -> Iterator[Row]:
            return without_keys(read(export))

        object.__setattr__(self, "read", guarded)


def source(
    name: str,
    *,
    produced_by: str,
    brings: tuple[Brings, ...],
    signature: Signature,
    tried_on: Literal["real export", "documentation"] = "real export",
    path_matters: bool = False,
    takes: tuple[Said, ...] = (),
    bulk: BulkReader | None = None,
) -> Callable[[Reader], Source]:
    """Turn a reader into a `Source`. Registers nothing: the list is `certanalytics.sources.SOURCES`."""

    def declare(read: Reader) -> Source:
        return Source(
            name=name,
            produced_by=produced_by,
            brings=brings,
            tried_on=tried_on,
            signature=signature,
            read=read,
            path_matters=path_matters,
            takes=takes,
            bulk=bulk,
        )

    return declare
