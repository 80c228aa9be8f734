"""DigiCert ONE Trust Lifecycle (MPKI 8, which Symantec Managed PKI became): the certificates of an account.

Read are the search and the details of a certificate, and the answer to its issuance. A seat says to whom or what a
certificate was issued, not who answers for it: a person, a server or a device, by an identifier of the company's own.
Audit logs, enrollments and reports are not read: they name no certificate by more than its internal identifier.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import Record, Row, StatedCertificate
from certanalytics.sources._reading import embedded as _embedded
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import page_records, rows, section, text
from certanalytics.sources._reading.signature import Signature, json_pages
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import hex_digits, serial_hex, utc
from certanalytics.sources._reading.wording import end_of_validity

_SYSTEM = "digicert-mpki"
_NOTED = ("account", "notes", "revocation", "seat", "profile", "delivery_format")
_SHA1_DIGITS, _SHA256_DIGITS = 40, 64


def _details(prefix: str = "") -> Signature:
    """A certificate's details: the serial number, the status, and one of what only this system has beside them."""
    said = [f"{prefix}{name}" for name in ("serial_number", "status", "valid_to")]
    one = (json_pages(*said, f"{prefix}{name}") for name in ("seat.seat_id", "profile.id", "business_unit.id"))
    first, second, third = one
    return first | second | third


@source(
    "digicert-mpki-json",
    produced_by="DigiCert ONE, MPKI API v1: GET /certificate-search, GET /certificate/<serial>, POST /certificate",
    brings=("certificate", "status"),
    tried_on="documentation",
    signature=_details("items.item.") | _details() | json_pages("serial_number", "delivery_format", "certificate"),
)
def digicert_mpki_json(export: Export) -> Iterator[Row]:
    """Read a search, details of one or several certificates, or an issuance.

    A time given as a bare date means the whole of that day where a certificate ends.
    """
    yield from rows(page_records(export, "items"), lambda locator, item: _rows(export, locator, item))


def _rows(export: Export, locator: str, item: Mapping[str, Any]) -> Iterator[Row]:
    serial, written = text(item.get("serial_number")), text(item.get("certificate"))
    if serial is None:
        raise ValueError("serial_number is missing")
    held = list(_embedded.in_pem(export, locator, written)) if written else []
    ders = [one for one in held if isinstance(one, bytes)]
    seat = section(item.get("seat"))
    email = text(seat.get("email")) or text(seat.get("seat_id")) or ""
    noted = {name: item[name] for name in _NOTED if item.get(name) not in (None, "", {})}
    yield Record(
        locator=locator,
        system=_SYSTEM,
        record_id=serial,
        certificate=ders[0] if len(ders) == 1 else _stated(item),
        state=text(item.get("status")),
        requester=email if "@" in email else None,
        business_unit=text(section(item.get("business_unit")).get("name")),
        product=text(section(item.get("profile")).get("name")),
        revoked_at=utc(text(section(item.get("revocation")).get("revocation_date"))),
        attributes=json.dumps(noted, default=str, ensure_ascii=False) if noted else None,
    )
    if len(ders) > 1:  # with its chain, in an order nobody promises
        for at, der in enumerate(ders, 1):
            yield Record(locator=locator, system=_SYSTEM, record_id=f"{serial}#{at}", certificate=der)
    yield from (one for one in held if not isinstance(one, bytes))


def _stated(item: Mapping[str, Any]) -> StatedCertificate:
    thumbprint = hex_digits(text(item.get("thumbprint")) or "")
    if len(thumbprint) not in {0, _SHA1_DIGITS, _SHA256_DIGITS}:
        raise ValueError(f"a thumbprint of {len(thumbprint)} digits")
    return StatedCertificate(
        sha256=thumbprint if len(thumbprint) == _SHA256_DIGITS else None,
        sha1=thumbprint if len(thumbprint) == _SHA1_DIGITS else None,
        serial_hex=serial_hex(text(item["serial_number"]) or ""),
        subject_cn=text(item.get("common_name")),
        not_before=utc(text(item.get("valid_from"))),
        not_after=end_of_validity(text(item.get("valid_to"))),
    )
