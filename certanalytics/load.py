"""Files to rows to decoded certificates to the estate: one transaction a file, nothing lost.

read = accepted + rejected + duplicate holds for every file, is shown in the `LoadReport` and kept in the estate.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

import pyarrow as pa

from certanalytics import x509
from certanalytics.errors import DataError
from certanalytics.identity import identity, issuer_key, stated_columns
from certanalytics.load_report import FileReport, LoadReport
from certanalytics.model import (
    Alias,
    CaListing,
    CertificateRef,
    CtEntry,
    Record,
    Reject,
    Row,
    Run,
    Sighting,
    StatedCertificate,
    TimeBasis,
)
from certanalytics.names import names_of
from certanalytics.schema import TABLES, table_name
from certanalytics.sources import DAMAGED, Export, Source, exports, recognise
from certanalytics.store import Store

BATCH = 10_000
"""Rows taken from a reader, decoded and appended at a time."""

REASONS_SHOWN = 3
"""Reject reasons a file's report repeats; all of them stand in the table ``reject``."""

Progress = Callable[[Export, int], None]
"""Told the export being read and the records read of it so far."""


def load(
    store: Store,
    paths: Sequence[Path],
    *,
    collected_at: datetime | None = None,
    more_sources: tuple[Source, ...] = (),
    progress: Progress | None = None,
) -> LoadReport:
    """Take files and folders into the estate.

    Args:
        store: The estate, open for writing.
        paths: Files and folders; folders are walked, archives opened.
        collected_at: When files that do not say so themselves were collected, naive UTC; otherwise the time of the
            file counts, and the estate says which.
        more_sources: Sources beside the built-in ones (an owners' CSV with a column map).
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
            files.append(_load_export(store, export, collected_at, more_sources, progress))
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
        place = f"{export.path.resolve()}!{export.member}" if source.path_matters else ""
        load_id = hashlib.sha256(f"{source.name}\0{export.sha256}\0{place}".encode(errors="replace")).hexdigest()[:16]
        if not store.missing("load", "load", [load_id]):
            return FileReport(path=export.label, status="already loaded", source=source.name)
        known: tuple[datetime, TimeBasis] = (collected_at, "given") if collected_at else (export.file_time, "file")
        intake = _Intake(store, load_id, source, *known)
        with store.transaction():
            rows = source.read(export)
            while batch := list(islice(rows, BATCH)):
                intake.take(batch)
                if progress:
                    progress(export, intake.read)
            return intake.finish(export)
    except DataError as error:
        return FileReport(path=export.label, status="unreadable", reasons=(error.what,))
    except DAMAGED as error:  # a damaged archive shows only while it is read
        return FileReport(path=export.label, status="unreadable", reasons=(f"{type(error).__name__}: {error}",))
    except (OverflowError, UnicodeEncodeError, pa.ArrowException) as error:
        # Only a file made to do harm says such things; the files after it must not suffer.
        return FileReport(path=export.label, status="unreadable", reasons=(f"a value no column can hold ({error})",))


class _Intake:
    """The rows of one file on their way into the estate."""

    def __init__(
        self, store: Store, load_id: str, source: Source, fallback_time: datetime, fallback_basis: TimeBasis
    ) -> None:
        self.store = store
        self.load_id = load_id
        self.source = source
        self.fallback_time = fallback_time
        self.fallback_basis = fallback_basis
        self.run = Run()
        self.read = self.accepted = self.rejected = self.duplicate = self.certificates = 0
        self.reasons: list[str] = []

    def take(self, batch: Iterable[Row]) -> None:
        """Append one batch."""
        facts: list[Row] = []
        for row in batch:
            if isinstance(row, Run):
                self.run = row
            else:
                facts.append(row)
        unreadable = self._take_certificates(facts)
        rows_read = [part for row in facts for part in _readable(row, unreadable)]
        self.read += len(rows_read)
        by_table: dict[str, dict[str, list[dict[str, object]]]] = {}
        for kept in rows_read:
            if isinstance(kept, Reject):
                self.rejected += 1
                if len(self.reasons) < REASONS_SHOWN:
                    self.reasons.append(f"{kept.locator}: {kept.reason}")
            expanded = list(self._columns(kept))
            rows = by_table.setdefault(table_name(type(kept)), {})
            key = str(expanded[0]["row_key"])
            if key in rows and not isinstance(kept, Reject):
                self.duplicate += 1
            else:
                rows[key] = rows.get(key, []) + expanded
        for table, rows in by_table.items():
            self._append(table, rows)

    def finish(self, export: Export) -> FileReport:
        """Keep the file itself, with its counts."""
        collected_at, basis = self.fallback_time, self.fallback_basis
        if self.run.started_at:
            collected_at, basis = self.run.started_at, "run"
        values = (export.label, self.source.name, self.run.tool_version, collected_at, basis, export.sha256)
        counts = (self.read, self.accepted, self.rejected, self.duplicate)
        row = dict(zip(TABLES["load"].names, (self.load_id, *values, *counts), strict=True))
        self.store.append("load", pa.Table.from_pylist([row], schema=TABLES["load"]))
        return FileReport(
            path=export.label,
            status="loaded",
            source=self.source.name,
            read=self.read,
            accepted=self.accepted,
            rejected=self.rejected,
            duplicate=self.duplicate,
            certificates=self.certificates,
            reasons=tuple(self.reasons),
        )

    def _append(self, table: str, rows: dict[str, list[dict[str, object]]]) -> None:
        if table == "reject":
            new = set(rows)
        else:
            new = self.store.missing(table, "row_key", list(rows))
            self.accepted += len(new)
            self.duplicate += len(rows) - len(new)
        kept = [row for key, group in rows.items() if key in new for row in group]
        self.store.append(table, pa.Table.from_pylist(kept, schema=TABLES[table]))

    def _columns(self, row: Row) -> Iterator[dict[str, object]]:
        """A row as columns of its table; a sighting once for every certificate of its chain."""
        values: dict[str, object] = {}
        for field in dataclasses.fields(row):
            value = getattr(row, field.name)
            if isinstance(value, bytes | StatedCertificate):
                value = identity(value)
            elif isinstance(value, tuple):
                value = [identity(part) if isinstance(part, bytes | StatedCertificate) else part for part in value]
            values[field.name] = value
        if "observed_at" in values and values["observed_at"] is None:
            values |= {"observed_at": self.fallback_time, "time_basis": self.fallback_basis}
        said = {key: value for key, value in values.items() if key != "locator"}
        digest = hashlib.blake2b(repr((self.source.name, said)).encode("utf-8", "backslashreplace"), digest_size=16)
        values |= {"load": self.load_id, "row_key": digest.hexdigest()}
        if isinstance(row, Sighting):
            chain = values["chain"]
            assert isinstance(chain, list)  # noqa: S101 - a sighting's chain is a tuple, made a list above
            for position, certificate in enumerate(chain):
                yield {**values, "certificate": certificate, "position": position}
        else:
            yield values

    def _take_certificates(self, rows: Sequence[Row]) -> dict[CertificateRef, str]:
        """Decode and append the certificates not known yet; those that are none are returned with the reason."""
        references = dict.fromkeys(ref for row in rows for ref in _certificates_of(row))
        by_identity = {identity(ref): ref for ref in references if isinstance(ref, bytes)}
        stated = {identity(ref): ref for ref in references if isinstance(ref, StatedCertificate)}
        unseen = self.store.missing("certificate", "identity", list(by_identity))
        stated_so_far = self.store.missing(
            "certificate", "identity", list(by_identity.keys() - unseen), where="evidence = 'der'"
        )
        new = sorted(unseen | stated_so_far)
        unreadable: dict[CertificateRef, str] = {}
        if new:
            ders = [ref for name in new if isinstance(ref := by_identity[name], bytes)]
            decoded = x509.decode(ders)
            refusals = x509.refusals(decoded)
            unreadable = {der: reason for der, reason in zip(ders, refusals, strict=True) if reason}
            decoded = decoded.filter(pa.array([reason is None for reason in refusals]))
            names = decoded.column("sha256").to_pylist()
            decoded_now = list(stated_so_far.intersection(names))
            self.store.delete("certificate", "identity", decoded_now)
            self.store.delete("name", "identity", decoded_now)
            keys = [issuer_key(dn) for dn in decoded.column("issuer_dn").to_pylist()]
            table = decoded.append_column("identity", pa.array(names, pa.string()))
            self._add(table.append_column("issuer_key", pa.array(keys, pa.string())))
            kept = [der for der in ders if der not in unreadable]
            self.store.append("der", pa.table({"sha256": names, "der": pa.array(kept, pa.binary())}))
        missing = self.store.missing("certificate", "identity", list(stated))
        if missing:
            rows_of = [stated_columns(stated[name]) for name in sorted(missing)]
            self._add(pa.Table.from_pylist(rows_of, schema=TABLES["certificate"]))
        return unreadable

    def _add(self, certificates: pa.Table) -> None:
        self.certificates += certificates.num_rows
        self.store.append("certificate", certificates)
        self.store.append("name", names_of(certificates))


def _readable(row: Row, unreadable: dict[CertificateRef, str]) -> tuple[Row, ...]:
    """A row without the bytes in it that are no certificate, and a reject for each of those; often the row itself."""
    bad = [ref for ref in _certificates_of(row) if ref in unreadable]
    if not bad or isinstance(row, Run):
        return (row,)
    rejects = tuple(Reject(locator=row.locator, reason=unreadable[ref]) for ref in bad)
    kept: Row | None = None
    if isinstance(row, Sighting) and row.chain[0] not in unreadable:
        kept = dataclasses.replace(row, chain=tuple(ref for ref in row.chain if ref not in unreadable))
    elif isinstance(row, CtEntry) and row.certificate not in unreadable:
        kept = dataclasses.replace(row, chain=tuple(der for der in row.chain if der not in unreadable))
    return (kept, *rejects) if kept else rejects


def _certificates_of(row: Row) -> tuple[CertificateRef, ...]:
    match row:
        case Sighting(chain=chain):
            return chain
        case CtEntry(certificate=certificate, chain=chain):
            return (certificate, *chain)
        case Record(certificate=certificate) | Alias(certificate=certificate) | CaListing(certificate=certificate):
            return (certificate,) if certificate is not None else ()
        case _:
            return ()
