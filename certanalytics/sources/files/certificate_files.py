"""Certificates as files: PEM, DER and PKCS#7, with whatever lies beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from certanalytics.errors import DataError
from certanalytics.model import Alias, Finding, Reject, Row, Sighting
from certanalytics.sources._reading import f5_objects
from certanalytics.sources._reading.certutil_listing import is_listing
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.files._paths import alias_of
from certanalytics.x509 import der
from certanalytics.x509.containers import certificates
from certanalytics.x509.pem import unarmour

_PEM = re.compile(
    r"(?:\A\s*|^|(?<=\r))-----BEGIN "
    r"(?:(?:X509 |TRUSTED )?CERTIFICATE|PKCS7|PKCS #7 SIGNED DATA|CMS|[A-Z0-9 ]*PRIVATE KEY)-----",
    re.MULTILINE,
)
_SIGNED_DATA = re.compile(
    rb"\x30(?:\x80|\x81.|\x82..|\x83...|\x84....)\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", re.DOTALL
)
_BASE64 = re.compile(rb"\s*(MI[A-Za-z0-9+/\s]{62,}={0,2}\s*)")
_ANY_LENGTH = 1 << 40


def _is_pem(head: Head) -> bool:
    """PEM at the start of a line, but not as text inside JSON, XML, a quoted cell of a CSV or a CA's listing."""
    text = head.text
    if text.lstrip()[:1] in {"{", "[", "<"}:
        return False
    # Text dumps of certificates hold stray quotes; only after a line of several cells do they mean a cell.
    may_be_csv = len(head.columns(head.delimiter)) > 1
    is_any = any(not may_be_csv or text.count('"', 0, found.start()) % 2 == 0 for found in _PEM.finditer(text))
    return is_any and not is_listing(head)  # which says more of its certificates than they do


def _is_der(head: Head) -> bool:
    """A PKCS#7 SignedData, or a SEQUENCE whose body begins like a TBSCertificate (RFC 5280 section 4.1).

    Serial number, algorithm, issuer and validity, after an optional version: requests have no
    validity there and revocation lists a bare time.
    """
    if _SIGNED_DATA.match(head.data):
        return True
    tags: list[int] = []
    try:
        # The head may end before the certificate does: only headers are read, to any announced length.
        certificate = der.read(head.data, 0, _ANY_LENGTH)
        body = next(der.children(certificate), None)
        if certificate.tag != der.SEQUENCE or body is None or body.tag != der.SEQUENCE:
            return False
        for field in der.children(body):
            tags.append(field.tag)
            if len(tags) == 5:
                break
    except (der.DerError, IndexError):
        return False
    version = tags[:1] == [0xA0]
    return tags[version : version + 4] == [der.INTEGER, der.SEQUENCE, der.SEQUENCE, der.SEQUENCE]


def _is_base64(head: Head) -> bool:
    """The same in base64 without armour, which the head may cut anywhere."""
    found = _BASE64.fullmatch(head.data)
    if not found:
        return False
    digits = b"".join(found[1].split()).rstrip(b"=")
    return _is_der(Head(unarmour(digits[: len(digits) // 4 * 4].decode("ascii"))))


@source(
    "certificate-file",
    produced_by="Web servers, load balancers, CAs, openssl: .pem .crt .cer .der .p7b .p7c",
    brings=("certificate", "place"),
    path_matters=True,
    signature=Signature(
        "PEM (BEGIN CERTIFICATE, PKCS7, CMS or PRIVATE KEY at the start of a line), a certificate or PKCS#7 in DER "
        "or in base64",
        lambda head: _is_pem(head) or _is_der(head) or _is_base64(head),
    ),
)
def certificate_file(export: Export) -> Iterator[Row]:
    """Read the certificates of a file, and say what else lies in it.

    Each certificate is a sighting of its own, a chain of one: whether a file is a chain as served
    (``fullchain.pem``) or a heap (a CA bundle) can be told only from issuers and subjects, and
    sources do not decode. The first one is also what a server means that is set up with this path (`_paths`): an
    alias says so. A private key is a finding of severity ``high`` and is not read; a
    request, a revocation list or a key store is a finding ``not-a-certificate``. ``observed_at``
    stays empty: the file does not say since when it lies where it lies.

    Where the path is that of a certificate object of an F5 BIG-IP (in a UCS archive), the first certificate is the one
    a profile presents that names the object.
    """
    f5_object = f5_objects.certificate_name(export.member or export.path.as_posix())
    try:
        with export.open() as stream:
            data = stream.read()
    except DAMAGED as error:
        raise DataError(f"the archive is damaged ({error})", where=export.label, hint="Copy it again.") from None
    first = True
    for found in certificates(data):
        if found.der is not None:
            yield Sighting(locator=found.locator, chain=(found.der,), kind="file", path=export.label)
            if first:
                yield Alias(locator=found.locator, alias=alias_of(export), certificate=found.der)
                if f5_object:
                    alias = f5_objects.named(export, f5_object)
                    yield Alias(locator=found.locator, alias=alias, certificate=found.der)
            first = False
        elif found.kind == "private key":
            yield Finding(
                locator=found.locator,
                check_id="private-key-in-file",
                severity="high",
                text=f"{found.detail}: whoever can read this file can pose as its holder",
                path=export.label,
            )
        elif found.kind == "passed over":
            yield Finding(
                locator=found.locator,
                check_id="not-a-certificate",
                severity="info",
                text=f"{found.detail}, which is no certificate",
                path=export.label,
            )
        else:
            yield Reject(locator=found.locator, reason=found.detail or "unreadable")
