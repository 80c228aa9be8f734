"""The fleets of the enterprise: how many certificates are run alike, from which CA and by which practice.

The numbers are fixed, so that the share of each CA is exact whatever the seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from certanalytics.demo.certificates import Level
from certanalytics.demo.clock import HISTORY_START
from certanalytics.demo.company import Zone
from certanalytics.demo.keys import KeyKind

Practice = Literal["automatic", "manual", "appliance"]


_LAST_MANUAL = datetime.fromisoformat("2026-02-01T00:00:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """How many deployments are run alike, and how.

    Attributes:
        authority: Label of the issuing CA; ``None`` for self-signed certificates.
        level: What the public CA validates.
        lifetime: Days a certificate lives; ``None`` where the limit of the day decides (397, later 199).
        keys: Kinds of key and their weights.
        since: When the first of these certificates came into use, at random between two times.
        moved: Share of the deployments whose servers had another CA's certificate before.
    """

    name: str
    authority: str | None
    size: int
    practice: Practice
    zone: Zone
    level: Level | None
    lifetime: int | None
    keys: dict[KeyKind, int]
    since: tuple[datetime, datetime] = (HISTORY_START, _LAST_MANUAL)
    moved: float = 0.0


def _days(first: str, last: str) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(first), datetime.fromisoformat(last)


_MODERN: dict[KeyKind, int] = {"P-256": 90, "P-384": 4, "RSA-2048": 6}
_CLASSIC: dict[KeyKind, int] = {"RSA-2048": 34, "RSA-3072": 5, "RSA-4096": 3, "P-256": 50, "P-384": 8}

FLEETS = (
    Fleet(
        name="acme",
        authority="larkspur-e5",
        size=680,
        practice="automatic",
        zone="public",
        level="DV",
        lifetime=90,
        keys=_MODERN,
        since=_days("2026-07-20", "2026-11-08"),
        moved=0.42,
    ),
    Fleet(
        name="acme-early",
        authority="larkspur-e6",
        size=28,
        practice="automatic",
        zone="public",
        level="DV",
        lifetime=90,
        keys=_MODERN,
    ),
    Fleet(
        name="acme-wildcard",
        authority="larkspur-e6",
        size=60,
        practice="automatic",
        zone="public",
        level="DV",
        lifetime=90,
        keys=_MODERN,
        since=_days("2026-06-01", "2026-10-20"),
        moved=0.3,
    ),
    Fleet(
        name="acme-47-days",
        authority="larkspur-e5",
        size=60,
        practice="automatic",
        zone="public",
        level="DV",
        lifetime=47,
        keys=_MODERN,
        since=_days("2026-07-15", "2026-10-25"),
    ),
    Fleet(
        name="acme-6-days",
        authority="larkspur-e6",
        size=12,
        practice="automatic",
        zone="public",
        level="DV",
        lifetime=6,
        keys={"P-256": 1},
        since=_days("2026-10-20", "2026-11-05"),
    ),
    Fleet(
        name="portal-ov",
        authority="northgate-ov",
        size=140,
        practice="manual",
        zone="public",
        level="OV",
        lifetime=None,
        keys=_CLASSIC,
    ),
    Fleet(
        name="portal-ev",
        authority="northgate-ev",
        size=28,
        practice="manual",
        zone="public",
        level="EV",
        lifetime=None,
        keys=_CLASSIC,
    ),
    Fleet(
        name="halden",
        authority="halden-ov",
        size=70,
        practice="manual",
        zone="public",
        level="OV",
        lifetime=None,
        keys=_CLASSIC,
    ),
    Fleet(
        name="corvine",
        authority="corvine-dv",
        size=42,
        practice="manual",
        zone="public",
        level="DV",
        lifetime=None,
        keys=_CLASSIC,
    ),
    Fleet(
        name="ostrava",
        authority="ostrava-ov",
        size=28,
        practice="manual",
        zone="public",
        level="OV",
        lifetime=None,
        keys=_CLASSIC,
    ),
    Fleet(
        name="internal-one-year",
        authority="meridian-server",
        size=130,
        practice="manual",
        zone="internal",
        level=None,
        lifetime=365,
        keys=_CLASSIC,
    ),
    Fleet(
        name="internal-two-years",
        authority="meridian-server",
        size=60,
        practice="manual",
        zone="internal",
        level=None,
        lifetime=730,
        keys=_CLASSIC,
    ),
    Fleet(
        name="internal-legacy",
        authority="meridian-legacy",
        size=20,
        practice="manual",
        zone="internal",
        level=None,
        lifetime=730,
        keys={"RSA-2048": 1},
    ),
    Fleet(
        name="appliances",
        authority=None,
        size=42,
        practice="appliance",
        zone="internal",
        level=None,
        lifetime=3650,
        keys={"P-256": 3, "P-384": 1},
    ),
)
"""What is in service at the end of the story: 1,400 certificates, 840 of them (60 %) from one CA owner."""
