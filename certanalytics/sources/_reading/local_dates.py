"""Dates in the format of somebody's computer: read where they can mean one thing only, never guessed.

``7/8/2023`` is the 7th of August or the 8th of July. What settles it is a date of the same record, written by the same
computer, that can be read in one way only (``12/31/2025``), or a format the user gives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

from certanalytics.sources._reading.text import naive

LocalTimes = Callable[[Mapping[str, str]], dict[str, datetime]]
"""From names and the dates written under them to times, those that cannot be told left out."""

_TIME = (
    r"(?:[T ,]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>[AaPp])\.?\s?[Mm]\.?)?)?"
)
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})(?P<mark>[-/]|\. ?)(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})\.?{_TIME}"
)
_YEAR_LAST = re.compile(rf"(?P<a>\d{{1,2}})(?P<mark>[-/]|\. ?)(?P<b>\d{{1,2}})(?P=mark)(?P<year>\d{{4}})\.?{_TIME}")
_YEARS = range(1970, 2200)
"""Other calendars count from elsewhere (2566 is 2023 in Thailand): years outside are not read."""


def told_times(written: Mapping[str, str]) -> dict[str, datetime]:
    """The dates of one record as times, naive UTC: ISO 8601, else as somebody's computer writes them."""
    times: dict[str, datetime] = {}
    for name, value in written.items():
        with suppress(ValueError):
            times[name] = naive(datetime.fromisoformat(value.strip()))
    return times | local_times({name: value for name, value in written.items() if name not in times})


def local_times(written: Mapping[str, str]) -> dict[str, datetime]:
    """The dates of one record as times; without a zone, they are taken as UTC."""
    readings = {name: _readings(value) for name, value in written.items()}
    # With dots, and with the year first, a date has one reading; the order of the others is one for the record.
    orders = {"day", "month"}
    for found in readings.values():
        if found:
            orders &= found.keys()
    times: dict[str, datetime] = {}
    for name, found in readings.items():
        possible = {found[order] for order in (orders or found) if order in found}
        if len(possible) == 1 and len(orders) > 0:
            times[name] = possible.pop()
    return times


def _readings(written: str) -> dict[str, datetime]:
    """What a date may mean, by whether day or month comes first; both the same where the form leaves no doubt."""
    value = " ".join(written.split())
    if found := _YEAR_FIRST.fullmatch(value):
        time = _time(found, int(found["month"]), int(found["day"]))
        return {"day": time, "month": time} if time else {}
    if not (found := _YEAR_LAST.fullmatch(value)):
        return {}
    a, b = int(found["a"]), int(found["b"])
    if found["mark"].startswith("."):
        time = _time(found, b, a)
        return {"day": time, "month": time} if time else {}
    orders = {"day": _time(found, b, a), "month": _time(found, a, b)}
    return {order: time for order, time in orders.items() if time}


def _time(found: re.Match[str], month: int, day: int) -> datetime | None:
    hour, half = int(found["hour"] or 0), (found["half"] or "").lower()
    if int(found["year"]) not in _YEARS or (half and not 1 <= hour <= 12):
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return datetime(int(found["year"]), month, day, hour, int(found["minute"] or 0), int(found["second"] or 0))
    except ValueError:
        return None
