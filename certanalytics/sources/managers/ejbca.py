"""EJBCA: what its REST API finds in the certificate database.

``POST /v2/certificate/search`` gives ``certificates`` with all the database knows, ``POST /v1/certificate/search`` only
serial number and certificate; an enrolment answers with one certificate like the latter and its chain. The certificate
is base64 once or, as the API serialises it, twice, or PEM. Times are milliseconds since 1970, -1 for none. Certificate
requests are not kept. Newer servers spell ``udpateTime`` as they should.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from certanalytics.model import CertificateRef, Record, Row, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.held import Held, chain_records, held
from certanalytics.sources._reading.records import array, number, page_records, rows, text
from certanalytics.sources._reading.signature import json_pages, json_without
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import from_epoch, hex_digits, ip_address, serial_hex, utc
from certanalytics.sources._reading.wording import as_json, required, revocation
from certanalytics.x509.pem import unarmour
from certanalytics.x509.revocation import REASONS

_SYSTEM = "ejbca"
_STATES = {
    10: "unassigned",
    11: "inactive",
    20: "active",
    21: "active",  # and told about its expiry
    30: "revoked",  # for the time being
    40: "revoked",
    50: "expired",
    60: "archived",
}
"""Status of a row of the certificate database."""

_TYPES = {1: "end entity", 2: "sub CA", 8: "root CA"}
_KEPT = ("certificateProfile", "endEntityProfile", "tag", "crlPartitionIndex", "subjectDirectoryAttributes")
_V1, _LISTED = ("serial_number", "response_format"), "certificates.item."


@source(
    "ejbca-search",
    produced_by="EJBCA REST API: POST /v2/certificate/search and /v1/certificate/search",
    brings=("certificate", "owner", "status"),
    tried_on="documentation",
    signature=json_pages(_LISTED + "serialNumber", _LISTED + "issuerDN", _LISTED + "cAFingerprint")
    | json_pages(_LISTED + "serialNumber", _LISTED + "base64Cert")
    | json_pages(*(_LISTED + name for name in _V1))
    | json_pages(*_V1)
    | json_without("certificates", "pagination_summary")
    | json_without("certificates", "more_results"),
)
def ejbca_search(export: Export) -> Iterator[Row]:
    """Read what a search found, or one certificate as it was issued.

    ``username`` is the end entity a certificate belongs to, not a person: it is the record's requester. A certificate
    above another in a chain is a record of its own, which says nothing but that EJBCA holds it.
    """
    yield from rows(page_records(export, "certificates"), _found)


def _found(locator: str, said: Mapping[str, Any]) -> Iterator[Row]:
    stated = _stated(said)
    content = _held(f"{locator}.certificate", text(said.get("base64Cert")) or text(said.get("certificate")))
    above = [
        _held(f"{locator}.certificate_chain[{position}]", text(each))
        for position, each in enumerate(array(said.get("certificate_chain")))
    ]
    for found in (content, *above):
        yield from found.rejects
    certificate: CertificateRef = content.chain[0] if content.chain else stated
    state, reason_code = _state(text(said.get("status"))), number(said.get("revocationReason"))
    revoked_at = _time(said.get("revocationDate"))
    # An archived row keeps the reason of a certificate that was revoked before it expired.
    is_revoked = state == "revoked" or (reason_code in REASONS and revoked_at is not None and reason_code != 8)
    serial = required(said, "serialNumber", "serial_number")
    yield Record(
        locator=locator,
        system=_SYSTEM,
        record_id=text(said.get("fingerprint")) or serial,
        certificate=certificate,
        state=state,
        requester=text(said.get("username")),
        product=text(said.get("certificateProfile")) or text(said.get("certificate_profile")),
        revoked_at=revoked_at if is_revoked else None,
        attributes=as_json(
            {
                **{name: said.get(name) for name in _KEPT},
                "type": _TYPES.get(number(said.get("type")) or 0),
                "certificateProfileId": said.get("certificateProfileId"),
                "endEntityProfileId": said.get("endEntityProfileId"),
            }
        ),
    )
    if is_revoked:
        yield from revocation(
            locator,
            system=_SYSTEM,
            serial_hex=stated.serial_hex,
            issuer_dn=stated.issuer_dn,
            revoked_at=revoked_at,
            reason=reason_code,
        )
    yield from chain_records(
        locator, _SYSTEM, serial, (*content.chain[1:], *(der for found in above for der in found.chain))
    )


def _stated(said: Mapping[str, Any]) -> StatedCertificate:
    fingerprint = hex_digits(text(said.get("fingerprint")) or "")
    serial = text(said.get("serialNumber")) or text(said.get("serial_number"))
    key_id = _key_id(text(said.get("subjectKeyId")))
    names = list(_names(text(said.get("subjectAltName")) or ""))
    return StatedCertificate(
        sha1=fingerprint if len(fingerprint) == 40 else None,
        sha256=fingerprint if len(fingerprint) == 64 else None,
        serial_hex=serial_hex(serial) if serial else None,
        issuer_dn=text(said.get("issuerDN")),
        subject_dn=text(said.get("subjectDN")),
        subject_key_id=key_id,
        san_dns=tuple(value for kind, value in names if kind == "dnsname"),
        san_ip=tuple(address for kind, value in names if kind == "ipaddress" and (address := ip_address(value))),
        san_email=tuple(value for kind, value in names if kind == "rfc822name"),
        san_uri=tuple(value for kind, value in names if kind == "uniformresourceidentifier"),
        not_before=_time(said.get("notBefore")),
        not_after=_time(said.get("expireDate")),
    )


def _names(written: str) -> Iterator[tuple[str, str]]:
    """The names in ``dNSName=a.example, iPAddress=192.0.2.1``."""
    for part in written.split(","):
        kind, _, value = part.partition("=")
        if value.strip():
            yield kind.strip().lower(), value.strip()


def _held(locator: str, written: str | None) -> Held:
    """The certificates in base64, in base64 of base64, in base64 of PEM or PKCS#7, or in PEM."""
    if written and "-----" not in written:
        with suppress(ValueError):  # what is no base64 either is refused below
            return held(locator, unarmour(written))
    return held(locator, written)


def _key_id(written: str | None) -> str | None:
    """A key identifier in base64, as the database holds it, or in hexadecimal; 20 bytes, or it is not kept."""
    for read in (hex_digits, lambda value: unarmour(value).hex()):
        try:
            digits = read(written or "")
        except ValueError:
            continue
        if len(digits) == 40:
            return digits
    return None


def _state(written: str | None) -> str | None:
    """By the number of the status, or by its name (``CERT_REVOKED``)."""
    if written and written.lstrip("-").isdigit():
        return _STATES.get(int(written), written)
    return written.lower().removeprefix("cert_") if written else None


def _time(value: object) -> datetime | None:
    written = text(value)
    if written and "-" in written[1:]:  # ISO 8601
        return utc(written)
    milliseconds = number(written)
    return (
        from_epoch(milliseconds / 1000).replace(microsecond=0)
        if milliseconds is not None and milliseconds > 0
        else None
    )
