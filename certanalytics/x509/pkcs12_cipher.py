"""The ciphers PKCS#12 stores are locked with: PBES2 (RFC 8018) and the older schemes of RFC 7292 appendix C."""

from __future__ import annotations

import hashlib
import warnings

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import RC2, TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from certanalytics.x509 import der
from certanalytics.x509.der import DerError, Element

_PBES2, _PBKDF2 = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12"
_OLD = {
    "1.2.840.113549.1.12.1.3": (TripleDES, 24, 8),
    "1.2.840.113549.1.12.1.4": (TripleDES, 16, 8),
    "1.2.840.113549.1.12.1.5": (RC2, 16, 8),
}
"""Cipher, octets of its key and of its block; keys are derived with SHA-1."""
_RC2_40 = "1.2.840.113549.1.12.1.6"
_HASHES = {
    "1.2.840.113549.2.7": "sha1",
    "1.2.840.113549.2.8": "sha224",
    "1.2.840.113549.2.9": "sha256",
    "1.2.840.113549.2.10": "sha384",
    "1.2.840.113549.2.11": "sha512",
}
_CIPHERS = {
    "2.16.840.1.101.3.4.1.2": (AES, 16),
    "2.16.840.1.101.3.4.1.22": (AES, 24),
    "2.16.840.1.101.3.4.1.42": (AES, 32),
    "1.2.840.113549.3.7": (TripleDES, 24),
}
_OID_DATA = bytes.fromhex("06092a864886f70d010701")
_OID_CERT_BAG = bytes.fromhex("060b2a864886f70d010c0a0103")
_OID_X509 = bytes.fromhex("060a2a864886f70d01091601")
_OID_FRIENDLY_NAME = bytes.fromhex("06092a864886f70d010914")
_UTF8_STRING, _SET, _EXPLICIT = 0x0C, 0x31, 0xA0
_MOST_ROUNDS = 5_000_000
"""More iterations than any tool writes; a file made to keep a machine busy asks for more."""


class UnknownCipherError(ValueError):
    """A cipher that is not known here; the message names it."""


def decrypted(safe: bytes, algorithm: Element, ciphertext: bytes, password: str) -> bytes | None:
    """The plain text, or ``None`` if the password does not fit.

    Args:
        safe: The ContentInfo that holds all of it.
        algorithm: AlgorithmIdentifier of the encryption.
        ciphertext: What it was applied to.
        password: The password; the empty one in both ways tools write it.

    Raises:
        UnknownCipherError: The cipher is none of those above.
        DerError: Its parameters cannot be read.
    """
    fields = der.children(algorithm)
    kind = der.oid(der.expect(next(fields, None), der.OID, "encryption algorithm").content)
    parameters = der.expect(next(fields, None), der.SEQUENCE, "encryption parameters")
    if kind == _PBES2:
        return _pbes2(parameters, ciphertext, password)
    if kind in _OLD:
        algorithm_type, size, block = _OLD[kind]
        inside = der.children(parameters)
        salt = der.expect(next(inside, None), der.OCTET_STRING, "salt").content
        rounds = _rounds(next(inside, None))
        # Without a password some tools write two zero octets, as for an empty text, and some nothing at all.
        for written in [f"{password}\0".encode("utf-16-be"), *([] if password else [b""])]:
            key, start = (_derived(written, salt, rounds, what, octets) for what, octets in ((1, size), (2, block)))
            plain = _plain(algorithm_type(key), start, ciphertext)
            if plain is not None:
                return plain
        return None
    if kind == _RC2_40:
        _rounds(list(der.children(parameters))[-1])
        return _by_library(safe, password)
    raise UnknownCipherError(f"encrypted with {kind}, which is not known")


def _by_library(safe: bytes, password: str) -> bytes | None:
    """The certificates of a safe under RC2 with 40 bits, which Windows and OpenSSL before 3.0 write, as bags.

    Only the library's own reader of whole stores knows that cipher. It is given a store with this safe and nothing
    else, so that no private key is ever decrypted.
    """
    inside = der.wrap(der.OCTET_STRING, der.wrap(der.SEQUENCE, safe))
    content = der.wrap(der.SEQUENCE, _OID_DATA + der.wrap(_EXPLICIT, inside))
    store = der.wrap(der.SEQUENCE, der.wrap(der.INTEGER, b"\x03") + content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it says of BER and of odd certificates is said by the decoder again
            found = load_pkcs12(store, password.encode("utf-8"))
            held = [
                (one.certificate.public_bytes(Encoding.DER), one.friendly_name)
                for one in (found.cert, *found.additional_certs)
                if one is not None
            ]
    except (ValueError, UnsupportedAlgorithm):
        return None
    return der.wrap(der.SEQUENCE, b"".join(_bag(certificate, name) for certificate, name in held)) if held else None


def _bag(certificate: bytes, name: bytes | None) -> bytes:
    octets = der.wrap(_EXPLICIT, der.wrap(der.OCTET_STRING, certificate))
    value = der.wrap(_EXPLICIT, der.wrap(der.SEQUENCE, _OID_X509 + octets))
    said = der.wrap(_SET, der.wrap(_UTF8_STRING, name)) if name else b""
    attributes = der.wrap(_SET, der.wrap(der.SEQUENCE, _OID_FRIENDLY_NAME + said)) if name else b""
    return der.wrap(der.SEQUENCE, _OID_CERT_BAG + value + attributes)


def _pbes2(parameters: Element, ciphertext: bytes, password: str) -> bytes | None:
    """PBES2, RFC 8018 section 6.2: a key by PBKDF2, then a block cipher in CBC mode."""
    derivation, scheme = _two(parameters, "PBES2 parameters")
    function, settings = _algorithm(derivation)
    cipher, start = _algorithm(scheme)
    if function != _PBKDF2:
        raise UnknownCipherError(f"a key derived by {function}, which is not known")
    if cipher not in _CIPHERS:
        raise UnknownCipherError(f"encrypted with {cipher}, which is not known")
    fields = list(der.children(der.expect(settings, der.SEQUENCE, "PBKDF2 parameters")))
    salt = der.expect(fields[0] if fields else None, der.OCTET_STRING, "salt").content
    rounds = _rounds(fields[1] if len(fields) > 1 else None)
    said = next((_algorithm(field)[0] for field in fields[2:] if field.tag == der.SEQUENCE), "1.2.840.113549.2.7")
    if said not in _HASHES:
        raise UnknownCipherError(f"a key derived with {said}, which is not known")
    algorithm_type, size = _CIPHERS[cipher]
    key = hashlib.pbkdf2_hmac(_HASHES[said], password.encode("utf-8"), salt, rounds, size)
    return _plain(algorithm_type(key), der.expect(start, der.OCTET_STRING, "initial vector").content, ciphertext)


def _algorithm(element: Element) -> tuple[str, Element | None]:
    fields = der.children(der.expect(element, der.SEQUENCE, "algorithm"))
    return der.oid(der.expect(next(fields, None), der.OID, "algorithm").content), next(fields, None)


def _two(element: Element, what: str) -> tuple[Element, Element]:
    fields = list(der.children(element))
    if len(fields) != 2:
        raise DerError(f"no {what}")
    return fields[0], fields[1]


def _rounds(element: Element | None) -> int:
    rounds = der.integer(der.expect(element, der.INTEGER, "number of iterations"))
    if not 0 < rounds <= _MOST_ROUNDS:
        raise DerError(f"{rounds} iterations of a key derivation, which no tool writes")
    return rounds


def _plain(algorithm: CipherAlgorithm, start: bytes, ciphertext: bytes) -> bytes | None:
    """The plain text without its padding (RFC 8018 section 6.1.1), or ``None`` if there is no such padding."""
    block = int(getattr(algorithm, "block_size", 64)) // 8
    if not ciphertext or len(ciphertext) % block or len(start) != block:
        return None
    decryptor = Cipher(algorithm, CBC(start)).decryptor()
    plain = decryptor.update(ciphertext) + decryptor.finalize()
    count = plain[-1]
    return plain[:-count] if 0 < count <= block and plain.endswith(bytes([count]) * count) else None


def _derived(password: bytes, salt: bytes, rounds: int, purpose: int, size: int) -> bytes:
    """Key material by RFC 7292 appendix B.2 with SHA-1; ``purpose`` is 1 for a key, 2 for an initial vector."""
    width = 64
    diversifier = bytes([purpose]) * width
    state = _filled(salt, width) + _filled(password, width)
    derived = b""
    while len(derived) < size:
        digest = hashlib.sha1(diversifier + state, usedforsecurity=False).digest()
        for _ in range(rounds - 1):
            digest = hashlib.sha1(digest, usedforsecurity=False).digest()
        derived += digest
        addend = int.from_bytes(_filled(digest, width)) + 1
        blocks = (state[at : at + width] for at in range(0, len(state), width))
        state = b"".join(((int.from_bytes(part) + addend) % (1 << 8 * width)).to_bytes(width) for part in blocks)
    return derived[:size]


def _filled(data: bytes, width: int) -> bytes:
    """The data repeated to a whole number of blocks; nothing stays nothing."""
    wanted = -(-len(data) // width) * width
    return (data * (wanted // len(data) + 1))[:wanted] if data else b""
