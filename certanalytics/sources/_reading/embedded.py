"""Certificates that an export holds inside a field: as PEM, or as the base64 of a whole certificate file."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from certanalytics.model import Finding, Reject
from certanalytics.sources._reading.export import Export
from certanalytics.x509.containers import certificates

Held = bytes | Finding | Reject
"""A certificate's DER; a private key beside it, of which nothing is kept; what cannot be read."""


def in_pem(export: Export, locator: str, written: str) -> Iterator[Held]:
    """What stands in a PEM text, or in the base64 of one certificate without armour."""
    yield from _found(export, locator, written.encode("utf-8", "backslashreplace"))


def in_base64(export: Export, locator: str, written: str) -> Iterator[Held]:
    """What stands in the base64 of a certificate file of any kind; a `Reject` never quotes it."""
    try:
        data = base64.b64decode("".join(written.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        yield Reject(locator=locator, reason=f"not base64 ({error})")
        return
    yield from _found(export, locator, data)


def _found(export: Export, locator: str, data: bytes) -> Iterator[Held]:
    for found in certificates(data):
        where = f"{locator}, {found.locator}"
        if found.der is not None:
            yield found.der
        elif found.kind == "private key":
            yield Finding(
                locator=where,
                check_id="private-key-in-file",
                severity="high",
                text=f"{found.detail}: whoever can read this file can pose as its holder",
                path=export.label,
            )
        else:
            what = f"{found.detail}, which is no certificate" if found.kind == "passed over" else found.detail
            yield Reject(locator=where, reason=what or "unreadable")
