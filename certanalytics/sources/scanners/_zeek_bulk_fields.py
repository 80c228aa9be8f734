r"""The fields of Zeek's logs as DuckDB reads them: the rules of `_zeek_fields` in SQL, for TSV and for JSON.

Here stands how each kind of field looks where it is plainly written, and what SQL makes of it then. Any other text
goes to the kind's own reader.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from certanalytics.sources._reading.bulk import ADDRESS, PORT, Field, Group, NotPlainError, quoted
from certanalytics.sources._reading.bulk_members import CLOCK, INSIDE, LIST, MOMENT, TEXTS, value_of
from certanalytics.sources._reading.dn import rfc4514
from certanalytics.sources.scanners._zeek_fields import READERS, Kind, Rule
from certanalytics.sources.scanners._zeek_log import Header, is_in_milliseconds, unescaped


class Plain(NamedTuple):
    """How a kind of field is plainly written (a pattern for the whole cell), and what SQL makes of it."""

    pattern: str
    value: str
    type: str
    unless: str = ""


_TEXT = r"[!-\[\]-~](?:[ -\[\]-~]*[!-\[\]-~])?"  # printable ASCII without backslash, no space at the ends
_NAME = r"[!-+\--\[\]-~](?:[ -+\--\[\]-~]*[!-+\--\[\]-~])?"  # the same without comma
_DIGITS = "ltrim(lower(cell), '0')"
# Times of 2001 to 2096, in which the nearest double is the very microsecond that is written.
_SECONDS = "[1-3][0-9]{9}"


def _times(pattern: str, moment: str) -> dict[Kind, Plain]:
    plain = Plain(pattern, moment, "TIMESTAMP")
    return {"time": plain, "validity": plain}


_TEXTS: dict[Kind, Plain] = {
    "text": Plain(_TEXT, "cell", "VARCHAR"),
    "dn": Plain(_TEXT, "cell", "VARCHAR", "strlen(cell) IN (255, 2047)"),
    "address": Plain(ADDRESS, "cell", "VARCHAR"),
    "serial": Plain(
        "[0-9A-Fa-f]{1,80}",
        f"CASE WHEN {_DIGITS} = '' THEN '00' ELSE if(strlen({_DIGITS}) % 2 = 1, '0', '') || {_DIGITS} END",
        "VARCHAR",
    ),
}
_NUMBERS: dict[Kind, Plain] = {
    "count": Plain("[0-9]{1,18}", "cell::BIGINT", "BIGINT"),
    "port": Plain(PORT, "cell::BIGINT", "BIGINT"),
}

_IN_TSV: dict[Kind, Plain] = {
    **_TEXTS,
    **_NUMBERS,
    **_times(rf"{_SECONDS}\.[0-9]{{6}}", "make_timestamp(replace(cell, '.', '')::BIGINT)"),
    "flag": Plain("[TF]", "cell = 'T'", "BOOLEAN"),
    "names": Plain(
        f"{_NAME}(?:,{_NAME})*",
        "string_split(cell, ',')",
        "VARCHAR[]",
        r"regexp_matches(cell, '(^|,)(-|\(empty\))(,|$)')",
    ),
}


def _within_quotes(plain: Plain) -> Plain:
    value, unless = (re.sub(r"\bcell\b", INSIDE, sql) for sql in (plain.value, plain.unless))
    return Plain(f'"(?:{plain.pattern})"', value, plain.type, unless)


_IN_JSON: dict[Kind, Plain] = {
    **{kind: _within_quotes(plain) for kind, plain in _TEXTS.items()},
    **_NUMBERS,
    **_times(
        rf'{_SECONDS}(?:\.[0-9]{{1,6}})?|"{CLOCK}(?:\.[0-9]{{6}})?Z"',
        f"CASE WHEN starts_with(cell, '\"20') THEN {MOMENT} "
        "WHEN NOT starts_with(cell, '\"') THEN make_timestamp(rpad(replace(cell, '.', ''), 16, '0')::BIGINT) END",
    ),
    "flag": Plain("true|false", "cell = 'true'", "BOOLEAN"),
    "names": Plain(TEXTS, LIST, "VARCHAR[]"),
}


class Cells(ABC):
    """The cells of one log and how they become fields."""

    separator: str
    """A character that stands between cells and in none of them."""

    nothing: tuple[str, ...]
    """How cells are written that are not set, or empty."""

    plain: Mapping[Kind, Plain]
    """How each kind of field is plainly written."""

    hashes: Mapping[Kind, str]
    """SQL for fingerprints between commas, from a cell of one and from a list; NULL for a cell that is none."""

    @abstractmethod
    def written(self, name: str) -> str:
        """SQL for the text of a column; NULL where there is none."""

    @abstractmethod
    def said(self, kind: Kind, cell: str) -> object:
        """What the first reader has of a cell before it looks at its kind."""

    def cell(self, name: str) -> str:
        """SQL for the text of a column; NULL where it is not set, or empty."""
        written = self.written(name)
        return f"CASE WHEN {written} NOT IN ({', '.join(map(quoted, self.nothing))}) THEN {written} END"

    def group(
        self,
        name: str,
        rules: tuple[Rule, ...],
        fields: Callable[[Cells], Iterable[Field]],
        *,
        certificate: bool = False,
    ) -> Group:
        """Fields of some columns that come together again and again."""
        return Group(
            name=name,
            cell=self._joined(rules),
            parts=f"string_split(text, '{self.separator}')",
            fields=tuple(fields(_Parts(self, [rule.fields[0] for rule in rules]))),
            certificate=certificate,
        )

    def field(self, rule: Rule, cell: str = "") -> Field:
        """A field by its rule."""
        plain = self.plain[rule.kind]
        unless = f" AND NOT ({plain.unless})" if plain.unless else ""
        return Field(
            name=rule.column,
            cell=cell or self.cell(rule.fields[0]),
            plain=f"regexp_full_match(cell, {quoted(plain.pattern)}){unless}",
            value=plain.value,
            kind=plain.type,
            read=self._reader(rule.kind),
        )

    def fields(self, rules: Iterable[Rule]) -> list[Field]:
        """Fields by their rules."""
        return [self.field(rule) for rule in rules]

    def fingerprints(self, rule: Rule) -> Field:
        """Hashes of certificates, all by SHA-256 or all by SHA-1."""
        pattern = "(?:{0})(?:,(?:{0}))*" if rule.kind == "names" else "{0}"
        hashes = "|".join(pattern.format(f"[0-9A-Fa-f]{{{digits}}}") for digits in (64, 40))
        return Field(
            name="fingerprints",
            cell=self.cell(rule.fields[0]),
            plain="true",
            value=self.hashes[rule.kind],
            kind="VARCHAR",
            check=f"value IS NULL OR regexp_full_match(value, {quoted(hashes)})",
        )

    def attributes(self, **names: str) -> Iterator[Field]:
        """Common names and organisations; where nothing in a distinguished name is escaped SQL finds them."""
        return (self._attribute(side, name, kind) for side, name in names.items() for kind in ("CN", "O"))

    def _attribute(self, side: str, name: str, kind: str) -> Field:
        plain, read = self.plain["dn"], self._reader("dn")
        value = f"'(?:^|[,+]) *(?i:{kind}) *= *([^,+ ](?:[^,+]*[^,+ ])?)'"
        return Field(
            name=f"{side}_{kind.lower()}",
            cell=self.cell(name),
            plain=f"regexp_full_match(cell, {quoted(plain.pattern)}) AND NOT contains(cell, '#') "
            f"AND NOT ({plain.unless})",
            value=f"nullif(regexp_extract({plain.value}, {value}, 1), '')",
            kind="VARCHAR",
            read=lambda cell: rfc4514(read(cell)).get(kind),
            or_nothing=True,
        )

    def together(
        self,
        name: str,
        rules: tuple[Rule, ...],
        make: Callable[[dict[str, Any], list[str]], dict[str, Any]],
        columns: Mapping[str, str],
    ) -> Field:
        """One field of several that few values are written in: Python reads each combination once."""
        readers = [self._reader(rule.kind) for rule in rules]

        def read(written: str) -> dict[str, Any]:
            cells = written.split(self.separator)
            parts = zip(rules, readers, cells, strict=True)
            found = {rule.column: reader(part) for rule, reader, part in parts if part not in self.nothing}
            return make({column: value for column, value in found.items() if value is not None}, cells)

        return Field(
            name=name,
            cell=self._joined(rules),
            plain="false",
            value="NULL",
            kind=f"STRUCT({', '.join(map(' '.join, columns.items()))})",
            read=read,
        )

    def _joined(self, rules: Iterable[Rule]) -> str:
        cells = ", ".join(f"coalesce({self.written(rule.fields[0])}, '')" for rule in rules)
        return f"concat_ws('{self.separator}', {cells})"

    def _reader(self, kind: Kind) -> Callable[[str], Any]:
        return lambda cell: READERS[kind](self.said(kind, cell))


class TsvCells(Cells):
    """Cells of a log with this header."""

    separator = "\t"
    plain = _IN_TSV
    hashes: Mapping[Kind, str] = {"text": "cell", "names": "cell"}

    def __init__(self, header: Header) -> None:
        self.header = header
        self.nothing = (header.unset, header.empty, "")
        self._at = {name: number for number, name in enumerate(header.columns, start=1)}

    def written(self, name: str) -> str:
        """Part of the line."""
        return f"part[{self._at[name]}]" if name in self._at else "NULL::VARCHAR"

    def said(self, kind: Kind, cell: str) -> object:
        """Text without the log's escapes, or a list of it."""
        return self.header.written(cell, is_list=kind == "names")


class JsonCells(Cells):
    """Cells of a log of JSON lines."""

    separator = "\x01"
    nothing = ('""', "[]", "{}", "")
    plain = _IN_JSON
    hashes: Mapping[Kind, str] = {
        "text": f"CASE WHEN starts_with(cell, '\"') THEN {INSIDE} END",
        "names": "CASE WHEN starts_with(cell, '[\"') THEN replace(cell[3:-3], '\",\"', ',') END",
    }

    def written(self, name: str) -> str:
        """Member of the object."""
        return f'"{name}"::VARCHAR'

    def said(self, kind: Kind, cell: str) -> object:
        """The value without the log's escapes."""
        value = unescaped(value_of(cell, float))
        if kind == "time" and is_in_milliseconds(value):  # then all times of the line are
            raise NotPlainError
        return value


class _Parts(Cells):
    """Some cells of others, joined to one text and taken apart again."""

    def __init__(self, whole: Cells, names: list[str]) -> None:
        self._whole, self.separator, self.nothing = whole, whole.separator, whole.nothing
        self.plain, self.hashes = whole.plain, whole.hashes
        self._at = {name: number for number, name in enumerate(names, start=1)}

    def written(self, name: str) -> str:
        """Part of the text."""
        return f"part[{self._at[name]}]"

    def said(self, kind: Kind, cell: str) -> object:
        """As in the whole."""
        return self._whole.said(kind, cell)
