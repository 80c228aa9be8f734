"""What a monitor that only watches can say of an endpoint that showed no certificate."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from certanalytics.model import Probe

RESUMED = "session resumed: the certificate is not sent again"
ENCRYPTED = "TLS 1.3 encrypts the certificate"
NOT_SEEN = "no certificate was seen in the handshake"


class Place(TypedDict):
    """Where the server of a connection is."""

    ip: str | None
    port: int | None
    sni: str | None


class Watched:
    """The endpoints of one file: which have shown a certificate, and of which it was said that they did not.

    A connection without a certificate says nothing against the certificate another connection showed, and the same of
    an endpoint ten thousand times is said once: an endpoint gives at most one `Probe` for each reason, and none once
    its certificate was seen. Holds the endpoints of a file, never its connections.
    """

    def __init__(self) -> None:
        self._shown: set[tuple[object, ...]] = set()
        self._said: set[tuple[object, ...]] = set()

    def showed(self, place: Place) -> None:
        """A certificate was seen there."""
        self._shown.add(tuple(place.values()))

    def showed_none(self, locator: str, place: Place, why: str, at: datetime | None) -> Probe | None:
        """The connection as a `Probe`, if it says something new."""
        key = tuple(place.values())
        if key in self._shown or (why, *key) in self._said:
            return None
        self._said.add((why, *key))
        return Probe(locator=locator, outcome="no certificate", kind="passive", detail=why, observed_at=at, **place)
