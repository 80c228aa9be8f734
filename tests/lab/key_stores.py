"""The lab's certificates in key stores, written byte by byte after their formats; where a key would be, zeros stand."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from tests.lab.provenance import Sample
from tests.lab.truth import Truth

PASSWORD = "changeit"  # what keytool's manual has everybody use
_WRITTEN = 1_790_000_000_000
"""Milliseconds: when the entries were made."""


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """JKS of both versions, JCEKS with a secret key before the rest, BKS, and PKCS#12 open, locked and in BER."""
    leaf = {name: truth.chain(name)[0] for name in ("p256", "p384", "ed25519", "sha1", "expired", "oddname")}
    full = truth.chain("rsa2048")

    def sample(name: str, how: str) -> Sample:
        return Sample(f"keystores/{name}", "the lab", how)

    names = {"p256": leaf["p256"], "münchen 🔑": leaf["oddname"], "": leaf["p384"]}
    trusted = [_trusted(name, der) for name, der in names.items()]
    yield sample("truststore.jks", "JKS: three trusted certificates, one alias not ASCII, one empty"), _jks(*trusted)
    again = _trusted("same", leaf["p256"]), _trusted("same", leaf["p384"])
    keyed = _private("server", full)
    yield sample("server.jks", "JKS: a chain for a key (zeros), and one alias twice"), _jks(keyed, *again)
    old = _trusted("old", leaf["sha1"], version=1), _trusted("older", leaf["expired"], version=1)
    yield sample("version1.jks", "JKS of version 1"), _jks(*old, version=1)
    jceks = _secret("session"), _private("server", full), _trusted("p256", leaf["p256"])
    yield sample("mixed.jceks", "JCEKS: a sealed secret key (zeros) before the rest"), _jks(*jceks, magic=0xCECECECE)
    bks = struct.pack(">II20sI", 2, 20, bytes(range(20)), 1535) + b"\0" + bytes(20)
    yield sample("empty.bks", "BKS of version 2 without entries"), bks
    bags = [_bag(der, name) for name, der in names.items()]
    yield sample("open.p12", "PKCS#12, not encrypted, no MAC"), _pfx(_plain_safe(bags))
    yield (
        sample("indefinite.p12", "the same in BER: indefinite lengths, octets in pieces"),
        _pfx(_plain_safe(bags, ber=True), ber=True),
    )
    locked = _locked_safe([_bag(der, name) for name, der in leaf.items()])
    mixed = _plain_safe([_bag(full[0], "rsa2048")])
    how = f"PKCS#12: one certificate open, six under PBES2 (AES-256, password `{PASSWORD}`)"
    yield sample("locked.p12", how), _pfx(mixed, locked)


def _jks(*entries: bytes, version: int = 2, magic: int = 0xFEEDFEED) -> bytes:
    body = struct.pack(">III", magic, version, len(entries)) + b"".join(entries)
    return body + hashlib.sha1(PASSWORD.encode("utf-16-be") + b"Mighty Aphrodite" + body).digest()  # noqa: S324


def _text(text: str) -> bytes:
    """Java's modified UTF-8: what lies beyond the basic plane as two surrogates."""
    units = text.encode("utf-16-be")
    data = b"".join(
        units[at : at + 2].decode("utf-16-be", "surrogatepass").encode("utf-8", "surrogatepass")
        for at in range(0, len(units), 2)
    )
    return struct.pack(">H", len(data)) + data


def _certificate(der: bytes, version: int = 2) -> bytes:
    return (_text("X.509") if version == 2 else b"") + struct.pack(">I", len(der)) + der


def _trusted(alias: str, der: bytes, version: int = 2) -> bytes:
    return struct.pack(">I", 2) + _text(alias) + struct.pack(">Q", _WRITTEN) + _certificate(der, version)


def _private(alias: str, chain: tuple[bytes, ...]) -> bytes:
    sun = bytes.fromhex("300e060a2b060104012a021101010500")  # Sun's own cipher for keys, 1.3.6.1.4.1.42.2.17.1.1
    key = _tlv(0x30, sun + _tlv(0x04, bytes(120)))
    head = struct.pack(">I", 1) + _text(alias) + struct.pack(">QI", _WRITTEN, len(key)) + key
    return head + struct.pack(">I", len(chain)) + b"".join(map(_certificate, chain))


def _secret(alias: str) -> bytes:
    """A SealedObject as ObjectOutputStream writes it: class, superclass, four fields."""
    name = b"com.sun.crypto.provider.SealedObjectForKeyProtector"
    above = b"javax.crypto.SealedObject"
    octets = b"\x74\0\x02[B"
    fields = (
        b"\0\x04[\0\x0dencodedParams" + octets + b"[\0\x10encryptedContent\x71\0\x7e\0\x02"
        b"L\0\x09paramsAlg\x74\0\x12Ljava/lang/String;L\0\x07sealAlg\x71\0\x7e\0\x03"
    )
    described = b"\x72" + struct.pack(">H", len(name)) + name + bytes.fromhex("cd57ca59e730bb53") + b"\x02\0\0\x78"
    described += (
        b"\x72"
        + struct.pack(">H", len(above))
        + above
        + bytes.fromhex("3e363da6c3b75470")
        + b"\x02"
        + fields
        + b"\x78\x70"
    )
    array = (
        b"\x75\x72\0\x02[B"
        + bytes.fromhex("acf317f8060854e0")
        + b"\x02\0\0\x78\x70"
        + struct.pack(">I", 15)
        + bytes(15)
    )
    second = b"\x75\x71\0\x7e\0\x05" + struct.pack(">I", 64) + bytes(64)
    words = b"\x74\0\x03PBE\x74\0\x16PBEWithMD5AndTripleDES"
    sealed = b"\xac\xed\0\x05\x73" + described + array + second + words
    return struct.pack(">I", 3) + _text(alias) + struct.pack(">Q", _WRITTEN) + sealed


def _tlv(tag: int, content: bytes, *, ber: bool = False) -> bytes:
    if ber:
        return bytes((tag, 0x80)) + content + b"\0\0"
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(octets))) + octets + content


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    content = bytes([40 * first + second])
    for arc in rest:
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.insert(0, arc & 0x7F | 0x80)
        content += bytes(septets)
    return _tlv(0x06, content)


def _bag(der: bytes, name: str) -> bytes:
    held = _tlv(0xA0, _tlv(0x30, _oid("1.2.840.113549.1.9.22.1") + _tlv(0xA0, _tlv(0x04, der))))
    said = _tlv(0x30, _oid("1.2.840.113549.1.9.20") + _tlv(0x31, _tlv(0x1E, name.encode("utf-16-be"))))
    return _tlv(0x30, _oid("1.2.840.113549.1.12.10.1.3") + held + _tlv(0x31, said))


def _octets(content: bytes, *, ber: bool) -> bytes:
    if not ber:
        return _tlv(0x04, content)
    return _tlv(0x24, b"".join(_tlv(0x04, content[at : at + 1000]) for at in range(0, len(content), 1000)), ber=True)


def _plain_safe(bags: list[bytes], *, ber: bool = False) -> bytes:
    content = _tlv(0xA0, _octets(_tlv(0x30, b"".join(bags), ber=ber), ber=ber), ber=ber)
    return _tlv(0x30, _oid("1.2.840.113549.1.7.1") + content, ber=ber)


def _locked_safe(bags: list[bytes]) -> bytes:
    plain = _tlv(0x30, b"".join(bags))
    padding = 16 - len(plain) % 16
    salt, start, rounds = bytes(range(16)), bytes(range(16, 32)), 2048
    key = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt, rounds, 32)
    encryptor = Cipher(AES(key), CBC(start)).encryptor()
    ciphertext = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    hmac = _tlv(0x30, _oid("1.2.840.113549.2.9") + b"\x05\0")
    derivation = _tlv(0x30, _tlv(0x04, salt) + _tlv(0x02, rounds.to_bytes(2)) + hmac)
    cipher = _tlv(0x30, _oid("2.16.840.1.101.3.4.1.42") + _tlv(0x04, start))
    scheme = _tlv(0x30, _tlv(0x30, _oid("1.2.840.113549.1.5.12") + derivation) + cipher)
    algorithm = _tlv(0x30, _oid("1.2.840.113549.1.5.13") + scheme)
    inside = _tlv(0x30, _oid("1.2.840.113549.1.7.1") + algorithm + _tlv(0x80, ciphertext))
    encrypted = _tlv(0x30, b"\x02\x01\0" + inside)
    return _tlv(0x30, _oid("1.2.840.113549.1.7.6") + _tlv(0xA0, encrypted))


def _pfx(*safes: bytes, ber: bool = False) -> bytes:
    held = _tlv(0xA0, _octets(_tlv(0x30, b"".join(safes), ber=ber), ber=ber), ber=ber)
    return _tlv(0x30, b"\x02\x01\x03" + _tlv(0x30, _oid("1.2.840.113549.1.7.1") + held, ber=ber), ber=ber)
