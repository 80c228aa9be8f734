"""step-ca: the certificates in the answers of its API.

step-ca keeps what it issues in its database and exports none of it; what there is to hold are answers of the API
(``POST /sign``, ``/renew``; ``GET /roots``, ``/federation``, ``/intermediates``, ``/root/<sha256>``). Not read: its
configuration ``ca.json``, which names files and no certificate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from certanalytics.model import Row, Sighting
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.held import held, key_findings
from certanalytics.sources._reading.places import rows_at
from certanalytics.sources._reading.records import array, section, text
from certanalytics.sources._reading.signature import Head, Signature, json_pages
from certanalytics.sources._reading.source import source

_ISSUED = json_pages("crt", "certChain") | json_pages("crt", "ca", "tlsOptions")
_ROOTS = re.compile(r'\s*+\[?\s*+\{\s*"(?:crts|ca)"\s*:\s*\[?\s*"-----BEGIN CERTIFICATE-----')


def _matches(head: Head) -> bool:
    return _ISSUED.matches(head) or bool(_ROOTS.match(head.text))


@source(
    "step-ca-json",
    produced_by="step-ca API: POST /sign and /renew, GET /roots, /federation, /intermediates, /root/<sha256>",
    brings=("certificate", "chain"),
    tried_on="documentation",
    signature=Signature('JSON with crt and certChain, or that begins with the PEM in "crts" or "ca"', _matches),
)
def step_ca_json(export: Export) -> Iterator[Row]:
    """Read answers, one or several in a file: a chain that was issued, or CA certificates each by itself."""
    whole = "item" if "item" in Head(export.head).json_paths else ""
    yield from rows_at(export, {whole: lambda locator, value: _answer(locator, value, export.label)})


def _answer(locator: str, value: Any, path: str) -> Iterator[Row]:
    said = section(value)
    if "crt" in said:
        # `crt` and `ca` are the first two of the chain once more.
        written = [*array(said.get("certChain")), said["crt"], said.get("ca")]
        groups = [("certChain", "\n".join(filter(None, map(text, written))))]
    else:
        groups = [(f"crts[{at}]", text(each) or "") for at, each in enumerate(array(said.get("crts")))]
        groups += [("ca", text(said.get("ca")) or "")] if "ca" in said else []
    for where, pem in groups:
        found = held(f"{locator}.{where}", pem)
        yield from found.rejects
        yield from key_findings(locator, found.keys, "an answer of step-ca", path)
        if found.chain:
            chain = tuple(dict.fromkeys(found.chain))
            yield Sighting(locator=f"{locator}.{where}", kind="file", path=path, chain=chain)
