"""How certificates are renewed: by whom as far as a system says so, too late, in part, or with another key."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from certanalytics.demo.clock import AS_OF, HISTORY_START, PUBLIC_SCANS
from certanalytics.demo.company import Company
from certanalytics.demo.deployments import SPRAWLING, AutomationLevel, Deployment, LastRenewal, Management
from certanalytics.demo.faults.pool import Pool
from certanalytics.demo.lifecycle import LIFE_SINCE, SECOND

CADDY = {"acme": 8, "acme-early": 6}
"""Deployments a gateway obtains, renews and serves by itself."""

VENAFI: tuple[tuple[str, AutomationLevel, int], ...] = (
    ("internal-one-year", "manual", 8),
    ("internal-one-year", "monitored", 6),
    ("internal-one-year", "enrolled", 4),
    ("halden", "monitored", 6),
    ("halden", "provisioned", 4),
)
"""Deployments in the certificate manager: fleet, level and number. Internal certificates that it renews look like those
that people renew, since they live as long and were renewed as seldom."""

LATE = 4
"""Deployments renewed only days after the end; a scan in between saw the ended certificate."""

PARTLY = 1
"""Wildcard certificates renewed on all servers but one. Each takes the place of another wildcard certificate, since the
old and the new one are both in service."""

NEW_KEY_TYPE = 3
"""Deployments that went from RSA to an elliptic curve with the last renewal, at the same CA."""


def plant(rng: Random, pool: Pool, deployments: list[Deployment], company: Company) -> None:
    """Say what manages some deployments, and change the last renewal of others."""
    for fleet, number in CADDY.items():
        for each in pool.take(fleet, number):
            each.management = Management(system="caddy", level="provisioned")
    for fleet, level, number in VENAFI:
        for each in pool.take(fleet, number):
            each.management = Management(system="venafi", level=level)
    for place, each in enumerate(pool.take("halden", LATE)):
        between = PUBLIC_SCANS[-2 - place % 2]
        begins = between + timedelta(days=3, minutes=rng.randrange(1440))
        each.ends = begins + timedelta(days=LIFE_SINCE) - SECOND
        each.last_renewal = LastRenewal(late_by=timedelta(days=6 + place))
    small = tuple(each.label for each in company.services if each.label != SPRAWLING)
    for each in pool.take("acme-wildcard", PARTLY, of=small):
        each.ends = AS_OF + timedelta(days=78, minutes=rng.randrange(600))
        each.since = HISTORY_START  # so that there is one before
        each.last_renewal = LastRenewal(lagging=each.endpoints[-1:])
    for each in pool.take("acme-wildcard", PARTLY, of=small):
        deployments.remove(each)
    for each in pool.take("acme-early", NEW_KEY_TYPE):
        each.key, each.last_renewal = "P-256", LastRenewal(key_before="RSA-2048")
