"""Times as Tenable's products write them; one that cannot be placed is no time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from certanalytics.sources._reading.text import from_epoch, utc

# The zones of RFC 5322 section 4.3 but for CST, which is China's too.
_ZONES = {"UTC": 0, "UT": 0, "GMT": 0, "EDT": -4, "EST": -5, "CDT": -5, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8}
_ZONED = re.compile(r"([A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d{2}:\d{2}) ([A-Z]{2,4})")


def when(written: str | None) -> datetime | None:
    """A time as naive UTC, or ``None``: seconds since 1970, ISO 8601, ``Jan 5, 2021 10:24:08 MST`` or C's ``ctime``.

    The last has no zone and is taken as UTC.
    """
    text = " ".join((written or "").split())
    try:
        if text.isdigit():
            return from_epoch(int(text))
        if found := _ZONED.fullmatch(text):
            zone = _ZONES.get(found[2])
            time = datetime.strptime(found[1], "%b %d, %Y %H:%M:%S")
            return None if zone is None else time - timedelta(hours=zone)
        return datetime.strptime(text, "%a %b %d %H:%M:%S %Y") if text[:1].isalpha() else utc(text)
    except ValueError:
        return None
