"""The results of Qualys detections about TLS: certificates (QID 86002), protocols and suites (QID 38116).

A result is a table, columns between tabs. That of the certificates numbers them as the server sent them, the leaf
first: ``(0)Serial Number``; only the attributes of names stand in lines without the number.
"""

from __future__ import annotations

import re

from certanalytics.model import StatedCertificate
from certanalytics.sources._reading.text import hex_digits, ip_address, openssl_time, serial_hex
from certanalytics.sources.scanners._certificate_text import (
    distinguished_name,
    key_algorithm,
    key_bits,
    purposes,
    signature_hash,
    value_of,
)
from certanalytics.x509.oids import EXTENDED_KEY_USAGES

_NUMBERED = re.compile(r"^\((\d+)\)([^\t]*)(?:\t(.*))?$", re.DOTALL)
_PURPOSES = {
    "TLS Web Server Authentication": "1.3.6.1.5.5.7.3.1",
    "TLS Web Client Authentication": "1.3.6.1.5.5.7.3.2",
    "Code Signing": "1.3.6.1.5.5.7.3.3",
    "E-mail Protection": "1.3.6.1.5.5.7.3.4",
    "Time Stamping": "1.3.6.1.5.5.7.3.8",
    "OCSP Signing": "1.3.6.1.5.5.7.3.9",
    "Any Extended Key Usage": "2.5.29.37.0",
}
"""What OpenSSL calls purposes."""

_CURVES = {"prime256v1": "secp256r1", "prime192v1": "secp192r1"}
_PROTOCOL = re.compile(r"^((?:SSL|TLS|DTLS)v[\d.]+) PROTOCOL IS (ENABLED|DISABLED)")


def chain(result: str) -> tuple[StatedCertificate, ...]:
    """The certificates of a result, as sent.

    Raises:
        ValueError: It holds none, or says what cannot be.
    """
    parts: dict[int, list[tuple[str, str]]] = {}
    number = None
    for line in result.splitlines():
        if found := _NUMBERED.match(line):
            number = int(found[1])
            parts.setdefault(number, []).append((found[2].strip(), (found[3] or "").strip()))
        elif number is not None and "\t" in line:
            label, _, value = line.partition("\t")
            parts[number].append((f" {label.strip()}", value.strip()))
    certificates = tuple(_stated(parts[number]) for number in sorted(parts))
    if not certificates or StatedCertificate() in certificates:
        raise ValueError("the result says nothing of a certificate")
    return certificates


def offered(result: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Protocols and suites of QID 38116, each named once; ``TLSv1`` is that of RFC 2246."""
    protocols: dict[str, None] = {}
    suites: dict[str, None] = {}
    for line in result.splitlines():
        cells = [cell.strip() for cell in line.split("\t")]
        if found := _PROTOCOL.match(line):
            if found[2] == "ENABLED":
                protocols["TLSv1.0" if found[1] == "TLSv1" else found[1]] = None
        elif len(cells) >= 5 and cells[0] != "CIPHER" and cells[1] != "COMPRESSION METHOD" and cells[4]:
            suites[cells[0]] = None
    return tuple(protocols), tuple(suites)


def _stated(lines: list[tuple[str, str]]) -> StatedCertificate:
    names: dict[str, list[tuple[str, str]]] = {"ISSUER NAME": [], "SUBJECT NAME": []}
    said: dict[str, list[str]] = {}
    name = label = None
    for written, value in lines:
        if name and written.startswith(" "):
            names[name].append((written, value))
            continue
        name = written if written in names else None
        label = written or label  # lines without a label go on with the one before
        if label and value:
            said.setdefault(label, []).append(value)
    first = {label: values[0] for label, values in said.items()}
    key, signature = first.get("Public Key Algorithm"), first.get("Signature Algorithm")
    algorithm = key_algorithm(key)
    subject, issuer = names["SUBJECT NAME"], names["ISSUER NAME"]
    alternatives = [part.strip().partition(":") for part in _joined(said, "X509v3 Subject Alternative Name").split(",")]
    begins, ends = first.get("Valid From"), first.get("Valid Till")
    return StatedCertificate(
        serial_hex=_serial(first.get("Serial Number")),
        subject_dn=distinguished_name(subject),
        subject_cn=value_of(subject, "CN"),
        subject_o=value_of(subject, "O"),
        issuer_dn=distinguished_name(issuer),
        issuer_cn=value_of(issuer, "CN"),
        issuer_o=value_of(issuer, "O"),
        subject_key_id=_identifier(_joined(said, "X509v3 Subject Key Identifier")),
        authority_key_id=_identifier(_joined(said, "X509v3 Authority Key Identifier")),
        san_dns=tuple(value.strip() for kind, _, value in alternatives if kind == "DNS" and value.strip()),
        san_ip=tuple(filter(None, (ip_address(value) for kind, _, value in alternatives if kind == "IP Address"))),
        not_before=openssl_time(begins) if begins else None,
        not_after=openssl_time(ends) if ends else None,
        key_algorithm=algorithm,
        key_bits=key_bits(_size(said), algorithm),
        key_curve=_curve(said) if algorithm == "EC" else None,
        signature_algorithm=signature,
        signature_hash=signature_hash(signature),
        is_ca=_is_ca(_joined(said, "X509v3 Basic Constraints")),
        extended_key_usage=_purposes(_joined(said, "X509v3 Extended Key Usage")),
    )


def _joined(said: dict[str, list[str]], label: str) -> str:
    return ", ".join(said.get(label, []))


def _serial(written: str | None) -> str | None:
    """A serial number as OpenSSL prints it: octets of the magnitude, or ``123 (0x7b)``, which tells no more."""
    if not written:
        return None
    negative = "(Negative)" in written or written.startswith("-")
    found = re.search(r"\(-?0x([0-9a-fA-F]+)\)", written)
    digits = found[1] if found else written.replace("(Negative)", "").removeprefix("-")
    return serial_hex(f"-{digits}" if negative else digits)


def _identifier(written: str) -> str | None:
    found = re.match(r"(?:critical,? *)?(?:keyid:)?((?:[0-9A-Fa-f]{2}:)+[0-9A-Fa-f]{2})", written)
    return hex_digits(found[1]) if found else None


def _size(said: dict[str, list[str]]) -> int | None:
    """``(2048 bit)`` after ``RSA Public Key``, or in the text of another key."""
    keys = (value for label, values in said.items() if label.endswith("Public Key") for value in values)
    found = next(filter(None, (re.search(r"\((\d+) bit\)", value) for value in keys)), None)
    return int(found[1]) if found else None


def _curve(said: dict[str, list[str]]) -> str | None:
    lines = (value for values in said.values() for value in values)
    found = next(filter(None, (re.match(r"ASN1 OID: (\S+)", value) for value in lines)), None)
    return _CURVES.get(found[1], found[1]) if found else None


def _is_ca(written: str) -> bool | None:
    found = re.search(r"\bCA:(TRUE|FALSE)", written)
    return found[1] == "TRUE" if found else None


def _purposes(written: str) -> tuple[str, ...]:
    names = [name.strip() for name in written.split(",")]
    known = [_PURPOSES.get(name, name) for name in names if name and name != "critical"]
    return purposes(oid for oid in known if oid in EXTENDED_KEY_USAGES or re.fullmatch(r"\d+(\.\d+)+", oid))
