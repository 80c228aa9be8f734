"""What the readers make of our own samples agrees with the certificates they were made from, whatever the format.

Every certificate of the lab is decoded here by `cryptography` alone. A source that brings no DER states serial
numbers, names, dates and keys; each of them is held against the certificate it is about.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import cryptography_oracle
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certanalytics import model
from certanalytics.errors import DataError
from certanalytics.identity import issuer_key
from certanalytics.sources import Export, exports, recognise

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
ENDPOINTS = json.loads((SAMPLES / "truth" / "truth.json").read_text())["endpoints"]

SAME = ("sha256", "sha1", "spki_sha256", "tbs_sha256", "serial_hex", "key_algorithm", "key_bits", "key_curve")
SAME_TOO = ("signature_hash", "is_ca", "subject_cn", "subject_o", "issuer_cn", "issuer_o", "subject_key_id")
WITHIN = ("san_dns", "san_ip", "san_email", "san_uri", "extended_key_usage")


def _ours() -> Iterator[Export]:
    for export in exports(SAMPLES):
        assert not isinstance(export, DataError)
        if "truth" not in export.path.parts and recognise(export):
            yield export


@cache
def _truth() -> dict[str, dict[str, object]]:
    """Columns of every certificate of the lab by SHA-256."""
    found = {}
    for path in (SAMPLES / "truth").glob("*.pem"):
        for certificate in x509.load_pem_x509_certificates(path.read_bytes()):
            columns = cryptography_oracle.expected(certificate)
            der = certificate.public_bytes(Encoding.DER)
            found[hashlib.sha256(der).hexdigest()] = columns | {"issuer_key": issuer_key(columns["issuer_dn"])}
    return found


def _meant(said: model.StatedCertificate) -> list[dict[str, object]]:
    """The certificates of the lab a statement may be about; a precertificate and its certificate share their number."""
    if said.sha256 or said.sha1:
        return [c for c in _truth().values() if said.sha256 == c["sha256"] or said.sha1 == c["sha1"]]
    of_this_number = [c for c in _truth().values() if c["serial_hex"] == said.serial_hex]
    return of_this_number if len({c["issuer_dn"] for c in of_this_number}) == 1 else []


def _statements(rows: list[model.Row]) -> Iterator[model.StatedCertificate]:
    for row in rows:
        held = (*getattr(row, "chain", ()), getattr(row, "certificate", None))
        yield from (part for part in held if isinstance(part, model.StatedCertificate))


def _untrue(said: model.StatedCertificate, truth: dict[str, object]) -> Iterator[tuple[str, object, object]]:
    """Attributes that do not agree, with what is said and what is true."""
    for name in (*SAME, *SAME_TOO):
        stated = getattr(said, name)
        if stated is not None and stated != truth[name]:
            yield name, stated, truth[name]
    for name in WITHIN:
        if not {each.lower() for each in getattr(said, name)} <= {each.lower() for each in truth[name]}:
            yield name, getattr(said, name), truth[name]
    for name in ("not_before", "not_after"):
        stated = getattr(said, name)
        if stated is not None and abs(stated - truth[name]) >= timedelta(days=1):
            yield name, stated, truth[name]
    if said.issuer_dn is not None and issuer_key(said.issuer_dn) != truth["issuer_key"]:
        yield "issuer_dn", said.issuer_dn, truth["issuer_dn"]


every_sample = pytest.mark.parametrize("export", list(_ours()), ids=lambda export: export.path.name)


@every_sample
def test_what_is_said_of_a_certificate_is_true_of_it(export):
    source = recognise(export)
    assert source is not None
    wrong, unknown = [], []
    for said in _statements(list(source.read(export))):
        untrue = [list(_untrue(said, certificate)) for certificate in _meant(said)]
        if untrue:
            wrong += min(untrue, key=len)
        elif said.sha256 or said.sha1 or said.serial_hex:
            unknown.append(said)
    assert wrong == []
    assert unknown == [], "no certificate of the lab has this fingerprint or serial number"


@every_sample
def test_a_certificate_is_seen_where_it_was_served(export):
    """By name, address and port; a scanner that knows only one of name and address is held to that one."""
    source = recognise(export)
    assert source is not None
    served = {}
    for row in ENDPOINTS:
        for digest in row["sha256"][:1]:
            served.setdefault(digest, []).append((row["host"], row["ip"], row["port"]))
    for row in source.read(export):
        if not isinstance(row, model.Sighting) or row.kind not in {"scan", "passive"} or not (row.host or row.ip):
            continue
        leaf = row.chain[0]
        meant = [hashlib.sha256(leaf).hexdigest()] if isinstance(leaf, bytes) else [c["sha256"] for c in _meant(leaf)]
        if not meant:
            continue
        name = row.sni or row.host
        fitting = [
            place
            for digest in meant
            for place in served.get(digest, [])
            if name in {None, place[0]} and row.ip in {None, place[1]} and row.port in {None, place[2]}
        ]
        assert fitting, f"{row.locator}: {name} {row.ip} {row.port} did not serve it"
