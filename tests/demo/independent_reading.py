"""What the demo's exports say, read without the package: the oracle for its truth table.

Nothing here imports certanalytics. Files are opened by their names, formats read with the standard
library, certificates with `cryptography`.
"""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import json
import re
import struct
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import zstandard
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

Observed = dict[str, tuple[datetime, bytes]]
"""Endpoint to when it was last seen, and the certificate it served."""


class Entry(NamedTuple):
    """One log entry, cut by RFC 6962 section 3.4."""

    is_precert: bool
    certificate: bytes
    chain: list[bytes]
    issuer_key_hash: bytes
    tbs: bytes


class Exports:
    """The exports below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def sslyze(self) -> list[dict[str, Any]]:
        """Every sslyze document, oldest first."""
        documents = [json.loads(data) for _, data in contents(self.folder / "scans" / "sslyze")]
        return sorted(documents, key=lambda document: document["date_scans_started"])

    @cached_property
    def nmap(self) -> list[ET.Element]:
        """Every nmap document, oldest first."""
        documents = [ET.fromstring(data) for _, data in contents(self.folder / "scans" / "nmap")]  # noqa: S314
        return sorted(documents, key=lambda document: int(document.attrib["start"]))

    @cached_property
    def testssl_csv(self) -> dict[str, list[dict[str, str]]]:
        """The rows of every testssl.sh CSV by the name of its file."""
        return {
            path.name: list(csv.DictReader(io.StringIO(path.read_text(), newline="")))
            for path in sorted((self.folder / "scans" / "testssl").glob("*.csv"))
        }

    @cached_property
    def testssl(self) -> list[dict[str, str]]:
        """Every finding of testssl.sh, the place under ``ip`` as in its JSON."""
        rows = [{**row, "ip": row["fqdn/ip"]} for rows in self.testssl_csv.values() for row in rows]
        for path in sorted((self.folder / "scans" / "testssl").glob("*.json")):
            rows += json.loads(path.read_text())
        return rows

    @cached_property
    def served(self) -> list[tuple[datetime, str, bytes]]:
        """Every leaf certificate a scan saw: when, at which endpoint, DER."""
        return [*self._sslyze_leaves(), *self._nmap_leaves()]

    @cached_property
    def latest(self) -> Observed:
        """What each endpoint served when it was last seen."""
        latest: Observed = {}
        for time, endpoint, der in self.served:
            if endpoint not in latest or latest[endpoint][0] < time:
                latest[endpoint] = (time, der)
        return latest

    @cached_property
    def entries(self) -> list[Entry]:
        """Every log entry."""
        pages = [json.loads(data) for _, data in contents(self.folder / "ct" / "logs")]
        return [_cut(entry) for page in pages for entry in page["entries"]]

    @cached_property
    def report(self) -> list[dict[str, str]]:
        """The order report."""
        ((_, data),) = [each for each in contents(self.folder / "ca") if each[0].endswith(".csv")]
        return list(csv.DictReader(io.StringIO(data.decode(), newline="")))

    @cached_property
    def certificates(self) -> dict[str, x509.Certificate]:
        """Every final certificate a scan saw or a log holds, by SHA-256."""
        ders = {each for _, _, each in self.served} | {each.certificate for each in self.entries if not each.is_precert}
        return {sha256(each): x509.load_der_x509_certificate(each) for each in sorted(ders)}

    @cached_property
    def logged(self) -> set[str]:
        """SHA-256 of every final certificate in the logs."""
        return {sha256(entry.certificate) for entry in self.entries if not entry.is_precert}

    @cached_property
    def venafi(self) -> list[dict[str, Any]]:
        """What the certificate manager keeps."""
        found: list[dict[str, Any]] = json.loads((self.folder / "managers/venafi/certificates.json").read_text())
        return found

    @cached_property
    def caddy(self) -> list[bytes]:
        """The certificates in Caddy's storage."""
        files = [data for name, data in contents(self.folder / "files" / "caddy") if name.endswith(".crt")]
        return [unarmoured(data.decode().partition("-----END")[0] + "-----END CERTIFICATE-----") for data in files]

    @cached_property
    def balanced(self) -> list[tuple[str, str]]:
        """What the load balancer is set up to serve: SHA-256 of the certificate, address and port."""
        text = (self.folder / "managers" / "f5" / "tmsh-list.txt").read_text()
        digests = re.findall(r"^sys file ssl-cert /Common/(\S+)\.crt \{.*?SHA256/(\S+)", text, re.MULTILINE | re.DOTALL)
        places = re.findall(r"^ltm virtual /Common/vs_(\S+) \{\s+destination /Common/(\S+)", text, re.MULTILINE)
        fingerprints = {name: digest.replace(":", "").lower() for name, digest in digests}
        return [(fingerprints[name], place) for name, place in places]

    @cached_property
    def recorded(self) -> set[str]:
        """SHA-256 of what the portal, the certificate manager, Caddy or the load balancer knows."""
        ordered = {row["thumbprint"].lower() for row in self.report}
        ordered |= {each["CertificateDetails"]["Thumbprint"].lower() for each in self.venafi}
        known = {each for each, certificate in self.certificates.items() if sha1(certificate) in ordered}
        return known | {sha256(each) for each in self.caddy} | {each for each, _ in self.balanced}

    @cached_property
    def in_service(self) -> dict[str, list[str]]:
        """Endpoints of each certificate in service: what an endpoint served last, and not long ago."""
        newest = max(time for time, _ in self.latest.values())
        found: dict[str, list[str]] = {}
        for endpoint, (time, each) in sorted(self.latest.items()):
            if time >= newest - timedelta(days=43):
                found.setdefault(sha256(each), []).append(endpoint)
        return found

    @cached_property
    def owners(self) -> list[dict[str, str]]:
        """The ownership list."""
        return list(csv.DictReader(io.StringIO((self.folder / "cmdb" / "owners.csv").read_text())))

    def table(self, name: str) -> list[dict[str, Any]]:
        """One ServiceNow table."""
        result: list[dict[str, Any]] = json.loads((self.folder / "cmdb" / f"{name}.json").read_text())["result"]
        return result

    def _sslyze_leaves(self) -> Iterator[tuple[datetime, str, bytes]]:
        for document in self.sslyze:
            time = datetime.fromisoformat(document["date_scans_started"]).replace(tzinfo=None)
            for result in document["server_scan_results"]:
                if result["scan_result"]:
                    location = result["server_location"]
                    (deployment,) = result["scan_result"]["certificate_info"]["result"]["certificate_deployments"]
                    pem = deployment["received_certificate_chain"][0]["as_pem"]
                    yield time, f"{location['hostname']}:{location['port']}", unarmoured(pem)

    def _nmap_leaves(self) -> Iterator[tuple[datetime, str, bytes]]:
        for document in self.nmap:
            for host in document.iter("host"):
                name = host.find("hostnames/hostname")
                address = host.find("address")
                assert address is not None
                place = name.attrib["name"] if name is not None else address.attrib["addr"]
                time = datetime.fromtimestamp(int(host.attrib["endtime"]), UTC).replace(tzinfo=None)
                for port in host.iter("port"):
                    pem = port.findtext("script[@id='ssl-cert']/elem[@key='pem']")
                    if pem:
                        yield time, f"{place}:{port.attrib['portid']}", unarmoured(pem)


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, unpacked, with its name."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.suffix == ".zip":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield from ((name, archive.read(name)) for name in archive.namelist())
        elif path.suffix == ".gz":
            yield path.stem, gzip.decompress(data)
        elif path.suffix == ".zst":
            yield path.stem, zstandard.ZstdDecompressor().decompress(data)
        else:
            yield path.name, data


def unarmoured(pem: str) -> bytes:
    """The DER in one PEM block."""
    body = pem.replace("-----BEGIN CERTIFICATE-----", "").replace("-----END CERTIFICATE-----", "")
    return base64.b64decode("".join(body.split()), validate=True)


def sha256(der: bytes) -> str:
    """SHA-256 of a certificate, as the truth table has it."""
    return hashlib.sha256(der).hexdigest()


def sha1(certificate: x509.Certificate) -> str:
    """SHA-1 of a certificate, which managers call its thumbprint."""
    return certificate.fingerprint(hashes.SHA1()).hex()  # noqa: S303  # not to trust it, but to find it


def organisation(name: x509.Name) -> str:
    """The organisation in a name."""
    return str(name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value)


def dns_names(certificate: x509.Certificate) -> tuple[str, ...]:
    """The DNS names of a certificate, sorted; its common name where it has no alternative names."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return (common_name(certificate),)
    return tuple(sorted(names.get_values_for_type(x509.DNSName)))


def common_name(certificate: x509.Certificate) -> str:
    """The subject's common name."""
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def ends(certificate: x509.Certificate) -> datetime:
    """The end of a certificate, naive UTC."""
    return certificate.not_valid_after_utc.replace(tzinfo=None)


def begins(certificate: x509.Certificate) -> datetime:
    """The beginning of a certificate, naive UTC."""
    return certificate.not_valid_before_utc.replace(tzinfo=None)


def _cut(entry: dict[str, str]) -> Entry:
    leaf, extra = base64.b64decode(entry["leaf_input"]), base64.b64decode(entry["extra_data"])
    version, leaf_type, _, entry_type = struct.unpack_from(">BBQH", leaf)
    assert (version, leaf_type) == (0, 0)
    if entry_type == 0:
        certificate, rest = _take(leaf[12:])
        assert rest == b"\0\0"
        return Entry(False, certificate, _chain(extra), b"", b"")
    tbs, rest = _take(leaf[44:])
    assert (entry_type, rest) == (1, b"\0\0")
    certificate, extra = _take(extra)
    return Entry(True, certificate, _chain(extra), leaf[12:44], tbs)


def _chain(extra: bytes) -> list[bytes]:
    chain, rest = _take(extra)
    assert rest == b""
    certificates = []
    while chain:
        certificate, chain = _take(chain)
        certificates.append(certificate)
    return certificates


def _take(data: bytes) -> tuple[bytes, bytes]:
    size = int.from_bytes(data[:3], "big")
    assert len(data) >= 3 + size
    return data[3 : 3 + size], data[3 + size :]
