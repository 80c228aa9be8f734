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


def silent_sql(shown: str, silent: str, detail: str) -> str:
    """What `Watched` finds, as a SELECT over ``record`` of `Bulk` with the columns of `Place`.

    Args:
        shown: SQL predicate for the records that show a certificate.
        silent: The same for those that show none.
        detail: SQL for the reason.
    """
    place = ("ip", "port", "sni")
    columns, same = ", ".join(place), " AND ".join(f"w.{name} IS NOT DISTINCT FROM s.{name}" for name in place)
    return f"""
        WITH shown AS (SELECT {columns}, min(seq) AS first FROM record WHERE {shown} GROUP BY ALL),
        silent AS (SELECT seq, observed_at, {columns}, {detail} AS detail FROM record WHERE {silent})
        SELECT
            min(w.seq) AS seq, arg_min({{'t': w.observed_at}}, w.seq).t AS observed_at,
            w.ip, w.port, w.sni, w.detail, 'no certificate' AS outcome, 'passive' AS kind
        FROM silent AS w LEFT JOIN shown AS s ON {same}
        WHERE s.first IS NULL OR w.seq < s.first
        GROUP BY ALL
    """
