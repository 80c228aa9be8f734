"""What was read on its way into the tables of the estate: by one writer, in one transaction, each thing once.

What a source says of a certificate without its DER is kept as it was said (``stated_certificate``). The row that
stands for such a certificate is made from all that was said of it, so it does not depend on the order of loading.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from certanalytics import reading as _reading
from certanalytics.bulk import BulkReading
from certanalytics.decoded import Decoded, decode
from certanalytics.load_report import FileReport
from certanalytics.names import names_of
from certanalytics.one_file import Reading
from certanalytics.reading import Part
from certanalytics.schema import TABLES
from certanalytics.staging import Staging, counted
from certanalytics.store import Store

_CUTS = 100


class Intake:
    """What some files bring, on its way into the estate.

    Args:
        store: The estate, in a transaction.
        room: Of how many more certificates the DER is kept.
        several: Whether the files are several, of which the first to speak of a certificate is told.
    """

    def __init__(self, store: Store, room: int, *, several: bool = False) -> None:
        self.store = store
        self.several = several
        self.staging = Staging(store)
        self.room = room
        self._new = Counter[str]()
        self._ders = Counter[str]()
        self._without_der = Counter[str]()
        self._said_by: dict[str, str] = {}

    def known(self, identities: Collection[str]) -> set[str]:
        """Those of the identities whose certificates are in the estate whole."""
        return set(identities) - self.store.missing("certificate", "identity", identities, where="evidence = 'der'")

    def take(self, part: Part, *, without: Collection[str] = ()) -> None:
        """Take in what was read.

        Args:
            part: What it is.
            without: Loads in it that are in the estate already.
        """
        for table, rows in part.facts.items():
            self.staging.add(table, _without(rows, without) if without else rows)
        self._file(part.certificates, part.names)
        if self.several and (stated := part.facts.get("stated_certificate")):
            for name, load in zip(*(stated.column(each).to_pylist() for each in ("identity", "load")), strict=True):
                self._said_by.setdefault(name, load)

    def take_bulk(self, reading: Reading, bulk: BulkReading) -> None:
        """Take in what DuckDB has read, and of the lines it could not make sense of what the source's reader says."""

        def unknown(by_identity: Mapping[str, bytes]) -> Decoded:
            there = self.known(by_identity)
            return decode({name: der for name, der in by_identity.items() if name not in there})

        def file(certificates: pa.Table) -> None:
            loads = pa.array([reading.load] * certificates.num_rows, pa.string())
            told = certificates.append_column("load", loads).append_column("brought_by", loads)
            self._file(told, names_of(certificates))

        bulk.take_held(unknown, file)
        reading.read += bulk.stage(self.staging, reading)
        refused = bulk.refused()
        while batch := list(islice(refused, _reading.BATCH)):
            self.take(_reading.part(reading, batch, self.known))

    def finish(self, files: Sequence[Reading | FileReport]) -> list[FileReport]:
        """Put what was taken in into the tables, and keep the files themselves with their counts."""
        settled = self.staging.settle()
        self._new += self.staging.settle_stated()
        self.staging.clear()
        reports, rows = [], []
        for file in files:
            if isinstance(file, FileReport):
                reports.append(file)
                continue
            report = dataclasses.replace(
                file.report,
                accepted=settled.kept[file.load],
                duplicate=settled.repeated[file.load],
                certificates=self._new[file.load],
                ders=self._ders[file.load],
                without_der=self._without_der[file.load],
            )
            reports.append(report)
            values = (file.load, file.label, file.source, file.run.tool_version, *file.collected_at, file.sha256)
            counts = (report.read, report.accepted, report.rejected, report.duplicate)
            rows.append(dict(zip(TABLES["load"].names, (*values, *counts), strict=True)))
        self.store.append("load", pa.Table.from_pylist(rows, schema=TABLES["load"]))
        return reports

    def _file(self, certificates: pa.Table, names: pa.Table) -> None:
        """Put decoded certificates into the estate."""
        there = self.staging.there(certificates.column("identity").to_pylist())
        if whole := [name for name, is_whole in there.items() if is_whole]:
            certificates, names = (_without(rows, whole, "identity") for rows in (certificates, names))
        if not certificates.num_rows:
            return
        loads, brought_by = certificates.column("load"), certificates.column("brought_by")
        if self._said_by:
            named = zip(certificates.column("identity").to_pylist(), loads.to_pylist(), strict=True)
            loads = pa.chunked_array([pa.array([self._said_by.get(*each) for each in named], pa.string())])
        partial = [name for name, is_whole in there.items() if not is_whole]
        self.staging.put(certificates.drop_columns(["load", "brought_by", "der"]), names, partial)
        self._new += counted(loads)
        if partial:
            was_there = pc.is_in(certificates.column("identity"), pa.array(partial, pa.string()))
            self._new -= counted(loads.filter(was_there))
        kept = certificates.select(["sha256", "der"]).slice(0, self.room)
        self.room -= kept.num_rows
        self._ders += counted(brought_by.slice(0, kept.num_rows))
        self._without_der += counted(brought_by.slice(kept.num_rows))
        self.store.append("der", kept)


def _without(rows: pa.Table, values: Collection[str], column: str = "load") -> pa.Table:
    """The rows that have none of the values; few of them are cut out, so that the others need not be copied."""
    is_left_out = pc.is_in(rows.column(column), pa.array(list(values), pa.string()))
    left_out = pc.indices_nonzero(is_left_out).to_pylist()
    if len(left_out) > _CUTS:
        return rows.filter(pc.invert(is_left_out))
    starts, ends = [0, *(at + 1 for at in left_out)], [*left_out, rows.num_rows]
    return pa.concat_tables([rows.slice(start, end - start) for start, end in zip(starts, ends, strict=True)])
