"""What httpx says of the target of a request, for both readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certanalytics.model import Outcome
from certanalytics.sources._reading.records import array, text
from certanalytics.sources._reading.text import ip_address
from certanalytics.sources.scanners._tls_names import failure


def address_of(said: Mapping[str, Any]) -> str | None:
    """The address of the target: in ``host_ip``, before 1.7.3 in ``host``, else the only one of its DNS records."""
    for key in ("host_ip", "host"):
        if address := ip_address(text(said.get(key)) or ""):
            return address
    found = [*array(said.get("a")), *array(said.get("aaaa"))]
    return ip_address(text(found[0]) or "") if len(found) == 1 else None


def missed(said: Mapping[str, Any]) -> tuple[Outcome, str | None]:
    """Why a request failed, as an outcome and in httpx's words."""
    words = text(said.get("error"))
    return failure(words) or "no certificate", words
