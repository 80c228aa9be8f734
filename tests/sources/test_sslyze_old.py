from __future__ import annotations

import json
from datetime import datetime

import pytest
from scan_samples import SCAN, chain, counts, of, read

from certanalytics.model import EndpointTls, Probe, Reject, Run, Sighting, StatedCertificate
from certanalytics.sources.scanners.sslyze_old import sslyze_json_3, sslyze_xml

SSLYZE = SCAN / "sslyze"


@pytest.mark.shared
def test_the_chain_received_comes_out_and_the_one_sslyze_built_does_not():
    rows = read(sslyze_xml, SSLYZE / "dd_report_two_target_many_vuln.xml")
    assert rows[0] == Run(tool_version="1.4.3")
    gitlab, heroku = of(rows, Sighting)
    assert (gitlab.host, gitlab.ip, gitlab.port, gitlab.sni) == (
        "www.gitlab.com",
        "35.231.145.151",
        443,
        "www.gitlab.com",
    )
    assert [len(one.chain) for one in (gitlab, heroku)] == [3, 2]
    assert len(chain(gitlab)) == 3
    assert [one.protocols for one in of(rows, EndpointTls)] == [("TLSv1.2",), ("TLSv1.0", "TLSv1.1", "TLSv1.2")]


@pytest.mark.shared
def test_a_certificate_of_3_x_without_pem_is_what_is_said_of_it():
    rows = read(sslyze_json_3, SSLYZE / "dd_two_targets_two_vuln_old.json")
    assert counts(rows) == {"Run": 1, "Sighting": 2, "EndpointTls": 2}
    first = of(rows, Sighting)[0]
    assert first.chain == (
        StatedCertificate(
            serial_hex="7b",
            subject_dn="CN=www.example.com",
            issuer_dn="C=US,O=Let's Encrypt,CN=Let's Encrypt Authority X3",
            san_dns=("www.example.com",),
            not_before=datetime(2020, 9, 22, 19, 13, 34),
            not_after=datetime(2020, 12, 21, 19, 13, 34),
            key_algorithm="RSA",
            key_bits=2048,
            signature_hash="sha256",
        ),
    )


@pytest.mark.parametrize(
    ("server", "message", "outcome", "place"),
    [
        ("a.example:443", "Connection to the server timed out", "timeout", ("a.example", None, 443)),
        ("a.example:25", "Connection to server timed out during the TLS handshake", "handshake failed", None),
        ("a.example:25", "SMTP EHLO was rejected", "not tls", None),
        ("2001:db8::1:8443", "Server rejected the connection", "refused", (None, "2001:db8::1", 8443)),
        ("[2001:db8::1]:8443", "Could not connect (timeout)", "timeout", (None, "2001:db8::1", 8443)),
        ("a.example", "Could not resolve hostname", "unresolvable", ("a.example", None, None)),
        ("a.example:443", "ValueError: something new", "no certificate", None),
    ],
)
def test_servers_that_could_not_be_reached(written, server, message, outcome, place):
    document = {"server_connectivity_errors": [{"server_string": server, "error_message": message}]}
    xml = f'<document SSLyzeVersion="2.1.4"><invalidTargets><invalidTarget error="{message}">{server}</invalidTarget>'
    (one,) = of(sslyze_json_3.read(written(json.dumps({**document, "server_scan_results": []}))), Probe)
    (same,) = of(sslyze_xml.read(written(f"{xml}</invalidTargets></document>")), Probe)
    for probe in (one, same):
        assert (probe.outcome, probe.detail) == (outcome, message)
        assert place is None or (probe.host, probe.ip, probe.port) == place


def test_no_target_at_all_is_a_reject(written):
    document = '{"server_connectivity_errors": [{"server_string": "a:b", "error_message": "Not a valid host:port"}]}'
    assert counts(list(sslyze_json_3.read(written(document)))) == {"Run": 1, "Reject": 1}


def test_a_command_that_failed_is_a_probe_and_one_that_was_not_asked_for_is_none(written):
    target = '<target host="a" ip="192.0.2.1" port="443" tlsWrappedProtocol="{}">{}</target>'
    failed = target.format("startTlsXmppServer", '<certinfo exception="timeout - timed out" title="C"/>')
    document = f"""<document SSLyzeVersion="1.0.0"><results>{failed}{target.format("https", "")}</results></document>"""
    rows = list(sslyze_xml.read(written(document)))
    assert of(rows, Reject) == []
    (probe,) = of(rows, Probe)
    assert (probe.outcome, probe.starttls, probe.ip) == ("timeout", "xmpp_server", "192.0.2.1")


CERTIFICATE = "<certificate><serialNumber>17</serialNumber></certificate>"


@pytest.mark.parametrize(
    ("certinfo", "expected"),
    [
        (f"<receivedCertificateChain>{CERTIFICATE}</receivedCertificateChain>", "Sighting"),
        (f"<certificateChain>{CERTIFICATE}</certificateChain>", "Sighting"),  # 0.10 to 0.13
        (f"<receivedCertificateChain/><verifiedCertificateChain>{CERTIFICATE}</verifiedCertificateChain>", "Reject"),
        (CERTIFICATE, "Reject"),  # before 0.10
        ("<receivedCertificateChain/>", "Probe"),
    ],
)
def test_a_server_whose_certificate_stands_somewhere_in_the_file_did_show_one(written, certinfo, expected):
    target = f'<target host="a.example" ip="192.0.2.1" port="443"><certinfo>{certinfo}</certinfo></target>'
    document = f'<document SSLyzeVersion="1.1.0"><results>{target}</results></document>'
    rows = list(sslyze_xml.read(written(document)))
    assert [type(row).__name__ for row in rows] == ["Run", expected]
