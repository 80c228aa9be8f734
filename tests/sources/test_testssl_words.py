"""What testssl.sh says in sentences where others leave a field out, and the places its pretty JSON has lost."""

from __future__ import annotations

import json

import pytest
from scan_samples import of

from certanalytics.model import EndpointTls, Finding, Probe, Sighting
from certanalytics.sources.scanners.testssl import testssl_json, testssl_json_pretty


def flat(**said):
    place = {"ip": "a.example/192.0.2.1", "port": "443", "severity": "INFO"}
    return json.dumps([{"id": name, **place, "finding": text} for name, text in said.items()])


def pretty(*results):
    return json.dumps({"Invocation": "-", "version": "3.2", "startTime": "1795422850", "scanResult": results})


def stated(written, **said):
    (sighting,) = of(testssl_json.read(written(flat(cert_serialNumber="0AFE", **said))), Sighting)
    return sighting.chain[0]


def test_a_sentence_is_no_name(written):
    said = stated(
        written,
        cert_commonName="no CN field in subject",
        cert_subjectAltName="No SAN, browsers are complaining",
        cert_caIssuers="selfsigned",
    )
    assert (said.subject_cn, said.san_dns, said.issuer_cn) == (None, (), None)
    assert stated(written, cert_subjectAltName="Providing no SAN is deprecated").san_dns == ()


@pytest.mark.parametrize(
    ("size", "algorithm", "bits", "curve"),
    [
        ("RSA 4096 bits (exponent is 65537)", "RSA", 4096, None),
        ("EC 256 bits", "EC", 256, None),
        ("EC 384 bits (curve P-384)", "EC", 384, "secp384r1"),
        ("EC 256 bits (curve brainpoolP256r1)", "EC", 256, "brainpoolP256r1"),
        ("EdDSA Ed25519", "Ed25519", None, None),
        ("cannot be determined", None, None, None),
    ],
)
def test_keys(written, size, algorithm, bits, curve):
    said = stated(written, cert_keySize=size)
    assert (said.key_algorithm, said.key_bits, said.key_curve) == (algorithm, bits, curve)


@pytest.mark.parametrize(
    ("text", "outcome", "place"),
    [
        ("Can't connect to '192.0.2.1:443' Make sure a firewall is not between", "refused", (None, "192.0.2.1", 443)),
        ("Couldn't connect to 192.0.2.1:443, proceeding with next IP (if any)", "refused", (None, "192.0.2.1", 443)),
        (
            "Couldn't connect to [2001:db8::1]:25, proceeding with next IP (if any)",
            "refused",
            (None, "2001:db8::1", 25),
        ),
        ("No IPv4/IPv6 address(es) for 'a.example' available", "unresolvable", ("a.example", None, None)),
    ],
)
def test_a_bare_finding_between_the_hosts_of_the_pretty_json_has_its_place_in_words(written, text, outcome, place):
    found = {"id": "scanProblem", "severity": "FATAL", "finding": text}
    (probe,) = of(testssl_json_pretty.read(written(pretty(found))), Probe)
    assert (probe.outcome, (probe.host, probe.ip, probe.port)) == (outcome, place)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("not offered", ("TLSv1.1",)),
        ("is not offered", ("TLSv1.1",)),  # 3.0, where nothing older is offered either
        ("TLSv1.1 is not offered, and downgraded to a weaker protocol", ("TLSv1.1",)),
        ("likely not offered", ()),
        ("connection failed rather than downgrading to TLSv1.0", ()),
    ],
)
def test_what_was_asked_for_in_vain(written, text, refused):
    (endpoint,) = of(testssl_json.read(written(flat(TLS1_1=text, TLS1_2="offered"))), EndpointTls)
    assert (endpoint.protocols, endpoint.refused) == (("TLSv1.2",), refused)


def test_the_target_as_it_was_called_before_3_0(written):
    served = [{"id": "cert_serialNumber", "severity": "INFO", "finding": "01"}]
    content = pretty({"target host": "a.example", "ip": "192.0.2.1", "port": "443", "serverDefaults": served})
    (sighting,) = of(testssl_json_pretty.read(written(content)), Sighting)
    assert (sighting.host, sighting.ip, sighting.port) == ("a.example", "192.0.2.1", 443)


def test_of_a_mail_domain_the_exchanger_is_the_host(written):
    served = [{"id": "cert_serialNumber", "severity": "INFO", "finding": "01"}]
    place = {"targetHost": "a.example", "ip": "192.0.2.1", "port": "25", "rDNS": "--", "service": "smtp"}
    content = pretty({**place, "hostname": "mx1.a.example", "serverDefaults": served})
    (sighting,) = of(testssl_json_pretty.read(written(content)), Sighting)
    assert (sighting.host, sighting.sni, sighting.starttls) == ("mx1.a.example", "mx1.a.example", "smtp")


def test_a_check_with_a_word_behind_its_number(written):
    finding = {"id": "cert_trust <hostCert#1>_wildcard", "ip": "a/192.0.2.1", "port": "443", "severity": "LOW"}
    (row,) = testssl_json.read(written(json.dumps([{**finding, "finding": "trust is via wildcard"}])))
    assert isinstance(row, Finding)
    assert row.check_id == "cert_trust_wildcard"
