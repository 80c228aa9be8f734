"""Cert Spotter (SSLMate): what Certificate Transparency logs hold for a domain, one issuance at a time."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from certanalytics.model import CtEntry, Finding, Revocation, Row, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import array, json_records, number, rows, section, text
from certanalytics.sources._reading.signature import json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import fingerprint, is_dns_name, utc
from certanalytics.x509.revocation import REASONS, issuer_and_serial

_SYSTEM = "certspotter"
_PATHS = ("id", "tbs_sha256", "not_before", "not_after")
_ALGORITHMS = {"rsa": "RSA", "ecdsa": "EC", "dsa": "DSA", "ed25519": "Ed25519", "ed448": "Ed448"}
_CURVES = {"P-224": "secp224r1", "P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1"}
_ENTRY_TYPES: dict[str | None, Literal["x509_entry", "precert_entry"]] = {
    "cert": "x509_entry",
    "precert": "precert_entry",
}


@source(
    "certspotter-issuances",
    produced_by="Cert Spotter API v1 and v0: GET /v1/issuances?domain=<name>&expand=...",
    brings=("certificate", "ct", "status"),
    tried_on="documentation",  # real issuances, but as a client's tests repeat them
    signature=json_paths(*(f"item.{path}" for path in _PATHS)) | json_paths(*_PATHS),
)
def certspotter_issuances(export: Export) -> Iterator[Row]:
    """Read issuances, pages of them or one a line, with whatever was asked to be expanded.

    An issuance stands for all log entries of a certificate and its precertificate, so ``log_index`` is
    Cert Spotter's identifier and there is no time of logging. The certificate that comes with it is a precertificate
    where no log has the final one; only answers until 2022 say which it is. ``dns_names`` hold the common name too.
    A revocation needs the serial number, which only the certificate itself (``expand=cert_der``) brings; without it
    the revocation is a finding.
    """
    yield from rows(json_records(export), _issuance)


def _issuance(locator: str, said: Mapping[str, Any]) -> Iterator[Row]:
    old = section(said.get("cert"))
    der = _der(text(said.get("cert_der")) or text(old.get("data")))
    certificate = der or _stated(said, old)
    yield CtEntry(
        locator=locator,
        certificate=certificate,
        log=_SYSTEM,
        log_index=number(said["id"]) if (text(said["id"]) or "").isdecimal() else None,  # by contract any text
        entry_type=_ENTRY_TYPES.get(text(old.get("type"))),
    )
    if said.get("revoked") is True:
        yield _revocation(locator, said, der)


def _der(written: str | None) -> bytes | None:
    if written is None:
        return None
    try:
        return base64.b64decode(written, validate=True)
    except binascii.Error as error:
        raise ValueError(f"the certificate is not base64: {error}") from None


def _stated(said: Mapping[str, Any], old: Mapping[str, Any]) -> StatedCertificate:
    issuer, key = section(said.get("issuer")), section(said.get("pubkey"))
    return StatedCertificate(
        sha256=fingerprint(text(said.get("cert_sha256")) or text(old.get("sha256")), 32),
        spki_sha256=fingerprint(text(said.get("pubkey_sha256")), 32),
        tbs_sha256=fingerprint(text(said["tbs_sha256"]), 32),
        issuer_dn=text(issuer.get("name")),
        san_dns=tuple(name for name in map(text, array(said.get("dns_names"))) if name and is_dns_name(name)),
        not_before=utc(text(said["not_before"])),
        not_after=utc(text(said["not_after"])),
        key_algorithm=_ALGORITHMS.get(text(key.get("type")) or ""),
        key_bits=number(key.get("bit_length")),
        key_curve=_CURVES.get(text(key.get("curve")) or ""),
    )


def _revocation(locator: str, said: Mapping[str, Any], der: bytes | None) -> Row:
    about = section(said.get("revocation"))
    at, checked_at = utc(text(about.get("time"))), utc(text(about.get("checked_at")))
    reason = text(about.get("reason"))
    reason = REASONS.get(int(reason)) if reason and reason.isdecimal() else reason
    if der is None:
        return _without_serial(locator, said, at, checked_at)
    issuer_dn, serial = issuer_and_serial(der)
    return Revocation(
        locator=locator,
        system=_SYSTEM,
        serial_hex=serial,
        status="hold" if reason == "certificateHold" else "revoked",
        issuer_dn=issuer_dn,
        revoked_at=at,
        reason=reason,
        observed_at=checked_at,
    )


def _without_serial(locator: str, said: Mapping[str, Any], at: datetime | None, checked_at: datetime | None) -> Finding:
    which = text(said.get("cert_sha256")) or f"TBS {text(said['tbs_sha256'])}"
    when = f" at {at.isoformat()}Z" if at else ""
    return Finding(
        locator=locator,
        check_id="certificate-revoked",
        severity="info",
        text=f"Cert Spotter: the certificate {which} was revoked{when}; its serial number is not in the answer",
        observed_at=checked_at,
    )
