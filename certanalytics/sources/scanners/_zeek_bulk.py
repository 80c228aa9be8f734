"""Which of Zeek's logs DuckDB reads when they are large, and how their lines are taken apart.

Logs of Zeek 4.1 and later, as TSV under one header or as JSON, one log a file. What is left to the first reader:
versions before 4.1, other hash functions than SHA-256 and SHA-1, certificates inside the log, several headers or logs
in a file, JSON with other than Zeek's own field names.

DuckDB takes a little more for JSON than the first reader does: it passes over a comma too many before the end of an
object or list, for which the first reader would give up that line. And it does not tell a member that is ``null`` from
one that is not there, so a file whose lines begin to name fields of another log, all of them ``null``, after its first
64 KiB is taken for the log it began with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from certanalytics.model import Reject, Row
from certanalytics.sources._reading.bulk import Bulk, quoted, text_lines
from certanalytics.sources._reading.bulk_members import lines_of_objects, objects_of
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import Record
from certanalytics.sources.scanners._zeek_bulk_fields import Cells, JsonCells, TsvCells
from certanalytics.sources.scanners._zeek_bulk_rows import LOGS
from certanalytics.sources.scanners._zeek_fields import TELLING, fields_of, log_of
from certanalytics.sources.scanners._zeek_log import Header, is_tsv, json_row, tsv_row

RowOfLine = Callable[[str, str], Record | Reject | None]
Again = Callable[[RowOfLine, Iterable[tuple[int, str]]], Iterator[Row]]


def bulk(export: Export, again: Again) -> Bulk | None:
    """How DuckDB reads a log, if it can.

    Args:
        export: The log.
        again: What the first reader makes of single lines of it, given how one becomes a record.
    """
    text = export.head.decode("utf-8", "replace")
    return _tsv(text, again) if is_tsv(text) else _json(export.head, again)


def _tsv(text: str, again: Again) -> Bulk | None:
    header, lines = Header(), 0
    for line in text.split("\n"):
        if not line.startswith("#"):
            break
        header.take(line)
        lines += 1
    usual = (header.separator, header.set_separator, header.empty, header.unset) == ("\t", ",", "(empty)", "-")
    names = frozenset(header.columns)
    log = LOGS.get(header.log or "")
    if not (
        usual and log and log.needs <= names and names.isdisjoint(log.without) and len(names) == len(header.columns)
    ):
        return None
    take_apart = partial(_parts_of_lines, len(header.columns))
    row = partial(tsv_row, header, whole=True)
    return _bulk(header.log or "", TsvCells(header), take_apart, lines, partial(again, row))


def _json(head: bytes, again: Again) -> Bulk | None:
    logs = {log_of(fields) for fields in objects_of(head) or ()}
    name = logs.pop() if len(logs) == 1 else None
    if name is None:
        return None
    return _bulk(name, JsonCells(), partial(_members_of_lines, name), 0, partial(again, json_row))


def _bulk(
    name: str,
    cells: Cells,
    lines: Callable[[str, str], str],
    header: int,
    again: Callable[[Iterable[tuple[int, str]]], Iterator[Row]],
) -> Bulk:
    found = LOGS[name].rows(cells)
    return Bulk(
        lines=lines,
        header=header,
        fields=found.fields,
        groups=found.groups,
        readable=found.readable,
        unfit=found.unfit,
        rows=found.rows,
        stated=(found.stated,),
        lists=found.lists,
        locator="'line ' || seq",
        again=again,
    )


def _parts_of_lines(columns: int, path: str, compression: str) -> str:
    """The lines of a log taken apart; every expression that chooses a list copies it, so lines are chosen first."""
    turns = quoted("^#(?:fields|separator|set_separator|empty_field|unset_field)")
    return f"""
        SELECT turns, part IS NOT NULL AS record, len(part) = {columns} AS whole, part FROM (
            SELECT turns, string_split(line, '\t') AS part FROM (
                SELECT
                    starts_with(line, '#') AND regexp_matches(line, {turns}) AS turns,
                    if(line <> '' AND NOT starts_with(line, '#'), line, NULL) AS line
                FROM ({text_lines(path, compression)})
            )
        )
    """


def _members_of_lines(name: str, path: str, compression: str) -> str:
    """The objects of a log; where one is not plainly of this log the file is left to the first reader."""
    log, before = LOGS[name], list(TELLING)[: list(TELLING).index(name)]
    telling = TELLING[name] | ({"established"} if name == "ssl" else set())
    is_of_log = [_all_said(telling), *(f"NOT ({_all_said(TELLING[other])})" for other in before)]
    is_of_log += [f'"{member}" IS NULL' for member in sorted(log.without)]
    members = fields_of(name) | log.without | telling | {member for other in before for member in TELLING[other]}
    return (
        f"SELECT true AS record, true AS whole, NOT ({' AND '.join(is_of_log)}) AS turns, * "
        f"FROM ({lines_of_objects(path, compression, sorted(members))})"
    )


def _all_said(members: Iterable[str]) -> str:
    return " AND ".join(f'"{member}" IS NOT NULL' for member in sorted(members))
