"""A precertificate and its certificate share `tbs_sha256`; the log's own TBSCertificate is the oracle."""

from __future__ import annotations

import base64
import hashlib
import json
import warnings
from datetime import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from certanalytics.x509 import decode
from certanalytics.x509.parts import cut, issuance_tbs


def log_entries(folder):
    """Leaf and extra data of every RFC 6962 entry kept in a folder."""
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text())
        for entry in document.get("entries", []) if isinstance(document, dict) else document:
            if "leaf_input" in entry:
                yield base64.b64decode(entry["leaf_input"]), base64.b64decode(entry["extra_data"])


def opaque24(data: bytes, at: int) -> bytes:
    return data[at + 3 : at + 3 + int.from_bytes(data[at : at + 3])]


@pytest.mark.shared
def test_log_entries_hold_what_is_hashed(shared):
    precertificates, bodies, certificates = [], [], []
    for leaf, extra in log_entries(shared / "samples" / "ct" / "rfc6962_get_entries"):
        if leaf[10:12] == b"\0\1":
            bodies.append(opaque24(leaf, 12 + 32))
            precertificates.append(opaque24(extra, 0))
        else:
            certificates.append(opaque24(leaf, 12))
    assert len(bodies) >= 20
    assert [issuance_tbs(cut(precertificate)) for precertificate in precertificates] == bodies
    table = decode(precertificates)
    assert table["tbs_sha256"].to_pylist() == [hashlib.sha256(body).hexdigest() for body in bodies]
    assert set(table["is_precert"].to_pylist()) == {True}
    assert set(decode(certificates)["is_precert"].to_pylist()) == {False}


@pytest.mark.shared
def test_cryptography_hashes_the_same_body(corpora):
    checked = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for der in [*corpora["badssl"], *corpora["ct_testdata"], *corpora["ccadb_all_ca_pems"][-500:]]:
            try:
                certificate = x509.load_der_x509_certificate(der)
                body = certificate.tbs_precertificate_bytes
            except (ValueError, x509.DuplicateExtension):
                continue  # malformed, or without SCTs
            checked += 1
            assert issuance_tbs(cut(der)) == body
    assert checked >= 20


@pytest.mark.shared
@pytest.mark.parametrize(
    ("pair", "shared_body"),
    [
        ("test-embedded{}-cert.pem", True),
        ("test-embedded-with-intermediate{}-cert.pem", True),
        ("test-embedded-with-preca{}-cert.pem", False),  # issued by a precertificate signing certificate
    ],
)
def test_pairs_of_the_ct_project(shared, pair, shared_body):
    folder = shared / "corpora" / "ct_testdata"
    final, pre = (
        x509.load_pem_x509_certificate((folder / pair.format(part)).read_bytes()).public_bytes(
            serialization.Encoding.DER
        )
        for part in ("", "-pre")
    )
    table = decode([final, pre])
    assert table["is_precert"].to_pylist() == [False, True]
    assert table["sct_count"].to_pylist() == [1, 0]
    assert (len(set(table["tbs_sha256"].to_pylist())) == 1) is shared_body


def test_vector_pair(vectors):
    final, pre = vectors["x509/cryptography.io.pem"], vectors["x509/cryptography.io.precert.pem"]
    table = decode([final, pre])
    assert table["is_precert"].to_pylist() == [False, True]
    scts = vectors["x509/cryptography-scts.pem"]
    certificate = x509.load_der_x509_certificate(scts)
    assert decode([scts])["tbs_sha256"].to_pylist() == [
        hashlib.sha256(certificate.tbs_precertificate_bytes).hexdigest()
    ]
    assert decode([scts])["sct_log_ids"].to_pylist() == [
        [
            sct.log_id.hex()
            for sct in certificate.extensions.get_extension_for_class(
                x509.PrecertificateSignedCertificateTimestamps
            ).value
        ]
    ]


def test_without_timestamps_the_body_is_hashed_as_it_stands(vectors):
    der = vectors["x509/v1_cert.pem"]
    body = x509.load_der_x509_certificate(der).tbs_certificate_bytes
    assert decode([der])["tbs_sha256"].to_pylist() == [hashlib.sha256(body).hexdigest()]


def test_a_body_whose_only_extension_was_the_poison_keeps_none():
    signer = ed25519.Ed25519PrivateKey.generate()
    start = datetime(2026, 3, 15)
    builder = x509.CertificateBuilder(x509.Name([]), x509.Name([]), signer.public_key(), 7, start, start)
    plain = builder.sign(signer, None)
    poisoned = builder.add_extension(x509.PrecertPoison(), critical=True).sign(signer, None)
    assert issuance_tbs(cut(poisoned.public_bytes(serialization.Encoding.DER))) == plain.tbs_certificate_bytes
