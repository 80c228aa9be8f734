"""What logs and DNS zones show: issuance nobody expected, domains that look alike, and CAA that forbids a CA."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from certanalytics.demo.clock import AS_OF
from certanalytics.demo.company import STRAY, UNITS, Company
from certanalytics.demo.deployments import CaaClosure, Closed, Deployment, Network, Trace
from certanalytics.demo.faults.pool import Pool

ZONE, PAYMENTS_ZONE = "meridian.example", UNITS["Payments"]
"""The zones of the company: one lies at a cloud, the other on name servers of its own."""

ZONE_LOOKS = (datetime.fromisoformat("2026-05-11T06:00:00"), datetime.fromisoformat("2026-11-23T06:00:00"))
"""When the first zone was recorded; the second was copied once, on the day of the story."""

FESTIVAL = "meridian-festival.example"
"""A domain marketing registered, on servers nobody knows about; two of them were found by the scans."""
FESTIVAL_SERVERS = 2

BURST = (
    *("athlone", "carlow", "clonmel", "cork", "drogheda", "dundalk", "ennis"),
    *("galway", "kilkenny", "limerick", "sligo", "tralee", "waterford", "wexford"),
)
"""Towns the festival went to: a script asked for one certificate each in a single night."""
_BURST_NIGHT = datetime.fromisoformat("2026-11-11T02:00:00")

UNHEARD_OF = 3
"""Certificates from a CA the company buys nothing of: a contractor's choice."""

ELSEWHERE = 3
"""Certificates of the portal's CA that a unit bought with a card, outside of the company's account. The servers of the
first had one of another CA before."""

_CARD_USED = datetime.fromisoformat("2026-07-14T16:00:00")

AGENCY = "brightpixel.example"
"""An advertising agency that put its own domain beside one of the company's into a certificate."""

INTERNAL_NAME, INTERNAL_ADDRESS = "build01.corp.meridian.example", "10.20.250.11"
"""A build server's name, for use inside alone, that went into a public certificate and so into the logs."""

UNLOGGED = 1
"""Deployments whose public CA sends nothing to the logs: an interface for partners, whose programs do not mind."""

LOOK_ALIKES = {"xn--meridin-7fg.example": 62, "meridlan.example": 40, "meridianpya.example": -40}
"""Domains of others, and in how many days their certificate ends: one has a Cyrillic a (U+0430), one an l for an i, one
two letters swapped. The monitor of the logs keeps what is like the company's name."""

CLOSED_BEFORE = 2
"""Servers that are being wound down: their owner closed the names to every CA in spring, and a CA did not look."""
_CLOSED, _ISSUED_NEVERTHELESS = datetime.fromisoformat("2026-04-20T09:00:00"), datetime.fromisoformat("2026-09-08")

CLOSED_SINCE: dict[CaaClosure, tuple[str, int]] = {
    "issue": ("acme", 3),
    "issuewild": ("acme-wildcard", 1),
    "alias": ("acme", 1),
    "away": ("acme", 1),
}
"""Names closed in the week before, for which nothing was issued since: how, fleet and number of deployments. The last
is an alias to a hosting company, whose zone nobody here has."""
_CLOSED_SINCE = datetime.fromisoformat("2026-11-19T15:00:00")


def plant(rng: Random, pool: Pool, deployments: list[Deployment], company: Company, network: Network) -> None:
    """Plant what logs show and zones forbid; what nobody serves is added."""
    in_zone = tuple(each.label for each in company.services if each.unit and each.domain.endswith(f".{ZONE}"))
    _festival(pool)
    (like,) = pool.take("acme", 1, of=in_zone)
    like.names += (INTERNAL_NAME,)

    def logged(*names: str, authority: str | None = None, ends: datetime | None = None) -> None:
        deployments.append(
            Deployment(
                fleet=like.fleet,
                service=company.service(STRAY),
                names=names,
                endpoints=(),
                authority=authority or like.authority,
                key="P-256",
                since=like.since,
                ends=ends,
            )
        )

    for town in BURST:
        issued = _BURST_NIGHT + timedelta(minutes=rng.randrange(180))
        logged(f"{town}.{FESTIVAL}", ends=issued + timedelta(days=90))
    for _ in range(UNHEARD_OF):
        logged(network.name("demo", ZONE), authority="fernhill-dv")
    logged(network.name("promo", ZONE), f"wheel.{AGENCY}")
    for domain, days in LOOK_ALIKES.items():
        logged(f"www.{domain}", ends=AS_OF + timedelta(days=days))

    first, *others = pool.take("portal-ov", ELSEWHERE)
    for each in (first, *others):
        each.trace = Trace(is_on_account=False)
    first.predecessor = "halden-ov"
    first.since = _CARD_USED
    first.ends = _CARD_USED + timedelta(days=199, minutes=-rng.randrange(1, 600))
    for each in pool.take("ostrava", UNLOGGED):
        each.trace = Trace(is_logged=False)

    for each in pool.take("corvine", CLOSED_BEFORE, of=in_zone):
        each.closed = Closed(since=_CLOSED, by="issue")
        each.ends = _ISSUED_NEVERTHELESS + timedelta(days=199, minutes=rng.randrange(1440))
    for by, (fleet, number) in CLOSED_SINCE.items():
        for each in pool.take(fleet, number, of=in_zone):
            each.closed = Closed(since=_CLOSED_SINCE, by=by)


def _festival(pool: Pool) -> None:
    """Two servers of the festival, which have been there since June."""
    for place, each in enumerate(pool.take("acme", FESTIVAL_SERVERS, of=(STRAY,))):
        (endpoint,) = each.endpoints
        each.endpoints = (replace(endpoint, host=f"{'tickets' if place else 'www'}.{FESTIVAL}"),)
        each.names = (each.endpoints[0].host,)
        each.since = datetime.fromisoformat("2026-06-01T00:00:00")
