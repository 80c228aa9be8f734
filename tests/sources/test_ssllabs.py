from __future__ import annotations

import json
from datetime import datetime

import pytest
from scan_samples import SCAN, chain, counts, needs_samples, of, read

from certanalytics.model import EndpointTls, Probe, Reject, Sighting, StatedCertificate
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.scanners.ssllabs import ssllabs_json

SSLLABS = SCAN / "ssllabs"
HOST = {
    "host": "a.example",
    "port": 443,
    "status": "READY",
    "startTime": 1634250781167,
    "testTime": 1634250908125,
    "engineVersion": "2.1.8",
    "criteriaVersion": "2009q",
}


def rows_of(written, *endpoints, **changes):
    return list(ssllabs_json.read(written(json.dumps([HOST | {"endpoints": endpoints} | changes]))))


class TestRealAssessments:
    pytestmark = needs_samples

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("dd_ssl_labs_3des_v1.5.0.json", {"Sighting": 2, "EndpointTls": 1}),
            ("dd_ssl_labs_revoked_v1.5.0.json", {"Sighting": 2, "EndpointTls": 1}),
            ("manjku_google.com.json", {"Sighting": 4, "EndpointTls": 2}),
            ("manjku_mawm.com.json", {"Sighting": 1, "EndpointTls": 1}),
        ],
    )
    def test_rows(self, name, expected):
        assert counts(read(ssllabs_json, SSLLABS / name)) == expected

    def test_chains_are_those_served_with_sni_and_without(self):
        rows = read(ssllabs_json, SSLLABS / "dd_ssl_labs_3des_v1.5.0.json")
        with_sni, without = of(rows, Sighting)
        assert (with_sni.host, with_sni.ip, with_sni.port) == ("3des.badssl.com", "104.154.89.105", 443)
        assert (with_sni.sni, without.sni) == ("3des.badssl.com", None)
        assert with_sni.observed_at == datetime(2021, 10, 14, 22, 35, 8, 125000)
        assert [part[:8] for part in chain(with_sni)] == ["9094c2bd", "154c433c"]
        assert [part[:8] for part in chain(without)] == ["d073b389"]
        (offered,) = of(rows, EndpointTls)
        assert offered.protocols == ("TLSv1.0", "TLSv1.1", "TLSv1.2")
        assert offered.cipher_suites[0] == "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"
        assert offered.groups == ("secp256r1",)

    def test_an_ipv6_address_is_written_short(self):
        rows = read(ssllabs_json, SSLLABS / "manjku_google.com.json")
        assert {row.ip for row in rows} == {"2607:f8b0:4007:80e::200e", "172.217.14.110"}


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("Unable to connect to the server", "no certificate"),
        ("No secure protocols supported", "not tls"),
        ("Failed to communicate with the secure server", "handshake failed"),
    ],
)
def test_an_address_that_gave_no_certificate(written, message, outcome):
    (probe,) = rows_of(written, {"ipAddress": "192.0.2.1", "statusMessage": message, "progress": -1})
    assert isinstance(probe, Probe)
    assert (probe.outcome, probe.detail, probe.host, probe.ip) == (outcome, message, "a.example", "192.0.2.1")


def test_a_name_that_did_not_resolve(written):
    (probe,) = rows_of(written, status="ERROR", statusMessage="Unable to resolve domain name")
    assert (probe.outcome, probe.host, probe.ip, probe.port) == ("unresolvable", "a.example", None, 443)


@pytest.mark.parametrize("asked", ["https://a.example", "https://a.example/", "HTTPS://a.example:443/path"])
def test_a_host_that_was_asked_for_by_its_url_is_the_host(written, asked):
    (probe,) = rows_of(written, {"ipAddress": "192.0.2.1", "statusMessage": "Unable to connect"}, host=asked)
    assert (probe.host, probe.sni, probe.ip, probe.port) == ("a.example", "a.example", "192.0.2.1", 443)


@pytest.mark.parametrize("message", ["Certificate not valid for domain name", "In progress", "Ready"])
def test_an_address_whose_certificate_was_not_kept_did_not_fail(written, message):
    (reject,) = rows_of(written, {"ipAddress": "192.0.2.1", "statusMessage": message})
    assert isinstance(reject, Reject)


def test_a_certificate_without_pem_is_what_is_said_of_it(written):
    sha256 = "9094c2bdfa697b4503daad1167eb20a5a471ea98d01f76547263fc9eaec7c8f2"
    said = {
        "id": sha256,
        "sha256Hash": sha256,
        "serialNumber": "0af06cda37a60b641342f0a1eb1d59fd",
        "altNames": ["*.badssl.com", "192.0.2.9"],
        "notAfter": 1652788800000,
        "sigAlg": "SHA256withRSA",
        "keyAlg": "RSA",
        "keySize": 2048,
    }
    details = {"certChains": [{"certIds": [sha256, "ab" * 32], "noSni": False}]}
    address = {"ipAddress": "192.0.2.1", "statusMessage": "Ready", "details": details}
    (sighting,) = rows_of(written, address, certs=[said])
    assert sighting.chain == (
        StatedCertificate(
            sha256=sha256,
            serial_hex="0af06cda37a60b641342f0a1eb1d59fd",
            san_dns=("*.badssl.com",),
            san_ip=("192.0.2.9",),
            not_after=datetime(2022, 5, 17, 12),
            key_algorithm="RSA",
            key_bits=2048,
            signature_algorithm="SHA256withRSA",
            signature_hash="sha256",
        ),
        StatedCertificate(sha256="ab" * 32),
    )


def test_keys_in_alphabetical_order_do_not_hide_an_assessment(written):
    details = {"certChains": [], "hstsPreloads": ["x" * 80_000]}
    address = {"delegation": 1, "details": details, "ipAddress": "192.0.2.1"}
    export = written(json.dumps(HOST | {"endpoints": [address]}, sort_keys=True))
    assert ssllabs_json.signature.matches(Head(export.head))
