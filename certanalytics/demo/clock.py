"""The calendar of the synthetic enterprise: when it is looked at, and when it was scanned."""

from __future__ import annotations

from datetime import datetime, timedelta

AS_OF = datetime.fromisoformat("2026-11-23T12:00:00")
"""The moment the demo is looked at, UTC."""

HISTORY_START = datetime.fromisoformat("2025-03-01T00:00:00")
"""The oldest servers are this old, but for one with a planted fault; certificates may have been issued earlier."""

HORIZONS = (7, 14, 30, 60, 90)
"""Days ahead for which the truth table counts what ends."""

IN_SERVICE_DAYS = 45
"""An endpoint whose newest observation is older than this no longer shows what is in service."""

_MONTHS = [f"{2025 + (month - 1) // 12}-{(month - 1) % 12 + 1:02d}" for month in range(6, 23)]

PUBLIC_SCANS = (
    *(datetime.fromisoformat(f"{month}-20T02:00:00") for month in _MONTHS),
    datetime.fromisoformat("2026-11-21T02:00:00"),
)
"""Starts of the monthly scans of the public servers."""

INTERNAL_SCANS = (
    *(datetime.fromisoformat(f"{month}-19T21:00:00") for month in _MONTHS),
    datetime.fromisoformat("2026-11-20T21:00:00"),
)
"""Starts of the monthly scans of the internal network."""

PCI_SCAN = datetime.fromisoformat("2026-11-21T03:30:00")
"""When the servers that handle cards were scanned for every version and suite, after the scan of all of them."""

TESTSSL_SCAN = datetime.fromisoformat("2026-11-22T05:00:00")
"""When the deep scans of two services ended; their export does not say it, so it is the time of the file."""

DIRECTORY_EXPORTS = (datetime.fromisoformat("2026-05-29T06:00:00"), datetime.fromisoformat("2026-08-28T06:00:00"))
"""When the directory of people was exported; the files do not say it."""

FREEZE = datetime.fromisoformat("2026-11-20T06:00:00")
"""Nothing is issued or installed after this, so that the last scans show how things stand at `AS_OF`."""

_CLEARANCE = timedelta(hours=26)


def clear_of_boundaries(not_after: datetime) -> bool:
    """Whether an end lies clearly on one side of `AS_OF` and of every horizon.

    Every sane way to count days then gives the same numbers.
    """
    return all(abs(not_after - AS_OF - timedelta(days=days)) > _CLEARANCE for days in (0, *HORIZONS))


def epoch(time: datetime) -> int:
    """Seconds since 1970 of a naive UTC time."""
    return (time - datetime.fromisoformat("1970-01-01T00:00:00")) // timedelta(seconds=1)


def scans_between(scans: tuple[datetime, ...], start: datetime, end: datetime | None) -> list[datetime]:
    """The scans that find something which is there from ``start`` until ``end``, if it ever ends."""
    return [scan for scan in scans if scan >= start and (end is None or scan < end)]
