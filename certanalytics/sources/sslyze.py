"""SSLyze: what each server presented, as one JSON object that may be many gigabytes long.

Read: the chains as served (with SNI and, from 6.1, without), the protocol versions, cipher suites
and curves that were accepted, and every server that gave no certificate. Not read: the chains SSLyze
built against its trust stores, and its checks for vulnerabilities. The JSON of 3.x and the XML of 1.x
and 2.x are other formats.

A result carries no time of its own: every row has the time the run started (``date_scans_started``),
which stands before the results in 5.x and behind them in 6.x and is therefore looked up in the first
and last bytes of the file beforehand. In a file that is cut short it may be missing.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from certanalytics.model import (
    CertificateRef,
    EndpointTls,
    Outcome,
    Probe,
    Reject,
    Row,
    Run,
    Sighting,
    StatedCertificate,
)
from certanalytics.sources._export import DAMAGED, Export
from certanalytics.sources._json import BrokenJsonError, items
from certanalytics.sources._records import array, json_records, rows, section, text
from certanalytics.sources._signature import json_paths
from certanalytics.sources._source import source
from certanalytics.sources._text import host_and_ip, port_number, serial_hex, utc
from certanalytics.x509.containers import pem_to_der

_PROTOCOLS = {
    "ssl_2_0_cipher_suites": "SSLv2",
    "ssl_3_0_cipher_suites": "SSLv3",
    "tls_1_0_cipher_suites": "TLSv1.0",
    "tls_1_1_cipher_suites": "TLSv1.1",
    "tls_1_2_cipher_suites": "TLSv1.2",
    "tls_1_3_cipher_suites": "TLSv1.3",
}

# By the class of the error SSLyze met. A server without one common protocol version and suite is in
# practice one that does not speak TLS; the detail keeps SSLyze's own words.
_OUTCOMES: dict[str, Outcome] = {
    "ServerRejectedConnection": "refused",
    "HttpProxyRejectedConnection": "refused",
    "ConnectionToServerTimedOut": "timeout",
    "ConnectionToHttpProxyTimedOut": "timeout",
    "ServerTlsConfigurationNotSupported": "not tls",
    "ServerRejectedOpportunisticTlsNegotiation": "not tls",
    "ServerRejectedTlsHandshake": "handshake failed",
    "TlsHandshakeFailed": "handshake failed",
    "TlsHandshakeTimedOut": "handshake failed",
}

_TAIL_BYTES = 4096


@source(
    "sslyze-json",
    produced_by="sslyze --certinfo --json_out=FILE TARGETS (SSLyze 5.x and 6.x)",
    brings=("certificate", "chain", "place", "protocols"),
    signature=json_paths("server_scan_results.item.scan_result") | json_paths("invalid_server_strings"),
)
def sslyze_json(export: Export) -> Iterator[Row]:
    """Sightings, endpoints and probes of one run, in file order; targets that were no use come first.

    Raises:
        DataError: Not one result can be read.
    """
    header = _header(export)
    times: dict[str, datetime | None] = {}
    for name in ("date_scans_started", "date_scans_completed"):
        try:
            times[name] = utc(header.get(name))
        except ValueError as error:
            yield Reject(locator=name, reason=str(error))
    started = times.get("date_scans_started")
    observed_at = started or times.get("date_scans_completed")
    yield Run(tool_version=header.get("sslyze_version"), started_at=started)
    for number, target in enumerate(_invalid_targets(export)):
        yield _invalid(f"invalid_server_strings[{number}]", target, observed_at)
    yield from rows(
        json_records(export, "server_scan_results"),
        lambda locator, result: _Result(locator, result, observed_at).rows(),
    )


class _Result:
    """One server of the run: where it is, and what came of it."""

    def __init__(self, locator: str, result: Mapping[str, Any], observed_at: datetime | None) -> None:
        location = section(result.get("server_location"))
        network = section(result.get("network_configuration"))
        host, ip = host_and_ip(text(location.get("hostname")), text(location.get("ip_address")))
        if not (host or ip):
            raise ValueError("it does not say which server it is about")
        starttls = text(network.get("tls_opportunistic_encryption"))
        self.locator = locator
        self.result = result
        self.sni = text(network.get("tls_server_name_indication"))
        self.place: dict[str, Any] = {
            "host": host,
            "ip": ip,
            "port": port_number(location["port"]),
            "starttls": starttls.lower() if starttls else None,
            "observed_at": observed_at,
            "time_basis": "run",
        }

    def rows(self) -> Iterator[Row]:
        if self.result.get("connectivity_status") == "ERROR" or self.result.get("scan_result") is None:
            yield self._probe(*_failure(text(self.result.get("connectivity_error_trace")), "no certificate"))
            return
        scan = section(self.result["scan_result"])
        yield from self._sightings(section(scan.get("certificate_info")))
        yield from self._endpoint(scan)

    def _sightings(self, attempt: Mapping[str, Any]) -> Iterator[Row]:
        if attempt.get("status") == "ERROR":
            words = text(attempt.get("error_trace")) or text(attempt.get("error_reason"))
            yield self._probe(*_failure(words, "handshake failed"))
        if attempt.get("result") is None:
            return
        path = f"{self.locator}.scan_result.certificate_info.result"
        result = section(attempt["result"])
        deployments = [
            (f"{path}.certificate_deployments[{number}]", self.sni, section(deployment))
            for number, deployment in enumerate(array(result.get("certificate_deployments")))
        ]
        if without_sni := section(result.get("certificate_deployment_with_sni_disabled")):
            deployments.append((f"{path}.certificate_deployment_with_sni_disabled", None, without_sni))
        seen: set[tuple[str | None, tuple[CertificateRef, ...]]] = set()
        for locator, sni, deployment in deployments:
            chain: list[CertificateRef] = []
            for number, certificate in enumerate(array(deployment.get("received_certificate_chain"))):
                try:
                    chain.append(_certificate(section(certificate)))
                except ValueError as error:
                    yield Reject(locator=f"{locator}.received_certificate_chain[{number}]", reason=str(error))
                    if number == 0:
                        break  # the next certificate is no leaf
            if chain and (sni, tuple(chain)) not in seen:
                seen.add((sni, tuple(chain)))
                yield Sighting(locator=locator, chain=tuple(chain), kind="scan", sni=sni, **self.place)
        if not deployments:
            yield self._probe("no certificate", None)

    def _endpoint(self, scan: Mapping[str, Any]) -> Iterator[Row]:
        tried = {command: section(section(scan.get(command)).get("result")) for command in _PROTOCOLS}
        curves = section(section(scan.get("elliptic_curves")).get("result"))
        if not (any(tried.values()) or curves):
            return
        accepted = {command: array(result.get("accepted_cipher_suites")) for command, result in tried.items()}
        suites = (section(suite["cipher_suite"]) for found in accepted.values() for suite in found)
        yield EndpointTls(
            locator=self.locator,
            sni=self.sni,
            protocols=tuple(_PROTOCOLS[command] for command, found in accepted.items() if found),
            cipher_suites=_distinct(text(suite.get("name")) or text(suite.get("openssl_name")) for suite in suites),
            groups=_distinct(text(section(curve).get("name")) for curve in array(curves.get("supported_curves"))),
            **self.place,
        )

    def _probe(self, outcome: Outcome, detail: str | None) -> Probe:
        return Probe(locator=self.locator, outcome=outcome, detail=detail, sni=self.sni, **self.place)


def _certificate(certificate: Mapping[str, Any]) -> CertificateRef:
    """The DER, or what SSLyze says of the certificate when its PEM was cut out of the export."""
    try:
        return pem_to_der(text(certificate.get("as_pem")) or "")
    except ValueError:
        subject, issuer = (text(section(certificate.get(name)).get("rfc4514_string")) for name in ("subject", "issuer"))
        serial = certificate.get("serial_number")
        stated = StatedCertificate(
            sha256=_base64_hex(text(certificate.get("fingerprint_sha256"))),
            sha1=_base64_hex(text(certificate.get("fingerprint_sha1"))),
            serial_hex=serial_hex(serial) if isinstance(serial, int) else None,
            subject_dn=subject,
            issuer_dn=issuer,
            not_before=utc(text(certificate.get("not_valid_before"))),
            not_after=utc(text(certificate.get("not_valid_after"))),
        )
        if stated == StatedCertificate():
            raise
        return stated


def _base64_hex(fingerprint: str | None) -> str | None:
    return base64.b64decode(fingerprint, validate=True).hex() if fingerprint else None


def _failure(words: str | None, otherwise: Outcome) -> tuple[Outcome, str | None]:
    """Outcome and detail from a Python traceback, whose last line names the error."""
    if not words:
        return otherwise, None
    last = words.splitlines()[-1]
    name, _, message = last.partition(":")
    return _OUTCOMES.get(name.rpartition(".")[2], otherwise), message.strip() or last


def _invalid(locator: str, target: object, observed_at: datetime | None) -> Row:
    """A target SSLyze could not start on: its name did not resolve, or it was no target at all."""
    try:
        target = section(target)
        server, message = text(target.get("server_string")) or "", text(target.get("error_message")) or ""
    except ValueError as error:
        return Reject(locator=locator, reason=str(error))
    found = re.fullmatch(r"(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?(?:\{(.*)\})?", server)
    if not found or "resolve" not in message.lower():
        return Reject(locator=locator, reason=f"SSLyze could not use this target: {message}", excerpt=server)
    host, ip = host_and_ip(found[1], found[3])
    return Probe(
        locator=locator,
        outcome="unresolvable",
        detail=message,
        host=host,
        ip=ip,
        port=int(found[2] or 443),  # SSLyze's own default
        observed_at=observed_at,
        time_basis="run",
    )


def _invalid_targets(export: Export) -> Iterator[Any]:
    try:
        with export.open() as stream:
            yield from items(stream, "invalid_server_strings.item")
    except (BrokenJsonError, *DAMAGED):
        return  # the results are read next, from the same bytes: there the break is reported, once


def _header(export: Export) -> dict[str, str]:
    """The members of the outermost object that say when and by what, from the ends of the file.

    Quotes inside a JSON text are escaped, so the pattern cannot match what a server sent.
    """
    ends = export.head + b"\n" + _tail(export)
    found = re.findall(rb'"(date_scans_(?:started|completed)|sslyze_version)"\s*:\s*"([^"\\]*)"', ends)
    return {name.decode(): value.decode("utf-8", "replace") for name, value in found}


def _tail(export: Export) -> bytes:
    tail = b""
    try:
        with export.open() as stream:
            while part := stream.read(1 << 20):
                tail = (tail + part)[-_TAIL_BYTES:]
    except DAMAGED:
        return b""  # reported where the results are read
    return tail


def _distinct(names: Iterator[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
