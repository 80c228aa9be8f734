"""The rows of one file on their way into the tables of the estate: certificates decoded, repetitions counted.

What a source says of a certificate without its DER is kept as it was said (``stated_certificate``). The row that
stands for such a certificate is made from all that was said of it, so it does not depend on the order of loading.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice

import pyarrow as pa

from certanalytics import x509
from certanalytics.bulk import BulkReading
from certanalytics.bulk_held import Whole
from certanalytics.identity import identity, issuer_key, stated_columns
from certanalytics.load_report import FileReport
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
from certanalytics.row_key import row_key
from certanalytics.schema import TABLES, as_table, said, staged, table_name
from certanalytics.sources import Source
from certanalytics.staging import Staging
from certanalytics.store import Store

BATCH = 10_000
"""Rows taken from a reader, decoded and appended at a time."""

REASONS_SHOWN = 3
"""Reject reasons a file's report repeats; all of them stand in the table ``reject``."""


class Intake:
    """The rows of one file on their way into the estate.

    Args:
        store: The estate, in a transaction.
        load_id: What the file is called in every row that comes from it.
        source: The source that reads it.
        fallback_time: When rows count as observed that do not say so, naive UTC.
        fallback_basis: How that time is known.
    """

    def __init__(
        self, store: Store, load_id: str, source: Source, fallback_time: datetime, fallback_basis: TimeBasis
    ) -> None:
        self.store = store
        self.load_id = load_id
        self.source = source
        self.fallback_time = fallback_time
        self.fallback_basis = fallback_basis
        self.run = Run()
        self.staging = Staging(store, load_id, source.name)
        self.read = self.rejected = self.certificates = 0
        self._seq = 0
        self.reasons: list[str] = []

    def take(self, batch: Iterable[Row]) -> None:
        """Take in one batch."""
        rows = list(batch)
        self._take(list(enumerate(rows, self._seq)))
        self._seq += len(rows)

    def _take(self, batch: Iterable[tuple[int, Row]]) -> None:
        """Take in rows with their places in the file."""
        facts: list[tuple[int, Row]] = []
        for seq, row in batch:
            if isinstance(row, Run):
                self.run = row
            else:
                facts.append((seq, row))
        known_as, unreadable = self._take_certificates([row for _, row in facts])
        if unreadable:
            # What an alias stands for is mostly beside it as a sighting, which then says what is wrong with it.
            told = {ref for _, row in facts if not isinstance(row, Alias) for ref in _certificates_of(row)}
            untold = (
                (seq, row)
                for seq, row in facts
                if not (isinstance(row, Alias) and row.certificate in told & unreadable.keys())
            )
            facts = [(seq, part) for seq, row in untold for part in _readable(row, unreadable)]
        by_type: dict[type, list[tuple[int, Row]]] = {}
        for seq, row in facts:
            by_type.setdefault(type(row), []).append((seq, row))
        self.read += len(facts)
        for row_type, numbered in by_type.items():
            if row_type is Reject:
                self._reject([row for _, row in numbered if isinstance(row, Reject)])
            self.staging.add(table_name(row_type), self._columns(row_type, numbered, known_as))

    def take_bulk(self, reading: BulkReading) -> None:
        """Take in what DuckDB has read, and of the lines it could not make sense of what the source's reader says."""
        reading.take_held(self._decode, self._file)
        self.read += reading.stage(self.staging, self.fallback_time, self.fallback_basis)
        refused = reading.refused()
        while batch := list(islice(refused, BATCH)):
            self._take(batch)

    def finish(self, label: str, sha256: str) -> FileReport:
        """Put what was read into the tables, and keep the file itself with its counts."""
        settled = self.staging.settle()
        self.certificates += self.staging.settle_stated()
        self.staging.clear()
        collected_at, basis = self.fallback_time, self.fallback_basis
        if self.run.started_at:
            collected_at, basis = self.run.started_at, "run"
        values = (label, self.source.name, self.run.tool_version, collected_at, basis, sha256)
        counts = (self.read, settled.kept, self.rejected, settled.repeated)
        row = dict(zip(TABLES["load"].names, (self.load_id, *values, *counts), strict=True))
        self.store.append("load", pa.Table.from_pylist([row], schema=TABLES["load"]))
        return FileReport(
            path=label,
            status="loaded",
            source=self.source.name,
            read=self.read,
            accepted=settled.kept,
            rejected=self.rejected,
            duplicate=settled.repeated,
            certificates=self.certificates,
            reasons=tuple(self.reasons),
        )

    def _reject(self, rejects: Sequence[Reject]) -> None:
        self.rejected += len(rejects)
        shown = rejects[: REASONS_SHOWN - len(self.reasons)]
        self.reasons += [f"{reject.locator}: {reject.reason}" for reject in shown]

    def _columns(
        self, row_type: type, numbered: Sequence[tuple[int, Row]], known_as: dict[CertificateRef, str]
    ) -> pa.Table:
        """Rows of one type as columns of their table, with what they are known by."""
        schema = staged(table_name(row_type))
        names = [field.name for field in dataclasses.fields(row_type)]
        get = operator.attrgetter(*names)
        keyed = [names.index(field.name) for field in said(table_name(row_type))]
        at = names.index("observed_at") if "observed_at" in names else None
        one = [position for position, name in enumerate(names) if name == "certificate"]
        several = [position for position, name in enumerate(names) if name == "chain"]
        found = []
        for seq, row in numbered:
            values = list(get(row))
            for position in one:
                if values[position] is not None:
                    values[position] = known_as[values[position]]
            for position in several:
                values[position] = [known_as[part] for part in values[position]]
            if at is not None and values[at] is None:
                values[at], values[at + 1] = self.fallback_time, self.fallback_basis
            found.append((seq, *values, row_key([self.source.name, *[values[position] for position in keyed]])))
        return as_table(found, schema)

    def _take_certificates(self, rows: Sequence[Row]) -> tuple[dict[CertificateRef, str], dict[CertificateRef, str]]:
        """Decode and append the certificates not known yet.

        Returns:
            Under what identity each certificate is known, and of those that are none the reason.
        """
        known_as = {ref: identity(ref) for ref in dict.fromkeys(ref for row in rows for ref in _certificates_of(row))}
        unreadable = self._take_whole({name: ref for ref, name in known_as.items() if isinstance(ref, bytes)})
        if any(isinstance(ref, StatedCertificate) for ref in known_as):
            self._take_stated(known_as)
        return known_as, unreadable

    def _take_whole(self, by_identity: dict[str, bytes]) -> dict[CertificateRef, str]:
        whole = self._decode(by_identity)
        self._file(whole)
        return dict(whole.unreadable.items())

    def _decode(self, by_identity: Mapping[str, bytes]) -> Whole:
        """Those of the certificates that are not in the estate yet, decoded."""
        new = sorted(self.store.missing("certificate", "identity", list(by_identity), where="evidence = 'der'"))
        ders = [by_identity[name] for name in new]
        decoded = x509.decode(ders)
        refusals = x509.refusals(decoded)
        unreadable = {der: reason for der, reason in zip(ders, refusals, strict=True) if reason}
        decoded = decoded.filter(pa.array([reason is None for reason in refusals], pa.bool_()))
        names = decoded.column("sha256").to_pylist()
        keys = [issuer_key(dn) for dn in decoded.column("issuer_dn").to_pylist()]
        table = decoded.append_column("identity", pa.array(names, pa.string()))
        table = table.append_column("issuer_key", pa.array(keys, pa.string()))
        return Whole(table, [der for der in ders if der not in unreadable], unreadable)

    def _file(self, whole: Whole) -> None:
        """Put decoded certificates into the estate."""
        if not whole.ders:
            return
        self.certificates += self.staging.put(whole.table)
        names = whole.table.column("sha256")
        self.store.append("der", pa.table({"sha256": names, "der": pa.array(whole.ders, pa.binary())}))

    def _take_stated(self, known_as: dict[CertificateRef, str]) -> None:
        """Let what was said of certificates wait for all that is said in the file."""
        columns = staged("stated_certificate")
        keyed = [field.name for field in said("stated_certificate")]
        found = []
        for ref, name in known_as.items():
            if isinstance(ref, StatedCertificate):
                stated = stated_columns(ref, name)
                stated |= {"seq": self._seq, "row_key": row_key([self.source.name, *[stated[part] for part in keyed]])}
                found.append([stated[part] for part in columns.names])
        self.staging.add("stated_certificate", as_table(found, columns))


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
    elif isinstance(row, Record):
        kept = dataclasses.replace(row, certificate=None)  # what the system says beside the bytes still counts
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
