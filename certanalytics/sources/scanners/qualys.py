"""Qualys VM and VMDR: certificates, protocols, suites and findings about TLS of vulnerability scans.

Read are the XML of a host based report (ASSET_DATA_REPORT), the answers of the host detection API
(HOST_LIST_VM_DETECTION_OUTPUT), and reports as CSV. QID 86002 lists the chain of certificates as text, 38116 the
protocols and suites; other detections about TLS are findings, known by their number or by what their result says, as
titles stand at the end of the XML. There is no DER. Not read: scan results by themselves (SCAN), scorecards and
everything that is not about TLS.

CSV brings its results only if the report was set up to ("Results"). Its times are the account's, without a zone, and
taken as UTC; a date of which day and month cannot be told apart is left out. Ports that gave no certificate and the
name sent (SNI) are not told.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import unescape
from typing import TYPE_CHECKING, Any

from certanalytics.model import EndpointTls, Finding, Reject, Row, Sighting
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import csv_records, rows
from certanalytics.sources._reading.signature import Head, Signature, xml_root
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import host_and_ip, port_number, utc
from certanalytics.sources._reading.xml import xml_rows
from certanalytics.sources.scanners import _qualys_text as texts

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CERTIFICATES, _SUITES = "86002", "38116"
_SEVERITIES = {"1": "minimal", "2": "medium", "3": "serious", "4": "critical", "5": "urgent"}
_TYPES = {"ig": "information", "info": "information"}
_ABOUT_TLS = re.compile(r"\b(?:SSL|D?TLS)(?:v?\d|\b)|\bSTARTTLS\b|\bHSTS\b|\bX\.509\b")
_RESULT_OF_TLS = re.compile(r"Certificate #\d|(?:SSLv[23]|TLSv1)\S* |CIPHER\tKEY-EXCHANGE|TLS Secure Renegotiation")
# fmt: off
_QIDS = frozenset(map(str, (
    38116, 38140, 38141, 38142, 38143, 38167, 38168, 38169, 38170, 38171, 38172, 38173, 38174, 38291, 38597,
    38599, 38600, 38601, 38603, 38604, 38605, 38606, 38609, 38626, 38628, 38657, 38685, 38695, 38704, 38706,
    38717, 38718, 38794, 38863, 42012, 42350, 42366, 42430, 86137,
)))
# fmt: on
"""Detections about TLS by their number, for those of which the result does not say so."""


@source(
    "qualys-vm-xml",
    produced_by="Qualys VM / VMDR: report of host based findings as XML, or API host/vm/detection/?action=list",
    brings=("certificate", "chain", "place", "protocols"),
    signature=xml_root("ASSET_DATA_REPORT") | xml_root("HOST_LIST_VM_DETECTION_OUTPUT"),
)
def qualys_vm_xml(export: Export) -> Iterator[Row]:
    """Read the hosts of a report or of an answer of the API.

    Raises:
        DataError: The file holds entities, or is no XML from its first byte on.
    """
    readers = {
        "ASSET_DATA_REPORT/HOST_LIST/HOST": _host,
        "HOST_LIST_VM_DETECTION_OUTPUT/RESPONSE/HOST_LIST/HOST": _host,
    }
    yield from xml_rows(export, readers)


_ASSETS = frozenset({"ip", "qid", "title", "port", "protocol", "severity"})
_VMDR = frozenset({"qid", "title", "severity", "port", "protocol", "asset name", "asset ipv4"})


def _column_row(head: Head) -> bool:
    lines = csv.reader(head.text.splitlines(keepends=True)[:20])
    try:
        return any({cell.strip().casefold() for cell in row} >= names for row in lines for names in (_ASSETS, _VMDR))
    except csv.Error:
        return False


@source(
    "qualys-vm-csv",
    produced_by="Qualys VM / VMDR: report of host based findings, or VMDR vulnerabilities, downloaded as CSV",
    brings=("certificate", "chain", "place", "protocols"),
    signature=Signature("CSV with columns QID, Title, Severity, Port, Protocol and IP or Asset IPV4", _column_row),
)
def qualys_vm_csv(export: Export) -> Iterator[Row]:
    """Read the rows below the column row; the lines before it name the account and the report."""
    yield from rows(csv_records(export, ",", header_holds=("qid", "title", "port")), _csv_row)


def _host(locator: str, host: Element) -> Iterator[Row]:
    names = [host.findtext(name) for name in ("DNS", "DNS_DATA/FQDN", "NETBIOS")]
    address = host.findtext("IP") or host.findtext("IPV6")
    named = next(filter(None, (host_and_ip(name)[0] for name in names)), None)
    detections = [*host.iterfind("VULN_INFO_LIST/VULN_INFO"), *host.iterfind("DETECTION_LIST/DETECTION")]
    for number, detection in enumerate(detections, 1):
        where = f"{locator}/{detection.tag}[{number}]"
        seen = next(filter(None, map(detection.findtext, ("LAST_FOUND", "LAST_FOUND_DATETIME"))), None)
        level = _SEVERITIES.get(detection.findtext("SEVERITY") or "")
        kind = (detection.findtext("TYPE") or "").strip().lower()
        try:
            made = tuple(
                _detection(
                    where,
                    qid=(detection.findtext("QID") or "").strip(),
                    # Qualys escapes what it then puts into CDATA.
                    result=unescape(detection.findtext("RESULT") or detection.findtext("RESULTS") or "").strip("\r\n"),
                    severity=level or _TYPES.get(kind, kind) or "unknown",
                    port=detection.findtext("PORT"),
                    host=named,
                    ip=host_and_ip(None, address)[1],
                    observed_at=utc(seen),
                )
            )
        except ValueError as error:
            yield Reject(locator=where, reason=str(error), excerpt=detection.findtext("QID"))
        else:
            yield from made


def _csv_row(locator: str, row: Mapping[str, str]) -> Iterator[Row]:
    names = (row.get(name) for name in ("fqdn", "dns", "dns name", "netbios", "asset name"))
    # An asset may have several addresses, of which the detection's is not told.
    addresses = [part for part in re.split(r"[,\s]+", row.get("ip") or row.get("asset ipv4") or "") if part]
    addresses = addresses or [part for part in re.split(r"[,\s]+", row.get("asset ipv6") or "") if part]
    kind = (row.get("type") or row.get("type detected") or "").lower()
    level = _TYPES.get(kind) or _SEVERITIES.get(row["severity"]) or row["severity"].lower()
    yield from _detection(
        locator,
        qid=row["qid"],
        title=row["title"],
        result=(row.get("results") or row.get("result") or "").removeprefix("'"),
        severity=level or "unknown",
        port=row["port"],
        host=next(filter(None, (host_and_ip(name)[0] for name in names)), None),
        ip=host_and_ip(None, addresses[0])[1] if len(addresses) == 1 else None,
        observed_at=_when(row.get("last detected") or row.get("last found") or ""),
    )


def _detection(
    locator: str, *, qid: str, result: str, severity: str, port: str | None, title: str = "", **place: Any
) -> Iterator[Row]:
    if not (qid == _CERTIFICATES or qid in _QIDS or _ABOUT_TLS.search(title) or _RESULT_OF_TLS.match(result)):
        return
    place["port"] = port_number(port.strip()) or None if port and port.strip() else None  # VMDR has 0 for none
    if qid == _CERTIFICATES and result:
        yield Sighting(locator=locator, chain=texts.chain(result), kind="scan", **place)
    elif qid == _SUITES and (told := texts.offered(result)) != ((), ()):
        yield EndpointTls(locator=locator, protocols=told[0], cipher_suites=told[1], **place)
    else:
        text = ": ".join(filter(None, (title, result)))
        yield Finding(locator=locator, check_id=qid, severity=severity, text=text or None, **place)


def _when(written: str) -> datetime | None:
    """``05/25/2021 07:36:58``, ``Feb 03, 2026 07:00 AM`` or ISO 8601; ``None`` where day and month could be either."""
    if found := re.fullmatch(r"(\d{2})/(\d{2})/(\d{4})(?: (\d{2}):(\d{2})(?::(\d{2}))?)?", written):
        first, second, year, *clock = (int(part or 0) for part in found.groups())
        if first <= 12 and second <= 12 and first != second:
            return None
        month, day = (first, second) if first <= 12 else (second, first)
        written = f"{year}-{month:02}-{day:02}T{clock[0]:02}:{clock[1]:02}:{clock[2]:02}"
    try:
        return utc(written) if written[:1].isdigit() else datetime.strptime(written, "%b %d, %Y %I:%M %p")
    except ValueError:
        return None
