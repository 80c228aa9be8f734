"""What CAs and certificate managers say in much the same words: reasons of revocation, algorithms, days."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from certanalytics.model import CertificateRef, Reject, Revocation, Row, Sighting
from certanalytics.sources._reading.records import section, text
from certanalytics.sources._reading.text import utc
from certanalytics.x509.revocation import REASONS

_HASH = re.compile(r"(?<![0-9A-Za-z])(?:id-)?(md5|sha)[-_ ]?(1|224|256|384|512)?(?![0-9])", re.IGNORECASE)
_KEY_ALGORITHMS = {
    "rsa": "RSA",
    "ec": "EC",
    "ecc": "EC",
    "ecdsa": "EC",
    "dsa": "DSA",
    "ed25519": "Ed25519",
    "ed448": "Ed448",
}
_BARE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def revocation(
    locator: str,
    *,
    system: str,
    serial_hex: str | None,
    issuer_dn: str | None,
    revoked_at: datetime | None,
    reason: int | None,
) -> tuple[Revocation, ...]:
    """The revocation a manager states; none where serial number or issuer are not known."""
    if not (serial_hex and issuer_dn):
        return ()
    statuses: dict[int | None, Literal["hold", "removed"]] = {6: "hold", 8: "removed"}
    row = Revocation(
        locator=locator,
        system=system,
        serial_hex=serial_hex,
        status=statuses.get(reason, "revoked"),
        issuer_dn=issuer_dn,
        revoked_at=revoked_at,
        reason=REASONS.get(reason) if reason is not None else None,
    )
    return (row,)


def signature_hash(written: str | None) -> str | None:
    """The hash in the name of a signature algorithm (``SHA-256withRSA``, ``sha256RSA``), as the decoder calls it."""
    found = _HASH.search(written or "")
    if found is None:
        return None
    name = found[1].lower()
    if name == "md5":
        return None if found[2] else name
    return f"sha{found[2]}" if found[2] else None


def key_algorithm(written: str | None) -> str | None:
    """A key algorithm in the decoder's words; ``None`` for one that is not known."""
    return _KEY_ALGORITHMS.get((written or "").strip().lower())


def end_of_validity(written: str | None) -> datetime | None:
    """A time, or a bare date as the last second of that day (``notAfter`` is inclusive, RFC 5280 section 4.1.2.5).

    Raises:
        ValueError: It is neither.
    """
    time = utc(written)
    is_date = written is not None and _BARE_DATE.fullmatch(written.strip())
    return time + timedelta(days=1, seconds=-1) if time and is_date else time


def required(record: Mapping[str, Any], *names: str) -> str:
    """The first of these members that says something.

    Raises:
        ValueError: None does.
    """
    found = next((value for value in (text(record.get(name)) for name in names) if value), None)
    if found is None:
        raise ValueError(f"no {' or '.join(names)}: nothing to know the record by")
    return found


def as_json(said: Mapping[str, Any]) -> str | None:
    """What else a record says, as JSON without the members that say nothing."""
    kept = {name: value for name, value in said.items() if _says_something(value)}
    return json.dumps(kept, default=str, ensure_ascii=False) if kept else None


def place(
    locator: str,
    make: Callable[[str, CertificateRef, Mapping[str, Any]], Sighting],
    certificate: CertificateRef,
    said: object,
) -> Row:
    """Where a certificate is; a place that makes no sense is a `Reject` of its own, and costs nothing else.

    Args:
        locator: Where it stands in the file.
        make: Locator, certificate and what is said of the place to a sighting; raises ``ValueError`` on a bad one.
        certificate: Which certificate.
        said: The JSON object.
    """
    try:
        return make(locator, certificate, section(said))
    except (TypeError, ValueError) as error:
        return Reject(locator=locator, reason=f"the place cannot be read ({error})")


def is_email(written: str | None) -> bool:
    """Whether text is one e-mail address."""
    return bool(written and re.fullmatch(r"[^@\s,;]+@[^@\s,;]+", written))


def _says_something(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_says_something, value.values()))
    return value not in (None, "", [], ())
