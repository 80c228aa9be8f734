"""`pem_to_der`, as the sources use it."""

from __future__ import annotations

import base64
import contextlib
import ssl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certanalytics.x509 import der, pem_to_der
from certanalytics.x509.pem import blocks, unarmour


@given(st.binary(max_size=300), st.sampled_from(["\n", "\r\n", " ", "\\n", "&#xa;", "&#10;", "", "\n   "]))
@settings(deadline=None)
def test_what_python_armours_comes_back(content, newline):
    data = der.wrap(der.SEQUENCE, content)
    assert pem_to_der(ssl.DER_cert_to_PEM_cert(data).replace("\n", newline)) == data


def test_the_first_certificate_counts():
    first, second = (ssl.DER_cert_to_PEM_cert(der.wrap(der.SEQUENCE, content)) for content in (b"1", b"2"))
    request = first.replace("CERTIFICATE", "CERTIFICATE REQUEST")
    assert pem_to_der(request + second + first) == b"\x30\x012"


def test_base64_alone():
    assert pem_to_der(" MAMC\nAQU ") == b"\x30\x03\x02\x01\x05"
    assert pem_to_der(base64.b64encode(b"\x30\x00").decode().rstrip("=")) == b"\x30\x00"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "nothing between"),
        ("hello, world", "not base64"),
        ("-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----", "not base64"),
        ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", "nothing between"),
        ("-----BEGIN CERTIFICATE-----\nMAMC", "no END line"),
        ("-----BEGIN CERTIFICATE-----\nMAMC\n-----END X509 CRL-----", "no END line"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMAMC\n-----END RSA PRIVATE KEY-----",
            "no certificate, only RSA PRIVATE KEY",
        ),
        ("-----BEGIN CERTIFICATE-----\nMAMC\n-----END CERTIFICATE-----", "cut short"),
        ("-----BEGIN CERTIFICATE-----\nAgEF\n-----END CERTIFICATE-----", "no certificate: tag 0x02"),
        ("-----", "no PEM block"),
    ],
)
def test_what_is_wrong_is_said(text, reason):
    with pytest.raises(ValueError, match=reason):
        pem_to_der(text)


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_gives_bytes_or_a_reason(text):
    armoured = [block.body for block in blocks(f"-----BEGIN CERTIFICATE-----{text}-----END CERTIFICATE-----")]
    for body in [text, *filter(None, armoured)]:
        with contextlib.suppress(ValueError):
            assert isinstance(unarmour(body), bytes)
