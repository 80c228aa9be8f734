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
import zipfile
from collections.abc import Iterator
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
    if source == "sslyze-json":
        found = (pem for chain in _received(json.loads(data)) for pem in chain)
        ders = [der for pem in found for der in _armoured(pem.encode())]
    elif source == "ct-get-entries":
        response = json.loads(data)
        ders = list(_logged(response["entries"] if isinstance(response, dict) else response))
    elif source == "nmap-xml":
        ders = list(_armoured(html.unescape(data.decode()).encode()))  # even the hyphens are escaped
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
        at = 3
        while at < 3 + int.from_bytes(extra[:3]):
            size = int.from_bytes(extra[at : at + 3])
            yield extra[at + 3 : at + 3 + size]
            at += 3 + size
