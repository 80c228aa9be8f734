"""Venafi Trust Protection Platform, now CyberArk Certificate Manager: what the WebSDK lists and describes, and VCert.

Owners stand in the WebSDK as it knows people (``local:{f47ab62f-...}``, ``AD+corp:jdoe``) and are kept as written;
who that is only its Identity interface says. The case of names in a subject is that of the first certificate ever
stored with them (vendor's note), so it says nothing.

Not read: the console's reports (their columns are chosen by the user), answers about policies and permissions, and
``Certificates/Retrieve`` asked for a PKCS#12 or a Java key store, which is encrypted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import CertificateRef, Record, Row, Sighting, StatedCertificate
from certanalytics.sources._reading import embedded as _embedded
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import array, json_records, number, page_records, rows, section, text
from certanalytics.sources._reading.signature import Head, Signature, json_pages
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
from certanalytics.sources._reading.wording import as_json, is_email, place, signature_hash

_SYSTEM = "venafi-tpp"
_CLOUD = "venafi-cloud"
_SHA1_DIGITS = 40

_KEYS = {"RSA": "RSA", "DSA": "DSA", "EC": "EC", "ECC": "EC", "ECDSA": "EC", "ED25519": "Ed25519"}
_NOTED = (
    "DN",
    "Name",
    "SchemaClass",
    "CreatedOn",
    "CreatedBy",
    "Origin",
    "Description",
    "ManagementType",
    "CertificateAuthorityDN",
    "CustomFields",
    "ProcessingDetails",
    "ValidationDetails",
    "Consumers",
)
"""What else of a certificate object is kept, under the WebSDK's names."""

_RECORDED = "response.jsonBody.certificateRequests"
"""Where a recorded answer of the service in the cloud lists requests."""

_INVENTORIED = ("id", "fingerprint", "serialNumber", "validityEnd", "issuerCN")
_STATED = frozenset(
    {
        *_INVENTORIED,
        "certificateStatus",
        "validityStart",
        "encryptionType",
        "keyStrength",
        "signatureHashAlgorithm",
        "subjectKeyIdentifierHash",
        "authorityKeyIdentifierHash",
        "subjectCN",
        "subjectO",
        "subjectAlternativeNamesByType",
        "subjectAlternativeNameDns",
        "issuerDN",
        "extendedKeyUsage",
        "instances",
        "companyId",
    }
)
"""What of a certificate in the inventory is said elsewhere than in ``attributes``, or is the same of all of them."""

_NOWHERE = "254.254.254.254"

_OUTPUT = json_pages("Certificate", "Chain") | json_pages("Certificate", "PickupId")


@source(
    "venafi-certificates-json",
    produced_by="Venafi TPP WebSDK 18 and later: GET vedsdk/Certificates/, GET vedsdk/Certificates/{guid}",
    brings=("owner", "status", "place"),
    tried_on="documentation",  # a public client's test data, not an export of an installation
    signature=json_pages("Certificates.item.DN", "Certificates.item.Guid")
    | json_pages("Certificates", "DataRange", "TotalCount")
    | json_pages("DN", "Guid", "SchemaClass", "CertificateDetails"),
)
def venafi_certificates_json(export: Export) -> Iterator[Row]:
    """Read a list, or the details of one or several certificates.

    Before version 19 the list brings no more of a certificate than its name. An application that uses a certificate
    (``Consumers``) is a place by its name in the policy tree; on which host it is, that name does not say.
    ``observed_at`` stays empty: no answer says when it was given.
    """
    yield from rows(page_records(export, "Certificates"), _object)


@source(
    "venafi-retrieve-json",
    produced_by="Venafi TPP WebSDK: POST vedsdk/Certificates/Retrieve, Format Base64, DER or PKCS #7",
    brings=("certificate",),
    tried_on="documentation",
    signature=json_pages("CertificateData", "Filename", "Format"),
)
def venafi_retrieve_json(export: Export) -> Iterator[Row]:
    """Read certificates, whose data is the base64 of a PEM text or of DER or PKCS#7."""
    yield from rows(json_records(export), lambda locator, answer: _retrieved(export, locator, answer))


@source(
    "vcert-json",
    produced_by="Venafi VCert 4 and 5: vcert enroll, pickup or renew with -format json",
    brings=("certificate", "place"),
    path_matters=True,
    tried_on="documentation",
    signature=Signature(
        "JSON, or an array of it, with a PEM in Certificate, and Chain or PickupId",
        lambda head: _OUTPUT.matches(head) and "-----BEGIN " in head.text,
    ),
)
def vcert_json(export: Export) -> Iterator[Row]:
    """Read the certificate and its chain as files that lie where the output lies, and under which name it was issued.

    A private key beside them is a finding, as in any certificate file.
    """
    yield from rows(json_records(export), lambda locator, output: _output(export, locator, output))


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


def _object(locator: str, item: Mapping[str, Any]) -> Iterator[Row]:
    certificate = _details(section(item.get("CertificateDetails"))) or _listed(section(item.get("X509")))
    contacts, approvers = _texts(item.get("Contact")), _texts(item.get("Approver"))
    noted = {name: item[name] for name in _NOTED if item.get(name) not in (None, "", [], {})}
    yield Record(
        locator=locator,
        system=_SYSTEM,
        record_id=_required(item, "Guid"),
        certificate=certificate,
        state="disabled" if item.get("Disabled") is True else None,
        owner_name=", ".join(contacts) or None,
        owner_email=next((contact for contact in contacts if _EMAIL.fullmatch(contact)), None),
        approver=", ".join(approvers) or None,
        attributes=json.dumps(noted, default=str, ensure_ascii=False) if noted else None,
    )
    for consumer in _texts(item.get("Consumers")):
        if certificate:
            yield Sighting(locator=locator, kind="config", resource=consumer, chain=(certificate,))


_EMAIL = re.compile(r"[^\s@{}:]+@[^\s@{}:]+\.[^\s@{}:]+")


def _details(said: Mapping[str, Any]) -> StatedCertificate | None:
    key = _KEYS.get((text(said.get("KeyAlgorithm")) or "").upper())
    signature = re.match(r"sha(?:1|224|256|384|512)(?![0-9])", (text(said.get("SignatureAlgorithm")) or "").lower())
    certificate = StatedCertificate(
        sha1=_thumbprint(text(said.get("Thumbprint"))),
        serial_hex=_serial(text(said.get("Serial"))),
        issuer_dn=text(said.get("Issuer")),
        subject_dn=text(said.get("Subject")),
        subject_cn=next(iter(_texts(said.get("CN"))), None),
        subject_o=next(iter(_texts(said.get("O"))), None),
        subject_key_id=_hex(text(said.get("SKIKeyIdentifier"))),
        authority_key_id=_hex(text(said.get("AIAKeyIdentifier"))),
        san_dns=_texts(said.get("SubjectAltNameDNS")),
        san_ip=_addresses(_texts(said.get("SubjectAltNameIPAddress")) or _texts(said.get("SubjectAltNameIP"))),
        san_email=_texts(said.get("SubjectAltNameEmail")),
        san_uri=_texts(said.get("SubjectAltNameURI")),
        not_before=utc(text(said.get("ValidFrom"))),
        not_after=utc(text(said.get("ValidTo"))),
        key_algorithm=key,
        key_bits=number(said.get("KeySize")) if key in {"RSA", "DSA"} else None,
        signature_hash=signature[0] if signature else None,
    )
    return certificate if certificate != StatedCertificate() else None


def _listed(said: Mapping[str, Any]) -> StatedCertificate | None:
    """A certificate as the list shows it; without its issuer, so only the thumbprint tells which it is."""
    names = section(said.get("SANS"))
    certificate = StatedCertificate(
        sha1=_thumbprint(text(said.get("Thumbprint"))),
        serial_hex=_serial(text(said.get("Serial"))),
        subject_cn=text(said.get("CN")),
        san_dns=_texts(names.get("DNS")),
        san_ip=_addresses(_texts(names.get("IP"))),
        san_email=_texts(names.get("Email")),
        san_uri=_texts(names.get("URI")),
        not_before=utc(text(said.get("ValidFrom"))),
        not_after=utc(text(said.get("ValidTo"))),
    )
    return certificate if certificate != StatedCertificate() else None


def _retrieved(export: Export, locator: str, answer: Mapping[str, Any]) -> Iterator[Row]:
    name = text(answer.get("Filename")) or locator
    found = _embedded.in_base64(export, locator, text(answer.get("CertificateData")) or "")
    for at, one in enumerate(found, 1):
        if isinstance(one, bytes):
            # Roots come first where the request asked for that, so no certificate is taken for the one asked for.
            yield Record(
                locator=locator, system=_SYSTEM, record_id=name if at == 1 else f"{name}#{at}", certificate=one
            )
        else:
            yield one


def _output(export: Export, locator: str, output: Mapping[str, Any]) -> Iterator[Row]:
    pickup, leaf = text(output.get("PickupId")), None
    for name in ("Certificate", "Chain", "PrivateKey"):
        for at, written in enumerate(_texts(output.get(name))):
            for one in _embedded.in_pem(
                export, f"{locator}.{name}[{at}]" if name == "Chain" else f"{locator}.{name}", written
            ):
                if isinstance(one, bytes):
                    leaf = leaf or (one if name == "Certificate" else None)
                    yield Sighting(locator=locator, kind="file", path=export.label, chain=(one,))
                else:
                    yield one
    if pickup:
        system = _SYSTEM if pickup.upper().startswith("\\VED\\") else _CLOUD
        yield Record(locator=locator, system=system, record_id=pickup, certificate=leaf)


def _request(export: Export, locator: str, request: Mapping[str, Any]) -> Iterator[Row]:
    known, written = _required(request, "id"), text(request.get("pem"))
    held = list(_embedded.in_pem(export, f"{locator}.pem", written)) if written else []
    ders = [one for one in held if isinstance(one, bytes)]
    others = {"pem", "id", "status", "creationDate"}
    noted = {name: value for name, value in request.items() if name not in others and value not in (None, "", [])}
    yield Record(
        locator=locator,
        system=_CLOUD,
        record_id=known,
        certificate=ders[0] if len(ders) == 1 else None,
        state=text(request.get("status")),
        requested_at=utc(text(request.get("creationDate"))),
        attributes=json.dumps(noted, default=str, ensure_ascii=False) if noted else None,
    )
    if len(ders) > 1:
        for at, der in enumerate(ders, 1):
            yield Record(locator=locator, system=_CLOUD, record_id=f"{known}#{at}", certificate=der)
    yield from (one for one in held if not isinstance(one, bytes))


def _inventoried(locator: str, item: Mapping[str, Any]) -> Iterator[Row]:
    owner = text(item.get("ownerUsername"))  # of the inventory before teams owned certificates
    noted = {name: value for name, value in item.items() if name not in _STATED}
    certificate = _found(item)
    yield Record(
        locator=locator,
        system=_CLOUD,
        record_id=_required(item, "id"),
        certificate=certificate,
        state=text(item.get("certificateStatus")),
        owner_name=owner,
        owner_email=owner if is_email(owner) else None,
        attributes=as_json(noted),
    )
    for at, instance in enumerate(array(item.get("instances"))):
        said = section(instance)
        if text(said.get("hostname")) or text(said.get("ipAddress")) not in {None, _NOWHERE}:
            yield place(f"{locator}.instances[{at}]", _at_instance, certificate, said)


def _found(said: Mapping[str, Any]) -> StatedCertificate:
    key = _KEYS.get((text(said.get("encryptionType")) or "").upper())
    names = section(said.get("subjectAlternativeNamesByType"))
    return StatedCertificate(
        sha1=_thumbprint(text(said.get("fingerprint"))),
        serial_hex=_serial(text(said.get("serialNumber"))),
        issuer_dn=text(said.get("issuerDN")),
        issuer_cn=next(iter(_texts(said.get("issuerCN"))), None),
        subject_cn=next(iter(_texts(said.get("subjectCN"))), None),
        subject_o=text(said.get("subjectO")),
        subject_key_id=_hex(text(said.get("subjectKeyIdentifierHash"))),
        authority_key_id=_hex(text(said.get("authorityKeyIdentifierHash"))),
        san_dns=_texts(names.get("dNSName")),
        san_ip=_addresses(_texts(names.get("iPAddress"))),
        san_email=_texts(names.get("rfc822Name")),
        san_uri=_texts(names.get("uniformResourceIdentifier")),
        not_before=utc(text(said.get("validityStart"))),
        not_after=utc(text(said.get("validityEnd"))),
        key_algorithm=key,
        key_bits=number(said.get("keyStrength")) if key in {"RSA", "DSA"} else None,
        signature_hash=signature_hash(text(said.get("signatureHashAlgorithm"))),
        extended_key_usage=_texts(said.get("extendedKeyUsage")),
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


def _texts(value: object) -> tuple[str, ...]:
    """One text or a list of them."""
    values = value if isinstance(value, list) else [value]
    return tuple(found for found in map(text, values) if found)


def _addresses(written: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(ip_address(address) or address for address in written)


def _hex(written: str | None) -> str | None:
    return hex_digits(written) if written else None


def _serial(written: str | None) -> str | None:
    return serial_hex(written) if written else None


def _thumbprint(written: str | None) -> str | None:
    """A thumbprint, which is a SHA-1.

    Raises:
        ValueError: It is of another length.
    """
    digits = hex_digits(written) if written else None
    if digits and len(digits) != _SHA1_DIGITS:
        raise ValueError(f"a thumbprint of {len(digits)} digits, {_SHA1_DIGITS} expected")
    return digits


def _required(item: Mapping[str, Any], name: str) -> str:
    value = text(item.get(name))
    if value is None:
        raise ValueError(f"{name} is missing")
    return value
