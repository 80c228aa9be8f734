"""Caddy (CertMagic): what its storage says of the certificates it manages.

Read: ``certificates/<CA>/<name>/<name>.json``, which stands beside the ``.crt`` (a certificate file as any other) and
the ``.key``: the names, and for ACME the CA's directory, the account and the certificate's URL. The record means the
``.crt`` of the same name beside it. Not read: the Caddyfile and Caddy's JSON configuration, which name no certificate
for what Caddy manages itself, and ``acme/`` and ``ocsp/`` of the storage.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import Record, Row, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import array, json_records, rows, section, text
from certanalytics.sources._reading.signature import json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import ip_address, is_dns_name
from certanalytics.sources.files._paths import place


@source(
    "caddy-storage",
    produced_by="Caddy and CertMagic: certificates/<CA>/<name>/<name>.json of the storage folder",
    brings=("place", "status"),
    tried_on="documentation",
    path_matters=True,
    signature=json_paths("sans", "sans.item", "issuer_data"),
)
def caddy_storage(export: Export) -> Iterator[Row]:
    """Read the record of one managed certificate."""
    yield from rows(json_records(export), lambda locator, record: _record(locator, record, export))


def _record(locator: str, record: Mapping[str, Any], export: Export) -> Iterator[Row]:
    names = [written for each in array(record.get("sans")) if (written := text(each))]
    issuer = section(record.get("issuer_data"))
    account = issuer.get("account")
    beside = place(export)
    told = {
        "sans": names,
        "ca": text(issuer.get("ca")),
        "url": text(issuer.get("url")),
        "account": account if isinstance(account, str) else None,
    }
    yield Record(
        locator=locator or "record",
        system="caddy",
        record_id=text(issuer.get("url")) or ",".join(names),
        certificate=StatedCertificate(
            alias=f"path:{beside.removesuffix('.json')}.crt",
            san_dns=tuple(name.lower() for name in names if is_dns_name(name)),
            san_ip=tuple(address for name in names if (address := ip_address(name))),
        ),
        location=export.label,
        attributes=json.dumps({key: value for key, value in told.items() if value}, ensure_ascii=False),
    )
