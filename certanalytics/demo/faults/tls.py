"""What servers take in handshakes that they should not, or no longer, and where the future has begun."""

from __future__ import annotations

from certanalytics.demo.deployments import Deployment
from certanalytics.demo.faults.pool import Pool
from certanalytics.demo.handshakes import (
    HYBRID,
    KEY_TRANSPORT,
    OLD,
    WITH_OLD_VERSIONS,
    WITH_TRIPLE_DES,
    WITHOUT_TLS_1_3,
)
from certanalytics.demo.looks import PCI_SCOPE, TESTSSL_GROUPS, TESTSSL_JSON

OLD_VERSIONS = {"acme": 5, "portal-ov": 3}
"""Servers that still take TLS 1.0 and 1.1, for old payment terminals and one reseller's client, by fleet."""
NO_TLS_1_3 = 9
"""Servers from an image made before TLS 1.3, renewed by machine ever since and never made again."""
ONLY_KEY_TRANSPORT = 4
"""Servers that take RSA key transport alone: the fraud monitor in front of them decrypts with a copy of the key."""
TRIPLE_DES = 3
"""Servers from whose list one suite was never taken out."""
WITH_HYBRID_GROUP = 6
"""Servers of the web site behind the new load balancer, which brought a hybrid group with it."""
OUTSIDE_PCI_SCOPE = 4
"""Servers that take TLS 1.0 as well, of which no scan ever asked: nothing in the exports tells of them."""

_CARDS = tuple(service for service in PCI_SCOPE if service != TESTSSL_JSON)
"""Where sslyze asks for every version and suite, and no shallower look comes after it."""
_NOBODY_ASKS = ("storefront", "catalog", "loyalty", "carriers")


def plant(pool: Pool, deployments: list[Deployment]) -> None:
    """Set servers up as nobody should; those with a short key, or a signature with SHA-1, are old as a whole."""
    for each in deployments:
        if each.authority == "meridian-legacy" or each.profile.digest == "sha1" or each.key == "RSA-1024":
            each.handshake = OLD
    for fleet, number in OLD_VERSIONS.items():
        for each in pool.take(fleet, number, of=_CARDS):
            each.handshake = WITH_OLD_VERSIONS
    for each in pool.take("acme", NO_TLS_1_3, of=_CARDS):
        each.handshake = WITHOUT_TLS_1_3
    for each in pool.take("acme", ONLY_KEY_TRANSPORT, of=_CARDS):
        each.handshake, each.key = KEY_TRANSPORT, "RSA-2048"
    for each in pool.take("acme", TRIPLE_DES, of=_CARDS):
        each.handshake, each.key = WITH_TRIPLE_DES, "RSA-2048"
    for each in pool.take("acme", WITH_HYBRID_GROUP, of=(TESTSSL_GROUPS,)):
        each.handshake = HYBRID
    for each in pool.take("acme", OUTSIDE_PCI_SCOPE, of=_NOBODY_ASKS):
        each.handshake = WITH_OLD_VERSIONS
