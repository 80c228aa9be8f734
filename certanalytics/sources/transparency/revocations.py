"""Revocation lists and OCSP responses as they lie on disk."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryFile

from certanalytics.errors import DataError
from certanalytics.model import Finding, Reject, Revocation, RevocationList, Row, Sighting
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.x509 import der
from certanalytics.x509.ocsp import RefusedError, ocsp_response
from certanalytics.x509.revocation import Crl, crls

_PEM = re.compile(r"(?:\A\s*|^)-----BEGIN (?:X509 )?CRL-----", re.MULTILINE)
_CERTIFICATE_FILE = re.compile(
    r"(?:\A\s*|^)-----BEGIN "
    r"(?:(?:X509 |TRUSTED )?CERTIFICATE|PKCS7|PKCS #7 SIGNED DATA|CMS|[A-Z0-9 ]*PRIVATE KEY)-----",
    re.MULTILINE,
)
_OCSP = re.compile(rb"\x30(?:[\x03-\x7f]|\x81.|\x82..|\x83...)\x0a\x01[\x00-\x06](?:\Z|\xa0)", re.DOTALL)
_TIMES = (0x17, 0x18)
_ANY_LENGTH = 1 << 40
IN_MEMORY = 16 << 20
"""Bytes of a revocation list that are held at most."""


def _is_crl(head: Head) -> bool:
    """PEM whose blocks are revocation lists, or a SEQUENCE whose body begins like a TBSCertList."""
    found = _PEM.search(head.text)
    if found:
        text = head.text
        in_a_cell = text.lstrip()[:1] in {"{", "[", "<"} or text.count('"', 0, found.start()) % 2 == 1
        return not in_a_cell and _CERTIFICATE_FILE.search(text) is None
    tags: list[int] = []
    try:
        outer = der.read(head.data, 0, _ANY_LENGTH)
        body = next(der.children(outer), None)
        if outer.tag != der.SEQUENCE or body is None or body.tag != der.SEQUENCE:
            return False
        for field in der.children(body):
            tags.append(field.tag)
            if len(tags) == 4:
                break
    except (der.DerError, IndexError):
        return False
    version = tags[:1] == [der.INTEGER]
    return tags[version : version + 2] == [der.SEQUENCE] * 2 and any(tag in _TIMES for tag in tags[version + 2 :][:1])


@source(
    "crl",
    produced_by="Any CA: the file at a CRL distribution point, or openssl crl: .crl in DER or PEM",
    brings=("status",),
    tried_on="documentation",
    signature=Signature("A certificate revocation list in DER, or BEGIN X509 CRL at the start of a line", _is_crl),
)
def crl(export: Export) -> Iterator[Row]:
    """Read revocation lists, one or several to a file: the list itself, then an entry a row.

    Whether a list is complete (delta lists, lists of some reasons or one kind of certificate) is not kept, nor is
    its signature checked. Certificates in the same file make it a certificate file, which is read instead.
    """
    count = 0
    with _octets(export) as data:
        for where, found in crls(data):
            if isinstance(found, Crl):
                count += 1
                yield from _list(where, found, export.label)
            elif isinstance(found, str):
                text = f"{found} beside a revocation list is not read: it needs a file of its own"
                yield Finding(locator=where, check_id="not-read", severity="info", text=text, path=export.label)
            elif count:
                yield Reject(locator=where, reason=str(found))
            else:
                raise DataError(f"no revocation list ({found})", where=export.label, hint="Fetch it again.")


@contextmanager
def _octets(export: Export) -> Iterator[der.Octets]:
    """The bytes of a file: a small one in memory, a large one where it lies, or in a copy where it is packed."""
    with ExitStack() as opened:
        try:
            stream = opened.enter_context(export.open())
            begins = stream.read(IN_MEMORY)
            is_large = len(begins) == IN_MEMORY
            if is_large and export.compression != "none":
                packed, stream = stream, opened.enter_context(TemporaryFile())
                stream.write(begins)
                shutil.copyfileobj(packed, stream, 1 << 20)
        except DAMAGED as error:
            raise DataError(f"the archive is damaged ({error})", where=export.label, hint="Copy it again.") from None
        yield der.Window(stream, stream.seek(0, os.SEEK_END)) if is_large else begins


def _content(export: Export) -> bytes:
    try:
        with export.open() as stream:
            return stream.read()
    except DAMAGED as error:
        raise DataError(f"the archive is damaged ({error})", where=export.label, hint="Copy it again.") from None


def _list(where: str, found: Crl, path: str) -> Iterator[Row]:
    yield RevocationList(
        locator=where,
        issuer_dn=found.issuer_dn,
        this_update=found.this_update,
        next_update=found.next_update,
        crl_number=found.number,
        authority_key_id=found.authority_key_id,
        entries=found.size,
        path=path,
        observed_at=found.this_update,
    )
    for number, entry in enumerate(found.entries(), 1):
        locator = f"{where}, entry {number}"
        if isinstance(entry, der.DerError):
            yield Reject(locator=locator, reason=str(entry))
            continue
        yield Revocation(
            locator=locator,
            system="crl",
            serial_hex=entry.serial_hex,
            status=entry.status,
            issuer_dn=entry.issuer_dn,
            authority_key_id=entry.authority_key_id,
            revoked_at=entry.revoked_at,
            reason=entry.reason,
            invalid_from=entry.invalid_from,
            this_update=found.this_update,
            next_update=found.next_update,
            observed_at=found.this_update,
        )


@source(
    "ocsp-response",
    produced_by="An OCSP responder, or openssl ocsp -respout, curl: .ors in DER",
    brings=("status", "certificate"),
    tried_on="documentation",
    signature=Signature(
        "An OCSPResponse in DER: a SEQUENCE that begins with the response status",
        lambda head: _OCSP.match(head.data) is not None,
    ),
)
def ocsp(export: Export) -> Iterator[Row]:
    """Read an OCSP response: an answer a row, and the responder's certificates where it brings them.

    An answer names the issuer only by the hash of its key. A responder that refused to answer said nothing of any
    certificate: a finding.
    """
    try:
        response = ocsp_response(_content(export))
    except RefusedError as error:
        yield Finding(locator="DER", check_id="ocsp-refused", severity="info", text=str(error), path=export.label)
        return
    except ValueError as error:
        raise DataError(f"no OCSP response ({error})", where=export.label, hint="Fetch it again.") from None
    for number, answer in enumerate(response.answers, 1):
        locator = f"answer {number}"
        if isinstance(answer, der.DerError):
            yield Reject(locator=locator, reason=str(answer))
            continue
        yield Revocation(
            locator=locator,
            system="ocsp",
            serial_hex=answer.serial_hex,
            status=answer.status,
            issuer_key_hash=answer.issuer_key_hash,
            revoked_at=answer.revoked_at,
            reason=answer.reason,
            this_update=answer.this_update,
            next_update=answer.next_update,
            observed_at=response.produced_at,
        )
    for number, certificate in enumerate(response.certificates, 1):
        yield Sighting(locator=f"certificate {number}", chain=(certificate,), kind="file", path=export.label)
