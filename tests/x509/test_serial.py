"""Serial numbers in the estate's form, by a hand-made table."""

from __future__ import annotations

import pytest

from certanalytics.x509.serial import serial_hex


@pytest.mark.parametrize(
    ("serial", "text"),
    [
        (0, "00"),
        (1, "01"),
        (0x7F, "7f"),
        (0x100, "0100"),
        (0xABC, "0abc"),
        (-1, "-01"),
        (-0x04316693ED, "-04316693ed"),
        (0x0DC76D4A1B2C3D4E5F60718293A4B5C6D7E8F901, "0dc76d4a1b2c3d4e5f60718293a4b5c6d7e8f901"),
    ],
)
def test_serial_hex(serial, text):
    assert serial_hex(serial) == text
