"""The second reader a source may have for large files of lines: DuckDB reads them itself, and the source says how.

Only what is plainly written is a matter for SQL. A text that is not (escapes, an address of version 6, a damaged
number) is read by the same function of Python that the first reader uses, once for each distinct text; a record of
which some text cannot be read goes back to the first reader, which says why. So both readers come to the same rows.

Everything here is data: a source knows SQL, but not the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from certanalytics.model import Row
from certanalytics.sources._reading.export import Export

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
ADDRESS = rf"(?:{_OCTET}\.){{3}}{_OCTET}"
PORT = "(?:[0-9]{1,4}|[0-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
"""Patterns of what is plainly an address of version 4, and a port."""


class NotPlainError(Exception):
    """What a reader of a `Field` raises for a text that two readers could take in two ways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One value of a record.

    Attributes:
        name: What it is called in the SQL of `Bulk`.
        cell: SQL for the text it is written as; NULL where the record does not say it.
        plain: SQL predicate that tells whether the cell, called ``cell``, is plainly written.
        value: SQL for the value of such a cell; where it comes out NULL the cell counts as not plain, unless that is
            what some plain cells mean (``or_nothing``).
        kind: SQL type of the value.
        read: Text of any other cell to its value; raises ``ValueError``. Without it a file that has such a cell is left
            to the first reader.
        check: SQL predicate over the value, called ``value``, asked of distinct values only: cheaper than ``plain``
            where few values come again and again. A file that has another is left to the first reader.
    """

    name: str
    cell: str
    plain: str
    value: str
    kind: str
    read: Callable[[str], Any] | None = None
    check: str = ""
    or_nothing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Fields that come together again and again, such as those of one certificate: each combination is read once.

    Attributes:
        name: What it is called; in ``record`` it is the number of the combination, in ``of_<name>`` (a table with the
            fields, ``bad`` and ``number``) its combinations stand.
        cell: SQL for all that is written of it as one text.
        parts: SQL for what that ``text`` is taken apart into; called ``part`` in the cells of the fields.
        fields: The fields.
        certificate: Whether they are all that is said of a certificate, and columns of `StatedCertificate`; in
            ``record``, and in ``of_<name>``, its ``identity`` is then with them.
    """

    name: str
    cell: str
    parts: str
    fields: tuple[Field, ...]
    certificate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """How DuckDB reads one file.

    Attributes:
        lines: Path and compression, as SQL literals, to a SELECT that gives every line of the file in its order:
            ``record`` (it is a record), ``whole`` (one that is not is looked at by the first reader), ``turns`` (it
            changes how the lines after it are read) and what the cells of the fields speak of.
        header: Lines in which ``turns`` is expected; a file that has one after them is left to the first reader.
        fields: The values of a record.
        groups: More of them, that come together.
        readable: SQL predicate over ``record`` for those the first reader would not refuse. ``record`` has the fields,
            ``"<name> bad"`` where the text of one (for a group, of any in it) cannot be read, and the number of the
            line (``seq``); in the SELECTs below also ``readable``.
        unfit: SQL predicate over ``record``; a file with such a record is left to the first reader.
        rows: For tables of facts the SELECT over ``record`` that gives their rows: ``seq`` and columns of the table,
            and ``nth`` where a record may give several rows of it, which counts them.
        stated: SELECTs that give what is said of certificates, by the columns of `StatedCertificate`, and their
            ``identity`` where not all have a fingerprint.
        held: SELECT over ``record`` that gives the certificates readable ones hold in DER: ``seq``, ``nth`` (which of
            the chains in the record), ``place`` (where in the chain) and ``text``. For ``rows`` and ``stated`` the
            identities of the chains are then in ``chain_of`` (``seq``, ``nth``, ``chain``). A record with a text that
            holds no certificate is no longer ``readable``.
        der: Such a text to DER, as the first reader takes it; raises ``ValueError``.
        lists: Columns that come as text and become lists, with the SQL that makes the list of ``text``.
        locator: SQL for the locator of a row.
        again: Numbers and texts of lines to rows, as the first reader makes them.
    """

    lines: Callable[[str, str], str]
    header: int
    fields: tuple[Field, ...]
    groups: tuple[Group, ...] = ()
    readable: str
    unfit: str = "false"
    rows: Mapping[str, str]
    stated: tuple[str, ...]
    lists: Mapping[str, str]
    locator: str
    held: str = ""
    der: Callable[[str], bytes] | None = None
    again: Callable[[Iterable[tuple[int, str]]], Iterator[Row]]


BulkReader = Callable[[Export], Bulk | None]
"""How DuckDB reads an export, or ``None`` if it is one for the first reader only."""


def quoted(text: str) -> str:
    """Text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def text_lines(path: str, compression: str) -> str:
    """Every line of a file as it is, in a column ``line``; the delimiter is a byte that no line of a log has."""
    return (
        f"SELECT coalesce(line, '') AS line FROM read_csv({path}, compression = {compression}, "
        "columns = {'line': 'VARCHAR'}, auto_detect = false, header = false, delim = '\x01', quote = '', escape = '', "
        "comment = '', new_line = '\\n', nullstr = '\x02', max_line_size = 4194304)"
    )
