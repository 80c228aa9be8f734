"""The rows of one file on their way into the tables of the estate: certificates decoded, repetitions counted.

What a source says of a certificate without its DER is kept as it was said (``stated_certificate``). The row that
stands for such a certificate is made from all that was said of it, so it does not depend on the order of loading.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import pyarrow as pa

from certanalytics import x509
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
from certanalytics.names import names_of
from certanalytics.schema import TABLES, table_name
from certanalytics.sources import Source
from certanalytics.store import Store

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
        if unreadable:
            # What an alias stands for is mostly beside it as a sighting, which then says what is wrong with it.
            told = {ref for row in facts if not isinstance(row, Alias) for ref in _certificates_of(row)}
            facts = [
                row for row in facts if not (isinstance(row, Alias) and row.certificate in told & unreadable.keys())
            ]
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

    def finish(self, label: str, sha256: str) -> FileReport:
        """Keep the file itself, with its counts."""
        collected_at, basis = self.fallback_time, self.fallback_basis
        if self.run.started_at:
            collected_at, basis = self.run.started_at, "run"
        values = (label, self.source.name, self.run.tool_version, collected_at, basis, sha256)
        counts = (self.read, self.accepted, self.rejected, self.duplicate)
        row = dict(zip(TABLES["load"].names, (self.load_id, *values, *counts), strict=True))
        self.store.append("load", pa.Table.from_pylist([row], schema=TABLES["load"]))
        return FileReport(
            path=label,
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
        values |= {"load": self.load_id, "row_key": self._row_key(said)}
        if isinstance(row, Sighting):
            chain = values["chain"]
            assert isinstance(chain, list)  # noqa: S101 - a sighting's chain is a tuple, made a list above
            for position, certificate in enumerate(chain):
                yield {**values, "certificate": certificate, "position": position}
        else:
            yield values

    def _row_key(self, said: object) -> str:
        """A digest of what is said and which tool says it."""
        return hashlib.blake2b(
            repr((self.source.name, said)).encode("utf-8", "backslashreplace"), digest_size=16
        ).hexdigest()

    def _take_certificates(self, rows: Sequence[Row]) -> dict[CertificateRef, str]:
        """Decode and append the certificates not known yet; those that are none are returned with the reason."""
        references = dict.fromkeys(ref for row in rows for ref in _certificates_of(row))
        unreadable = self._take_whole({identity(ref): ref for ref in references if isinstance(ref, bytes)})
        if stated := [ref for ref in references if isinstance(ref, StatedCertificate)]:
            self._take_stated(stated)
        return unreadable

    def _take_whole(self, by_identity: dict[str, bytes]) -> dict[CertificateRef, str]:
        new = sorted(self.store.missing("certificate", "identity", list(by_identity), where="evidence = 'der'"))
        if not new:
            return {}
        ders = [by_identity[name] for name in new]
        decoded = x509.decode(ders)
        refusals = x509.refusals(decoded)
        unreadable: dict[CertificateRef, str] = {
            der: reason for der, reason in zip(ders, refusals, strict=True) if reason
        }
        decoded = decoded.filter(pa.array([reason is None for reason in refusals]))
        names = decoded.column("sha256").to_pylist()
        keys = [issuer_key(dn) for dn in decoded.column("issuer_dn").to_pylist()]
        table = decoded.append_column("identity", pa.array(names, pa.string()))
        self._put(table.append_column("issuer_key", pa.array(keys, pa.string())))
        kept = [der for der in ders if der not in unreadable]
        self.store.append("der", pa.table({"sha256": names, "der": pa.array(kept, pa.binary())}))
        return unreadable

    def _take_stated(self, stated: Sequence[StatedCertificate]) -> None:
        """Keep what was said, and make anew the rows of those certificates that are known by it alone."""
        said = {self._row_key(dataclasses.astuple(ref)): ref for ref in stated}
        new = self.store.missing("stated_certificate", "row_key", list(said))
        if not new:
            return
        rows = [{**stated_columns(said[key]), "load": self.load_id, "row_key": key} for key in sorted(new)]
        self.store.append("stated_certificate", pa.Table.from_pylist(rows, schema=TABLES["stated_certificate"]))
        spoken_of = list(dict.fromkeys(str(row["identity"]) for row in rows))
        partial = sorted(self.store.missing("certificate", "identity", spoken_of, where="evidence = 'der'"))
        if partial:
            made = self.store.arrow(
                "SELECT * FROM stated WHERE identity IN (SELECT unnest($identities))", {"identities": partial}
            )
            self._put(made)

    def _put(self, certificates: pa.Table) -> None:
        """Put rows in place of those of the same certificates."""
        identities = certificates.column("identity").to_pylist()
        new = self.store.missing("certificate", "identity", identities)
        self.certificates += len(new)
        known = [name for name in identities if name not in new]
        self.store.delete("certificate", "identity", known)
        self.store.delete("name", "identity", known)
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
