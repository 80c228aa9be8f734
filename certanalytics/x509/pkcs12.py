"""What a PKCS#12 store holds (RFC 7292), in DER or BER, with the passwords that were given and without guessing any.

Certificates are usually encrypted, and keys each for itself: what lies open is told, what is locked is named as
locked. Every store is tried without a password first (no encryption, or encryption under the empty one, which is
none), then with each password given. Private keys are counted and not decrypted. The MAC over the store is not
checked: a wrong password shows because nothing sensible comes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from certanalytics.x509 import der
from certanalytics.x509.der import DerError, Element
from certanalytics.x509.keystores import Entry

_DATA, _SIGNED, _ENVELOPED, _ENCRYPTED = (f"1.2.840.113549.1.7.{number}" for number in (1, 2, 3, 6))
_BAG = "1.2.840.113549.1.12.10.1."
_X509, _FRIENDLY_NAME = "1.2.840.113549.1.9.22.1", "1.2.840.113549.1.9.20"
_BMP_STRING, _UTF8_STRING = 0x1E, 0x0C
_CONSTRUCTED_OCTETS = 0x24
_DEEPEST = 8
_MOST_ROUNDS = 5_000_000
"""More iterations of a key derivation than any tool writes; a file made to keep a machine busy asks for more."""


def pkcs12_entries(data: bytes, passwords: Sequence[str] = ()) -> Iterator[Entry]:
    """The entries of a PKCS#12 store in their order.

    Args:
        data: The store.
        passwords: What may open it.

    Yields:
        Certificates one by one: which of them are the chain of which key is not said. What no password opens is
        ``locked``.
    """
    walk = _Walk(passwords)
    try:
        yield from walk.store(data)
    except DerError as error:
        yield Entry(kind="unreadable", locator=f"after bag {walk.bags}" if walk.bags else "store", detail=str(error))


class _Walk:
    def __init__(self, passwords: Sequence[str]) -> None:
        self._passwords = ("", *passwords)
        self.bags = 0

    def store(self, data: bytes) -> Iterator[Entry]:
        """PFX, section 4: the version, what it holds, and a MAC."""
        fields = der.sequence(data, "PKCS#12 store")
        version = der.integer(der.expect(next(fields, None), der.INTEGER, "version"))
        if version != 3:
            raise DerError(f"PKCS#12 of version {version}, which is not read")
        kind, content = _content(next(fields, None))
        if kind != _DATA or content is None:
            what = "signed with a certificate instead of a password" if kind == _SIGNED else f"holding {kind}"
            raise DerError(f"a PKCS#12 store {what}, which is not read")
        for number, safe in enumerate(der.sequence(octets(content), "AuthenticatedSafe"), 1):
            yield from self._safe(safe, f"safe {number}")

    def _safe(self, safe: Element, locator: str) -> Iterator[Entry]:
        kind, content = _content(safe)
        if kind == _DATA and content is not None:
            yield from self._contents(octets(content), 0)
        elif kind == _ENCRYPTED and content is not None:
            opened = self._opened(safe.der) if _rounds(content) <= _MOST_ROUNDS else "made to take hours to open"
            if isinstance(opened, str):
                yield Entry(kind="locked", locator=locator, detail=opened)
            else:
                yield from self._contents(opened, 0)
        elif kind == _ENVELOPED:
            detail = "encrypted for the holder of a certificate, which no password opens"
            yield Entry(kind="locked", locator=locator, detail=detail)
        else:
            yield Entry(kind="passed over", locator=locator, detail=f"PKCS#7 of type {kind}")

    def _opened(self, safe: bytes) -> bytes | str:
        """The SafeContents inside an EncryptedData (RFC 5652 section 8), or why they stay closed."""
        from certanalytics.x509.pkcs12_cipher import decrypted  # noqa: PLC0415 - cryptography

        for password in self._passwords:
            plain = decrypted(safe, password)
            if plain is not None:
                return plain
        tried = len(self._passwords) - 1
        return f"none of the {tried} passwords given opens it" if tried else "a password is needed"

    def _contents(self, data: bytes, depth: int) -> Iterator[Entry]:
        """SafeContents, section 4.2: bags one after the other."""
        if depth > _DEEPEST:
            raise DerError("bags nested too deeply")
        for bag in der.sequence(data, "SafeContents"):
            fields = der.children(der.expect(bag, der.SEQUENCE, "SafeBag"))
            kind = der.oid(der.expect(next(fields, None), der.OID, "type of bag").content)
            explicit = next(fields, None)
            value = next(der.children(explicit), None) if explicit is not None else None
            if value is None:
                raise DerError("a bag without a value")
            if kind == f"{_BAG}6":
                yield from self._contents(value.der, depth + 1)
                continue
            self.bags += 1
            yield _entry(kind, value, f"bag {self.bags}", _friendly_name(next(fields, None)))


def _entry(kind: str, value: Element, locator: str, alias: str | None) -> Entry:
    """One bag; of a key nothing but that it is there."""
    if kind in (f"{_BAG}1", f"{_BAG}2"):
        detail = "private key, not encrypted" if kind == f"{_BAG}1" else "private key, encrypted"
        return Entry(kind="private key", locator=locator, alias=alias, detail=detail)
    if kind == f"{_BAG}5":
        return Entry(kind="secret key", locator=locator, alias=alias, detail="secret")
    if kind != f"{_BAG}3":
        detail = "revocation list" if kind == f"{_BAG}4" else f"bag of type {kind}"
        return Entry(kind="passed over", locator=locator, alias=alias, detail=detail)
    fields = der.children(der.expect(value, der.SEQUENCE, "CertBag"))
    form = der.oid(der.expect(next(fields, None), der.OID, "type of certificate").content)
    explicit = next(fields, None)
    held = next(der.children(explicit), None) if explicit is not None else None
    if form != _X509 or held is None:
        return Entry(kind="passed over", locator=locator, alias=alias, detail=f"certificate of type {form}")
    return Entry(kind="certificates", locator=locator, alias=alias, chain=(octets(held),))


def _friendly_name(attributes: Element | None) -> str | None:
    for attribute in der.children(attributes) if attributes is not None else ():
        fields = der.children(der.expect(attribute, der.SEQUENCE, "attribute"))
        kind = der.oid(der.expect(next(fields, None), der.OID, "type of attribute").content)
        values = next(fields, None)
        value = next(der.children(values), None) if values is not None else None
        if kind == _FRIENDLY_NAME and value is not None and value.tag in (_BMP_STRING, _UTF8_STRING):
            encoding = "utf-16-be" if value.tag == _BMP_STRING else "utf-8"
            return value.content.decode(encoding, "backslashreplace").rstrip("\0")
    return None


def _content(element: Element | None) -> tuple[str, Element | None]:
    """Type and content of a ContentInfo (RFC 5652 section 3)."""
    fields = der.children(der.expect(element, der.SEQUENCE, "ContentInfo"))
    kind = der.oid(der.expect(next(fields, None), der.OID, "type of content").content)
    explicit = next(fields, None)
    return kind, next(der.children(explicit), None) if explicit is not None else None


def octets(element: Element, depth: int = 0) -> bytes:
    """The octets of an OCTET STRING, which BER may cut into pieces (X.690 section 8.7).

    Raises:
        DerError: It is none.
    """
    if element.tag in (der.OCTET_STRING, 0x80):
        return element.content
    if element.tag not in (_CONSTRUCTED_OCTETS, 0xA0) or depth > _DEEPEST:
        raise DerError(f"no OCTET STRING: tag {element.tag:#04x}")
    return b"".join(octets(part, depth + 1) for part in der.children(element))


def _rounds(element: Element, depth: int = 0) -> int:
    """The largest number anywhere in an algorithm's parameters: salts and vectors are no numbers, iterations are."""
    if element.tag == der.INTEGER:
        return der.integer(element)
    if element.tag != der.SEQUENCE or depth > _DEEPEST:
        return 0
    return max((_rounds(part, depth + 1) for part in der.children(element)), default=0)
