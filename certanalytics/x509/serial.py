"""Serial numbers in the estate's one form, so that they can be compared whatever source wrote them."""

from __future__ import annotations


def serial_hex(serial: int) -> str:
    """A serial number as hexadecimal: whole bytes, lower case, ``-`` before a negative one.

    Args:
        serial: The number as it stands in the certificate (RFC 5280 section 4.1.2.2).
    """
    digits = format(abs(serial), "x")
    return ("-" if serial < 0 else "") + digits.zfill(len(digits) + len(digits) % 2)
