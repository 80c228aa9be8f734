"""Certificates out of the files they lie in: PEM, DER, PKCS#7.

Certificates come out as the very bytes that stand in the file. A private key is reported, and its
bytes are neither decoded nor returned.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from certanalytics.x509 import der, pem
from certanalytics.x509.der import DerError, Element
from certanalytics.x509.parts import cut
from certanalytics.x509.pem import CERTIFICATE_LABELS, pem_to_der

__all__ = ["Found", "certificates", "pem_to_der"]

_SIGNED_DATA, _DATA = "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1"
_PKCS7_LABELS = frozenset({"PKCS7", "PKCS #7 SIGNED DATA", "CMS"})
_BASE64 = re.compile(rb"\s*MI[A-Za-z0-9+/\s]{40,}={0,2}\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing found in a file.

    Attributes:
        kind: ``certificate``; ``private key``, of which nothing is kept; ``passed over``, something
            else that is well known; ``unreadable``.
        locator: Where it stands: ``PEM block 3``, ``PEM block 1, PKCS#7 certificate 12``, ``DER``.
        der: The certificate's bytes, for a certificate.
        detail: What it is, or why it cannot be read.
    """

    kind: Literal["certificate", "private key", "passed over", "unreadable"]
    locator: str
    der: bytes | None = None
    detail: str | None = None


def certificates(data: bytes) -> Iterator[Found]:
    """Everything a certificate file holds, in its order.

    Args:
        data: The file: PEM blocks with anything between them, one or more DER certificates, or a
            PKCS#7 / CMS bundle of certificates (RFC 5652), BER included.

    Yields:
        At least one `Found`; a file that holds nothing known yields one that is ``unreadable``.
    """
    text = _text(data)
    found = False
    for number, block in enumerate(pem.blocks(text), 1):
        found = True
        yield from _block(block, f"PEM block {number}")
    if not found:
        yield from _elements(data) if data[:1] == b"\x30" else _bare_base64(data)


def _text(data: bytes) -> str:
    for mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        if data.startswith(mark):
            return data.decode("utf-16", errors="replace")
    return data.decode("latin-1")


def _block(block: pem.Block, locator: str) -> Iterator[Found]:
    if "PRIVATE KEY" in block.label:
        yield Found(kind="private key", locator=locator, detail=block.label)
    elif block.label not in CERTIFICATE_LABELS | _PKCS7_LABELS:
        yield Found(kind="passed over", locator=locator, detail=block.label)
    elif block.body is None:
        yield Found(kind="unreadable", locator=locator, detail=f"{block.label} without its END line")
    else:
        try:
            element = der.expect(der.read(pem.unarmour(block.body)), der.SEQUENCE, block.label)
        except ValueError as error:
            yield Found(kind="unreadable", locator=locator, detail=str(error))
        else:
            yield from _element(element, locator)


def _bare_base64(data: bytes) -> Iterator[Found]:
    if _BASE64.fullmatch(data):
        try:
            yield from _element(der.read(pem.unarmour(data.decode("ascii"))), "base64")
        except ValueError as error:
            yield Found(kind="unreadable", locator="base64", detail=str(error))
    else:
        yield Found(kind="unreadable", locator="file", detail="neither PEM nor DER" if data else "empty")


def _elements(data: bytes) -> Iterator[Found]:
    """DER elements one after another; white space after the last is no fault."""
    position, number = 0, 0
    while position < len(data) and (number == 0 or data[position:].strip()):
        number += 1
        locator = "DER" if number == 1 else f"DER element {number}"
        try:
            element = der.expect(der.read(data, position), der.SEQUENCE, "certificate")
        except DerError as error:
            yield Found(kind="unreadable", locator=locator, detail=str(error))
            return
        yield from _element(element, locator)
        position = element.end


def _element(element: Element, locator: str) -> Iterator[Found]:
    """One SEQUENCE, known by what it holds."""
    try:
        if (content := _content_info(element)) is not None:
            kind, signed = content
            if kind == _SIGNED_DATA and signed is not None:
                yield from _bundle(signed, locator)
            else:
                yield Found(kind="passed over", locator=locator, detail=f"PKCS#7 of type {kind}")
        elif (other := _other(element)) is not None:
            yield Found(kind="private key" if "private key" in other else "passed over", locator=locator, detail=other)
        else:
            yield Found(kind="certificate", locator=locator, der=cut(element.der).certificate.der)
    except DerError as error:
        yield Found(kind="unreadable", locator=locator, detail=str(error))


def _content_info(element: Element) -> tuple[str, Element | None] | None:
    """Type and content of a ContentInfo (RFC 5652 section 3), or ``None`` if it is something else."""
    fields = der.children(element)
    kind = next(fields, None)
    if kind is None or kind.tag != der.OID:
        return None
    explicit = next(fields, None)
    return der.oid(kind.content), next(der.children(explicit), None) if explicit is not None else None


def _bundle(signed: Element, locator: str) -> Iterator[Found]:
    """The certificates of a SignedData (RFC 5652 section 5.1)."""
    number = 0
    for field in der.children(der.expect(signed, der.SEQUENCE, "SignedData")):
        if field.tag == 0xA0:
            for choice in der.children(field):
                number += 1
                where = f"{locator}, PKCS#7 certificate {number}"
                if choice.tag != der.SEQUENCE:
                    yield Found(kind="passed over", locator=where, detail="attribute certificate or other format")
                    continue
                try:
                    cut(choice.der)
                except DerError as error:
                    yield Found(kind="unreadable", locator=where, detail=str(error))
                else:
                    yield Found(kind="certificate", locator=where, der=choice.der)
    if not number:
        yield Found(kind="passed over", locator=locator, detail="PKCS#7 without certificates")


def _other(element: Element) -> str | None:
    """What a SEQUENCE is that is no certificate, by the tags of its first fields; ``None`` if it may be one."""
    fields = [child.tag for _, child in zip(range(3), der.children(element), strict=False)]
    if fields[:1] == [der.INTEGER]:
        first = next(der.children(element))
        if fields[1:] == [der.SEQUENCE, der.OCTET_STRING] or fields[1:2] in ([der.INTEGER], [der.OCTET_STRING]):
            return "DER private key"
        return "PKCS#12 store" if first.content == b"\x03" else None
    if fields == [der.SEQUENCE, der.OCTET_STRING]:
        return "DER private key, encrypted"
    if fields == [der.SEQUENCE, der.BIT_STRING]:
        return "DER public key"
    return _list_or_request(element)


def _list_or_request(element: Element) -> str | None:
    """A certification request (RFC 2986) or revocation list (RFC 5280 section 5.1) by its body's fields."""
    body = der.expect(next(der.children(element), None), der.SEQUENCE, "certificate")
    tags = [child.tag for _, child in zip(range(4), der.children(body), strict=False)]
    if tags[:3] == [der.INTEGER, der.SEQUENCE, der.SEQUENCE] and tags[3:] in ([], [0xA0]):
        return "DER certificate request"
    version = tags[:1] == [der.INTEGER]
    if tags[version : version + 2] == [der.SEQUENCE, der.SEQUENCE] and tags[version + 2 : version + 3] in (
        [0x17],
        [0x18],
    ):
        return "DER revocation list"
    return None
