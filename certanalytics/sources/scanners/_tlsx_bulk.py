"""How DuckDB reads large files of tlsx: one handshake a line, without certificates and chains.

Files with entries of logs (``-ctlogs``), arrays and objects that span lines are left to the first reader, as what
`_tlsx_bulk_fields` leaves to it.

DuckDB takes a little more for JSON than the first reader does: in members nobody reads it passes over a ``NaN`` or a
comma too many, at which the first reader would give up the rest of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from certanalytics.model import Row
from certanalytics.sources._reading.bulk import Bulk
from certanalytics.sources._reading.bulk_members import lines_of_objects
from certanalytics.sources._reading.export import Export
from certanalytics.sources.scanners._tlsx_bulk_fields import MEMBERS, Handshake, time_of_line

Again = Callable[[Iterable[tuple[int, str]]], Iterator[Row]]


def bulk(export: Export, again: Again) -> Bulk | None:
    """How DuckDB reads a file of lines, if it can.

    Args:
        export: The file.
        again: What the first reader makes of single lines of it.
    """
    if not export.head.startswith(b"{"):
        return None
    handshake, time = Handshake(), time_of_line()
    return Bulk(
        lines=_lines,
        header=0,
        fields=(time, *handshake.fields),
        groups=(handshake.group,),
        readable=f"port IS NOT NULL AND coalesce(host, ip, host_ip) IS NOT NULL "
        f'AND NOT ("observed_at bad" OR {handshake.bad})',
        # A line that says neither is hardly an object.
        unfit=f'{handshake.unfit} OR NOT ("port said" OR "host said")',
        rows=handshake.rows("seq, observed_at, host, coalesce(ip, host_ip) AS ip, port, sni"),
        stated=(handshake.statements,),
        lists={"chain": "[text]"},
        locator="'[' || (seq - 1) || ']'",
        again=again,
    )


def _lines(path: str, compression: str) -> str:
    lines = lines_of_objects(path, compression, ("timestamp", *MEMBERS))
    return f"SELECT true AS record, true AS whole, false AS turns, * FROM ({lines})"
