r"""Mozilla's root store as NSS has it: certdata.txt, and files of its form that others make (Debian, curl, libcki).

Each certificate is one object and the trust in it another, mostly the next: they become one listing where they stand
together, two of the same certificate where they do not. A trust object without a certificate distrusts one by issuer
and serial number. Values in several lines are octal (``\060\202``); blank lines and comments stand anywhere.

Not read: subject and issuer of a certificate (they are in it), hashes but SHA-1, and PKCS #11 objects of other kinds.
Microsoft's ``authroot.stl`` is not read either: it is no list of certificates but of their identifiers, in a signed
structure of Microsoft's own, and no file was at hand to try a reader on; the CCADB reports say what Microsoft lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain

from certanalytics.model import CaListing, CertificateRef, Reject, Row, StatedCertificate
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.lines import damaged
from certanalytics.sources._reading.records import rows
from certanalytics.sources._reading.signature import Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import fingerprint, serial_hex
from certanalytics.sources._reading.wording import as_json
from certanalytics.x509 import der, names

_SYSTEM = "nss-certdata"
_ATTRIBUTE = re.compile(r"(CKA_[A-Z0-9_]+)\s+(\S+)(?:\s+(.*))?")
_OCTETS = re.compile(r"(?:\\[0-3][0-7]{2})+")
_ESCAPED = re.compile(r"(?:\\x[0-9A-Fa-f]{2}|\\[0-3][0-7]{2})+")
"""Bytes of UTF-8 in a label, as C writes them."""
_LONGEST = 1 << 20
"""Characters one value may have."""

_CERTIFICATE = frozenset({"CKO_CERTIFICATE"})
_TRUST = frozenset({"CKO_NSS_TRUST", "CKO_NETSCAPE_TRUST", "CKO_TRUST"})
_ANCHOR = re.compile(r"CKT_(?:(?:NSS|NETSCAPE)_TRUSTED_DELEGATOR|TRUST_ANCHOR)")
_DISTRUST = "CKA_NSS_SERVER_DISTRUST_AFTER"
_KEPT = ("CKA_LABEL", "CKA_NSS_MOZILLA_CA_POLICY", "CKA_NSS_EMAIL_DISTRUST_AFTER")
_CLASS = re.compile(r"^CKA_CLASS[ \t]+CK_OBJECT_CLASS[ \t]+CKO_[A-Z_]+", re.MULTILINE)

Attributes = dict[str, str | bytes]
Object = tuple[str, Attributes]
"""The line of an object's class, and its attributes: text, or the bytes of those in several lines."""


@source(
    _SYSTEM,
    produced_by="NSS: certdata.txt (Mozilla's root store)",
    brings=("certificate", "roots", "status"),
    tried_on="documentation",
    signature=Signature(
        "lines CKA_CLASS CK_OBJECT_CLASS CKO_..., MULTILINE_OCTAL",
        lambda head: bool(_CLASS.search(head.text)),
    ),
)
def nss_certdata(export: Export) -> Iterator[Row]:
    """Read which certificates are listed, and for what they are trusted.

    ``trust_bits`` are the purposes for which it is an anchor, ``status`` is what the list says of servers
    (``CKT_NSS_TRUSTED_DELEGATOR``, ``CKT_NSS_MUST_VERIFY_TRUST``, ``CKT_NSS_NOT_TRUSTED``). A time from which on
    certificates for servers count no more may stand with the certificate or with the trust.
    """
    yield from rows(_pairs(_objects(export)), _listing)


def _listing(locator: str, said: Mapping[str, str | bytes]) -> Iterator[Row]:
    trust = {name.partition("_TRUST_")[2]: value for name, value in said.items() if _text(value).startswith("CKT_")}
    anchors = tuple(purpose for purpose, value in trust.items() if _ANCHOR.fullmatch(_text(value)))
    kept = {name.removeprefix("CKA_"): _text(said[name]) for name in _KEPT if name in said}
    words = {f"TRUST_{purpose}": _text(value) for purpose, value in trust.items()}
    yield CaListing(
        locator=locator,
        system=_SYSTEM,
        programme="mozilla",
        certificate=_certificate(said),
        record_type="root" if anchors else None,
        status=words.get("TRUST_SERVER_AUTH"),
        trust_bits=anchors,
        distrusted_after=_moment(said.get(_DISTRUST)),
        attributes=as_json({**kept, **words}),
    )


def _certificate(said: Mapping[str, str | bytes]) -> CertificateRef:
    if value := _octets(said, "CKA_VALUE"):
        return value
    issuer, serial = _octets(said, "CKA_ISSUER"), _octets(said, "CKA_SERIAL_NUMBER")
    sha1 = _octets(said, "CKA_CERT_SHA1_HASH")
    if not (sha1 or (issuer and serial)):
        raise ValueError("neither a certificate nor its SHA-1, nor its issuer and serial number")
    issuer_dn = names.read(issuer) if issuer else None
    return StatedCertificate(
        sha1=fingerprint(sha1.hex(), 20) if sha1 else None,
        issuer_dn=issuer_dn.dn if issuer_dn else None,
        issuer_cn=issuer_dn.cn if issuer_dn else None,
        issuer_o=issuer_dn.o if issuer_dn else None,
        serial_hex=serial_hex(der.integer(der.expect(der.read(serial), der.INTEGER, "serial number")))
        if serial
        else None,
    )


def _octets(said: Mapping[str, str | bytes], name: str) -> bytes | None:
    value = said.get(name)
    if isinstance(value, str):
        raise ValueError(f"{name} is not octal: {value[:40]!r}")  # noqa: TRY004 - what is wrong is the file
    return value or None


def _moment(written: str | bytes | None) -> datetime | None:
    """``CK_FALSE`` is none; else a UTCTime in text."""
    if written is None or written == "CK_FALSE":
        return None
    said = _text(written)
    try:
        return datetime.strptime(said, "%y%m%d%H%M%SZ")
    except ValueError:
        raise ValueError(f"{_DISTRUST} is not a time: {said[:40]!r}") from None


def _text(value: str | bytes) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return _ESCAPED.sub(_unescaped, value)


def _unescaped(found: re.Match[str]) -> str:
    octets = (int(part[1:], 16) if part.startswith("x") else int(part, 8) for part in found[0].split("\\")[1:])
    return bytes(octets).decode("utf-8", "backslashreplace")


def _pairs(objects: Iterator[Object | Reject]) -> Iterator[tuple[str, Attributes] | Reject]:
    """A certificate and the trust in it as one, where the trust is the next object."""
    waiting: Object | None = None
    end: list[Object | Reject | None] = [None]
    for each in chain(objects, end):
        if isinstance(each, Reject):
            yield each
            continue
        if each and waiting and _is_trust(each[1]) and _same(each[1], waiting[1]):
            # What is said with the trust counts, unless it says nothing.
            yield waiting[0], {**waiting[1], **{name: value for name, value in each[1].items() if value != "CK_FALSE"}}
            waiting = None
            continue
        if waiting:
            yield waiting
            waiting = None
        if each and each[1]["CKA_CLASS"] in _CERTIFICATE:
            waiting = each
        elif each and _is_trust(each[1]):
            yield each


def _is_trust(said: Attributes) -> bool:
    return said["CKA_CLASS"] in _TRUST


def _same(one: Attributes, other: Attributes) -> bool:
    return all(one.get(name) == other.get(name) for name in ("CKA_ISSUER", "CKA_SERIAL_NUMBER"))


def _objects(export: Export) -> Iterator[Object | Reject]:
    """Every object with the line its class stands in; an object with a damaged value is a reject.

    Raises:
        DataError: The file is damaged before its first line.
    """
    found: Object | None = None
    problem, multiline, octal = "", "", bytearray()
    number = 0
    try:
        with export.text() as stream:
            for number, line in enumerate(stream, start=1):
                written = line.strip()
                if multiline:
                    if written == "END":
                        if found:
                            found[1][multiline] = bytes(octal)
                        multiline = ""
                    elif _OCTETS.fullmatch(written) and len(octal) < _LONGEST:
                        octal += bytes(int(digits, 8) for digits in written.split("\\")[1:])
                    elif written.startswith("CKA_"):
                        problem, multiline = f"{multiline} has no END before line {number}", ""
                    elif written and not written.startswith("#"):
                        problem = problem or f"{multiline} is not octal in line {number}"
                if multiline or not (attribute := _ATTRIBUTE.fullmatch(written)):
                    continue
                name, kind, value = attribute.groups()
                if name == "CKA_CLASS":
                    yield from _whole(found, problem)
                    found, problem = (f"line {number}", {name: value or ""}), ""
                elif kind == "MULTILINE_OCTAL":
                    multiline, octal = name, bytearray()
                elif found:
                    found[1][name] = (value or "").strip('"')
    except DAMAGED as error:
        yield from _whole(found, problem or "the file is damaged in it")
        yield damaged(export, number, error)
        return
    yield from _whole(found, f"{multiline} has no end: the file is cut short" if multiline else problem)


def _whole(found: Object | None, problem: str) -> Iterator[Object | Reject]:
    if found:
        yield Reject(locator=found[0], reason=problem) if problem else found
