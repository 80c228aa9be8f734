"""Distinguished names written as text, taken apart: only what the text says without doubt."""

from __future__ import annotations

import re

_PLAIN_SEPARATOR = re.compile(r"(?:, | \+ |/)(?=(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)=)")
_HEX_PAIR = re.compile(r"[0-9A-Fa-f]{2}")


def rfc4514(dn: str | None) -> dict[str, str]:
    r"""The attributes of a name in the string form of RFC 4514 (or 2253), the most specific value of each.

    Args:
        dn: ``CN=a.example,OU=Shop\, online+O=Example,C=DE``; attribute types come out in upper case. Values in
            ``#hex`` form are left out.
    """
    attributes: dict[str, str] = {}
    for part in _split(dn or ""):
        kind, equals, value = part.partition("=")
        if equals and not value.startswith("#") and (text := _unescaped(value)):
            attributes.setdefault(kind.strip().upper(), text)
    return attributes


def plain(dn: str | None) -> dict[str, str]:
    """The attributes of a name in certificate order whose values are not escaped: ``C=DE, O=Example, Inc., CN=a``.

    A comma ends a value only before the next ``type=``. An attribute that comes twice is left out: one of the two may
    be a piece of another value, and which of them a certificate's owner meant cannot be told.
    """
    attributes: dict[str, str] = {}
    twice = set()
    for part in _PLAIN_SEPARATOR.split(dn or ""):
        kind, equals, value = part.partition("=")
        kind = kind.strip().upper()
        if kind in attributes:
            twice.add(kind)
        if equals and value.strip():
            attributes[kind] = value.strip()
    return {kind: value for kind, value in attributes.items() if kind not in twice}


def _split(dn: str) -> list[str]:
    """The parts between commas and plus signs that are not escaped."""
    if "\\" not in dn:
        return dn.replace("+", ",").split(",")
    parts, start, at = [], 0, 0
    while at < len(dn):
        if dn[at] == "\\":
            at += 1
        elif dn[at] in ",+":
            parts.append(dn[start:at])
            start = at + 1
        at += 1
    return [*parts, dn[start:]]


def _unescaped(value: str) -> str:
    r"""A value without escapes; bytes that are no UTF-8 stay as ``\xNN``."""
    if "\\" not in value:
        return value.strip()
    octets, at = bytearray(), 0
    while at < len(value):
        if value[at] != "\\" or at + 1 == len(value):
            octets += value[at].encode()
            at += 1
        elif _HEX_PAIR.match(value, at + 1):
            octets.append(int(value[at + 1 : at + 3], 16))
            at += 3
        else:
            octets += (value[at : at + 2] if value[at + 1] == "x" else value[at + 1]).encode()
            at += 2
    return octets.decode("utf-8", "backslashreplace").strip()
