"""What the Java key stores JKS and JCEKS hold, read without their password.

Certificates stand in them as they are; only the private and secret keys are encrypted, and of those nothing is
kept. The SHA-1 digest at the end is made with the password: without one it cannot be checked, and it is not.
The layout is that of ``sun.security.provider.JavaKeyStore`` and ``com.sun.crypto.provider.JceKeyStore``: everything
big-endian, texts with a length of two bytes in Java's modified UTF-8, certificates with the name of their type from
version 2 on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

from certanalytics.x509 import java_objects

JKS, JCEKS = b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"
_PRIVATE_KEY, _TRUSTED, _SECRET_KEY = 1, 2, 3
_DIGEST = 20
_LARGEST = 1 << 24
"""Bytes one certificate or key may have: more is a damaged length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a key store.

    Attributes:
        kind: ``certificates``; ``private key`` and ``secret key``, of which nothing is kept; ``locked``, what only a
            password opens; ``passed over``, something else that is well known; ``unreadable``.
        locator: Where it stands: ``entry 3``.
        alias: What the store calls it.
        chain: The certificates, for certificates: of a private key its own first, as the store says.
        detail: What it is, or why it cannot be read.
    """

    kind: Literal["certificates", "private key", "secret key", "locked", "passed over", "unreadable"]
    locator: str
    alias: str | None = None
    chain: tuple[bytes, ...] = ()
    detail: str | None = None


class _CutError(ValueError):
    """The file ends inside an entry, or says a length that cannot be."""


def java_entries(stream: BinaryIO) -> Iterator[Entry]:
    """The entries of a JKS or JCEKS store in their order.

    Args:
        stream: The store.

    Yields:
        A private key and its chain are two entries of one locator. What cannot be passed over ends the walk with an
        entry that is ``unreadable``; everything before it has come out.
    """
    store = _Store(stream)
    try:
        magic, version, count = store.take(4), store.number(4), store.number(4)
    except _CutError as error:
        yield Entry(kind="unreadable", locator="header", detail=str(error))
        return
    if magic not in (JKS, JCEKS) or version not in (1, 2):
        yield Entry(kind="unreadable", locator="header", detail=f"neither JKS nor JCEKS of version 1 or 2 ({version})")
        return
    for number in range(1, count + 1):
        locator = f"entry {number}"
        try:
            yield from _entry(store, locator, version)
        except ValueError as error:
            missing = f"; the entries from {number} to {count} are not read" if number < count else ""
            yield Entry(kind="unreadable", locator=locator, detail=f"{error}{missing}")
            return
    left = len(stream.read(_DIGEST + 1))
    if left != _DIGEST:
        what = "cut short in the digest at its end" if left < _DIGEST else "followed by bytes that are no part of it"
        yield Entry(kind="unreadable", locator="end", detail=f"the store is {what}")


def _entry(store: _Store, locator: str, version: int) -> Iterator[Entry]:
    tag, alias = store.number(4), None
    if tag not in (_PRIVATE_KEY, _TRUSTED, _SECRET_KEY):
        raise ValueError(f"an entry of unknown type {tag}")
    alias = store.text()
    store.take(8)  # when the entry was made, which is not when anything was seen
    if tag == _SECRET_KEY:
        name = java_objects.pass_over(store.take)
        yield Entry(kind="secret key", locator=locator, alias=alias, detail=name)
        return
    count = 1
    if tag == _PRIVATE_KEY:
        store.skip(store.number(4))
        yield Entry(kind="private key", locator=locator, alias=alias, detail="private key, encrypted")
        count = store.number(4)
    chain, others = [], []
    for _ in range(count):
        kind = store.text() if version == 2 else "X.509"
        data = store.take(store.number(4))
        if kind in ("X.509", "X509"):
            chain.append(data)
        else:
            others.append(kind)
    for kind in others:
        yield Entry(kind="passed over", locator=locator, alias=alias, detail=f"certificate of type {kind[:40]!r}")
    if chain:
        yield Entry(kind="certificates", locator=locator, alias=alias, chain=tuple(chain))


class _Store:
    """The bytes of a store, taken in order."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def take(self, size: int) -> bytes:
        if size > _LARGEST:
            raise _CutError(f"damaged: a length of {size} bytes")
        data = self._stream.read(size)
        if len(data) < size:
            raise _CutError("the file is cut short")
        return data

    def skip(self, size: int) -> None:
        """Pass over what must not be kept."""
        self.take(size)

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size))

    def text(self) -> str:
        return modified_utf8(self.take(self.number(2)))


def modified_utf8(data: bytes) -> str:
    """Java's UTF-8: NUL in two bytes, characters beyond the basic plane as two surrogates of three bytes each."""
    try:
        text = data.replace(b"\xc0\x80", b"\0").decode("utf-8", "surrogatepass")
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return data.decode("utf-8", "backslashreplace")
