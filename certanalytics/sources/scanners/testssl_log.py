"""testssl.sh: what it prints, kept with ``--logfile`` or from the terminal, with or without colours.

Read: the certificates by what is said of them (fingerprints, serial number, names, dates to the minute), the protocol
versions offered, and servers that gave no certificate. The certificate itself is not in a log. Not read: findings
(the JSON and the CSV have them), cipher suites, and intermediates, of which only the name is printed.

The time is that of the scanner's clock, which names no zone; it is taken as UTC. The log of one target is usually one
file; several after the other are read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from certanalytics.errors import DataError
from certanalytics.model import EndpointTls, Outcome, Probe, Reject, Row, Run, Sighting
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import host_and_ip, port_number, utc
from certanalytics.sources.scanners._testssl import NOT_OFFERED, Said, place_in, served

_COLOURS = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[()][A-Z0-9])")
_START = re.compile(r"Start (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\s+-->> \[?(\S+?)\]?:(\d{1,5}) \((.*?)\) <<--")
_NUMBERED = re.compile(r"Server Certificate #(\d+)(.*)")
_VALIDITY = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d) --> (\d{4}-\d\d-\d\d \d\d:\d\d)\)")
_FINGERPRINT = re.compile(r"\b(SHA1|SHA256) ([0-9A-F]{40}|[0-9A-F]{64})\b")
_WITHOUT_SNI = re.compile(r"\s*,?\s*\((?:CN in response to )?request w/o SNI.*|\s*\(CN in response to.*")

_LABELS = {
    "Signature Algorithm": "cert_signatureAlgorithm",
    "Server key size": "cert_keySize",
    "Serial": "cert_serialNumber",
    "Fingerprints": "",
    "Common Name (CN)": "cert_commonName",
    "subjectAltName (SAN)": "cert_subjectAltName",
    "Issuer": "cert_caIssuers",
    "Certificate Validity (UTC)": "",
}

_PROTOCOLS = {
    "SSLv2": "SSLv2",
    "SSLv3": "SSLv3",
    "TLS 1": "TLSv1.0",
    "TLS 1.1": "TLSv1.1",
    "TLS 1.2": "TLSv1.2",
    "TLS 1.3": "TLSv1.3",
}

_FAILURES: tuple[tuple[str, Outcome], ...] = (
    ("seem to be a TLS/SSL enabled server", "not tls"),
    ("OpenSSL cannot connect", "handshake failed"),
    ("Couldn't connect to", "refused"),
    ("Can't connect to", "refused"),
    ("address(es) for", "unresolvable"),
)
"""By testssl.sh's own words; it does not tell a refused connection from one that timed out."""


@dataclass(slots=True, kw_only=True)
class _Endpoint:
    """One target of the log, from its line of start on."""

    locator: str
    place: dict[str, Any]
    findings: list[Said] = field(default_factory=list)
    without_sni: set[str | None] = field(default_factory=set)
    certificate: str | None = None
    wrapped: str = ""
    tried: bool = False
    protocols: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    failure: tuple[Outcome, str] | None = None


def _is_log(head: Head) -> bool:
    return head.text.lstrip()[:1] not in {"{", "[", "<", '"'} and bool(_START.search(head.text))


@source(
    "testssl-log",
    produced_by="testssl.sh --logfile FILE, or what it prints (testssl.sh 3.0 and 3.2)",
    brings=("place", "protocols"),
    signature=Signature("text with a line 'Start <date> <time> -->> <address>:<port> (<name>) <<--'", _is_log),
)
def testssl_log(export: Export) -> Iterator[Row]:
    """Sightings, endpoints and probes in file order.

    Raises:
        DataError: Not one line can be read.
    """
    endpoint: _Endpoint | None = None
    number = 0
    try:
        with export.text() as stream:
            for number, written in enumerate(stream, 1):
                line = _COLOURS.sub("", written).rstrip()
                if found := re.match(r"## version testssl:\s+(\S+)", line):
                    yield Run(tool_version=found[1])
                elif found := _START.search(line):
                    yield from _rows(endpoint)
                    endpoint = _begun(f"line {number}", found)
                elif failure := next((means for words, means in _FAILURES if words in line), None):
                    if endpoint:
                        endpoint.failure = endpoint.failure or (failure, line.strip())
                    elif line.startswith("Fatal error"):
                        yield from _unreached(f"line {number}", failure, line)
                elif re.search(r" Done \d{4}-.* -->> ", line):
                    yield from _rows(endpoint)
                    endpoint = None
                elif endpoint:
                    _take(endpoint, f"line {number}", line)
    except DAMAGED as error:
        if not number:
            raise DataError(f"damaged ({error})", where=export.label, hint="Export it again.") from error
        yield Reject(locator=f"line {number + 1}", reason=f"damaged from here on ({error})")
    if endpoint and endpoint.failure and not endpoint.findings:
        yield from _rows(endpoint)  # a fatal error ends the run without the line of its end
    elif endpoint:
        yield from _cut(endpoint)
        yield Reject(locator=f"line {number}", reason="the file is cut short: the scan of this target has no end")


def _begun(locator: str, start: re.Match[str]) -> _Endpoint:
    day, time, address, port, name = start.groups()
    host, ip = host_and_ip(name, address)
    return _Endpoint(
        locator=locator,
        place={
            "host": host,
            "ip": ip,
            "port": port_number(port),
            "sni": host,
            "observed_at": _time(f"{day} {time}"),
        },
    )


def _time(written: str) -> datetime | None:
    try:
        return utc(written)
    except ValueError:
        return None


def _take(endpoint: _Endpoint, locator: str, line: str) -> None:
    """What one line adds to what is known of its target."""
    text = line.strip()
    label, _, value = re.sub(r"\s{2,}|(?<=^TLS 1\.[0-3])\s+", "\0", text, count=1).partition("\0")
    if found := _NUMBERED.fullmatch(text):
        endpoint.certificate, endpoint.wrapped = found[1], ""
        if "w/o SNI" in found[2]:
            endpoint.without_sni.add(found[1])
        return
    if found := re.search(r"Service set:.*STARTTLS via (\S+)", text):
        endpoint.place["starttls"] = found[1].lower()
    if label in _PROTOCOLS and line.startswith(f" {label} "):
        endpoint.tried = True
        if value.startswith("offered"):
            endpoint.protocols.append(_PROTOCOLS[label])
        elif value.startswith(NOT_OFFERED):
            endpoint.refused.append(_PROTOCOLS[label])
        return
    if label in _LABELS:
        endpoint.wrapped = label
    elif line.startswith(" " * 20):
        label, value = endpoint.wrapped, text
    else:
        endpoint.wrapped = ""
        return
    for check, finding in _findings(label, value):
        endpoint.findings.append(
            Said(
                locator=locator,
                check_id=check,
                severity="INFO",
                text=_joined(endpoint, check, finding),
                certificate=endpoint.certificate,
            )
        )


def _findings(label: str, value: str) -> Iterator[tuple[str, str]]:
    """One line in the words of the JSON."""
    if label == "Fingerprints":
        for algorithm, digest in _FINGERPRINT.findall(value):
            yield f"cert_fingerprint{algorithm}", digest
    elif label == "Certificate Validity (UTC)":
        if found := _VALIDITY.search(value):
            yield "cert_notBefore", found[1]
            yield "cert_notAfter", found[2]
    elif label == "Serial":
        if found := re.match(r"-?[0-9A-F]+\b", value):
            yield "cert_serialNumber", found[0]
    elif label == "Common Name (CN)":
        name = _WITHOUT_SNI.sub("", value).strip()
        yield "cert_commonName", "" if name.startswith("(no CN field") else name
    elif label == "Issuer":
        yield "cert_caIssuers", "" if value.startswith("self-signed") else value
    elif label == "subjectAltName (SAN)":
        yield "cert_subjectAltName", value
    elif label in _LABELS:
        yield _LABELS[label], value


def _joined(endpoint: _Endpoint, check: str, text: str) -> str:
    """A list of names goes on in the next line."""
    if check != "cert_subjectAltName":
        return text
    before = [
        said.text for said in endpoint.findings if said.check_id == check and said.certificate == endpoint.certificate
    ]
    return f"{before[-1]} {text}" if before else text


def _rows(endpoint: _Endpoint | None) -> Iterator[Row]:
    """Everything a target said that was scanned to its end."""
    if endpoint is None:
        return
    seen = False
    for row in _sightings(endpoint):
        seen = seen or isinstance(row, Sighting)
        yield row
    if not seen and endpoint.failure:
        outcome, detail = endpoint.failure
        yield Probe(locator=endpoint.locator, outcome=outcome, detail=detail, **endpoint.place)
    if endpoint.tried:
        yield EndpointTls(
            locator=endpoint.locator,
            protocols=tuple(endpoint.protocols),
            refused=tuple(endpoint.refused),
            **endpoint.place,
        )


def _cut(endpoint: _Endpoint) -> Iterator[Row]:
    """Of a target whose scan breaks off, the certificates that are followed by another."""
    endpoint.findings = [said for said in endpoint.findings if said.certificate != endpoint.certificate]
    yield from _sightings(endpoint)


def _sightings(endpoint: _Endpoint) -> Iterator[Row]:
    numbers = dict.fromkeys(said.certificate for said in endpoint.findings)
    for number in numbers:
        place = endpoint.place if number not in endpoint.without_sni else {**endpoint.place, "sni": None}
        for found in served(said for said in endpoint.findings if said.certificate == number):
            if isinstance(found, Reject):
                yield found
            else:
                yield Sighting(locator=found.locator, chain=found.chain, kind="scan", **place)


def _unreached(locator: str, outcome: Outcome, line: str) -> Iterator[Row]:
    """A target that never got its line of start."""
    host, ip, port = place_in(line)
    if host or ip:
        yield Probe(locator=locator, outcome=outcome, detail=line, host=host, ip=ip, port=port, sni=host)
