"""testssl.sh 3.0: deep scans of two services, as flat JSON and as CSV (``testssl.sh -p -S --file``).

The two exports say the same things in the same order, and neither says when the scan ran.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

from cryptography.x509.oid import NameOID

from certanalytics.demo.certificates import Certificate
from certanalytics.demo.clock import AS_OF, TESTSSL_SCAN
from certanalytics.demo.company import Endpoint
from certanalytics.demo.exports._files import pem, write, write_json
from certanalytics.demo.world import Issued, World

JSON_SERVICE, CSV_SERVICE = "gateway", "tracking"
_LIMIT = 25
Finding = tuple[str, str, str]
"""Check, severity and text."""


def write_scans(folder: Path, world: World) -> None:
    """Write the payment gateway's scan as JSON and parcel tracking's as CSV."""
    findings = [
        {"id": check, "ip": f"{endpoint.host}/{endpoint.ip}", "port": str(endpoint.port), "severity": severity,
         "finding": text}
        for endpoint, each in scanned(world, JSON_SERVICE)
        for check, severity, text in _findings(each.certificate)
    ]  # fmt: skip
    write_json(folder / f"testssl-{JSON_SERVICE}-{TESTSSL_SCAN:%Y-%m-%d}.json", findings, TESTSSL_SCAN)
    text = io.StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    table.writerow(("id", "fqdn/ip", "port", "severity", "finding", "cve", "cwe"))
    for endpoint, each in scanned(world, CSV_SERVICE):
        place = (f"{endpoint.host}/{endpoint.ip}", endpoint.port)
        found = _findings(each.certificate)
        table.writerows((check, *place, severity, text, "", "") for check, severity, text in found)
    write(folder / f"testssl-{CSV_SERVICE}-{TESTSSL_SCAN:%Y-%m-%d}.csv", text.getvalue().encode(), TESTSSL_SCAN)


def scanned(world: World, service: str) -> list[tuple[Endpoint, Issued]]:
    """What was looked at of a service, and what it served."""
    served = [
        (endpoint, each)
        for endpoint, each in world.served("public", AS_OF)
        if each.issue.deployment.service.label == service
    ]
    return served[:_LIMIT]


def _findings(certificate: Certificate) -> Iterator[Finding]:
    request, key = certificate.request, certificate.request.key
    days_left = (request.not_after - TESTSSL_SCAN).days
    issuer = {attribute.oid: str(attribute.value) for attribute in certificate.issuer}
    common_name, country = issuer[NameOID.COMMON_NAME], issuer[NameOID.COUNTRY_NAME]
    yield "service", "INFO", "HTTP"
    for version in ("SSLv2", "SSLv3"):
        yield version, "OK", "not offered"
    for version in ("TLS1", "TLS1_1"):
        yield version, "INFO", "not offered"
    yield "TLS1_2", "OK", "offered"
    yield "TLS1_3", "OK", "offered with final"
    yield "cert_numbers", "INFO", "1"
    kind = "RSA" if certificate.signer.key.is_rsa else "ECDSA"
    digest = certificate.signer.digest.upper()
    yield "cert_signatureAlgorithm", "OK", f"{digest} with RSA" if kind == "RSA" else f"ECDSA with {digest}"
    yield "cert_keySize", "INFO", f"{'RSA' if key.is_rsa else 'EC'} {key.bits} bits"
    yield "cert_serialNumber", "INFO", f"{certificate.serial:X}"
    yield "cert_serialNumberLen", "INFO", str((certificate.serial.bit_length() + 7) // 8)
    yield "cert_fingerprintSHA1", "INFO", hashlib.sha1(certificate.der, usedforsecurity=False).hexdigest().upper()
    yield "cert_fingerprintSHA256", "INFO", certificate.sha256.upper()
    yield "cert", "INFO", pem(certificate.der).strip().replace("\n", " ")
    yield "cert_commonName", "OK", certificate.common_name
    yield "cert_subjectAltName", "INFO", " ".join(request.names)
    yield (
        "cert_caIssuers",
        "INFO",
        f"{common_name} ({certificate.ca_owner} from {country})",
    )
    status = ("CRITICAL", "expired") if days_left < 0 else ("OK", f"{days_left} >= 60 days")
    if 0 <= days_left < 60:
        status = ("MEDIUM", f"expires < 60 days ({days_left})")
    yield "cert_expirationStatus", *status
    yield "cert_notBefore", "INFO", f"{request.not_before:%Y-%m-%d %H:%M}"
    yield "cert_notAfter", "OK", f"{request.not_after:%Y-%m-%d %H:%M}"
    yield "certs_countServer", "INFO", "2"
    yield "scanTime", "INFO", "20"
