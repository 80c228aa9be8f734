"""OCSP responses (RFC 6960). Signatures are not checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from certanalytics.x509 import der
from certanalytics.x509.der import DerError, Element
from certanalytics.x509.lenient import time
from certanalytics.x509.revocation import Status, extension_values, reason_in, reason_in_words, status_for
from certanalytics.x509.serial import serial_hex

_ENUMERATED = 0x0A
_BASIC = "1.3.6.1.5.5.7.48.1.1"


class RefusedError(DerError):
    """An OCSP response that says of no certificate anything, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an OCSP response says of one certificate; the issuer's key is named by its SHA-1 or SHA-256."""

    serial_hex: str
    status: Status
    issuer_key_hash: str
    revoked_at: datetime | None
    reason: str | None
    this_update: datetime
    next_update: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OcspResponse:
    """One OCSP response: its answers, and the certificates it brings to be checked with."""

    produced_at: datetime
    answers: tuple[Answer | DerError, ...]
    certificates: tuple[bytes, ...]


def ocsp_response(data: bytes) -> OcspResponse:
    """An OCSPResponse that was successful.

    Raises:
        RefusedError: The responder refused to answer.
        DerError: It is none.
    """
    fields = der.children(der.expect(der.read(data), der.SEQUENCE, "OCSP response"))
    refusal = int.from_bytes(der.expect(next(fields, None), _ENUMERATED, "response status").content)
    if refusal:
        refusals = {1: "malformedRequest", 2: "internalError", 3: "tryLater", 5: "sigRequired", 6: "unauthorized"}
        raise RefusedError(f"the responder refused to answer: {refusals.get(refusal, f'status {refusal}')}")
    explicit = der.expect(next(fields, None), 0xA0, "response")
    inside = der.children(der.expect(next(der.children(explicit), None), der.SEQUENCE, "response"))
    kind = der.oid(der.expect(next(inside, None), der.OID, "response type").content)
    if kind != _BASIC:
        raise DerError(f"a response of type {kind}")
    basic = list(der.sequence(der.expect(next(inside, None), der.OCTET_STRING, "response").content, "response"))
    said = der.children(der.expect(basic[0] if basic else None, der.SEQUENCE, "response data"))
    produced_at = next((field for field in said if field.tag == 0x18), None)
    if produced_at is None:
        raise DerError("no time of production")
    bag = next((field for field in basic if field.tag == 0xA0), None)
    held = next(der.children(bag), None) if bag is not None else None
    return OcspResponse(
        produced_at=time(produced_at),
        answers=tuple(map(_answer, der.children(der.expect(next(said, None), der.SEQUENCE, "answers")))),
        certificates=tuple(certificate.der for certificate in der.children(held)) if held is not None else (),
    )


def _answer(element: Element) -> Answer | DerError:
    try:
        return _single_response(element)
    except ValueError as error:
        return DerError(str(error))


def _single_response(element: Element) -> Answer:
    """A SingleResponse (RFC 6960 section 4.2.1)."""
    fields = list(der.children(der.expect(element, der.SEQUENCE, "answer")))
    if len(fields) < 3:
        raise DerError("an answer without certificate, status or time")
    certificate, choice, this_update, *rest = fields
    identifier = list(der.children(certificate))
    if [part.tag for part in identifier[2:]] != [der.OCTET_STRING, der.INTEGER]:
        raise DerError("no certificate identifier")
    until = next((field for field in rest if field.tag == 0xA0), None)
    more = next((field for field in rest if field.tag == 0xA1), None)
    extensions = extension_values(next(der.children(more), None)) if more is not None else {}
    revoked = list(der.children(choice)) if choice.tag == 0xA1 else []
    reason: str | None = None
    status: Status = "good" if choice.tag == 0x80 else "unknown"
    if choice.tag == 0xA1:
        reason = reason_in_words(revoked[1].content) if len(revoked) > 1 else reason_in(extensions)
        status = status_for(reason)
    following = next(der.children(until), None) if until is not None else None
    return Answer(
        serial_hex=serial_hex(der.integer(identifier[3])),
        status=status,
        issuer_key_hash=identifier[2].content.hex(),
        revoked_at=time(revoked[0]) if revoked else None,
        reason=reason,
        this_update=time(this_update),
        next_update=time(following) if following is not None else None,
    )
