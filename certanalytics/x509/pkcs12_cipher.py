"""Locked safes of a PKCS#12 store, opened by `cryptography`, which knows every cipher tools lock them with.

The library reads whole stores only. It is given one that holds this safe and nothing else, so that the private keys,
which lie in other safes, are never decrypted.
"""

from __future__ import annotations

import warnings

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from certanalytics.x509 import der

_OID_DATA = bytes.fromhex("06092a864886f70d010701")
_OID_CERT_BAG = bytes.fromhex("060b2a864886f70d010c0a0103")
_OID_X509 = bytes.fromhex("060a2a864886f70d01091601")
_OID_FRIENDLY_NAME = bytes.fromhex("06092a864886f70d010914")
_UTF8_STRING, _SET, _EXPLICIT = 0x0C, 0x31, 0xA0


def decrypted(safe: bytes, password: str) -> bytes | None:
    """The certificates of a safe as SafeContents (RFC 7292 section 4.2), or ``None`` if the password does not open it.

    Args:
        safe: The ContentInfo with the encrypted content.
        password: The password; the empty one in both ways tools write it.
    """
    inside = der.wrap(der.OCTET_STRING, der.wrap(der.SEQUENCE, safe))
    content = der.wrap(der.SEQUENCE, _OID_DATA + der.wrap(_EXPLICIT, inside))
    store = der.wrap(der.SEQUENCE, der.wrap(der.INTEGER, b"\x03") + content)
    for written in (password.encode("utf-8"), *([] if password else [None])):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what it says of BER and of odd certificates is said by the decoder
                found = load_pkcs12(store, written)
        except (ValueError, UnsupportedAlgorithm):
            continue
        held = [one for one in (found.cert, *found.additional_certs) if one is not None]
        bags = (_bag(one.certificate.public_bytes(Encoding.DER), one.friendly_name) for one in held)
        return der.wrap(der.SEQUENCE, b"".join(bags))
    return None


def _bag(certificate: bytes, name: bytes | None) -> bytes:
    octets = der.wrap(_EXPLICIT, der.wrap(der.OCTET_STRING, certificate))
    value = der.wrap(_EXPLICIT, der.wrap(der.SEQUENCE, _OID_X509 + octets))
    said = der.wrap(_SET, der.wrap(_UTF8_STRING, name)) if name else b""
    attributes = der.wrap(_SET, der.wrap(der.SEQUENCE, _OID_FRIENDLY_NAME + said)) if name else b""
    return der.wrap(der.SEQUENCE, _OID_CERT_BAG + value + attributes)
