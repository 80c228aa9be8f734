"""What an F5 BIG-IP says of a certificate object, the same in REST and in its configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from certanalytics.model import StatedCertificate
from certanalytics.sources._reading.records import number, text
from certanalytics.sources._reading.text import from_epoch, hex_digits, ip_address, openssl_time, serial_hex

_CURVES = {"prime256v1": "secp256r1"}
"""By OpenSSL's names, where they are not those of SEC 2."""

_KEYS = {"rsa": "RSA", "dsa": "DSA", "ec": "EC", "ecdsa": "EC"}


def stated(item: Mapping[str, Any]) -> StatedCertificate | None:
    """What an object says of its certificate under the names of either REST listing; ``None`` if it says nothing."""
    algorithm, _, digest = (text(item.get("fingerprint")) or "").partition("/")
    key = (text(item.get("keyType")) or text(item.get("publicKeyType")) or "").lower().removesuffix("-public")
    curve = text(item.get("certificateKeyCurveName"))
    size = number(item.get("certificateKeySize"))
    dns, addresses, emails, uris = _alternative_names(text(item.get("subjectAlternativeName")))
    said = StatedCertificate(
        sha256=fingerprint(digest, 32) if algorithm.upper() == "SHA256" else None,
        sha1=fingerprint(digest, 20) if algorithm.upper() == "SHA1" else None,
        serial_hex=_serial(text(item.get("serialNumber"))),
        issuer_dn=text(item.get("issuer")),
        subject_dn=text(item.get("subject")),
        subject_cn=text(item.get("commonName")),
        subject_o=text(item.get("organization")),
        san_dns=dns,
        san_ip=addresses,
        san_email=emails,
        san_uri=uris,
        not_after=_end(item),
        key_algorithm=_KEYS.get(key),
        key_bits=size if key in {"rsa", "dsa"} else None,  # what is written for other keys differs by version
        key_curve=_CURVES.get(curve, curve) if curve and curve != "none" else None,
    )
    return said if said != StatedCertificate() else None


def _serial(written: str | None) -> str | None:
    """A serial number as OpenSSL prints it: decimal where it fits a machine word, else hexadecimal with colons."""
    if written is None or written.lower() in {"none", "n/a"}:
        return None
    return serial_hex(int(written)) if re.fullmatch(r"-?[0-9]+", written) else serial_hex(written)


def _end(item: Mapping[str, Any]) -> datetime | None:
    written = text(item.get("expirationString")) or text(item.get("expiration"))
    if written:
        return openssl_time(written)
    seconds = number(item.get("expirationDate"))
    return from_epoch(seconds) if seconds is not None else None


def _alternative_names(written: str | None) -> tuple[tuple[str, ...], ...]:
    """DNS names, addresses, e-mail addresses and URIs of ``DNS:a, IP Address:10.0.0.1``."""
    found: dict[str, list[str]] = {"dns": [], "ip": [], "email": [], "uri": []}
    for part in (written or "").split(","):
        kind, _, name = part.strip().partition(":")
        kind = kind.lower().removesuffix(" address")
        if kind in found and name.strip():
            found[kind].append((ip_address(name) or name.strip()) if kind == "ip" else name.strip())
    return tuple(map(tuple, found.values()))


def fingerprint(written: str, size: int) -> str:
    """A fingerprint in the estate's form.

    Raises:
        ValueError: It is not of that many bytes.
    """
    digits = hex_digits(written)
    if len(digits) != 2 * size:
        raise ValueError(f"a fingerprint of {len(digits)} digits, {2 * size} expected")
    return digits
