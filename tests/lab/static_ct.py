"""The lab's certificates as a log with the static API: tiles, a checkpoint, issuers (c2sp.org/static-ct-api)."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Iterator
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tests.lab.authority import milliseconds
from tests.lab.provenance import Sample
from tests.lab.truth import Truth

_LOGGED = ("rsa2048", "p256", "oddname", "wildcard", "expired")
_FIRST = 1_234_067 * 256
_ORIGIN = "ct.lab.example/2026h2"


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """A data tile, a partial one inside a folder of the log, a names tile, and what else a log answers."""
    leaves = [
        _precertificate(truth, _FIRST),
        *(_certificate(truth, name, _FIRST + 1 + at) for at, name in enumerate(_LOGGED)),
    ]
    folder = "static-ct/tile"
    how = "`tests/lab/static_ct.py`, after c2sp.org/static-ct-api: "
    yield Sample(f"{folder}/data/067", "the lab", how + "a data tile"), b"".join(leaves)
    yield Sample(f"{folder}/names/067", "the lab", how + "a names tile as Sunlight writes it"), _names(truth)
    yield (
        Sample("static-ct/log.zip", "the lab", how + "checkpoint, partial data tile and issuers of one log"),
        _archive(truth, leaves[:3]),
    )


def _precertificate(truth: Truth, index: int) -> bytes:
    (precertificate,) = truth.chain("precertificate")
    issued, issuer = truth.chain("rsa2048")
    certificate = x509.load_der_x509_certificate(issued)
    spki = x509.load_der_x509_certificate(issuer).public_key()
    key = spki.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    signed = hashlib.sha256(key).digest() + _opaque(certificate.tbs_precertificate_bytes)
    return _leaf(truth, certificate, 1, signed, index, _opaque(precertificate), issuer)


def _certificate(truth: Truth, name: str, index: int) -> bytes:
    leaf, issuer = truth.chain(name)[:2]
    return _leaf(truth, x509.load_der_x509_certificate(leaf), 0, _opaque(leaf), index, b"", issuer)


def _leaf(
    truth: Truth, certificate: x509.Certificate, kind: int, signed: bytes, index: int, more: bytes, issuer: bytes
) -> bytes:
    chain = b"".join(hashlib.sha256(der).digest() for der in (issuer, _root(truth, issuer)))
    extensions = struct.pack("!BH", 0, 5) + index.to_bytes(5)
    return (
        struct.pack("!QH", milliseconds(_start(certificate)), kind)
        + signed
        + struct.pack("!H", len(extensions))
        + extensions
        + more
        + struct.pack("!H", len(chain))
        + chain
    )


def _names(truth: Truth) -> bytes:
    lines = []
    for name in _LOGGED:
        certificate = x509.load_der_x509_certificate(truth.chain(name)[0])
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        line: dict[str, object] = {"Timestamp": milliseconds(_start(certificate))}
        if name != "p256":
            line["Subject"] = {
                "CommonName": certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
            }
        line["DNS"] = names.get_values_for_type(x509.DNSName)
        if addresses := names.get_values_for_type(x509.IPAddress):
            line["IP"] = list(map(str, addresses))
        lines.append(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n")
    return "".join(lines).encode()


def _archive(truth: Truth, leaves: list[bytes]) -> bytes:
    """A log's folder; the signature of its checkpoint is nobody's."""
    root = base64.b64encode(hashlib.sha256(b"".join(leaves)).digest()).decode()
    note = f"{_ORIGIN}\n{_FIRST + len(leaves)}\n{root}\n\n— {_ORIGIN} {base64.b64encode(bytes(76)).decode()}\n"
    members = {"checkpoint": note.encode(), f"tile/data/x001/x234/067.p/{len(leaves)}": b"".join(leaves)}
    for issuer in dict.fromkeys(truth.chain(name)[1] for name in ("rsa2048", "p256")):
        members[f"issuer/{hashlib.sha256(issuer).hexdigest()}"] = issuer
    packed = io.BytesIO()
    day = (truth.day.year, truth.day.month, truth.day.day, 0, 0, 0)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, day), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _root(truth: Truth, issuer: bytes) -> bytes:
    name = x509.load_der_x509_certificate(issuer).issuer
    roots = [truth.chain(root)[0] for root in ("root-rsa", "root-ec")]
    return next(der for der in roots if x509.load_der_x509_certificate(der).subject == name)


def _start(certificate: x509.Certificate) -> datetime:
    return certificate.not_valid_before_utc.replace(tzinfo=None)


def _opaque(content: bytes) -> bytes:
    return len(content).to_bytes(3) + content
