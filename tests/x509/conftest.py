"""Certificates to decode: corpora beside the checkout, and the vectors that `cryptography` publishes."""

from __future__ import annotations

import base64
import binascii
import re
import sys
from itertools import islice
from pathlib import Path

import cryptography_vectors
import pyarrow as pa
import pytest

from certanalytics.x509 import decode

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from certificates import certificates

CORPORA = ("ccadb_all_ca_pems", "ct_accepted_roots_pem_dir", "ct_testdata", "badssl")
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----")


def _ders(path: Path) -> list[bytes]:
    """Every certificate of a file by the plainest means, so that containers are not tested by themselves."""
    data = path.read_bytes()
    if path.suffix == ".der":
        return [data]
    ders = []
    for body in _PEM.findall(data):
        try:
            ders.append(base64.b64decode(b"".join(body.split()), validate=True))
        except binascii.Error:
            continue
    return ders


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = Path(__file__).parents[3] / "shared"
    if not folder.is_dir():
        pytest.skip(f"the shared samples are not beside the checkout ({folder.name}/)")
    return folder


@pytest.fixture(scope="session")
def corpora(shared: Path) -> dict[str, list[bytes]]:
    """Distinct certificates by the name of their corpus."""
    return {
        name: list(
            dict.fromkeys(
                der for path in sorted((shared / "corpora" / name).rglob("*")) if path.is_file() for der in _ders(path)
            )
        )
        for name in CORPORA
    }


@pytest.fixture(scope="session")
def decoded(corpora: dict[str, list[bytes]]) -> dict[str, pa.Table]:
    """The corpora's certificates as columns, decoded once."""
    return {name: decode(ders) for name, ders in corpora.items()}


@pytest.fixture(scope="session")
def vectors() -> dict[str, bytes]:
    """Certificates of the vectors by their path, the malformed ones among them."""
    root = Path(cryptography_vectors.__file__).parent
    folders = [
        root / "x509",
        root / "x509" / "custom",
        root / "x509" / "ed25519",
        root / "x509" / "PKITS_data" / "certs",
    ]
    paths = [path for folder in folders for path in sorted(folder.iterdir()) if path.suffix in {".pem", ".der", ".crt"}]
    named = {str(path.relative_to(root)): ders[0] for path in paths if (ders := _ders(path) or _crt(path))}
    return {name: der for name, der in named.items() if "crl" not in name}


def _crt(path: Path) -> list[bytes]:
    return [path.read_bytes()] if path.suffix == ".crt" else []


@pytest.fixture(scope="session")
def generated() -> list[bytes]:
    """Clean certificates as the benchmarks make them."""
    return list(islice(certificates(), 1_000))
