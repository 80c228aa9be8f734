"""HashiCorp Vault PKI and OpenBao: certificates read from a mount, issued by it, and the list of serial numbers.

Read are the JSON answers of ``GET /v1/pki/cert/<serial>``, ``/pki/issuer/<ref>``, ``/pki/issue/<role>`` and
``/pki/sign/<role>``, of ``LIST /v1/pki/certs`` and ``/pki/certs/revoked``, and what ``vault read`` and ``vault list
-format=json`` print. An answer names neither mount nor cluster. ``no_store`` roles leave nothing to list, and a list
is that of one cluster. Not read: issuer lists, roles and revocation lists.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from certanalytics.model import Record, Row, Sighting
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.held import attributes, held, key_findings
from certanalytics.sources._reading.places import made, rows_at
from certanalytics.sources._reading.records import array, number, section, text
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import from_epoch, serial_hex, utc

_SYSTEM = "vault-pki"
_TELLING = ("revocation_time", "issuing_ca", "issuer_id", "ca_chain", "serial_number", "private_key_type")
_ENVELOPE = ("request_id", "lease_id", "lease_duration", "renewable", "wrap_info", "auth", "warnings")
_SERIAL = r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){3,}"
_LONG_SERIAL = r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){11,}"
"""Of more bytes than the addresses of network interfaces, which are written alike; Vault's have twenty."""

_BARE_LIST = re.compile(rf'\s*\[\s*"{_LONG_SERIAL}"\s*[,\]]')
_KEYS = re.compile(rf'"keys"\s*:\s*\[\s*"{_SERIAL}"')

_KEPT = ("issuer_id", "issuer_name", "key_id", "usage", "expiration", "revocation_time_rfc3339")


def _matches(head: Head) -> bool:
    paths = head.json_paths
    for at in ("", "item."):
        enveloped = any(at + name in paths for name in _ENVELOPE)
        if f"{at}data.certificate" in paths and any(f"{at}data.{name}" in paths for name in _TELLING):
            return True
        if enveloped and f"{at}data.keys.item" in paths and _KEYS.search(head.text):
            return True
    return bool(_BARE_LIST.match(head.text))


@source(
    "vault-pki-json",
    produced_by="Vault and OpenBao PKI: GET /pki/cert/<serial>, LIST /pki/certs; vault read and list -format=json",
    brings=("certificate", "chain", "status"),
    tried_on="documentation",
    signature=Signature(
        "JSON with data.certificate and one of " + ", ".join(_TELLING) + ", or serial numbers under data.keys or alone",
        _matches,
    ),
)
def vault_pki_json(export: Export) -> Iterator[Row]:
    """Read answers, one or several in a file; a private key in one is a finding and is not kept.

    A list has serial numbers alone, which identify no certificate without their issuer: its records have none.
    """
    if _BARE_LIST.match(Head(export.head).text):
        yield from rows_at(export, {"item": _serial})
        return
    whole = "item" if "item" in Head(export.head).json_paths else ""
    yield from rows_at(export, {whole: lambda locator, value: _answer(locator, value, export.label)})


def _serial(locator: str, value: Any) -> Iterator[Row]:
    written = text(value) or ""
    serial_hex(written)  # a list of something else
    yield Record(locator=locator, system=_SYSTEM, record_id=written)


def _answer(locator: str, value: Any, path: str) -> Iterator[Row]:
    said = section(section(value).get("data"))
    for at, serial in enumerate(array(said.get("keys"))):
        yield from made(f"{locator}.data.keys[{at}]", serial, _serial)
    if "certificate" not in said:
        return
    leaf = held(f"{locator}.data.certificate", text(said["certificate"]))
    chain = said.get("ca_chain")  # one text of several PEM in the answer to `GET /pki/cert/ca_chain`
    chain = [*([chain] if isinstance(chain, str) else array(chain)), said.get("issuing_ca")]
    rest = held(f"{locator}.data.ca_chain", "\n".join(filter(None, map(text, chain))))
    yield from (*leaf.rejects, *rest.rejects)
    if text(said.get("private_key")):
        kind = f"{(text(said.get('private_key_type')) or '').upper()} PRIVATE KEY".strip()
        yield from key_findings(locator, (kind,), "a certificate issued by Vault", path)
    if not leaf.chain:
        if not leaf.rejects:
            raise ValueError("the certificate is empty")
        return
    revoked_at = _revoked_at(said.get("revocation_time"), text(said.get("revocation_time_rfc3339")))
    digest = hashlib.sha256(leaf.chain[0]).hexdigest()
    yield Record(
        locator=locator,
        system=_SYSTEM,
        record_id=text(said.get("serial_number")) or f"sha256:{digest}",
        certificate=leaf.chain[0],
        state="revoked" if revoked_at else None,
        revoked_at=revoked_at,
        attributes=attributes({key: said.get(key) for key in _KEPT}),
    )
    # A CA's own chain begins with itself, and most hold the issuing CA.
    above = tuple(each for each in dict.fromkeys(rest.chain) if each != leaf.chain[0])
    yield Sighting(locator=locator, kind="file", path=path, chain=(leaf.chain[0], *leaf.chain[1:], *above))


def _revoked_at(seconds: Any, written: str | None) -> datetime | None:
    """Zero seconds mean that it is not revoked."""
    if written:
        return utc(written)
    count = number(seconds)
    return from_epoch(count) if count else None
