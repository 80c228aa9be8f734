"""What AWS says of certificates: ACM, the server certificates of IAM, and the tags of both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import Alias, Record, Reject, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.held import attributes, held, key_findings, owner_of
from certanalytics.sources._reading.records import array, section, text
from certanalytics.sources._reading.text import is_dns_name, serial_hex
from certanalytics.sources.managers._aws_text import arn, as_written, aws_time, hash_of, key_of, tags_of
from certanalytics.x509.oids import EXTENDED_KEY_USAGES

ACM, IAM = "aws-acm", "aws-iam"

_ISSUED = frozenset({"ISSUED", "INACTIVE", "EXPIRED", "REVOKED"})
"""States of ACM in which there is a certificate; the others are requests that have none yet, or never got one."""

_ACM_REST = (
    "DomainName",
    "SubjectAlternativeNames",
    "SubjectAlternativeNameSummaries",
    "HasAdditionalSubjectAlternativeNames",
    "Issuer",
    "CreatedAt",
    "IssuedAt",
    "ImportedAt",
    "NotBefore",
    "NotAfter",
    "RevokedAt",
    "RevocationReason",
    "FailureReason",
    "InUse",
    "InUseBy",
    "RenewalEligibility",
    "RenewalSummary",
    "ManagedBy",
    "Exported",
    "ExportOption",
    "Options",
    "CertificateAuthorityArn",
    "DomainValidationOptions",
)
"""What else of a certificate in ACM is kept, under the API's names."""


def acm_certificate(locator: str, value: Any) -> Iterator[Row]:
    """One certificate of ``describe-certificate``, or its summary in ``list-certificates``.

    Only the description has the serial number. ``Issuer`` is the organisation of the issuer's name, not the name. An
    ARN outlives its certificate: after a renewal it means the next one.
    """
    said = section(value)
    name, status = arn(said["CertificateArn"]), text(said.get("Status"))
    if "acm" not in name.split(":")[2:3]:
        raise ValueError(f"{name} is no certificate of ACM")
    certificate = _stated(said, name) if status in _ISSUED or (status is None and said.get("NotAfter")) else None
    if certificate is not None and certificate.serial_hex:
        yield Alias(locator=locator, alias=name, certificate=certificate)
    owner = owner_of(tags := tags_of(said.get("Tags")))
    yield Record(
        locator=locator,
        system=ACM,
        record_id=name,
        certificate=certificate,
        state=status,
        owner_name=owner.name,
        owner_email=owner.email,
        business_unit=owner.unit,
        location=_region(name),
        product=text(said.get("Type")),
        requested_at=_acm_time(said.get("CreatedAt")),
        revoked_at=_acm_time(said.get("RevokedAt")),
        attributes=attributes(
            {"owner_from": owner.tag, "tags": tags, **{key: as_written(said.get(key)) for key in _ACM_REST}}
        ),
    )
    for user in array(said.get("InUseBy")):
        yield Sighting(
            locator=locator, kind="config", resource=arn(user), chain=(certificate or StatedCertificate(alias=name),)
        )


def _stated(said: Mapping[str, Any], name: str) -> StatedCertificate:
    serial, subject = text(said.get("Serial")), text(said.get("Subject"))
    names = array(said.get("SubjectAlternativeNames")) or array(said.get("SubjectAlternativeNameSummaries"))
    common_name = re.search(r"(?:^|,\s*)CN=([^,+\\\"]+)(?:,|$)", subject or "")
    signature = text(said.get("SignatureAlgorithm"))
    # A private CA is the customer's own: which part of its name AWS shows there is not known.
    issuer = text(said.get("Issuer")) if text(said.get("Type")) != "PRIVATE" else None
    # The summary cuts off after a hundred names: fewer names than there are would be another certificate.
    complete = text(said.get("HasAdditionalSubjectAlternativeNames")) != "true"
    purposes = [
        EXTENDED_KEY_USAGES.get(oid, oid)
        for use in array(said.get("ExtendedKeyUsages"))
        if isinstance(use, dict) and (oid := text(use.get("OID")))
    ]
    return StatedCertificate(
        alias=None if serial else name,
        serial_hex=serial_hex(serial) if serial else None,
        issuer_o=issuer,
        subject_dn=subject,
        subject_cn=common_name[1].strip() if common_name else None,
        san_dns=tuple(each for each in map(text, names) if each and is_dns_name(each)) if complete else (),
        not_before=_acm_time(said.get("NotBefore")),
        not_after=_acm_time(said.get("NotAfter")),
        **key_of(text(said.get("KeyAlgorithm"))),
        signature_algorithm=signature,
        signature_hash=hash_of(signature),
        extended_key_usage=tuple(purposes),
    )


def _acm_time(value: Any) -> Any:
    return aws_time(value, recorded_in_utc=False)


def _region(name: str) -> str | None:
    parts = name.split(":")
    return parts[3] or None if len(parts) > 3 else None


def iam_metadata(locator: str, value: Any) -> Iterator[Row]:
    """One server certificate of ``list-server-certificates``: of the certificate itself only its end."""
    said = section(value)
    name = arn(said["Arn"])
    certificate = StatedCertificate(alias=name, not_after=aws_time(said.get("Expiration")))
    yield from _iam(locator, said, certificate, {})


def iam_certificate(locator: str, value: Any, path: str) -> Iterator[Row]:
    """``get-server-certificate``: the PEM of a server certificate and its chain."""
    outer = section(value)
    said = section(outer["ServerCertificateMetadata"])
    name = arn(said["Arn"])
    leaf = held(f"{locator}.CertificateBody", text(outer.get("CertificateBody")))
    rest = held(f"{locator}.CertificateChain", text(outer.get("CertificateChain")))
    yield from (*leaf.rejects, *rest.rejects)
    yield from key_findings(locator, (*leaf.keys, *rest.keys), name, path)
    tags = tags_of(outer.get("Tags"))
    if not leaf.chain:
        certificate = StatedCertificate(alias=name, not_after=aws_time(said.get("Expiration")))
        yield from _iam(locator, said, certificate, tags)
        return
    yield from _iam(locator, said, leaf.chain[0], tags)
    yield Alias(locator=locator, alias=name, certificate=leaf.chain[0])
    yield Sighting(locator=locator, kind="file", resource=name, chain=(*leaf.chain, *rest.chain))


def _iam(
    locator: str, said: Mapping[str, Any], certificate: bytes | StatedCertificate, tags: Mapping[str, str]
) -> Iterator[Row]:
    name, identifier = arn(said["Arn"]), text(said.get("ServerCertificateId"))
    owner = owner_of(tags)
    if identifier:  # CloudFront names it so
        yield Alias(locator=locator, alias=f"aws-iam:{identifier}", certificate=StatedCertificate(alias=name))
    yield Record(
        locator=locator,
        system=IAM,
        record_id=name,
        certificate=certificate,
        owner_name=owner.name,
        owner_email=owner.email,
        business_unit=owner.unit,
        attributes=attributes(
            {
                "owner_from": owner.tag,
                "tags": tags,
                **{key: as_written(said.get(key)) for key in ("ServerCertificateName", "Path", "ServerCertificateId")},
                "UploadDate": as_written(said.get("UploadDate")),
            }
        ),
    )


def acm_pem(locator: str, value: Any, path: str) -> Iterator[Row]:
    """``get-certificate`` and ``export-certificate``: PEM of certificate and chain, without their ARN."""
    said = section(value)
    leaf = held(f"{locator}.Certificate", text(said.get("Certificate")))
    rest = held(f"{locator}.CertificateChain", text(said.get("CertificateChain")))
    yield from (*leaf.rejects, *rest.rejects)
    keys = (*leaf.keys, *rest.keys, *held(locator, text(said.get("PrivateKey"))).keys)
    yield from key_findings(locator, keys, "a certificate of ACM", path)
    if leaf.chain:
        yield Sighting(locator=locator, kind="file", path=path, chain=(*leaf.chain, *rest.chain))
    elif not leaf.rejects:
        yield Reject(
            locator=locator, reason="the certificate is empty: the recording has dropped it, or none is issued"
        )
    elif rest.chain:
        yield Sighting(locator=locator, kind="file", path=path, chain=rest.chain)


def tagged(locator: str, value: Any) -> Iterator[Row]:
    """One resource of the Resource Groups Tagging API: a certificate by its ARN; other resources are passed over."""
    said = section(value)
    name, tags = arn(said["ResourceARN"]), tags_of(said.get("Tags"))
    service, _, kind = ":".join(name.split(":")[2:]).partition(":")
    if service == "acm" and "certificate/" in kind:
        system = ACM
    elif service == "iam" and "server-certificate/" in kind:
        system = IAM
    else:
        return
    owner = owner_of(tags)
    yield Record(
        locator=locator,
        system=system,
        record_id=name,
        certificate=StatedCertificate(alias=name),
        owner_name=owner.name,
        owner_email=owner.email,
        business_unit=owner.unit,
        location=_region(name),
        attributes=attributes({"owner_from": owner.tag, "tags": tags}),
    )
