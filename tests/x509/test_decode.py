"""Every column against `cryptography` and OpenSSL, over every certificate at hand."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import warnings
from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography_oracle import accepted, expected

from certanalytics.x509 import SCHEMA, decode, refusals
from certanalytics.x509.reference import validity_days

COLUMNS = [
    "sha256",
    "sha1",
    "spki_sha256",
    "tbs_sha256",
    "version",
    "serial_hex",
    "subject_dn",
    "subject_cn",
    "subject_o",
    "subject_ou",
    "subject_c",
    "issuer_dn",
    "issuer_cn",
    "issuer_o",
    "issuer_c",
    "not_before",
    "not_after",
    "validity_days",
    "key_algorithm",
    "key_bits",
    "key_curve",
    "rsa_exponent",
    "signature_algorithm",
    "signature_hash",
    "san_dns",
    "san_ip",
    "san_email",
    "san_uri",
    "is_ca",
    "path_length",
    "key_usage",
    "extended_key_usage",
    "subject_key_id",
    "authority_key_id",
    "ocsp_urls",
    "ca_issuer_urls",
    "crl_urls",
    "policy_oids",
    "validation_level",
    "sct_log_ids",
    "sct_count",
    "is_precert",
    "must_staple",
    "is_self_issued",
    "unknown_critical_extensions",
    "evidence",
    "warnings",
    "decode_path",
]

ACCOUNT = {
    "ccadb_all_ca_pems": (10_217, 10_177, 40, 0),
    "ct_accepted_roots_pem_dir": (1_086, 1_078, 8, 0),
    "ct_testdata": (86, 70, 11, 5),
    "badssl": (42, 42, 0, 0),
}
"""Certificates, read strictly, read leniently in part, not certificates."""


def differences(ders: list[bytes], table: pa.Table) -> tuple[int, list[tuple[str, str, object, object]]]:
    """How many certificates `cryptography` accepts, and where a column differs from what it says."""
    rows = table.to_pylist()
    found, count = [], 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for der, row in zip(ders, rows, strict=True):
            certificate = accepted(der)
            if certificate is None:
                continue
            count += 1
            for column, value in expected(certificate).items():
                if column == "serial_hex" and value is None:  # negative; see test_lenient
                    continue
                if column == "key_algorithm" and row["key_algorithm"] == "RSASSA-PSS":
                    continue  # `cryptography` makes a plain RSA key of it; see test_pss_keys
                if row[column] != value:
                    found.append((row["sha256"], column, row[column], value))
    return count, found


def test_columns_are_the_contract():
    assert SCHEMA.names == COLUMNS
    table = decode([])
    assert table.schema == SCHEMA
    assert table.num_rows == 0


@pytest.mark.shared
@pytest.mark.parametrize("corpus", ACCOUNT)
def test_corpus_agrees_with_cryptography(corpora, decoded, corpus):
    count, found = differences(corpora[corpus], decoded[corpus])
    assert count > 0.75 * len(corpora[corpus])
    assert found == []


def test_vectors_agree_with_cryptography(vectors):
    count, found = differences(list(vectors.values()), decode(list(vectors.values())))
    assert count > 450
    assert found == []


@pytest.mark.shared
@pytest.mark.parametrize("corpus", ACCOUNT)
def test_corpus_account(decoded, corpus):
    table = decoded[corpus]
    lenient = [any("read leniently" in warning for warning in row) for row in table["warnings"].to_pylist()]
    refused = sum(reason is not None for reason in refusals(table))
    strict = table.num_rows - sum(lenient) - refused
    print(f"{corpus}: {table.num_rows} = {strict} strict + {sum(lenient)} lenient + {refused} not a certificate")  # noqa: T201
    assert (table.num_rows, strict, sum(lenient), refused) == ACCOUNT[corpus]
    table.validate(full=True)


def test_arrow_and_bytes_give_the_same_table(vectors):
    ders = list(vectors.values())[:20]
    table = decode(ders)
    assert decode(pa.array(ders, pa.binary())) == table
    assert decode(pa.array(ders, pa.large_binary())) == table
    assert decode(pa.chunked_array([pa.array(ders[:7]), pa.array(ders[7:])])) == table


def test_nothing_is_left_out_and_order_is_kept(vectors):
    good = vectors["x509/cryptography.io.pem"]
    table = decode(pa.array([b"", good, None, b"\x30\x03\x02\x01\x05", good], pa.binary()))
    assert table["sha256"].to_pylist() == [
        hashlib.sha256(b"").hexdigest(),
        hashlib.sha256(good).hexdigest(),
        None,
        hashlib.sha256(b"\x30\x03\x02\x01\x05").hexdigest(),
        hashlib.sha256(good).hexdigest(),
    ]
    assert refusals(table) == [
        "not a certificate: no bytes",
        None,
        "not a certificate: no bytes",
        "not a certificate: no TBSCertificate: tag 0x02 where 0x30 should be",
        None,
    ]
    bad = table.to_pylist()[3]
    assert {column for column, value in bad.items() if value is not None} == {"sha256", "sha1", "warnings"}


def test_pem_given_as_der_is_named():
    assert refusals(decode([b"-----BEGIN CERTIFICATE-----\nMII"])) == ["not a certificate: PEM text, not DER"]


@pytest.mark.parametrize(
    ("seconds", "days"),
    [
        (0, 1),
        (86_399, 1),
        (86_400, 2),
        (47 * 86_400 - 1, 47),
        (47 * 86_400, 48),
        (90 * 86_400 - 1, 90),
        (100 * 86_400 - 1, 100),
        (200 * 86_400 - 1, 200),
        (398 * 86_400 - 2, 398),
        (398 * 86_400 - 1, 398),
        (398 * 86_400, 399),
        (825 * 86_400, 826),
        (-1, 0),
        (-86_400, 0),
        (-86_401, -1),
    ],
)
def test_validity_follows_the_baseline_requirements(seconds, days):
    start = datetime(2024, 2, 28)
    assert validity_days(start, start + timedelta(seconds=seconds)) == days


def test_validity_of_a_certificate():
    key = ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([])
    start = datetime(2026, 3, 15)
    ders = [
        x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=200, seconds=over))
        .sign(key, None)
        .public_bytes(serialization.Encoding.DER)
        for over in (-1, 0)
    ]
    table = decode(ders)
    assert table["validity_days"].to_pylist() == [200, 201]
    assert table["subject_dn"].to_pylist() == ["", ""]
    assert table["key_algorithm"].to_pylist() == ["Ed25519"] * 2
    assert table["key_bits"].to_pylist() == [256] * 2
    assert table["signature_algorithm"].to_pylist() == ["ed25519"] * 2
    assert table["signature_hash"].to_pylist() == [None] * 2
    assert table["warnings"].to_pylist() == [[], []]


def test_pss_keys(vectors):
    rows = decode([vectors["x509/custom/rsa_pss_cert.pem"], vectors["x509/ee-pss-sha1-cert.pem"]]).to_pylist()
    assert [row["signature_algorithm"] for row in rows] == ["RSASSA-PSS"] * 2
    assert [row["signature_hash"] for row in rows] == ["sha256", "sha1"]
    assert {row["key_algorithm"] for row in rows} <= {"RSA", "RSASSA-PSS"}
    assert all(row["key_bits"] >= 1024 for row in rows)


@pytest.mark.parametrize(
    "name",
    [
        "x509/cryptography.io.pem",
        "x509/letsencryptx3.pem",
        "x509/ecdsa_root.pem",
        "x509/verisign_md2_root.pem",
        "x509/wildcard_san.pem",
    ],
)
def test_openssl_agrees(vectors, name):
    if not shutil.which("openssl"):
        pytest.skip("the openssl command is not installed")
    row = decode([vectors[name]]).to_pylist()[0]
    said = _openssl(
        vectors[name],
        *[
            "x509",
            "-inform",
            "DER",
            "-noout",
            "-fingerprint",
            "-sha256",
            "-serial",
            "-subject",
            "-issuer",
            "-dates",
            "-ocsp_uri",
        ],
        "-nameopt",
        "RFC2253,-esc_msb,utf8",
        "-dateopt",
        "iso_8601",
    )
    fields = dict(line.split("=", 1) for line in said.splitlines() if "=" in line and not line.startswith("http"))
    assert fields["sha256 Fingerprint"].replace(":", "").lower() == row["sha256"]
    assert fields["serial"].lower() == row["serial_hex"]
    assert fields["subject"] == row["subject_dn"]
    assert fields["issuer"] == row["issuer_dn"]
    assert fields["notBefore"] == f"{row['not_before']}Z"
    assert fields["notAfter"] == f"{row['not_after']}Z"
    assert [line for line in said.splitlines() if line.startswith("http")] == row["ocsp_urls"]
    text = _openssl(vectors[name], *["x509", "-inform", "DER", "-noout", "-text"])
    assert int(re.search(r"Public-Key: \((\d+) bit\)", text)[1]) == row["key_bits"]
    assert re.search(r"Signature Algorithm: (\S+)", text)[1] == row["signature_algorithm"]
    names = re.search(r"Subject Alternative Name:.*\n\s+(.*)", text)
    assert row["san_dns"] == [part.removeprefix("DNS:") for part in (names[1].split(", ") if names else [])]


def _openssl(data: bytes, *arguments: str) -> str:
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout.decode()


def test_opening_the_room_is_cheap():
    """Sources read containers without paying for pyarrow and `cryptography`."""
    code = "import sys, certanalytics.x509; print(sorted({'pyarrow', 'cryptography'} & sys.modules.keys()))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert said.stdout == "[]\n"
