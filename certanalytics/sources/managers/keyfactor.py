"""Keyfactor Command: certificates with who asked for them and where they were found, as its API lists them.

``GET /KeyfactorAPI/Certificates`` (and ``/Certificates/<id>``). Revoked and expired certificates are in it only with
``includeRevoked`` and ``includeExpired``, places only with ``includeLocations``, custom fields only with
``includeMetadata``; without them the members are there and empty. When a place was last looked at is not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from certanalytics.model import CertificateRef, Record, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.held import chain_records, held
from certanalytics.sources._reading.records import array, json_records, number, rows, section, text
from certanalytics.sources._reading.signature import json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import (
    hex_digits,
    host_and_ip,
    ip_address,
    is_dns_name,
    port_number,
    serial_hex,
    utc,
)
from certanalytics.sources._reading.wording import (
    as_json,
    is_email,
    key_algorithm,
    place,
    required,
    revocation,
    signature_hash,
)

_SYSTEM = "keyfactor-command"
_TELLING = ("Thumbprint", "SerialNumber", "IssuedDN", "IssuerDN")
_STATES = {0: "Unknown", 1: "Active", 2: "Revoked", 3: "Denied", 4: "Failed", 5: "Pending", 6: "Certificate Authority"}
"""``CertState``, for answers without ``CertStateString``."""

_RFC822, _DNS, _URI, _IP = 1, 2, 6, 7
"""Types of ``SubjectAltNameElements``, which are the tags of GeneralName (RFC 5280 section 4.2.1.6)."""

_KEPT = (
    "TemplateName",
    "CertificateAuthorityName",
    "PrincipalName",
    "ImportDate",
    "HasPrivateKey",
    "ArchivedKey",
    "RevocationComment",
    "CertRequestId",
    "LocationsCount",
    "OwnerRoleName",
    "Metadata",
)


@source(
    "keyfactor-certificates",
    produced_by="Keyfactor Command API: GET /KeyfactorAPI/Certificates?includeLocations=true&includeMetadata=true",
    brings=("certificate", "place", "owner", "status"),
    tried_on="documentation",
    signature=json_paths(*(f"item.{name}" for name in _TELLING)) | json_paths(*_TELLING),
)
def keyfactor_certificates(export: Export) -> Iterator[Row]:
    """Read a list of certificates, or one.

    The owner is the owner role, else what a custom field with ``owner`` in its name says, if only one does; all custom
    fields stay in ``attributes``.
    """
    yield from rows(json_records(export), _certificate)


def _certificate(locator: str, said: Mapping[str, Any]) -> Iterator[Row]:
    issuer = text(said.get("IssuerDN"))
    serial = text(said.get("SerialNumber"))
    stated = _stated(said, serial, issuer)
    content = held(f"{locator}.ContentBytes", text(said.get("ContentBytes")))
    yield from content.rejects
    certificate: CertificateRef = content.chain[0] if content.chain else stated
    record_id = required(said, "Id", "Thumbprint")
    code = number(said.get("CertState"))
    state = text(said.get("CertStateString")) or (_STATES.get(code, str(code)) if code is not None else None)
    revoked_at = _time(said.get("RevocationEffDate"))
    is_revoked = code == 2 or (state or "").casefold() == "revoked"
    owner_name, owner_email = _owner(said)
    yield Record(
        locator=locator,
        system=_SYSTEM,
        record_id=record_id,
        certificate=certificate,
        state=state,
        owner_name=owner_name,
        owner_email=owner_email,
        requester=text(said.get("RequesterName")),
        business_unit=_metadata(said, "businessunit"),
        product=text(said.get("TemplateName")),
        revoked_at=revoked_at if is_revoked else None,
        attributes=as_json({name: said.get(name) for name in _KEPT}),
    )
    if is_revoked:
        yield from revocation(
            locator,
            system=_SYSTEM,
            serial_hex=stated.serial_hex,
            issuer_dn=issuer,
            revoked_at=revoked_at,
            reason=number(said.get("RevocationReason")),
        )
    yield from chain_records(locator, _SYSTEM, record_id, content.chain[1:])
    for position, where in enumerate(array(said.get("Locations"))):
        yield place(f"{locator}.Locations[{position}]", _in_store, certificate, where)
    for position, where in enumerate(array(said.get("SSLLocations"))):
        yield place(f"{locator}.SSLLocations[{position}]", _at_endpoint, certificate, where)


def _stated(said: Mapping[str, Any], serial: str | None, issuer: str | None) -> StatedCertificate:
    thumbprint = hex_digits(text(said.get("Thumbprint")) or "")
    algorithm = key_algorithm(text(said.get("KeyTypeString")))
    names = [(number(each.get("Type")), text(each.get("Value"))) for each in _sections(said, "SubjectAltNameElements")]
    return StatedCertificate(
        sha1=thumbprint if len(thumbprint) == 40 else None,
        serial_hex=serial_hex(serial) if serial else None,
        issuer_dn=issuer,
        subject_dn=text(said.get("IssuedDN")),
        subject_cn=text(said.get("IssuedCN")),
        san_dns=tuple(value for kind, value in names if kind == _DNS and value),
        san_ip=tuple(address for kind, value in names if kind == _IP and (address := ip_address(value or ""))),
        san_email=tuple(value for kind, value in names if kind == _RFC822 and value),
        san_uri=tuple(value for kind, value in names if kind == _URI and value),
        not_before=_time(said.get("NotBefore")),
        not_after=_time(said.get("NotAfter")),
        key_algorithm=algorithm,
        key_bits=(number(said.get("KeySizeInBits")) or None) if algorithm in {"RSA", "DSA"} else None,
        signature_hash=signature_hash(text(said.get("SigningAlgorithm"))),
    )


def _in_store(locator: str, certificate: CertificateRef, where: Mapping[str, Any]) -> Sighting:
    """A certificate in a store that Keyfactor manages; one above the store's own is there as part of its chain."""
    machine, alias = text(where.get("StoreMachine")), text(where.get("Alias"))
    host, ip = host_and_ip(machine)
    if host and not is_dns_name(host):
        host, alias = None, " ".join(part for part in (machine, alias) if part)
    return Sighting(
        locator=locator,
        chain=(certificate,),
        kind="file" if number(where.get("ChainLevel")) else "config",
        host=host.lower() if host else None,
        ip=ip,
        path=text(where.get("StorePath")),
        resource=alias,
    )


def _at_endpoint(locator: str, certificate: CertificateRef, where: Mapping[str, Any]) -> Sighting:
    """A certificate an orchestrator's scan met; ``StorePath`` is the endpoint's name where it has one."""
    name, port = text(where.get("StorePath")) or "", text(where.get("Port"))
    host = name.lower() if "." in name and is_dns_name(name) else None
    ip = ip_address(text(where.get("IPAddress")) or "")
    if not (host or ip):
        raise ValueError("a scanned endpoint has neither name nor address")
    return Sighting(
        locator=locator,
        chain=(certificate,),
        kind="scan",
        host=host,
        ip=ip,
        port=port_number(port) if port else None,
        resource=text(where.get("NetworkName")),
    )


def _owner(said: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Name and e-mail address of whoever answers for a certificate, if that is plain."""
    metadata = {name: text(value) for name, value in _fields(said).items() if "owner" in name}
    emails = {value for value in metadata.values() if is_email(value)}
    names = {value for name, value in metadata.items() if value and not is_email(value) and _is_whole_name(name)}
    role = text(said.get("OwnerRoleName"))
    return role or (names.pop() if len(names) == 1 else None), emails.pop() if len(emails) == 1 else None


def _is_whole_name(field: str) -> bool:
    return field.endswith(("owner", "ownername")) and "id" not in field.split("owner")


def _metadata(said: Mapping[str, Any], name: str) -> str | None:
    return text(_fields(said).get(name))


def _fields(said: Mapping[str, Any]) -> dict[str, Any]:
    """Custom fields by their names in lower case without separators."""
    return {
        re.sub(r"[\W_]", "", name).casefold(): value
        for name, value in section(said.get("Metadata")).items()
        if not isinstance(value, dict | list)
    }


def _sections(said: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [section(each) for each in array(said.get(name))]


def _time(value: object) -> datetime | None:
    """A time; .NET's year 1 stands for none."""
    time = utc(text(value))
    return time if time and time.year > 1 else None
