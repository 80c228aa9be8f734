"""testssl.sh: scans of two services by 3.0, as flat JSON and as CSV (``testssl.sh -p -S --file``), and of one by 3.2.

The first two exports say the same things in the same order. The third (``testssl.sh -p -P -f --file``) tells suites and
groups, and nothing of certificates. None of them says when the scan ran.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

from cryptography.x509.oid import NameOID

from certanalytics.demo.clock import TESTSSL_SCAN
from certanalytics.demo.exports._files import pem, write, write_json
from certanalytics.demo.exports._suites import SUITES
from certanalytics.demo.looks import TESTSSL_CSV, TESTSSL_GROUPS, TESTSSL_JSON, by_testssl
from certanalytics.demo.world import Issued, World

_KEMS = {"X25519MLKEM768": "X25519MLKEM768"}
_CURVES = {"secp256r1": "prime256v1", "X25519": "X25519"}
"""Groups and the names testssl.sh has for them."""
Finding = tuple[str, str, str]
"""Check, severity and text."""


def write_scans(folder: Path, world: World) -> None:
    """Write the payment gateway's scan as JSON, parcel tracking's and the web site's as CSV."""
    findings = [
        {"id": check, "ip": f"{endpoint.host}/{endpoint.ip}", "port": str(endpoint.port), "severity": severity,
         "finding": text}
        for endpoint, each in by_testssl(world, TESTSSL_JSON)
        for check, severity, text in _findings(each)
    ]  # fmt: skip
    write_json(folder / f"testssl-{TESTSSL_JSON}-{TESTSSL_SCAN:%Y-%m-%d}.json", findings, TESTSSL_SCAN)
    for service, told in ((TESTSSL_CSV, _findings), (TESTSSL_GROUPS, _suites_and_groups)):
        text = io.StringIO()
        table = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        table.writerow(("id", "fqdn/ip", "port", "severity", "finding", "cve", "cwe"))
        for endpoint, each in by_testssl(world, service):
            place = (f"{endpoint.host}/{endpoint.ip}", endpoint.port)
            table.writerows((check, *place, severity, finding, "", "") for check, severity, finding in told(each))
        write(folder / f"testssl-{service}-{TESTSSL_SCAN:%Y-%m-%d}.csv", text.getvalue().encode(), TESTSSL_SCAN)


def _findings(each: Issued) -> Iterator[Finding]:
    certificate = each.certificate
    request, key = certificate.request, certificate.request.key
    days_left = (request.not_after - TESTSSL_SCAN).days
    issuer = {attribute.oid: str(attribute.value) for attribute in certificate.issuer}
    common_name, country = issuer[NameOID.COMMON_NAME], issuer[NameOID.COUNTRY_NAME]
    yield "service", "INFO", "HTTP"
    yield from _versions(each)
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
    yield "cert_subjectAltName", "INFO", " ".join(request.alternative_names)
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


def _versions(each: Issued) -> Iterator[Finding]:
    taken = each.issue.deployment.handshake.versions
    for version in ("SSLv2", "SSLv3"):
        yield version, "OK", "not offered"
    for check, version in (("TLS1", "TLSv1.0"), ("TLS1_1", "TLSv1.1")):
        yield (check, "LOW", "offered (deprecated)") if version in taken else (check, "INFO", "not offered")
    yield "TLS1_2", "OK", "offered"
    if "TLSv1.3" in taken:
        yield "TLS1_3", "OK", "offered with final"
    else:
        yield "TLS1_3", "INFO", "not offered and downgraded to a weaker protocol"


def _suites_and_groups(each: Issued) -> Iterator[Finding]:
    """As 3.2 writes them: suites in columns, groups by their names in OpenSSL, hybrid ones apart."""
    handshake = each.issue.deployment.handshake
    yield "service", "INFO", "HTTP"
    yield from _versions(each)
    for version, suites in handshake.offered(is_rsa=each.certificate.request.key.is_rsa).items():
        for name in suites:
            suite = SUITES[name]
            is_hybrid = version == "TLSv1.3" and not _KEMS.keys().isdisjoint(handshake.groups)
            exchange = "ECDH/MLKEM" if is_hybrid else suite.exchange
            columns = f"{version:<9} {suite.code:<7} {suite.openssl_name:<33} {exchange:<10} {suite.cipher:<11}"
            check = f"cipher-{version.lower().removesuffix('.0').replace('v', '').replace('.', '_')}_{suite.code}"
            yield check, "OK" if suite.cipher == "AESGCM" else "LOW", f"{columns} {suite.bits:<8} {name}"
    yield "FS", "OK", "offered"
    for check, names in (("FS_KEMs", _KEMS), ("FS_ECDHE_curves", _CURVES)):
        found = [name for group, name in names.items() if group in handshake.groups]
        if found:
            yield check, "OK", " ".join(found)
