"""Keys that are too short, and keys in more than one certificate."""

from __future__ import annotations

from certanalytics.demo.faults.pool import Pool

WEAK_LEGACY_KEYS, WEAK_APPLIANCE_KEYS = 9, 3
"""Deployments with an RSA key of 1024 bits. All certificates of the legacy CA are signed with SHA-1."""

SHARED_KEYS = {"vendor-default": ("appliances", 8), "one-for-all": ("portal-ov", 5), "copied-image": ("acme", 3)}
"""Keys in several certificates on different hosts: fleet and number of deployments."""


def plant(pool: Pool) -> None:
    """Shorten some keys, and share others."""
    for each in pool.take("internal-legacy", WEAK_LEGACY_KEYS) + pool.take("appliances", WEAK_APPLIANCE_KEYS):
        each.key = "RSA-1024"
    for name, (fleet, number) in SHARED_KEYS.items():
        for each in pool.take(fleet, number):
            each.shared_key, each.key = name, "RSA-2048"
