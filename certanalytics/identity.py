"""Which certificate is meant: by SHA-256 over its DER, else by as much as a source says.

Identities of certificates whose DER is not known yet begin with what they are made from: ``sha1:``, ``serial:``
(issuer and serial number, RFC 5280 section 4.1.2.2; never the serial number alone), ``alias:`` (the name one system
has for it) or ``text:`` (a digest of everything said). The views of ``sql/views`` resolve them to the full certificate
once any source brings it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import operator
import re
from contextlib import suppress
from functools import lru_cache

from certanalytics.model import CertificateRef, StatedCertificate
from certanalytics.x509.oids import ATTRIBUTES

_SAME_TYPE = {
    "commonname": "cn",
    "organizationname": "o",
    "organizationalunitname": "ou",
    "countryname": "c",
    "localityname": "l",
    "s": "st",
    "stateorprovincename": "st",
    "domaincomponent": "dc",
    "e": "emailaddress",
    "email": "emailaddress",
    **{prefix + oid: name.lower() for oid, name in ATTRIBUTES.items() for prefix in ("", "oid.")},
}
"""Attribute types by the names tools have for them, as RFC 4514 section 3 and PKCS #9 call them, or by OID."""

_SEPARATOR = re.compile(r"(?<!\\)[,/+]\s*(?=(?:[A-Za-z][A-Za-z0-9.-]*|\d+(?:\.\d+)+)\s*=)")
_QUOTED = re.compile(r'(?<==)\s*"((?:[^"\\]|\\.|"")*)"(?=\s*(?:[,/+]|$))', re.DOTALL)
"""A value as RFC 2253 section 4 has it from LDAPv2; OpenSSL, crt.sh, Java and Windows still write it so."""

_HEX = re.compile(r"\s*#((?:[0-9A-Fa-f]{2})+)\s*")
_TEXTS = (0x0C, 0x13, 0x16)
"""Tags of UTF8String, PrintableString and IA5String; these lengths are one octet."""

_ESCAPE = re.compile(r"(?P<octets>(?:\\[0-9A-Fa-f]{2})+)|\\(?P<character>.)")
"""What RFC 4514 section 2.4 escapes; OpenSSL, and Zeek by it, so writes every octet of UTF-8 beyond ASCII."""


def issuer_key(dn: str | None) -> str | None:
    r"""A distinguished name in a form two tools agree on: its attributes in lower case, sorted.

    ``C=US, O=Example Inc, CN=CA 1``, ``CN=CA 1,O=Example Inc,C=US`` and ``/C=US/O=Example Inc/CN=CA 1`` give the same,
    and so do ``O="Example, Inc."`` and ``O=Example\, Inc.``.
    """
    if not dn:
        return None
    return _issuer_key(dn)


@lru_cache(maxsize=1 << 14)
def _issuer_key(dn: str) -> str:
    return "|".join(sorted(f"{kind}={value.lower()}" for kind, value in _attributes(dn)))


def identity(certificate: CertificateRef) -> str:
    """The identity a certificate has in the estate.

    Args:
        certificate: Its DER, or what a source says of it.
    """
    if isinstance(certificate, bytes):
        return hashlib.sha256(certificate).hexdigest()
    if certificate.sha256:
        return certificate.sha256
    if certificate.sha1:
        return f"sha1:{certificate.sha1}"
    names = {"cn": certificate.issuer_cn, "o": certificate.issuer_o}
    issuer = issuer_key(certificate.issuer_dn) or next((f"{k}={v.lower()}" for k, v in names.items() if v), None)
    if certificate.serial_hex and issuer:
        return f"serial:{certificate.serial_hex}@{_digest(issuer)}"
    if certificate.alias:
        return f"alias:{certificate.alias}"
    return f"text:{_digest(repr(_stated_values(certificate)))}"


def stated_columns(stated: StatedCertificate, known_as: str | None = None) -> dict[str, object]:
    """What a source says of a certificate as columns of the ``stated_certificate`` table.

    A common name or organisation that stands only inside a distinguished name is taken out of it, so that sources that
    write the one or the other can be compared.

    Args:
        stated: What is said.
        known_as: Its identity, where that is known already.
    """
    columns: dict[str, object] = dict(zip(_STATED, _stated_values(stated), strict=True))
    for holder in ("issuer", "subject"):
        if (dn := columns[f"{holder}_dn"]) and not (columns[f"{holder}_cn"] and columns[f"{holder}_o"]):
            for name, within in names_within(str(dn)).items():
                columns[f"{holder}_{name}"] = columns[f"{holder}_{name}"] or within
    columns["identity"] = known_as or identity(stated)
    columns["issuer_key"] = issuer_key(stated.issuer_dn)
    return columns


def names_within(dn: str | None) -> dict[str, str | None]:
    """The common name (``cn``) and organisation (``o``) in a distinguished name."""
    said = _attributes(dn)
    return {name: next((value for kind, value in said if kind == name and value), None) for name in ("cn", "o")}


_STATED = tuple(field.name for field in dataclasses.fields(StatedCertificate))
_stated_values = operator.attrgetter(*_STATED)


def _attributes(dn: str | None) -> list[tuple[str, str]]:
    """Types in lower case and values of a distinguished name, in its order."""
    if not dn:
        return []
    parts = (part.partition("=") for part in _SEPARATOR.split(_QUOTED.sub(_escaped, dn.strip().removeprefix("/"))))
    kinds = ((kind.strip().lower(), value) for kind, _, value in parts)
    return [(_SAME_TYPE.get(kind, kind), _in_hex(value) or _unescaped(value).strip()) for kind, value in kinds]


def _escaped(quoted: re.Match[str]) -> str:
    """The same value without quotes around it; Windows doubles those within."""
    return re.sub(r'\\.|""|[,/+]', lambda one: one[0] if one[0][0] == "\\" else f"\\{one[0][0]}", quoted[1])


def _in_hex(value: str) -> str | None:
    """The text behind ``#``: by RFC 4514 its DER, so Go has it of types it does not know; OpenVAS has bare octets."""
    if not (found := _HEX.fullmatch(value)):
        return None
    octets = bytes.fromhex(found[1])
    if octets[0] in _TEXTS and octets[1:2] == bytes([len(octets) - 2 & 0xFF]):
        octets = octets[2:]
    with suppress(UnicodeDecodeError):
        return text if (text := octets.decode()).isprintable() else None
    return None


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(_meant, value)


def _meant(escape: re.Match[str]) -> str:
    digits = (escape["octets"] or "").replace("\\", "")
    with suppress(UnicodeDecodeError):
        return bytes.fromhex(digits).decode() or escape["character"]
    return digits


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]
