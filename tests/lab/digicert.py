"""What DigiCert CertCentral would say of the lab's certificates: invented values in the documented shape."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from cryptography import x509

from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED, STAFF, written_csv, written_json
from tests.lab.truth import Truth

Order = dict[str, Any]
"""An order, as JSON."""

_CONTAINERS = {"Retail": 11, "Wholesale": 12, "IT": 13}
_ORDERED = {"rsa2048": "issued", "p256": "issued", "wildcard": "issued", "expired": "expired", "sha1": "revoked"}


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """The order list, one order in full, and the order report as CSV."""
    orders = [_order(truth, number, case) for number, case in enumerate(_ORDERED)]
    shown = [_listed(order) for order in orders]
    pending = {key: value for key, value in shown[0].items() if key != "price"} | {"id": 7100999, "status": "pending"}
    page = {"total": len(shown) + 1, "limit": 1000, "offset": 0}
    yield _sample("orders.json", "the order list"), written_json({"orders": [*shown, pending], "page": page})
    yield _sample("order.json", "one order"), written_json(orders[0])
    yield _sample("orders.csv", "the order report"), _order_report(orders)


def _sample(name: str, what: str) -> Sample:
    return Sample(f"digicert/{name}", "the lab", f"{INVENTED}{what} of CertCentral")


def _order(truth: Truth, number: int, case: str) -> Order:
    der = truth.chain(case)[0]
    certificate = x509.load_der_x509_certificate(der)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    employee = STAFF[number % len(STAFF)]
    person = {"first_name": employee.first, "last_name": employee.last, "email": employee.email}
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    ordered = (start - timedelta(hours=5)).isoformat()
    return {
        "id": 7100000 + number,
        "certificate": {
            "id": 8200000 + number,
            "thumbprint": hashlib.sha1(der).hexdigest().upper(),  # noqa: S324 - what CertCentral calls a thumbprint
            "serial_number": f"{certificate.serial_number:040X}",
            "common_name": names.get_values_for_type(x509.DNSName)[0],
            "dns_names": names.get_values_for_type(x509.DNSName),
            "date_created": ordered,
            "valid_from": start.date().isoformat(),
            "valid_till": end.date().isoformat(),
            "organization": {"id": 117},
            "server_platform": {"id": 45, "name": "nginx"},
            "signature_hash": "sha1" if case == "sha1" else "sha256",
            "key_size": getattr(certificate.public_key(), "key_size", None),
            "ca_cert": {"id": "LAB0001", "name": certificate.issuer.rdns[-1].rfc4514_string().removeprefix("CN=")},
        },
        "status": _ORDERED[case],
        "is_renewal": False,
        "is_renewed": case == "expired",
        "renewed_order_id": 0,
        "business_unit": employee.unit,
        "date_created": ordered,
        "organization": {"id": 117, "name": "Lab Example AG", "display_name": "Lab Example AG", "country": "de"},
        "disable_renewal_notifications": False,
        "container": {"id": _CONTAINERS[employee.unit], "name": employee.unit},
        "product": {"name_id": "ssl_basic", "name": "Basic OV", "type": "ssl_certificate"},
        "organization_contact": {**person, "telephone": "+49 30 000000"},
        "technical_contact": {**person, "telephone": "+49 30 000000"},
        "user": {"id": 9300 + number, **person},
        "requests": [{"id": number + 1, "date": ordered, "type": "new_request", "status": "approved"}],
        "validity_years": 1,
        "price": 290 + number,
    }


def _listed(order: Order) -> Order:
    """An order as the list shows it: less of everything."""
    certificate = order["certificate"]
    shown = {key: certificate[key] for key in ("common_name", "dns_names", "valid_till", "signature_hash")}
    keys = ("status", "date_created", "organization", "validity_years", "container", "product", "price")
    organization = {key: order["organization"][key] for key in ("id", "name")}
    return {"id": order["id"], "certificate": shown, **{key: order[key] for key in keys}, "organization": organization}


_REPORT_HEADER = (
    "order_id,customer_order_id,date_created,container_id,container_name,status,user_id,organization_id,"
    "organization_name,organization_address_1,organization_address_2,organization_city,organization_state,"
    "organization_country,organization_unit,tech_first_name,tech_last_name,tech_email,tech_title,tech_telephone,"
    "server_type,issuing_ca,agreement_id,validity_years,signature_hash,dcv_method,common_name,plus_feature,dns_names,"
    "product_id,product_name_id,product_name,product_type,email,csr,valid_from,valid_till,certificate_tracker_id,"
    "is_renewed,renewed_order_id,receipt_id,disable_issuance_email,pay_type,is_out_of_contract,"
    "disable_renewal_notifications,additional_emails,auto_renew,custom_renewal_message,thumbprint,serial_number,"
    "account_id,user_first_name,user_last_name,user_email,user_assignments,cost,metadata,has_duplicates"
)


def _order_report(orders: Iterable[Order]) -> bytes:
    columns, rows = _REPORT_HEADER.split(","), []
    for order in orders:
        certificate, contact, user = order["certificate"], order["technical_contact"], order["user"]
        said = {
            "order_id": order["id"],
            "date_created": order["date_created"][:19].replace("T", " "),
            "container_id": order["container"]["id"],
            "container_name": order["container"]["name"],
            "status": order["status"],
            "user_id": user["id"],
            "organization_id": 117,
            "organization_name": "Lab Example AG",
            "organization_country": "de",
            "tech_first_name": contact["first_name"],
            "tech_last_name": contact["last_name"],
            "tech_email": contact["email"],
            "server_type": "nginx",
            "issuing_ca": certificate["ca_cert"]["name"],
            "validity_years": 1,
            "signature_hash": certificate["signature_hash"],
            "common_name": certificate["common_name"],
            "dns_names": ",".join(certificate["dns_names"]),
            "product_name_id": order["product"]["name_id"],
            "product_name": order["product"]["name"],
            "product_type": order["product"]["type"],
            "valid_from": f"{certificate['valid_from']} 00:00:00",
            "valid_till": f"{certificate['valid_till']} 23:59:59",
            "is_renewed": int(order["is_renewed"]),
            "thumbprint": certificate["thumbprint"],
            "serial_number": certificate["serial_number"],
            "user_first_name": user["first_name"],
            "user_last_name": user["last_name"],
            "user_email": user["email"],
            "cost": order["price"],
            "has_duplicates": 0,
        }
        rows.append([said.get(column, "") for column in columns])
    return written_csv(columns, rows)
