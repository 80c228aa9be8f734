"""Small conversions every reader needs: serial numbers, fingerprints and times as exports write them."""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, datetime

from certanalytics.x509.serial import serial_hex as serial_number

_LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_DNS_NAME = re.compile(rf"(?=.{{1,253}}\.?\Z)(\*\.)?({_LABEL}\.)*{_LABEL}\.?")


def hex_digits(text: str) -> str:
    """Hexadecimal in the estate's form: lower case, no separators, no ``0x``.

    Raises:
        ValueError: Something else than hexadecimal digits and separators is in it.
    """
    digits = text.strip().lower().removeprefix("0x").translate({ord(mark): None for mark in ": -\t\r\n"})
    if digits.strip("0123456789abcdef"):
        raise ValueError(f"not hexadecimal: {text[:40]!r}")
    return digits


def fingerprint(written: str | None, octets: int) -> str | None:
    """A digest in the estate's form; ``None`` for none.

    Args:
        written: Its hexadecimal digits, with or without separators.
        octets: How long it has to be: 20 for SHA-1, 32 for SHA-256. One that was cut would name another certificate.

    Raises:
        ValueError: It is not hexadecimal, or of another length.
    """
    digits = hex_digits(written or "")
    if digits and len(digits) != 2 * octets:
        raise ValueError(f"a fingerprint of {len(digits)} digits where {2 * octets} are expected")
    return digits or None


def serial_hex(serial: int | str) -> str:
    """A serial number in the estate's form: whole bytes, lower case, ``-`` before a negative one.

    Args:
        serial: The number itself, or its hexadecimal digits with or without separators.

    Raises:
        ValueError: The text is not hexadecimal.
    """
    if isinstance(serial, str):
        negative = serial.strip().startswith("-")
        serial = int(hex_digits(serial) or "0", 16) * (-1 if negative else 1)
    return serial_number(serial)


def utc(text: str | None) -> datetime | None:
    """An ISO 8601 time as naive UTC; a time without a zone is taken as UTC, empty text as no time.

    Raises:
        ValueError: The text is not a time.
    """
    if not text or not text.strip():
        return None
    return naive(datetime.fromisoformat(text.strip()))


def openssl_time(text: str) -> datetime:
    """A time as OpenSSL prints it (``Nov  8 00:00:00 2031 GMT``), naive UTC.

    Raises:
        ValueError: The text is not such a time.
    """
    return datetime.strptime(" ".join(text.split()), "%b %d %H:%M:%S %Y GMT")


def naive(time: datetime) -> datetime:
    """A time as naive UTC."""
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


def from_epoch(seconds: float) -> datetime:
    """Seconds since 1970 as naive UTC.

    Raises:
        ValueError: The number is not a time a datetime can hold.
    """
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    except (OverflowError, OSError) as error:
        raise ValueError(f"{seconds} is not a time") from error


def port_number(written: int | str) -> int:
    """A TCP port.

    Raises:
        ValueError: It is no number, or none a port can have.
    """
    number = int(written)
    if not 0 <= number <= 65_535:
        raise ValueError(f"{number} is no port")
    return number


def is_dns_name(text: str) -> bool:
    """Whether text is a DNS name or wildcard pattern as certificates carry them: letters, digits, hyphens, underscores.

    An IP address is none (RFC 5280 section 4.2.1.6 keeps the two apart).
    """
    return bool(_DNS_NAME.fullmatch(text)) and ip_address(text) is None


def ip_address(text: str) -> str | None:
    """An IP address in its shortest form, brackets around IPv6 taken off; ``None`` if the text is none."""
    try:
        return str(ipaddress.ip_address(text.strip().removeprefix("[").removesuffix("]")))
    except ValueError:
        return None


def host_and_ip(name: str | None, address: str | None = None) -> tuple[str | None, str | None]:
    """What a scanner was pointed at, as host name and address; a "name" that is an address is no name."""
    by_name, by_address = ip_address(name or ""), ip_address(address or "")
    return (None if by_name else (name or "").strip() or None), by_address or by_name
