"""httpx (ProjectDiscovery) with ``-tls-grab``: the handshake beside what a web server answered.

Read: the member ``tls`` of a record, which is tlsx's. It belongs to the last address that was asked: after redirects
(``-follow-redirects``) that is another host than the target, and the address of the target is then not its own. A
record without ``tls`` says nothing of TLS, so a file of ``httpx -json`` alone gives no row, unless ``-probe`` kept
targets that were asked over HTTPS and failed. httpx has no certificates in PEM and no chain. Not read: the CSV, and
the JSON of versions before 1.2.5 (2022), whose keys have hyphens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from certanalytics.model import Probe, Row
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import json_records, rows, section, single_lines, text
from certanalytics.sources._reading.signature import json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import host_and_ip, port_number, utc
from certanalytics.sources.scanners._httpx import address_of, missed
from certanalytics.sources.scanners._httpx_bulk import bulk
from certanalytics.sources.scanners._tlsx import handshake

# The first web servers of a file may speak no TLS: then the keys httpx always writes are what tells it.
_GRABBED = ("url", "tls.host", "tls.probe_status")
_ALWAYS = ("url", "input", "status_code", "words", "lines", "failed")


def _again(lines: Iterable[tuple[int, str]]) -> Iterator[Row]:
    """Rows of single lines DuckDB could not make sense of."""
    yield from rows(single_lines(lines), _line)


@source(
    "httpx-json",
    produced_by="httpx -l TARGETS -tls-grab -json -probe -o FILE (1.2.5 and later)",
    brings=("certificate", "place", "protocols"),
    signature=json_paths(*_GRABBED)
    | json_paths(*_ALWAYS)
    | json_paths(*(f"item.{path}" for path in _GRABBED))
    | json_paths(*(f"item.{path}" for path in _ALWAYS)),
    bulk=partial(bulk, again=_again),
)
def httpx_json(export: Export) -> Iterator[Row]:
    """Sightings, endpoints and probes, line by line.

    Raises:
        DataError: Not one line can be read.
    """
    yield from rows(json_records(export), _line)


def _line(locator: str, said: Mapping[str, Any]) -> Iterator[Row]:
    grabbed = section(said.get("tls"))
    url = urlsplit(text(said.get("url")) or "")
    target, target_ip = host_and_ip(url.hostname)
    observed_at = utc(text(said.get("timestamp")))
    if grabbed:
        host, ip = host_and_ip(text(grabbed.get("host")), text(grabbed.get("ip")))
        if not (host or ip):
            raise ValueError("it does not say which host it is about")
        if ip is None and host and host.lower() == target:
            ip = address_of(said)
        sni, _ = host_and_ip(text(grabbed.get("sni")))
        place = {"host": host, "ip": ip, "port": port_number(text(grabbed["port"]) or ""), "sni": sni}
        yield from handshake(f"{locator}.tls", grabbed, {**place, "observed_at": observed_at})
    elif said.get("failed") is True and url.scheme == "https":
        if not (target or target_ip):
            raise ValueError("it does not say which host it is about")
        outcome, detail = missed(said)
        yield Probe(
            locator=locator,
            outcome=outcome,
            detail=detail,
            host=target,
            ip=target_ip or address_of(said),
            port=url.port or 443,
            observed_at=observed_at,
        )
