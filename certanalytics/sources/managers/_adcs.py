"""Microsoft AD CS: one row of the request table of a CA database, however it was exported.

Times in the CA database are UTC; the tools show them in the zone and format of whoever runs them and do not say which.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from certanalytics.model import Record, Reject, Row, StatedCertificate
from certanalytics.sources._reading.column_map import Vocabulary
from certanalytics.sources._reading.local_dates import LocalTimes, local_times
from certanalytics.sources._reading.text import hex_digits, serial_hex
from certanalytics.sources._reading.wording import as_json, required, revocation
from certanalytics.x509.pem import pem_to_der
from certanalytics.x509.revocation import REASONS

CERTUTIL = Vocabulary(
    columns={
        "request_id": "number of the request; required unless the serial number is there",
        "requester": "account the certificate was requested for",
        "caller": "account that sent the request",
        "disposition": "what became of it, by number (20 issued, 21 revoked)",
        "disposition_message": "the same in words",
        "status_code": "error code of the request",
        "submitted": "when it was requested",
        "resolved": "when it was decided",
        "revoked": "when it was revoked",
        "revoked_effective": "from when the revocation counts",
        "revocation_reason": "reason by number",
        "subject_cn": "common name of the certificate",
        "subject_dn": "distinguished name of the certificate",
        "template": "certificate template, by name or OID",
        "template_name": "certificate template, by name",
        "not_before": "begin of validity",
        "not_after": "end of validity",
        "serial_number": "serial number",
        "certificate_hash": "SHA-1 of the certificate",
        "key_bits": "length of the key",
        "certificate": "the certificate itself, PEM or base64",
        "ca": "configuration string of the CA, host\\name",
        "issuer_dn": "distinguished name of the CA",
    },
    needs=(frozenset({"request_id", "serial_number"}),),
    constants=("ca", "issuer_dn"),
)
"""What of a request is known, by our names."""

_OF_REQUESTS = {
    "requestid": "request_id",
    "requestername": "requester",
    "callername": "caller",
    "disposition": "disposition",
    "dispositionmessage": "disposition_message",
    "statuscode": "status_code",
    "submittedwhen": "submitted",
    "resolvedwhen": "resolved",
    "revokedwhen": "revoked",
    "revokedeffectivewhen": "revoked_effective",
    "revokedreason": "revocation_reason",
}
_OF_CERTIFICATES = {
    "commonname": "subject_cn",
    "distinguishedname": "subject_dn",
    "certificatetemplate": "template",
    "notbefore": "not_before",
    "notafter": "not_after",
    "serialnumber": "serial_number",
    "certificatehash": "certificate_hash",
    "publickeylength": "key_bits",
    "rawcertificate": "certificate",
    "configstring": "ca",  # these two are PSPKI's
    "certificatetemplateoid": "template_name",
}
COLUMNS = _OF_REQUESTS | {f"request.{theirs}": name for theirs, name in _OF_REQUESTS.items()} | _OF_CERTIFICATES
"""Columns of the CA database, the same in every language, to the names of `CERTUTIL`.

The subject a request asks for (``Request.CommonName``) is none of the certificate's.
"""

DISPLAYED = {
    "issued request id": "request_id",
    "request id": "request_id",
    "requester name": "requester",
    "caller name": "caller",
    "request disposition": "disposition",
    "request disposition message": "disposition_message",
    "request status code": "status_code",
    "request submission date": "submitted",
    "request resolution date": "resolved",
    "revocation date": "revoked",
    "effective revocation date": "revoked_effective",
    "revocation reason": "revocation_reason",
    "issued common name": "subject_cn",
    "issued distinguished name": "subject_dn",
    "certificate template": "template",
    "certificate effective date": "not_before",
    "certificate expiration date": "not_after",
    "serial number": "serial_number",
    "certificate hash": "certificate_hash",
    "public key length": "key_bits",
    "binary certificate": "certificate",
}
"""The same by what an English console calls them."""

_TRAILER = re.compile(r"certutil: .*|maximum row index: \d+|\d+ [^\d\W]+( .*)?", re.IGNORECASE)
"""What a console prints below the rows, seen as a row of one cell."""

_DISPOSITIONS = {
    8: "active",
    9: "pending",
    12: "foreign",
    15: "issued",  # a certificate of the CA itself
    16: "issued",  # of the chain above it
    17: "issued",  # of a key recovery agent
    20: "issued",
    21: "revoked",
    30: "failed",
    31: "denied",
}
"""Dispositions of the request table [MS-CSRA 3.1.1.1.2]."""

_MESSAGES = (("revoked", "revoked"), ("issued", "issued"), ("taken under submission", "pending"), ("denied", "denied"))
"""How the English messages begin; those of other languages stay in the attributes."""

_TIMES = ("submitted", "resolved", "revoked", "revoked_effective", "not_before", "not_after")
_KEPT = ("ca", "template", "caller", "disposition", "disposition_message", "status_code", "revocation_reason")
_EMPTY = "empty"
_SHOWN = re.compile(
    r"(?P<minutes>.*\d[:.]\d{2})(?P<half>\s?[AaPp]\.?[Mm]\.?)?(?:\s(?P<seconds>\d{1,2})[.,]\d{3}s)?(?:\sGMT)?"
)


def shown_times(written: Mapping[str, str]) -> dict[str, datetime]:
    """Times as `local_times`, also as certutil writes them with ``-gmt`` and ``-seconds``.

    These are ``7/8/2023 9:35 AM GMT`` and ``7/8/2023 9:35 AM 52.000s``.
    """
    return local_times({name: _plain_time(value) for name, value in written.items()})


def _plain_time(written: str) -> str:
    found = _SHOWN.fullmatch(written.strip())
    if found is None:
        return written
    seconds = f":{found['seconds']:0>2}" if found["seconds"] else ""
    return f"{found['minutes']}{seconds}{found['half'] or ''}"


def adcs_rows(locator: str, said: Mapping[str, str], times_of: LocalTimes = shown_times) -> Iterator[Row]:
    """A record for a request, and its revocation.

    Args:
        locator: Where the request stands.
        said: Values by the names of `CERTUTIL`; ``EMPTY`` counts as none.
        times_of: How the dates are written.

    Raises:
        ValueError: Nothing tells which request it is, or a number in it is none.
    """
    said = {name: value.strip() for name, value in said.items() if says_something(value)}
    written = {name: said[name] for name in _TIMES if name in said}
    times = times_of(written)
    state = _state(said)
    revoked_at = times.get("revoked_effective") or times.get("revoked")
    certificate, broken = _certificate(said, times)
    record_id = _record_id(said, certificate)
    if broken:
        reason = f"the certificate cannot be read ({broken}); the request is kept without it"
        yield Reject(locator=f"{locator}.certificate", reason=reason)
    unread = {f"{name}_as_written": value for name, value in written.items() if name not in times}
    yield Record(
        locator=locator,
        system="adcs",
        record_id=f"{said['ca']}:{record_id}" if "ca" in said else record_id,
        certificate=certificate,
        state=state,
        requester=said.get("requester") or said.get("caller"),
        product=_template(said),
        requested_at=times.get("submitted"),
        revoked_at=revoked_at if state in {None, "revoked"} else None,
        attributes=as_json({**{name: said.get(name) for name in _KEPT}, **unread}),
    )
    if state == "revoked" and "serial_number" in said:
        yield from revocation(
            locator,
            system="adcs",
            serial_hex=serial_hex(said["serial_number"]),
            issuer_dn=said.get("issuer_dn"),
            revoked_at=revoked_at,
            reason=_reason(said.get("revocation_reason")),
        )


def says_something(value: str) -> bool:
    """Whether a cell has a value; certutil writes ``EMPTY`` where the database has none."""
    return value.strip().casefold() not in ("", _EMPTY)


def without_trailer(
    records: Iterator[tuple[str, Mapping[str, str]] | Reject],
) -> Iterator[tuple[str, Mapping[str, str]] | Reject]:
    """Records without what a console prints below them (``CertUtil: -view command completed successfully.``)."""
    for record in records:
        if isinstance(record, Reject) and record.reason.startswith("1 cells"):
            said = re.fullmatch(r'\{"0": "(.*)"\}', record.excerpt or "")
            if said and _TRAILER.fullmatch(said[1]):
                continue
        yield record


def _record_id(said: Mapping[str, str], certificate: bytes | StatedCertificate | None) -> str:
    """The number of the request, the same whether certutil writes it as ``11`` or ``0xb (11)``; else the next best."""
    if isinstance(certificate, bytes) and not {"request_id", "serial_number"} & said.keys():
        return hashlib.sha256(certificate).hexdigest()  # a listing may be of the certificates and their templates only
    known_by = required(said, "request_id", "serial_number")
    is_number = "request_id" in said and re.fullmatch(r"0x[0-9a-fA-F]+( \(\d+\))?", known_by)
    return str(_number(known_by)) if is_number else known_by


def _certificate(
    said: Mapping[str, str], times: Mapping[str, datetime]
) -> tuple[bytes | StatedCertificate | None, str | None]:
    """The certificate, and why its DER could not be read; certutil may show only its length (``1657 Bytes``)."""
    broken = None
    if "certificate" in said and not re.fullmatch(r"\d+ \w+", said["certificate"]):
        try:
            return pem_to_der(said["certificate"]), None
        except ValueError as error:
            broken = str(error)
    digest = hex_digits(said.get("certificate_hash", ""))
    if not (digest or "serial_number" in said):
        return None, broken
    stated = StatedCertificate(
        sha1=digest if len(digest) == 40 else None,
        serial_hex=serial_hex(said["serial_number"]) if "serial_number" in said else None,
        issuer_dn=said.get("issuer_dn"),
        subject_dn=said.get("subject_dn"),
        subject_cn=said.get("subject_cn"),
        not_before=times.get("not_before"),
        not_after=times.get("not_after"),
        key_bits=_number(said.get("key_bits")),
    )
    return stated, broken


def _state(said: Mapping[str, str]) -> str | None:
    """By the number of the disposition, which is the same in every language; else by an English message.

    A list of revoked requests shows neither, only when they were revoked.
    """
    number = _number(said.get("disposition"))
    if number is not None:
        return _DISPOSITIONS.get(number, str(number))
    message = said.get("disposition_message", "").casefold()
    revoked = "revoked" if {"revoked", "revoked_effective"} & said.keys() else None
    return next((state for begin, state in _MESSAGES if message.startswith(begin)), revoked)


def _template(said: Mapping[str, str]) -> str | None:
    """The template's name; certutil puts the OID in front of it, PSPKI behind it in brackets."""
    named = re.sub(r"\s*\([\d.]+\)$", "", said.get("template_name", ""))
    if named and not re.fullmatch(r"[\d.]+", named):
        return named
    template = said.get("template", "")
    return re.sub(r"^\"?[\d.]{10,}\"?\s+", "", template) or None


def _reason(written: str | None) -> int | None:
    number = _number(written)
    return number if number in REASONS else None


def _number(written: str | None) -> int | None:
    """The number in ``20``, ``20 -- Issued`` and ``0x14 (20) -- Issued``."""
    found = re.match(
        r"(?:0x[0-9a-fA-F]+ \((?P<in_brackets>\d+)\)|(?P<hex>0x[0-9a-fA-F]+)|(?P<plain>\d+))", written or ""
    )
    if found is None:
        return None
    return int(found["in_brackets"] or found["plain"] or found["hex"], 16 if found["hex"] else 10)
