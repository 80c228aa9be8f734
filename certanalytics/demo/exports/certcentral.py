"""DigiCert CertCentral: the orders of one CA owner, as the API lists them and as the order report.

The list has no serial numbers; the CSV report has them, and the SHA-1 thumbprints. The invented CA
sells through the same portal.
"""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from certanalytics.demo.authorities import NORTHGATE
from certanalytics.demo.clock import AS_OF
from certanalytics.demo.company import UNITS
from certanalytics.demo.exports._files import write, write_json
from certanalytics.demo.world import Issued, World

_EXPORTED = AS_OF - timedelta(hours=4)
_PRODUCTS = {
    "OV": ("ssl_securesite_flex", "Secure Site OV", "ssl_certificate"),
    "EV": ("ssl_ev_securesite_flex", "Secure Site EV", "ssl_certificate"),
}
_PENDING = 5
_COLUMNS = (
    "order_id,customer_order_id,date_created,container_id,container_name,status,user_id,organization_id,"
    "organization_name,organization_address_1,organization_address_2,organization_city,organization_state,"
    "organization_country,organization_unit,tech_first_name,tech_last_name,tech_email,tech_title,tech_telephone,"
    "server_type,issuing_ca,agreement_id,validity_years,signature_hash,dcv_method,common_name,plus_feature,dns_names,"
    "product_id,product_name_id,product_name,product_type,email,csr,valid_from,valid_till,certificate_tracker_id,"
    "is_renewed,renewed_order_id,receipt_id,disable_issuance_email,pay_type,is_out_of_contract,"
    "disable_renewal_notifications,additional_emails,auto_renew,custom_renewal_message,thumbprint,serial_number,"
    "account_id,user_first_name,user_last_name,user_email,user_assignments,cost,metadata,has_duplicates"
)


def write_orders(folder: Path, world: World, rng: Random) -> None:
    """Write the list of orders (JSON) and the order report (CSV)."""
    bought = sorted(
        (
            each
            for each in world.issued
            if each.certificate.ca_owner == NORTHGATE and each.issue.deployment.trace.is_on_account
        ),
        key=lambda each: (each.issue.not_before, each.certificate.sha256),
    )
    numbers = [900_100_000 + 37 * place + rng.randrange(37) for place in range(len(bought) + _PENDING)]
    orders = [_order(number, each) for number, each in zip(numbers, bought, strict=False)]
    orders += [_pending(number, orders[-place - 1]) for place, number in enumerate(numbers[len(bought) :])]
    listing = {"orders": orders, "page": {"total": len(orders), "limit": 1000, "offset": 0}}
    write_json(folder / "orders.json", listing, _EXPORTED)
    text = io.StringIO()
    table = csv.DictWriter(text, _COLUMNS.split(","), restval="", lineterminator="\r\n")
    table.writeheader()
    table.writerows(_report_row(number, each) for number, each in zip(numbers, bought, strict=False))
    write(folder / f"order-report-{_EXPORTED:%Y-%m-%d}.csv", text.getvalue().encode(), _EXPORTED)


def _order(number: int, each: Issued) -> dict[str, Any]:
    request = each.certificate.request
    unit = _unit(each)
    name_id, product, kind = _PRODUCTS[request.level or "OV"]
    return {
        "id": number,
        "certificate": {
            "common_name": each.certificate.common_name,
            "dns_names": list(request.names),
            "valid_till": f"{request.not_after:%Y-%m-%d}",
            "signature_hash": each.certificate.signer.digest,
        },
        "status": _status(each),
        "date_created": _ordered(each).isoformat() + "+00:00",
        "organization": {"id": 700_100 + _place(unit), "name": f"Meridian {unit} Ltd"},
        "validity_years": 1,
        "container": {"id": 40 + _place(unit), "name": unit},
        "product": {"name_id": name_id, "name": product, "type": kind},
        "price": 218,
    }


def _pending(number: int, like: dict[str, Any]) -> dict[str, Any]:
    """An order nobody has approved yet: no end, no price."""
    certificate = {key: value for key, value in like["certificate"].items() if key != "valid_till"}
    kept = {key: value for key, value in like.items() if key != "price"}
    ordered = (_EXPORTED - timedelta(days=1)).isoformat() + "+00:00"
    return {**kept, "id": number, "certificate": certificate, "status": "needs_approval", "date_created": ordered}


def _report_row(number: int, each: Issued) -> dict[str, Any]:
    certificate, request = each.certificate, each.certificate.request
    unit = _unit(each)
    contact = each.issue.deployment.service.owner
    if contact is None or certificate.authority is None:
        raise ValueError(f"{certificate.common_name} was ordered without a contact")
    first_name, _, last_name = contact.name.partition(" ")
    name_id, product, kind = _PRODUCTS[request.level or "OV"]
    return {
        "order_id": number,
        "date_created": f"{_ordered(each):%Y-%m-%d %H:%M:%S}",
        "container_id": 40 + _place(unit),
        "container_name": unit,
        "status": _status(each),
        "organization_id": 700_100 + _place(unit),
        "organization_name": f"Meridian {unit} Ltd",
        "organization_city": "Dublin",
        "organization_country": "ie",
        "tech_first_name": first_name,
        "tech_last_name": last_name,
        "tech_email": contact.email,
        "issuing_ca": str(certificate.authority.name.rfc4514_string()).partition("CN=")[2].partition(",")[0],
        "validity_years": 1,
        "signature_hash": certificate.signer.digest,
        "dcv_method": "dns-txt-token",
        "common_name": certificate.common_name,
        "dns_names": ",".join(request.names),
        "product_name_id": name_id,
        "product_name": product,
        "product_type": kind,
        "valid_from": f"{request.not_before:%Y-%m-%d %H:%M:%S}",
        "valid_till": f"{request.not_after:%Y-%m-%d %H:%M:%S}",
        "is_renewed": 1 if each.issue.replaced_at else 0,
        "thumbprint": hashlib.sha1(certificate.der, usedforsecurity=False).hexdigest().upper(),
        "serial_number": f"{certificate.serial:032X}",
        "user_first_name": first_name,
        "user_last_name": last_name,
        "user_email": contact.email,
        "cost": "218.00",
        "has_duplicates": 0,
    }


def _unit(each: Issued) -> str:
    unit = each.issue.deployment.service.unit
    if unit is None:
        raise ValueError(f"{each.certificate.common_name} was ordered for a service nobody knows")
    return unit


def _place(unit: str) -> int:
    return list(UNITS).index(unit)


def _status(each: Issued) -> str:
    return "issued" if each.issue.not_after >= AS_OF else "expired"


def _ordered(each: Issued) -> datetime:
    return each.issue.not_before - timedelta(hours=2, minutes=each.certificate.serial % 600)
