"""What exporters and Prometheus would say of the lab: pages of two exporters and two answers of the API."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, timedelta
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID

from tests.lab.provenance import Sample
from tests.lab.staff import written_json
from tests.lab.truth import Truth

_FIELDS = {
    "C": NameOID.COUNTRY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
}
_PROBED = ("rsa2048", "p256", "expired", "longvalid", "wildcard", "refused")
_STORED = ("rsa4096", "p384", "selfsigned", "oddname")
_YEAR_1 = -62135596800

Series = tuple[str, dict[str, str], float]
"""Name, labels and value."""


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """A page for a target that answered and for one that did not, a page of certificate files, and two answers."""
    probed = {row["case"]: row for row in truth.endpoints if row["case"] in _PROBED}
    shape = "in the shape of the page of blackbox_exporter 0.25"
    yield _sample("blackbox_p256.prom", shape), _page(_probe(truth, "p256"))
    yield _sample("blackbox_refused.prom", shape), _page(_probe(truth, "refused"))
    stored = list(_stored(truth))
    yield _sample("x509_exporter.prom", "in the shape of the page of x509-certificate-exporter 3"), _page(stored)
    noon = truth.day.replace(tzinfo=UTC) + timedelta(hours=12)
    results = [
        {
            "metric": {"__name__": name, "instance": _instance(row), "job": "blackbox", **labels},
            "value": [noon.timestamp() + 0.5, _number(value)],
        }
        for case, row in probed.items()
        for name, labels, value in _probe(truth, case)
    ]
    yield _sample("query.json", "in the documented shape of /api/v1/query"), _answer("vector", results)
    scrapes = [noon.timestamp() + 3600 * hours for hours in range(3)]
    ranges = [
        {
            "metric": {"__name__": name, "instance": "files.lab.example:9793", "job": "x509", **labels},
            "values": [[scrape, _number(value)] for scrape in scrapes],
        }
        for name, labels, value in stored
        if name != "x509_cert_expired"
    ]
    yield _sample("query_range.json", "in the documented shape of /api/v1/query_range"), _answer("matrix", ranges)


def _sample(name: str, how: str) -> Sample:
    return Sample(f"prometheus/{name}", "the lab", how)


def _answer(kind: str, results: list[dict[str, Any]]) -> bytes:
    return written_json({"status": "success", "data": {"resultType": kind, "result": results}})


def _instance(row: dict[str, Any]) -> str:
    return f"{row['host']}:{row['port']}" if row["port"] != 443 else f"https://{row['host']}/"


def _probe(truth: Truth, case: str) -> list[Series]:
    """The series of one probe, in the order of their names."""
    if case == "refused":
        return [("probe_duration_seconds", {}, 0.001), ("probe_ip_protocol", {}, 4), ("probe_success", {}, 0)]
    chain = [x509.load_der_x509_certificate(der) for der in truth.chain(case)]
    leaf = chain[0]
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    info = {
        "fingerprint_sha256": hashlib.sha256(truth.chain(case)[0]).hexdigest(),
        "issuer": leaf.issuer.rfc4514_string(),
        "serialnumber": f"{leaf.serial_number:x}",
        "subject": leaf.subject.rfc4514_string(),
        "subjectalternative": ",".join(names.get_values_for_type(x509.DNSName)),
    }
    return [
        ("probe_duration_seconds", {}, 0.044),
        ("probe_ip_protocol", {}, 4),
        ("probe_ssl_earliest_cert_expiry", {}, min(each.not_valid_after_utc.timestamp() for each in chain)),
        ("probe_ssl_last_chain_expiry_timestamp_seconds", {}, _YEAR_1),
        ("probe_ssl_last_chain_info", info, 1),
        ("probe_success", {}, 1),
        ("probe_tls_version_info", {"version": "TLS 1.3"}, 1),
    ]


def _stored(truth: Truth) -> Iterator[Series]:
    """Certificates in files and one in a Secret, metric by metric."""
    found = []
    for case in _STORED:
        certificate = x509.load_der_x509_certificate(truth.chain(case)[0])
        place = {"filename": f"{case}.pem", "filepath": f"/etc/ssl/lab/{case}.pem"}
        if case == "selfsigned":
            place = {"secret_key": "tls.crt", "secret_name": "shop-tls", "secret_namespace": "shop"}
        labels = {
            **place,
            "serial_number": str(certificate.serial_number),
            **_name("subject", certificate.subject),
            **_name("issuer", certificate.issuer),
        }
        found.append((certificate, dict(sorted(labels.items()))))
    for certificate, labels in found:
        yield "x509_cert_expired", labels, float(certificate.not_valid_after_utc.replace(tzinfo=None) < truth.day)
    for certificate, labels in found:
        yield "x509_cert_not_after", labels, certificate.not_valid_after_utc.timestamp()
    for certificate, labels in found:
        yield "x509_cert_not_before", labels, certificate.not_valid_before_utc.timestamp()


def _name(prefix: str, name: x509.Name) -> dict[str, str]:
    held = {key: name.get_attributes_for_oid(oid) for key, oid in _FIELDS.items()}
    return {f"{prefix}_{key}": str(values[0].value) for key, values in held.items() if values}


def _page(series: Iterable[Series]) -> bytes:
    lines, before = [], None
    for name, labels, value in series:
        if name != before:
            lines += [f"# HELP {name} {name.replace('_', ' ')}", f"# TYPE {name} gauge"]
            before = name
        shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in sorted(labels.items()))
        lines.append(f"{name}{{{shown}}} {_number(value)}" if shown else f"{name} {_number(value)}")
    return "".join(f"{line}\n" for line in lines).encode()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    """As Go writes it: large ones with an exponent."""
    if abs(value) < 1e6:
        return f"{value:g}"
    digits, _, exponent = f"{value:.15e}".partition("e")
    return f"{digits.rstrip('0').rstrip('.')}e{int(exponent):+03d}"
