"""OpenVAS and the Greenbone products (GVM): certificates, protocols, suites and findings about TLS of a report.

Read are reports as GMP hands them out (``get_reports``, or the report format "XML"), of GMP and the older OMP, and the
format "CSV Results". A host's details, in XML alone, hold the leaf of each port as DER (``Cert:<SHA-256>``,
``SSLInfo``). Results show the same certificates as text, and are all there is of them in a CSV or in a report without
details; reports leave out results of level "Log" unless asked for them, among them the lists of certificates,
protocols and suites. Not read: everything that is not about TLS, the chain (the scanner keeps none), other report
formats.

In XML results carry the time they came into the database, which for an imported report is not when the host was
scanned: they get the time the scan started, a host's details that of the end of its scan. In CSV a result has the time
the scan of its host started. Whether a name was sent (SNI) is not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from certanalytics.model import (
    Alias,
    CertificateRef,
    EndpointTls,
    Finding,
    Reject,
    Row,
    Run,
    Sighting,
    StatedCertificate,
    TimeBasis,
)
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.local_dates import told_times
from certanalytics.sources._reading.records import csv_records, rows
from certanalytics.sources._reading.signature import Head, Signature, csv_columns
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import hex_digits, host_and_ip, ip_address, is_dns_name, port_number, utc
from certanalytics.sources._reading.xml import Convert, xml_rows
from certanalytics.sources.scanners._certificate_text import (
    key_algorithm,
    key_bits,
    plain_name,
    serial_of_octets,
    signature_hash,
    value_in,
)
from certanalytics.x509.containers import pem_to_der

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CERTIFICATES, _SUITES, _VERSIONS = (f"1.3.6.1.4.1.25623.1.0.{number}" for number in (103692, 802067, 105782))
_ABOUT_TLS = re.compile(r"\b(?:SSL|D?TLS)(?:v?\d|\b)|\bSTARTTLS\b|\bHSTS\b|\bX\.509\b")
_PARTS = ("report/report", "report", "get_reports_response/report/report")
_OURS = re.compile(r"<(?:gmp|omp)>|1\.3\.6\.1\.4\.1\.25623\.|<report\b[^>]{0,1000}\sformat_id=")
_FIELD = re.compile(
    r"\s*(fingerprint(?: \(SHA-(?:1|256)\))?|issued by|public key algorithm|public key size \(bits\)|serial|"
    r"signature algorithm|subject alternative names \(SAN\)|subject|valid from|valid until)[ .]*[:|]\s*(.*)"
)
_SHOWN = re.compile(r"^\s*fingerprint(?: \(SHA-(?:1|256)\))?[ .]*[:|]", re.MULTILINE)
_ACCEPTED = re.compile(r"\s*(?:No )?'[^']*' cipher suites accepted by this service via the (\S+) protocol")
_SUITE = re.compile(r"\s*((?:TLS|SSL)_?[A-Z0-9_]+)\b")
_SOCKET = re.compile(r"(?:.*\()?(\d+)/(\w+)\)?")
"""``443/tcp``, before OpenVAS 6 ``https (443/tcp)``; what is about the whole host has ``general/tcp``."""

_NO_FORMULA = re.compile(r"'[=@+-]")
"""How a CSV marks a cell that Excel would compute."""

_VERSION = re.compile(r"\s*((?:SSL|TLS|DTLS)v\d(?:\.\d)?)\s*")


def _is_report(head: Head) -> bool:
    return head.xml_root in {"report", "get_reports_response"} and bool(_OURS.search(head.text))


@source(
    "openvas-xml",
    produced_by="OpenVAS, Greenbone (GVM, GSM): report downloaded as XML, or gvm-cli get_reports details=1",
    brings=("certificate", "place", "protocols"),
    signature=Signature("XML <report> of GMP or OMP", _is_report),
)
def openvas_xml(export: Export) -> Iterator[Row]:
    """Read the results and hosts of a report.

    Raises:
        DataError: The file holds entities, or is no XML from its first byte on.
    """
    report = _Report()
    readers: dict[str, Convert] = {}
    for part in _PARTS:
        readers[f"{part}/scan_start"] = report.start
        readers[f"{part}/results/result"] = report.result
        readers[f"{part}/host"] = report.host
    yield from xml_rows(export, readers)


@source(
    "openvas-csv",
    produced_by="OpenVAS, Greenbone (GVM, GSM): report downloaded as CSV Results",
    brings=("certificate", "place", "protocols"),
    signature=csv_columns("IP", "Port", "Port Protocol", "NVT Name", "Specific Result", "NVT OID"),
)
def openvas_csv(export: Export) -> Iterator[Row]:
    """Read the results of a report, one a row."""
    results = _Results()
    yield from rows(csv_records(export), lambda locator, row: results.rows(locator, _of_row(row)))


def _of_row(row: Mapping[str, str]) -> _Result:
    said = {column: cell[1:] if _NO_FORMULA.match(cell) else cell for column, cell in row.items()}
    named, ip = host_and_ip(said.get("hostname") or said["ip"], said["ip"])
    return _Result(
        name=said["nvt name"],
        oid=said["nvt oid"] or said["nvt name"],
        severity=said.get("severity") or said.get("cvss") or "",
        description=said["specific result"],
        transport=said["port protocol"],
        place={
            "host": named,
            "ip": ip,
            "port": port_number(said["port"]) or None if said["port"].isdigit() else None,
            "observed_at": told_times({"timestamp": said.get("timestamp", "")}).get("timestamp"),
            "time_basis": "record",
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """What one test said of one port, whatever it was exported as."""

    name: str
    family: str = ""
    oid: str
    severity: str
    description: str
    transport: str
    place: Mapping[str, Any]


class _Results:
    """The results of a report, and which certificates they have shown where."""

    def __init__(self) -> None:
        self.shown: set[tuple[str | None, str | None, int | None, StatedCertificate]] = set()
        self.by_digest: set[tuple[str | None, int | None, str]] = set()

    def rows(self, locator: str, said: _Result) -> Iterator[Row]:
        if not (_ABOUT_TLS.search(said.name) or said.family == "SSL and TLS"):
            return
        if _SHOWN.search(said.description) or said.oid == _CERTIFICATES:
            yield from self._seen(locator, said)
        if said.oid == _SUITES and (offered := _suites(said.description)) != ((), ()):
            yield EndpointTls(locator=locator, protocols=offered[0], cipher_suites=offered[1], **said.place)
        elif said.oid == _VERSIONS and (versions := _versions(said.description)):
            yield EndpointTls(locator=locator, protocols=versions, **said.place)
        if said.oid not in {_CERTIFICATES, _SUITES, _VERSIONS}:
            severity = said.severity.strip().lower() or "unknown"
            text = f"{said.name}: {said.description}" if said.description else said.name
            yield Finding(locator=locator, check_id=said.oid, severity=severity, text=text, **said.place)

    def _seen(self, locator: str, said: _Result) -> Iterator[Row]:
        """The certificate of a result, unless another result has shown it there before."""
        try:
            stated = _stated(said.description)
        except ValueError as error:
            yield Reject(locator=locator, reason=str(error), excerpt=said.description[:200])
            return
        place = said.place
        here = place["host"], place["ip"], place["port"], stated
        if stated == StatedCertificate() or here in self.shown:
            return
        self.shown.add(here)
        if stated.sha256:
            self.by_digest.add((place["ip"], place["port"], stated.sha256))
        resource = f"{said.transport}/{place['port']}" if said.transport not in {"", "tcp"} else None
        yield Sighting(locator=locator, chain=(stated,), kind="scan", resource=resource, **place)


class _Report:
    """A report in XML."""

    def __init__(self) -> None:
        self.started: datetime | None = None
        self.results = _Results()

    def start(self, _: str, element: Element) -> Iterator[Row]:
        self.started = utc(element.text)
        yield Run(started_at=self.started)

    def result(self, locator: str, element: Element) -> Iterator[Row]:
        host = element.find("host")
        written = element.findtext("host") or ""
        basis: TimeBasis = "run" if self.started else "record"
        named, ip = host_and_ip((host.findtext("hostname") if host is not None else None) or written, written)
        socket = _SOCKET.fullmatch((element.findtext("port") or "").strip())
        number, transport = socket.groups() if socket else ("", "")
        nvt = element.find("nvt")
        name = " ".join((element.findtext("nvt/name") or element.findtext("name") or "").split())
        result = _Result(
            name=name,
            family=element.findtext("nvt/family") or "",
            oid=(nvt.get("oid") if nvt is not None else None) or name,
            severity=element.findtext("threat") or element.findtext("severity") or "",
            description=(element.findtext("description") or "").strip(),
            transport=transport,
            place={
                "host": named,
                "ip": ip,
                "port": port_number(number) or None if number else None,
                "observed_at": self.started or utc(element.findtext("creation_time")),
                "time_basis": basis,
            },
        )
        yield from self.results.rows(locator, result)

    def host(self, locator: str, element: Element) -> Iterator[Row]:
        details = [
            (detail.findtext("name") or "", detail.findtext("value") or "") for detail in element.findall("detail")
        ]
        ders = {
            hex_digits(name.removeprefix("Cert:")): value.removeprefix("x509:").strip()
            for name, value in details
            if name.startswith("Cert:") and value.startswith("x509:")
        }
        names = (value for name, value in details if name == "hostname")
        host, ip = host_and_ip(next(names, None), element.findtext("ip"))
        observed_at = utc(element.findtext("end")) or utc(element.findtext("start"))
        place = {"host": host, "ip": ip, "observed_at": observed_at or self.started}
        basis: TimeBasis = "record" if observed_at else "run"
        seen: set[str] = set()
        for name, value in details:
            # "443::" and the digests, "443:www.example:" where several names were asked for.
            number, _, rest = value.strip().partition(":") if name == "SSLInfo" else ("", "", "")
            vhost, _, digests = rest.partition(":")
            for digest in filter(None, (each.strip() for each in digests.split(","))):
                if number.isdigit() and not digest.startswith("["):  # "[ERROR]": the scanner could not read it
                    there = {**place, "port": port_number(number), "time_basis": basis}
                    yield from self._detail(locator, vhost, hex_digits(digest), ders, there)
                    seen.add(hex_digits(digest))
        yield from self._known(locator, {digest: der for digest, der in ders.items() if digest not in seen})

    def _detail(
        self, locator: str, vhost: str, digest: str, ders: dict[str, str], place: dict[str, Any]
    ) -> Iterator[Row]:
        """The certificate of one port; an alias alone if a result has shown it there, which then gets its DER."""
        where = f"{locator}/detail[name='SSLInfo'][{place['port']}]"
        reference: CertificateRef = StatedCertificate(sha256=digest)
        try:
            reference = pem_to_der(ders[digest]) if digest in ders else reference
        except ValueError as error:
            yield Reject(locator=where, reason=f"Cert:{digest}: {error}")
        if (place["ip"], place["port"], digest) not in self.results.by_digest:
            there = {**place, "host": vhost or place["host"]}
            yield Sighting(locator=where, chain=(reference,), kind="scan", **there)
        elif isinstance(reference, bytes):
            yield Alias(locator=where, alias=f"openvas:{digest}", certificate=reference)

    def _known(self, locator: str, ders: dict[str, str]) -> Iterable[Row]:
        for digest, written in ders.items():
            where = f"{locator}/detail[name='Cert:{digest}']"
            try:
                yield Alias(locator=where, alias=f"openvas:{digest}", certificate=pem_to_der(written))
            except ValueError as error:
                yield Reject(locator=where, reason=str(error))


def _stated(description: str) -> StatedCertificate:
    """What a text says of a certificate: ``subject | CN=...`` in newer feeds, ``subject ...: CN=...`` in older ones."""
    said: dict[str, str] = {}
    last = None
    for line in description.splitlines():
        if found := _FIELD.fullmatch(line):
            last = found[1] if found[1] not in said else None
            said.setdefault(found[1], found[2].strip())
        elif last and line.strip():
            said[last] = f"{said[last]} {line.strip()}".strip()  # wrapped
        else:
            last = None
    subject, issuer = plain_name(said.get("subject")), plain_name(said.get("issued by"))
    names = [name.strip() for name in re.split(r"[,\s]+", said.get("subject alternative names (SAN)", ""))]
    size, serial = said.get("public key size (bits)", ""), said.get("serial")
    algorithm, signature = key_algorithm(said.get("public key algorithm")), said.get("signature algorithm")
    return StatedCertificate(
        sha256=_digest(said.get("fingerprint (SHA-256)"), 32),
        sha1=_digest(said.get("fingerprint (SHA-1)") or said.get("fingerprint"), 20),  # OpenVAS 7 had no other
        serial_hex=serial_of_octets(serial) if serial and "failed" not in serial else None,
        subject_dn=subject,
        subject_cn=value_in(subject, "CN"),
        subject_o=value_in(subject, "O"),
        issuer_dn=issuer,
        issuer_cn=value_in(issuer, "CN"),
        issuer_o=value_in(issuer, "O"),
        san_dns=tuple(name for name in names if name != "None" and is_dns_name(name)),
        san_ip=tuple(filter(None, map(ip_address, names))),
        not_before=_time(said.get("valid from")),
        not_after=_time(said.get("valid until")),
        key_algorithm=algorithm,
        key_bits=key_bits(int(size) if size.isdigit() else None, algorithm),
        signature_algorithm=signature,
        signature_hash=signature_hash(signature),
    )


def _time(written: str | None) -> datetime | None:
    return utc(written.removesuffix("UTC")) if written else None


def _digest(written: str | None, octets: int) -> str | None:
    digits = hex_digits(written) if written and "failed" not in written else ""
    return digits if len(digits) == 2 * octets else None


def _suites(description: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Protocols and suites; a protocol is offered if any suite is accepted in it."""
    protocols: dict[str, None] = {}
    names: dict[str, None] = {}
    protocol = None
    for line in description.splitlines():
        if found := _ACCEPTED.match(line):
            protocol = found[1]
        elif protocol and (suite := _SUITE.match(line)):
            protocols[protocol] = None
            names[suite[1]] = None
    return tuple(protocols), tuple(names)


def _versions(description: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found[1] for line in description.splitlines() if (found := _VERSION.fullmatch(line))))
