"""A certificate cut into its fields (RFC 5280 section 4.1), each as the bytes it stands in.

What must come from the very bytes is taken here: the key, both names, the body that a
precertificate shares with its certificate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from certanalytics.x509 import der
from certanalytics.x509.der import DerError, Element
from certanalytics.x509.oids import PRECERT_POISON, SCT_LIST

_VERSION, _EXTENSIONS = 0xA0, 0xA3
_SMALL = 512
_UNIQUE_IDENTIFIERS = (0x81, 0x82, 0xA1, 0xA2)


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension; ``oid`` is ``None`` where even that cannot be read."""

    oid: str | None
    critical: bool
    value: bytes
    der: bytes


@dataclass(frozen=True, slots=True)
class Parts:
    """One certificate in pieces.

    Attributes:
        certificate: The certificate, without what may follow it.
        tbs: TBSCertificate.
        version: The version INTEGER, if it stands there.
        serial: The serial number's INTEGER.
        inner_algorithm: AlgorithmIdentifier inside the TBSCertificate.
        issuer: Issuer Name.
        validity: Validity.
        subject: Subject Name.
        spki: SubjectPublicKeyInfo.
        extension_block: The ``[3]`` that holds the extensions.
        extensions: The extensions in their order.
        outer_algorithm: AlgorithmIdentifier beside the signature, if there is one.
        trailing: How many bytes follow the certificate.
        damage: What could not be cut, in words.
    """

    certificate: Element
    tbs: Element
    version: Element | None
    serial: Element
    inner_algorithm: bytes
    issuer: bytes
    validity: Element
    subject: bytes
    spki: bytes
    extension_block: Element | None
    extensions: tuple[Extension, ...]
    outer_algorithm: bytes | None
    trailing: int
    damage: tuple[str, ...]


def cut(data: bytes) -> Parts:
    """Cut a certificate into its fields.

    Args:
        data: Its DER; bytes after it are counted, not read.

    Raises:
        DerError: It is not a certificate, and why.
    """
    if not data:
        raise DerError("no bytes")
    if data.lstrip().startswith(b"-----BEGIN"):
        raise DerError("PEM text, not DER")
    certificate = der.expect(der.read(data), der.SEQUENCE, "certificate")
    outside = der.children(certificate)
    tbs = der.expect(next(outside, None), der.SEQUENCE, "TBSCertificate")
    inside = der.children(tbs)
    element = next(inside, None)
    version = None
    if element is not None and element.tag == _VERSION:
        version = next(der.children(element), None)
        element = next(inside, None)
    serial = der.expect(element, der.INTEGER, "serial number")
    inner_algorithm, issuer, validity, subject, spki = (
        der.expect(next(inside, None), der.SEQUENCE, field)
        for field in ("signature algorithm", "issuer", "validity", "subject", "public key")
    )
    damage: list[str] = []
    block = _extension_block(inside, damage)
    return Parts(
        certificate=certificate,
        tbs=tbs,
        version=version,
        serial=serial,
        inner_algorithm=inner_algorithm.der,
        issuer=issuer.der,
        validity=validity,
        subject=subject.der,
        spki=spki.der,
        extension_block=block,
        extensions=tuple(_extensions(block, damage)) if block else (),
        outer_algorithm=_outer_algorithm(outside, damage),
        trailing=len(data) - certificate.end,
        damage=tuple(damage),
    )


def issuance_tbs(parts: Parts) -> bytes:
    """The TBSCertificate without poison and SCT list, which a precertificate shares with its certificate.

    This is what an RFC 6962 log entry holds (section 3.2), except for a precertificate signed by a
    dedicated precertificate signing certificate, whose issuer the log replaces.
    """
    kept = [extension.der for extension in parts.extensions if extension.oid not in (PRECERT_POISON, SCT_LIST)]
    block = parts.extension_block
    if block is None or len(kept) == len(parts.extensions):
        return parts.tbs.der
    data = parts.tbs.data
    extensions = der.wrap(_EXTENSIONS, der.wrap(der.SEQUENCE, b"".join(kept))) if kept else b""
    before, after = data[parts.tbs.content_start : block.start], data[block.end : parts.tbs.content_end]
    return der.wrap(der.SEQUENCE, before + extensions + after)


def _extension_block(inside: Iterator[Element], damage: list[str]) -> Element | None:
    try:
        for element in inside:
            if element.tag == _EXTENSIONS:
                return element
            if element.tag not in _UNIQUE_IDENTIFIERS:
                damage.append(f"a field with tag {element.tag:#04x} stands before the extensions")
    except DerError as error:
        damage.append(f"the extensions cannot be found ({error})")
    return None


def _extensions(block: Element, damage: list[str]) -> Iterator[Extension]:
    try:
        for element in der.children(der.expect(next(der.children(block), None), der.SEQUENCE, "extensions")):
            try:
                data = element.der
                yield _small_extension(data) if len(data) <= _SMALL else _extension(data)
            except DerError as error:
                damage.append(f"an extension cannot be read ({error})")
                yield Extension(None, critical=False, value=b"", der=element.der)
    except DerError as error:
        damage.append(f"the extensions cannot be read to their end ({error})")


@lru_cache(maxsize=8192)
def _small_extension(data: bytes) -> Extension:
    """One extension; the same few small ones stand in most certificates of an issuer."""
    return _extension(data)


def _extension(data: bytes) -> Extension:
    fields = list(der.sequence(data, "extension"))
    name = der.oid(der.expect(next(iter(fields), None), der.OID, "extension identifier").content)
    critical = any(field.tag == der.BOOLEAN and any(field.content) for field in fields[1:2])
    value = der.expect(fields[-1], der.OCTET_STRING, f"value in extension {name}")
    return Extension(name, critical, value.content, data)


def _outer_algorithm(outside: Iterator[Element], damage: list[str]) -> bytes | None:
    try:
        algorithm = der.expect(next(outside, None), der.SEQUENCE, "signature algorithm").der
        der.expect(next(outside, None), der.BIT_STRING, "signature")
    except DerError as error:
        damage.append(f"the signature cannot be read ({error})")
        return None
    return algorithm
