"""What is wrong in the synthetic enterprise: one module a theme, in which stands what is planted, and nothing else.

Faults change deployments before certificates are scheduled, and add some; no deployment gets two. Each theme draws
from a stream of its own. What an analyst must find is worked out from the outcome in `certanalytics.demo.truth`, not
here.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from certanalytics.demo.company import Company
from certanalytics.demo.deployments import Deployment, Network
from certanalytics.demo.faults import (
    chains,
    contents,
    coverage,
    expiry,
    issuers,
    keys,
    lives,
    ownership,
    renewal,
    revocation,
    tls,
    transparency,
)
from certanalytics.demo.faults.pool import Pool


def plant(stream: Callable[[str], Random], deployments: list[Deployment], company: Company, network: Network) -> None:
    """Plant every fault; those that are deployments of their own are added to the list.

    Args:
        stream: Gives each theme its random numbers.
        deployments: Every deployment as it would be if nothing ever went wrong.
        company: Who there is.
        network: Gives new servers their names.
    """
    pool = Pool(stream("faults"), deployments)
    lives.plant(stream("faults/lives"), pool, deployments, company, network)
    keys.plant(pool)
    contents.plant(stream("faults/contents"), pool, deployments, company, network)
    tls.plant(pool, deployments)
    chains.plant(stream("faults/chains"), pool, company, network)
    revocation.plant(pool, company)
    ownership.plant(pool, company, network)
    transparency.plant(stream("faults/transparency"), pool, deployments, company, network)
    coverage.plant(pool, deployments, company, network)
    renewal.plant(stream("faults/renewal"), pool, deployments, company)
    issuers.plant(pool, deployments, company, network)
    expiry.plant(stream("faults/expiry"), pool)
