r"""PEM armour (RFC 7468) as exports really carry it.

Line breaks may have become spaces, ``\n`` or ``&#xa;``, or be missing; lines may be indented,
headers (RFC 1421) and comments may stand in and around the blocks.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from certanalytics.x509 import der

CERTIFICATE_LABELS = frozenset({"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"})

_MARK = re.compile(r"-----\s*(BEGIN|END)\s+([^-\r\n]{1,64}?)\s*-----")
_BREAK = re.compile(r"&#(?:x0*[aAdD]|0*1[03]);|\\[nrt]")
_HEADER = re.compile(r"^[ \t]*[A-Za-z][\w-]*:.*(?:\r?\n[ \t]+\S.*)*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """One armoured block; ``body`` is ``None`` where its end is missing."""

    label: str
    body: str | None


def blocks(text: str) -> Iterator[Block]:
    """The armoured blocks of a text in their order."""
    label, start = None, 0
    for mark in _MARK.finditer(text):
        if label is not None:
            ended = mark[1] == "END" and mark[2] == label
            yield Block(label, text[start : mark.start()] if ended else None)
        label, start = (mark[2], mark.end()) if mark[1] == "BEGIN" else (None, 0)
    if label is not None:
        yield Block(label, None)


def unarmour(body: str) -> bytes:
    """The bytes inside a block.

    Raises:
        ValueError: It is not base64.
    """
    if ":" in body:
        body = _HEADER.sub("", body)
    digits = "".join(_BREAK.sub(" ", body).replace("\\/", "/").split()).rstrip("=")
    if not digits:
        raise ValueError("nothing between BEGIN and END")
    try:
        return base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64 ({error})") from error


def pem_to_der(text: str) -> bytes:
    r"""The DER of the first certificate in a PEM text, exactly as it stands.

    Args:
        text: PEM, with line breaks as they are or as spaces, ``\n`` or ``&#xa;``; base64 without
            armour is taken too.

    Raises:
        ValueError: There is no certificate in it, or it is damaged.
    """
    found = list(blocks(text))
    if found:
        block = next((block for block in found if block.label in CERTIFICATE_LABELS), None)
        if block is None:
            raise ValueError(f"no certificate, only {found[0].label}")
        if block.body is None:
            raise ValueError("the certificate has no END line")
        text = block.body
    elif "-----" in text:
        raise ValueError("no PEM block")
    return der.expect(der.read(unarmour(text)), der.SEQUENCE, "certificate").der
