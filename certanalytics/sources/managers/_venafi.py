"""What both of Venafi's services write alike: texts, addresses, numbers in hexadecimal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certanalytics.sources._reading.records import text
from certanalytics.sources._reading.text import hex_digits, ip_address, serial_hex

CLOUD = "venafi-cloud"
"""The system of the service in the cloud, whose requests VCert picks up as well."""

KEYS = {"RSA": "RSA", "DSA": "DSA", "EC": "EC", "ECC": "EC", "ECDSA": "EC", "ED25519": "Ed25519"}
_SHA1_DIGITS = 40


def texts(value: object) -> tuple[str, ...]:
    """One text or a list of them."""
    values = value if isinstance(value, list) else [value]
    return tuple(found for found in map(text, values) if found)


def addresses(written: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses in one spelling; what is none stays as it is written."""
    return tuple(ip_address(address) or address for address in written)


def hexadecimal(written: str | None) -> str | None:
    """Digits, if there are any."""
    return hex_digits(written) if written else None


def serial(written: str | None) -> str | None:
    """A serial number in one spelling."""
    return serial_hex(written) if written else None


def thumbprint(written: str | None) -> str | None:
    """A thumbprint, which is a SHA-1.

    Raises:
        ValueError: It is of another length.
    """
    digits = hex_digits(written) if written else None
    if digits and len(digits) != _SHA1_DIGITS:
        raise ValueError(f"a thumbprint of {len(digits)} digits, {_SHA1_DIGITS} expected")
    return digits


def identifier(item: Mapping[str, Any], name: str) -> str:
    """What an object is known by.

    Raises:
        ValueError: It is missing.
    """
    value = text(item.get(name))
    if value is None:
        raise ValueError(f"{name} is missing")
    return value
