"""What a Venafi platform would say of the lab's certificates: invented values in the documented shape."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.lab.authority import pem
from tests.lab.facts import CN, Facts, attribute, endpoint
from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED, STAFF, written_json
from tests.lab.truth import Truth

_MANAGED = ("rsa2048", "p256", "wildcard", "expired", "sha1")
_POLICY = "\\VED\\Policy\\Lab"

Item = dict[str, Any]


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """Lists new and old, details of one and of several, certificates retrieved in three formats, and VCert's output."""
    listed = [_listed(truth, case) for case in _MANAGED]
    old = [{key: value for key, value in item.items() if key != "X509"} for item in listed[:2]]
    details = [_details(truth, number, case) for number, case in enumerate(_MANAGED)]
    chain = "".join(pem(der).decode() for der in truth.chain("p256"))
    given = {
        "certificates.json": (_page(listed), "`GET vedsdk/Certificates/`"),
        "certificates-18.json": (_page(old), "`GET vedsdk/Certificates/` of version 18"),
        "certificate.json": (details[0], "`GET vedsdk/Certificates/{guid}`"),
        "certificate-details.json": (details, "`GET vedsdk/Certificates/{guid}`, several answers in a list"),
        "retrieve-base64.json": (_retrieved("rsa2048", "Base64", _bundle(truth, "rsa2048")), "`Certificates/Retrieve`"),
        "retrieve-pkcs7.json": (_retrieved("wildcard", "PKCS #7", _pkcs7(truth)), "`Certificates/Retrieve`"),
        "retrieve-der.json": (_retrieved("p384", "DER", truth.chain("p384")[0]), "`Certificates/Retrieve`"),
        "vcert.json": (
            {
                "Certificate": pem(truth.chain("ed25519")[0]).decode(),
                "Chain": [pem(der).decode() for der in truth.chain("ed25519")[1:]],
                "PickupId": f"{_POLICY}\\ed25519.lab.example",
            },
            "`vcert enroll -format json`, whose key went elsewhere",
        ),
        "cloud-certificates.json": (_inventory(truth), "`POST outagedetection/v1/certificatesearch`"),
        "cloud-requests.json": (_requests(truth, chain), "`GET outagedetection/v1/certificaterequests`"),
    }
    for name, (content, how) in given.items():
        yield Sample(f"venafi/{name}", "the lab", INVENTED + how), written_json(content)


def _inventory(truth: Truth) -> Item:
    """One that was scanned, one that was installed, one that was imported and found nowhere."""
    found = [_inventoried(truth, case) for case in ("rsa2048", "p256", "sha1")]
    places = [endpoint(truth, case) for case in ("rsa2048", "p256")]
    instances = [
        {
            "certificateSource": "USER_SCAN",
            "ipAddress": places[0]["ip"],
            "hostname": places[0]["host"],
            "port": places[0]["port"],
            "sslProtocols": ["TLSv1.2"],
            "lastScanDate": "2026-11-20T04:00:00.027+0000",
            "deploymentStatus": "IN_USE",
        },
        {"certificateSource": "USER_PROVIDED", "hostname": places[1]["host"], "port": places[1]["port"]},
        {"certificateSource": "USER_PROVIDED", "ipAddress": "254.254.254.254", "hostname": " ", "port": -1},
    ]
    for item, instance in zip(found, instances, strict=True):
        item["instances"] = [{"certificateId": item["id"], "instanceChainValidationStatus": [], **instance}]
    return {"count": len(found), "certificates": found}


def _inventoried(truth: Truth, case: str) -> Item:
    facts = Facts(truth.chain(case)[0])
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"inventory {case}")),
        "companyId": str(uuid.uuid5(uuid.NAMESPACE_DNS, "lab.example")),
        "managedCertificateId": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"managed {case}")),
        "fingerprint": facts.sha1.upper(),
        "certificateName": facts.common_name,
        "certificateStatus": "ACTIVE",
        "validityStart": f"{facts.start:%Y-%m-%dT%H:%M:%S}.000+0000",
        "validityEnd": f"{facts.end:%Y-%m-%dT%H:%M:%S}.000+0000",
        "selfSigned": False,
        "signatureHashAlgorithm": facts.signature[1],
        "encryptionType": "RSA" if facts.is_rsa else "EC",
        "keyStrength": facts.key_size,
        "serialNumber": facts.serial_hex.upper(),
        "subjectDN": ",".join(reversed(facts.subject.rfc4514_string().split(","))),
        "subjectCN": [facts.common_name],
        "subjectAlternativeNamesByType": {"rfc822Name": [], "dNSName": facts.dns_names, "iPAddress": []},
        "issuerDN": ",".join(reversed(facts.issuer.rfc4514_string().split(","))),
        "issuerCN": [attribute(facts.issuer, CN)],
        "versionType": "CURRENT",
        "totalInstanceCount": 1,
        "ownership": {"owningContainers": {"owningTeams": [str(uuid.uuid5(uuid.NAMESPACE_DNS, "web team"))]}},
        "applicationIds": [str(uuid.uuid5(uuid.NAMESPACE_DNS, "web shop"))],
    }


def _page(items: list[Item]) -> Item:
    return {
        "Certificates": items,
        "DataRange": f"Certificates 1 - {len(items)}",
        "TotalCount": len(items),
    }


def _object(truth: Truth, case: str) -> Item:
    name = next(row["host"] for row in truth.endpoints if row["case"] == case)
    return {
        "CreatedOn": "2026-01-05T09:00:00.4795797Z",
        "DN": f"{_POLICY}\\{name}",
        "Guid": f"{{{uuid.uuid5(uuid.NAMESPACE_DNS, name)}}}",
        "Name": name,
        "ParentDn": _POLICY,
        "SchemaClass": "X509 Server Certificate",
    }


def _listed(truth: Truth, case: str) -> Item:
    der = truth.chain(case)[0]
    certificate = x509.load_der_x509_certificate(der)
    names = _names(certificate)
    said = {
        "CN": names[0],
        "SANS": {"DNS": names},
        "Serial": f"{certificate.serial_number:040X}",
        "Thumbprint": hashlib.sha1(der).hexdigest().upper(),  # noqa: S324 - what Venafi calls a thumbprint
        "ValidFrom": _time(certificate.not_valid_before_utc),
        "ValidTo": _time(certificate.not_valid_after_utc),
    }
    item = _object(truth, case)
    return {**item, "X509": said, "_links": [{"Details": f"/vedsdk/certificates/{item['Guid']}"}]}


def _details(truth: Truth, number: int, case: str) -> Item:
    der = truth.chain(case)[0]
    certificate = x509.load_der_x509_certificate(der)
    key, names = certificate.public_key(), _names(certificate)
    digest = certificate.signature_hash_algorithm
    said = {
        "CN": names[0],
        "Issuer": ", ".join(reversed(certificate.issuer.rfc4514_string().split(","))),
        "KeyAlgorithm": "RSA" if isinstance(key, rsa.RSAPublicKey) else "ECC",
        "KeySize": getattr(key, "key_size", 0),
        "Serial": f"{certificate.serial_number:040X}",
        "SignatureAlgorithm": f"{digest.name if digest else ''}{'RSA' if case != 'p256' else 'ECDSA'}",
        "Subject": ", ".join(reversed(certificate.subject.rfc4514_string().split(","))),
        "SubjectAltNameDNS": names,
        "Thumbprint": hashlib.sha1(der).hexdigest().upper(),  # noqa: S324
        "ValidFrom": _time(certificate.not_valid_before_utc),
        "ValidTo": _time(certificate.not_valid_after_utc),
    }
    employee = STAFF[number % len(STAFF)]
    contact = employee.email if number == 2 else f"AD+lab:{employee.user_name}"
    return {
        **_object(truth, case),
        "Approver": [f"local:{{{uuid.uuid5(uuid.NAMESPACE_DNS, STAFF[2].user_name)}}}"],
        "CertificateAuthorityDN": f"{_POLICY}\\Lab CA",
        "CertificateDetails": said,
        "Consumers": [f"{_POLICY}\\Hosts\\{names[0]}\\Apache"] if number < 2 else [],
        "Contact": [contact],
        "CreatedBy": ["Web SDK"],
        "CustomFields": [{"Name": "Cost Centre", "Type": "Text", "Value": [employee.unit]}],
        "ManagementType": "Enrollment",
        "ProcessingDetails": {},
        "ValidationDetails": {"LastValidationStateUpdate": "0001-01-01T00:00:00.0000000Z"},
    }


def _names(certificate: x509.Certificate) -> list[str]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names.get_values_for_type(x509.DNSName)


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S}.0000000Z"


def _retrieved(name: str, written_as: str, content: bytes) -> Item:
    return {
        "CertificateData": base64.b64encode(content).decode(),
        "Filename": f"{name}.lab.example.cer",
        "Format": written_as,
    }


def _bundle(truth: Truth, case: str) -> bytes:
    return b"".join(pem(der).replace(b"\n", b"\r\n") for der in truth.chain(case))


def _pkcs7(truth: Truth) -> bytes:
    command = ["openssl", "crl2pkcs7", "-nocrl", "-certfile", "/dev/stdin"]
    return subprocess.run(command, input=_bundle(truth, "wildcard"), capture_output=True, check=True).stdout


def _requests(truth: Truth, chain: str) -> Item:
    leaf = pem(truth.chain("rsa4096")[0]).decode()
    requests = [("ISSUED", leaf), ("ISSUED", chain), ("PENDING", None)]
    return {
        "certificateRequests": [
            {
                "id": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"request {number}")),
                "status": status,
                "subjectDN": "cn=lab.example,o=Lab Example AG",
                "creationDate": "2026-01-05T09:00:00.589+0000",
                **({"pem": written} if written else {}),
            }
            for number, (status, written) in enumerate(requests)
        ]
    }
