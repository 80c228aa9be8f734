"""Just enough DER to write certificates the way a CA does: TBSCertificate first, then the signature.

Certificates are assembled here rather than with a builder because a precertificate, the
TBSCertificate a log signs and the final certificate must differ in exactly one extension
(RFC 6962 section 3.2), and because the demo needs SHA-1 signatures, which builders refuse.
Source: ITU-T X.690; RFC 5280 section 4.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

NULL = b"\x05\x00"


def tlv(tag: int, *parts: bytes) -> bytes:
    """One tag, length and value; the value is the parts one after the other."""
    value = b"".join(parts)
    size = len(value)
    if size < 0x80:
        return bytes((tag, size)) + value
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + value


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE of encoded parts."""
    return tlv(0x30, *parts)


def integer(value: int) -> bytes:
    """A non-negative INTEGER."""
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def bit_string(value: bytes) -> bytes:
    """A BIT STRING of whole bytes."""
    return tlv(0x03, b"\0", value)


def octet_string(value: bytes) -> bytes:
    """An OCTET STRING."""
    return tlv(0x04, value)


@cache
def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return tlv(0x06, *(_base128(arc) for arc in (first * 40 + second, *rest)))


def time(value: datetime) -> bytes:
    """A validity time: UTCTime until 2049, GeneralizedTime after (RFC 5280 section 4.1.2.5)."""
    if value.year < 2050:
        return tlv(0x17, value.strftime("%y%m%d%H%M%SZ").encode())
    return tlv(0x18, value.strftime("%Y%m%d%H%M%SZ").encode())


def extension(dotted: str, value: bytes, *, critical: bool = False) -> bytes:
    """One Extension; ``value`` is its DER."""
    return sequence(oid(dotted), b"\x01\x01\xff" if critical else b"", octet_string(value))


def tbs_certificate(
    *,
    serial: int,
    algorithm: bytes,
    issuer: bytes,
    validity: tuple[datetime, datetime],
    subject: bytes,
    spki: bytes,
    extensions: Iterable[bytes],
) -> bytes:
    """A version 3 TBSCertificate from encoded parts (RFC 5280 section 4.1.2)."""
    return sequence(
        tlv(0xA0, integer(2)),
        integer(serial),
        algorithm,
        issuer,
        sequence(time(validity[0]), time(validity[1])),
        subject,
        spki,
        tlv(0xA3, sequence(*extensions)),
    )


def signed(tbs: bytes, algorithm: bytes, signature: bytes) -> bytes:
    """A Certificate: what is signed, how, and the signature."""
    return sequence(tbs, algorithm, bit_string(signature))


def _base128(arc: int) -> bytes:
    digits = [arc & 0x7F]
    while arc := arc >> 7:
        digits.append(0x80 | arc & 0x7F)
    return bytes(reversed(digits))
