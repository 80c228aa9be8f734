"""What Zeek would have logged of the lab's servers, in the shapes its versions write."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.lab.packing import by_gzip
from tests.lab.provenance import Sample
from tests.lab.truth import Truth

Row = dict[str, Any]
"""A row of a log under Zeek's field names; what is not set is not there."""

_CASES = ("rsa2048", "p256", "p384", "ed25519", "wildcard", "oddname", "mail", "longvalid")
_HIDDEN, _RESUMED = "rsa4096", "sha1"

_CERTIFICATE = (
    "certificate.version count",
    "certificate.serial string",
    "certificate.subject string",
    "certificate.issuer string",
    "certificate.not_valid_before time",
    "certificate.not_valid_after time",
    "certificate.key_alg string",
    "certificate.sig_alg string",
    "certificate.key_type string",
    "certificate.key_length count",
    "certificate.exponent string",
    "certificate.curve string",
    "san.dns vector[string]",
    "san.uri vector[string]",
    "san.email vector[string]",
    "san.ip vector[addr]",
    "basic_constraints.ca bool",
    "basic_constraints.path_len count",
)
_X509 = ("ts time", "fingerprint string", *_CERTIFICATE, "host_cert bool", "client_cert bool")
_OLD_X509 = ("ts time", "id string", *_CERTIFICATE)
_CONNECTION = (
    "ts time",
    "uid string",
    "id.orig_h addr",
    "id.orig_p port",
    "id.resp_h addr",
    "id.resp_p port",
    "version string",
    "cipher string",
    "curve string",
    "server_name string",
    "resumed bool",
    "last_alert string",
    "next_protocol string",
    "established bool",
)
_SSL = (
    *_CONNECTION,
    "ssl_history string",
    "cert_chain_fps vector[string]",
    "client_cert_chain_fps vector[string]",
    "sni_matches_cert bool",
)
_OLD_SSL = (
    *_CONNECTION,
    "cert_chain_fuids vector[string]",
    "client_cert_chain_fuids vector[string]",
    "subject string",
    "issuer string",
    "client_subject string",
    "client_issuer string",
)
_KNOWN = ("ts time", "host addr", "port_num port", "subject string", "issuer_subject string", "serial string")


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """Logs of 8.0 as TSV and as JSON, and of 3.0 in one file."""
    connections, certificates = list(_connections(truth)), list(_certificates(truth))
    known = [
        {
            "ts": row["ts"],
            "host": row["id.resp_h"],
            "port_num": row["id.resp_p"],
            "subject": leaf["certificate.subject"],
            "issuer_subject": leaf["certificate.issuer"],
            "serial": leaf["certificate.serial"],
        }
        for row in connections
        if row.get("cert_chain_fps")
        for leaf in certificates
        if leaf["fingerprint"] == row["cert_chain_fps"][0]
    ]
    yield (
        _sample("ssl.log", "TSV of 8.0, one connection resumed, one TLS 1.3, one refused"),
        _log("ssl", _SSL, connections),
    )
    yield _sample("x509.log", "TSV of 8.0"), _log("x509", _X509, certificates)
    name, packed = by_gzip("known_certs.00:00:00-01:00:00.log", _log("known_certs", _KNOWN, known))
    yield _sample(name, "TSV of a rotated and packed log"), packed
    yield _sample("ssl.json", "JSON with times as epoch (`LogAscii::use_json=T`)"), _json(connections, iso=False)
    with_der = [{**row, "cert": base64.b64encode(row["_der"]).decode()} for row in certificates[:4]]
    how = "JSON with ISO 8601 times (`policy/tuning/json-logs`, policy `log-certs-base64`)"
    yield _sample("x509.json", how), _json(with_der, iso=True)
    shown = [row for row in connections if row.get("cert_chain_fps")][:3]
    described = {row["fingerprint"]: row for row in certificates}
    old = [_by_file(row, described[row["cert_chain_fps"][0]]) for row in shown]
    rows = [{**row, "id": _file(row["fingerprint"])} for row in certificates if _used(row, shown)]
    both = _log("ssl", _OLD_SSL, old) + _log("x509", _OLD_X509, rows).rpartition(b"#close")[0]
    yield _sample("before-4.1.log", "TSV of 3.0: two logs in one file, the second still being written"), both


def _sample(name: str, what: str) -> Sample:
    return Sample(f"zeek/{name}", "the lab", f"`tests/lab/zeek.py`, in the documented shape of Zeek's logs: {what}")


def _connections(truth: Truth) -> Iterator[Row]:
    served = [place for place in truth.endpoints if place["case"] in (*_CASES, _HIDDEN, _RESUMED)]
    for number, place in enumerate(served):
        row: Row = {
            "ts": truth.day + timedelta(hours=9, seconds=number, microseconds=125_250),
            "uid": f"CLab{number:014d}",
            "id.orig_h": "127.0.1.1",
            "id.orig_p": 40_000 + number,
            "id.resp_h": place["ip"],
            "id.resp_p": place["port"],
            "version": "TLSv12",
            "cipher": "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "curve": "x25519",
            "server_name": place["sni"],
            "resumed": False,
            "established": True,
        }
        if place["case"] == _HIDDEN:
            yield {**row, "version": "TLSv13", "cipher": "TLS_AES_256_GCM_SHA384", "ssl_history": "CsiI"}
        elif place["case"] == _RESUMED:
            yield {**row, "resumed": True, "ssl_history": "CsiI"}
        else:
            chain = {"cert_chain_fps": place["sha256"], "client_cert_chain_fps": [], "sni_matches_cert": True}
            yield {**row, "ssl_history": "CsxknGIti", **chain}
    refused = {"server_name": "refused.lab.example", "resumed": False, "established": False, "ssl_history": "C"}
    place = {"id.orig_h": "127.0.1.1", "id.orig_p": 41_000, "id.resp_h": "127.0.0.33", "id.resp_p": 443}
    yield {"ts": truth.day + timedelta(hours=10), "uid": "CLab99999999999999", **place, **refused}


def _certificates(truth: Truth) -> Iterator[Row]:
    """The certificates of those connections, each once."""
    seen = set()
    for number, case in enumerate(_CASES):
        for position, der in enumerate(truth.chain(case)):
            if der not in seen:
                seen.add(der)
                at = truth.day + timedelta(hours=9, seconds=number, microseconds=130_000)
                yield {"ts": at, **_described(der), "host_cert": position == 0, "client_cert": False, "_der": der}


def _described(der: bytes) -> Row:
    certificate = x509.load_der_x509_certificate(der)
    algorithm = {
        "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
        "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
    }
    row: Row = {
        "fingerprint": hashlib.sha256(der).hexdigest(),
        "certificate.version": 3,
        "certificate.serial": certificate.serial_number.to_bytes((certificate.serial_number.bit_length() + 7) // 8)
        .hex()
        .upper(),
        "certificate.subject": _name(certificate.subject),
        "certificate.issuer": _name(certificate.issuer),
        "certificate.not_valid_before": certificate.not_valid_before_utc.replace(tzinfo=None),
        "certificate.not_valid_after": certificate.not_valid_after_utc.replace(tzinfo=None),
        "certificate.sig_alg": algorithm[certificate.signature_algorithm_oid.dotted_string],
        **_key(certificate.public_key()),
    }
    for extension in certificate.extensions:
        value = extension.value
        if isinstance(value, x509.SubjectAlternativeName):
            row["san.dns"] = value.get_values_for_type(x509.DNSName)
            row["san.ip"] = [str(address) for address in value.get_values_for_type(x509.IPAddress)] or None
        elif isinstance(value, x509.BasicConstraints):
            row |= {"basic_constraints.ca": value.ca, "basic_constraints.path_len": value.path_length}
    return {name: value for name, value in row.items() if value is not None}


def _key(key: object) -> Row:
    if isinstance(key, rsa.RSAPublicKey):
        said = {"key_alg": "rsaEncryption", "key_type": "rsa", "key_length": key.key_size, "exponent": "65537"}
    elif isinstance(key, ec.EllipticCurvePublicKey):
        curve = {"secp256r1": "prime256v1"}.get(key.curve.name, key.curve.name)
        said = {"key_alg": "id-ecPublicKey", "key_type": "ecdsa", "key_length": key.key_size, "curve": curve}
    else:
        said = {"key_alg": "ED25519", "key_length": 256}
    return {f"certificate.{name}": value for name, value in said.items()}


def _name(name: x509.Name) -> str:
    """A name as OpenSSL's XN_FLAG_RFC2253 prints it: bytes beyond ASCII escaped."""
    return "".join(
        mark if mark.isascii() else "".join(f"\\{octet:02X}" for octet in mark.encode())
        for mark in name.rfc4514_string()
    )


def _file(fingerprint: str) -> str:
    return "F" + base64.b32encode(bytes.fromhex(fingerprint)).decode()[:17]


def _by_file(row: Row, leaf: Row) -> Row:
    """A connection as versions before 4.1 log it."""
    names = {"subject": leaf["certificate.subject"], "issuer": leaf["certificate.issuer"]}
    return {**row, "cert_chain_fuids": list(map(_file, row["cert_chain_fps"])), "client_cert_chain_fuids": [], **names}


def _used(certificate: Row, connections: Iterable[Row]) -> bool:
    return any(certificate["fingerprint"] in row["cert_chain_fps"] for row in connections)


def _log(path: str, columns: Iterable[str], rows: Iterable[Row]) -> bytes:
    """One log as Zeek's ASCII writer makes it."""
    names, types = zip(*(column.split() for column in columns), strict=True)
    head = ["#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", f"#path\t{path}"]
    head += ["#open\t2026-11-23-09-00-00", "\t".join(("#fields", *names)), "\t".join(("#types", *types))]
    lines = ["\t".join(_cell(row.get(name)) for name in names) for row in rows]
    return "".join(f"{line}\n" for line in [*head, *lines, "#close\t2026-11-23-10-00-00"]).encode()


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, datetime):
        return f"{value.replace(tzinfo=UTC).timestamp():.6f}"
    if isinstance(value, list):
        return ",".join(_cell(part).replace(",", "\\x2c") for part in value) or "(empty)"
    return str(value).replace("\\", "\\\\")


def _json(rows: Iterable[Row], *, iso: bool) -> bytes:
    def time(value: datetime) -> object:
        if iso:
            return value.isoformat(timespec="microseconds") + "Z"
        return value.replace(tzinfo=UTC).timestamp()

    lines = []
    for row in rows:
        shown = {
            name: time(value) if isinstance(value, datetime) else value
            for name, value in row.items()
            if not name.startswith("_")
        }
        lines.append(json.dumps(shown, separators=(",", ":"), ensure_ascii=False) + "\n")
    return "".join(lines).encode()
