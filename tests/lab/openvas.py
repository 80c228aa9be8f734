"""What Greenbone reports would say of the lab's endpoints: results as text, and hosts with the certificates as DER."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from cryptography import x509

from tests.lab.provenance import Sample
from tests.lab.staff import written_csv
from tests.lab.truth import Truth

_OID = "1.3.6.1.4.1.25623.1.0."
_SUITES = """'Strong' cipher suites accepted by this service via the TLSv1.2 protocol:

TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384

No 'Medium' cipher suites accepted by this service via the TLSv1.2 protocol

No 'Weak' cipher suites accepted by this service via the TLSv1.2 protocol
"""


_CSV = (
    *("IP", "Hostname", "Port", "Port Protocol", "CVSS", "Severity", "QoD", "Solution Type", "NVT Name", "Summary"),
    *("Specific Result", "NVT OID", "CVEs", "Task ID", "Task Name", "Timestamp", "Result ID", "Impact", "Solution"),
    *("Affected Software/OS", "Vulnerability Insight", "Vulnerability Detection Method", "Product Detection Result"),
    *("BIDs", "CERTs", "Other References"),
)


@dataclass(frozen=True)
class _Result:
    endpoint: dict[str, Any]
    number: str
    name: str
    threat: str
    description: str


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """A report with log results and details of the hosts, one with neither, in the older words, and one as CSV."""
    how = "in the shape of a GMP report around the lab's certificates: "
    yield Sample("openvas/report.xml", "the lab", f"{how}results and host details"), _report(truth, details=True)
    yield Sample("openvas/results.xml", "the lab", f"{how}results alone, an older feed"), _report(truth, details=False)
    how = "in the shape of the format CSV Results around the lab's certificates"
    yield Sample("openvas/results.csv", "the lab", how), _csv(truth)


def _results(truth: Truth, cases: Iterable[str], *, old: bool) -> Iterator[_Result]:
    for endpoint in truth.endpoints:
        if endpoint["case"] not in cases:
            continue
        text = _text(truth.chain(endpoint["pem"].removesuffix(".pem"))[0], old=old)
        if old:
            said = f"The certificate expired.\n\n{text}"
            yield _Result(endpoint, "103955", "SSL/TLS: Certificate Expired", "Medium", said)
        else:
            yield _Result(endpoint, "103692", "SSL/TLS: Collect and Report Certificate Details", "Log", text)
            yield _Result(endpoint, "802067", "SSL/TLS: Report Supported Cipher Suites", "Log", _SUITES)


def _csv(truth: Truth) -> bytes:
    rows = []
    shown = (*_results(truth, ("rsa2048", "p384"), old=False), *_results(truth, ("expired",), old=True))
    for number, each in enumerate(shown):
        place = each.endpoint["ip"], each.endpoint["host"], each.endpoint["port"], "tcp"
        told = "5.0" if each.threat == "Medium" else "0.0", each.threat, "98", "Mitigation", each.name, "Of the lab."
        task = "a6a3bd9e-0a7c-4f1e-9d2b-3a5d4f6b7c81", "lab", f"{truth.day:%Y-%m-%d}T09:00:00+01:00"
        result = f"5d4c3b2a-0000-4000-8000-{number:012}", "", "", "", "", f"\nDetails:\n{each.name}\n", "", "", "", ""
        rows.append((*place, *told, f"{each.description}\n", f"{_OID}{each.number}", "", *task, *result))
    return written_csv(_CSV, rows)


def _report(truth: Truth, *, details: bool) -> bytes:
    cases = ("rsa2048", "p384", "oddname", "longvalid") if details else ("expired",)
    day = f"{truth.day:%Y-%m-%d}"
    results = [
        f"<result><name>{each.name}</name><creation_time>{day}T09:00:00Z</creation_time>"
        f"<host>{each.endpoint['ip']}<asset asset_id=''/><hostname>{each.endpoint['host']}</hostname></host>"
        f"<port>{each.endpoint['port']}/tcp</port><nvt oid='{_OID}{each.number}'><type>nvt</type>"
        f"<name>{each.name}</name><family>SSL and TLS</family></nvt><threat>{each.threat}</threat>"
        f"<severity>0.0</severity><description>{escape(each.description)}</description></result>\n"
        for each in _results(truth, cases, old=not details)
    ]
    hosts = []
    for endpoint in truth.endpoints:
        if endpoint["case"] not in cases:
            continue
        der = truth.chain(endpoint["pem"].removesuffix(".pem"))[0]
        digest = hashlib.sha256(der).hexdigest().upper()
        found = {
            f"Cert:{digest}": f"x509:{base64.b64encode(der).decode()}",
            "SSLInfo": f"{endpoint['port']}::{digest}",
            "hostname": endpoint["host"],
        }
        told = "".join(f"<detail><name>{name}</name><value>{value}</value></detail>\n" for name, value in found.items())
        hosts.append(
            f"<host><ip>{endpoint['ip']}</ip><start>{day}T08:00:00Z</start><end>{day}T09:30:00Z</end>{told}</host>\n"
        )
    return (
        "<report id='c827dcd6-b6e5-4106-bdb7-94213b500669' format_id='a994b278-1f62-11e1-96ac-406186ea4fc5' "
        "content_type='text/xml'><name>lab</name>\n<report id='39f62b85-f870-4ccc-a052-3dc57e315016'>"
        f"<gmp><version>22.4</version></gmp><scan_start>{day}T08:00:00Z</scan_start>\n"
        f"<results start='1' max='-1'>\n{''.join(results)}</results>\n{''.join(hosts) if details else ''}"
        f"<scan_end>{day}T10:00:00Z</scan_end></report></report>\n"
    ).encode()


def _text(der: bytes, *, old: bool) -> str:
    """The certificate's part of a result, as feeds before and since about 2021 write it."""
    certificate = x509.load_der_x509_certificate(der)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    serial = certificate.serial_number
    said = {
        "fingerprint (SHA-1)": hashlib.sha1(der).hexdigest().upper(),  # noqa: S324 - what the scanner prints
        "fingerprint (SHA-256)": hashlib.sha256(der).hexdigest().upper(),
        "issued by": certificate.issuer.rfc4514_string(),
        "serial": serial.to_bytes(serial.bit_length() // 8 + 1).hex().upper(),
        "subject": certificate.subject.rfc4514_string(),
        "subject alternative names (SAN)": ", ".join(names.get_values_for_type(x509.DNSName)),
        "valid from": f"{certificate.not_valid_before_utc:%Y-%m-%d %H:%M:%S} UTC",
        "valid until": f"{certificate.not_valid_after_utc:%Y-%m-%d %H:%M:%S} UTC",
    }
    if old:
        lines = [f"{label} ...: {value}" for label, value in said.items()]
    else:
        lines = [f"{label:<31} | {value}" for label, value in said.items()]
    return "Certificate details:\n" + "\n".join(lines) + "\n"
