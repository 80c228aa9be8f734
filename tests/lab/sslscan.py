"""What sslscan of other ages would write of the lab: 1.11 without PEM, and 2.1 with whole chains."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.lab.authority import pem
from tests.lab.provenance import Sample
from tests.lab.truth import Truth

_CASES = ("rsa2048", "p256", "ed25519", "wildcard", "selfsigned", "wrongorder")
_PROTOCOLS = (("ssl", "2"), ("ssl", "3"), ("tls", "1.0"), ("tls", "1.1"), ("tls", "1.2"), ("tls", "1.3"))
_CIPHERS = (("TLSv1.3", "TLS_AES_128_GCM_SHA256", "0x1301"), ("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", "0xC02F"))


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """Short blocks after 1.11, full ones after 2.1.4; each with a server that could not be reached."""
    rows = [next(row for row in truth.endpoints if row["case"] == case) for case in _CASES]
    short = "".join(_test(row, _ciphers(), _short(truth.chain(row["case"])[0], old=True)) for row in rows)
    yield _sample("short.xml", "1.11.13"), _document("1.11.13", short + _error(truth, ""))
    chains = ""
    for row in rows[-1:] + rows[1:3]:
        chain = truth.chain(row["case"])
        blocks = "".join(map(_full, chain)) + _short(chain[0], old=False)
        chains += _test(row, _protocols() + _ciphers(), f" <certificates>\n{blocks} </certificates>\n")
    yield _sample("chains.xml", "2.1.4"), _document("2.1.4", chains + _error(truth, " (connect: Connection refused)"))


def _sample(name: str, version: str) -> Sample:
    return Sample(f"sslscan/{name}", "the lab", f"in the shape of the published source of sslscan {version}")


def _document(version: str, inside: str) -> bytes:
    head = f'<document title="SSLScan Results" version="{version}" web="http://github.com/rbsec/sslscan">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{inside}</document>\n'.encode()


def _test(row: dict[str, Any], *parts: str) -> str:
    place = f'host="{row["host"]}" sniname="{row["host"]}" port="{row["port"]}"'
    return f" <ssltest {place}>\n{''.join(parts)} </ssltest>\n"


def _error(truth: Truth, reason: str) -> str:
    row = next(row for row in truth.endpoints if row["case"] == "refused")
    said = f"Could not open a connection to host {row['host']} ({row['ip']}) on port {row['port']}{reason}."
    return f"  <error><![CDATA[{said}]]></error>\n"


def _protocols() -> str:
    return "".join(
        f'  <protocol type="{kind}" version="{version}" enabled="{int(version in {"1.2", "1.3"})}" />\n'
        for kind, version in _PROTOCOLS
    )


def _ciphers() -> str:
    return "".join(
        f'  <cipher status="preferred" sslversion="{version}" bits="128" cipher="{name}" id="{number}" '
        'strength="strong" curve="25519" ecdhebits="253" />\n'
        for version, name, number in _CIPHERS
    )


def _short(der: bytes, *, old: bool) -> str:
    certificate = x509.load_der_x509_certificate(der)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    written = ", ".join(f"DNS:{name}" for name in names.get_values_for_type(x509.DNSName))
    return (
        f"  <certificate{'' if old else ' type=' + chr(34) + 'short' + chr(34)}>\n   "
        f"<signature-algorithm>{_signature(certificate)}</signature-algorithm>\n   {_key(certificate, old=old)}\n   "
        f"<subject><![CDATA[{_common_name(certificate.subject)}]]></subject>\n   "
        f"<altnames><![CDATA[{written}]]></altnames>\n   "
        f"<issuer><![CDATA[{_common_name(certificate.issuer)}]]></issuer>\n   "
        f"<self-signed>{str(certificate.subject == certificate.issuer).lower()}</self-signed>\n{_validity(certificate)}"
        "  </certificate>\n"
    )


def _full(der: bytes) -> str:
    certificate = x509.load_der_x509_certificate(der)
    serial = certificate.serial_number.to_bytes(20).hex(":")
    names = [
        "".join(f"/{part.rfc4514_attribute_name}={part.value}" for part in name)
        for name in (certificate.issuer, certificate.subject)
    ]
    return (
        '  <certificate type="full">\n'
        f"   <certificate-blob>\n{pem(der).decode()}   </certificate-blob>\n"
        f"   <version>2</version>\n   <serial>{serial}</serial>\n"
        f"   <signature-algorithm>    Signature Algorithm: {_signature(certificate)}\n</signature-algorithm>\n"
        f"   <issuer><![CDATA[{names[0]}]]></issuer>\n{_validity(certificate)}"
        f"   <subject><![CDATA[{names[1]}]]></subject>\n   <pk-algorithm>NULL</pk-algorithm>\n"
        "  </certificate>\n"
    )


def _validity(certificate: x509.Certificate) -> str:
    start, end = map(_time, (certificate.not_valid_before_utc, certificate.not_valid_after_utc))
    return f"   <not-valid-before>{start}</not-valid-before>\n   <not-valid-after>{end}</not-valid-after>\n"


def _time(time: datetime) -> str:
    return f"{time:%b} {time.day:2d} {time:%H:%M:%S %Y} GMT"


def _signature(certificate: x509.Certificate) -> str:
    by_ec = certificate.signature_algorithm_oid == x509.SignatureAlgorithmOID.ECDSA_WITH_SHA256
    return "ecdsa-with-SHA256" if by_ec else "sha256WithRSAEncryption"


def _key(certificate: x509.Certificate, *, old: bool) -> str:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f'<pk error="false" type="RSA" bits="{key.key_size}" />'
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return '<pk error="true" type="unknown" />'
    return (
        '<pk error="false" type="EC" />' if old else '<pk error="false" type="EC" curve_name="prime256v1" bits="128" />'
    )


def _common_name(name: x509.Name) -> str:
    return str(name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)
