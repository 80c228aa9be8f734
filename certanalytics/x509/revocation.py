"""Certificate revocation lists (RFC 5280 section 5).

Read with the walk of `certanalytics.x509.der`: entries come one at a time from the bytes they stand in, names in
the form the decoder gives certificates, and an entry that is odd does not spoil the half million others. Signatures
are not checked.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from certanalytics.x509 import der, names, pem
from certanalytics.x509.der import DerError, Element, Octets
from certanalytics.x509.lenient import time
from certanalytics.x509.parts import cut
from certanalytics.x509.serial import serial_hex

REASONS = {
    0: "unspecified",
    1: "keyCompromise",
    2: "cACompromise",
    3: "affiliationChanged",
    4: "superseded",
    5: "cessationOfOperation",
    6: "certificateHold",
    8: "removeFromCRL",
    9: "privilegeWithdrawn",
    10: "aACompromise",
}
"""CRLReason (RFC 5280 section 5.3.1)."""

CRL_LABELS = frozenset({"X509 CRL", "CRL"})
"""What PEM calls a revocation list."""

Status = Literal["revoked", "hold", "removed", "good", "unknown"]

_CRL_NUMBER, _AUTHORITY_KEY_ID, _DISTRIBUTION_POINT = "2.5.29.20", "2.5.29.35", "2.5.29.28"
_REASON, _INVALIDITY_DATE, _CERTIFICATE_ISSUER = "2.5.29.21", "2.5.29.24", "2.5.29.29"
_ENUMERATED, _TIMES = 0x0A, (0x17, 0x18)
_SMALL = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """One entry of a revocation list; ``issuer_dn`` is ``None`` where an unreadable entry before it hides whose it is.

    ``authority_key_id`` is that of the list, and only where the list is of the certificate's own issuer.
    """

    serial_hex: str
    status: Status
    issuer_dn: str | None
    authority_key_id: str | None
    revoked_at: datetime
    reason: str | None
    invalid_from: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crl:
    """One revocation list; its entries are read as they are asked for."""

    issuer_dn: str
    this_update: datetime
    next_update: datetime | None
    number: str | None
    authority_key_id: str | None
    indirect: bool
    size: int
    _list: Element | None

    def entries(self) -> Iterator[Revoked | DerError]:
        """Every entry in its order; one that cannot be read comes as the error.

        In an indirect list an entry that names an issuer speaks for those after it (RFC 5280 section 5.3.3).
        """
        issuer: str | None = self.issuer_dn
        for element in der.children(self._list) if self._list else ():
            try:
                serial, revoked_at, extensions = _fields(element)
                if (said := extensions.get(_CERTIFICATE_ISSUER)) is not None:
                    issuer = _directory_name(said)
                reason = reason_in(extensions)
                invalid_from = extensions.get(_INVALIDITY_DATE)
                entry = Revoked(
                    serial_hex=serial,
                    status=status_for(reason),
                    issuer_dn=issuer,
                    authority_key_id=self.authority_key_id if issuer == self.issuer_dn else None,
                    revoked_at=revoked_at,
                    reason=reason,
                    invalid_from=time(der.read(invalid_from)) if invalid_from is not None else None,
                )
            except ValueError as error:
                issuer = None if self.indirect else issuer
                yield DerError(str(error))
            else:
                yield entry


def issuer_and_serial(certificate: bytes) -> tuple[str, str]:
    """Issuer and serial number of a certificate, by which revocation lists know it.

    Raises:
        DerError: It is no certificate.
    """
    parts = cut(certificate)
    return names.read(parts.issuer).dn, serial_hex(der.integer(parts.serial))


def crls(data: Octets) -> Iterator[tuple[str, Crl | DerError | str]]:
    """The revocation lists of a file, in PEM or DER.

    Args:
        data: The file; PEM is looked at in memory.

    Yields:
        Where each stands, and the list; the error if it cannot be read; the label of a PEM block of another kind.
    """
    if data[:1] == b"\x30":
        yield from _der_crls(data)
        return
    held = data[:]
    utf16 = held.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = held.decode("utf-16" if utf16 else "latin-1", errors="replace")
    for number, block in enumerate(pem.blocks(text), 1):
        where = f"PEM block {number}"
        if block.label not in CRL_LABELS:
            yield where, block.label
        elif block.body is None:
            yield where, DerError(f"{block.label} without its END line")
        else:
            try:
                yield where, crl(der.read(pem.unarmour(block.body)))
            except ValueError as error:
                yield where, DerError(str(error))


def _der_crls(data: Octets) -> Iterator[tuple[str, Crl | DerError]]:
    """One list after another; white space after the last is no fault."""
    position, number = 0, 0
    while position < len(data) and (not number or data[position : position + 64].strip()):
        number += 1
        where = "DER" if number == 1 else f"DER element {number}"
        try:
            element = der.read(data, position)
            yield where, crl(element)
        except ValueError as error:
            yield where, DerError(str(error))
            return
        position = element.end


def crl(element: Element) -> Crl:
    """A CertificateList.

    Raises:
        DerError: It is none, and why.
    """
    body = der.expect(next(der.children(der.expect(element, der.SEQUENCE, "revocation list")), None), 0x30, "list")
    fields = list(der.children(body))
    if fields and fields[0].tag == der.INTEGER:
        del fields[0]  # the version, which a list of version 1 does not say
    if len(fields) < 3 or fields[2].tag not in _TIMES:
        raise DerError("no revocation list: no issuer, or no time of this update")
    _, issuer, this_update, *rest = fields
    name = names.read(der.expect(issuer, der.SEQUENCE, "issuer").der)
    next_update = rest.pop(0) if rest and rest[0].tag in _TIMES else None
    entries = rest.pop(0) if rest and rest[0].tag == der.SEQUENCE else None
    block = next((field for field in rest if field.tag == 0xA0), None)
    extensions = extension_values(next(der.children(block), None)) if block is not None else {}
    number, key_id = extensions.get(_CRL_NUMBER), extensions.get(_AUTHORITY_KEY_ID)
    return Crl(
        issuer_dn=name.dn,
        this_update=time(this_update),
        next_update=time(next_update) if next_update else None,
        number=str(der.integer(der.expect(der.read(number), der.INTEGER, "CRL number"))) if number else None,
        authority_key_id=_key_id(key_id) if key_id else None,
        indirect=_is_indirect(extensions.get(_DISTRIBUTION_POINT)),
        size=sum(1 for _ in der.children(entries)) if entries else 0,
        _list=entries,
    )


def _fields(entry: Element) -> tuple[str, datetime, dict[str, bytes]]:
    """Serial number, time and extensions of a list's entry."""
    fields = list(der.children(der.expect(entry, der.SEQUENCE, "entry")))
    if len(fields) < 2:
        raise DerError("an entry without serial number or time")
    serial = serial_hex(der.integer(der.expect(fields[0], der.INTEGER, "serial number")))
    return serial, time(fields[1]), extension_values(fields[2]) if len(fields) > 2 else {}


def extension_values(block: Element | None) -> dict[str, bytes]:
    """The values of extensions by their identifier."""
    data = der.expect(block, der.SEQUENCE, "extensions").der
    return dict(_small_block(data) if len(data) <= _SMALL else _block(data))


@lru_cache(maxsize=4096)
def _small_block(data: bytes) -> tuple[tuple[str, bytes], ...]:
    """The extensions of an entry; most entries have the same few reasons and nothing else."""
    return _block(data)


def _block(data: bytes) -> tuple[tuple[str, bytes], ...]:
    return tuple(_extension(extension.der) for extension in der.sequence(data, "extensions"))


def _extension(data: bytes) -> tuple[str, bytes]:
    fields = list(der.sequence(data, "extension"))
    name = der.oid(der.expect(fields[0] if fields else None, der.OID, "extension identifier").content)
    return name, der.expect(fields[-1], der.OCTET_STRING, f"value in extension {name}").content


def reason_in(extensions: dict[str, bytes]) -> str | None:
    """The reason among an entry's extensions."""
    return reason_in_words(extensions[_REASON]) if _REASON in extensions else None


def reason_in_words(value: bytes) -> str:
    """A CRLReason in words; one that RFC 5280 does not know as its number."""
    code = int.from_bytes(der.expect(der.read(value), _ENUMERATED, "reason").content)
    return REASONS.get(code, str(code))


def status_for(reason: str | None) -> Status:
    """What an entry with this reason says."""
    return "hold" if reason == "certificateHold" else "removed" if reason == "removeFromCRL" else "revoked"


def _directory_name(value: bytes) -> str:
    """The directory name among the GeneralNames of a certificate issuer."""
    for name in der.sequence(value, "certificate issuer"):
        if name.tag == 0xA4:
            return names.read(der.expect(next(der.children(name), None), der.SEQUENCE, "certificate issuer").der).dn
    raise DerError("a certificate issuer without directory name")


def _key_id(value: bytes) -> str | None:
    """The key identifier of an AuthorityKeyIdentifier (RFC 5280 section 4.2.1.1)."""
    return next((field.content.hex() for field in der.sequence(value, "authority key") if field.tag == 0x80), None)


def _is_indirect(distribution_point: bytes | None) -> bool:
    """Whether an IssuingDistributionPoint says that the list speaks for other issuers too (RFC 5280 section 5.2.5)."""
    if distribution_point is None:
        return False
    fields = der.sequence(distribution_point, "issuing distribution point")
    return any(field.tag == 0x84 and any(field.content) for field in fields)
