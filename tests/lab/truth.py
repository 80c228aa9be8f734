"""What the lab really served, kept beside the samples: PEM chains and one table of places."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tests.lab.authority import Credential, pem
from tests.lab.cases import Endpoint, Lab


def write(lab: Lab, folder: Path) -> None:
    """Write ``<name>.pem`` for every chain served, as served, and ``truth.json``.

    ``truth.json`` holds the day of the run, the certificates that were issued but not served, and
    one object for every endpoint and chain: case, what, host, ip, port, starttls, sni, pem, sha256
    (of the chain, as served), outcome. ``sni`` is null in the row of what a client gets that sends none,
    which is there only if it differs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, der in lab.unserved.items():
        (folder / f"{name}.pem").write_bytes(pem(der))
    rows = []
    for endpoint in lab.endpoints:
        for name, credential in {**endpoint.credentials, **endpoint.without_sni}.items():
            (folder / f"{name}.pem").write_bytes(credential.chain_pem)
        rows += [_row(endpoint, endpoint.host, name, credential) for name, credential in endpoint.credentials.items()]
        rows += [_row(endpoint, None, name, credential) for name, credential in endpoint.without_sni.items()]
        if not endpoint.credentials:
            rows.append(_row(endpoint, endpoint.host, None, None))
    table = {"day": lab.day.date().isoformat(), "unserved": sorted(lab.unserved), "endpoints": rows}
    (folder / "truth.json").write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n")


def _row(endpoint: Endpoint, sni: str | None, name: str | None, credential: Credential | None) -> dict[str, object]:
    return {
        "case": endpoint.case,
        "what": endpoint.what,
        "host": endpoint.host,
        "ip": endpoint.ip,
        "port": endpoint.port,
        "starttls": endpoint.starttls,
        "sni": sni,
        "pem": name and f"{name}.pem",
        "sha256": [hashlib.sha256(der).hexdigest() for der in credential.chain] if credential else [],
        "outcome": endpoint.outcome,
    }


@dataclass(frozen=True)
class Truth:
    """A truth folder, read back."""

    day: datetime
    endpoints: tuple[dict[str, Any], ...]
    folder: Path

    @classmethod
    def read(cls, folder: Path) -> Truth:
        table = json.loads((folder / "truth.json").read_text())
        return cls(datetime.fromisoformat(table["day"]), tuple(table["endpoints"]), folder)

    def chain(self, name: str) -> tuple[bytes, ...]:
        """DER of the certificates of ``<name>.pem``, in order."""
        blocks = x509.load_pem_x509_certificates((self.folder / f"{name}.pem").read_bytes())
        return tuple(block.public_bytes(serialization.Encoding.DER) for block in blocks)
