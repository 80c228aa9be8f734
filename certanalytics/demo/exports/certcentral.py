"""DigiCert CertCentral: the orders of one CA owner, as the API lists them and as the order report, and their requests.

The list has no serial numbers; the CSV report has them, and the SHA-1 thumbprints; only a request, which a script asked
for one by one, says who approved. The invented CA sells through the same portal.
"""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from certanalytics.demo.authorities import NORTHGATE
from certanalytics.demo.clock import AS_OF
from certanalytics.demo.company import UNITS, Company, Person
from certanalytics.demo.exports._files import write, write_json
from certanalytics.demo.revocation import revocations
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
    """Write the list of orders (JSON), the order report (CSV), and the requests for what was issued (JSON)."""
    bought = sorted(
        (
            each
            for each in world.issued
            if each.certificate.ca_owner == NORTHGATE and each.issue.deployment.trace.is_on_account
        ),
        key=lambda each: (each.issue.not_before, each.certificate.sha256),
    )
    numbers = [900_100_000 + 37 * place + rng.randrange(37) for place in range(len(bought) + _PENDING)]
    revoked = frozenset(each.issued for each in revocations(world) if each.at <= _EXPORTED)
    orders = [_order(number, each, revoked) for number, each in zip(numbers, bought, strict=False)]
    orders += [_pending(number, orders[-place - 1]) for place, number in enumerate(numbers[len(bought) :])]
    listing = {"orders": orders, "page": {"total": len(orders), "limit": 1000, "offset": 0}}
    write_json(folder / "orders.json", listing, _EXPORTED)
    text = io.StringIO()
    table = csv.DictWriter(text, _COLUMNS.split(","), restval="", lineterminator="\r\n")
    table.writeheader()
    table.writerows(_report_row(number, each, revoked) for number, each in zip(numbers, bought, strict=False))
    write(folder / f"order-report-{_EXPORTED:%Y-%m-%d}.csv", text.getvalue().encode(), _EXPORTED)
    requests = [_request(order, each, world.company) for order, each in zip(orders, bought, strict=False)]
    write_json(folder / "requests.json.gz", requests, _EXPORTED)


class _People(NamedTuple):
    """Who had to do with an order."""

    technical_contact: Person
    user: Person


def _people(each: Issued) -> _People:
    naming, owner = each.issue.deployment.naming, each.issue.deployment.service.owner
    if owner is None:
        raise ValueError(f"{each.certificate.common_name} was ordered for a service without an owner")
    return _People((naming and naming.contact) or owner, owner)


def _order(number: int, each: Issued, revoked: frozenset[Issued]) -> dict[str, Any]:
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
        "status": _status(each, revoked),
        "date_created": _ordered(each).isoformat() + "+00:00",
        "organization": {"id": 700_100 + _place(unit), "name": f"Meridian {unit} Ltd"},
        "validity_years": 1,
        "container": {"id": 40 + _place(unit), "name": unit},
        "product": {"name_id": name_id, "name": product, "type": kind},
        "price": 218,
    }


def _request(order: dict[str, Any], each: Issued, company: Company) -> dict[str, Any]:
    """The request for an order, with who approved it: the manager of the unit's team, or whoever ordered."""
    people, naming = _people(each), each.issue.deployment.naming
    is_own = naming is not None and naming.approves_own
    manager = next(team.manager for team in company.teams if team.name == f"{_unit(each)} Operations")
    shown = {key: order["certificate"][key] for key in ("common_name", "dns_names", "signature_hash")}
    return {
        "id": order["id"] + 500_000_000,
        "date": order["date_created"],
        "type": "new_request",
        "status": "approved",
        "date_processed": (_ordered(each) + timedelta(minutes=25)).isoformat() + "+00:00",
        "requester": _contact(people.user),
        "processor": _contact(people.user if is_own else manager),
        "order": {
            **{key: value for key, value in order.items() if key not in {"price", "certificate"}},
            "certificate": shown,
            "technical_contact": _contact(people.technical_contact),
            "user": _contact(people.user),
        },
    }


def _contact(person: Person) -> dict[str, str]:
    first_name, _, last_name = person.name.partition(" ")
    return {"first_name": first_name, "last_name": last_name, "email": person.email}


def _issuing_ca(each: Issued) -> str:
    return each.certificate.issuer.rfc4514_string().partition("CN=")[2].partition(",")[0]


def _thumbprint(each: Issued) -> str:
    return hashlib.sha1(each.certificate.der, usedforsecurity=False).hexdigest().upper()


def _pending(number: int, like: dict[str, Any]) -> dict[str, Any]:
    """An order nobody has approved yet: no end, no price."""
    certificate = {key: value for key, value in like["certificate"].items() if key != "valid_till"}
    kept = {key: value for key, value in like.items() if key != "price"}
    ordered = (_EXPORTED - timedelta(days=1)).isoformat() + "+00:00"
    return {**kept, "id": number, "certificate": certificate, "status": "needs_approval", "date_created": ordered}


def _report_row(number: int, each: Issued, revoked: frozenset[Issued]) -> dict[str, Any]:
    certificate, request = each.certificate, each.certificate.request
    unit, people = _unit(each), _people(each)
    contacts = {"tech": people.technical_contact, "user": people.user}
    name_id, product, kind = _PRODUCTS[request.level or "OV"]
    return {
        "order_id": number,
        "date_created": f"{_ordered(each):%Y-%m-%d %H:%M:%S}",
        "container_id": 40 + _place(unit),
        "container_name": unit,
        "status": _status(each, revoked),
        "organization_id": 700_100 + _place(unit),
        "organization_name": f"Meridian {unit} Ltd",
        "organization_city": "Dublin",
        "organization_country": "ie",
        **{f"{role}_{part}": said for role, person in contacts.items() for part, said in _contact(person).items()},
        "issuing_ca": _issuing_ca(each),
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
        "thumbprint": _thumbprint(each),
        "serial_number": f"{certificate.serial:032X}",
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


def _status(each: Issued, revoked: frozenset[Issued]) -> str:
    if each in revoked:
        return "revoked"
    return "issued" if each.issue.not_after >= AS_OF else "expired"


def _ordered(each: Issued) -> datetime:
    return each.issue.not_before - timedelta(hours=2, minutes=each.certificate.serial % 600)
