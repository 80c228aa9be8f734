"""What Certificate Transparency logs write: structures of TLS (RFC 5246 section 4), entries, checkpoints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

CHECKPOINT = re.compile(rb"([^\n]+)\n([0-9]+)\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*\n\xe2\x80\x94 [^\n]+\n?")
"""A checkpoint of a static log, signed (c2sp.org/tlog-checkpoint): the log's name, tree size and root hash."""

_LEAF_INDEX = 0  # CtExtension type of static-ct-api logs: the entry's index, in 40 bits


class Tls:
    """A structure read from its start within its bounds.

    Every method raises ``ValueError`` when the bytes do not reach.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self._data = data
        self._name = name
        self._at = 0

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return len(self._data) - self._at

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return not self.left

    def take(self, length: int) -> bytes:
        """The next ``length`` bytes."""
        start, end = self._at, self._at + length
        if end > len(self._data):
            raise ValueError(f"{self._name} ends at byte {len(self._data)}, {length - self.left} bytes too early")
        self._at = end
        return self._data[start:end]

    def number(self, length: int) -> int:
        """The next big-endian number of ``length`` bytes."""
        return int.from_bytes(self.take(length), "big")

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(self.left)

    def opaque(self, length_bytes: int) -> bytes:
        """The next variable-length vector, whose length stands before it in ``length_bytes`` bytes."""
        return self.take(int.from_bytes(self.take(length_bytes), "big"))

    def vector(self, length_bytes: int) -> Tls:
        """The same as a structure of its own."""
        return self.within(self.opaque(length_bytes))

    def within(self, data: bytes) -> Tls:
        """A part of it as a structure of its own."""
        return Tls(data, self._name)

    def certificate(self) -> bytes:
        """The next ASN.1Cert, TBSCertificate or PreCert: opaque <1..2^24-1>."""
        der = self.opaque(3)
        if not der:
            raise ValueError(f"{self._name} holds an empty certificate")
        return der

    def certificates(self) -> Iterator[bytes]:
        """All that is left, as ASN.1Certs."""
        while self.left:
            yield self.certificate()

    def end(self) -> None:
        """Nothing may be left."""
        if self.left:
            raise ValueError(f"{self._name} goes on for {self.left} bytes after its end")


class TlsStream(Tls):
    """The same over a stream, of which no more than what is asked for is held."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        super().__init__(b"", name)
        self._stream = stream
        self._ahead = b""
        self.position = 0

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        self._ahead = self._ahead or self._stream.read(1)
        return not self._ahead

    def take(self, length: int) -> bytes:
        """The next ``length`` bytes."""
        taken = bytearray(self._ahead[:length])
        self._ahead = self._ahead[length:]
        while len(taken) < length and (part := self._stream.read(length - len(taken))):
            taken += part
        self.position += len(taken)
        if len(taken) < length:
            raise ValueError(f"{self._name} ends at byte {self.position}, {length - len(taken)} bytes too early")
        return bytes(taken)


class TimestampedEntry(NamedTuple):
    """What a log signed (RFC 6962 section 3.4); of a precertificate the leaf holds the TBSCertificate only.

    Attributes:
        milliseconds: When the log took it in, since 1970.
        certificate: The certificate of an x509_entry, ``None`` of a precert_entry.
        issuer_key_hash: SHA-256 over the issuer's public key, of a precert_entry.
        log_index: The entry's index, which static-ct-api logs put into the extensions.
    """

    milliseconds: int
    certificate: bytes | None
    issuer_key_hash: str | None
    log_index: int | None


def timestamped_entry(leaf: Tls) -> TimestampedEntry:
    """The next TimestampedEntry.

    Raises:
        ValueError: There is none.
    """
    head = leaf.take(10)
    milliseconds, entry_type = int.from_bytes(head[:8], "big"), int.from_bytes(head[8:], "big")
    certificate = issuer_key_hash = None
    if entry_type == 0:
        certificate = leaf.certificate()
    elif entry_type == 1:
        issuer_key_hash = leaf.take(32).hex()
        leaf.certificate()  # the TBSCertificate
    else:
        raise ValueError(f"entry type {entry_type} is neither x509_entry (0) nor precert_entry (1)")
    return TimestampedEntry(
        milliseconds=milliseconds,
        certificate=certificate,
        issuer_key_hash=issuer_key_hash,
        log_index=_leaf_index(leaf.within(extensions)) if (extensions := leaf.opaque(2)) else None,
    )


def _leaf_index(extensions: Tls) -> int | None:
    """The index in a leaf's CtExtensions (c2sp.org/static-ct-api); RFC 6962 logs leave them empty."""
    while extensions.left:
        extension_type, data = extensions.number(1), extensions.vector(2)
        if extension_type == _LEAF_INDEX:
            index = data.number(5)
            data.end()
            return index
    return None
