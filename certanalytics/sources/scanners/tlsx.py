"""tlsx (ProjectDiscovery): one TLS handshake a line.

Read: the leaf (its DER with ``-cert``, else what tlsx says of it), the chain with ``-tls-chain``, the versions and
suites (all with ``-version-enum`` and ``-cipher-enum``, else the negotiated ones), and with ``-probe-status`` the
targets that gave no certificate. Lines, one pretty printed object after the other, and arrays made of them are taken.

Lines of ``-ctlogs`` are no handshakes: host and port in them are made up from the certificate, which is taken as
an entry of the log. In them the serial number is decimal.

tlsx says nothing of keys and signatures without ``-cert``, and failed targets have neither time nor address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from certanalytics.model import CtEntry, Row
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import json_records, number, rows, single_lines, text
from certanalytics.sources._reading.signature import json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import host_and_ip, port_number, serial_hex, utc
from certanalytics.sources.scanners._tlsx import certificate, handshake
from certanalytics.sources.scanners._tlsx_bulk import bulk

_KEYS = ("host", "port", "probe_status")
_OTHERS = ("host", "port", "tls_connection", "fingerprint_hash.sha256")


def _again(lines: Iterable[tuple[int, str]]) -> Iterator[Row]:
    """Rows of single lines DuckDB could not make sense of."""
    yield from rows(single_lines(lines), _line)


@source(
    "tlsx-json",
    produced_by="tlsx -l TARGETS -json -cert -tls-chain -probe-status -o FILE",
    brings=("certificate", "chain", "place", "protocols", "ct"),
    signature=json_paths(*_KEYS)
    | json_paths(*_OTHERS)
    | json_paths(*(f"item.{key}" for key in _KEYS))
    | json_paths(*(f"item.{key}" for key in _OTHERS)),
    bulk=partial(bulk, again=_again),
)
def tlsx_json(export: Export) -> Iterator[Row]:
    """Sightings, endpoints, probes and log entries, line by line.

    Raises:
        DataError: Not one line can be read.
    """
    yield from rows(json_records(export), _line)


def _line(locator: str, said: Mapping[str, Any]) -> Iterator[Row]:
    if log := text(said.get("ctl_source")):
        yield from _entry(locator, said, log)
        return
    host, ip = host_and_ip(text(said.get("host")), text(said.get("ip")))
    if not (host or ip):
        raise ValueError("it does not say which host it is about")
    sni, _ = host_and_ip(text(said.get("sni")))
    place = {
        "host": host,
        "ip": ip,
        "port": port_number(text(said["port"]) or ""),
        "sni": sni,
        "observed_at": utc(text(said.get("timestamp"))),
    }
    yield from handshake(locator, said, place)


def _entry(locator: str, said: Mapping[str, Any], log: str) -> Iterator[Row]:
    written = text(said.get("serial")) or ""
    serial = serial_hex(int(written)) if written.lstrip("-").isdecimal() else None
    found = certificate(said, serial=serial)
    if found is None:
        raise ValueError("a log entry without certificate")
    yield CtEntry(locator=locator, certificate=found, log=log, log_index=number(said.get("ctl_index")))
