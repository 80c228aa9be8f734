"""A moment an estate is asked about, in whatever form it is given."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from certanalytics.errors import UsageError

Moment = str | date | datetime
"""A moment: a datetime, or a date, which means the end of that day; without a zone it is UTC."""


def as_moment(moment: Moment) -> datetime:
    """A moment as naive UTC; a date is the end of its day, 23:59:59.

    Raises:
        UsageError: The text is not a date or time.
    """
    if isinstance(moment, str):
        try:
            moment = date.fromisoformat(moment) if len(moment) == 10 else datetime.fromisoformat(moment)
        except ValueError as error:
            raise UsageError(
                f"{moment!r} is not a date or time", hint="Write 2026-11-23 or 2026-11-23T12:00"
            ) from error
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(23, 59, 59))
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
