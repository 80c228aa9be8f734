"""certstream: what servers that follow the Certificate Transparency logs send, saved one message a line.

Three servers speak it (CaliDog's in Elixir, certstream-server-go, certstream-server-rust), each as a full stream, a
lite one without DER and chain, and one of names only.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from certanalytics.model import CertificateRef, CtEntry, Row, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import array, json_records, number, rows, section, text
from certanalytics.sources._reading.signature import Head, Signature, json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import fingerprint, from_epoch, is_dns_name, serial_hex

_ENTRY_TYPES: dict[str | None, Literal["x509_entry", "precert_entry"]] = {
    "X509LogEntry": "x509_entry",
    "PrecertLogEntry": "precert_entry",
}
_HASH = re.compile(r"\b(?:md2|md5|sha1|sha224|sha256|sha384|sha512)\b")
_NAMES_ONLY = re.compile(r'"message_type"\s*:\s*"dns_entries"')


def _is_names_only(head: Head) -> bool:
    return bool(_NAMES_ONLY.search(head.text)) and not head.json_paths.isdisjoint(("data", "item.data"))


@source(
    "certstream",
    produced_by="certstream servers (CaliDog, certstream-server-go, certstream-server-rust): full, lite, domains-only",
    brings=("certificate", "chain", "ct"),
    signature=json_paths("data.leaf_cert")
    | json_paths("item.data.leaf_cert")
    | json_paths("leaf_cert", "update_type")
    | json_paths("item.leaf_cert", "item.update_type")
    | json_paths("data.chain", "data.cert_index")
    | Signature("JSON with message_type dns_entries", _is_names_only),
)
def certstream(export: Export) -> Iterator[Row]:
    """Read messages, with or without their envelope; heartbeats say nothing and are passed over.

    Where a message has no DER, or one that was taken out (``REDACT``), the certificate is as the message describes
    it: fingerprints, serial number, validity and names. Of distinguished names only the common name and organisation
    are kept, since what the servers put together leaves attributes out, and of extensions nothing, since every server
    words them in its own way. ``seen`` is the server's clock; only the Rust server says when the log took the entry
    in. A message of names only is one certificate of unknown identity with those names.
    """
    yield from rows(json_records(export), _message)


def _message(locator: str, message: Mapping[str, Any]) -> Iterator[Row]:
    kind, data = text(message.get("message_type")), message.get("data", message)
    if kind == "heartbeat":
        return
    if isinstance(data, list):
        names = tuple(name for name in map(text, data) if name and is_dns_name(name))
        if not names:
            raise ValueError("no DNS name in it")
        yield CtEntry(locator=locator, certificate=StatedCertificate(san_dns=names))
        return
    entry = section(data)
    leaf, origin = section(entry["leaf_cert"]), section(entry.get("source"))
    certificate = _der(leaf) or _stated(leaf)
    if certificate == StatedCertificate():
        raise ValueError("nothing is said of the certificate")
    yield CtEntry(
        locator=locator,
        certificate=certificate,
        chain=tuple(above for above in map(_above, array(entry.get("chain"))) if above),
        log=text(origin.get("url")) or text(origin.get("name")),
        log_index=number(entry.get("cert_index")),
        entry_type=_ENTRY_TYPES.get(text(entry.get("update_type"))),
        entry_timestamp=_time(entry.get("submission_timestamp")),
    )


def _der(certificate: Mapping[str, Any]) -> bytes | None:
    """The certificate's bytes; ``None`` where they are left out or were replaced by a word."""
    written = text(section(certificate).get("as_der"))
    if written is None or not written.startswith("M"):  # base64 of a SEQUENCE
        return None
    try:
        return base64.b64decode(written, validate=True)
    except binascii.Error as error:
        raise ValueError(f"as_der is not base64: {error}") from None


def _above(written: object) -> CertificateRef | None:
    """A certificate of the chain, if enough is said of it to know which."""
    certificate = section(written)
    stated = _stated(certificate)
    return _der(certificate) or (stated if stated.sha256 or stated.sha1 else None)


def _stated(leaf: Mapping[str, Any]) -> StatedCertificate:
    subject, issuer = section(leaf.get("subject")), section(leaf.get("issuer"))
    serial, algorithm = text(leaf.get("serial_number")), _HASH.search(text(leaf.get("signature_algorithm")) or "")
    return StatedCertificate(
        sha256=fingerprint(text(leaf.get("sha256")), 32),
        sha1=fingerprint(text(leaf.get("sha1")) or text(leaf.get("fingerprint")), 20),
        serial_hex=serial_hex(serial) if serial else None,
        issuer_cn=text(issuer.get("CN")),
        issuer_o=text(issuer.get("O")),
        subject_cn=text(subject.get("CN")),
        subject_o=text(subject.get("O")),
        san_dns=tuple(_names(leaf, text(subject.get("CN")))),
        not_before=_time(leaf.get("not_before")),
        not_after=_time(leaf.get("not_after")),
        signature_hash=algorithm[0] if algorithm else None,
        is_ca=is_ca if isinstance(is_ca := leaf.get("is_ca"), bool) else None,
    )


def _names(leaf: Mapping[str, Any], common_name: str | None) -> Iterator[str]:
    """The DNS names among ``all_domains``, where the common name stands too, whether or not it is one of them."""
    said = text(section(leaf.get("extensions")).get("subjectAltName")) or ""
    alternative = {name.strip() for name in said.split(",")}
    for name in map(text, array(leaf.get("all_domains"))):
        if name and is_dns_name(name) and (name != common_name or f"DNS:{name}" in alternative):
            yield name


def _time(seconds: object) -> datetime | None:
    """Seconds since 1970, whole or not."""
    return from_epoch(float(seconds)) if isinstance(seconds, int | float | Decimal) else None
