"""How an owner list is to be read: its columns and words in ours, as the user's TOML file says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from certanalytics.errors import UsageError

COLUMNS = {
    "name": "DNS name, wildcard pattern, IP address or certificate SHA-256; required",
    "owner": "who answers for it: user name or name; this or owner_email is required",
    "owner_email": "their e-mail address",
    "owner_name": "their full name",
    "active": "whether they are still there: yes or no, true or false, 1 or 0, active or left",
    "ip": "IP address",
    "team": "team that answers for it",
    "service": "business service it belongs to",
    "business_unit": "part of the organisation",
    "environment": "production, test ...",
    "criticality": "critical, high, medium or low",
    "status": "of the asset, as the organisation calls it",
    "location": "where it stands",
}
"""The columns an owner list may have, and what each says."""

CRITICALITIES = ("critical", "high", "medium", "low")
ACTIVE = {
    **dict.fromkeys(("true", "yes", "y", "1", "active", "employed"), True),
    **dict.fromkeys(("false", "no", "n", "0", "inactive", "left", "departed", "terminated"), False),
}
"""The words an owner list may use for whether someone is still there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerMapping:
    """What the columns and words of a list mean; without arguments a list in canonical columns.

    Attributes:
        columns: Canonical column to the name it has in the list.
        values: Canonical column to its words, in lower case, and ours for them.
        delimiter: What stands between two cells.
    """

    columns: Mapping[str, str] = field(default_factory=lambda: dict(zip(COLUMNS, COLUMNS, strict=True)))
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    delimiter: str = ","

    def canonical(self, row: Mapping[str, str]) -> dict[str, str]:
        """One row under canonical columns: cells that are empty left out, words replaced by ours."""
        cells = {column: row.get(theirs.casefold(), "") for column, theirs in self.columns.items()}
        return {
            column: self.values.get(column, {}).get(cell.casefold(), cell) for column, cell in cells.items() if cell
        }


def read_mapping(path: Path) -> OwnerMapping:
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
    if unknown := said.keys() - {"columns", "values", "delimiter"}:
        raise _misfit(path, min(unknown), "is no key of a mapping", "Known are columns, values and delimiter.")
    return OwnerMapping(columns=_columns(path, said), values=_values(path, said), delimiter=_delimiter(path, said))


def _columns(path: Path, said: Mapping[str, Any]) -> dict[str, str]:
    columns = _table(path, said, "columns")
    for column, theirs in columns.items():
        where = f"columns.{column}"
        if column not in COLUMNS:
            raise _misfit(path, where, "is no column of an owner list", f"Known are {', '.join(COLUMNS)}.")
        if not isinstance(theirs, str) or not theirs.strip():
            raise _misfit(path, where, "does not name a column", 'Write the column\'s header: name = "FQDN".')
    for needed in ({"name"}, {"owner", "owner_email"}):
        if not needed & columns.keys():
            missing = " or ".join(sorted(needed))
            raise _misfit(path, "columns", f"lacks {missing}", f"Say which column of the list holds the {missing}.")
    return {column: theirs.strip() for column, theirs in columns.items()}


def _values(path: Path, said: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    ours = {"criticality": CRITICALITIES, "active": tuple(ACTIVE)}
    values: dict[str, dict[str, str]] = {}
    for column in _table(path, said, "values"):
        if column not in said["columns"]:
            raise _misfit(path, f"values.{column}", "translates a column that is not mapped", "Add it to [columns].")
        values[column] = {}
        for word, meaning in _table(path, said["values"], column, "values.").items():
            # TOML has its own true and false, which is how anyone would write `active`.
            spelled = str(meaning).lower() if isinstance(meaning, bool) else meaning
            if not isinstance(spelled, str) or spelled.casefold() not in ours.get(column, (str(spelled).casefold(),)):
                hint = f"Write one of {', '.join(ours[column])}." if column in ours else "Write text."
                raise _misfit(path, f"values.{column}.{word}", f"is {meaning!r}", hint)
            values[column][word.strip().casefold()] = spelled
    return values


def _delimiter(path: Path, said: Mapping[str, Any]) -> str:
    delimiter = said.get("delimiter", ",")
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n':
        raise _misfit(path, "delimiter", f"is {delimiter!r}", 'Write one character, such as ";" or "\\t".')
    return delimiter


def _table(path: Path, said: Mapping[str, Any], key: str, under: str = "") -> dict[str, Any]:
    table = said.get(key, {})
    if not isinstance(table, dict):
        raise _misfit(path, under + key, "is no table", f"Write [{under}{key}] and one line for each entry.")
    return table


def _misfit(path: Path, key: str, what: str, hint: str) -> UsageError:
    return UsageError(f"{key} {what}", where=str(path), hint=hint)
