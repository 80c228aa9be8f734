"""Locked safes of a PKCS#12 store, opened by `cryptography`, which knows every cipher tools lock them with.

The library reads whole stores only. It is given one that holds this safe and nothing else, so that the private keys,
which lie in other safes, are never decrypted.
"""

from __future__ import annotations

import hashlib
import hmac
import warnings

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from certanalytics.x509 import der

_OID_DATA = bytes.fromhex("06092a864886f70d010701")
_OID_CERT_BAG = bytes.fromhex("060b2a864886f70d010c0a0103")
_OID_X509 = bytes.fromhex("060a2a864886f70d01091601")
_OID_FRIENDLY_NAME = bytes.fromhex("06092a864886f70d010914")
_SHA1_ALGORITHM = bytes.fromhex("300906052b0e03021a0500")
_SALT = bytes(8)
_UTF8_STRING, _SET, _EXPLICIT = 0x0C, 0x31, 0xA0


def decrypted(safe: bytes, password: str) -> bytes | None:
    """The certificates of a safe as SafeContents (RFC 7292 section 4.2), or ``None`` if the password does not open it.

    Args:
        safe: The ContentInfo with the encrypted content.
        password: The password; the empty one in both ways tools write it.
    """
    authenticated = der.wrap(der.SEQUENCE, safe)
    inside = der.wrap(_EXPLICIT, der.wrap(der.OCTET_STRING, authenticated))
    parts = der.wrap(der.INTEGER, b"\x03") + der.wrap(der.SEQUENCE, _OID_DATA + inside)
    for mac in (b"", *([] if password else [_mac_of_the_empty_text(authenticated)])):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what it says of BER and of odd certificates is said by the decoder
                found = load_pkcs12(der.wrap(der.SEQUENCE, parts + mac), password.encode("utf-8"))
        except (ValueError, UnsupportedAlgorithm):
            continue
        held = [one for one in (found.cert, *found.additional_certs) if one is not None]
        bags = (_bag(one.certificate.public_bytes(Encoding.DER), one.friendly_name) for one in held)
        return der.wrap(der.SEQUENCE, b"".join(bags))
    return None


def _mac_of_the_empty_text(content: bytes) -> bytes:
    """A MacData under the empty password as text of two octets of zero (RFC 7292 appendix B).

    Without a MAC the library takes the empty password for none. The ciphers older than PBES2 tell the two apart, and
    openssl locks with the text.
    """
    block = 64
    key = hashlib.sha1(b"\x03" * block + _SALT * (block // len(_SALT)) + b"\0\0" * (block // 2)).digest()  # noqa: S324
    digest = der.wrap(der.OCTET_STRING, hmac.digest(key, content, "sha1"))
    return der.wrap(der.SEQUENCE, der.wrap(der.SEQUENCE, _SHA1_ALGORITHM + digest) + der.wrap(der.OCTET_STRING, _SALT))


def _bag(certificate: bytes, name: bytes | None) -> bytes:
    octets = der.wrap(_EXPLICIT, der.wrap(der.OCTET_STRING, certificate))
    value = der.wrap(_EXPLICIT, der.wrap(der.SEQUENCE, _OID_X509 + octets))
    said = der.wrap(_SET, der.wrap(_UTF8_STRING, name)) if name else b""
    attributes = der.wrap(_SET, der.wrap(der.SEQUENCE, _OID_FRIENDLY_NAME + said)) if name else b""
    return der.wrap(der.SEQUENCE, _OID_CERT_BAG + value + attributes)
