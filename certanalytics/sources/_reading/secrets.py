"""Private keys that stand where nobody expects them: no row and no excerpt of an export keeps one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from certanalytics.model import Row, StatedCertificate

_EXCERPT = 200
_SECRET = re.compile(r"PRIVATE KEY|private_?key|\"key\"|tls\.key|LS0tLS1CRUdJTi|\"kind\": \"Secret\"", re.IGNORECASE)
"""What a record has that may hold a key, in whatever wrapping."""

_LONG = re.compile(r"(?<![A-Za-z0-9+/])(?![0-9A-Fa-f]{64}(?![0-9A-Za-z+/]))[A-Za-z0-9+/]{60,}=*")
"""Base64 that may be a line of a key, or a key without armour; a fingerprint is none."""

_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[^\"]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|(?=\")|\Z)"
    r"|LS0tLS1CRUdJTi(?:BQUklW|BSU0EgUFJJVk|BFQyBQUk|BFTkNS|BPUEVO|BEU0Eg)[A-Za-z0-9+/=\s]*"
)
"""A key in PEM, also as JSON writes it, or the base64 of one; of a text that is cut, all that follows."""

_NO_TEXT = frozenset({type(None), bool, int, float, datetime, bytes})
"""Types of values that need no look; the bytes are certificates."""

_INSTEAD = "(a private key, which is not kept)"


def excerpt(value: Any) -> str | None:
    """How a record begins, to be shown with a reject; nothing of one that may hold a key."""
    try:
        written = json.dumps(value, default=str, ensure_ascii=False)
    except RecursionError:
        return "(nested too deeply to be shown)"
    except ValueError:
        return "(a number in it is too long to be shown)"
    return None if _SECRET.search(written) else _LONG.sub("...", written[: 10 * _EXCERPT])[:_EXCERPT]


def may_hold_key(text: str) -> bool:
    """Whether a text has what every private key that `without_keys` takes out begins with."""
    return "PRIVATE KEY" in text or "LS0tLS1CRUdJTi" in text


def without_keys(rows: Iterator[Row]) -> Iterator[Row]:
    """Rows as they are, but for private keys in their texts (a comment, a description, the reason of a reject)."""
    for row in rows:
        changed = _changes(row)
        yield replace(row, **changed) if changed else row


def _changes(said: Row | StatedCertificate) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for name in said.__slots__:
        value = getattr(said, name)
        if type(value) in _NO_TEXT:
            continue
        kept = _kept(value)
        if kept is not value:
            changed[name] = kept
    return changed


def _kept(value: Any) -> Any:
    """A value without keys; the very same where there is none."""
    if isinstance(value, str):
        if may_hold_key(value):
            kept = _KEY.sub(_INSTEAD, value)
            return value if kept == value else kept
    elif isinstance(value, StatedCertificate):
        changed = _changes(value)
        return replace(value, **changed) if changed else value
    elif isinstance(value, tuple) and not _NO_TEXT.issuperset(map(type, value)):
        parts = tuple(map(_kept, value))
        return value if all(one is other for one, other in zip(parts, value, strict=True)) else parts
    return value
