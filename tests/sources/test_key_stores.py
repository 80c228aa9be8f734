from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509

from certanalytics import model
from certanalytics.sources import exports, recognise
from certanalytics.x509.keystores import modified_utf8
from certanalytics.x509.pkcs12 import pkcs12_entries

VECTORS = Path(cryptography_vectors.__file__).parent / "pkcs12"

EMPTY_PASSWORD = base64.b64decode(
    "MIICVAIBAzCCAhoGCSqGSIb3DQEHAaCCAgsEggIHMIICAzCCAf8GCSqGSIb3DQEHBqCCAfAwggHsAgEAMIIB5QYJKoZIhvcNAQcBMBwGCiqGSI"
    "b3DQEMAQMwDgQI5w1M7mH5EcgCAggAgIIBuD3ZDlFibwisyffk5RRwZCo4h5upB1R2sJeEb94+GKp1eo+5W0x4EGvbEBGsMvmoSEZ7Fxb275I0"
    "Ynnn2ZsV9+swSrhUac8OU5YXdrqUCqtseBeN7FlRcM9dVw707ZRy6r/0ZKwCix3I8e9bj1/sRrAgxC5e1QXLqzY5uOh1EDUr9qjSg6FWXmHQ+R"
    "6WUX8v6Os4RH4YCV14q4sF1hyYf5nD+ozs83XRguVMc7oQtbgAvwkRiHU+3jQJ/zOCVjirXs5uk91BFiWAL4+9AIDrW222CHhIeVTUhHk3Sm5X"
    "iala2C6aerRhjBmJpEkIEQ9NaS0gWMMidpiNdaDlNuVzRMbvXEfyLLtuwEIiCPTJLYfRUoeII/PNF96Yadu4YFxdXcCPqx5ZZn7SPxEhvG/fVM"
    "eHjv5snxz+1cWoZcgM8ynktnga2y/7iAQWHZivNH2ykJv3fwyOVX7lAkVfPVZLt+2hZOk0tADiZTxefPjgHpgkhvjZTKg2IVWb8vt2jZKjkoLf"
    "HpGf6T0YkzYLeJUa6yeM8/RFSWTg8yV3pxNWOPsXG8fKWe6CiYXE4Z4ifzLXu/wM0RYCf5aFMDEwITAJBgUrDgMCGgUABBT4iVczF6goSsIPb/"
    "rjnppUsO/KrwQIYfyKfQ5GIrsCAggA"
)
"""What ``openssl pkcs12 -export -nokeys -certpbe PBE-SHA1-3DES -passout pass:`` makes of one certificate."""


def opened(path):
    (export,) = exports(path)
    return export


def rows(export, *passwords):
    source = recognise(export)
    return source.name, list(source.read(replace(export, passwords=passwords)))


def said(found):
    """Locator, alias and number of certificates, or what is said instead of them."""
    return [
        (row.locator, row.resource, len(row.chain))
        if isinstance(row, model.Sighting)
        else (row.locator, getattr(row, "check_id", "reject"))
        for row in found
    ]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "expected"),
    {
        "truststore.jks": [("entry 1", "cordaintermediateca", 1), ("entry 2", "cordarootca", 1)],
        "RSA2048_3certs.jks": [("entry 1", "private-key-in-file"), ("entry 1", "mykey", 3)],
        "duplicate_aliases.jks": [("entry 1", "my_alias", 1), ("entry 2", "my_alias", 1)],
        "custom_entry_passwords.jceks": [
            ("entry 1", "not-a-certificate"),
            ("entry 2", "private-key-in-file"),
            ("entry 2", "private", 1),
            ("entry 3", "cert", 1),
        ],
        "unknown_type_of_sealed_object.jceks": [("entry 1", "not-a-certificate")],
        "empty.jks": [],
        "christmas.bksv1": [("header", "key-store-not-read")],
        "christmas.uber": [("header", "key-store-not-read")],
    }.items(),
)
def test_stores_of_java(sample, file, expected):
    name, found = rows(sample(f"managers/java_keystores/{file}"))
    assert name == "java-key-store"
    assert said(found) == expected


@pytest.mark.shared
def test_bouncy_castle_is_named_by_its_kind(sample):
    for file, kind in (("empty.bksv1", "BKS"), ("christmas.bksv2", "BKS"), ("empty.uber", "UBER")):
        (finding,) = rows(sample(f"managers/java_keystores/{file}"))[1]
        assert f"a {kind} store" in finding.text


def test_a_secret_key_that_cannot_be_passed_over_ends_the_walk_after_what_was_read(samples, written):
    whole = (samples / "keystores" / "mixed.jceks").read_bytes()
    certificate = (samples / "keystores" / "truststore.jks").read_bytes()[12:]
    first = certificate[: 4 + 2 + 4 + 8 + 7 + 4 + 496]
    store = whole[:8] + (4).to_bytes(4) + first + whole[12:].replace(b"\x73\x72\0\x33com", b"\x73\x7d\0\x33com")
    _, found = rows(written(store))
    assert said(found) == [("entry 1", "p256", 1), ("entry 2", "reject")]
    assert "the entries from 2 to 4 are not read" in found[1].reason


@pytest.mark.parametrize(("cut", "reason"), [(1, "cut short in the digest"), (21, "the file is cut short")])
def test_a_store_that_is_cut_says_so(samples, written, cut, reason):
    _, found = rows(written((samples / "keystores" / "version1.jks").read_bytes()[:-cut]))
    assert reason in found[-1].reason


def test_modified_utf8():
    assert modified_utf8(b"a\xc0\x80\xed\xa0\xbd\xed\xb4\x91") == "a\0\U0001f511"
    assert modified_utf8(b"\xff") == "\\xff"
    assert modified_utf8(b"\xed\xa0\xbd") == "\\xed\\xa0\\xbd"


def test_a_locked_store_is_listed_and_opens_with_a_password_that_was_given(samples):
    export = opened(samples / "keystores" / "locked.p12")
    for passwords, text in (((), "a password is needed"), (("wrong", "Changeit"), "none of the 2 passwords given")):
        _, (_, finding) = rows(export, *passwords)
        assert (finding.check_id, finding.path) == ("key-store-locked", export.label)
        assert finding.text.startswith(text)
    _, found = rows(export, "wrong", "changeit")
    assert [row.resource for row in found] == ["rsa2048", "p256", "p384", "ed25519", "sha1", "expired", "oddname"]
    truth = {
        row["pem"]: row["sha256"] for row in json.loads((samples / "truth" / "truth.json").read_text())["endpoints"]
    }
    for row in found:
        assert hashlib.sha256(row.chain[0]).hexdigest() == truth[f"{row.resource}.pem"][0]
    assert "changeit" not in repr(replace(export, passwords=("changeit",)))


@pytest.mark.parametrize(
    ("file", "password", "names"),
    [
        ("cert-aes256cbc-no-key.p12", "cryptography", [None]),
        ("cert-rc2-key-3des.p12", "cryptography", [None]),
        ("cert-none-key-none.p12", None, [None]),
        ("no-password.p12", None, ["cryptography CA"]),
        ("java-truststore.p12", None, ["cert1", None]),
        ("name-unicode-pwd.p12", "password", ["☺", "ä", "ç"]),
    ],
)
def test_stores_of_other_tools(file, password, names):
    data = (VECTORS / file).read_bytes()
    found = [one for one in pkcs12_entries(data, [password] if password else []) if one.kind == "certificates"]
    assert [one.alias for one in found] == names
    if file != "java-truststore.p12":
        ca = (VECTORS / "ca" / "ca.pem").read_bytes().split(b"-----")[2]
        assert found[0].chain == (base64.b64decode(ca),)
    if password:
        assert not [one for one in pkcs12_entries(data) if one.kind == "certificates"]


def test_the_empty_password_of_openssl_is_two_octets_of_zero_to_older_ciphers():
    (found,) = pkcs12_entries(EMPTY_PASSWORD)
    (certificate,) = found.chain
    assert x509.load_der_x509_certificate(certificate).subject.rfc4514_string() == "CN=a.example"


def test_no_key_is_kept_and_that_there_is_one_is_told():
    kinds = {one.detail for one in pkcs12_entries((VECTORS / "name-all-no-pwd.p12").read_bytes()) if not one.chain}
    assert kinds == {"private key, not encrypted"}
    kinds = {one.detail for one in pkcs12_entries((VECTORS / "name-all-pwd.p12").read_bytes()) if not one.chain}
    assert kinds == {"a password is needed", "private key, encrypted"}
