r"""Distinguished names as RFC 4514 strings.

Everything the Name holds is in the string: types without a known descriptor and values that are
no text stand as ``dotted=#hex``, bytes that are not UTF-8 as ``\hh`` pairs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from certanalytics.x509 import der
from certanalytics.x509.der import Element
from certanalytics.x509.oids import ATTRIBUTES

_TEXT_TAGS = frozenset({0x0C, 0x12, 0x13, 0x14, 0x15, 0x16, 0x19, 0x1A, 0x1B})
_WIDE_TAGS = {0x1E: "utf-16-be", 0x1C: "utf-32-be"}
_SPECIAL = re.compile(r'["+,;<>\\]')
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Name:
    """One distinguished name.

    Attributes:
        dn: RFC 4514 string, most specific part first.
        cn: Common name; as with the next ones, the most specific value: the last in the certificate's order.
        o: Organisation.
        ou: Organisational unit.
        c: Country.
        readable: Whether every value is text in the encoding it claims.
    """

    dn: str
    cn: str | None
    o: str | None
    ou: str | None
    c: str | None
    readable: bool


@lru_cache(maxsize=8192)
def read(name: bytes) -> Name:
    """Read a Name.

    Args:
        name: Its DER.

    Raises:
        DerError: It is not a Name.
    """
    parts: list[str] = []
    values: dict[str, str] = {}
    readable = True
    for rdn in der.sequence(name, "Name"):
        attributes = []
        for attribute in der.children(rdn):
            fields = der.children(attribute)
            kind = der.oid(der.expect(next(fields, None), der.OID, "attribute type").content)
            value = next(fields, None)
            if value is None:
                raise der.DerError(f"no value for attribute {kind}")
            found, sound = _text(value)
            readable &= sound
            if found is not None:
                values[kind] = found.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
            string = _value(kind, None if value.tag in _WIDE_TAGS and not sound else found, value)
            attributes.append(f"{ATTRIBUTES.get(kind, kind)}={string}")
        parts.append("+".join(attributes))
    return Name(
        dn=",".join(reversed(parts)),
        cn=values.get("2.5.4.3"),
        o=values.get("2.5.4.10"),
        ou=values.get("2.5.4.11"),
        c=values.get("2.5.4.6"),
        readable=readable,
    )


def text(content: bytes) -> str:
    r"""Octets that should be UTF-8 or ASCII; what is not stands as ``\xNN``."""
    return content.decode("utf-8", "backslashreplace")


def _text(value: Element) -> tuple[str | None, bool]:
    """A value's text with surrogate escapes for bytes that are not UTF-8; ``None`` if it is no text."""
    if value.tag in _TEXT_TAGS:
        found = value.content.decode("utf-8", "surrogateescape")
        return found, not _escaped(found)
    if value.tag in _WIDE_TAGS:
        try:
            return value.content.decode(_WIDE_TAGS[value.tag]), True
        except UnicodeDecodeError:
            return value.content.decode("latin-1").encode("ascii", "backslashreplace").decode(), False
    return None, True


def _escaped(found: str) -> bool:
    return any("\udc80" <= mark <= "\udcff" for mark in found)


def _value(kind: str, found: str | None, value: Element) -> str:
    """The string of one value (RFC 4514 sections 2.4 and 3)."""
    if found is None or kind not in ATTRIBUTES:
        return "#" + value.der.hex()
    escaped = _UNPRINTABLE.sub(lambda mark: f"\\{ord(mark[0]) & 0xFF:02x}", _SPECIAL.sub(r"\\\g<0>", found))
    if escaped.endswith(" "):
        escaped = escaped[:-1] + "\\ "
    if escaped.startswith(("#", " ")):
        escaped = "\\" + escaped
    return escaped
