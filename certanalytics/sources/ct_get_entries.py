"""Certificate Transparency log entries as `get-entries` answers them (RFC 6962 sections 3.4 and 4.6)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import CtEntry, Row
from certanalytics.sources._export import Export
from certanalytics.sources._records import json_records, number, rows, text
from certanalytics.sources._signature import json_paths
from certanalytics.sources._source import source
from certanalytics.sources._text import from_epoch

_LEAF_INDEX = 0  # CtExtension type of static-ct-api logs: the entry's index, in 40 bits


@source(
    "ct-get-entries",
    produced_by="Any RFC 6962 log: GET <log>/ct/v1/get-entries?start=N&end=M",
    brings=("certificate", "chain", "ct"),
    signature=json_paths("entries.item.leaf_input") | json_paths("item.leaf_input"),
)
def ct_get_entries(export: Export) -> Iterator[Row]:
    """Read log entries: the answer of a log, or an array of its entries as collectors keep them.

    A log's answer names neither the log nor an entry's index. Both are taken where a collector
    added them (``log_url`` or ``log_name``, ``cert_index``) and, for logs with the static API,
    from the leaf itself. Of a precertificate entry the certificate is the precertificate as
    submitted, poison and all: what the leaf holds is a TBSCertificate only.
    """
    is_answer = export.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
    yield from rows(json_records(export, under="entries" if is_answer else ""), _entry)


def _entry(locator: str, entry: Mapping[str, Any]) -> Iterator[Row]:
    leaf, extra = (_Tls(_base64(entry, name), name) for name in ("leaf_input", "extra_data"))
    version, leaf_type = leaf.number(1), leaf.number(1)
    if (version, leaf_type) != (0, 0):
        raise ValueError(f"leaf_input is of version {version} and leaf type {leaf_type}; RFC 6962 knows only 0 and 0")
    timestamp, entry_type = leaf.number(8), leaf.number(2)
    issuer_key_hash = None
    if entry_type == 0:
        certificate = leaf.certificate()
    elif entry_type == 1:
        issuer_key_hash = leaf.take(32).hex()
        leaf.certificate()  # the TBSCertificate
        certificate = extra.certificate()
    else:
        raise ValueError(f"entry type {entry_type} is neither x509_entry (0) nor precert_entry (1)")
    index = _leaf_index(leaf.vector(2))
    leaf.end()
    chain = extra.vector(3)
    extra.end()
    yield CtEntry(
        locator=locator,
        certificate=certificate,
        chain=tuple(chain.certificates()),
        log=text(entry.get("log_url")) or text(entry.get("log_name")),
        log_index=number(entry.get("cert_index")) if index is None else index,
        entry_type="x509_entry" if entry_type == 0 else "precert_entry",
        issuer_key_hash=issuer_key_hash,
        entry_timestamp=from_epoch(timestamp / 1000),
    )


def _base64(entry: Mapping[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(text(entry[name]) or "", validate=True)
    except binascii.Error as error:
        raise ValueError(f"{name} is not base64: {error}") from None


def _leaf_index(extensions: _Tls) -> int | None:
    """The index in a leaf's CtExtensions (c2sp.org/static-ct-api); RFC 6962 logs leave them empty."""
    while extensions.left:
        extension_type, data = extensions.number(1), extensions.vector(2)
        if extension_type == _LEAF_INDEX:
            index = data.number(5)
            data.end()
            return index
    return None


class _Tls:
    """A structure in the presentation language of RFC 5246 section 4, read from its start within its bounds.

    Every method raises ``ValueError`` when the bytes do not reach.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self._data = data
        self._name = name
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, length: int) -> bytes:
        """The next ``length`` bytes."""
        if length > self.left:
            raise ValueError(f"{self._name} ends at byte {len(self._data)}, {length - self.left} bytes too early")
        self._at += length
        return self._data[self._at - length : self._at]

    def number(self, length: int) -> int:
        """The next big-endian number of ``length`` bytes."""
        return int.from_bytes(self.take(length), "big")

    def vector(self, length_bytes: int) -> _Tls:
        """The next variable-length vector, whose length stands before it in ``length_bytes`` bytes."""
        return _Tls(self.take(self.number(length_bytes)), self._name)

    def certificate(self) -> bytes:
        """The next ASN.1Cert, TBSCertificate or PreCert: opaque <1..2^24-1>."""
        der = self.take(self.number(3))
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
