"""Certificate Transparency log entries as a log answers them (RFC 6962 sections 3.4, 4.6 and 4.8)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from certanalytics.model import CtEntry, Reject, Row
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.records import json_records, number, page_records, rows, text
from certanalytics.sources._reading.signature import Head, json_pages, json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import from_epoch
from certanalytics.sources.transparency._ct_structures import Tls, timestamped_entry

AT_ONCE = 64 << 20
"""Bytes of an answer that are read at once; a larger one is read entry by entry."""


class Entry(msgspec.Struct):
    """One entry as a log answers it, its base64 taken off while it is read."""

    leaf_input: bytes
    extra_data: bytes | None = None
    log_url: str | None = None
    log_name: str | None = None
    cert_index: int | str | None = None


class Answer(msgspec.Struct):
    """What a log answers to get-entries."""

    entries: list[Entry]


_ANSWER = msgspec.json.Decoder(Answer)


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
    plain = _plain(export)
    if plain is not None:
        yield from plain
        return
    paths = Head(export.head).json_paths
    is_entry = not paths.isdisjoint(("leaf_input", "item.leaf_input"))
    yield from rows(json_records(export) if is_entry else page_records(export, "entries"), _entry)


def _plain(export: Export) -> list[Row] | None:
    """All rows of an answer in which nothing is odd; any other is read again, entry by entry, to say what is."""
    try:
        with export.open() as stream:
            data = stream.read(AT_ONCE + 1)
    except DAMAGED:
        return None
    # Of two members of one name the last would count here, and both where entries are read one by one.
    if len(data) > AT_ONCE or data.count(b'"entries"') != 1 or b"\\u" in data:
        return None
    try:
        return [
            row
            for at, entry in enumerate(_ANSWER.decode(data).entries)
            for row in _rows(
                f"entries[{at}]", entry.leaf_input, entry.extra_data, entry.log_url, entry.log_name, entry.cert_index
            )
        ]
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
        return None


def _entry(locator: str, entry: Mapping[str, Any]) -> Iterator[Row]:
    leaf = _base64(entry, "leaf_input")
    extra = _base64(entry, "extra_data") if text(entry.get("extra_data")) else None
    yield from _rows(locator, leaf, extra, entry.get("log_url"), entry.get("log_name"), entry.get("cert_index"))


def _rows(
    locator: str, leaf_input: bytes, extra_data: bytes | None, log_url: Any, log_name: Any, cert_index: Any
) -> tuple[Row, ...]:
    leaf = Tls(leaf_input, "leaf_input")
    version, leaf_type = leaf.number(1), leaf.number(1)
    if version or leaf_type:
        raise ValueError(f"leaf_input is of version {version} and leaf type {leaf_type}; RFC 6962 knows only 0 and 0")
    logged = timestamped_entry(leaf)
    leaf.end()
    extra = Tls(extra_data, "extra_data") if extra_data else None
    if logged.certificate:
        certificate = logged.certificate
    elif extra is not None:
        certificate = extra.certificate()
    else:
        raise ValueError("extra_data is missing, which holds the precertificate")
    # Of a collector that keeps the leaf alone there is no chain.
    chain, fault = _chain(extra.rest()) if extra is not None else ((), None)
    entry = CtEntry(
        locator=locator,
        certificate=certificate,
        chain=chain,
        log=(text(log_url) or text(log_name)) if log_url or log_name else None,
        log_index=number(cert_index) if logged.log_index is None and cert_index is not None else logged.log_index,
        entry_type="x509_entry" if logged.certificate else "precert_entry",
        issuer_key_hash=logged.issuer_key_hash,
        entry_timestamp=from_epoch(logged.milliseconds / 1000),
    )
    if fault:
        return entry, Reject(locator=locator, reason=f"the chain cannot be read: {fault}")
    return (entry,)


@lru_cache(maxsize=1 << 12)
def _chain(data: bytes) -> tuple[tuple[bytes, ...], str | None]:
    """The issuers, or why they cannot be read: the certificate itself is worth as much without them.

    They are the same for most of what a CA issues, and come as the same value then.
    """
    extra = Tls(data, "extra_data")
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
