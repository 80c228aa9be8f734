"""The lab's certificates as services that watch the logs would show them: Cert Spotter, certstream, certwatch."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED, written_csv, written_json
from tests.lab.truth import Truth

_CASES = ("rsa2048", "p256", "wildcard", "expired", "dual-ec")
_FIRST_ID = 9_260_000_001
_LOG = "https://ct.lab.example/2026h2/"


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """Every service with its dialects."""
    issuances = [_issuance(truth, number, case) for number, case in enumerate(_CASES)]
    yield _sample("certspotter/issuances.json", "Cert Spotter issuances, all expanded"), written_json(issuances)
    old = [_old_issuance(truth, number, case) for number, case in enumerate(_CASES[:3])]
    yield _sample("certspotter/old.json", "Cert Spotter issuances until 2022, as little as possible"), written_json(old)
    full = [_message(truth, number, case) for number, case in enumerate(_CASES)]
    heartbeat = {"message_type": "heartbeat", "timestamp": 1_795_392_000.5}
    yield _sample("certstream/full.jsonl", "a full stream of certstream-server-go"), _lines([heartbeat, *full])
    yield (
        _sample("certstream/lite.jsonl", "a lite stream of certstream-server-rust"),
        _lines([*map(_lite, full), heartbeat]),
    )
    yield (
        _sample("certstream/redacted.json", "an example of CaliDog's server, DER taken out"),
        written_json(_redacted(full[0])),
    )
    domains = [{"message_type": "dns_entries", "data": message["data"]["leaf_cert"]["all_domains"]} for message in full]
    yield _sample("certstream/domains.jsonl", "a stream of names only"), _lines(domains)
    yield (
        _sample("certwatch/certificate.csv", r"`\copy (SELECT ...) TO ... CSV HEADER` on certwatch"),
        _certwatch(truth),
    )
    yield _sample("certwatch/headless.csv", r"`\copy (SELECT ...) TO ... CSV` on certwatch"), _headless(truth)


def _sample(path: str, what: str) -> Sample:
    return Sample(path, "the lab", INVENTED + what)


def _issuance(truth: Truth, number: int, case: str) -> dict[str, object]:
    der = truth.chain(case)[0]
    certificate = x509.load_der_x509_certificate(der)
    issuer = x509.load_der_x509_certificate(truth.chain(case)[1])
    revoked = case == "expired"
    return {
        "id": str(_FIRST_ID + number),
        "tbs_sha256": hashlib.sha256(_tbs(certificate, case)).hexdigest(),
        "cert_sha256": hashlib.sha256(der).hexdigest(),
        "dns_names": _names(certificate),
        "pubkey_sha256": hashlib.sha256(_spki(certificate)).hexdigest(),
        "pubkey": _key(certificate),
        "issuer": {
            "friendly_name": "Lab Example",
            "website": "https://lab.example/",
            "caa_domains": ["ca.lab.example"],
            "pubkey_sha256": hashlib.sha256(_spki(issuer)).hexdigest(),
            "pubkey_der": _base64(_spki(issuer)),
            "name": _dn(certificate.issuer, ", "),
            "name_der": _base64(certificate.issuer.public_bytes()),
        },
        "not_before": certificate.not_valid_before_utc.isoformat().replace("+00:00", "Z"),
        "not_after": certificate.not_valid_after_utc.isoformat().replace("+00:00", "Z"),
        "revoked": revoked if case != "p256" else None,
        "revocation": {
            "time": "2026-11-02T08:00:00Z" if revoked else None,
            "reason": 4 if revoked else None,
            "checked_at": "2026-11-22T05:00:00Z",
        },
        "problem_reporting": "Write to problems@lab.example.",
        "cert_der": _base64(der),
    }


def _old_issuance(truth: Truth, number: int, case: str) -> dict[str, object]:
    issuance = _issuance(truth, number, case)
    kept = {name: issuance[name] for name in ("id", "tbs_sha256", "pubkey_sha256", "not_before", "not_after")}
    if case == "wildcard":
        return kept
    return {**kept, "cert": {"type": "cert", "sha256": issuance["cert_sha256"], "data": issuance["cert_der"]}}


def _message(truth: Truth, number: int, case: str) -> dict[str, Any]:
    leaf, *issuers = (x509.load_der_x509_certificate(der) for der in truth.chain(case))
    return {
        "data": {
            "cert_index": _FIRST_ID + number,
            "cert_link": f"{_LOG}ct/v1/get-entries?start={_FIRST_ID + number}&end={_FIRST_ID + number}",
            "chain": [_certificate(issuer) for issuer in issuers],
            "leaf_cert": _certificate(leaf),
            "seen": 1_795_392_100.25 + number,
            "source": {"name": "Lab 2026h2", "url": _LOG, "timestamp": 1_795_392_090.0, "type": "rfc6962"},
            "update_type": "X509LogEntry",
        },
        "message_type": "certificate_update",
    }


def _certificate(certificate: x509.Certificate) -> dict[str, Any]:
    der = certificate.public_bytes(serialization.Encoding.DER)
    is_ca = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    names = [] if is_ca else _names(certificate)
    extensions = {} if is_ca else {"subjectAltName": ", ".join(f"DNS:{name}" for name in names)}
    algorithm = certificate.signature_hash_algorithm
    return {
        "all_domains": names,
        "as_der": _base64(der),
        "extensions": extensions,
        "fingerprint": _colons(hashlib.sha1(der).digest()),  # noqa: S324 - what the servers call a fingerprint
        "sha1": _colons(hashlib.sha1(der).digest()),  # noqa: S324 - the same
        "sha256": _colons(hashlib.sha256(der).digest()),
        "not_after": int(certificate.not_valid_after_utc.timestamp()),
        "not_before": int(certificate.not_valid_before_utc.timestamp()),
        "serial_number": f"{certificate.serial_number:X}",
        "signature_algorithm": f"{algorithm.name}, rsa" if algorithm else "ed25519",
        "subject": _name(certificate.subject),
        "issuer": _name(certificate.issuer),
        "is_ca": is_ca,
    }


def _lite(message: dict[str, Any]) -> dict[str, Any]:
    data = {key: value for key, value in message["data"].items() if key != "chain"}
    leaf = {key: value for key, value in data["leaf_cert"].items() if key != "as_der"}
    source = {key: data["source"][key] for key in ("name", "url")}
    data |= {"leaf_cert": leaf, "source": source, "submission_timestamp": data["seen"] - 9.75}
    return {"message_type": message["message_type"], "data": data}


def _redacted(message: dict[str, Any]) -> dict[str, Any]:
    """As on CaliDog's page: an older server that knew neither SHA-256 nor issuers."""
    younger = {"sha1", "sha256", "issuer", "is_ca", "signature_algorithm"}

    def older(certificate: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in certificate.items() if key not in younger} | {"as_der": "REDACT"}

    data = message["data"]
    data = {**data, "leaf_cert": older(data["leaf_cert"]), "chain": list(map(older, data["chain"]))}
    return {"data": data, "message_type": message["message_type"]}


def _certwatch(truth: Truth) -> bytes:
    rows = [
        [_FIRST_ID + number, 900_001, rf"\x{truth.chain(case)[0].hex()}", "2026-11-20 08:00:00.125" if number else ""]
        for number, case in enumerate(_CASES)
    ]
    return written_csv(("id", "issuer_ca_id", "certificate", "entry_timestamp"), rows)


def _headless(truth: Truth) -> bytes:
    lines = [f"{_FIRST_ID + number},900001,\\x{truth.chain(case)[0].hex()}\n" for number, case in enumerate(_CASES)]
    return "".join(lines).encode()


def _names(certificate: x509.Certificate) -> list[str]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names.get_values_for_type(x509.DNSName)


def _name(name: x509.Name) -> dict[str, str | None]:
    said: dict[str, str | None] = dict.fromkeys(("C", "CN", "L", "O", "OU", "ST"))
    for attribute in name:
        if attribute.rfc4514_attribute_name in said:
            said[attribute.rfc4514_attribute_name] = str(attribute.value)
    return {**said, "aggregated": "".join(f"/{key}={value}" for key, value in said.items() if value)}


def _dn(name: x509.Name, separator: str) -> str:
    return separator.join(part.rfc4514_string() for part in name.rdns)


def _key(certificate: x509.Certificate) -> dict[str, object]:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return {"type": "rsa", "bit_length": key.key_size}
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return {"type": "ecdsa", "curve": f"P-{key.key_size}"}


def _tbs(certificate: x509.Certificate, case: str) -> bytes:
    """What certificate and precertificate share; only one of the lab's has an SCT to leave out."""
    return certificate.tbs_precertificate_bytes if case == "rsa2048" else certificate.tbs_certificate_bytes


def _spki(certificate: x509.Certificate) -> bytes:
    encoding, kind = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return certificate.public_key().public_bytes(encoding, kind)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _colons(data: bytes) -> str:
    return data.hex(":").upper()


def _lines(messages: list[dict[str, Any]]) -> bytes:
    return "".join(
        json.dumps(message, separators=(",", ":"), ensure_ascii=False) + "\n" for message in messages
    ).encode()
