from __future__ import annotations

import base64
import json
from datetime import datetime

import pytest
from scan_samples import SCAN, chain, counts, needs_samples, of, read

from certanalytics.model import EndpointTls, Probe, Reject, Sighting
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.scanners.zgrab2 import zgrab2_json

DER = bytes.fromhex("3003020101")
LOG = {
    "server_hello": {
        "version": {"name": "TLSv1.2", "value": 771},
        "cipher_suite": {"name": "TLS_AES_128_GCM_SHA256", "value": 0x1301},
    },
    "server_certificates": {"certificate": {"raw": base64.b64encode(DER).decode()}},
}


def grab(module, **said):
    made = {"status": "success", "protocol": module, "timestamp": "2026-05-15T00:02:49-07:00"}
    return {"ip": "192.0.2.1", "domain": "a.example", "data": {module: made | said}}


def rows_of(written, *lines):
    return list(zgrab2_json.read(written("\n".join(map(json.dumps, lines)))))


class TestRealLines:
    pytestmark = needs_samples

    @pytest.mark.parametrize(
        ("name", "starttls"),
        [
            ("schema_ftp-authtls.json", "ftp"),
            ("schema_mssql-2017-linux.json", "mssql"),
            ("schema_mysql-8.0.json", "mysql"),
            ("schema_postgres-9.3-ssl.json", "postgres"),
            ("repo_output.json", None),
        ],
    )
    def test_every_module_with_tls(self, name, starttls):
        rows = read(zgrab2_json, SCAN / "zgrab2" / name)
        assert counts(rows) == {"Sighting": 1, "EndpointTls": 1}
        assert {row.starttls for row in rows} == {starttls}

    def test_the_chain_stands_without_its_leaf(self):
        sighting, offered = read(zgrab2_json, SCAN / "zgrab2" / "repo_output.json")
        assert len(chain(sighting)) == 2
        assert (sighting.ip, sighting.host, sighting.port) == ("165.227.114.176", None, None)
        assert sighting.observed_at == datetime(2024, 5, 15, 7, 2, 49)
        assert (offered.protocols, offered.groups) == (("TLSv1.2",), ("secp256r1",))

    def test_a_database_without_tls_is_an_attempt_and_an_ssh_server_is_none(self):
        (probe,) = read(zgrab2_json, SCAN / "zgrab2" / "schema_postgres-9.3-nossl.json")
        assert (probe.outcome, probe.host, probe.ip) == ("not tls", "target", "172.17.0.4")
        assert read(zgrab2_json, SCAN / "zgrab2" / "schema_ssh-ssh.json") == []


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        (grab("tls", status="connection-refused"), "refused"),
        (grab("tls", status="connection-timeout", error="dial tcp: connect: connection refused"), "refused"),
        (grab("tls", status="io-timeout"), "timeout"),
        (grab("tls", status="protocol-error"), "not tls"),
        (grab("tls", status="unknown-error", error="remote error: tls: handshake failure"), "handshake failed"),
        (grab("tls", status="success", result={"handshake_log": {"server_hello": {}}}), "no certificate"),
        (grab("smtp", result={"starttls": "454 TLS not available"}), "not tls"),
        (grab("http", status="connection-timeout", port=443), "timeout"),
        ({"domain": "a.example", "error": "lookup a.example: no such host"}, "unresolvable"),
    ],
)
def test_attempts_that_gave_no_certificate(written, line, outcome):
    probe, *_ = rows_of(written, line)
    assert isinstance(probe, Probe)
    assert (probe.outcome, probe.host) == (outcome, "a.example")


@pytest.mark.parametrize(
    "line",
    [
        grab("smtp", result={"banner": "220 hello"}),
        grab("ssh", port=443, result={"server_id": {}}),
        grab("jarm", port=443, result={"fingerprint": "0"}),
        grab("http", status="connection-timeout", port=80),
        grab("http", status="protocol-error", port=443, error="plain HTTP sent"),
    ],
)
def test_where_tls_was_not_asked_for_nothing_failed(written, line):
    assert rows_of(written, line) == []


def test_a_target_that_was_not_tried_is_no_attempt(written):
    (reject,) = rows_of(written, grab("tls", status="blocklisted-target"))
    assert isinstance(reject, Reject)


def test_tls_1_3_hides_behind_the_version_before(written):
    rows = rows_of(written, grab("tls", status="handshake-error", result={"handshake_log": LOG}))
    assert [offered.protocols for offered in of(rows, EndpointTls)] == [("TLSv1.3",)]
    assert len(of(rows, Sighting)) == 1  # the certificate was seen before the handshake failed


def test_a_redirect_leads_to_another_place(written):
    def hop(host, status, scheme="https"):
        request = {"url": {"scheme": scheme, "host": host}, "tls_log": {"handshake_log": LOG}}
        return {"status_code": status, "request": request}

    result = {
        "redirect_response_chain": [hop("a.example:8443", 301), hop("b.example", 302)],
        "response": hop("[2001:db8::1]:444", 200),
        "redirects_to_resolved_ips": [{"redirect_name": "b.example", "ip": "192.0.2.9:443"}],
    }
    rows = rows_of(written, grab("http", result=result))
    assert [(row.host, row.ip, row.port) for row in of(rows, Sighting)] == [
        ("a.example", "192.0.2.1", 8443),
        ("b.example", "192.0.2.9", 443),
        (None, "2001:db8::1", 444),
    ]


def test_it_is_known_by_any_of_its_modules_and_not_without(written):
    assert zgrab2_json.signature.matches(Head(json.dumps(grab("tls443")).encode()))
    assert not zgrab2_json.signature.matches(Head(b'{"ip": "192.0.2.1", "data": {"status": "success"}}'))


def test_a_certificate_that_comes_with_a_redirect_to_the_same_place_is_another(written):
    other = {**LOG, "server_certificates": {"certificate": {"raw": base64.b64encode(DER[:-1] + b"\2").decode()}}}

    def hop(log, **address):
        return {"status_code": 301, "request": {"url": address, "tls_log": {"handshake_log": log}}}

    at = {"scheme": "https", "host": "a.example"}
    result = {"redirect_response_chain": [hop(LOG, **at), hop(other, **at), hop(LOG, path="/next")]}
    sightings = of(rows_of(written, grab("http", result=result)), Sighting)
    assert [row.chain[0][-1] for row in sightings] == [1, 2, 1]
    assert {(row.ip, row.port) for row in sightings} == {("192.0.2.1", 443), (None, 443)}
