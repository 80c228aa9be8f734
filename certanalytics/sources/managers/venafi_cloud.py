"""Venafi as a Service, now CyberArk Certificate Manager SaaS: requests, and the inventory of certificates.

Users, teams and applications stand there by their ids, which are kept as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import CertificateRef, Record, Row, Sighting, StatedCertificate
from certanalytics.sources._reading import embedded as _embedded
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import array, number, page_records, rows, section, text
from certanalytics.sources._reading.signature import Head, json_pages
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import host_and_ip, is_dns_name, port_number, utc
from certanalytics.sources._reading.wording import as_json, is_email, place, signature_hash
from certanalytics.sources.managers._venafi import (
    CLOUD,
    KEYS,
    addresses,
    hexadecimal,
    identifier,
    serial,
    texts,
    thumbprint,
)

_RECORDED = "response.jsonBody.certificateRequests"
"""Where a recorded answer of the service in the cloud lists requests."""

_INVENTORIED = ("id", "fingerprint", "serialNumber", "validityEnd", "issuerCN")
_NOTED = (
    "certificateName",
    "managedCertificateId",
    "subjectDN",
    "versionType",
    "selfSigned",
    "totalInstanceCount",
    "ownership",
    "ownerUserId",
    "applicationIds",
    "tags",
    "certificateSource",
    "creationDate",
    "modificationDate",
)
"""What else of a certificate in the inventory is kept, under the service's names."""

_NOWHERE = "254.254.254.254"
"""The address of what was imported, or issued and never found."""


@source(
    "venafi-cloud-requests-json",
    produced_by="Venafi as a Service (CyberArk Certificate Manager SaaS): GET outagedetection/v1/certificaterequests",
    brings=("certificate", "status"),
    tried_on="documentation",
    signature=json_pages("certificateRequests.item.id", "certificateRequests.item.status")
    | json_pages(*(f"{_RECORDED}.item.{name}" for name in ("id", "status"))),
)
def venafi_cloud_requests_json(export: Export) -> Iterator[Row]:
    """Read requests, also out of a recorded answer (a WireMock mapping).

    Of several certificates in one request nothing says which was asked for: each is a record of its own, and the
    request is one without a certificate.
    """
    recorded = {f"{page}{_RECORDED}" for page in ("", "item.")} & Head(export.head).json_paths
    requests = page_records(export, _RECORDED if recorded else "certificateRequests")
    yield from rows(requests, lambda locator, request: _request(export, locator, request))


@source(
    "venafi-cloud-certificates-json",
    produced_by="Venafi as a Service (CyberArk Certificate Manager SaaS): POST outagedetection/v1/certificatesearch",
    brings=("owner", "status", "place"),
    tried_on="documentation",
    signature=json_pages(*(f"certificates.item.{name}" for name in _INVENTORIED)) | json_pages(*_INVENTORIED),
)
def venafi_cloud_certificates_json(export: Export) -> Iterator[Row]:
    """Read what a search of the inventory found, or one certificate of it.

    Users, teams and applications stand there by their ids, which stay in ``attributes``. Distinguished names are put
    together by the service in an order of its own: only the issuer's is taken, which is compared without regard to it.
    What was imported, or issued and never found, has an instance at an address that is none.
    """
    yield from rows(page_records(export, "certificates"), _inventoried)


def _request(export: Export, locator: str, request: Mapping[str, Any]) -> Iterator[Row]:
    known, written = identifier(request, "id"), text(request.get("pem"))
    held = list(_embedded.in_pem(export, f"{locator}.pem", written)) if written else []
    ders = [one for one in held if isinstance(one, bytes)]
    others = {"pem", "id", "status", "creationDate"}
    yield Record(
        locator=locator,
        system=CLOUD,
        record_id=known,
        certificate=ders[0] if len(ders) == 1 else None,
        state=text(request.get("status")),
        requested_at=utc(text(request.get("creationDate"))),
        attributes=as_json({name: value for name, value in request.items() if name not in others}),
    )
    if len(ders) > 1:
        for at, der in enumerate(ders, 1):
            yield Record(locator=locator, system=CLOUD, record_id=f"{known}#{at}", certificate=der)
    yield from (one for one in held if not isinstance(one, bytes))


def _inventoried(locator: str, item: Mapping[str, Any]) -> Iterator[Row]:
    owner = text(item.get("ownerUsername"))  # of the inventory before teams owned certificates
    certificate = _found(item)
    yield Record(
        locator=locator,
        system=CLOUD,
        record_id=identifier(item, "id"),
        certificate=certificate,
        state=text(item.get("certificateStatus")),
        owner_name=owner,
        owner_email=owner if is_email(owner) else None,
        attributes=as_json({name: item.get(name) for name in _NOTED}),
    )
    for at, instance in enumerate(array(item.get("instances"))):
        said = section(instance)
        if text(said.get("hostname")) or text(said.get("ipAddress")) not in {None, _NOWHERE}:
            yield place(f"{locator}.instances[{at}]", _at_instance, certificate, said)


def _found(said: Mapping[str, Any]) -> StatedCertificate:
    key = KEYS.get((text(said.get("encryptionType")) or "").upper())
    names = section(said.get("subjectAlternativeNamesByType"))
    return StatedCertificate(
        sha1=thumbprint(text(said.get("fingerprint"))),
        serial_hex=serial(text(said.get("serialNumber"))),
        issuer_dn=text(said.get("issuerDN")),
        issuer_cn=next(iter(texts(said.get("issuerCN"))), None),
        subject_cn=next(iter(texts(said.get("subjectCN"))), None),
        subject_o=text(said.get("subjectO")),
        subject_key_id=hexadecimal(text(said.get("subjectKeyIdentifierHash"))),
        authority_key_id=hexadecimal(text(said.get("authorityKeyIdentifierHash"))),
        san_dns=texts(names.get("dNSName")),
        san_ip=addresses(texts(names.get("iPAddress"))),
        san_email=texts(names.get("rfc822Name")),
        san_uri=texts(names.get("uniformResourceIdentifier")),
        not_before=utc(text(said.get("validityStart"))),
        not_after=utc(text(said.get("validityEnd"))),
        key_algorithm=key,
        key_bits=number(said.get("keyStrength")) if key in {"RSA", "DSA"} else None,
        signature_hash=signature_hash(text(said.get("signatureHashAlgorithm"))),
        extended_key_usage=texts(said.get("extendedKeyUsage")),
    )


def _at_instance(locator: str, certificate: CertificateRef, said: Mapping[str, Any]) -> Sighting:
    """A certificate at an endpoint, where a scan met it, or where it is installed."""
    name, address = text(said.get("hostname")) or "", text(said.get("ipAddress"))
    host, ip = host_and_ip(name, None if address == _NOWHERE else address)
    if host and not is_dns_name(host):
        raise ValueError(f"{host!r} is no name of a host")
    port, scanned_at = number(said.get("port")), utc(text(said.get("lastScanDate")))
    return Sighting(
        locator=locator,
        chain=(certificate,),
        kind="scan" if scanned_at else "config",
        host=host.lower() if host else None,
        ip=ip,
        port=port_number(port) if port not in {None, -1} else None,
        observed_at=scanned_at,
    )
