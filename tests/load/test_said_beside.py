"""What a user says beside a file: a password opens a store that was locked, a zone's name a zone that has none."""

from __future__ import annotations

from datetime import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12

from certanalytics.estate import Estate


@pytest.fixture
def store(tmp_path):
    key = ec.derive_private_key(1816, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "www.shop.example")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1))
        .not_valid_after(datetime(2027, 1, 1))
        .sign(key, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption("öffne dich".encode())
    path = tmp_path / "shop.p12"
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"shop", key, certificate, None, locked))
    return path


def checks(estate):
    return {check for (check,) in estate.rows("SELECT check_id FROM finding")[1]}


def test_a_locked_store_is_listed_and_opened_later_with_its_password(store, tmp_path):
    with Estate(str(tmp_path / "estate.duckdb")) as estate:
        assert estate.load(store).files[0].certificates == 0
        assert "key-store-locked" in checks(estate)
        assert estate.load(store).files[0].status == "already loaded"
        assert estate.load(store, passwords=["wrong"]).total("certificates") == 0
        opened = estate.load(store, passwords=["wrong", "öffne dich"]).files[0]
        assert (opened.status, opened.certificates) == ("loaded", 1)
        again = estate.load(store, passwords=["öffne dich"]).files[0]
        assert (again.accepted, again.duplicate) == (0, again.read)
        assert estate.rows("SELECT subject_cn FROM certificate")[1] == [("www.shop.example",)]
    content = (tmp_path / "estate.duckdb").read_bytes()
    assert "öffne dich".encode() not in content


def test_the_right_password_at_once_leaves_nothing_locked(store, tmp_path):
    with Estate(str(tmp_path / "estate.duckdb")) as estate:
        assert estate.load(store, passwords=["öffne dich"]).total("certificates") == 1
        assert "key-store-locked" not in checks(estate)


def test_a_store_made_to_keep_the_machine_busy_stays_locked(store, tmp_path, monkeypatch):
    monkeypatch.setattr("certanalytics.x509.pkcs12._MOST_ROUNDS", 1_000)  # the library writes 20,000
    with Estate(str(tmp_path / "estate.duckdb")) as estate:
        assert estate.load(store, passwords=["öffne dich"]).total("certificates") == 0
        assert "made to take hours to open" in estate.rows("SELECT text FROM finding ORDER BY check_id")[1][0][0]


def test_a_zone_nobody_knew_is_read_again_once_it_is_named(tmp_path):
    (tmp_path / "db.shop").write_text("$TTL 60\n@ IN SOA ns1 root 1 2 3 4 5\nwww A 127.0.0.1\n")
    with Estate(str(tmp_path / "estate.duckdb")) as estate:
        assert estate.load(tmp_path / "db.shop").total("rejected") == 2
        assert estate.load(tmp_path / "db.shop").files[0].status == "already loaded"
        named = estate.load(tmp_path / "db.shop", origin="shop.example").files[0]
        assert (named.status, named.accepted, named.rejected) == ("loaded", 2, 0)
        assert ("www.shop.example", "A") in estate.rows("SELECT name, record_type FROM dns_record")[1]
