"""cipherscan: the protocols, suites and curves an endpoint offered.

Read is the JSON of ``cipherscan -j``, one object a target. It says of the certificate no more than the size of its key
and its signature algorithm, which tells no certificate from another: that is not read. Nor is what ``analyze.py``
makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import EndpointTls, Probe, Row
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import array, json_records, rows, section, text
from certanalytics.sources._reading.signature import json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import host_and_ip, port_number, utc
from certanalytics.sources.scanners._tls_names import protocol


@source(
    "cipherscan-json",
    produced_by="cipherscan -j TARGET:PORT, one object a target",
    brings=("place", "protocols"),
    signature=json_paths("target", "utctimestamp", "ciphersuite")
    | json_paths("target", "serverside", "ciphersuite")
    | json_paths("item.target", "item.utctimestamp", "item.ciphersuite"),
)
def cipherscan_json(export: Export) -> Iterator[Row]:
    """Read the scans of one or several targets."""
    yield from rows(json_records(export), _target)


def _target(locator: str, scan: Mapping[str, Any]) -> Iterator[Row]:
    target = text(scan["target"]) or ""
    name, colon, number = target.rpartition(":")
    bare = not colon or ("]" not in name and ":" in name)  # an IPv6 address without a port
    host, ip = host_and_ip(target if bare else name)
    if not (host or ip):
        raise ValueError("target is empty")
    place: dict[str, Any] = {
        "host": host,
        "ip": ip,
        "port": None if bare else port_number(number),
        "observed_at": utc(text(scan.get("utctimestamp"))),
    }
    suites = [section(suite) for suite in array(scan["ciphersuite"])]
    if not suites:
        yield Probe(locator=locator, outcome="no certificate", detail="no cipher suite was accepted", **place)
        return
    yield EndpointTls(
        locator=locator,
        protocols=tuple(map(protocol, _each(suites, "protocols"))),
        cipher_suites=tuple(dict.fromkeys(filter(None, (text(suite.get("cipher")) for suite in suites)))),
        groups=_each(suites, "curves"),
        **place,
    )


def _each(suites: list[Mapping[str, Any]], name: str) -> tuple[str, ...]:
    """What stands in a list of every suite, each once."""
    told = (text(value) for suite in suites for value in array(suite.get(name)))
    return tuple(dict.fromkeys(value for value in told if value and value not in {"None", "False"}))
