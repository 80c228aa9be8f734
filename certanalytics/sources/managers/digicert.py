"""DigiCert CertCentral: the orders of an account, as the Services API v2 lists and reports them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import Record, Row, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.local_dates import told_times
from certanalytics.sources._reading.records import array, csv_records, number, page_records, rows, section, text
from certanalytics.sources._reading.signature import csv_columns, json_pages, json_without
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import hex_digits, serial_hex, utc
from certanalytics.sources._reading.wording import as_json, end_of_validity, required

_SYSTEM = "digicert-certcentral"

_ISSUED = frozenset({"issued", "revoked", "expired", "reissue_pending"})
"""States of orders that have a certificate; one that shows its thumbprint or serial number has one in any state."""

_CONTACTS = ("technical_contact", "organization_contact", "user")
"""Who answers for a certificate, the most particular first."""

_ATTRIBUTES = (
    "organization",
    "container",
    "price",
    "validity_years",
    "is_renewal",
    "is_renewed",
    "renewed_order_id",
    "auto_renew",
    "disable_renewal_notifications",
    "user_assignments",
    "additional_emails",
    "dcv_method",
    "payment_method",
    "dates_as_written",
)
"""What else of an order is kept, under the API's names."""


_DETAILS = ("certificate.common_name", "status", "date_created", "product.name_id")
"""What tells the details of an order from any other JSON."""

_REQUEST = ("requester.email", "order.id", "order.status", "order.product.name_id")
"""What tells a request for an order from any other JSON."""


@source(
    "digicert-orders-json",
    produced_by="DigiCert CertCentral Services API v2: GET /order/certificate, /order/certificate/<id>, /request/<id>",
    brings=("owner", "status"),
    tried_on="documentation",  # a client library's copies of the published examples, not an export of an account
    signature=json_pages("orders.item.id", "orders.item.status", "orders.item.product.name_id")
    | json_without("orders", "page.total")
    | json_pages(*_DETAILS)
    | json_pages(*_REQUEST),
)
def digicert_orders_json(export: Export) -> Iterator[Row]:
    """Read a list of orders (a page of it may be empty), or the details of one or several, or requests for them.

    The list brings neither serial number nor thumbprint nor contacts; the details bring them all, and a request says
    who asked and who approved. A ``valid_till`` is a date: the certificate is taken to end with that day.
    """
    yield from rows(
        page_records(export, "orders"),
        lambda locator, said: _request(locator, said) if "order" in said else _record(locator, said),
    )


_DATES = ("date_created", "valid_from", "valid_till")
_COLUMNS = ("order_id", "status", "common_name", "tech_email", "valid_till", "serial_number")


@source(
    "digicert-orders-csv",
    produced_by="DigiCert CertCentral Services API v2: GET /report/order, or the order report of the console",
    brings=("owner", "status"),
    tried_on="documentation",
    signature=csv_columns(*_COLUMNS),
)
def digicert_orders_csv(export: Export) -> Iterator[Row]:
    """Read the order report, one row an order; what stands between cells may have been changed by a spreadsheet."""
    yield from rows(csv_records(export), lambda locator, row: _record(locator, _order(row)))


def _order(row: Mapping[str, str]) -> dict[str, Any]:
    """A row of the report in the shape of an order's details, so that both are read by one rule."""
    dates = _dates(row)
    copied = (
        "status",
        "validity_years",
        "is_renewed",
        "renewed_order_id",
        "auto_renew",
        "disable_renewal_notifications",
        "user_assignments",
        "additional_emails",
        "dcv_method",
    )
    return {
        **{name: row.get(name) for name in copied},
        "id": row["order_id"],
        "date_created": dates.get("date_created"),
        "dates_as_written": {name: row[name] for name in _DATES if row.get(name) and name not in dates},
        "price": row.get("cost"),
        "payment_method": row.get("pay_type"),
        "organization": {"id": row.get("organization_id"), "name": row.get("organization_name")},
        "container": {"id": row.get("container_id"), "name": row.get("container_name")},
        "product": {"name_id": row.get("product_name_id"), "name": row.get("product_name")},
        "technical_contact": _person(row, "tech"),
        "user": _person(row, "user"),
        "certificate": {
            "thumbprint": row.get("thumbprint"),
            "serial_number": row["serial_number"],
            "common_name": row["common_name"],
            "dns_names": [name for name in re.split(r"[\s,;|]+", row.get("dns_names") or "") if name],
            "valid_from": dates.get("valid_from"),
            "valid_till": dates.get("valid_till"),
            "signature_hash": row.get("signature_hash"),
            "ca_cert": {"name": row.get("issuing_ca")},
        },
    }


def _dates(row: Mapping[str, str]) -> dict[str, str]:
    """The dates of a row as the report writes them, without those that cannot be told.

    A spreadsheet may have written them anew: they are read where they can mean one day (`_reading.local_dates`).
    """
    written = {name: row[name] for name in _DATES if row.get(name)}
    return {
        name: time.isoformat() if ":" in written[name] else f"{time:%Y-%m-%d}"
        for name, time in told_times(written).items()
    }


def _person(row: Mapping[str, str], prefix: str) -> dict[str, str | None]:
    return {name: row.get(f"{prefix}_{name}") for name in ("first_name", "last_name", "email")}


def _record(locator: str, order: Mapping[str, Any]) -> Iterator[Row]:
    state, product = text(order["status"]), section(order.get("product"))
    owner_from = next((contact for contact in _CONTACTS if any(_who(order.get(contact)))), None)
    owner_name, owner_email = _who(order.get(owner_from)) if owner_from else (None, None)
    reviewers = [_who(section(request).get("reviewer")) for request in array(order.get("requests"))]
    yield Record(
        locator=locator,
        system=_SYSTEM,
        record_id=required(order, "id"),
        certificate=_certificate(state, section(order.get("certificate")), product),
        state=state,
        owner_name=owner_name,
        owner_email=owner_email,
        requester=_named(_who(order.get("user"))),
        approver=next((named for named in map(_named, reversed(reviewers)) if named), None),
        business_unit=text(order.get("business_unit")) or text(section(order.get("container")).get("name")),
        product=text(product.get("name")) or text(product.get("name_id")),
        requested_at=utc(text(order.get("date_created"))),
        attributes=as_json({"owner_from": owner_from, **{name: order.get(name) for name in _ATTRIBUTES}}),
    )


def _request(locator: str, request: Mapping[str, Any]) -> Iterator[Row]:
    """Who asked for an order and who approved it; a request that waits names whose turn it is."""
    order = section(request.get("order"))
    approved = text(request.get("status")) == "approved"
    yield Record(
        locator=locator,
        system=_SYSTEM,
        record_id=required(order, "id"),
        state=text(order.get("status")),
        requester=_named(_who(request.get("requester"))),
        approver=_named(_who(request.get("processor"))) if approved else None,
        requested_at=utc(text(request.get("date"))),
    )


def _certificate(
    state: str | None, certificate: Mapping[str, Any], product: Mapping[str, Any]
) -> StatedCertificate | None:
    thumbprint, serial = text(certificate.get("thumbprint")), text(certificate.get("serial_number"))
    if not (thumbprint or serial or ((state or "").lower() in _ISSUED and certificate)):
        return None
    validation = (text(product.get("validation_type")) or "").upper()
    digest = hex_digits(thumbprint or "")
    return StatedCertificate(
        sha256=digest if len(digest) == 64 else None,
        sha1=digest if len(digest) == 40 else None,
        serial_hex=serial_hex(serial) if serial else None,
        issuer_cn=text(section(certificate.get("ca_cert")).get("name")),
        subject_cn=text(certificate.get("common_name")),
        subject_o=text(section(certificate.get("organization")).get("name")),
        san_dns=tuple(name for name in map(text, array(certificate.get("dns_names"))) if name),
        not_before=utc(text(certificate.get("valid_from"))),
        not_after=end_of_validity(text(certificate.get("valid_till"))),
        key_bits=number(certificate.get("key_size")),
        signature_hash=_lower(text(certificate.get("signature_hash"))),
        validation_level=validation if validation in {"DV", "OV", "EV"} else None,
    )


def _who(person: object) -> tuple[str | None, str | None]:
    """Name and e-mail address of a contact or user."""
    said = section(person)
    names = (text(said.get("first_name")), text(said.get("last_name")))
    return " ".join(name for name in names if name) or None, text(said.get("email"))


def _named(who: tuple[str | None, str | None]) -> str | None:
    name, email = who
    return email or name


def _lower(written: str | None) -> str | None:
    return written.lower() if written else None
