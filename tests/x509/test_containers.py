"""Certificates come out of their containers as the bytes that stand there; keys do not come out at all."""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from certanalytics.x509 import Found, certificates, der

VECTORS = Path(cryptography_vectors.__file__).parent


@pytest.fixture(scope="module")
def leaf(vectors) -> bytes:
    return vectors["x509/cryptography.io.pem"]


@pytest.fixture(scope="module")
def root(vectors) -> bytes:
    return vectors["x509/ecdsa_root.pem"]


def pem(data: bytes, label: str = "CERTIFICATE", newline: str = "\n") -> str:
    text = base64.b64encode(data).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return newline.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def found(data: bytes) -> list[tuple[str, str, bytes | None]]:
    return [(thing.kind, thing.locator, thing.der) for thing in certificates(data)]


def test_pem_file_with_everything_in_it(leaf, root):
    key = ec.generate_private_key(ec.SECP256R1())
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    text = "".join(
        [
            "Bag Attributes\n    friendlyName: shop.example.com\nsubject=/CN=shop\n",
            pem(leaf),
            "# comment -- with dashes\n",
            secret,
            pem(root, "X509 CERTIFICATE", "\r\n"),
            pem(b"\x30\x00", "CERTIFICATE REQUEST"),
            pem(b"\x30\x00", "X509 CRL"),
            pem(b"\x30\x03\x02\x01\x00"),
            "-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\nMIIB\n",
            pem(root, "TRUSTED CERTIFICATE"),
            "-----BEGIN CERTIFICATE-----\nMIIB\n",
        ]
    )
    things = list(certificates(text.encode()))
    assert [(thing.kind, thing.locator, thing.der) for thing in things] == [
        ("certificate", "PEM block 1", leaf),
        ("private key", "PEM block 2", None),
        ("certificate", "PEM block 3", root),
        ("passed over", "PEM block 4", None),
        ("passed over", "PEM block 5", None),
        ("unreadable", "PEM block 6", None),
        ("unreadable", "PEM block 7", None),
        ("unreadable", "PEM block 8", None),
        ("certificate", "PEM block 9", root),
        ("unreadable", "PEM block 10", None),
    ]
    assert [thing.detail for thing in things if thing.kind != "certificate"] == [
        "PRIVATE KEY",
        "CERTIFICATE REQUEST",
        "X509 CRL",
        "DER private key" if False else things[5].detail,
        things[6].detail,
        "CERTIFICATE without its END line",
        "CERTIFICATE without its END line",
    ]
    number = key.private_numbers().private_value.to_bytes(32)
    assert number not in repr(things).encode()
    assert base64.b64encode(number)[8:30].decode() not in repr(things)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("\n", " "),
        lambda text: text.replace("\n", "\\n"),
        lambda text: text.replace("\n", "\\r\\n"),
        lambda text: text.replace("\n", "&#xa;"),
        lambda text: text.replace("\n", "&#13;&#10;"),
        lambda text: text.replace("/", "\\/"),
        lambda text: text.replace("\n", "\n        "),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.replace("\n", ""),
        lambda text: "-----BEGIN CERTIFICATE-----\n" + "".join(text.splitlines()[1:-1]) + "\n-----END CERTIFICATE-----",
        lambda text: text.replace("=", ""),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("-----\nM", "-----\nX-Header: a\n b\nSecond: c\n\nM", 1),
        lambda text: "'" + text + "'",
    ],
)
def test_pem_however_it_was_mangled(leaf, spoil):
    text = spoil(pem(leaf))
    assert found(text.encode()) == [("certificate", "PEM block 1", leaf)]
    assert found(text.encode("utf-16")) == [("certificate", "PEM block 1", leaf)]


def test_der_alone_and_in_a_row(leaf, root):
    assert found(leaf) == [("certificate", "DER", leaf)]
    assert found(leaf + root + b"\n") == [("certificate", "DER", leaf), ("certificate", "DER element 2", root)]
    assert found(base64.b64encode(leaf)) == [("certificate", "base64", leaf)]
    assert [kind for kind, *_ in found(leaf + b"junk")] == ["certificate", "unreadable"]
    assert [kind for kind, *_ in found(leaf[:-1])] == ["unreadable"]


def test_neither(leaf):
    assert list(certificates(b"")) == [Found(kind="unreadable", locator="file", detail="empty")]
    assert list(certificates(b"hello")) == [Found(kind="unreadable", locator="file", detail="neither PEM nor DER")]


def test_der_of_other_kinds_is_named():
    rsa_key, ec_key = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    plain, locked = serialization.NoEncryption(), serialization.BestAvailableEncryption(b"x")
    encoding, formats = serialization.Encoding.DER, serialization.PrivateFormat
    for key, form, encryption in [
        (rsa_key, formats.PKCS8, plain),
        (rsa_key, formats.TraditionalOpenSSL, plain),
        (ec_key, formats.PKCS8, plain),
        (ec_key, formats.TraditionalOpenSSL, plain),
        (ec_key, formats.PKCS8, locked),
    ]:
        assert found(key.private_bytes(encoding, form, encryption)) == [("private key", "DER", None)]
    public = ec_key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert [(thing.kind, thing.detail) for thing in certificates(public)] == [("passed over", "DER public key")]
    for name, what in {
        "x509/requests/rsa_sha256.der": "DER certificate request",
        "x509/PKITS_data/crls/GoodCACRL.crl": "DER revocation list",
        "pkcs12/cert-key-aes256cbc.p12": "PKCS#12 store",
        "pkcs7/enveloped-no-content.der": "PKCS#7 of type 1.2.840.113549.1.7.3",
    }.items():
        things = [(thing.kind, thing.detail) for thing in certificates((VECTORS / name).read_bytes())]
        assert things == [("passed over", what)], name


@pytest.mark.filterwarnings("ignore:PKCS#7 certificates could not be parsed as DER")
@pytest.mark.parametrize("name", ["amazon-roots.der", "amazon-roots.p7b", "isrg.pem"])
def test_pkcs7_vectors(name):
    data = (VECTORS / "pkcs7" / name).read_bytes()
    armoured = data.startswith(b"-----")
    load = pkcs7.load_pem_pkcs7_certificates if armoured else pkcs7.load_der_pkcs7_certificates
    expected = [certificate.public_bytes(serialization.Encoding.DER) for certificate in load(data)]
    things = found(data)
    assert [data for _, _, data in things] == expected
    where = "PEM block 1" if armoured else "DER"
    assert things[-1][1] == f"{where}, PKCS#7 certificate {len(expected)}"


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore:Parsed a serial number", "ignore:PKCS#7 certificates could not be parsed")
def test_mozilla_bundle(shared):
    data = (shared / "samples" / "managers" / "pkcs7_bundles" / "mozilla_ca_bundle.p7b").read_bytes()
    expected = [
        certificate.public_bytes(serialization.Encoding.DER) for certificate in pkcs7.load_pem_pkcs7_certificates(data)
    ]
    assert len(expected) == 121
    assert [thing.der for thing in certificates(data)] == expected


@pytest.mark.shared
def test_bundle_of_pem_blocks(shared):
    data = (shared / "samples" / "managers" / "pkcs7_bundles" / "google_ca_bundle.pem").read_bytes()
    kinds = Counter(thing.kind for thing in certificates(data))
    assert kinds == {"certificate": data.count(b"BEGIN CERTIFICATE")}


@pytest.mark.shared
def test_certificate_files_of_certbot(shared):
    for path in sorted((shared / "samples" / "managers" / "certbot_testdata").glob("cert*")):
        assert [thing.kind for thing in certificates(path.read_bytes())] == ["certificate"], path.name


@pytest.mark.shared
def test_corpora_come_out_whole(shared, corpora, decoded):
    for name, ders in corpora.items():
        out = {
            thing.der
            for path in sorted((shared / "corpora" / name).rglob("*"))
            if path.suffix in {".pem", ".der", ".crt", ".csv"} and path.parent.name != "tsv"
            for thing in certificates(path.read_bytes())
            if thing.kind == "certificate"
        }
        known = [data for data, evidence in zip(ders, decoded[name]["evidence"].to_pylist(), strict=True) if evidence]
        assert set(known) <= out, name


def signed_data(certificates_field: bytes) -> bytes:
    """A degenerate SignedData (RFC 5652 section 5.1) around encoded certificates."""
    content = b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
    body = b"\x02\x01\x01" + b"\x31\x00" + content + certificates_field + b"\x31\x00"
    return der.wrap(0x30, b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" + der.wrap(0xA0, der.wrap(0x30, body)))


def indefinite(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x80]) + content + b"\0\0"


def test_pkcs7_in_ber(leaf, root):
    content = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\0\0"
    body = b"\x02\x01\x01" + b"\x31\x80\0\0" + content + indefinite(0xA0, leaf + root) + b"\x31\x00"
    data = indefinite(0x30, b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" + indefinite(0xA0, indefinite(0x30, body)))
    expected = [("certificate", f"DER, PKCS#7 certificate {number}", der) for number, der in ((1, leaf), (2, root))]
    assert found(data) == expected
    if shutil.which("openssl"):
        said = subprocess.run(
            ["openssl", "pkcs7", "-inform", "DER", "-print_certs"], input=data, capture_output=True, check=True
        )
        assert [thing.der for thing in certificates(said.stdout)] == [leaf, root]


def test_pkcs7_under_a_certificate_label_and_with_other_formats(leaf):
    data = signed_data(der.wrap(0xA0, leaf + b"\xa1\x03\x02\x01\x00" + b"\x30\x03\x02\x01\x00"))
    assert found(pem(data).encode()) == [
        ("certificate", "PEM block 1, PKCS#7 certificate 1", leaf),
        ("passed over", "PEM block 1, PKCS#7 certificate 2", None),
        ("unreadable", "PEM block 1, PKCS#7 certificate 3", None),
    ]
    assert [thing.detail for thing in certificates(signed_data(b""))] == ["PKCS#7 without certificates"]


def test_trusted_certificate_of_openssl(leaf):
    if not shutil.which("openssl"):
        pytest.skip("the openssl command is not installed")
    command = ["openssl", "x509", "-inform", "DER", "-trustout", "-addtrust", "serverAuth", "-setalias", "shop"]
    text = subprocess.run(command, input=leaf, capture_output=True, check=True).stdout
    assert text.startswith(b"-----BEGIN TRUSTED CERTIFICATE-----")
    assert len(base64.b64decode(b"".join(text.split(b"-----")[2].split()))) > len(leaf)
    assert found(text) == [("certificate", "PEM block 1", leaf)]
