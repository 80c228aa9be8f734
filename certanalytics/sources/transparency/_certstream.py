"""What the messages of certstream say of a certificate, whichever reader has them before it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from certanalytics.model import CertificateRef, StatedCertificate
from certanalytics.sources._reading.records import array, section, text
from certanalytics.sources._reading.text import fingerprint, from_epoch, is_dns_name, serial_hex

ENTRY_TYPES: dict[str | None, Literal["x509_entry", "precert_entry"]] = {
    "X509LogEntry": "x509_entry",
    "PrecertLogEntry": "precert_entry",
}
_HASH = re.compile(r"\b(?:md2|md5|sha1|sha224|sha256|sha384|sha512)\b")


def der(certificate: Mapping[str, Any]) -> bytes | None:
    """The certificate's bytes; ``None`` where they are left out or were replaced by a word."""
    written = text(section(certificate).get("as_der"))
    if written is None or not written.startswith("M"):  # base64 of a SEQUENCE
        return None
    try:
        return base64.b64decode(written, validate=True)
    except binascii.Error as error:
        raise ValueError(f"as_der is not base64: {error}") from None


def above(written: object) -> CertificateRef | None:
    """A certificate of the chain, if enough is said of it to know which."""
    certificate = section(written)
    said = stated(certificate)
    return der(certificate) or (said if said.sha256 or said.sha1 else None)


def stated(leaf: Mapping[str, Any]) -> StatedCertificate:
    """What is said of a certificate, whether or not its DER is beside it.

    Raises:
        ValueError: A fingerprint, a number or a time is damaged.
    """
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
        not_before=time_of(leaf.get("not_before")),
        not_after=time_of(leaf.get("not_after")),
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


def time_of(seconds: object) -> datetime | None:
    """Seconds since 1970, whole or not."""
    return from_epoch(float(seconds)) if isinstance(seconds, int | float | Decimal) else None
