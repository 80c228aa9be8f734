"""What SSLyze before 5.0 would have written of the lab: its JSON of 3.x and its XML of 2.x, built from the truth."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.lab.authority import pem
from tests.lab.provenance import Sample
from tests.lab.truth import Truth

_CASES = ("p256", "wrongorder", "mail")
_SUITES = {"1_2": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "1_3": "TLS_AES_128_GCM_SHA256"}
_REASONS = {
    "plain": "Probing failed: could not find a TLS version and cipher suite supported by the server",
    "refused": "Server rejected the connection",
    "nowhere": "Could not resolve hostname nowhere.lab.example",
}
_OLDER_REASONS = {
    "plain": "Could not complete an SSL/TLS handshake with the server",
    "refused": "Connection rejected",
    "nowhere": "Could not resolve hostname",
}


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """The JSON of 3.x and the XML of 2.x, of the same few servers."""
    served = [row for row in truth.endpoints if row["case"] in _CASES and row["sni"]]
    failed = [row for row in truth.endpoints if row["case"] in _REASONS]
    shape = "in the shape of the published source of SSLyze "
    yield Sample("sslyze_old/run3.json", "the lab", shape + "3.1.0"), _json(truth, served, failed)
    yield Sample("sslyze_old/run2.xml", "the lab", shape + "2.1.4"), _xml(truth, served, failed)


def _json(truth: Truth, served: list[dict[str, Any]], failed: list[dict[str, Any]]) -> bytes:
    document = {
        "server_connectivity_errors": [
            {"error_message": _REASONS[row["case"]], "server_string": f"{row['host']}:{row['port']}"} for row in failed
        ],
        "server_scan_results": [_result(row, truth.chain(row["case"])) for row in served],
        "sslyze_url": "https://github.com/nabla-c0d3/sslyze",
        "sslyze_version": "3.1.0",
        "total_scan_time": 2.5,
    }
    return json.dumps(document, sort_keys=True, indent=4, ensure_ascii=True).encode()


def _result(row: dict[str, Any], chain: tuple[bytes, ...]) -> dict[str, Any]:
    results: dict[str, Any] = {
        f"tls_{version}_cipher_suites": {
            "accepted_cipher_suites": [
                {"cipher_suite": {"is_anonymous": False, "key_size": 128, "name": name, "openssl_name": name}}
            ]
            if name
            else [],
            "cipher_suite_preferred_by_server": None,
            "rejected_cipher_suites": [],
            "tls_version_used": f"TLS_{version}",
        }
        for version, name in {"1_0": None, **_SUITES}.items()
    }
    results["certificate_info"] = {
        "certificate_deployments": [
            {"ocsp_response": None, "received_certificate_chain": [_as_json(der) for der in chain]}
        ],
        "hostname_used_for_server_name_indication": row["host"],
    }
    return {
        "scan_commands": sorted(results),
        "scan_commands_errors": {},
        "scan_commands_extra_arguments": {},
        "scan_commands_results": results,
        "server_info": {
            "network_configuration": {
                "tls_opportunistic_encryption": row["starttls"] and row["starttls"].upper(),
                "tls_server_name_indication": row["host"],
                "xmpp_to_hostname": None,
            },
            "server_location": {"hostname": row["host"], "ip_address": row["ip"], "port": row["port"]},
            "tls_probing_result": {"client_auth_requirement": "DISABLED", "highest_tls_version_supported": "TLS_1_3"},
        },
    }


def _as_json(der: bytes) -> dict[str, Any]:
    certificate = x509.load_der_x509_certificate(der)
    digest = certificate.signature_hash_algorithm
    return {
        "as_pem": pem(der).decode(),
        "hpkp_pin": _pin(certificate),
        "issuer": {"rfc4514_string": certificate.issuer.rfc4514_string()},
        "notAfter": certificate.not_valid_after_utc.replace(tzinfo=None).isoformat(),
        "notBefore": certificate.not_valid_before_utc.replace(tzinfo=None).isoformat(),
        "serialNumber": str(certificate.serial_number),
        "signatureAlgorithm": digest and digest.name,
        "subject": {"rfc4514_string": certificate.subject.rfc4514_string()},
        "subjectAlternativeName": {"DNS": _names(certificate)},
    }


def _xml(truth: Truth, served: list[dict[str, Any]], failed: list[dict[str, Any]]) -> bytes:
    root = Element("document", title="SSLyze Scan Results", SSLyzeVersion="2.1.4", SSLyzeWeb="https://lab.example")
    results = SubElement(root, "results", totalScanTime="2.5")
    for row in served:
        wrapped = "startTlsSmtp" if row["starttls"] else "https"
        attributes = {"host": row["host"], "port": str(row["port"]), "tlsWrappedProtocol": wrapped, "ip": row["ip"]}
        target = SubElement(results, "target", attributes)
        information = SubElement(target, "certinfo", title="Certificate Information")
        _chain(information, "receivedCertificateChain", row["host"], truth.chain(row["case"]))
        # The chain SSLyze built, up to a root that nobody served.
        root_of_it = truth.chain("root-ec" if row["case"] == "p256" else "root-rsa")
        _chain(SubElement(information, "certificateValidation"), "verifiedCertificateChain", row["host"], root_of_it)
        for version, name in {"tlsv1": None, "tlsv1_2": _SUITES["1_2"], "tlsv1_3": _SUITES["1_3"]}.items():
            tried = SubElement(target, version, isProtocolSupported=str(bool(name)), title=version)
            accepted = SubElement(tried, "acceptedCipherSuites")
            if name:
                SubElement(accepted, "cipherSuite", name=name, keySize="128", anonymous="False")
    invalid = SubElement(root, "invalidTargets")
    for row in failed:
        SubElement(invalid, "invalidTarget", error=_OLDER_REASONS[row["case"]]).text = f"{row['host']}:{row['port']}"
    indent(root)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root) + b"\n"


def _chain(parent: Element, name: str, sni: str, chain: tuple[bytes, ...]) -> None:
    received = SubElement(parent, name, suppliedServerNameIndication=sni)
    for der in chain:
        certificate = x509.load_der_x509_certificate(der)
        sha1 = hashlib.sha1(der).hexdigest()  # noqa: S324 - what SSLyze shows
        one = SubElement(received, "certificate", sha1Fingerprint=sha1, hpkpSha256Pin=_pin(certificate))
        key = certificate.public_key()
        said = {
            "asPEM": pem(der).decode(),
            "subject": certificate.subject.rfc4514_string(),
            "issuer": certificate.issuer.rfc4514_string(),
            "serialNumber": str(certificate.serial_number),
            "notBefore": f"{certificate.not_valid_before_utc:%Y-%m-%d %H:%M:%S}",
            "notAfter": f"{certificate.not_valid_after_utc:%Y-%m-%d %H:%M:%S}",
        }
        for tag, text in said.items():
            SubElement(one, tag).text = text
        SubElement(one, "publicKey", algorithm="EllipticCurve" if isinstance(key, ec.EllipticCurvePublicKey) else "RSA")
        names = SubElement(one, "subjectAlternativeName")
        for dns_name in _names(certificate):
            SubElement(names, "DNS").text = dns_name


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return found.get_values_for_type(x509.DNSName)


def _pin(certificate: x509.Certificate) -> str:
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64encode(hashlib.sha256(key).digest()).decode()
