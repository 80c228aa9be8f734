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
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from certanalytics.model import CertificateRef, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.dn import plain
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.lines import json_line_records
from certanalytics.sources._reading.records import array, rows, section, text
from certanalytics.sources._reading.signature import json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import fingerprint, hex_digits, ip_address, port_number, serial_hex, utc
from certanalytics.sources.scanners._passive import ENCRYPTED, RESUMED, Place, Watched

_STARTTLS = frozenset({"smtp", "ftp", "imap", "pop3"})
"""Protocols that turn into TLS on the server's own port (``from_proto``); http is a CONNECT through a proxy."""


@source(
    "suricata-eve",
    produced_by="Suricata: eve-log with type tls (default, extended or custom), eve.json",
    brings=("certificate", "chain", "place"),
    signature=json_paths("timestamp", "event_type", "flow_id")
    | json_paths("timestamp", "event_type", "stats.uptime")
    | json_paths("timestamp", "event_type", "tls.subject")
    | json_paths("item.timestamp", "item.event_type", "item.flow_id"),
)
def suricata_eve(export: Export) -> Iterator[Row]:
    """Read ``tls`` events.

    One that shows a certificate is a `Sighting` at its destination: ``dest_ip`` is the side that did not open the
    connection. Behind an HTTP CONNECT that is a proxy, and only the SNI says where the certificate belongs. One
    without is a `Probe` if the session was resumed or is TLS 1.3, at most one for an endpoint and reason, and none
    once the file has shown the endpoint's certificate; a ``custom`` list may simply leave the certificate out.
    """
    watched = Watched()

    def convert(locator: str, event: Mapping[str, Any]) -> Iterator[Row]:
        if event.get("event_type") == "tls":
            yield from _handshake(locator, event, watched)

    yield from rows(json_line_records(export, telling='"tls"'), convert)


def _handshake(locator: str, event: Mapping[str, Any], watched: Watched) -> Iterator[Row]:
    tls = section(event.get("tls"))
    seen = _time(text(event["timestamp"]))
    chained_from = (text(tls.get("from_proto")) or "").lower()
    place = _place(event, tls, proxied=chained_from.startswith("http"))
    if chain := _chain(tls):
        watched.showed(place)
        starttls = chained_from if chained_from in _STARTTLS else None
        yield Sighting(locator=locator, chain=chain, kind="passive", starttls=starttls, observed_at=seen, **place)
        return
    why = RESUMED if tls.get("session_resumed") is True else ENCRYPTED if _hides(tls) else None
    if why and (probe := watched.showed_none(locator, place, why, seen)):
        yield probe


def _hides(tls: Mapping[str, Any]) -> bool:
    return (text(tls.get("version")) or "").startswith("TLS 1.3")


def _time(written: str | None) -> datetime | None:
    """A time with its offset; one without is in the time zone of a sensor nobody names, and is left out."""
    time = datetime.fromisoformat(written) if written else None
    return utc(written) if time and time.tzinfo else None


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
    said = _stated(tls)
    return (said,) if said != StatedCertificate() else ()


def _der(written: str) -> bytes:
    try:
        return base64.b64decode(written, validate=True)
    except binascii.Error as error:
        raise ValueError(f"a certificate is not base64 ({error})") from None


def _stated(tls: Mapping[str, Any]) -> StatedCertificate:
    subject, issuer = text(tls.get("subject")), text(tls.get("issuerdn"))
    subject_has, issuer_has = plain(subject), plain(issuer)
    names = [name for name in map(text, array(tls.get("subjectaltname"))) if name]
    return StatedCertificate(
        sha1=fingerprint(text(tls.get("fingerprint")), 20),
        serial_hex=_serial(text(tls.get("serial"))),
        issuer_dn=issuer,
        issuer_cn=issuer_has.get("CN"),
        issuer_o=issuer_has.get("O"),
        subject_dn=subject,
        subject_cn=subject_has.get("CN"),
        subject_o=subject_has.get("O"),
        san_dns=tuple(name for name in names if ip_address(name) is None),
        san_ip=tuple(address for address in map(ip_address, names) if address),
        not_before=utc(text(tls.get("notbefore"))),
        not_after=utc(text(tls.get("notafter"))),
    )


def _serial(written: str | None) -> str | None:
    """The bytes of the serial number as they stand in the certificate: the first bit is the sign."""
    if not written:
        return None
    digits = hex_digits(written)
    if len(digits) % 2:
        return serial_hex(digits)
    return serial_hex(int.from_bytes(bytes.fromhex(digits), signed=True))
