"""Keys that are too short or badly made, keys in more than one certificate, and keys nobody ever replaces."""

from __future__ import annotations

from datetime import datetime

from certanalytics.demo.faults.pool import Pool
from certanalytics.demo.keys import KeyHandling

WEAK_LEGACY_KEYS, WEAK_APPLIANCE_KEYS = 9, 3
"""Deployments with an RSA key of 1024 bits. All certificates of the legacy CA are signed with SHA-1."""

SHARED_KEYS: dict[str, dict[str, int]] = {
    "vendor-default": {"appliances": 8},
    "one-for-all": {"portal-ov": 5},
    "copied-image": {"acme": 3},
    "both-sides": {"halden": 1, "internal-one-year": 1},
}
"""Keys in several certificates on different hosts: fleets and number of deployments. The last was copied from a
public server to the internal one behind it, so that it stands in a public and in a private certificate."""

COMMON_PRIME = {"internal-one-year": 2, "internal-two-years": 1}
"""Servers set up from one image that made their keys at the first start, before there was anything random: three keys
with one prime in common, on services of different owners."""
CLOSE_PRIMES = {"internal-two-years": 1}
"""A management console whose vendor took the next prime after the first one for the second."""
SMALL_FACTOR = {"internal-one-year": 1}
"""A key file with a flipped bit: the modulus is no product of two primes any more, and one factor is small."""
SMALL_EXPONENT = {"internal-two-years": 2}
"""Keys of an old toolkit with the public exponent 3: allowed by the CA/B Forum, not by FIPS 186-5."""
ODD_SIZE = {"halden": 1}
"""A key of 2,049 bits, which somebody mistyped and a public CA should have refused."""

KEPT = {"corvine": 3}
"""Deployments whose people send the same signing request at every renewal."""
KEPT_FOR_YEARS = {"halden": 1}
"""The same on one server since before anybody now there: its key is older than the three years of NIST SP 800-57."""
_FIRST_KEPT = datetime.fromisoformat("2023-06-12T00:00:00")


def plant(pool: Pool) -> None:
    """Shorten some keys, spoil some, share some and keep some."""
    for each in pool.take("internal-legacy", WEAK_LEGACY_KEYS) + pool.take("appliances", WEAK_APPLIANCE_KEYS):
        each.key = "RSA-1024"
    for name, fleets in SHARED_KEYS.items():
        for each in pool.take_all(fleets):
            each.handling, each.key = KeyHandling(shared=name), "RSA-2048"
    for flaw, fleets in (
        (KeyHandling(flaw="common prime"), COMMON_PRIME),
        (KeyHandling(flaw="close primes"), CLOSE_PRIMES),
        (KeyHandling(flaw="small factor"), SMALL_FACTOR),
        (KeyHandling(flaw="small exponent"), SMALL_EXPONENT),
    ):
        for each in pool.take_all(fleets):
            each.handling, each.key = flaw, "RSA-2048"
    for each in pool.take_all(ODD_SIZE):
        each.key = "RSA-2049"
    for each in pool.take_all(KEPT):
        each.handling = KeyHandling(kept=True)
    for each in pool.take_all(KEPT_FOR_YEARS):
        each.handling, each.since = KeyHandling(kept=True), _FIRST_KEPT
