"""Certificate Transparency: get-entries pages of two logs (RFC 6962 section 4.6), and a crt.sh search.

One log returns the precertificates, the other the final certificates, as a monitor kept them: only
entries for names that are the company's or look like them. Pages are cut by shard. crt.sh lists
both for one domain, without DER.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from cryptography import x509

from certanalytics.demo.authorities import Authority
from certanalytics.demo.certificates import Certificate
from certanalytics.demo.clock import AS_OF, epoch
from certanalytics.demo.company import UNITS
from certanalytics.demo.exports._files import write_json
from certanalytics.demo.world import World

_FETCHED = AS_OF - timedelta(hours=5)
_PAGE = 256
_ACRONYMS = {"countryName": "C", "organizationName": "O", "commonName": "CN"}

Logged = tuple[Certificate, Authority, bytes, bytes]
"""A public certificate, its CA, its precertificate and the TBSCertificate the log signs."""


def write_logs(folder: Path, world: World) -> None:
    """Write the pages of both logs, one file a page."""
    precertificates, finals = world.logs
    for log, entry in ((precertificates, _precert_entry), (finals, _x509_entry)):
        shards: dict[str, list[dict[str, str]]] = defaultdict(list)
        for logged in _logged(world):
            shards[log.shard(logged[0].request.not_after)].append(entry(*logged))
        for shard, entries in sorted(shards.items()):
            for start in range(0, len(entries), _PAGE):
                page = entries[start : start + _PAGE]
                name = f"{start}-{start + len(page) - 1}.json.zst"
                write_json(folder / f"{log.operator}{shard}" / name, {"entries": page}, _FETCHED)


def write_search(folder: Path, world: World, rng: Random) -> None:
    """Write what crt.sh answers for the payments domain, newest first."""
    domain = UNITS["Payments"]
    rows: list[dict[str, Any]] = []
    number = 15_000_000_000
    ca_ids = {label: 200_000 + place for place, label in enumerate(world.authorities)}
    for certificate, authority, *_ in _logged(world):
        if not any(name.endswith(domain) for name in certificate.request.names):
            continue
        for _ in ("precertificate", "certificate"):
            number += rng.randrange(1, 100_000)
            rows.append(_row(rng, number, certificate, authority, ca_ids))
    write_json(folder / f"crtsh-{domain}.json", rows[::-1], _FETCHED)


def _logged(world: World) -> list[Logged]:
    """Everything that was logged, in the order of issuance."""
    logged: list[Logged] = [
        (each.certificate, each.certificate.authority, each.certificate.precertificate, each.certificate.logged_tbs)
        for each in world.issued
        if each.certificate.authority and each.certificate.precertificate and each.certificate.logged_tbs
    ]
    return sorted(logged, key=lambda entry: (entry[0].request.not_before, entry[0].sha256))


def _precert_entry(certificate: Certificate, authority: Authority, precertificate: bytes, tbs: bytes) -> dict[str, str]:
    issuer_key_hash = hashlib.sha256(authority.signer.key.spki).digest()
    leaf = _timestamped_entry(certificate, 1, issuer_key_hash + _vector24(tbs))
    return _entry(leaf, _vector24(precertificate) + _chain(authority))


def _x509_entry(certificate: Certificate, authority: Authority, *_: bytes) -> dict[str, str]:
    return _entry(_timestamped_entry(certificate, 0, _vector24(certificate.der)), _chain(authority))


def _timestamped_entry(certificate: Certificate, entry_type: int, signed_entry: bytes) -> bytes:
    """MerkleTreeLeaf, version 1 (RFC 6962 section 3.4)."""
    milliseconds = epoch(certificate.request.not_before) * 1000 + certificate.serial % 1000
    return b"\0\0" + milliseconds.to_bytes(8, "big") + entry_type.to_bytes(2, "big") + signed_entry + b"\0\0"


def _entry(leaf_input: bytes, extra_data: bytes) -> dict[str, str]:
    return {
        "leaf_input": base64.b64encode(leaf_input).decode(),
        "extra_data": base64.b64encode(extra_data).decode(),
    }


def _chain(authority: Authority) -> bytes:
    return _vector24(b"".join(map(_vector24, authority.chain)))


def _vector24(data: bytes) -> bytes:
    return len(data).to_bytes(3, "big") + data


def _row(
    rng: Random, number: int, certificate: Certificate, authority: Authority, ca_ids: dict[str, int]
) -> dict[str, Any]:
    request = certificate.request
    logged = request.not_before + timedelta(minutes=rng.randrange(1, 600), milliseconds=rng.randrange(1, 1000))
    return {
        "issuer_ca_id": ca_ids[authority.label],
        "issuer_name": _crtsh_name(authority.name),
        "common_name": certificate.common_name,
        "name_value": "\n".join(request.names),
        "id": number,
        "entry_timestamp": logged.isoformat(timespec="milliseconds"),
        "not_before": request.not_before.isoformat(),
        "not_after": request.not_after.isoformat(),
        "serial_number": f"{certificate.serial:032x}",
        "result_count": len(request.names) + 1,
    }


def _crtsh_name(name: x509.Name) -> str:
    return ", ".join(f"{_ACRONYMS[attribute.oid._name]}={attribute.value!s}" for attribute in name)  # noqa: SLF001
