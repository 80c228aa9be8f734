"""What can go wrong, in words: what happened, where, and what to do next."""

from __future__ import annotations


class CertAnalyticsError(Exception):
    """Base of every error this package raises on purpose.

    Args:
        what: What happened, in one clause.
        where: The file, row or object it happened at, if any.
        hint: What the reader can do next, if anything.
    """

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        self.what = what
        self.where = where
        self.hint = hint
        said = ": ".join(part for part in (where, what) if part)
        super().__init__(f"{said.rstrip('.!')}. {hint}" if hint else said)


class UsageError(CertAnalyticsError):
    """A call or command that cannot be carried out as it was given."""


class DataError(CertAnalyticsError):
    """An export that cannot be read, or an estate that cannot answer."""


class EstateBusyError(DataError):
    """Another process holds the estate file."""


class RenderError(CertAnalyticsError):
    """A report that could not be run or written."""
