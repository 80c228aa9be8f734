"""Inventories of the lab's certificates: ServiceNow's CMDB, DigiCert Discovery, DigiCert ONE; invented values."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Iterator
from typing import Any

from cryptography import x509

from tests.lab.authority import pem
from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED, STAFF, written_json
from tests.lab.truth import Truth

_KNOWN = ("rsa2048", "p256", "wildcard", "expired", "sha1", "longvalid")

Item = dict[str, Any]


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """Certificates as configuration items, as sensors found them and as a managed PKI issued them."""
    items = [_configuration_item(truth, number, case) for number, case in enumerate(_KNOWN)]
    details = [_issued(truth, number, case) for number, case in enumerate(_KNOWN)]
    found = [_discovered(truth, number, case) for number, case in enumerate(_KNOWN)]
    issued = {
        "serial_number": details[1]["serial_number"],
        "delivery_format": "x509",
        "certificate": "".join(pem(der).decode() for der in truth.chain("p256")),
    }
    table = "the Table API, table cmdb_ci_certificate"
    listing = {"totalCount": len(found), "currentCount": len(found), "certificateDetailsDTOList": found}
    search = {"total": len(details), "offset": 0, "limit": 20, "items": details}
    given = {
        "servicenow/cmdb_ci_certificate.json": ({"result": items}, table),
        "servicenow/cmdb_ci_certificate_display_all.json": (
            {"result": [{key: _shown(key, value) for key, value in item.items()} for item in items[:2]]},
            f"{table} with `sysparm_display_value=all`",
        ),
        "digicert_discovery/certificates.json": ({"error": None, "data": listing}, "Discovery's `certificate/list`"),
        "digicert_mpki/certificate-search.json": (search, "MPKI's `GET /certificate-search`"),
        "digicert_mpki/certificate.json": (details[0], "MPKI's `GET /certificate/{serial_number}`"),
        "digicert_mpki/issued.json": (issued, "MPKI's `POST /certificate` with `include_ca_chain`"),
    }
    for name, (content, how) in given.items():
        yield Sample(name, "the lab", INVENTED + how), written_json(content)


def _certificate(truth: Truth, case: str) -> tuple[bytes, x509.Certificate, list[str]]:
    der = truth.chain(case)[0]
    certificate = x509.load_der_x509_certificate(der)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return der, certificate, names.get_values_for_type(x509.DNSName)


def _common_name(name: x509.Name) -> str:
    return str(name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)


def _configuration_item(truth: Truth, number: int, case: str) -> Item:
    der, certificate, names = _certificate(truth, case)
    employee = None if number % 4 == 3 else STAFF[number % len(STAFF)]
    is_modern = number % 2 == 0
    digest = hashlib.sha256(der) if is_modern else hashlib.sha1(der)  # noqa: S324 - older sensors give SHA-1
    return {
        "sys_id": hashlib.sha256(names[0].encode()).hexdigest()[:32],
        "sys_class_name": "cmdb_ci_certificate",
        "name": names[0],
        "fingerprint": digest.hexdigest(),
        "fingerprint_algorithm": "SHA-256" if is_modern else "SHA-1",
        "signature_algorithm": "SHA1withRSA" if case == "sha1" else "SHA256withRSA",
        "serial_number": f"{certificate.serial_number:040x}",
        "valid_from": f"{certificate.not_valid_before_utc:%Y-%m-%d %H:%M:%S}",
        "valid_to": f"{certificate.not_valid_after_utc:%Y-%m-%d %H:%M:%S}",
        "state": "retired" if case == "expired" else "issued",
        "is_ca": "false",
        "is_self_signed": "false",
        "version": "3",
        "issuer_common_name": _common_name(certificate.issuer),
        "issuer_distinguished_name": certificate.issuer.rfc4514_string(),
        "subject_common_name": names[0],
        "subject_distinguished_name": certificate.subject.rfc4514_string(),
        "subject_alternative_name": ", ".join(names),
        "ip_address": "",
        "fqdn": "",
        "order_date": "2026-01-05 09:00:00",
        "po_number": f"PO-{1000 + number}",
        "discovery_source": "ServiceNow",
        "owned_by": _reference("sys_user", employee.user_name) if employee else "",
        "support_group": _reference("sys_user_group", employee.unit) if employee else "",
        "install_status": "1",
    }


def _reference(table: str, name: str) -> dict[str, str]:
    known = hashlib.sha256(name.encode()).hexdigest()[:32]
    return {"link": f"https://lab.service-now.example/api/now/table/{table}/{known}", "value": known}


def _shown(column: str, value: object) -> Item:
    if isinstance(value, dict):
        return {"display_value": "Ada Berger" if column == "owned_by" else "Retail", **value}
    return {"display_value": value, "value": value}


def _discovered(truth: Truth, number: int, case: str) -> Item:
    _, certificate, names = _certificate(truth, case)
    return {
        "certId": f"{7300 + number}",
        "cn": names[0],
        "san": ", ".join(names),
        "org": "Lab Example AG",
        "ca": _common_name(certificate.issuer),
        "serialNum": f"{certificate.serial_number:040x}",
        "status": "EXPIRED" if case == "expired" else "VALID",
        "securityRating": "Not secure" if case == "sha1" else "Secure",
        "validFrom": int(certificate.not_valid_before_utc.timestamp()) * 1000,
        "expiryDate": int(certificate.not_valid_after_utc.timestamp()) * 1000,
    }


def _issued(truth: Truth, number: int, case: str) -> Item:
    der, certificate, names = _certificate(truth, case)
    employee = STAFF[number % len(STAFF)]
    is_revoked = case == "sha1"
    details = {
        "profile": {"id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "profile")), "name": "Lab servers"},
        "seat": {"seat_id": employee.email if number % 2 else names[0]},
        "account": {"id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "account"))},
        "business_unit": {"id": str(uuid.uuid5(uuid.NAMESPACE_DNS, employee.unit)), "name": employee.unit},
        "common_name": names[0],
        "status": "revoked" if is_revoked else "expired" if case == "expired" else "issued",
        "serial_number": f"{certificate.serial_number:040X}",
        "thumbprint": hashlib.sha256(der).hexdigest().upper(),
        "valid_from": f"{certificate.not_valid_before_utc:%Y-%m-%dT%H:%M:%SZ}",
        "valid_to": f"{certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}",
        "notes": "",
    }
    if number < 2:
        details["certificate"] = base64.b64encode(der).decode()
    if is_revoked:
        details["revocation"] = {"reason": "superseded", "revocation_date": "2026-10-01T10:00:00Z", "comments": ""}
    return details
