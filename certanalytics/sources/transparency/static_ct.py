"""Tiles of Certificate Transparency logs with the static API (c2sp.org/static-ct-api), as they lie on disk.

Read are data tiles (``tile/data/<N>``), raw or compressed, and the names tiles Sunlight writes beside them
(``tile/names/<N>``). Hash tiles hold hashes only and are not told from any other bytes; ``issuer/<sha256>`` is a
certificate file like any other.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import lru_cache
from io import BytesIO
from typing import Any

from certanalytics.errors import DataError
from certanalytics.model import CtEntry, Reject, Row, StatedCertificate
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.records import array, json_records, number, rows, section, text
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import from_epoch, ip_address
from certanalytics.sources.transparency._ct_structures import (
    CHECKPOINT,
    TimestampedEntry,
    Tls,
    TlsStream,
    timestamped_entry,
)

_FIRST_LOG, _LAST_LOG = 1_356_998_400_000, 4_102_444_800_000  # 2013, before which there was no log, and 2100
_FINGERPRINT = 32
_AT_ONCE = 64 << 20
_DATA_TILE = "tile/data/"
_CHECKPOINT_BYTES = 16 * 1024


def _is_data_tile(head: Head) -> bool:
    """A TimestampedEntry of this century with a SEQUENCE where the certificate has to be, up to where the head ends."""
    if not _FIRST_LOG <= int.from_bytes(head.data[:8]) < _LAST_LOG or head.data[8:10] not in {b"\0\0", b"\0\1"}:
        return False
    certificate = 13 if head.data[9] == 0 else 45
    if head.data[certificate : certificate + 1] != b"\x30":
        return False
    tile = TlsStream(BytesIO(head.data), "the head")
    try:
        _leaf(tile)
    except ValueError:
        return tile.ended
    return True


@source(
    "static-ct-data-tile",
    produced_by="Any log with the static CT API (Sunlight, TesseraCT, ...): GET <log>/tile/data/<N>",
    brings=("certificate", "ct"),
    signature=Signature("TileLeaf structures, one after the other, the first logged after 2012", _is_data_tile),
)
def static_ct_data_tile(export: Export) -> Iterator[Row]:
    """Read the entries of a data tile, full or partial, or of several joined to one file.

    An entry's index stands in its extensions; where it does not it cannot be told, since neither the file's name
    nor its place in the tile counts. Nor does a tile name its log: only inside an archive that holds the log's
    checkpoint as well is it known. A tile names issuers by SHA-256 alone; they stay known by that until the files of
    the log's ``issuer`` folder are loaded. A partial tile repeats the first entries of the full one, which the load
    counts as duplicates.
    """
    log = _origin(export)
    count = 0
    try:
        with export.open() as stream:
            # What is packed may be damaged, and is read only as far as it is needed.
            at_once = export.member is None and (export.size or _AT_ONCE) < _AT_ONCE
            tile = Tls(stream.read(), "the file") if at_once else TlsStream(stream, "the file")
            while not tile.ended:
                leaf = _leaf(tile)
                yield from rows([(f"leaf[{count}]", {"leaf": leaf, "log": log})], _entry)
                count += 1
    except (ValueError, *DAMAGED) as error:
        if not count:
            raise DataError(f"no data tile ({error})", where=export.label, hint="Fetch it again.") from None
        yield Reject(locator=f"leaf[{count}]", reason=f"{error}; what follows is not read. Fetch the tile again")


def _entry(locator: str, said: Mapping[str, Any]) -> Iterator[Row]:
    """One entry; what stands above it in a log are CAs."""
    logged, precertificate, issuers = said["leaf"]
    yield CtEntry(
        locator=locator,
        certificate=logged.certificate or precertificate,
        chain=_chain(issuers),
        log=said["log"],
        log_index=logged.log_index,
        entry_type="x509_entry" if logged.certificate else "precert_entry",
        issuer_key_hash=logged.issuer_key_hash,
        entry_timestamp=from_epoch(logged.milliseconds / 1000),
    )


def _leaf(tile: Tls) -> tuple[TimestampedEntry, bytes, bytes]:
    """The next TileLeaf: what was signed, the precertificate if it is one, the issuers' fingerprints."""
    logged = timestamped_entry(tile)
    precertificate = b"" if logged.certificate else tile.certificate()
    issuers = tile.vector(2)
    if issuers.left % _FINGERPRINT:
        issuers.take(issuers.left + _FINGERPRINT - issuers.left % _FINGERPRINT)  # which is too much, and is said so
    return logged, precertificate, issuers.rest()


@lru_cache(maxsize=1 << 12)
def _chain(fingerprints: bytes) -> tuple[StatedCertificate, ...]:
    """The issuers by their fingerprints: the same value for all that one CA issues."""
    starts = range(0, len(fingerprints), _FINGERPRINT)
    digests = (fingerprints[start : start + _FINGERPRINT].hex() for start in starts)
    return tuple(StatedCertificate(sha256=digest, is_ca=True) for digest in digests)


def _origin(export: Export) -> str | None:
    """The log's name: first line of the checkpoint that lies in the same archive beside the tile's folder."""
    root, found, _ = (export.member or "").rpartition(_DATA_TILE)
    if not found:
        return None
    try:
        with closing(zipfile.ZipFile(export.path)) as archive, archive.open(f"{root}checkpoint") as checkpoint:
            note = CHECKPOINT.match(checkpoint.read(_CHECKPOINT_BYTES))
    except (KeyError, *DAMAGED):  # none there, or none that can be read: the tile is worth as much without
        return None
    return note[1].decode("utf-8", "backslashreplace") if note else None


_MILLISECONDS = re.compile(r'"Timestamp"\s*:\s*1[0-9]{12}\b')


def _is_names_tile(head: Head) -> bool:
    """Milliseconds as a number beside a name: other tools' records of DNS have a time in words."""
    named = not head.json_paths.isdisjoint(("Subject.CommonName", "DNS.item", "IP.item"))
    return named and "Timestamp" in head.json_paths and _MILLISECONDS.search(head.text) is not None


@source(
    "static-ct-names-tile",
    produced_by="Sunlight: GET <log>/tile/names/<N>",
    brings=("ct",),
    signature=Signature("JSON with Timestamp in milliseconds and Subject.CommonName, DNS or IP", _is_names_tile),
)
def static_ct_names_tile(export: Export) -> Iterator[Row]:
    """Read the names in the entries of a tile, one entry a line.

    Neither the log, nor (since 2025) the index, nor whether it is a certificate or a precertificate is said, and
    nothing that tells one certificate from another with the same names. Early tiles have the subject as DER, which
    is not read; it stands there only if it says more than the other names.
    """
    yield from rows(json_records(export), _names)


def _names(locator: str, entry: Mapping[str, Any]) -> Iterator[Row]:
    subject = entry.get("Subject")
    subject, milliseconds = section(None if isinstance(subject, str) else subject), number(entry["Timestamp"])
    dns, ips = (tuple(name for name in map(text, array(entry.get(kind))) if name) for kind in ("DNS", "IP"))
    if milliseconds is None or not (subject or dns or ips):
        raise ValueError("no time or no name")
    yield CtEntry(
        locator=locator,
        certificate=StatedCertificate(
            subject_cn=text(subject.get("CommonName")),
            subject_o=_only(subject.get("Organization")),
            san_dns=dns,
            san_ip=tuple(ip_address(address) or address for address in ips),
        ),
        log_index=number(entry.get("Index")),
        entry_timestamp=from_epoch(milliseconds / 1000),
    )


def _only(values: object) -> str | None:
    """The one value of an attribute; which of several counts cannot be told."""
    found = values if isinstance(values, list) else [values]
    return text(found[0]) if len(found) == 1 else None
