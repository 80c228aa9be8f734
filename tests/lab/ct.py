"""The lab's certificates as a Certificate Transparency log and as crt.sh would show them."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from collections.abc import Iterator
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tests.lab.authority import milliseconds
from tests.lab.provenance import Sample
from tests.lab.truth import Truth

_LOGGED = ("rsa2048", "p256", "expired", "wildcard", "oddname", "sni", "dual-ec", "longvalid")
_FIRST_ID = 20_260_000_001


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """A ``get-entries`` response and a crt.sh answer."""
    entries = [_precert_entry(truth), *(_x509_entry(truth, name) for name in _LOGGED)]
    how = "`tests/lab/ct.py`, after RFC 6962 sections 3.4 and 4.6"
    yield Sample("ct/get_entries.json", "the lab", how), _json({"entries": entries})
    rows = [_crtsh_row(truth, number, name) for number, name in enumerate(("precertificate", *_LOGGED))]
    how = "`tests/lab/ct.py`, in the shape of a crt.sh `output=json` answer"
    yield Sample("crtsh/rows.json", "the lab", how), _json(rows)
    old = (old for row in rows[1:5] for old in _crtsh_rows_until_2019(row))
    yield Sample("crtsh/rows_2018.json", "the lab", f"{how} of 2018"), "".join(map(json.dumps, old)).encode()


def _precert_entry(truth: Truth) -> dict[str, str]:
    (precertificate,) = truth.chain("precertificate")
    issued, *issuers = _full_chain(truth, "rsa2048")
    issuer_key = x509.load_der_x509_certificate(issuers[0]).public_key()
    spki = issuer_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    certificate = x509.load_der_x509_certificate(issued)
    signed_entry = hashlib.sha256(spki).digest() + _opaque(certificate.tbs_precertificate_bytes)
    return _entry(
        _start(certificate), 1, signed_entry, _opaque(precertificate) + _opaque(b"".join(map(_opaque, issuers)))
    )


def _x509_entry(truth: Truth, name: str) -> dict[str, str]:
    leaf, *issuers = _full_chain(truth, name)
    logged_at = _start(x509.load_der_x509_certificate(leaf)) + timedelta(seconds=90, milliseconds=125)
    return _entry(logged_at, 0, _opaque(leaf), _opaque(b"".join(map(_opaque, issuers))))


def _entry(logged_at: datetime, entry_type: int, signed_entry: bytes, extra_data: bytes) -> dict[str, str]:
    leaf = struct.pack("!BBQH", 0, 0, milliseconds(logged_at), entry_type) + signed_entry + bytes(2)
    return {"leaf_input": base64.b64encode(leaf).decode(), "extra_data": base64.b64encode(extra_data).decode()}


def _opaque(content: bytes) -> bytes:
    return len(content).to_bytes(3) + content


def _full_chain(truth: Truth, name: str) -> tuple[bytes, ...]:
    chain = truth.chain(name)
    issuer = x509.load_der_x509_certificate(chain[-1]).issuer
    roots = [der for root in ("root-rsa", "root-ec") for der in truth.chain(root)]
    return *chain, next(der for der in roots if x509.load_der_x509_certificate(der).subject == issuer)


def _crtsh_rows_until_2019(row: dict[str, object]) -> Iterator[dict[str, object]]:
    """The result for each name, with no comma between them."""
    for name in str(row["name_value"]).splitlines():
        yield {
            "issuer_ca_id": row["issuer_ca_id"],
            "issuer_name": row["issuer_name"],
            "name_value": name,
            "min_cert_id": row["id"],
            "min_entry_timestamp": row["entry_timestamp"],
            "not_before": row["not_before"],
            "not_after": row["not_after"],
        }


def _crtsh_row(truth: Truth, number: int, name: str) -> dict[str, object]:
    certificate = x509.load_der_x509_certificate(truth.chain(name)[0])
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    issuer = ", ".join(part.rfc4514_string() for part in certificate.issuer.rdns)
    return {
        "issuer_ca_id": 900_000 + issuer.endswith("E1"),
        "issuer_name": issuer,
        "common_name": certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value,
        "name_value": "\n".join(names.get_values_for_type(x509.DNSName)),
        "id": _FIRST_ID + number,
        "entry_timestamp": f"{_start(certificate).isoformat()}.125" if number else None,
        "not_before": _start(certificate).isoformat(),
        "not_after": certificate.not_valid_after_utc.replace(tzinfo=None).isoformat(),
        "serial_number": f"{certificate.serial_number:040x}",
        "result_count": len(names) + 1,
    }


def _start(certificate: x509.Certificate) -> datetime:
    return certificate.not_valid_before_utc.replace(tzinfo=None)


def _json(value: object) -> bytes:
    return (json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n").encode()
