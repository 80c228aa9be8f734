"""What vulnerability scanners print of a certificate, in the estate's terms.

Nessus, OpenVAS and Qualys print names as lists of attributes, serial numbers as the bytes of the INTEGER and
algorithms in words of their own. Whatever cannot be told apart for certain is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from certanalytics.sources._reading.text import hex_digits, serial_hex
from certanalytics.x509.oids import ATTRIBUTES, EXTENDED_KEY_USAGES

_DESCRIPTORS = {
    **{name.casefold(): name for name in ATTRIBUTES.values()},
    "commonname": "CN",
    "countryname": "C",
    "country": "C",
    "stateorprovincename": "ST",
    "state/province": "ST",
    "localityname": "L",
    "locality": "L",
    "organizationname": "O",
    "organization": "O",
    "organizationalunitname": "OU",
    "organizationunit": "OU",
    "organizationalunit": "OU",
    "email": "emailAddress",
    "emailaddress": "emailAddress",
    "domaincomponent": "DC",
    "userid": "UID",
    "surname": "SN",
    "streetaddress": "STREET",
    "jurisdictioncountryname": "jurisdictionC",
    "jurisdictionstateorprovincename": "jurisdictionST",
    "jurisdictionlocalityname": "jurisdictionL",
}
"""The decoder's descriptors (RFC 4519) by the names the scanners use, without spaces, in lower case."""

_SPECIAL = re.compile(r'["+,;<>\\]')
_OID_WITH_HEX = re.compile(r"(?<![^,+])\s*(\d+(?:\.\d+)+)\s*=\s*#([0-9A-Fa-f]+)(?=[,+]|$)")
_EC_BITS = frozenset({192, 224, 256, 384, 521})
_ALGORITHMS = (
    (re.compile(r"rsassa-?pss|rsa-?pss", re.IGNORECASE), "RSASSA-PSS"),
    (re.compile(r"\brsa(encryption)?\b", re.IGNORECASE), "RSA"),
    (re.compile(r"\b(ecdsa|ecc?|id-ecPublicKey)\b|elliptic", re.IGNORECASE), "EC"),
    (re.compile(r"\bed25519\b|eddsa.*25519", re.IGNORECASE), "Ed25519"),
    (re.compile(r"\bed448\b|eddsa.*\b448", re.IGNORECASE), "Ed448"),
    (re.compile(r"\bdsa(encryption)?\b", re.IGNORECASE), "DSA"),
)


def distinguished_name(attributes: Iterable[tuple[str, str]]) -> str | None:
    """An RFC 4514 string, most specific part first, equal to the decoder's as `identity.issuer_key` reads it.

    Args:
        attributes: Label and value in the certificate's order.

    Returns:
        ``None`` if there are none, or if a label is not known: a name with a hole would be another name.
    """
    parts = []
    for label, value in attributes:
        descriptor = _descriptor(label)
        if descriptor is None:
            return None
        parts.append(f"{descriptor}={_escaped(value)}")
    return ",".join(reversed(parts)) or None


def value_of(attributes: Iterable[tuple[str, str]], descriptor: str) -> str | None:
    """The most specific value of one attribute: the last in the certificate's order."""
    return next((value for label, value in reversed([*attributes]) if _descriptor(label) == descriptor), None)


def plain_name(dn: str | None) -> str | None:
    """An RFC 2253 string with attributes written ``1.2.840.113549.1.9.1=#726f...`` under their descriptors.

    libksba writes the text of a type it has no name for as hexadecimal, without the ASN.1 tag the RFC wants.
    """
    return _OID_WITH_HEX.sub(_by_descriptor, dn).strip() if dn else None


def value_in(dn: str | None, descriptor: str) -> str | None:
    """One attribute of an RFC 2253 string whose most specific part comes first."""
    found = re.search(rf"(?:^|(?<!\\)[,+])\s*{descriptor}=((?:\\.|[^,+\\])*)", dn or "", re.IGNORECASE)
    return re.sub(r"\\(.)", r"\1", found[1]).strip() or None if found else None


def serial_of_octets(written: str) -> str:
    """A serial number of which the octets of the INTEGER are given (X.690 section 8.3): ``00 89 E1``, ``f3:3e``.

    Raises:
        ValueError: It is not hexadecimal, or nothing.
    """
    octets = bytes.fromhex(hex_digits(written))
    if not octets:
        raise ValueError("the serial number is empty")
    return serial_hex(int.from_bytes(octets, signed=True))


def key_algorithm(written: str | None) -> str | None:
    """A key algorithm in the decoder's words; ``None`` if it is none of them."""
    return next((name for pattern, name in _ALGORITHMS if pattern.search(written or "")), None)


def key_bits(bits: int | None, algorithm: str | None) -> int | None:
    """The size of a key; of an EC key only if it can be the size of a field, not that of an encoding or a strength."""
    return None if bits is None or (algorithm == "EC" and bits not in _EC_BITS) else bits


def signature_hash(written: str | None) -> str | None:
    """The hash of a signature algorithm: ``SHA-256 With RSA Encryption``, ``ecdsa-with-SHA384``, ``RSA-SHA256``."""
    found = re.search(r"(?<![A-Za-z])(md[245]|sha-?(?:1|224|256|384|512))(?!\d)", written or "", re.IGNORECASE)
    return found[1].lower().replace("-", "") if found else None


def purposes(oids: Iterable[str]) -> tuple[str, ...]:
    """Extended key usages by the decoder's descriptors."""
    return tuple(EXTENDED_KEY_USAGES.get(oid, oid) for oid in oids)


def _descriptor(label: str) -> str | None:
    label = label.strip()
    return ATTRIBUTES.get(label) or _DESCRIPTORS.get(re.sub(r"\s+", "", label).casefold())


def _escaped(value: str) -> str:
    escaped = _SPECIAL.sub(r"\\\g<0>", value.strip())
    return f"\\{escaped}" if escaped.startswith("#") else escaped


def _by_descriptor(found: re.Match[str]) -> str:
    descriptor, digits = ATTRIBUTES.get(found[1]), found[2]
    try:
        text = bytes.fromhex(digits).decode() if descriptor else ""
    except ValueError:
        text = ""
    # With the tag the RFC wants, the first octet is no printable character.
    return f"{descriptor}={_escaped(text)}" if text and text.isprintable() else found[0]
