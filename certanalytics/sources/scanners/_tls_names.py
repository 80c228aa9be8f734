"""Protocol versions and failures as scanners word them, in the words of the estate."""

from __future__ import annotations

import re
from functools import lru_cache

from certanalytics.model import Outcome

_VERSION = re.compile(r"(d?tls|ssl|ss_l)[_ ]?v?[_ ]?(\d)(?:[._]?(\d))?", re.IGNORECASE)

# What Go's network and TLS libraries say, first match.
_FAILURES: tuple[tuple[str, Outcome], ...] = (
    (r"no such host|server misbehaving|could not resolve|no address found|unable to resolve", "unresolvable"),
    (r"connection refused|actively refused", "refused"),
    (r"does not look like a TLS handshake|server gave HTTP response|oversized record", "not tls"),
    (r"deadline exceeded|timed? ?out\b|timeout", "timeout"),
    (r"no route to host|network is unreachable|host is down", "filtered"),
    (r"handshake|\btls: |remote error|connection reset|\bEOF\b", "handshake failed"),
)


@lru_cache(maxsize=256)
def protocol(written: str) -> str:
    """A protocol version as ``TLSv1.2`` or ``SSLv3``, from ``tls12``, ``tlsv1_2``, ``ss_lv_3`` or ``TLSv1``.

    What is no version is given back as it is.
    """
    found = _VERSION.fullmatch(written.strip())
    if not found:
        return written
    family, major, minor = found[1].lower(), found[2], found[3] or "0"
    return f"SSLv{major}" if family.startswith("ss") else f"{family.upper()}v{major}.{minor}"


def failure(words: str | None) -> Outcome | None:
    """What became of an attempt by the words of a tool written in Go; ``None`` if they do not say."""
    return next((outcome for found, outcome in _FAILURES if re.search(found, words or "", re.IGNORECASE)), None)
