"""Sectigo Certificate Manager: SSL certificates as its REST API lists, describes and reports them.

``GET /api/ssl/v2`` (list), ``GET /api/ssl/v2/<sslId>`` (details, API 25.9) and ``POST
/api/report/v1/ssl-certificates``. Files begin with a UTF-8 byte order mark. The list says only identifier, names and
serial number: what it means is told by the details or the report of the same certificate, in whichever order they are
loaded. A request may ask for its dates in a format of its country (``dateFormat``), and the first version of the API
writes ``04/24/2025``: such a date is read where it can mean one day (`_reading.local_dates`), else kept as written.

The documentation of the details describes ``sha1Hash`` and its like as those of the *CA* certificate: they count only
where ``subject`` beside them is plainly the certificate's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from certanalytics.model import Alias, CertificateRef, Record, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.local_dates import told_times
from certanalytics.sources._reading.records import array, json_records, number, page_records, rows, section, text
from certanalytics.sources._reading.signature import json_pages, json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import (
    hex_digits,
    host_and_ip,
    ip_address,
    is_dns_name,
    port_number,
    serial_hex,
)
from certanalytics.sources._reading.wording import (
    as_json,
    key_algorithm,
    place,
    required,
    revocation,
    signature_hash,
)

_SYSTEM = "sectigo-scm"
_LIST = ("sslId", "commonName", "subjectAlternativeNames")
_REPORT = tuple(f"reports.item.{name}" for name in ("id", "commonName", "subjAltNames"))
_CURVES = {"P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1"}
_DATES = ("requested", "approved", "issued", "declined", "expires", "replaced", "revoked")
_KEPT = (
    "orderNumber",
    "backendCertId",
    "orgId",
    "organizationName",
    "vendor",
    "term",
    "validationType",
    "requestedVia",
    "externalRequester",
    "comments",
    "renewed",
    "serverType",
    "customFields",
    "autoInstallDetails",
    "autoRenewDetails",
    "suspendNotifications",
)
_INSTALLED = frozenset({"deployed", "completed"})
_UNISSUED = frozenset({"init", "requested", "saapproved", "approved", "applied", "declined", "rejected", "invalid"})
"""States of requests for which there is no certificate yet, or never will be."""


@source(
    "sectigo-ssl",
    produced_by="Sectigo Certificate Manager REST API: GET /api/ssl/v2 and /api/ssl/v2/<sslId>",
    brings=("owner", "place", "status"),
    tried_on="documentation",
    signature=json_pages(*_LIST)
    | json_paths("item.sslId", "item.commonName", "item.serialNumber")
    | json_pages("sslId", "commonName", "orgId"),
)
def sectigo_ssl(export: Export) -> Iterator[Row]:
    """Read the list of certificates, or the details of one or several.

    ``owner`` is, as documented, who approved the request. Details without ``sslId`` are of a person's certificate or a
    device's, whose numbers are counted apart; they are not read.
    """
    yield from rows(json_records(export), _details)


@source(
    "sectigo-report",
    produced_by="Sectigo Certificate Manager REST API: POST /api/report/v1/ssl-certificates",
    brings=("owner", "status"),
    tried_on="documentation",
    signature=json_pages(*_REPORT) | json_pages("reports.item.backendCertId", "reports.item.requestedVia"),
)
def sectigo_report(export: Export) -> Iterator[Row]:
    """Read the report of SSL certificates, one row a certificate."""
    yield from rows(page_records(export, "reports"), _reported)


def _details(locator: str, said: Mapping[str, Any]) -> Iterator[Row]:
    details = section(said.get("certificateDetails"))
    own = _is_of_itself(details, text(said.get("commonName")))
    certificate = _stated(
        said,
        names=[name for name in map(text, array(said.get("subjectAlternativeNames"))) if name],
        sha256=text(details.get("sha256Hash")) if own else None,
        sha1=text(details.get("sha1Hash")) if own else None,
        issuer=text(details.get("issuer")),
        subject=text(details.get("subject")) if own else None,
        key=(said.get("keyType"), said.get("keyAlgorithm"), said.get("keySize")),
    )
    owner = text(said.get("owner"))
    product = text(section(said.get("certType")).get("name"))
    yield from _rows(locator, said, certificate, owner=owner, approver=owner, product=product)
    for position, node in enumerate(array(section(said.get("autoInstallDetails")).get("nodes"))):
        # A node where the certificate is still to be put, or where that failed, is no place it is at.
        if (text(section(node).get("status")) or "").casefold() in _INSTALLED:
            yield place(f"{locator}.autoInstallDetails.nodes[{position}]", _installed, certificate, node)


def _reported(locator: str, said: Mapping[str, Any]) -> Iterator[Row]:
    certificate = _stated(
        said,
        names=[
            re.sub(r"(?i)^(dnsname=|dns:)", "", name)
            for name in re.split(r"[\s,;]+", text(said.get("subjAltNames")) or "")
            if name
        ],
        sha256=None,
        sha1=text(said.get("sha1")),
        issuer=text(said.get("issuer")),
        subject=None,
        key=(said.get("publicKeyType"), said.get("publicKeyAlg"), said.get("publicKeySize")),
    )
    approver, product = text(said.get("approver")), text(said.get("type"))
    yield from _rows(locator, said, certificate, owner=None, approver=approver, product=product)


def _rows(
    locator: str,
    said: Mapping[str, Any],
    certificate: StatedCertificate,
    *,
    owner: str | None,
    approver: str | None,
    product: str | None,
) -> Iterator[Row]:
    record_id = required(said, "sslId", "id")
    dates = _dates(said)
    unread = {f"{name}_as_written": said.get(name) for name in _DATES if name not in dates}
    revoked_at = dates.get("revoked")
    state = text(said.get("status"))
    is_known = certificate.sha256 or certificate.sha1 or certificate.serial_hex
    yield Record(
        locator=locator,
        system=_SYSTEM,
        record_id=record_id,
        certificate=certificate if is_known or (state or "").casefold() not in _UNISSUED else None,
        state=state,
        owner_name=owner,
        requester=text(said.get("requester")) or text(said.get("externalRequester")),
        approver=approver,
        business_unit=text(said.get("organizationName")),
        location=text(said.get("ipAddresses")),
        product=product,
        requested_at=dates.get("requested"),
        revoked_at=revoked_at,
        attributes=as_json({**{name: said.get(name) for name in _KEPT}, **unread}),
    )
    if revoked_at or (state or "").casefold() == "revoked":
        yield from revocation(
            locator,
            system=_SYSTEM,
            serial_hex=certificate.serial_hex,
            issuer_dn=certificate.issuer_dn,
            revoked_at=revoked_at,
            reason=number(said.get("reasonCode")),
        )
    if certificate.sha256 or certificate.sha1 or (certificate.serial_hex and certificate.issuer_dn):
        yield Alias(locator=locator, alias=f"{_SYSTEM}:{record_id}", certificate=certificate)


def _stated(
    said: Mapping[str, Any],
    *,
    names: list[str],
    sha256: str | None,
    sha1: str | None,
    issuer: str | None,
    subject: str | None,
    key: tuple[object, object, object],
) -> StatedCertificate:
    serial, record_id = text(said.get("serialNumber")), text(said.get("sslId")) or text(said.get("id"))
    algorithm, bits, curve = _key(*key)
    return StatedCertificate(
        sha256=_digest(sha256, 64),
        sha1=_digest(sha1, 40),
        alias=f"{_SYSTEM}:{record_id}" if record_id else None,
        serial_hex=serial_hex(serial) if serial else None,
        issuer_dn=issuer if issuer and "=" in issuer else None,
        issuer_cn=issuer if issuer and "=" not in issuer else None,
        subject_dn=subject,
        subject_cn=text(said.get("commonName")),
        san_dns=tuple(name for name in names if is_dns_name(name)),
        san_ip=tuple(address for address in map(ip_address, names) if address),
        not_after=_dates(said).get("expires"),
        key_algorithm=algorithm,
        key_bits=bits,
        key_curve=curve,
        signature_hash=signature_hash(text(said.get("signatureAlg"))),
    )


def _key(kind: object, algorithm: object, size: object) -> tuple[str | None, int | None, str | None]:
    """Algorithm, bits and curve in ``RSA - 2048`` or ``EC - P-256``, else in the older members for each."""
    name, _, detail = (text(kind) or "").partition(" - ")
    known = key_algorithm(name) or key_algorithm(text(algorithm))
    if known == "EC":
        return known, None, _CURVES.get(detail.strip().upper())
    digits = re.search(r"\d+", detail or text(size) or "")
    return known, (int(digits[0]) or None) if digits and known in {"RSA", "DSA"} else None, None


def _is_of_itself(details: Mapping[str, Any], common_name: str | None) -> bool:
    """Whether details describe the certificate and not its issuer: their subject has its common name."""
    subject, issuer = text(details.get("subject")) or "", text(details.get("issuer")) or ""
    named = re.search(r"(?:^|[,/+]\s*)CN\s*=\s*([^,/+]+)", subject, re.IGNORECASE)
    return bool(named and common_name and named[1].strip().lower() == common_name.lower() and subject != issuer)


def _installed(locator: str, certificate: CertificateRef, node: Mapping[str, Any]) -> Sighting:
    """Where the certificate was put."""
    name, port = text(node.get("name")), text(node.get("port"))
    host, ip = host_and_ip(name)
    named = host is not None and "." in host and is_dns_name(host)
    return Sighting(
        locator=locator,
        chain=(certificate,),
        kind="config",
        host=host.lower() if host and named else None,
        ip=ip,
        port=port_number(port) if port else None,
        resource=None if named or ip else name,
    )


def _digest(written: str | None, digits: int) -> str | None:
    found = hex_digits(written or "")
    return found if len(found) == digits else None


def _dates(said: Mapping[str, Any]) -> dict[str, datetime]:
    """The dates of one record, those that cannot be told left out; a certificate ends with the last of its days."""
    written = {name: value for name in _DATES if (value := text(said.get(name)))}
    times = told_times(written)
    if "expires" in times and ":" not in written["expires"]:
        times["expires"] += timedelta(days=1, seconds=-1)
    return times
