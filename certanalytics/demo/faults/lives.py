"""What ended and is still served, was renewed and not installed, was told to nobody, or was switched off."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from certanalytics.demo.clock import AS_OF
from certanalytics.demo.company import Company
from certanalytics.demo.deployments import Deployment, Network
from certanalytics.demo.faults.pool import Pool

EXPIRED = {"acme": 3, "portal-ov": 3, "halden": 2, "internal-one-year": 5, "appliances": 2}
"""Deployments whose certificate ended and is still served, by fleet."""
ENDED_AGO = timedelta(hours=3)
"""One of them ended this long ago: it is ended, not ending today."""

RENEWED_NOT_DEPLOYED = 18
"""Portal deployments with a successor that was issued and never installed, in the last days of the old one."""

SHADOW = {"acme": 19, "corvine": 6}
"""Certificates of public CAs for names nobody scans: in the logs only, and valid."""
ENDED_SHADOW = 9
"""The same, but ended: noise around the shadow certificates."""

RETIRED = {"acme": 16, "portal-ov": 8, "internal-one-year": 10}
"""Deployments switched off while their certificate was valid: seen long ago, no longer in service."""
_SWITCHED_OFF = datetime.fromisoformat("2026-09-22T09:00:00")


def plant(rng: Random, pool: Pool, deployments: list[Deployment], company: Company, network: Network) -> None:
    """Plant ends, successors that wait, shadows and what was switched off; the last two are added."""
    expired = [each for fleet, number in EXPIRED.items() for each in pool.take(fleet, number)]
    for number, each in enumerate(expired):
        days = rng.randrange(2, 11) if each.fleet.practice == "automatic" else rng.randrange(2, 100)
        each.ends = AS_OF - timedelta(days=days, minutes=rng.randrange(200, 1200)) if number else AS_OF - ENDED_AGO

    for each in pool.take("portal-ov", RENEWED_NOT_DEPLOYED):
        each.ends = AS_OF + timedelta(days=rng.choice((3, 4, 5, 9, 10, 11, 12)), minutes=rng.randrange(300))
        each.waiting_since = AS_OF - timedelta(days=rng.randrange(6, 26), minutes=rng.randrange(1440))

    for fleet, number in SHADOW.items():
        deployments.extend(_shadow(rng, each, company, network) for each in pool.take(fleet, number))
    for each in pool.take("acme", ENDED_SHADOW):
        shadow = _shadow(rng, each, company, network)
        shadow.ends = AS_OF - timedelta(days=rng.randrange(5, 200))
        deployments.append(shadow)

    for fleet, number in RETIRED.items():
        deployments.extend(_retired(rng, each, network) for each in pool.take(fleet, number))


def _shadow(rng: Random, like: Deployment, company: Company, network: Network) -> Deployment:
    """A certificate somebody got for a name of the company without telling anyone."""
    domain = rng.choice(("meridian.example", "meridianpay.example", "meridian-labs.example"))
    host = network.name(rng.choice(("promo", "beta", "hackday", "demo", "partner", "survey")), domain)
    return Deployment(
        fleet=like.fleet,
        service=company.service("stray"),
        names=(host,),
        endpoints=(),
        authority=like.authority,
        key=like.key,
        since=like.since,
    )


def _retired(rng: Random, like: Deployment, network: Network) -> Deployment:
    """Servers like others, switched off two months before the end of the story."""
    endpoint = network.endpoint(rng, like.service.domain, like.fleet.zone)
    return Deployment(
        fleet=like.fleet,
        service=like.service,
        names=(endpoint.host,),
        endpoints=(endpoint,),
        authority=like.authority,
        key=like.key,
        since=like.since,
        retired=_SWITCHED_OFF - timedelta(days=rng.choice((0, 31, 62)), minutes=rng.randrange(600)),
    )
