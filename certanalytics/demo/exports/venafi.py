"""Venafi Trust Protection Platform: the details of what it keeps, as the WebSDK gives them, in one array."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from certanalytics.demo.clock import AS_OF
from certanalytics.demo.deployments import AutomationLevel
from certanalytics.demo.exports._files import write_json
from certanalytics.demo.world import Issued, World

MANAGEMENT_TYPES: dict[AutomationLevel, str] = {
    "manual": "Unassigned",
    "monitored": "Monitoring",
    "enrolled": "Enrollment",
    "provisioned": "Provisioning",
}
"""What the WebSDK calls each level."""

_EXPORTED = AS_OF - timedelta(hours=4)


def write_certificates(folder: Path, world: World, rng: Random) -> None:
    """Write the certificate each deployment in the manager serves."""
    kept = [each for each in world.issued if _level(each) and each.issue.is_served(AS_OF)]
    write_json(folder / "certificates.json", [_details(rng, each) for each in kept], _EXPORTED)


def _level(each: Issued) -> AutomationLevel | None:
    managed = each.issue.deployment.management
    return managed.level if managed and managed.system == "venafi" else None


def _details(rng: Random, each: Issued) -> dict[str, Any]:
    certificate, request = each.certificate, each.certificate.request
    level = _level(each)
    policy = f"\\VED\\Policy\\{each.issue.deployment.service.unit}"
    name = certificate.common_name
    hosts = [f"{policy}\\Hosts\\{endpoint.host}\\Apache" for endpoint in each.issue.places(AS_OF)]
    key = {"KeyAlgorithm": "RSA" if request.key.is_rsa else "ECC", "KeySize": request.key.bits}
    return {
        "CreatedOn": _time(request.not_before),
        "DN": f"{policy}\\{name}",
        "Guid": f"{{{uuid.UUID(int=rng.getrandbits(128), version=4)}}}",
        "Name": name,
        "ParentDn": policy,
        "SchemaClass": "X509 Server Certificate",
        "Approver": [],
        "CertificateAuthorityDN": f"{policy}\\{certificate.ca_owner}",
        "CertificateDetails": {
            "CN": name,
            "Issuer": certificate.issuer.rfc4514_string(),
            **key,
            "Serial": f"{certificate.serial:X}",
            "SignatureAlgorithm": f"{certificate.signer.digest}{'RSA' if certificate.signer.key.is_rsa else 'ECDSA'}",
            "Subject": request.subject.rfc4514_string(),
            "SubjectAltNameDNS": request.names,
            "Thumbprint": hashlib.sha1(certificate.der, usedforsecurity=False).hexdigest().upper(),
            "ValidFrom": _time(request.not_before),
            "ValidTo": _time(request.not_after),
        },
        "Consumers": hosts if level == "provisioned" else [],
        "Contact": [],
        "CreatedBy": ["Web SDK"],
        "CustomFields": [],
        "ManagementType": MANAGEMENT_TYPES[level] if level else "Unassigned",
        "ProcessingDetails": {},
        "ValidationDetails": {"LastValidationStateUpdate": "0001-01-01T00:00:00.0000000Z"},
    }


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S}.0000000Z"
