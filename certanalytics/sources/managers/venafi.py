"""Venafi Trust Protection Platform, now CyberArk Certificate Manager: what the WebSDK lists and describes, and VCert.

Owners stand in the WebSDK as it knows people (``local:{f47ab62f-...}``, ``AD+corp:jdoe``) and are kept as written;
who that is only its Identity interface says. The case of names in a subject is that of the first certificate ever
stored with them (vendor's note), so it says nothing.

Not read: the console's reports (their columns are chosen by the user), answers about policies and permissions, and
``Certificates/Retrieve`` asked for a PKCS#12 or a Java key store, which is encrypted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import Record, Row, Sighting, StatedCertificate
from certanalytics.sources._reading import embedded as _embedded
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import json_records, number, page_records, rows, section, text
from certanalytics.sources._reading.signature import Signature, json_pages
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import utc
from certanalytics.sources._reading.wording import as_json
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

_SYSTEM = "venafi-tpp"
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


def _object(locator: str, item: Mapping[str, Any]) -> Iterator[Row]:
    certificate = _details(section(item.get("CertificateDetails"))) or _listed(section(item.get("X509")))
    contacts, approvers = texts(item.get("Contact")), texts(item.get("Approver"))
    yield Record(
        locator=locator,
        system=_SYSTEM,
        record_id=identifier(item, "Guid"),
        certificate=certificate,
        state="disabled" if item.get("Disabled") is True else None,
        owner_name=", ".join(contacts) or None,
        owner_email=next((contact for contact in contacts if _EMAIL.fullmatch(contact)), None),
        approver=", ".join(approvers) or None,
        attributes=as_json({name: item.get(name) for name in _NOTED}),
    )
    for consumer in texts(item.get("Consumers")):
        if certificate:
            yield Sighting(locator=locator, kind="config", resource=consumer, chain=(certificate,))


_EMAIL = re.compile(r"[^\s@{}:]+@[^\s@{}:]+\.[^\s@{}:]+")


def _details(said: Mapping[str, Any]) -> StatedCertificate | None:
    key = KEYS.get((text(said.get("KeyAlgorithm")) or "").upper())
    signature = re.match(r"sha(?:1|224|256|384|512)(?![0-9])", (text(said.get("SignatureAlgorithm")) or "").lower())
    certificate = StatedCertificate(
        sha1=thumbprint(text(said.get("Thumbprint"))),
        serial_hex=serial(text(said.get("Serial"))),
        issuer_dn=text(said.get("Issuer")),
        subject_dn=text(said.get("Subject")),
        subject_cn=next(iter(texts(said.get("CN"))), None),
        subject_o=next(iter(texts(said.get("O"))), None),
        subject_key_id=hexadecimal(text(said.get("SKIKeyIdentifier"))),
        authority_key_id=hexadecimal(text(said.get("AIAKeyIdentifier"))),
        san_dns=texts(said.get("SubjectAltNameDNS")),
        san_ip=addresses(texts(said.get("SubjectAltNameIPAddress")) or texts(said.get("SubjectAltNameIP"))),
        san_email=texts(said.get("SubjectAltNameEmail")),
        san_uri=texts(said.get("SubjectAltNameURI")),
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
        sha1=thumbprint(text(said.get("Thumbprint"))),
        serial_hex=serial(text(said.get("Serial"))),
        subject_cn=text(said.get("CN")),
        san_dns=texts(names.get("DNS")),
        san_ip=addresses(texts(names.get("IP"))),
        san_email=texts(names.get("Email")),
        san_uri=texts(names.get("URI")),
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
        for at, written in enumerate(texts(output.get(name))):
            for one in _embedded.in_pem(
                export, f"{locator}.{name}[{at}]" if name == "Chain" else f"{locator}.{name}", written
            ):
                if isinstance(one, bytes):
                    leaf = leaf or (one if name == "Certificate" else None)
                    yield Sighting(locator=locator, kind="file", path=export.label, chain=(one,))
                else:
                    yield one
    if pickup:
        system = _SYSTEM if pickup.upper().startswith("\\VED\\") else CLOUD
        yield Record(locator=locator, system=system, record_id=pickup, certificate=leaf)
