"""What the scanner tests stand on: the shared samples, the certificates really served, and an extraction of our own."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections import Counter
from pathlib import Path

import pytest

from certanalytics.model import Row, Sighting
from certanalytics.sources._reading.export import Export, exports
from certanalytics.sources._reading.source import Source

SCAN = Path(__file__).resolve().parents[3] / "shared" / "samples" / "scan"

needs_samples = [
    pytest.mark.shared,
    pytest.mark.skipif(not SCAN.is_dir(), reason="the shared samples are not beside the checkout"),
]

# The lab's files are named after the first label of the host, but for these (its PROVENANCE.md).
_NAMED = {
    "www.wild": ["wildcard"],
    "xn--mnchen-3ya": ["oddname"],
    "dual": ["dual_rsa", "dual_ec"],
    "alt": ["snialt"],
    "refused": [],
    "plain": [],
}


def pem_hashes(content: str) -> list[str]:
    r"""SHA-256 of every PEM certificate in a text, whatever its line breaks became."""
    blocks = re.findall(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", html.unescape(content), re.DOTALL)
    return [
        hashlib.sha256(base64.b64decode(re.sub(r"\\n|\s", "", block), validate=True)).hexdigest()
        for block in blocks
        if "..." not in block
    ]


def truth() -> dict[str, tuple[str, list[list[str]]]]:
    """Address and chains really served, by host name of the lab; each chain leaf first."""
    served = {}
    for line in (SCAN / "_lab_truth" / "hosts.txt").read_text().splitlines():
        address, host = line.split()
        label = host.removesuffix(".lab.example")
        if label != "localhost":
            files = _NAMED.get(label, [label])
            served[host] = (address, [pem_hashes((SCAN / "_lab_truth" / f"{name}.pem").read_text()) for name in files])
    return served


def chain(sighting: Sighting) -> list[str]:
    """SHA-256 of every certificate of a sighting that came with its DER."""
    return [hashlib.sha256(part).hexdigest() for part in sighting.chain if isinstance(part, bytes)]


def export(path: Path) -> Export:
    (one,) = exports(path)
    assert isinstance(one, Export)
    return one


def read(source: Source, path: Path) -> list[Row]:
    return list(source.read(export(path)))


def of(rows, kind):
    """The rows of one kind."""
    return [row for row in rows if isinstance(row, kind)]


def counts(rows: list[Row]) -> dict[str, int]:
    return dict(Counter(type(row).__name__ for row in rows))
