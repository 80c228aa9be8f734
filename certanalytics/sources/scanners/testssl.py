"""testssl.sh: the pretty JSON, the flat JSON and the CSV say the same things, one finding after the other.

A finding has an identifier, a severity and a text; what belongs together is told by order. The findings
about one endpoint stand in one block, and within it a second certificate has its number behind the
identifier: ``cert_notAfter <cert#2>`` in 3.0, ``<hostCert#2>`` in 3.2.

Read: the certificate (3.0 gives the leaf only, 3.2 the intermediates too), the protocol versions, cipher
suites and groups offered, every endpoint that gave no certificate, and each finding of severity LOW or
worse, or that warns. Not read: HTML; logs are another source (`testssl_log`).

Only the pretty JSON says when the run started. In it a host that could not be reached has lost its name
(testssl.sh writes the address alone, or of a name without address the name). Which of several certificates a client
without SNI got is not said; testssl.sh adds such a one only if it is for the same host. A run with ``--severity``
leaves out what is in order: what an endpoint offered cannot be told from the rest.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from certanalytics.model import EndpointTls, Finding, Outcome, Probe, Reject, Row, Run, Sighting
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.json import items
from certanalytics.sources._reading.records import Record, csv_records, json_records, section, text
from certanalytics.sources._reading.reports import SEVERAL, read_through
from certanalytics.sources._reading.signature import csv_columns, json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import from_epoch, host_and_ip, port_number
from certanalytics.sources.scanners._testssl import NOT_OFFERED, Said, place_in, said, served

_PROTOCOLS = {
    "SSLv2": "SSLv2",
    "SSLv3": "SSLv3",
    "TLS1": "TLSv1.0",
    "TLS1_1": "TLSv1.1",
    "TLS1_2": "TLSv1.2",
    "TLS1_3": "TLSv1.3",
}

_TARGETS = ("targetHost", "target host")
"""What the target is called in the pretty JSON; the second until 3.0rc2."""

_GROUPS = ("FS_KEMs", "FS_ECDHE_curves", "PFS_ECDHE_curves", "DH_groups")

# What testssl.sh writes of a service it reached through STARTTLS; all others are in capitals.
_STARTTLS = frozenset(
    {
        "ftp",
        "smtp",
        "lmtp",
        "pop3",
        "imap",
        "sieve",
        "xmpp",
        "xmpp-server",
        "telnet",
        "ldap",
        "nntp",
        "postgres",
        "mysql",
    }
)

_REPORTED = frozenset({"LOW", "MEDIUM", "HIGH", "CRITICAL", "WARN", "FATAL"})

_PROBLEMS = frozenset({("scanProblem", "FATAL"), ("optimal_proto", "WARN")})
_NO_CERTIFICATE = (
    "Client problem: No server certificate could be retrieved",
    "Client problem: We need openssl supporting TLS 1.3",
)
"""What says that there was TLS, and no certificate to be had."""

# By testssl.sh's own words, first match; it does not tell a refused connection from one that timed out.
_OUTCOMES: tuple[tuple[str, Outcome], ...] = (
    ("seem to be a TLS/SSL enabled server", "not tls"),
    ("No STARTTLS", "not tls"),
    ("timed out", "timeout"),
    ("timeout", "timeout"),
    ("resolve", "unresolvable"),
    ("IPv4/IPv6 address", "unresolvable"),
    ("IP address", "unresolvable"),
    ("OpenSSL cannot connect", "handshake failed"),
    ("openssl cannot connect", "handshake failed"),
    ("handshake failed", "handshake failed"),
    ("connect to", "refused"),
    ("TCP connect problem", "refused"),
)


@dataclass(slots=True, kw_only=True)
class _Endpoint:
    """The block of findings about one endpoint, or about none (``host``, ``ip`` and ``port`` empty)."""

    host: str | None = None
    ip: str | None = None
    port: int | None = None
    service: str | None = None
    observed_at: datetime | None = None
    findings: list[Said] = field(default_factory=list)
    cut: bool = False
    """The export breaks off within this block: what it does not say may still have been so."""


@source(
    "testssl-json",
    produced_by="testssl.sh --jsonfile FILE (testssl.sh 3.0; 3.2 by its own source)",
    brings=("certificate", "place", "protocols"),
    signature=json_paths("item.id", "item.ip", "item.port", "item.severity", "item.finding")
    | json_paths("id", "ip", "port", "severity", "finding"),
)
def testssl_json(export: Export) -> Iterator[Row]:
    """Sightings, endpoints, probes and findings, from an array or one a line; it says neither version nor time.

    Raises:
        DataError: Not one finding can be read.
    """
    return _flat(json_records(export), "ip")


_COLUMNS = ("id", "fqdn/ip", "port", "severity", "finding")


@source(
    "testssl-csv",
    produced_by="testssl.sh --csvfile FILE (testssl.sh 3.0 and 3.2)",
    brings=("certificate", "place", "protocols"),
    signature=csv_columns(*_COLUMNS),
)
def testssl_csv(export: Export) -> Iterator[Row]:
    """The same as the flat JSON; header lines of files put together are passed over.

    Raises:
        DataError: The file is damaged before its first row.
    """
    return _flat((record for record in csv_records(export) if not _is_header(record)), "fqdn/ip")


@source(
    "testssl-json-pretty",
    produced_by="testssl.sh --jsonfile-pretty FILE (testssl.sh 3.0; 3.2 by its own source)",
    brings=("certificate", "place", "protocols"),
    signature=json_paths("Invocation", "scanResult", "startTime")
    | json_paths("Invocation", "at", "scanResult.item.targetHost"),  # keys sorted: the time comes last
)
def testssl_json_pretty(export: Export) -> Iterator[Row]:
    """The same, with the time the run started on every row.

    Raises:
        DataError: Not one host can be read.
    """
    reports, ends = read_through(export, "startTime")
    header = dict(re.findall(r'"(version|startTime)"\s*:\s*"([^"\\]*)"', ends))
    version, start = (header.get(name, "").strip() for name in ("version", "startTime"))
    try:
        started = from_epoch(float(start)) if start else None
    except ValueError as error:
        started = None
        yield Reject(locator="startTime", reason=str(error), excerpt=start)
    if started and reports > 1:
        started = None
        yield Reject(locator="startTime", reason=SEVERAL)
    yield Run(tool_version=version.partition(" ")[0] or None, started_at=started)
    for record in chain(_client_problems(export), json_records(export, "scanResult")):
        if isinstance(record, Reject):
            yield record
            continue
        locator, result = record
        endpoint = _Endpoint(observed_at=started)
        target = next((name for name in _TARGETS if name in result), None)
        try:
            if target:
                # With --mx the target is the domain, and the server its mail exchanger.
                name = text(result.get("hostname")) or text(result[target])
                endpoint.host, endpoint.ip = host_and_ip(name, text(result.get("ip")))
                endpoint.port = port_number(result["port"])
                endpoint.service = text(result.get("service"))
        except (KeyError, TypeError, ValueError) as error:
            yield Reject(locator=locator, reason=f"not a place: {error}")
            continue
        listed = _listed(locator, result) if target else ((locator, result),)
        for where, finding in listed:
            try:
                endpoint.findings.append(said(where, finding))
            except ValueError as error:
                yield Reject(locator=where, reason=f"not a finding: {error}")
        yield from _rows(endpoint)


def _client_problems(export: Export) -> Iterator[Record]:
    """What 3.2 complains of before the scan begins, in members of its own that stand before ``scanResult``."""
    for name in dict.fromkeys(re.findall(rb'"(clientProblem\d+)"\s*:\s*\[', export.head)):
        try:
            for number, finding in enumerate(items(io.BytesIO(export.head), f"{name.decode()}.item")):
                yield f"{name.decode()}[{number}]", section(finding)
        except ValueError:
            continue  # the head is cut by design; a real break is reported with the results


def _listed(locator: str, result: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, findings in result.items():
        if isinstance(findings, list):
            for number, finding in enumerate(findings):
                yield f"{locator}.{name}[{number}]", finding


def _flat(records: Iterable[Record | Reject], place_column: str) -> Iterator[Row]:
    """Rows of a table of findings; consecutive ones about the same place are one endpoint."""
    endpoint, place = _Endpoint(), None
    for record in records:
        endpoint.cut = isinstance(record, Reject)
        if isinstance(record, Reject):
            yield record
            continue
        locator, fields = record
        try:
            finding = said(locator, fields)
            here = (text(fields.get(place_column)) or "", port_number(text(fields["port"]) or 0))
        except (KeyError, TypeError, ValueError) as error:
            yield Reject(locator=locator, reason=f"not a finding: {error}")
            continue
        # The same target scanned twice in a row, into one file, begins again with its service.
        again = finding.check_id == "service" and any(earlier.check_id == "service" for earlier in endpoint.findings)
        if here != place or again:
            yield from _rows(endpoint)
            place = here
            name, _, address = here[0].rpartition("/") if "/" in here[0] else (here[0], "", "")
            host, ip = host_and_ip(name, address)
            endpoint = _Endpoint(host=host, ip=ip, port=(here[1] or None) if host or ip else None)
        endpoint.findings.append(finding)
    yield from _rows(endpoint)


def _is_header(record: Record | Reject) -> bool:
    return not isinstance(record, Reject) and (record[1].get("id"), record[1].get("severity")) == ("id", "severity")


def _rows(endpoint: _Endpoint) -> Iterator[Row]:
    """Everything one block of findings says."""
    if not endpoint.findings:
        return
    first = endpoint.findings[0]
    by_check = {finding.check_id: finding.text for finding in endpoint.findings}
    host, ip, port = endpoint.host, endpoint.ip, endpoint.port
    told = by_check.get("scanProblem") or by_check.get("optimal_proto", "")
    if not (host or ip):
        host, ip, port = place_in(told)
    time: dict[str, Any] = {
        "observed_at": endpoint.observed_at,
        "time_basis": "run" if endpoint.observed_at else "record",
    }
    place: dict[str, Any] = {"host": host, "ip": ip, "port": port, **time}
    service = endpoint.service or by_check.get("service")
    tls_place = {**place, "sni": host, "starttls": service if service in _STARTTLS else None}

    seen = False
    for certificate in served(endpoint.findings):
        if isinstance(certificate, Reject):
            yield certificate
        elif isinstance(certificate.chain[0], bytes) or not endpoint.cut:
            seen = True
            yield Sighting(locator=certificate.locator, chain=certificate.chain, kind="scan", **tls_place)
    if not (seen or endpoint.cut) and (host or ip):
        for finding in endpoint.findings:
            if (finding.check_id, finding.severity) in _PROBLEMS or finding.text.startswith(_NO_CERTIFICATE):
                outcome: Outcome = next(
                    (means for words, means in _OUTCOMES if words in finding.text), "no certificate"
                )
                yield Probe(locator=finding.locator, outcome=outcome, detail=finding.text or None, **tls_place)
                break
    offered = _offered(endpoint.findings)
    enumerated = any(finding.check_id in _PROTOCOLS for finding in endpoint.findings) or any(offered.values())
    is_whole = any(finding.severity not in _REPORTED for finding in endpoint.findings)  # else ``--severity`` cut it
    if enumerated and is_whole and not endpoint.cut:
        yield EndpointTls(locator=first.locator, **offered, **tls_place)
    for finding in endpoint.findings:
        if finding.severity in _REPORTED:
            yield Finding(
                locator=finding.locator,
                check_id=finding.check_id,
                severity=finding.severity.lower(),
                text=finding.text or None,
                **place,
            )


def _offered(findings: Iterable[Said]) -> dict[str, Any]:
    """Protocols, suites and groups, each once; suites by their IANA names where testssl.sh gives them."""
    protocols: list[str] = []
    refused: list[str] = []
    suites: list[str] = []
    groups: list[str] = []
    for finding in findings:
        if finding.check_id in _PROTOCOLS and finding.text.startswith(("offered", "supported", "vulnerable with")):
            protocols.append(_PROTOCOLS[finding.check_id])
        elif finding.check_id in _PROTOCOLS and finding.text.startswith(NOT_OFFERED):
            refused.append(_PROTOCOLS[finding.check_id])
        elif finding.check_id.startswith("cipher-") and (
            name := re.search(r"\b(?:TLS|SSL)_[A-Z0-9_]+\s*$", finding.text)
        ):
            suites.append(name[0].strip())
        elif finding.check_id in _GROUPS:
            groups.extend(word for word in finding.text.split() if re.fullmatch(r"[A-Za-z]+\d\w*", word))
    return {
        "protocols": tuple(dict.fromkeys(protocols)),
        "refused": tuple(version for version in dict.fromkeys(refused) if version not in protocols),
        "cipher_suites": tuple(dict.fromkeys(suites)),
        "groups": tuple(dict.fromkeys(groups)),
    }
