"""Cipher suites as tools write them beside the IANA name: OpenSSL's name, the code point and the bits of the cipher."""

from __future__ import annotations

from typing import NamedTuple


class Suite(NamedTuple):
    """One suite: OpenSSL's name, its code point (IANA TLS Cipher Suites), the key exchange and the cipher."""

    openssl_name: str
    code: str
    exchange: str
    cipher: str
    bits: int


SUITES = {
    "TLS_AES_256_GCM_SHA384": Suite("TLS_AES_256_GCM_SHA384", "x1302", "ECDH 253", "AESGCM", 256),
    "TLS_AES_128_GCM_SHA256": Suite("TLS_AES_128_GCM_SHA256", "x1301", "ECDH 253", "AESGCM", 128),
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": Suite(
        "ECDHE-ECDSA-AES256-GCM-SHA384", "xc02c", "ECDH 253", "AESGCM", 256
    ),
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": Suite(
        "ECDHE-ECDSA-AES128-GCM-SHA256", "xc02b", "ECDH 253", "AESGCM", 128
    ),
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA": Suite("ECDHE-ECDSA-AES128-SHA", "xc009", "ECDH 253", "AES", 128),
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": Suite("ECDHE-RSA-AES256-GCM-SHA384", "xc030", "ECDH 253", "AESGCM", 256),
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": Suite("ECDHE-RSA-AES128-GCM-SHA256", "xc02f", "ECDH 253", "AESGCM", 128),
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": Suite("ECDHE-RSA-AES128-SHA", "xc013", "ECDH 253", "AES", 128),
    "TLS_RSA_WITH_AES_256_GCM_SHA384": Suite("AES256-GCM-SHA384", "x9d", "RSA", "AESGCM", 256),
    "TLS_RSA_WITH_AES_128_GCM_SHA256": Suite("AES128-GCM-SHA256", "x9c", "RSA", "AESGCM", 128),
    "TLS_RSA_WITH_3DES_EDE_CBC_SHA": Suite("DES-CBC3-SHA", "x0a", "RSA", "3DES", 168),
}
"""Every suite the demo's servers take."""
