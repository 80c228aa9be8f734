"""Thales CipherTrust Manager: the keys it holds, as its API lists them (``GET /v1/vault/keys2``).

These are keys, not certificates. Each is a record without a certificate: what it says of owner, state and algorithm
is true of the key alone. ``sha256Fingerprint`` and ``sha1Fingerprint`` stay in ``attributes``: over which encoding of
a key they are taken is not documented, so they are not called the hash of a SubjectPublicKeyInfo and join with
nothing. Key material, should it be in the file, is never kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import Record, Row
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import page_records, rows, section, text
from certanalytics.sources._reading.signature import json_pages, json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.wording import as_json, required

_KEPT = (
    "name",
    "version",
    "algorithm",
    "size",
    "curveid",
    "objectType",
    "usageMask",
    "sha256Fingerprint",
    "sha1Fingerprint",
    "muid",
    "createdAt",
    "activationDate",
    "deactivationDate",
    "labels",
    "meta",
)
_TELLING = ("objectType", "usageMask", "muid")


@source(
    "ciphertrust-keys",
    produced_by="Thales CipherTrust Manager API: GET /v1/vault/keys2",
    brings=("owner", "status"),
    tried_on="documentation",
    signature=json_pages(*(f"resources.item.{name}" for name in _TELLING))
    | json_paths(*(f"item.{name}" for name in _TELLING))
    | json_paths(*_TELLING, "sha256Fingerprint"),
)
def ciphertrust_keys(export: Export) -> Iterator[Row]:
    """Read a page of keys, an array of them, or one."""
    yield from rows(page_records(export, "resources"), _key)


def _key(locator: str, said: Mapping[str, Any]) -> Iterator[Row]:
    meta = said.get("meta")
    algorithm, size = text(said.get("algorithm")), text(said.get("size"))
    yield Record(
        locator=locator,
        system="ciphertrust",
        record_id=required(said, "id", "muid", "uri"),
        state=text(said.get("state")),
        owner_name=text(section(meta).get("ownerId")) if isinstance(meta, dict) else None,
        product=" ".join(part for part in (algorithm, size) if part and part != "0") or None,
        attributes=as_json({name: said.get(name) for name in _KEPT}),
    )
