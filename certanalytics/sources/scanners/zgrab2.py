"""ZGrab2 (ZMap): what its modules saw of a target, one line with all of them.

Read: the leaf and the certificates sent with it (DER, for every module that keeps a TLS log: ``tls``, ``http``,
``smtp``, ``imap``, ``pop3``, ``ftp``, ``mysql``, ``postgres``, ``mssql``, ``amqp091`` and others), the negotiated
version, suite and group, and the attempts that gave no certificate. A redirect that was followed led to another
place: its certificate is seen there, not at the target. Not read: everything that is not about TLS (a file of
``ssh`` alone gives no row), and the summary, which goes to another stream.

An attempt is counted (`Probe`) only where TLS was asked for: ``tls`` and the databases always ask, the mail and file
protocols where the answer to STARTTLS was kept, ``http`` if the address was an https one, and these two kinds on a
port that is TLS from the start. Before September 2025 only ``http`` says at which port. The SNI is known with
``--debug`` alone, which keeps the ClientHello.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from certanalytics.model import EndpointTls, Outcome, Probe, Reject, Row, Sighting
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import array, json_records, number, rows, section, single_lines, text
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import host_and_ip, port_number, utc
from certanalytics.sources.scanners._tls_names import failure
from certanalytics.sources.scanners._zgrab2 import (
    DATABASES,
    TLS_PORTS,
    UNREACHED,
    UNTRIED,
    UPGRADES,
    attempt,
    offer,
    web_port,
)
from certanalytics.sources.scanners._zgrab2_bulk import bulk
from certanalytics.x509.containers import pem_to_der

_GRAB = re.compile(r"((?:item\.)?data\.[^.]+)\.(?:protocol|result(?:\.tls)?\.handshake_log)")


def _is_grab(head: Head) -> bool:
    """A TLS log, or what every module says beside the target; with sorted keys a long log hides the target."""
    paths = head.json_paths
    targeted = not paths.isdisjoint(("ip", "domain", "item.ip", "item.domain"))
    found = (_GRAB.fullmatch(path) for path in paths)
    return any(
        match
        and (match[0].endswith("handshake_log") or (targeted and f"{match[1]}.status" in paths))
        and (f"{match[1]}.status" in paths or f"{match[1]}.protocol" in paths)
        for match in found
    )


def _again(lines: Iterable[tuple[int, str]]) -> Iterator[Row]:
    """Rows of single lines that are no matter for SQL."""
    yield from rows(single_lines(lines), _target)


@source(
    "zgrab2-json",
    produced_by="zgrab2 tls|http|smtp|... -f TARGETS -o FILE, and zgrab2 multiple -c CONFIG",
    brings=("certificate", "chain", "place", "protocols"),
    signature=Signature("JSON with data.<module>.status and .protocol", _is_grab),
    bulk=partial(bulk, again=_again),
)
def zgrab2_json(export: Export) -> Iterator[Row]:
    """Sightings, endpoints and probes, target by target.

    Raises:
        DataError: Not one target can be read.
    """
    yield from rows(json_records(export), _target)


def _target(locator: str, record: Mapping[str, Any]) -> Iterator[Row]:
    host, ip = host_and_ip(text(record.get("domain")), text(record.get("ip")))
    if not (host or ip):
        raise ValueError("it does not say which target it is about")
    modules = section(record.get("data"))
    words = text(record.get("error"))
    if words and not modules:
        if failure(words) != "unresolvable":
            raise ValueError(words)
        yield Probe(locator=locator, outcome="unresolvable", detail=words, host=host, ip=ip)
    for name, written in modules.items():
        grab = section(written)
        port = number(grab.get("port")) or number(record.get("port"))
        place = {
            "host": host,
            "ip": ip,
            "port": port_number(port) if port else None,
            "observed_at": utc(text(grab.get("timestamp"))),
        }
        yield from _Grab(f"{locator}.data.{name}", text(grab.get("protocol")) or name, grab, place).rows()


class _Grab:
    """What one module says of the target."""

    def __init__(self, locator: str, module: str, grab: Mapping[str, Any], place: dict[str, Any]) -> None:
        self.locator = locator
        self.module = module
        self.grab = grab
        self.place = place
        written = grab.get("result")
        self.result: Mapping[str, Any] = written if isinstance(written, dict) else {}

    def rows(self) -> Iterator[Row]:
        if self.module == "http":
            yield from self._http()
            return
        log = section(self.result.get("handshake_log")) or section(section(self.result.get("tls")).get("handshake_log"))
        starttls = self._starttls()
        place = {**self.place, "starttls": starttls}
        asked = starttls is not None or self.module == "tls"
        asked = asked or (self.module in UPGRADES and self.place["port"] in TLS_PORTS)
        if log or asked or self.result.get("tls"):
            yield from self._handshake(log, place)

    def _starttls(self) -> str | None:
        if self.module in UPGRADES:
            keys, name = UPGRADES[self.module]
            return name if any(self.result.get(key) for key in keys) else None
        return DATABASES.get(self.module)

    def _http(self) -> Iterator[Row]:
        """The hops of a request: the first is the target, each of the others where a redirect led."""
        hops = [section(hop) for hop in array(self.result.get("redirect_response_chain"))]
        if last := section(self.result.get("response")):
            hops.append(last)
        resolved = {
            text(hop.get("redirect_name")): text(hop.get("ip")) or ""
            for hop in map(section, array(self.result.get("redirects_to_resolved_ips")))
        }
        # Plain HTTP sent to such a port is a protocol error, and says nothing of TLS.
        if not hops and self.place["port"] in TLS_PORTS and self._failure({})[0] in UNREACHED:
            yield from self._handshake({}, self.place)
        place, seen = dict(self.place), set[tuple[Any, ...]]()
        for position, hop in enumerate(hops):
            request = section(hop.get("request"))
            address = section(request.get("url"))
            scheme = text(address.get("scheme"))
            url = urlsplit(f"//{text(address.get('host')) or ''}")
            host, ip = host_and_ip(url.hostname) if position else (None, None)
            if host or ip:  # else the target itself, or a redirect within one server
                place = {**self.place, "host": host, "ip": ip or _without_port(resolved.get(host, "")), "port": None}
            if scheme and (host or ip or not position):
                place["port"] = web_port(scheme, text(address.get("host")))
            log = section(section(request.get("tls_log")).get("handshake_log"))
            spot = (place["host"], place["ip"], place["port"])
            leaf = text(section(section(log.get("server_certificates")).get("certificate")).get("raw"))
            # An answer over HTTPS without a log of its own came through a connection that was open already.
            failed = not log and scheme == "https" and not hop.get("status_code")
            if (log and (*spot, leaf) not in seen) or (failed and spot not in seen):
                seen |= {spot, (*spot, leaf)}
                yield from self._handshake(log, place)

    def _handshake(self, log: Mapping[str, Any], place: Mapping[str, Any]) -> Iterator[Row]:
        if text(self.grab.get("status")) in UNTRIED:
            words = text(self.grab.get("error")) or text(self.grab.get("status"))
            yield Reject(locator=self.locator, reason=f"ZGrab2 did not try this target: {words}")
            return
        sni, _ = host_and_ip(text(section(log.get("client_hello")).get("server_name")))
        place = {**place, "sni": sni}
        sent = section(log.get("server_certificates"))
        # The chain is what was sent after the leaf.
        parts = [section(sent.get("certificate")), *map(section, array(sent.get("chain")))]
        chain = []
        for position, part in enumerate(parts if sent else []):
            try:
                chain.append(pem_to_der(text(part.get("raw")) or ""))  # base64 without armour
            except ValueError as error:
                yield Reject(locator=f"{self.locator}.server_certificates[{position}]", reason=str(error))
                if position == 0:
                    break
        if chain:
            yield Sighting(locator=self.locator, chain=tuple(chain), kind="scan", **place)
        elif not sent:
            outcome, detail = self._failure(log)
            yield Probe(locator=self.locator, outcome=outcome, detail=detail, **place)
        if offered := offer(log):
            yield EndpointTls(locator=self.locator, **offered, **place)

    def _failure(self, log: Mapping[str, Any]) -> tuple[Outcome, str | None]:
        status, words = text(self.grab.get("status")), text(self.grab.get("error"))
        return attempt(self.module, status, words, logged=bool(log))


def _without_port(address: str) -> str | None:
    """The IP address in ``192.0.2.1:443`` or ``[2001:db8::1]:443``."""
    return host_and_ip(urlsplit(f"//{address}").hostname)[1]
