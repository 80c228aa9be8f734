"""Samples that follow from the lab's certificates alone: the same certificates give the same bytes."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.lab.provenance import Sample
from tests.lab.truth import Truth

_MAKERS = (
    "adcs",
    "ca_listings",
    "censys",
    "certificate_files",
    "cipherscan",
    "clouds",
    "clusters",
    "ct",
    "ct_answers",
    "ct_services",
    "digicert",
    "dns",
    "f5",
    "inventories",
    "key_stores",
    "managers",
    "nessus",
    "openvas",
    "osquery",
    "ownership",
    "projectdiscovery",
    "prometheus",
    "qualys",
    "registers",
    "revocation",
    "shodan",
    "ssl_visibility",
    "ssllabs",
    "sslscan",
    "sslyze_old",
    "static_ct",
    "suricata",
    "testssl_log",
    "venafi",
    "web_servers",
    "zeek",
    "zgrab2",
)
"""Modules beside this one whose ``files(truth)`` yields samples and their content."""


def write(truth: Truth, samples: Path) -> list[Sample]:
    """Write every derived sample below ``samples`` and say how each was made."""
    made = [each for maker in _MAKERS for each in import_module(f"tests.lab.{maker}").files(truth)]
    for sample, content in made:
        target = samples / sample.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return [sample for sample, _ in made]
