"""How DuckDB reads large files of httpx: one answer of a web server a line, the handshake inside as tlsx has it.

What is left to the first reader is what `_tlsx_bulk_fields` leaves to it, and arrays. A comma too many or a ``NaN`` in
members nobody reads is passed over, as for tlsx.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from certanalytics.model import Row
from certanalytics.sources._reading.bulk import ADDRESS, PORT, Bulk, Field
from certanalytics.sources._reading.bulk_members import array, lines_of_objects, member, plainly, together
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import text
from certanalytics.sources._reading.text import host_and_ip
from certanalytics.sources.scanners._httpx import address_of, missed
from certanalytics.sources.scanners._tlsx_bulk_fields import MEMBERS, Handshake, time_of_line

Again = Callable[[Iterable[tuple[int, str]]], Iterator[Row]]

_OF_ADDRESS = ("host_ip", "host", "a", "aaaa")
_ERROR = ('"error"',)
_NAME = "[A-Za-z0-9_.-]*[G-Zg-z_-][A-Za-z0-9_.-]*"  # no address has one of these letters
_URL = rf'"https?://(?:{_NAME}|{ADDRESS})(?::{PORT})?(?:/[!#-\[\]-~]*)?"'
_GRABBED, _FAILED = "tls IS NOT NULL", "tls IS NULL AND \"failed\"::VARCHAR = 'true'"


def bulk(export: Export, again: Again) -> Bulk | None:
    """How DuckDB reads a file of lines, if it can.

    Args:
        export: The file.
        again: What the first reader makes of single lines of it.
    """
    if not export.head.startswith(b"{"):
        return None
    handshake = Handshake("tls")
    fields = (time_of_line(), *_fields(), *handshake.fields)
    # As `httpx._line` has it: the address of the target is that of the handshake if both are of one host.
    of_target = "coalesce(coalesce(ip, host_ip) IS NULL AND lower(host) = target, false)"
    readable = f"""
        NOT ("target bad" OR "observed_at bad") AND CASE
            WHEN grabbed THEN port IS NOT NULL AND coalesce(host, ip, host_ip) IS NOT NULL
                AND NOT ({handshake.bad} OR {of_target} AND "address bad")
            WHEN "web_port said" THEN coalesce(target, target_ip) IS NOT NULL
                AND NOT ("web_port bad" OR "missed bad" OR target_ip IS NULL AND "address bad")
            ELSE true
        END
    """
    place = f"host, if({of_target}, address, coalesce(ip, host_ip)) AS ip, port, sni"
    rows = handshake.rows(f"seq, '.tls' AS part, observed_at, {place}", "readable AND grabbed")
    rows["probe"] += """
        UNION ALL BY NAME SELECT seq, '' AS part, observed_at, target AS host, coalesce(target_ip, address) AS ip,
            web_port AS port, missed.outcome AS outcome, missed.detail AS detail
        FROM record WHERE readable AND web_port IS NOT NULL
    """
    # A handshake of nobody is hardly httpx's; a line without an address is hardly an object. SQL and Python make
    # capitals small in the same way only where they are those of ASCII.
    unfit = f"""
        grabbed AND ({handshake.unfit} OR NOT ("host said" OR "ip said") OR strlen(host) <> length(host))
        OR NOT ("target said" OR "target_ip said")
    """
    return Bulk(
        lines=_lines,
        header=0,
        fields=fields,
        groups=(handshake.group,),
        readable=readable,
        unfit=unfit,
        rows=rows,
        stated=(handshake.statements,),
        lists={"chain": "[text]"},
        locator="'[' || (seq - 1) || ']' || part",
        again=again,
    )


def _lines(path: str, compression: str) -> str:
    members = ("timestamp", "url", "failed", "error", *_OF_ADDRESS)
    return (
        "SELECT true AS record, true AS whole, false AS turns, * "
        f"FROM ({lines_of_objects(path, compression, members, tls=MEMBERS)})"
    )


def _fields() -> Iterator[Field]:
    """What a line says of the target, and whether it was asked over TLS."""
    yield Field(name="grabbed", cell=f"({_GRABBED})::VARCHAR", plain="true", value="cell::BOOLEAN", kind="BOOLEAN")
    url = member('"url"')
    name, address = (f"nullif(regexp_extract(cell, '^\"https?://({host})[/:\"]', 1), '')" for host in (_NAME, ADDRESS))
    yield plainly("target", url, _URL, f"lower({name})", lambda value: _target(value)[0], or_nothing=True)
    yield plainly("target_ip", url, _URL, address, lambda value: _target(value)[1], or_nothing=True)
    port = "nullif(regexp_extract(cell, '^\"https://[^/:\"]+:([0-9]+)', 1), '')::BIGINT"
    yield plainly(
        "web_port",
        f"CASE WHEN {_FAILED} THEN {url} END",
        _URL,
        f"CASE WHEN starts_with(cell, '\"https:') THEN coalesce(nullif({port}, 0), 443) END",
        _web_port,
        kind="BIGINT",
        or_nothing=True,
    )
    yield plainly(
        "address",
        array(f'"{name}"' for name in _OF_ADDRESS),
        rf'\["{ADDRESS}",.*',
        "regexp_extract(cell, '[0-9.]+')",
        lambda values: address_of(dict(zip(_OF_ADDRESS, values, strict=True))),
    )
    yield together(
        "missed",
        f"CASE WHEN {_FAILED} THEN {array(_ERROR)} END",
        "STRUCT(outcome VARCHAR, detail VARCHAR)",
        _missed,
    )


def _target(url: object) -> tuple[str | None, str | None]:
    return host_and_ip(urlsplit(text(url) or "").hostname)


def _web_port(written: object) -> int | None:
    url = urlsplit(text(written) or "")
    return (url.port or 443) if url.scheme == "https" else None


def _missed(values: list[Any]) -> dict[str, str | None]:
    outcome, detail = missed({"error": values[0]})
    return {"outcome": outcome, "detail": detail}
