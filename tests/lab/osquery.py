"""What osquery would say of the lab's certificates: two tables, and the results log of osqueryd."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.lab.authority import pem
from tests.lab.provenance import Sample
from tests.lab.staff import written_json
from tests.lab.truth import Truth

Columns = dict[str, str]
"""A row of a table: osquery writes every value as text."""

_STORED = ("root-rsa", "rsa4096", "p256", "expired")
_ASKED = ("rsa2048", "p384", "longvalid", "oddname")


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """Both tables as osqueryi prints them, and a log with events, a snapshot and a batch."""
    stored = [_stored(truth, case) for case in _STORED]
    yield _sample("certificates.json", "table `certificates`"), written_json(stored)
    yield (
        _sample("curl_certificate.json", "table `curl_certificate`"),
        written_json([_asked(truth, case, dump=case == "oddname") for case in _ASKED]),
    )
    lines = list(_log(truth, stored))
    yield (
        _sample("results.log", "results log of osqueryd"),
        "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode(),
    )


def _sample(name: str, what: str) -> Sample:
    return Sample(f"osquery/{name}", "the lab", f"in the documented shape of the {what}")


def _log(truth: Truth, stored: list[Columns]) -> Iterator[dict[str, object]]:
    start = truth.day.replace(tzinfo=UTC) + timedelta(hours=9)

    def line(minutes: int, name: str, host: str = "web1.lab.example") -> dict[str, object]:
        time = start + timedelta(minutes=minutes)
        return {
            "name": name,
            "hostIdentifier": host,
            "calendarTime": f"{time:%a %b %d %H:%M:%S %Y} UTC",
            "unixTime": int(time.timestamp()),
            "epoch": 0,
            "counter": 0,
            "numerics": False,
        }

    yield {**line(0, "processes"), "columns": {"name": "osqueryd", "pid": "812"}, "action": "added"}
    for minute, row in enumerate(stored[1:], 1):
        yield {**line(minute, "pack/tls/certificates"), "columns": row, "action": "added"}
    yield {**line(9, "pack/tls/certificates"), "columns": stored[3], "action": "removed"}
    yield {
        **line(10, "served"),
        "snapshot": [_asked(truth, case, dump=False) for case in _ASKED[:2]],
        "action": "snapshot",
    }
    windows = {
        **_stored(truth, "selfsigned"),
        "path": "LocalMachine\\Personal",
        "ca": "-1",
        "key_algorithm": "RSA",
        "signing_algorithm": "sha256RSA",
        "subject": "DE, Lab Example AG, selfsigned.lab.example",
        "subject2": "C=DE, O=Lab Example AG, CN=selfsigned.lab.example",
        "sid": "",
        "store_location": "LocalMachine",
        "store": "Personal",
        "username": "",
        "store_id": "",
    }
    yield {
        **line(11, "pack/tls/certificates", "win1.lab.example"),
        "diffResults": {"added": [windows], "removed": ""},
    }


def _stored(truth: Truth, case: str) -> Columns:
    der = truth.chain(case)[0]
    certificate = x509.load_der_x509_certificate(der)
    key = certificate.public_key()
    is_ca = case.startswith("root")
    is_rsa = isinstance(key, rsa.RSAPublicKey)
    return {
        "authority_key_id": "",
        "ca": str(int(is_ca)),
        "common_name": _of(certificate.subject, x509.NameOID.COMMON_NAME),
        "issuer": _one_line(certificate.issuer),
        "issuer2": _spaced(certificate.issuer),
        "key_algorithm": "rsaEncryption" if is_rsa else "id-ecPublicKey",
        "key_strength": str(key.key_size) if isinstance(key, rsa.RSAPublicKey) else "prime256v1",
        "key_usage": "Key Cert Sign, CRL Sign" if is_ca else "Digital Signature",
        "not_valid_after": str(_seconds(certificate.not_valid_after_utc)),
        "not_valid_before": str(_seconds(certificate.not_valid_before_utc)),
        "path": f"/etc/ssl/certs/{case}.pem",
        "self_signed": str(int(certificate.subject == certificate.issuer)),
        "serial": f"{certificate.serial_number:040X}",
        "sha1": hashlib.sha1(der).hexdigest(),  # noqa: S324 - osquery's fingerprint
        "signing_algorithm": "ecdsa-with-SHA256"
        if certificate.signature_algorithm_oid == x509.SignatureAlgorithmOID.ECDSA_WITH_SHA256
        else "sha256WithRSAEncryption",
        "subject": _one_line(certificate.subject),
        "subject2": _spaced(certificate.subject),
        "subject_key_id": "",
    }


def _asked(truth: Truth, case: str, *, dump: bool) -> Columns:
    row = next(row for row in truth.endpoints if row["case"] == case)
    der = truth.chain(case)[0]
    certificate = x509.load_der_x509_certificate(der)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    is_ec = isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    return {
        "basic_constraint": "",
        "common_name": _of(certificate.subject, x509.NameOID.COMMON_NAME),
        "dump_certificate": str(int(dump)),
        "has_expired": "0",
        "hostname": row["host"] if row["port"] == 443 else f"{row['host']}:{row['port']}",
        "issuer_common_name": _of(certificate.issuer, x509.NameOID.COMMON_NAME),
        "issuer_organization": _of(certificate.issuer, x509.NameOID.ORGANIZATION_NAME),
        "organization": _of(certificate.subject, x509.NameOID.ORGANIZATION_NAME),
        "organization_unit": "",
        "pem": pem(der).decode() if dump else "",
        "serial_number": f"{certificate.serial_number:040X}",
        "sha1_fingerprint": hashlib.sha1(der).hexdigest(),  # noqa: S324 - osquery's fingerprint
        "sha256_fingerprint": hashlib.sha256(der).hexdigest(),
        "signature_algorithm": "ecdsa-with-SHA256" if is_ec else "RSA-SHA256",
        "subject_alternative_names": ", ".join(f"DNS:{name}" for name in names.get_values_for_type(x509.DNSName)),
        "subject_key_identifier": "",
        "timeout": "4",
        "valid_from": _openssl(certificate.not_valid_before_utc),
        "valid_to": _openssl(certificate.not_valid_after_utc),
        "version": "3",
    }


def _seconds(time: datetime) -> int:
    return int(time.timestamp())


def _openssl(time: datetime) -> str:
    return f"{time:%b} {time.day:2d} {time:%H:%M:%S %Y} GMT"


def _of(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    return next((str(attribute.value) for attribute in name.get_attributes_for_oid(oid)), "")


def _one_line(name: x509.Name) -> str:
    return "".join(f"/{attribute.rfc4514_attribute_name}={attribute.value}" for attribute in name)


def _spaced(name: x509.Name) -> str:
    return ", ".join(f"{attribute.rfc4514_attribute_name} = {attribute.value}" for attribute in name)
