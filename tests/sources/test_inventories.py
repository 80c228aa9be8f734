"""Inventories known from their documentation only: ServiceNow's certificates, DigiCert Discovery and DigiCert ONE."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from certanalytics.model import Asset, Record, Reject, StatedCertificate
from certanalytics.sources import recognise
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.managers.digicert_discovery import digicert_discovery_json
from certanalytics.sources.managers.digicert_mpki import digicert_mpki_json
from certanalytics.sources.organisation.servicenow import servicenow_certificates, servicenow_servers

SHA256 = "13601dadcadacc46d8888531cdc245595b733003cff474cb12eb52b5214b9020"
ITEM = {
    "sys_id": "4f579166df97eb53e1631e2ddbc48b39",
    "fingerprint": ":".join(SHA256[at : at + 2].upper() for at in range(0, 64, 2)),
    "signature_algorithm": "SHA256withRSA",
    "serial_number": "1234567890",
    "subject_common_name": "www.lab.example",
    "subject_alternative_name": "DNS:www.lab.example, IP Address:2001:db8::1, DNS Name=*.lab.example",
    "valid_from": "2026-01-01 00:00:00",
    "valid_to": "2027-01-01 23:59:59",
    "state": "issued",
    "is_ca": "false",
    "owned_by": {
        "link": "https://lab.service-now.example/sys_user/6816f79cc0a8016401c5a33be04be441",
        "value": "6816f79cc0a8016401c5a33be04be441",
    },
    "ip_address": "192.0.2.1",
}


def servicenow(written, **changed):
    export = written(json.dumps({"result": [ITEM | changed]}))
    assert recognise(export) is servicenow_certificates
    return list(servicenow_certificates.read(export))


def test_a_configuration_item_that_is_a_certificate(written):
    record, asset = servicenow(written)
    assert record.certificate == StatedCertificate(
        sha256=SHA256,  # of digits alone, the serial number may be decimal: it is not taken
        subject_cn="www.lab.example",
        san_dns=("www.lab.example", "*.lab.example"),
        san_ip=("2001:db8::1",),
        not_before=datetime(2026, 1, 1),
        not_after=datetime(2027, 1, 1, 23, 59, 59),
        signature_hash="sha256",
        is_ca=False,
    )
    assert (record.state, record.owner_name) == ("issued", None)
    assert json.loads(record.attributes)["serial_number"] == "1234567890"
    assert isinstance(asset, Asset)
    assert (asset.name, asset.owner) == (SHA256, "6816f79cc0a8016401c5a33be04be441")


@pytest.mark.parametrize(
    ("written_as", "serial"), [("0A:1B", "0a1b"), ("12:34", "1234"), ("00ab", "ab"), ("none", None), ("77", None)]
)
def test_serial_numbers(written, written_as, serial):
    record, _ = servicenow(written, serial_number=written_as)
    assert record.certificate.serial_hex == serial


def test_a_time_nobody_can_read_and_an_owner_by_name(written):
    owner = {"display_value": "Ada Berger", "value": "6816f79cc0a8016401c5a33be04be441"}
    reject, record, _ = servicenow(written, valid_to="01/02/2027 10:00", owned_by=owner)
    assert isinstance(reject, Reject)
    assert (record.certificate.not_after, record.owner_name) == (None, "Ada Berger")


@pytest.mark.parametrize("column", ["fingerprint", "issuer_common_name", "subject_distinguished_name"])
def test_certificates_are_no_servers(column):
    head = Head(json.dumps({"result": [{"sys_id": "1", "ip_address": "192.0.2.1", "fqdn": "", column: ""}]}).encode())
    assert servicenow_certificates.signature.matches(head)
    assert not servicenow_servers.signature.matches(head)


def test_the_documented_details_of_digicert_one(written):
    details = {
        "profile": {"id": "e0e635f1-d8b2-4d87-9b4f-4d123b0a5688", "name": "Profile name"},
        "seat": {"seat_id": "some-seat-id@lab.example"},
        "business_unit": {"id": "57ff4149-16e9-4eef-8ac4-cc105216a736", "name": "Unit"},
        "common_name": "www.lab.example",
        "status": "revoked",
        "serial_number": "4099ABF9C1BB7C02BBE1CDC7836CA9D58A71C2A5",
        "valid_from": "2019-01-01",
        "valid_to": "2029-01-01",
        "revocation": {"reason": "key_compromise", "revocation_date": "2020-04-21T00:00:00Z"},
    }
    (record,) = digicert_mpki_json.read(written(json.dumps(details)))
    assert isinstance(record, Record)
    assert record.certificate == StatedCertificate(
        serial_hex="4099abf9c1bb7c02bbe1cdc7836ca9d58a71c2a5",
        subject_cn="www.lab.example",
        not_before=datetime(2019, 1, 1),
        not_after=datetime(2029, 1, 1, 23, 59, 59),
    )
    assert (record.state, record.revoked_at) == ("revoked", datetime(2020, 4, 21))
    assert (record.owner_email, record.requester) == (None, "some-seat-id@lab.example")


def test_discovery_gives_milliseconds(written):
    item = {
        "certId": 7,
        "serialNum": "0eb6eab418c873d8f3c031dcdddf18b0",
        "ca": "Lab CA",
        "expiryDate": 1_605_355_199_000,
    }
    (record,) = digicert_discovery_json.read(written(json.dumps({"data": {"certificateDetailsDTOList": [item]}})))
    assert record.certificate == StatedCertificate(
        serial_hex="0eb6eab418c873d8f3c031dcdddf18b0", issuer_cn="Lab CA", not_after=datetime(2020, 11, 14, 11, 59, 59)
    )
