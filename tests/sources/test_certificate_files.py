from __future__ import annotations

import base64
import hashlib
import re

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
)
from cryptography.x509.oid import NameOID

from certanalytics.model import Alias, Finding, Reject, Sighting
from certanalytics.sources._reading.export import exports
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.files.certificate_files import certificate_file

PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


@pytest.fixture(scope="module")
def key():
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def request_pem(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "request.example")])
    return x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256()).public_bytes(Encoding.PEM)


def opened(path):
    (export,) = exports(path)
    return export


def sha256(der):
    return hashlib.sha256(der).hexdigest()


def by_hand(data):
    """The certificates of a PEM file by a regular expression and base64 alone."""
    return [sha256(base64.b64decode(b"".join(body.split()))) for body in PEM.findall(data)]


def read(export):
    """What the file holds; the name its path is goes by is looked at apart."""
    return [row for row in certificate_file.read(export) if not isinstance(row, Alias)]


def recognised(data):
    return certificate_file.signature.matches(Head(data[:65536]))


def pem_key(key, encryption=None):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


@pytest.mark.shared
def test_every_pem_file_gives_what_stands_in_it(shared):
    files = certificates = 0
    folders = [
        shared / "samples" / name
        for name in (
            "managers/certbot_testdata",
            "managers/certbot_etc_letsencrypt",
            "managers/pkcs7_bundles",
            "scan/_lab_truth",
        )
    ] + [shared / "corpora" / name for name in ("badssl", "ct_accepted_roots_pem_dir")]
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in {".pem", ".crt"}):
        data = path.read_bytes()
        if not (expected := by_hand(data)):
            continue
        assert recognised(data), path
        rows = list(read(opened(path)))
        assert [sha256(der) for row in rows for der in row.chain] == expected, path
        assert {(row.kind, row.path, row.observed_at) for row in rows} == {("file", str(path), None)}
        assert len({row.locator for row in rows}) == len(rows)
        files, certificates = files + 1, certificates + len(rows)
    assert (files, certificates) == (1177, 1339)


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore:Parsed a serial number which wasn't positive", "ignore:PKCS#7 certificates")
def test_a_pkcs7_bundle_gives_the_bytes_that_stand_in_it(shared, written):
    path = shared / "samples/managers/pkcs7_bundles/mozilla_ca_bundle.p7b"
    data = path.read_bytes()
    expected = [sha256(cert.public_bytes(Encoding.DER)) for cert in pkcs7.load_pem_pkcs7_certificates(data)]
    der = base64.b64decode(b"".join(data.split(b"-----")[2].split()))
    for export in (opened(path), written(der)):
        assert recognised(export.head)
        rows = list(read(export))
        assert [sha256(row.chain[0]) for row in rows] == expected
        assert len(rows) == 121


@pytest.mark.shared
def test_der_files(shared):
    for name in ("managers/certbot_testdata/cert.der", "managers/certbot_testdata/cert-nocn.der"):
        path = shared / "samples" / name
        assert recognised(path.read_bytes())
        (row,) = read(opened(path))
        assert row.chain == (path.read_bytes(),)
        assert row.locator == "DER"


@pytest.mark.shared
def test_text_dumps_and_comments_before_the_block_do_not_hide_it(shared):
    folder = shared / "corpora" / "ct_testdata"
    pem = sorted(folder.glob("*.pem"))
    assert all(recognised(path.read_bytes()) for path in pem)
    (reject,) = read(opened(folder / "test-corrupted.pem"))
    assert isinstance(reject, Reject)


@pytest.mark.shared
def test_a_certificate_is_no_certificate_file_inside_something_else(shared):
    for name in (
        "ct/ccadb/AllCertificatePEMsCSVFormat_NotBeforeYear_2026.csv",
        "ct/ccadb/IncludedCACertificateReportPEMCSV.test.csv",
        "managers/pkcs7_bundles/certificates.csv",
        "managers/digicert_mpki/openapi.yaml",
        "managers/aws_cli_examples/acm_get-certificate.rst",
        "scan/nessus/dd_nessus_many_vuln2-default.csv",
    ):
        assert not recognised((shared / "samples" / name).read_bytes()), name


@pytest.mark.shared
def test_a_private_key_beside_its_certificate_is_told_and_not_kept(shared, written, key):
    certificate = (shared / "samples/managers/certbot_testdata/cert-san.pem").read_bytes()
    secret = pem_key(key)
    rows = list(read(written(b"Bag Attributes\n    friendlyName: x\n" + secret + certificate)))
    finding, sighting = rows
    assert isinstance(finding, Finding)
    assert (finding.check_id, finding.severity, finding.locator) == ("private-key-in-file", "high", "PEM block 1")
    assert finding.text.startswith("PRIVATE KEY")
    assert by_hand(certificate) == [sha256(sighting.chain[0])]
    assert sighting.locator == "PEM block 2"
    assert not any(line in repr(rows) for line in secret.decode().splitlines()[1:-1])


@pytest.mark.parametrize(
    ("encryption", "kind"), [(None, "PRIVATE KEY"), (BestAvailableEncryption(b"x"), "ENCRYPTED PRIVATE KEY")]
)
def test_a_file_with_a_private_key_alone_is_recognised_too(written, key, encryption, kind):
    export = written(pem_key(key, encryption))
    assert recognised(export.head)
    (finding,) = read(export)
    assert finding.text.startswith(f"{kind}:")


@pytest.mark.shared
def test_a_request_beside_a_certificate_is_told(shared, written, request_pem):
    certificate = (shared / "samples/managers/certbot_testdata/cert-san.pem").read_bytes()
    sighting, finding = read(written(certificate + request_pem))
    assert isinstance(sighting, Sighting)
    assert (finding.check_id, finding.severity) == ("not-a-certificate", "info")
    assert finding.text == "CERTIFICATE REQUEST, which is no certificate"


def test_requests_lists_and_keys_in_der_are_no_certificates(key, request_pem):
    requested = x509.load_pem_x509_csr(request_pem).public_bytes(Encoding.DER)
    assert not recognised(requested)
    assert not recognised(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    for data in (b"", b"0", b"0\x82", b"0\x80", b"0\x03\x02\x01\x00", b"0\x80\x30\x80" + b"\0" * 50):
        assert not recognised(data)


@pytest.mark.shared
@pytest.mark.parametrize("share", [0.25, 0.9])
def test_a_bundle_that_is_cut_keeps_the_certificates_before_the_cut(shared, written, share):
    data = (shared / "samples/managers/pkcs7_bundles/google_ca_bundle.pem").read_bytes()
    cut = data[: int(len(data) * share)]
    *kept, last = read(written(cut))
    assert [sha256(row.chain[0]) for row in kept] == by_hand(cut) == by_hand(data)[: len(kept)]
    assert len(kept) > 100 * share - 5
    assert last == Reject(locator=f"PEM block {len(kept) + 1}", reason="CERTIFICATE without its END line")


@pytest.mark.shared
@pytest.mark.parametrize("wrap", [base64.b64encode, base64.encodebytes])
def test_base64_without_armour(shared, written, wrap):
    data = (shared / "samples/managers/certbot_testdata/cert-san.pem").read_bytes()
    export = written(wrap(base64.b64decode(PEM.search(data)[1])))
    assert recognised(export.head)
    assert by_hand(data) == [sha256(row.chain[0]) for row in read(export)]


@pytest.mark.parametrize("text", ["MI" + "x" * 100, "MIchigan and other states\n" * 5, "MIIB" + "A" * 101])
def test_text_that_looks_like_base64_is_no_certificate(text):
    assert not recognised(text.encode())


@pytest.mark.shared
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_windows_encodings(shared, written, encoding):
    data = (shared / "samples/managers/certbot_testdata/cert-san.pem").read_bytes()
    export = written(data.decode().replace("\n", "\r\n").encode(encoding))
    assert recognised(export.head)
    (row,) = read(export)
    assert by_hand(data) == [sha256(row.chain[0])]


@pytest.mark.shared
def test_the_path_means_the_first_certificate_of_the_file(shared, written):
    data = (
        shared / "samples/managers/certbot_etc_letsencrypt/archive/a.encryption-example.com/fullchain1.pem"
    ).read_bytes()
    export = written(data)
    (alias,) = (row for row in certificate_file.read(export) if isinstance(row, Alias))
    assert alias.alias == f"path:{export.path}"
    assert sha256(alias.certificate) == by_hand(data)[0]
