"""What a load did, file by file: how it shows itself in a notebook and in a terminal."""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import dataclass
from typing import Literal

Status = Literal["loaded", "already loaded", "unknown", "empty", "unreadable"]
Count = Literal["read", "accepted", "rejected", "duplicate", "certificates", "ders", "without_der"]

NAMED = 20
"""Files not read whole that a report names unless it is asked for all; the rest it counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What became of one file: read = accepted + rejected + duplicate.

    Attributes:
        path: The file, with the archive member after ``!``.
        status: ``loaded``; ``already loaded`` (same content before: nothing was done); ``unknown`` (no source knows
            it); ``empty``; ``unreadable`` (nothing of it was kept).
        source: The source that read it.
        read: Records read.
        accepted: Records taken in.
        rejected: Records that could not be taken in; each stands in the table ``reject`` with its reason.
        duplicate: Records that say what the same tool said before.
        certificates: Certificates that were not in the estate yet.
        ders: Certificates of which the DER was kept.
        without_der: Certificates that were read whole and of which only what they say was kept, not their DER.
        reasons: Why the file, or its first rejected records, were refused.
    """

    path: str
    status: Status
    source: str | None = None
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicate: int = 0
    certificates: int = 0
    ders: int = 0
    without_der: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The report in one line."""
        match self.status:
            case "loaded":
                counts = f"{self.read:,} read = {self.accepted:,} accepted + {self.rejected:,} rejected"
                said = f"{counts} + {self.duplicate:,} duplicate; {self.certificates:,} new certificates"
            case "already loaded":
                said = "already loaded, nothing to do"
            case "unknown":
                said = "not recognised, passed over"
            case "empty":
                said = "empty file, passed over"
            case "unreadable":
                said = "could not be read, nothing kept"
        head = f"{self.path} [{self.source}]: {said}" if self.source else f"{self.path}: {said}"
        return head + "".join(f"\n    {reason}" for reason in self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What a load did."""

    files: tuple[FileReport, ...]

    def total(self, count: Count) -> int:
        """One count over all files."""
        return sum(getattr(file, count) for file in self.files)

    @property
    def rejected(self) -> tuple[FileReport, ...]:
        """The files that were not read whole: rejects, unknown and unreadable ones."""
        return tuple(file for file in self.files if file.rejected or file.status in ("unknown", "unreadable"))

    def text(self, *, every_file: bool = False) -> str:
        """The totals, below the files that were not read whole.

        Args:
            every_file: Whether to name every file; otherwise only the first `NAMED` that were not read whole.
        """
        named = self.files if every_file else self.rejected[:NAMED]
        unnamed = 0 if every_file else len(self.rejected) - len(named)
        more = [f"... and {unnamed:,} more files that were not read whole"] if unnamed else []
        counts: tuple[Count, ...] = ("read", "accepted", "rejected", "duplicate", "certificates")
        read, accepted, rejected, duplicate, certificates = (format(self.total(count), ",") for count in counts)
        by_status = Counter(file.status for file in self.files)
        files = ", ".join(f"{number:,} {status}" for status, number in by_status.items()) or "none"
        ders, without = self.total("ders"), self.total("without_der")
        der = f", DER kept of {ders:,}" if ders or without else ""
        der += f", not of {without:,} (--der keeps it)" if without else ""
        total = f"{read} records read = {accepted} accepted + {rejected} rejected + {duplicate} duplicate"
        return "\n".join(
            [*(file.line for file in named), *more, f"Files: {files}. {total}; {certificates} new certificates{der}."]
        )

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        names = ("path", "source", "status", "read", "accepted", "rejected", "duplicate", "certificates")
        head = "".join(f"<th scope='col'>{name}</th>" for name in names)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(str(getattr(file, name) or ''))}</td>" for name in names) + "</tr>"
            for file in self.files
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
