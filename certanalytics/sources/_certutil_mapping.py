"""How a certutil listing in another language is to be read, as the user's TOML file says."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from certanalytics.errors import UsageError
from certanalytics.sources._adcs import COLUMNS
from certanalytics.sources._local_dates import local_times

KIND = "certutil"
_KEYS = ("kind", "columns", "delimiter", "encoding", "time_format", "timezone", "empty", "ca", "issuer_dn")


@dataclass(frozen=True, slots=True, kw_only=True)
class CertutilMapping:
    """What the columns of a listing mean; without arguments nothing is known of it.

    Attributes:
        columns: Our name to the name of the column, in lower case.
        constant: What holds for every row: the CA's configuration string and its distinguished name.
        delimiter: What stands between two cells.
        encoding: The code page of the console that wrote the file, unless it is UTF-8 or UTF-16.
        time_format: The format of its dates, as `datetime.strptime` takes it.
        zone: Its time zone; UTC where the file does not say.
        empty: The word for a cell that is empty (``EMPTY`` in English).
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constant: Mapping[str, str] = field(default_factory=dict)
    delimiter: str = ","
    encoding: str | None = None
    time_format: str | None = None
    zone: tzinfo = UTC
    empty: str = "EMPTY"

    def times(self, written: Mapping[str, str]) -> dict[str, datetime]:
        """Dates as times in UTC; where no format is given those that can be read in one way only."""
        found = self._as_given(written) if self.time_format else local_times(written)
        return {
            name: time.replace(tzinfo=self.zone).astimezone(UTC).replace(tzinfo=None) for name, time in found.items()
        }

    def _as_given(self, written: Mapping[str, str]) -> dict[str, datetime]:
        times = {}
        for name, value in written.items():
            try:
                times[name] = datetime.strptime(value, self.time_format or "")
            except ValueError as error:
                raise ValueError(f"{name} is {value!r}, not a date in the format {self.time_format!r}") from error
        return times


def mapping_kind(path: Path) -> str:
    """What a mapping is for: ``certutil``, or ``owners`` if it does not say.

    Raises:
        UsageError: It says something else. A file that cannot be read is left to its reader.
    """
    try:
        said = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return "owners"
    kind = said.get("kind", "owners")
    if kind not in ("owners", KIND):
        raise _misfit(path, "kind", f"is {kind!r}", f'Write kind = "{KIND}", or leave it out for an owner list.')
    return str(kind)


def read_certutil_mapping(path: Path) -> CertutilMapping:
    """The mapping a TOML file describes.

    Raises:
        UsageError: The file cannot be read, or what it says cannot be followed.
    """
    try:
        said = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"the mapping cannot be read ({error.strerror})", where=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"the mapping is not TOML: {error}", where=str(path)) from None
    if unknown := said.keys() - set(_KEYS):
        raise _misfit(path, min(unknown), "is no key of a mapping", f"Known are {', '.join(_KEYS)}.")
    for key in _KEYS:
        if key != "columns" and key in said and not isinstance(said[key], str):
            raise _misfit(path, key, f"is {said[key]!r}", "Write text.")
    delimiter = said.get("delimiter", ",")
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise _misfit(path, "delimiter", f"is {delimiter!r}", 'Write one character, such as ";" or "\\t".')
    return CertutilMapping(
        columns=_columns(path, said),
        constant={name: said[name].strip() for name in ("ca", "issuer_dn") if said.get(name, "").strip()},
        delimiter=delimiter,
        encoding=_encoding(path, said),
        time_format=said.get("time_format"),
        zone=_zone(path, said),
        empty=said.get("empty", "EMPTY").strip(),
    )


def _columns(path: Path, said: Mapping[str, Any]) -> dict[str, str]:
    table = said.get("columns")
    if not isinstance(table, dict) or not table:
        raise _misfit(path, "columns", "is no table", 'Write [columns] and lines like serial_number = "Seriennummer".')
    for column, theirs in table.items():
        if column not in COLUMNS:
            raise _misfit(path, f"columns.{column}", "is nothing certutil lists", f"Known are {', '.join(COLUMNS)}.")
        if not isinstance(theirs, str) or not theirs.strip():
            raise _misfit(path, f"columns.{column}", "does not name a column", 'Write serial_number = "Seriennummer".')
    if not {"request_id", "serial_number"} & table.keys():
        hint = "Say which column holds the request_id or the serial_number."
        raise _misfit(path, "columns", "lacks request_id and serial_number", hint)
    return {column: theirs.strip().casefold() for column, theirs in table.items()}


def _encoding(path: Path, said: Mapping[str, Any]) -> str | None:
    if "encoding" not in said:
        return None
    try:
        return codecs.lookup(said["encoding"]).name
    except LookupError:
        raise _misfit(path, "encoding", f"is {said['encoding']!r}", "Write a code page, such as cp850.") from None


def _zone(path: Path, said: Mapping[str, Any]) -> tzinfo:
    if "timezone" not in said:
        return UTC
    try:
        return ZoneInfo(said["timezone"])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = "Write the name of a time zone, such as Europe/Berlin."
        raise _misfit(path, "timezone", f"is {said['timezone']!r}", hint) from None


def _misfit(path: Path, key: str, what: str, hint: str) -> UsageError:
    return UsageError(f"{key} {what}", where=str(path), hint=hint)
