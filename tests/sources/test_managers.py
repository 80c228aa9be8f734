from __future__ import annotations

import json
from datetime import datetime

import pytest

from certanalytics.model import Alias, Record, Reject, Revocation, Sighting
from certanalytics.sources import recognise
from certanalytics.sources._reading.wording import signature_hash
from certanalytics.sources.managers.ejbca import ejbca_search
from certanalytics.sources.managers.keyfactor import keyfactor_certificates
from certanalytics.sources.managers.lemur import lemur_certificates
from certanalytics.sources.managers.sectigo import sectigo_report, sectigo_ssl

KEYFACTOR = {
    "Id": 1,
    "Thumbprint": "AA" * 20,
    "SerialNumber": "0A",
    "IssuedDN": "CN=a.example",
    "IssuerDN": "CN=CA",
    "CertState": 1,
    "CertStateString": "Active",
    "RevocationEffDate": "0001-01-01T00:00:00",
}
SECTIGO = {"sslId": 7, "commonName": "a.example", "orgId": 1, "serialNumber": "0A:0B", "status": "Issued"}


@pytest.mark.shared
@pytest.mark.parametrize("number", [4, 5])
def test_a_documented_answer_of_lemur(number, sample):
    name = f"managers/lemur_docs/certificates_views_example_{number:02}.http.txt"
    reject, record = lemur_certificates.read(sample(name))
    assert isinstance(reject, Reject)
    assert (record.record_id, record.owner_email, record.requester) == ("2288", "joe@example.com", "jane@example.com")
    assert record.certificate.serial_hex == f"{82311058732025924142789179368889309156:x}"


def test_a_missing_comma_costs_one_record(written):
    item = '{"id": %d, "owner": "a@x.example", "notBefore": null, "notAfter": null, "signingAlgorithm": "sha256",%s'
    good, broken = item % (1, ' "authority": {"name": "}"}}'), item % (2, ' "cn": "a" "authority": null}')
    text = f'HTTP/1.1 200 OK\nVary: Accept\n\n{{"total": 3, "items": [{good}, {broken}, {good}]}}'
    kinds = [type(row) for row in lemur_certificates.read(written(text))]
    assert kinds == [Record, Reject, Record]
    kinds = [type(row) for row in lemur_certificates.read(written(text[: text.rindex("{") - 3]))]
    assert kinds == [Record, Reject, Reject]


def test_lemur_keeps_no_password_of_a_destination(written):
    said = {
        "id": 1,
        "owner": "a@x.example",
        "notBefore": None,
        "notAfter": None,
        "signingAlgorithm": "sha256",
        "authority": {"name": "CA"},
        "destinations": [{"id": 3, "label": "web", "plugin": {}, "options": [{"name": "password", "value": "s3cr3t"}]}],
        "replacedBy": [{"id": 2, "name": "a-2027", "body": "-----BEGIN CERTIFICATE-----"}],
    }
    (record,) = lemur_certificates.read(written(json.dumps({"items": [said], "total": 1})))
    assert record.location == "web"
    kept = json.loads(record.attributes)
    assert kept["destinations"] == [{"id": 3, "label": "web"}]
    assert kept["replacedBy"] == [{"id": 2, "name": "a-2027"}]


def test_keyfactor_says_where_and_whose(written):
    said = {
        **KEYFACTOR,
        "Locations": [
            {"StoreMachine": "10.0.0.1", "StorePath": "/a.jks", "Alias": "web", "ChainLevel": 0},
            {"StoreMachine": "my cluster", "StorePath": "ns", "Alias": "tls", "ChainLevel": 1},
        ],
        "SSLLocations": [{"IPAddress": "10.0.0.2", "Port": 443, "StorePath": "WWW.a.example"}],
        "Metadata": {"App-Owner E-mail": "ada@x.example", "Business_Unit": "Retail", "OwnerID": "7"},
    }
    record, store, above, endpoint = keyfactor_certificates.read(written(json.dumps([said])))
    assert (record.owner_email, record.owner_name, record.business_unit) == ("ada@x.example", None, "Retail")
    assert (record.state, record.revoked_at) == ("Active", None)
    assert (store.kind, store.ip, store.path, store.resource) == ("config", "10.0.0.1", "/a.jks", "web")
    assert (above.kind, above.host, above.resource) == ("file", None, "my cluster tls")
    assert isinstance(endpoint, Sighting)
    assert (endpoint.kind, endpoint.host, endpoint.ip, endpoint.port) == ("scan", "www.a.example", "10.0.0.2", 443)


def test_ejbca_holds_and_lifts(written):
    found = {
        "fingerprint": "aa" * 20,
        "cAFingerprint": "bb" * 20,
        "issuerDN": "CN=CA",
        "serialNumber": "0A",
        "notBefore": 1659952800011,
        "expireDate": 2147483647000,
        "status": 40,
        "revocationDate": 1659967133000,
        "revocationReason": 6,
        "username": "web",
        "base64Cert": None,
    }
    record, held = ejbca_search.read(written(json.dumps({"certificates": [found], "pagination_summary": {}})))
    assert isinstance(held, Revocation)
    assert (record.state, held.status, held.reason) == ("revoked", "hold", "certificateHold")
    lifted = {**found, "status": 20, "revocationReason": 8}
    (record,) = ejbca_search.read(written(json.dumps({"certificates": [lifted], "pagination_summary": {}})))
    assert (record.state, record.revoked_at) == ("active", None)
    in_words = {**found, "status": "CERT_REVOKED", "expireDate": "2030-01-01T00:00:00Z", "revocationReason": None}
    record, revoked = ejbca_search.read(written(json.dumps({"certificates": [in_words], "pagination_summary": {}})))
    assert (record.state, revoked.status) == ("revoked", "revoked")
    assert record.certificate.not_after == datetime(2030, 1, 1)


def test_a_certificate_of_a_person_has_no_number_among_those_of_sectigo_ssl(written):
    details = {**SECTIGO, "backendCertId": "9", "certType": {"id": 3}}
    assert recognise(written(json.dumps(details))) is sectigo_ssl
    del details["sslId"]
    assert recognise(written(json.dumps({**details, "id": 7}))) is None


def test_a_fingerprint_of_the_ca_is_not_taken_for_the_certificate(written):
    of_ca = {"certificateDetails": {"subject": "CN=CA", "issuer": "CN=CA", "sha1Hash": "AA" * 20}}
    record, alias = sectigo_ssl.read(written(json.dumps({**SECTIGO, **of_ca})))
    assert (record.certificate.sha1, record.certificate.issuer_dn) == (None, "CN=CA")
    assert isinstance(alias, Alias)
    own = {"certificateDetails": {"subject": "CN=a.example, O=X", "issuer": "CN=CA", "sha1Hash": "AA" * 20}}
    record, _ = sectigo_ssl.read(written(json.dumps({**SECTIGO, **own})))
    assert record.certificate.sha1 == "aa" * 20


def test_a_list_and_a_report_of_sectigo_mean_the_same_certificate(written):
    listed = {"sslId": 7, "commonName": "a.example", "subjectAlternativeNames": [], "serialNumber": "0A0B"}
    (record,) = sectigo_ssl.read(written(b"\xef\xbb\xbf" + json.dumps([listed]).encode()))
    row = {"id": 7, "commonName": "a.example", "subjAltNames": "a.example, b.example", "sha1": "aa" * 20}
    row |= {"expires": "2027-01-31", "requested": "05/06/2026", "publicKeyType": "EC - P-256"}
    reported, alias = sectigo_report.read(written(json.dumps({"reports": [row]})))
    assert record.certificate.alias == alias.alias == "sectigo-scm:7"
    assert alias.certificate.sha1 == "aa" * 20
    assert alias.certificate.san_dns == ("a.example", "b.example")
    assert (alias.certificate.key_algorithm, alias.certificate.key_bits, alias.certificate.key_curve) == (
        "EC",
        None,
        "secp256r1",
    )
    assert alias.certificate.not_after.isoformat() == "2027-01-31T23:59:59"
    assert reported.requested_at is None
    assert '"requested_as_written": "05/06/2026"' in reported.attributes


@pytest.mark.parametrize(
    "dates", [("04/24/2025", "05/06/2026"), ("24.04.2025", "06.05.2026"), ("2025-04-24", "2026-05-06")]
)
def test_dates_of_sectigo_in_the_format_a_request_asked_for(written, dates):
    record, *_ = sectigo_ssl.read(
        written(json.dumps(SECTIGO | dict(zip(("requested", "expires"), dates, strict=True))))
    )
    assert record.requested_at == datetime(2025, 4, 24)
    assert record.certificate.not_after == datetime(2026, 5, 6, 23, 59, 59)
    assert record.attributes == '{"orgId": 1}'


def test_a_request_to_sectigo_is_no_certificate(written):
    asked = {**SECTIGO, "status": "Requested", "keyType": "RSA", "keySize": 0, "expires": "2026-05-06"}
    (record,) = sectigo_ssl.read(written(json.dumps(asked | {"serialNumber": ""})))
    assert (record.state, record.certificate) == ("Requested", None)
    (record,) = sectigo_ssl.read(written(json.dumps(asked)))  # a renewal is asked for
    assert (record.certificate.serial_hex, record.certificate.key_bits) == ("0a0b", None)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("SHA-256withRSA", "sha256"),
        ("sha384ECDSA", "sha384"),
        ("SHA1withRSA", "sha1"),
        ("md5WithRSA", "md5"),
        ("Ed25519", None),
        ("RSASSA-PSS", None),
        ("sha3-256", None),
    ],
)
def test_the_hash_of_a_signature_algorithm(written, expected):
    assert signature_hash(written) == expected
