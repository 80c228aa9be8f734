"""What testssl.sh would have printed about the lab, with and without colours, built from the truth."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.lab.provenance import Sample
from tests.lab.truth import Truth

_CASES = ("rsa2048", "p256", "oddname", "dual", "mail", "plain")
_WIDTH = 29


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """A log of several targets, and one with colours of a target that could not be reached."""
    how = "in the shape of a log of testssl.sh 3.2"
    blocks = [_block(truth, number, case) for number, case in enumerate(_CASES)]
    yield Sample("testssl/several.log", "the lab", how), _header("lab").encode() + "".join(blocks).encode()
    refused = next(row for row in truth.endpoints if row["case"] == "refused")
    start = f"\x1b[7m{_banner(truth, refused, 'Start', 0)}\x1b[m\n\n"
    said = f'Can\'t connect to "{refused["ip"]}:{refused["port"]}"'
    fatal = f"\x1b[0;35mFatal error: {said}\x1b[m\nMake sure a firewall is not between you and your scanning target!\n"
    yield Sample("testssl/refused.log", "the lab", f"{how}, with colours"), f"{_header('lab')}{start}{fatal}".encode()


def _header(machine: str) -> str:
    return (
        '## Scan started as: "testssl.sh -p -S --logfile several.log"\n'
        f"## at {machine}:openssl\n## version testssl: 3.2.2  from 2026-02-26\n"
        '## version openssl: "3.5.0" from "Apr 8 12:00:00 2026")\n\n'
    )


def _banner(truth: Truth, row: dict[str, Any], word: str, minutes: int) -> str:
    time = truth.day + timedelta(hours=10, minutes=minutes)
    return f" {word} {time:%Y-%m-%d %H:%M:%S}        -->> {row['ip']}:{row['port']} ({row['host']}) <<--"


def _block(truth: Truth, minutes: int, case: str) -> str:
    rows = [row for row in truth.endpoints if row["case"] == case and row["sni"]]
    lines = ["", _banner(truth, rows[0], "Start", minutes), "", " rDNS:                   (instructed to minimize)"]
    if rows[0]["starttls"]:
        lines.append(f" Service set:            STARTTLS via {rows[0]['starttls'].upper()}")
    if case == "plain":
        lines.append(f" {rows[0]['ip']}:{rows[0]['port']} doesn't seem to be a TLS/SSL enabled server")
    else:
        lines += ["", " Testing protocols via sockets ", ""]
        lines += [f" {name:<10} not offered" for name in ("SSLv2", "SSLv3", "TLS 1", "TLS 1.1")]
        lines += [" TLS 1.2    offered (OK)", " TLS 1.3    offered (OK): final", "", " Testing server defaults ", ""]
        for number, row in enumerate(rows, 1):
            indent = "  " if len(rows) > 1 else ""
            lines += [f"  Server Certificate #{number}"] if indent else []
            lines += [f"{indent}{line}" for line in _certificate(truth.chain(row["pem"].removesuffix(".pem"))[0])]
            lines.append("")
    return "\n".join([*lines, "", _banner(truth, rows[0], "Done", minutes), "", ""])


def _certificate(der: bytes) -> Iterator[str]:
    certificate = x509.load_der_x509_certificate(der)
    key, digest = certificate.public_key(), certificate.signature_hash_algorithm
    size = "EC 256 bits (curve P-256)" if isinstance(key, ec.EllipticCurvePublicKey) else ""
    size = f"RSA {key.key_size} bits (exponent is 65537)" if isinstance(key, rsa.RSAPublicKey) else size
    common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    written = [str(name.value) for name in names]
    issuer = {attribute.rfc4514_attribute_name: attribute.value for attribute in certificate.issuer}
    signed = "ECDSA" if "ecdsa" in certificate.signature_algorithm_oid._name else "RSA"
    hashed = (digest.name if digest else "none").upper()
    said = {
        "Signature Algorithm": f"ECDSA with {hashed}" if signed == "ECDSA" else f"{hashed} with RSA",
        "Server key size": size,
        "Serial": f"{certificate.serial_number:040X} (OK: length 20)",
        "Fingerprints": f"SHA1 {hashlib.sha1(der).hexdigest().upper()}",  # noqa: S324 - what testssl.sh prints
        "": f"SHA256 {hashlib.sha256(der).hexdigest().upper()}",
        "Common Name (CN)": f"{common} ",
        "subjectAltName (SAN)": f"{written[0]} ",
    }
    for label, value in said.items():
        yield f" {label:<{_WIDTH}}{value}"
    for name in written[1:]:  # a long list goes on in the next line
        yield f" {'':<{_WIDTH}}{name} "
    yield f" {'Trust (hostname)':<{_WIDTH}}Ok via SAN (same w/o SNI)"
    yield f" {'Chain of trust':<{_WIDTH}}NOT ok (chain incomplete)"
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    validity = f"59 >= 30 days ({start:%Y-%m-%d %H:%M} --> {end:%Y-%m-%d %H:%M})"
    yield f" {'Certificate Validity (UTC)':<{_WIDTH}}{validity}"
    yield f" {'Issuer':<{_WIDTH}}{issuer['CN']} ({issuer['O']} from {issuer['C']})"
