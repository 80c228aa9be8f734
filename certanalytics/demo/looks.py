"""Which scanner looks at which endpoints, beside the monthly scans of everything, and how deep.

The monthly scan of the public servers asks sslyze for certificates and the two newest versions of TLS; that of the
internal network asks nmap for every version it knows. Only where cards are handled does sslyze ask for everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.demo.clock import AS_OF

if TYPE_CHECKING:
    from certanalytics.demo.company import Endpoint
    from certanalytics.demo.world import Issued, World

PCI_SCOPE = ("checkout", "gateway", "acquiring", "merchants")
"""Services that handle cards: PCI DSS wants their servers scanned for every version and suite."""
TESTSSL_JSON, TESTSSL_CSV = "gateway", "tracking"
"""Services of which testssl.sh 3.0 looked at some servers, for versions and certificates."""
TESTSSL_GROUPS = "www"
"""The service whose servers testssl.sh 3.2 looked at, for versions, suites and groups: hybrid ones among them."""
_LIMIT = 25


def by_testssl(world: World, service: str) -> list[tuple[Endpoint, Issued]]:
    """What testssl.sh looked at of a service: some servers of the large ones, all of the web site's."""
    served = [
        (endpoint, each)
        for endpoint, each in world.served("public", AS_OF)
        if each.issue.deployment.service.label == service
    ]
    return served if service == TESTSSL_GROUPS else served[:_LIMIT]
