"""The certificates in an export, found without any of the package's code: the other opinion in the tests."""

from __future__ import annotations

import base64
import binascii
import gzip
import hashlib
import html
import json
import re
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import zstandard

_PEM = re.compile(
    rb"-----BEGIN (?P<kind>(?:X509 |TRUSTED )?CERTIFICATE|PKCS7|CMS)-----(?P<body>.*?)-----END (?P=kind)-----",
    re.DOTALL,
)
_NEWLINES_IN_DISGUISE = re.compile(rb"\\r|\\n|\s")
_DER_IN_BASE64 = re.compile(rb"(?<![A-Za-z0-9+/])MII[A-Za-z0-9+/]{200,}={0,2}")


def unpacked(path: Path) -> dict[str, bytes]:
    """The content of a file, or of every member of an archive, by member name (empty if it is none)."""
    data = path.read_bytes()
    with suppress(tarfile.TarError), tarfile.open(fileobj=BytesIO(data)) as archive:  # compressed or not
        files = ((info, archive.extractfile(info)) for info in archive if info.isreg())
        return {info.name: file.read() for info, file in files if file}
    if data.startswith(b"\x1f\x8b"):
        return {"": gzip.decompress(data)}
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        return {"": zstandard.ZstdDecompressor().decompressobj().decompress(data)}
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    return {"": data}


def certificates(source: str, data: bytes) -> set[str]:
    """SHA-256 of every certificate a source of this name has to bring out of this content.

    SSLyze repeats chains it built itself, which nobody served, so only the chains it received count.
    """
    if source in {"sslyze-json", "sslyze-json-3"}:
        found = (pem for chain in _received(json.loads(data)) for pem in chain)
        ders = [der for pem in found for der in _armoured(pem.encode())]
    elif source == "ssllabs-json":  # it keeps those of the paths it built itself beside those served
        served = set(_served(json.loads(data)))
        ders = [der for der in _armoured(data) if not served or hashlib.sha256(der).hexdigest() in served]
    elif source == "ct-get-entries":
        response = json.loads(data)
        entries = response if isinstance(response, list) else response.get("entries", [response])
        ders = list(_logged(entries))
    elif source == "sslyze-xml":
        ders = list(_armoured(re.sub(rb"(?s)<verifiedCertificateChain.*?</verifiedCertificateChain>", b"", data)))
    elif source == "venafi-retrieve-json":
        held = [base64.b64decode(found) for found in re.findall(rb'"CertificateData": *"([^"]+)"', data)]
        ders = [der for content in held for der in (*_armoured(content), *_binary(content))]
    elif source == "static-ct-data-tile":
        ders = list(_tile(data))
    elif source == "certwatch-csv":
        ders = [bytes.fromhex(found[1].decode()) for found in re.finditer(rb"\\x([0-9a-f]+)", data)]
    elif source == "nss-certdata":
        values = re.findall(rb"CKA_VALUE MULTILINE_OCTAL\n(.*?)END", data, re.DOTALL)
        ders = [bytes(int(digits, 8) for digits in re.findall(rb"\\([0-7]{3})", value)) for value in values]
    elif source == "ocsp-response":
        ders = list(_armoured(_openssl_ocsp(data)))
    elif source == "nmap-xml":
        ders = list(_armoured(html.unescape(data.decode()).encode()))  # even the hyphens are escaped
    elif source == "kubernetes":
        ders = [*_armoured(data), *(der for text in _in_secrets(data) for der in _armoured(text))]
    elif source == "adcs-pspki":
        columns = re.findall(rb"^RawCertificate\s*: ([A-Za-z0-9+/=\s]+?)^\S", data, re.MULTILINE)
        ders = [base64.b64decode(b"".join(column.split())) for column in columns]
    elif source == "ejbca-search":  # base64 of base64
        inner = [base64.b64decode(blob) for blob in re.findall(rb'"(TUlJ[A-Za-z0-9+/]{200,}={0,2})"', data)]
        ders = [*_base64(data), *(base64.b64decode(digits) for digits in inner)]
    elif source == "ldap-ldif":
        values = re.findall(rb"^(?:user|ca)Certificate\S*:: (\S+)", re.sub(rb"\r?\n ", b"", data), re.MULTILINE)
        ders = [base64.b64decode(value) for value in values]
    elif source == "active-directory-csv":
        ders = [bytes.fromhex(digits.decode()) for digits in re.findall(rb"X'(3082[0-9a-f]+)'", data)]
    elif source == "java-key-store":
        ders = list(_with_their_length(data)) if data[:4] in {b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"} else []
    elif source == "pkcs12-store":
        command = ["openssl", "pkcs12", "-in", "/dev/stdin", "-nokeys", "-nomacver", "-passin", "pass:"]
        ders = list(_armoured(subprocess.run(command, input=data, capture_output=True, check=False).stdout))
    else:
        ders = [*_armoured(data), *_base64(data), *(_binary(data) if source == "certificate-file" else ())]
    return {hashlib.sha256(der).hexdigest() for der in ders}


def _received(value: object) -> Iterator[list[str]]:
    if isinstance(value, dict):
        for key, child in value.items():
            if key == "received_certificate_chain":
                yield [certificate["as_pem"] for certificate in child]
            else:
                yield from _received(child)
    elif isinstance(value, list):
        for child in value:
            yield from _received(child)


def _served(value: object) -> Iterator[str]:
    """What SSL Labs v3 refers to as served; nothing in v2, which keeps no others."""
    if isinstance(value, dict):
        for key, child in value.items():
            if key == "certChains":
                yield from (identifier for chain in child for identifier in chain["certIds"])
            else:
                yield from _served(child)
    elif isinstance(value, list):
        for child in value:
            yield from _served(child)


def _armoured(data: bytes) -> Iterator[bytes]:
    for block in _PEM.finditer(data):
        try:
            der = base64.b64decode(_NEWLINES_IN_DISGUISE.sub(b"", block["body"]), validate=True)
        except binascii.Error:
            continue  # not a certificate anybody could bring out
        if block["kind"] in {b"PKCS7", b"CMS"}:
            yield from _pkcs7(der)
        elif one := _first(der):
            yield one


def _base64(data: bytes) -> Iterator[bytes]:
    for blob in _DER_IN_BASE64.finditer(_PEM.sub(b"", data)):
        try:
            der = base64.b64decode(blob[0], validate=True)
        except binascii.Error:
            continue
        if _first(der) == der and _is_certificate(der):
            yield der


def _in_secrets(data: bytes) -> Iterator[bytes]:
    """PEM in base64, which is how a Secret carries it."""
    for blob in re.finditer(rb"LS0tLS1CRUdJTi[A-Za-z0-9+/]+={0,2}", data):
        yield base64.b64decode(blob[0])


def _binary(data: bytes) -> Iterator[bytes]:
    if not data.startswith(b"\x30"):
        return
    if b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" in data[:40]:
        yield from _pkcs7(data)
        return
    while one := _first(data):
        yield one
        data = data[len(one) :]


def _pkcs7(der: bytes) -> Iterator[bytes]:
    command = ["openssl", "pkcs7", "-inform", "DER", "-print_certs"]
    printed = subprocess.run(command, input=der, capture_output=True, check=True).stdout
    yield from _armoured(printed)


def _first(der: bytes) -> bytes | None:
    """The first DER value, if it is a whole SEQUENCE of definite length."""
    if len(der) < 4 or der[0] != 0x30 or der[1] == 0x80:
        return None
    size_of_length = der[1] & 0x7F if der[1] & 0x80 else 0
    length = int.from_bytes(der[2 : 2 + size_of_length]) if size_of_length else der[1]
    end = 2 + size_of_length + length
    return der[:end] if end <= len(der) else None


def _with_their_length(data: bytes) -> Iterator[bytes]:
    """Certificates that stand after their own length in four bytes, wherever that is."""
    for sequence in re.finditer(rb"(?=\0\0(..)\x30\x82(..)\x30\x82)", data, re.DOTALL):
        size = int.from_bytes(sequence[1])
        der = data[sequence.start() + 4 : sequence.start() + 4 + size]
        if int.from_bytes(sequence[2]) + 4 == size and _is_certificate(der):
            yield der


def _is_certificate(der: bytes) -> bool:
    return subprocess.run(
        ["openssl", "x509", "-inform", "DER", "-noout"], input=der, capture_output=True, check=False
    ).returncode == 0  # fmt: skip


def _openssl_ocsp(der: bytes) -> bytes:
    command = ["openssl", "ocsp", "-respin", "/dev/stdin", "-resp_text", "-noverify"]
    return subprocess.run(command, input=der, capture_output=True, check=False).stdout


def _tile(data: bytes) -> Iterator[bytes]:
    """The static API's TileLeaf, by offset (c2sp.org/static-ct-api)."""
    at = 0
    while at < len(data):
        precertificate = data[at + 9]
        at += 10 + 32 * precertificate
        size = int.from_bytes(data[at : at + 3])
        signed, at = data[at + 3 : at + 3 + size], at + 3 + size
        at += 2 + int.from_bytes(data[at : at + 2])
        if precertificate:
            size = int.from_bytes(data[at : at + 3])
            signed, at = data[at + 3 : at + 3 + size], at + 3 + size
        yield signed
        at += 2 + int.from_bytes(data[at : at + 2])


def _logged(entries: list[dict[str, str]]) -> Iterator[bytes]:
    """RFC 6962 section 3.4 and 4.6, by offset."""
    for entry in entries:
        leaf, extra = base64.b64decode(entry["leaf_input"]), base64.b64decode(entry["extra_data"])
        if leaf[10:12] == b"\0\0":
            yield leaf[15 : 15 + int.from_bytes(leaf[12:15])]
        else:
            size = int.from_bytes(extra[:3])
            yield extra[3 : 3 + size]
            extra = extra[3 + size :]
        if len(extra) != 3 + int.from_bytes(extra[:3]):
            continue  # a chain that is none
        at = 3
        while at < 3 + int.from_bytes(extra[:3]):
            size = int.from_bytes(extra[at : at + 3])
            yield extra[at + 3 : at + 3 + size]
            at += 3 + size
