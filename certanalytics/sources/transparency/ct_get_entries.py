"""Certificate Transparency log entries as a log answers them (RFC 6962 sections 3.4, 4.6 and 4.8)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import CtEntry, Reject, Row
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import json_records, number, page_records, rows, text
from certanalytics.sources._reading.signature import Head, json_pages, json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import from_epoch
from certanalytics.sources.transparency._ct_structures import Tls, timestamped_entry


@source(
    "ct-get-entries",
    produced_by="Any RFC 6962 log: GET <log>/ct/v1/get-entries?start=N&end=M, and get-entry-and-proof",
    brings=("certificate", "chain", "ct"),
    signature=json_pages("entries.item.leaf_input")
    | json_paths("item.leaf_input")
    | json_paths("leaf_input", "extra_data"),
)
def ct_get_entries(export: Export) -> Iterator[Row]:
    """Read log entries: answers of a log, or their entries as collectors keep them, in arrays or one after the other.

    A log's answer names neither the log nor an entry's index. Both are taken where a collector
    added them (``log_url`` or ``log_name``, ``cert_index``) and, for logs with the static API,
    from the leaf itself. Of a precertificate entry the certificate is the precertificate as
    submitted, poison and all: what the leaf holds is a TBSCertificate only.
    """
    paths = Head(export.head).json_paths
    is_entry = not paths.isdisjoint(("leaf_input", "item.leaf_input"))
    yield from rows(json_records(export) if is_entry else page_records(export, "entries"), _entry)


def _entry(locator: str, entry: Mapping[str, Any]) -> Iterator[Row]:
    leaf = Tls(_base64(entry, "leaf_input"), "leaf_input")
    extra = Tls(_base64(entry, "extra_data"), "extra_data") if text(entry.get("extra_data")) else None
    version, leaf_type = leaf.number(1), leaf.number(1)
    if (version, leaf_type) != (0, 0):
        raise ValueError(f"leaf_input is of version {version} and leaf type {leaf_type}; RFC 6962 knows only 0 and 0")
    logged = timestamped_entry(leaf)
    leaf.end()
    if logged.certificate:
        certificate = logged.certificate
    elif extra is not None:
        certificate = extra.certificate()
    else:
        raise ValueError("extra_data is missing, which holds the precertificate")
    chain, fault = _chain(extra) if extra is not None else ((), None)  # of a collector that keeps the leaf alone
    yield CtEntry(
        locator=locator,
        certificate=certificate,
        chain=chain,
        log=text(entry.get("log_url")) or text(entry.get("log_name")),
        log_index=number(entry.get("cert_index")) if logged.index is None else logged.index,
        entry_type="x509_entry" if logged.certificate else "precert_entry",
        issuer_key_hash=logged.issuer_key_hash,
        entry_timestamp=from_epoch(logged.milliseconds / 1000),
    )
    if fault:
        yield Reject(locator=locator, reason=f"the chain cannot be read: {fault}")


def _chain(extra: Tls) -> tuple[tuple[bytes, ...], str | None]:
    """The issuers, or why they cannot be read: the certificate itself is worth as much without them."""
    try:
        chain = tuple(extra.vector(3).certificates())
        extra.end()
    except ValueError as error:
        return (), str(error)
    return chain, None


def _base64(entry: Mapping[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(text(entry[name]) or "", validate=True)
    except binascii.Error as error:
        raise ValueError(f"{name} is not base64: {error}") from None
