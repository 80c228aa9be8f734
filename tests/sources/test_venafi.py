"""Venafi: one description in full, identities and keys as they are written, and the shared fixtures."""

from __future__ import annotations

import base64
import json
from datetime import datetime

import pytest

from certanalytics.model import Finding, Record, Reject, Sighting, StatedCertificate
from certanalytics.sources.managers.venafi import vcert_json, venafi_certificates_json, venafi_retrieve_json
from certanalytics.sources.managers.venafi_cloud import venafi_cloud_certificates_json, venafi_cloud_requests_json

# The shape is that of an answer in a public client's tests; its values stand here in short.
DETAILS = {
    "Approver": ["local:{f47ab62f-65d4-4a7f-8a8a-cd5440ce2d60}"],
    "CertificateDetails": {
        "AIAKeyIdentifier": "3CAC9CA60DA130D456A73D78BC231BECB47B4D75",
        "CN": "a.lab.example",
        "Issuer": "CN=Lab CA, DC=lab, DC=example",
        "KeyAlgorithm": "RSA",
        "KeySize": 8192,
        "O": "Lab, Inc.",
        "SKIKeyIdentifier": "C65C994B38A5B17841C536A8C8189C6613B02C44",
        "Serial": "6D007AAF80B115C1BE51B6F94E0000007AAF80",
        "SignatureAlgorithm": "sha256RSA",
        "Subject": 'CN=a.lab.example, O="Lab, Inc.", S=Nevada, C=US',
        "SubjectAltNameDNS": ["a.lab.example"],
        "SubjectAltNameURI": ["https://lab.example/test"],
        "Thumbprint": "D9F8A14D6687824D2F25D1BE1C2A24697B84CF68",
        "ValidFrom": "2020-01-15T14:36:29.0000000Z",
        "ValidTo": "2028-01-13T14:36:29.1234567Z",
    },
    "Consumers": ["\\VED\\Policy\\lab\\www1\\Apache"],
    "Contact": ["AD+lab:jdoe", "ops@lab.example"],
    "DN": "\\VED\\Policy\\lab\\a.lab.example",
    "Guid": "{d1542a81-9268-4c62-af7e-8090fac5194d}",
    "SchemaClass": "X509 Server Certificate",
}


def test_a_description_in_full(written):
    record, sighting = venafi_certificates_json.read(written(json.dumps(DETAILS)))
    certificate = StatedCertificate(
        sha1="d9f8a14d6687824d2f25d1be1c2a24697b84cf68",
        serial_hex="6d007aaf80b115c1be51b6f94e0000007aaf80",
        issuer_dn="CN=Lab CA, DC=lab, DC=example",
        subject_dn='CN=a.lab.example, O="Lab, Inc.", S=Nevada, C=US',
        subject_cn="a.lab.example",
        subject_o="Lab, Inc.",
        subject_key_id="c65c994b38a5b17841c536a8c8189c6613b02c44",
        authority_key_id="3cac9ca60da130d456a73d78bc231becb47b4d75",
        san_dns=("a.lab.example",),
        san_uri=("https://lab.example/test",),
        not_before=datetime(2020, 1, 15, 14, 36, 29),
        not_after=datetime(2028, 1, 13, 14, 36, 29, 123456),
        key_algorithm="RSA",
        key_bits=8192,
        signature_hash="sha256",
    )
    assert (record.record_id, record.certificate) == ("{d1542a81-9268-4c62-af7e-8090fac5194d}", certificate)
    assert (record.owner_name, record.owner_email) == ("AD+lab:jdoe, ops@lab.example", "ops@lab.example")
    assert record.approver == "local:{f47ab62f-65d4-4a7f-8a8a-cd5440ce2d60}"
    consumer = "\\VED\\Policy\\lab\\www1\\Apache"
    assert sighting == Sighting(locator="[0]", kind="config", resource=consumer, chain=(certificate,))


def test_the_bits_of_an_elliptic_curve_are_not_taken(written):
    details = DETAILS | {"CertificateDetails": {"KeyAlgorithm": "ECC", "KeySize": 256, "CN": "a.lab.example"}}
    record, _ = venafi_certificates_json.read(written(json.dumps(details)))
    assert (record.certificate.key_algorithm, record.certificate.key_bits) == ("EC", None)


KEY = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n"


def test_a_private_key_is_a_finding_and_never_kept(written):
    answer = {"CertificateData": base64.b64encode(KEY.encode()).decode(), "Filename": "a.pem", "Format": "Base64"}
    (retrieved,) = venafi_retrieve_json.read(written(json.dumps(answer)))
    (output,) = vcert_json.read(written(json.dumps({"Certificate": "", "Chain": [], "PrivateKey": KEY})))
    for finding in (retrieved, output):
        assert isinstance(finding, Finding)
        assert finding.check_id == "private-key-in-file"
        assert "MC4C" not in repr(finding)


@pytest.mark.parametrize("data", ["no base64 !", base64.b64encode(b"\x30\x03\x02\x01\x03").decode()])
def test_data_that_is_no_certificate_is_told_and_not_quoted(written, data):
    answer = {"CertificateData": data, "Filename": "a.p12", "Format": "PKCS #12"}
    (reject,) = venafi_retrieve_json.read(written(json.dumps(answer)))
    assert isinstance(reject, Reject)
    assert reject.excerpt is None


@pytest.mark.shared
def test_the_shared_fixtures(sample):
    (listed,) = venafi_certificates_json.read(sample("managers/venafi/vcert_tpp_search_1.json"))
    assert isinstance(listed, Record)
    assert (listed.record_id, listed.certificate) == ("{f32c5cd0-9b77-47ab-bf27-65a1159ff98e}", None)
    answer = sample("managers/venafi/vcert_java_wiremock/cloud.certificaterequests.json")
    request, *held = venafi_cloud_requests_json.read(answer)
    assert (request.state, request.requested_at) == ("ISSUED", datetime(2016, 3, 23, 16, 55, 16, 589000))
    assert request.certificate is None
    assert [record.record_id.rpartition("#")[2] for record in held] == ["1", "2", "3"]


# The shape is that of the answers in the vendor's documentation; its values stand here in short.
FOUND = {
    "id": "8a7c4780-8cb2-11eb-9bc7-9d00b8bdf22c",
    "fingerprint": "62CB1D588CB1E1B9EE56C3D63863D4EAE5C9F293",
    "certificateStatus": "ACTIVE",
    "validityStart": "2018-06-01T07:15:32.000+0000",
    "validityEnd": "2049-12-31T07:15:32.000+0000",
    "signatureHashAlgorithm": "SHA256",
    "encryptionType": "RSA",
    "keyStrength": 2048,
    "serialNumber": "00ACB5C5CCC2C60A3F",
    "subjectDN": "cn=a.lab.example,o=Lab,c=DE",
    "subjectCN": ["a.lab.example"],
    "subjectAlternativeNamesByType": {"dNSName": ["a.lab.example"], "iPAddress": ["192.0.2.7"], "otherName": []},
    "issuerDN": "cn=Lab CA,o=Lab,c=DE",
    "issuerCN": ["Lab CA"],
    "versionType": "CURRENT",
    "somethingNew": {"password": "not to be kept"},
    "instances": [
        {
            "certificateSource": "USER_SCAN",
            "ipAddress": "192.0.2.7",
            "hostname": "192.0.2.7",
            "port": 443,
            "lastScanDate": "2021-03-24T15:06:42.027+0000",
        },
        {"certificateSource": "USER_PROVIDED", "ipAddress": "254.254.254.254", "hostname": " ", "port": -1},
        {"certificateSource": "USER_PROVIDED", "ipAddress": "254.254.254.254", "hostname": "A.lab.example", "port": -1},
        {"ipAddress": "192.0.2.8", "port": 70000},
    ],
}


def test_an_inventory_in_the_cloud(written):
    answer = json.dumps({"count": 1, "certificates": [FOUND]})
    record, scanned, installed, reject = venafi_cloud_certificates_json.read(written(answer))
    certificate = StatedCertificate(
        sha1="62cb1d588cb1e1b9ee56c3d63863d4eae5c9f293",
        serial_hex="acb5c5ccc2c60a3f",
        issuer_dn="cn=Lab CA,o=Lab,c=DE",
        issuer_cn="Lab CA",
        subject_cn="a.lab.example",
        san_dns=("a.lab.example",),
        san_ip=("192.0.2.7",),
        not_before=datetime(2018, 6, 1, 7, 15, 32),
        not_after=datetime(2049, 12, 31, 7, 15, 32),
        key_algorithm="RSA",
        key_bits=2048,
        signature_hash="sha256",
    )
    assert (record.record_id, record.state, record.certificate) == (FOUND["id"], "ACTIVE", certificate)
    assert json.loads(record.attributes) == {"subjectDN": FOUND["subjectDN"], "versionType": "CURRENT"}
    assert (scanned.kind, scanned.host, scanned.ip, scanned.port) == ("scan", None, "192.0.2.7", 443)
    assert scanned.observed_at == datetime(2021, 3, 24, 15, 6, 42, 27000)
    assert (installed.kind, installed.host, installed.ip, installed.port) == ("config", "a.lab.example", None, None)
    assert isinstance(reject, Reject)
    assert "70000" in reject.reason


def test_one_certificate_of_the_inventory_and_its_owner_of_old(written):
    (record,) = venafi_cloud_certificates_json.read(
        written(json.dumps(FOUND | {"instances": [], "ownerUsername": "ada@lab.example"}))
    )
    assert (record.owner_name, record.owner_email) == ("ada@lab.example", "ada@lab.example")
