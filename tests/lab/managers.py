"""What certificate managers would say of the lab's certificates: Keyfactor, EJBCA, Sectigo, Lemur, CipherTrust."""

from __future__ import annotations

import base64
import codecs
import hashlib
import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.lab.authority import pem
from tests.lab.facts import Registered, registered
from tests.lab.provenance import THE_LAB, Sample
from tests.lab.staff import INVENTED, STAFF, Employee, written_json
from tests.lab.truth import Truth

_HELD = ("rsa2048", "p256", "wildcard", "expired", "sha1")
_REVOKED = "sha1"
_NONE = -1


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """Every shape in which each of them answers."""
    held = registered(truth, *_HELD)
    keyfactor = [_keyfactor(number, each) for number, each in enumerate(held, 41)]
    what = "Keyfactor Command, `GET /Certificates` with places and custom fields"
    yield _sample("keyfactor/certificates.json", what), written_json(keyfactor)
    bare = {**keyfactor[0], "ContentBytes": "", "Locations": [], "SSLLocations": [], "Metadata": {}}
    yield _sample("keyfactor/certificate.json", "the same of one certificate, with nothing included"), _compact(bare)
    found = {
        "certificates": [_ejbca(each) for each in held],
        "pagination_summary": {"page_size": 10, "current_page": 1},
    }
    yield _sample("ejbca/search_v2.json", "EJBCA, `POST /v2/certificate/search`"), written_json(found)
    yield _sample("ejbca/search_v1.json", "`POST /v1/certificate/search`"), _compact(_ejbca_v1(held[:2]))
    enrolled = {**_ejbca_v1(held[:1])["certificates"][0], "certificate": held[0].base64}
    enrolled["certificate_chain"] = [base64.b64encode(der).decode() for der in held[0].chain]
    yield _sample("ejbca/enrolled.json", "the answer to an enrolment"), _compact(enrolled)
    listed = [_sectigo_listed(number, each) for number, each in enumerate(held, 9001)]
    details = [_sectigo(number, each) for number, each in enumerate(held, 9001)]
    yield _sample("sectigo/list.json", "Sectigo, `GET /api/ssl/v2`"), codecs.BOM_UTF8 + _compact(listed)
    yield _sample("sectigo/details.json", "`GET /api/ssl/v2/<sslId>`"), codecs.BOM_UTF8 + written_json(details[0])
    yield _sample("sectigo/details.jsonl", "the same of several"), b"".join(map(_compact, details[1:]))
    reports = [_sectigo_reported(number, each) for number, each in enumerate(held, 9001)]
    report = {"statusCode": 0, "reports": reports}
    yield _sample("sectigo/report.json", "`POST /api/report/v1/ssl-certificates`"), written_json(report)
    page = {"items": [_lemur(number, each) for number, each in enumerate(held[:3], 2288)], "total": 3}
    yield _sample("lemur/certificates.json", "Lemur, `GET /api/1/certificates`"), written_json(page)
    head = b"HTTP/1.1 200 OK\r\nVary: Accept\r\nContent-Type: text/javascript\r\n\r\n"
    yield _sample("lemur/certificate.http.txt", "the saved answer of one"), head + written_json(page["items"][1])
    keys = [_key(number, each) for number, each in enumerate(held)]
    vault = {"skip": 0, "limit": 10, "total": len(keys), "resources": keys}
    yield _sample("ciphertrust/keys.json", "CipherTrust Manager, `GET /v1/vault/keys2`"), written_json(vault)


def _sample(path: str, what: str) -> Sample:
    return Sample(path, THE_LAB, f"{INVENTED}{what}")


def _compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def _employee(number: int) -> Employee:
    return STAFF[number % len(STAFF)]


def _keyfactor(number: int, each: Registered) -> dict[str, Any]:
    employee, is_revoked = _employee(number), each.case == _REVOKED
    return {
        "Id": number,
        "Thumbprint": each.sha1.upper(),
        "SerialNumber": each.serial_hex.upper(),
        "IssuedDN": each.subject.rfc4514_string(),
        "IssuedCN": each.common_name,
        "ImportDate": (each.start + timedelta(hours=1)).isoformat(),
        "NotBefore": each.start.isoformat(),
        "NotAfter": each.end.isoformat(),
        "IssuerDN": each.issuer.rfc4514_string(),
        "PrincipalId": None,
        "TemplateId": 17,
        "CertState": 2 if is_revoked else 1,
        "KeySizeInBits": each.key_size,
        "KeyType": 1 if each.is_rsa else 2,
        "RequesterId": 3,
        "IssuedOU": None,
        "KeyUsage": 160,
        "SigningAlgorithm": "SHA-1withRSA" if each.case == "sha1" else "SHA-256withRSA" if each.is_rsa else "",
        "CertStateString": "Revoked" if is_revoked else "Active",
        "KeyTypeString": "RSA" if each.is_rsa else "ECC",
        "RevocationEffDate": (each.start + timedelta(days=21)).isoformat() if is_revoked else None,
        "RevocationReason": 4 if is_revoked else None,
        "RevocationComment": "weak" if is_revoked else None,
        "CertificateAuthorityId": 1,
        "CertificateAuthorityName": "ca01.lab.example\\Lab Issuing CA",
        "TemplateName": "LabWebServer",
        "ArchivedKey": False,
        "HasPrivateKey": False,
        "PrincipalName": None,
        "CertRequestId": 300 + number,
        "RequesterName": f"LAB\\{employee.user_name}",
        "ContentBytes": each.base64,
        "ExtendedKeyUsages": [],
        "SubjectAltNameElements": [{"Id": at, "Value": name, "Type": 2} for at, name in enumerate(each.dns_names)],
        "CRLDistributionPoints": [],
        "LocationsCount": [{"Type": "IIS", "Count": 1}],
        "SSLLocations": [
            {"StorePath": "", "AgentPool": "Default", "IPAddress": each.ip, "Port": each.port, "NetworkName": "Lab"}
        ],
        "Locations": [
            {
                "StoreMachine": each.host,
                "StorePath": "/etc/ssl/web.jks",
                "StoreType": 101,
                "Alias": "web",
                "ChainLevel": 0,
            }
        ],
        "Metadata": {"AppOwnerEmail": employee.email, "AppOwner": f"{employee.first} {employee.last}"},
    }


def _ejbca(each: Registered) -> dict[str, Any]:
    is_revoked = each.case == _REVOKED
    status = 40 if is_revoked else 60 if each.case == "expired" else 20
    return {
        "fingerprint": each.sha1,
        "cAFingerprint": hashlib.sha1(each.chain[0]).hexdigest(),  # noqa: S324 - EJBCA's fingerprint
        "certificateProfileId": 9,
        "endEntityProfileId": 1,
        "certificateProfile": "SERVER",
        "endEntityProfile": "EMPTY",
        "expireDate": _milliseconds(each.end),
        "issuerDN": each.issuer.rfc4514_string(),
        "notBefore": _milliseconds(each.start),
        "revocationDate": _milliseconds(each.start + timedelta(days=21)) if is_revoked else _NONE,
        "revocationReason": 4 if is_revoked else _NONE,
        "serialNumber": each.serial_hex.upper(),
        "status": status,
        "subjectAltName": ", ".join(f"dNSName={name}" for name in each.dns_names),
        "subjectDN": each.subject.rfc4514_string(),
        "subjectKeyId": None,
        "tag": None,
        "type": 1,
        "udpateTime": _milliseconds(each.start),
        "username": each.case,
        "base64Cert": base64.b64encode(each.base64.encode()).decode(),
        "certificateRequest": None,
        "crlPartitionIndex": 0,
    }


def _ejbca_v1(held: list[Registered]) -> dict[str, Any]:
    return {
        "certificates": [
            {
                "certificate": base64.b64encode(each.base64.encode()).decode(),
                "serial_number": each.serial_hex.upper(),
                "response_format": "DER",
                "certificate_profile": "SERVER",
                "end_entity_profile": "EMPTY",
            }
            for each in held
        ],
        "more_results": False,
    }


def _sectigo_listed(number: int, each: Registered) -> dict[str, Any]:
    return {
        "sslId": number,
        "commonName": each.common_name or each.host,
        "subjectAlternativeNames": each.dns_names,
        "serialNumber": each.serial_hex.upper(),
    }


def _sectigo(number: int, each: Registered) -> dict[str, Any]:
    approver, requester, is_revoked = _employee(number), _employee(number + 1), each.case == _REVOKED
    return {
        **_sectigo_listed(number, each),
        "id": number,
        "orgId": 51,
        "status": "Revoked" if is_revoked else "Expired" if each.case == "expired" else "Issued",
        "orderNumber": 110000 + number,
        "backendCertId": str(110000 + number),
        "vendor": "Lab Issuing CA",
        "certType": {"id": 3, "name": "Lab OV", "terms": [365], "keyTypes": {"RSA": ["2048"]}},
        "term": 365,
        "owner": f"{approver.first} {approver.last}",
        "ownerId": 7,
        "requester": f"{requester.first} {requester.last}",
        "requesterId": 8,
        "requestedVia": "Enrollment Form",
        "externalRequester": requester.email,
        "comments": "",
        "requested": _iso(each.start - timedelta(hours=5)),
        "approved": _iso(each.start - timedelta(hours=4)),
        "issued": _iso(each.start),
        "expires": _iso(each.end),
        "revoked": _iso(each.start + timedelta(days=21)) if is_revoked else None,
        "reasonCode": "4" if is_revoked else None,
        "renewed": False,
        "signatureAlg": "SHA1withRSA" if each.case == "sha1" else "SHA256withRSA" if each.is_rsa else None,
        "keyType": f"RSA - {each.key_size}" if each.is_rsa else "EC - P-256",
        "keyUsages": ["Digital Signature"],
        "customFields": [{"name": "Cost centre", "value": approver.unit}],
        "certificateDetails": {
            "issuer": each.issuer.rfc4514_string(),
            "subject": each.subject.rfc4514_string() or f"CN={each.host}",
            "subjectAltNames": ", ".join(f"dNSName={name}" for name in each.dns_names),
            "md5Hash": hashlib.md5(each.der).hexdigest().upper(),  # noqa: S324 - as the API has it
            "sha1Hash": each.sha1.upper(),
            "sha256Hash": each.sha256.upper(),
        },
        "autoInstallDetails": {
            "state": "Successful",
            "nodes": [{"name": each.host, "port": each.port, "status": "Completed"}],
        },
        "suspendNotifications": False,
    }


def _sectigo_reported(number: int, each: Registered) -> dict[str, Any]:
    details = _sectigo(number, each)
    same = ("id", "orgId", "commonName", "status", "requester", "orderNumber", "backendCertId", "requestedVia", "term")
    dates = ("requested", "approved", "issued", "expires", "revoked")
    return {
        **{name: details[name] for name in (*same, *dates)},
        "type": "Lab OV",
        "typeId": 3,
        "subjAltNames": ", ".join(each.dns_names),
        "approver": details["owner"],
        "organizationName": "Lab Example AG",
        "issuer": each.issuer.rfc4514_string(),
        "ipAddresses": each.ip,
        "externalRequester": details["externalRequester"],
        "serialNumber": each.serial_hex.upper(),
        "signatureAlg": details["signatureAlg"],
        "publicKeyType": details["keyType"],
        "sha1": each.sha1.upper(),
        "md5": details["certificateDetails"]["md5Hash"],
        "customFields": [],
    }


def _lemur(number: int, each: Registered) -> dict[str, Any]:
    employee = _employee(number)
    return {
        "id": number,
        "name": f"{each.host}-LabExampleAG-{each.start:%Y%m%d}-{each.end:%Y%m%d}",
        "cn": each.common_name or each.host,
        "owner": employee.email,
        "serial": str(each.serial),
        "issuer": "LabExampleAG",
        "notBefore": f"{each.start.isoformat()}+00:00",
        "notAfter": f"{each.end.isoformat()}+00:00",
        "dateCreated": f"{each.start.isoformat()}.133769+00:00",
        "bits": each.key_size,
        "signingAlgorithm": "sha1" if each.case == "sha1" else "sha256",
        "status": "revoked" if each.case == _REVOKED else "valid",
        "active": True,
        "deleted": None,
        "description": None,
        "rotation": True,
        "body": each.pem,
        "chain": "".join(pem(der).decode() for der in each.chain),
        "csr": None,
        "san": None,
        "authority": {"active": True, "owner": "pki@lab.example", "id": 1, "name": "lab"},
        "user": {"username": employee.user_name, "active": employee.active, "email": employee.email, "id": 2},
        "domains": [{"sensitive": False, "id": 1000 + at, "name": name} for at, name in enumerate(each.dns_names)],
        "destinations": [{"id": 1, "label": "lab-balancer", "pluginName": "aws-destination"}],
        "endpoints": [{"id": 5, "name": "lab-balancer", "dnsname": each.host, "port": each.port, "type": "elbv2"}],
        "notifications": [{"id": 1}],
        "roles": [{"id": 464, "description": "Lab", "name": employee.email}],
        "replaces": [],
        "replaced": [],
    }


def _key(number: int, each: Registered) -> dict[str, Any]:
    identifier = hashlib.sha256(f"key of {each.case}".encode()).hexdigest()
    return {
        "id": identifier,
        "uri": f"kylo:kylo:vault:keys:web-{number}-v0",
        "account": "kylo:kylo:admin:accounts:kylo",
        "application": "ncryptify:gemalto:admin:apps:kylo",
        "devAccount": "ncryptify:gemalto:admin:accounts:gemalto",
        "createdAt": _iso(each.start),
        "name": f"web-{each.case}",
        "updatedAt": _iso(each.start),
        "activationDate": _iso(each.start),
        "state": "Deactivated" if each.case == "expired" else "Active",
        "usageMask": 2,
        "meta": {"ownerId": f"local|{uuid.UUID(identifier[:32])}"},
        "objectType": "Public Key",
        "sha1Fingerprint": identifier[:16],
        "sha256Fingerprint": hashlib.sha256(identifier.encode()).hexdigest(),
        "defaultIV": "",
        "version": 0,
        "algorithm": "RSA" if each.is_rsa else "EC",
        "size": each.key_size,
        "muid": identifier * 2,
    }


def _milliseconds(time: datetime) -> int:
    return int((time - datetime(1970, 1, 1)).total_seconds()) * 1000


def _iso(time: datetime) -> str:
    return f"{time.isoformat()}.000Z"
