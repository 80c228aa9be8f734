"""What Nessus and its relatives would say of the lab's endpoints, their plugins' texts around real certificates."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.lab.provenance import Sample
from tests.lab.truth import Truth

_LABELS = {
    "2.5.4.6": "Country",
    "2.5.4.8": "State/Province",
    "2.5.4.7": "Locality",
    "2.5.4.10": "Organization",
    "2.5.4.11": "Organization Unit",
    "2.5.4.3": "Common Name",
    "1.2.840.113549.1.9.1": "Email Address",
}
_SIGNATURES = {
    "1.2.840.113549.1.1.11": "SHA-256 With RSA Encryption",
    "1.2.840.113549.1.1.5": "SHA-1 With RSA Encryption",
    "1.2.840.113549.1.1.12": "SHA-384 With RSA Encryption",
}
_OFFERED = """

Here is the list of SSL ciphers supported by the remote server :
Each group is reported per SSL Version.

SSL Version : TLSv12
  High Strength Ciphers (>= 112-bit key)

    Name                          Code             KEX           Auth     Encryption             MAC
    ----------------------        ----------       ---           ----     ---------------------  ---
    ECDHE-RSA-AES128-SHA256       0xC0, 0x2F       ECDH          RSA      AES-GCM(128)           SHA256
    ECDHE-RSA-AES128-SHA256       0xC0, 0x27       ECDH          RSA      AES-CBC(128)           SHA256
"""


@dataclass(frozen=True)
class Result:
    """What one plugin says of one port."""

    plugin: str
    name: str
    severity: int
    output: str
    host: str
    ip: str
    port: int
    service: str = "www"


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """A scan of a feed that prints PEM and one of a feed that does not, and the three dialects of CSV."""
    new = list(results(truth, ("rsa2048", "p256", "ed25519", "selfsigned", "wildcard"), armoured=True))
    old = list(results(truth, ("rsa1024", "rsa4096", "sha1", "mail"), armoured=False))
    yield _sample("scan.nessus", "a scan, plugin 10863 with PEM"), _xml(truth, new, stamps=True)
    yield _sample("old-feed.nessus", "a scan, plugin 10863 as text alone"), _xml(truth, old, stamps=False)
    yield _sample("nessus.csv", "the CSV of Nessus"), _nessus_csv(new)
    yield _sample("tenable-sc.csv", "the CSV of Tenable.sc"), _sc_csv(truth, old)
    yield _sample("tenable-io.csv", "the CSV of Tenable.io"), _io_csv(truth, [*new[:4], *old[:2]])


def _sample(name: str, what: str) -> Sample:
    return Sample(f"nessus/{name}", "the lab", f"{what}, the texts of the plugins around the lab's certificates")


def results(truth: Truth, cases: tuple[str, ...], *, armoured: bool) -> Iterator[Result]:
    for endpoint in truth.endpoints:
        if endpoint["case"] not in cases:
            continue
        leaf = truth.chain(endpoint["pem"].removesuffix(".pem"))[0]
        place: dict[str, Any] = {key: endpoint[key] for key in ("host", "ip", "port")}
        text = certificate_text(leaf, armoured=armoured)
        if endpoint["starttls"] == "smtp":
            line = f"{'-' * 30} snip {'-' * 30}"
            text = f"\nHere is the SMTP service's SSL certificate :\n\n{line}\n{text}\n{line}\n"
            yield Result("42088", "SMTP Service STARTTLS Command Support", 0, text, **place, service="smtp")
        else:
            yield Result("10863", "SSL Certificate Information", 0, text, **place)
        yield Result("56984", "SSL / TLS Versions Supported", 0, "\nThis port supports TLSv1.2/TLSv1.3.\n", **place)
        yield Result("21643", "SSL Cipher Suites Supported", 0, _OFFERED, **place)
        if endpoint["case"] == "selfsigned":
            output = f"\n|-Subject : CN={endpoint['host']}\n"
            yield Result("57582", "SSL Self-Signed Certificate", 2, output, **place)
        yield Result("22964", "Service Detection", 0, "A web server is running on this port through TLS.", **place)


def certificate_text(der: bytes, *, armoured: bool) -> str:
    """The text of plugin 10863, as far as the samples of real scans show it."""
    certificate = x509.load_der_x509_certificate(der)
    key = certificate.public_key()
    parts = [f"Subject Name: \n\n{_name(certificate.subject)}\n", f"Issuer Name: \n\n{_name(certificate.issuer)}\n"]
    parts.append(f"Serial Number: {_octets(_signed(certificate.serial_number))} \n")
    parts.append("Version: 3\n")
    signature = certificate.signature_algorithm_oid.dotted_string
    parts.append(f"Signature Algorithm: {_SIGNATURES.get(signature, signature)}\n")
    times = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    begins, ends = (f"{time:%b %d %H:%M:%S %Y} GMT" for time in times)
    parts.append(f"Not Valid Before: {begins}\nNot Valid After: {ends}\n")
    if isinstance(key, rsa.RSAPublicKey):
        modulus = _signed(key.public_numbers().n)
        wrapped = "\n            ".join(_octets(modulus[at : at + 20]) + " " for at in range(0, len(modulus), 20))
        parts.append(
            f"Public Key Info: \n\nAlgorithm: RSA Encryption\nKey Length: {key.key_size} bits\n"
            f"Public Key: {wrapped}\nExponent: 01 00 01 \n"
        )
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    told = "\n".join(f"DNS: {name}" for name in names.get_values_for_type(x509.DNSName))
    parts.append(f"Extension: Subject Alternative Name (2.5.29.17)\nCritical: 0\n{told}\n\n")
    parts.append(
        "Extension: Extended Key Usage (2.5.29.37)\nCritical: 0\n"
        "Purpose#1: Web Server Authentication (1.3.6.1.5.5.7.3.1)\n\n"
    )
    if armoured:
        sha256, sha1 = hashlib.sha256(der).digest(), hashlib.sha1(der).digest()  # noqa: S324 - what Nessus prints
        parts.append(
            f"Fingerprints : \n\nSHA-256 Fingerprint: {_octets(sha256[:20])} \n                     "
            f"{_octets(sha256[20:])} \nSHA-1 Fingerprint: {_octets(sha1)} \n\n"
        )
        body = base64.b64encode(der).decode()  # on one long line
        parts.append(f"PEM certificate : \n\n-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    return "\n".join(parts)


def _name(name: x509.Name) -> str:
    return "".join(f"{_LABELS[part.oid.dotted_string]}: {part.value}\n" for part in name)


def _signed(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1)


def _octets(data: bytes) -> str:
    return data.hex(" ").upper()


def _xml(truth: Truth, told: list[Result], *, stamps: bool) -> bytes:
    ended = truth.day + timedelta(hours=9)
    policy = "<preference><name>plugin_set</name><value>10863;56984;21643;</value></preference>\n"
    hosts = []
    for host in dict.fromkeys(result.host for result in told):
        items = [result for result in told if result.host == host]
        tags = {"HOST_END": f"{ended:%a %b %e %H:%M:%S %Y}", "host-ip": items[0].ip, "host-fqdn": host}
        if stamps:
            tags["HOST_END_TIMESTAMP"] = str(int((ended - truth.day.replace(1970, 1, 1)).total_seconds()))
        written = "".join(f"<tag name={quoteattr(name)}>{escape(value)}</tag>\n" for name, value in tags.items())
        hosts.append(
            f"<ReportHost name={quoteattr(items[0].ip)}><HostProperties>\n{written}</HostProperties>\n"
            f"{''.join(map(_item, items))}</ReportHost>\n"
        )
    return (
        '<?xml version="1.0" ?>\n<NessusClientData_v2>\n<Policy><policyName>lab</policyName>\n<Preferences>'
        f"<ServerPreferences>{policy}</ServerPreferences></Preferences></Policy>\n"
        f'<Report name="lab" xmlns:cm="http://www.nessus.org/cm">\n{"".join(hosts)}</Report>\n</NessusClientData_v2>\n'
    ).encode()


def _item(result: Result) -> str:
    attributes = {
        "port": str(result.port),
        "svc_name": result.service,
        "protocol": "tcp",
        "severity": str(result.severity),
        "pluginID": result.plugin,
        "pluginName": result.name,
        "pluginFamily": "General",
    }
    written = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
    output = f"<plugin_output>{escape(result.output)}</plugin_output>\n"
    return f"<ReportItem {written}>\n<risk_factor>None</risk_factor>\n{output}</ReportItem>\n"


def _nessus_csv(told: list[Result]) -> bytes:
    columns = "Plugin ID,CVE,CVSS,Risk,Host,Protocol,Port,Name,Synopsis,Description,Solution,See Also,Plugin Output"
    risks = ("None", "Low", "Medium")
    rows = [
        [r.plugin, "", "", risks[r.severity], r.host, "tcp", r.port, r.name, "", "", "n/a", "", r.output] for r in told
    ]
    return _csv(columns.split(","), rows, ",")


def _sc_csv(truth: Truth, told: list[Result]) -> bytes:
    columns = (
        "Plugin,Plugin Name,Family,Severity,IP Address,Protocol,Port,Exploit?,Repository,MAC Address,DNS Name,"
        "NetBIOS Name,Plugin Text,First Discovered,Last Observed"
    )
    seen = f"{truth.day:%b %e, %Y} 10:24:08 UTC".replace("  ", " ")
    rows = [
        [r.plugin, r.name, "General", ("Info", "Low", "Medium")[r.severity], r.ip, "TCP", r.port, "No", "Lab", "",
         r.host, "", f"Plugin Output: {r.output}", seen, seen]
        for r in told
    ]  # fmt: skip
    return _csv(columns.split(","), rows, ",")


def _io_csv(truth: Truth, told: list[Result]) -> bytes:
    columns = (
        "asset.display_fqdn;asset.display_ipv4_address;asset.host_name;asset.name;;definition.family;definition.id;"
        "definition.name;definition.severity;first_observed;last_seen;output;port;protocol;severity;state"
    )
    seen = f"{truth.day:%Y-%m-%d}T10:24:08.230Z"
    severities = ("Info", "Low", "Medium")
    rows = [
        [r.host, r.ip, r.host.partition(".")[0], r.host, "", "General", r.plugin, r.name, severities[r.severity], seen,
         seen, f"'\n{r.output}", r.port, "TCP", severities[r.severity], "ACTIVE"]
        for r in told
    ]  # fmt: skip
    return b"\xef\xbb\xbf" + _csv(columns.split(";"), rows, ";")


def _csv(columns: list[str], rows: list[list[Any]], delimiter: str) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerows([columns, *rows])
    return written.getvalue().encode()
