"""What is wrong above servers' certificates: what they send, for which name, and how long the CAs last."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from certanalytics.demo.company import STRAY, Company
from certanalytics.demo.deployments import Network
from certanalytics.demo.faults.pool import Pool
from certanalytics.demo.looks import TESTSSL_CSV, TESTSSL_JSON

MISSING = {"portal-ov": 5, "corvine": 2}
"""Deployments installed by hand without the CA's certificate: browsers that have met it elsewhere work all the same."""
OTHER_CA_FIRST = 4
"""Deployments whose file still begins with the CA they had before: the certificates do not follow one another."""
ROOT_TOO = {"ostrava": 3, "acme": 2}
"""Deployments that send the root, from a file in which somebody put all there was to be downloaded."""
ENDED_ISSUER = 3
"""Deployments that send a certificate of their CA that ended in October; the CA has a newer one with the same key."""
CROSS_SIGN = 4
"""Deployments that also send what an older root, with SHA-1, once said of theirs, for clients of 2013."""
WRONG_NAME = 4
"""Deployments moved to a new name, and their certificates with them; the old name still leads to the same server."""

CA_ENDS = {
    "larkspur-e6": datetime.fromisoformat("2027-04-20T23:59:59"),
    "ostrava-ov": datetime.fromisoformat("2028-01-20T23:59:59"),
    "meridian-server": datetime.fromisoformat("2028-12-31T23:59:59"),
}
"""Issuing CAs that end sooner than the others: in 5 months, in 14, and in 25, within the life of some certificates."""
OUTLIVING = 5
"""Certificates that the internal CA gave three years, and that therefore end after it."""
_THREE_YEARS = 1095
_FIRST_OUTLIVING = datetime.fromisoformat("2029-02-01T00:00:00")


def plant(rng: Random, pool: Pool, company: Company, network: Network) -> None:
    """Change what is sent and for which name, and let some certificates live too long.

    Only where a scan shows the chain: where testssl.sh 3.0 looked last, nobody knows what was sent.
    """
    hidden = {TESTSSL_JSON, TESTSSL_CSV, STRAY}
    shown = tuple(service.label for service in company.services if service.label not in hidden)
    for fleet, number in MISSING.items():
        for each in pool.take(fleet, number, of=shown):
            each.sends = "nothing"
    for each in pool.take("acme", OTHER_CA_FIRST, of=shown):
        each.sends = "another CA first"
    for fleet, number in ROOT_TOO.items():
        for each in pool.take(fleet, number, of=shown):
            each.sends = "the root too"
    for each in pool.take("halden", ENDED_ISSUER, of=shown):
        each.sends = "an ended CA certificate"
    for each in pool.take("portal-ov", CROSS_SIGN, of=shown):
        each.sends = "a cross-sign too"
    for each in pool.take("acme", WRONG_NAME, of=shown):
        each.names = (network.name("new", each.service.domain),)
    for each in pool.take("internal-two-years", OUTLIVING):
        each.lifetime = _THREE_YEARS
        each.ends = _FIRST_OUTLIVING + timedelta(days=rng.randrange(240), minutes=rng.randrange(1440))
