"""One file while it is read: its rows as columns of the tables, with what they are known by, and its counts."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from certanalytics.decoded import Certificates
from certanalytics.identity import stated_columns
from certanalytics.load_report import FileReport
from certanalytics.model import CertificateRef, Reject, Row, Run, StatedCertificate, TimeBasis
from certanalytics.row_key import row_key
from certanalytics.schema import as_table, said, staged, table_name

REASONS_SHOWN = 3
"""Reject reasons a file's report repeats; all of them stand in the table ``reject``."""


@dataclass(slots=True, kw_only=True)
class Reading:
    """One file while it is read.

    Attributes:
        load: What the file is called in every row that comes from it.
        label: How it is named in messages.
        sha256: SHA-256 of its content.
        source: The name of its source.
        fallback_time: When rows count as observed that do not say so, naive UTC.
        fallback_basis: How that time is known.
        run: What its header says.
        read: Records read so far.
        rejected: Those that could not be taken in.
        reasons: The first reasons why.
    """

    load: str
    label: str
    sha256: str
    source: str
    fallback_time: datetime
    fallback_basis: TimeBasis
    run: Run = field(default_factory=Run)
    read: int = 0
    rejected: int = 0
    reasons: list[str] = field(default_factory=list)
    _seq: int = 0

    def numbered(self, rows: Iterable[Row]) -> list[tuple[int, Row]]:
        """Rows with their places in the file."""
        found = list(enumerate(rows, self._seq))
        self._seq += len(found)
        return found

    def tables(
        self, rows: Sequence[tuple[int, Row]], refs: Iterable[CertificateRef], certificates: Certificates
    ) -> dict[str, pa.Table]:
        """Facts as columns of `schema.staged`, by table, with what they are known by.

        Args:
            rows: The rows with their places in the file.
            refs: The certificates in them.
            certificates: What is known of those.
        """
        by_type: dict[type, list[tuple[int, Row]]] = {}
        for seq, row in certificates.readable(rows) if certificates.decoded.unreadable else rows:
            by_type.setdefault(type(row), []).append((seq, row))
        for _, run in by_type.pop(Run, ()):
            self.run = run if isinstance(run, Run) else self.run
        self.read += sum(map(len, by_type.values()))
        self._reject([row for _, row in by_type.get(Reject, ()) if isinstance(row, Reject)])
        tables = {
            table_name(row_type): self._columns(row_type, numbered, certificates.known_as)
            for row_type, numbered in by_type.items()
        }
        if stated := self._stated(refs, certificates.known_as):
            tables["stated_certificate"] = as_table(stated, staged("stated_certificate"))
        return tables

    @property
    def collected_at(self) -> tuple[datetime, TimeBasis]:
        """When the file was collected, and how that is known."""
        return (self.run.started_at, "run") if self.run.started_at else (self.fallback_time, self.fallback_basis)

    @property
    def report(self) -> FileReport:
        """What is known of the file before its rows are in the estate."""
        return FileReport(
            path=self.label,
            status="loaded",
            source=self.source,
            read=self.read,
            rejected=self.rejected,
            reasons=tuple(self.reasons),
        )

    def _reject(self, rejects: Sequence[Reject]) -> None:
        self.rejected += len(rejects)
        shown = rejects[: REASONS_SHOWN - len(self.reasons)]
        self.reasons += [f"{reject.locator}: {reject.reason}" for reject in shown]

    def _columns(
        self, row_type: type, numbered: Sequence[tuple[int, Row]], known_as: Mapping[CertificateRef, str]
    ) -> pa.Table:
        """Rows of one type as columns of their table, with what they are known by."""
        names = [each.name for each in dataclasses.fields(row_type)]
        get = operator.attrgetter(*names)
        keyed = operator.itemgetter(*(names.index(each.name) for each in said(table_name(row_type))))
        at = names.index("observed_at") if "observed_at" in names else None
        one = names.index("certificate") if "certificate" in names else None
        several = names.index("chain") if "chain" in names else None
        chains: dict[int, list[str]] = {}
        found = []
        for seq, row in numbered:
            values = list(get(row))
            if one is not None and values[one] is not None:
                values[one] = known_as[values[one]]
            if several is not None:
                chain = values[several]
                if (known := chains.get(id(chain))) is None:  # readers give the same chain again and again
                    known = chains[id(chain)] = [known_as[part] for part in chain]
                values[several] = known
            if at is not None and values[at] is None:
                values[at], values[at + 1] = self.fallback_time, self.fallback_basis
            found.append((seq, self.load, *values, row_key((self.source, *keyed(values)))))
        return as_table(found, staged(table_name(row_type)))

    def _stated(self, refs: Iterable[CertificateRef], known_as: Mapping[CertificateRef, str]) -> list[list[object]]:
        """What was said of certificates, which waits for all that is said in the file."""
        columns = staged("stated_certificate").names
        keyed = [each.name for each in said("stated_certificate")]
        found = []
        for ref in refs:
            if isinstance(ref, StatedCertificate):
                stated = stated_columns(ref, known_as[ref])
                key = row_key([self.source, *[stated[part] for part in keyed]])
                stated |= {"seq": self._seq, "load": self.load, "row_key": key}
                found.append([stated[part] for part in columns])
        return found
