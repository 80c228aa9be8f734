"""What the ``tls`` member of Suricata's events says, for both readers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from certanalytics.model import StatedCertificate
from certanalytics.sources._reading.dn import plain
from certanalytics.sources._reading.records import array, text
from certanalytics.sources._reading.text import fingerprint, hex_digits, ip_address, serial_hex, utc
from certanalytics.sources.scanners._passive import ENCRYPTED, RESUMED

STARTTLS = {**{name: name for name in ("smtp", "ftp", "imap", "pop3", "ldap")}, "pgsql": "postgres"}
"""Protocols that turn into TLS on the server's own port (``from_proto``); http is a CONNECT through a proxy."""


def zoned_time(written: object) -> datetime | None:
    """A time with its offset; one without is in the time zone of a sensor nobody names, and is left out."""
    said = text(written)
    time = datetime.fromisoformat(said) if said else None
    return utc(said) if time and time.tzinfo else None


def why_silent(tls: Mapping[str, Any]) -> str | None:
    """Why a connection shows no certificate, if that can be told."""
    if tls.get("session_resumed") is True:
        return RESUMED
    return ENCRYPTED if (text(tls.get("version")) or "").startswith("TLS 1.3") else None


def stated(tls: Mapping[str, Any]) -> StatedCertificate:
    """What is said of the server's own certificate."""
    subject, issuer = text(tls.get("subject")), text(tls.get("issuerdn"))
    subject_has, issuer_has = plain(subject), plain(issuer)
    names = [name for name in map(text, array(tls.get("subjectaltname"))) if name]
    return StatedCertificate(
        sha1=fingerprint(text(tls.get("fingerprint")), 20),
        serial_hex=_serial(text(tls.get("serial"))),
        issuer_dn=issuer,
        issuer_cn=issuer_has.get("CN"),
        issuer_o=issuer_has.get("O"),
        subject_dn=subject,
        subject_cn=subject_has.get("CN"),
        subject_o=subject_has.get("O"),
        san_dns=tuple(name for name in names if ip_address(name) is None),
        san_ip=tuple(address for address in map(ip_address, names) if address),
        not_before=utc(text(tls.get("notbefore"))),
        not_after=utc(text(tls.get("notafter"))),
    )


def _serial(written: str | None) -> str | None:
    """The bytes of the serial number as they stand in the certificate: the first bit is the sign."""
    if not written:
        return None
    digits = hex_digits(written)
    if len(digits) % 2:
        return serial_hex(digits)
    return serial_hex(int.from_bytes(bytes.fromhex(digits), signed=True))
