"""Suricata: certificates seen on the wire, from the ``tls`` events of eve.json.

Read are events with ``event_type`` ``tls`` of every version: the default (subject and issuer), ``extended: yes``, and
``custom`` lists of fields, of which ``certificate`` and ``chain`` bring the certificates themselves. All other
events are passed over unparsed, and with them the copy of ``tls`` in alerts, whose source may be the server.

What cannot be told: the certificate of a TLS 1.3 connection; what the server offers besides the version agreed on.
Names are written without escapes, so of an attribute that seems to be there twice none is taken. Client certificates
(``client``) are not sightings.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from certanalytics.model import CertificateRef, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.lines import json_line_record, json_line_records
from certanalytics.sources._reading.records import array, rows, section, text
from certanalytics.sources._reading.signature import json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import ip_address, port_number
from certanalytics.sources.scanners._passive import Place, Watched
from certanalytics.sources.scanners._suricata import STARTTLS, stated, why_silent, zoned_time
from certanalytics.sources.scanners._suricata_bulk import bulk


def _again(lines: Iterable[tuple[int, str]]) -> Iterator[Row]:
    """Rows of single lines DuckDB could not make sense of."""
    records = (json_line_record(f"line {number}", f"{line}\n") for number, line in lines)
    yield from rows(records, partial(_converted, Watched()))


@source(
    "suricata-eve",
    produced_by="Suricata: eve-log with type tls (default, extended or custom), eve.json",
    brings=("certificate", "chain", "place"),
    signature=json_paths("timestamp", "event_type", "flow_id")
    | json_paths("timestamp", "event_type", "stats.uptime")
    | json_paths("timestamp", "event_type", "tls.subject")
    | json_paths("item.timestamp", "item.event_type", "item.flow_id"),
    bulk=partial(bulk, again=_again),
)
def suricata_eve(export: Export) -> Iterator[Row]:
    """Read ``tls`` events.

    One that shows a certificate is a `Sighting` at its destination: ``dest_ip`` is the side that did not open the
    connection. Behind an HTTP CONNECT that is a proxy, and only the SNI says where the certificate belongs. One
    without is a `Probe` if the session was resumed or is TLS 1.3, at most one for an endpoint and reason, and none
    once the file has shown the endpoint's certificate; a ``custom`` list may simply leave the certificate out.
    """
    yield from rows(json_line_records(export, telling='"tls"'), partial(_converted, Watched()))


def _converted(watched: Watched, locator: str, event: Mapping[str, Any]) -> Iterator[Row]:
    if event.get("event_type") == "tls":
        yield from _handshake(locator, event, watched)


def _handshake(locator: str, event: Mapping[str, Any], watched: Watched) -> Iterator[Row]:
    tls = section(event.get("tls"))
    seen = zoned_time(event["timestamp"])
    chained_from = (text(tls.get("from_proto")) or "").lower()
    place = _place(event, tls, proxied=chained_from.startswith("http"))
    if chain := _chain(tls):
        watched.showed(place)
        starttls = STARTTLS.get(chained_from)
        yield Sighting(locator=locator, chain=chain, kind="passive", starttls=starttls, observed_at=seen, **place)
        return
    why = why_silent(tls)
    if why and (probe := watched.showed_none(locator, place, why, seen)):
        yield probe


def _place(event: Mapping[str, Any], tls: Mapping[str, Any], *, proxied: bool) -> Place:
    port = text(event.get("dest_port"))
    return {
        "ip": None if proxied else ip_address(text(event.get("dest_ip")) or ""),
        "port": None if proxied or port is None else port_number(port),
        "sni": text(tls.get("sni")),
    }


def _chain(tls: Mapping[str, Any]) -> tuple[CertificateRef, ...]:
    """The certificates themselves where they are there, leaf first; else what is said of the leaf."""
    written = [value for value in map(text, array(tls.get("chain"))) if value]
    leaf = text(tls.get("certificate"))
    if leaf and leaf not in written[:1]:
        written.insert(0, leaf)
    if written:
        return tuple(map(_der, written))
    said = stated(tls)
    return (said,) if said != StatedCertificate() else ()


def _der(written: str) -> bytes:
    try:
        return base64.b64decode(written, validate=True)
    except binascii.Error as error:
        raise ValueError(f"a certificate is not base64 ({error})") from None
