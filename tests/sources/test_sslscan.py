from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from scan_samples import SCAN, chain, counts, of, pem_hashes, read, truth

from certanalytics.model import EndpointTls, Probe, Reject, Run, Sighting, StatedCertificate
from certanalytics.sources.scanners.sslscan import sslscan_xml

SSLSCAN = SCAN / "sslscan"
SAMPLES = Path(__file__).parents[2] / "data" / "samples"

SHORT = """\
  <certificate type="short">
   <signature-algorithm>ecdsa-with-SHA256</signature-algorithm>
   <pk error="false" type="EC" curve_name="prime256v1" bits="128" />
   <subject><![CDATA[{name}]]></subject>
   <altnames><![CDATA[DNS:a.example, IP Address:2001:DB8:0:0:0:0:0:7, email:x@a.example, URI:https://a.example/, b]]></altnames>
   <issuer><![CDATA[/C=DE/O=Z\\xC3\\xBCrich AG]]></issuer>
   <not-valid-before>Nov  8 00:00:00 2025 GMT</not-valid-before>
   <not-valid-after>Nov  8 00:00:00 2031 GMT</not-valid-after>
  </certificate>
"""  # noqa: E501 - as sslscan writes it
TEST = """\
 <ssltest host="{host}" sniname="{sni}" port="443">
{inside} </ssltest>
"""
NO_PROTOCOL = "".join(
    f'  <protocol type="{kind}" version="{version}" enabled="0" />\n'
    for kind, version in [("ssl", 2), ("ssl", 3), ("tls", 1.0), ("tls", 1.1), ("tls", 1.2), ("tls", 1.3)]
)


def document(*parts: str) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>\n<document title="SSLScan Results" version="2.0.15">\n{}{}'.format(
        "".join(parts), "</document>\n"
    )


def rows(written, *parts):
    return list(sslscan_xml.read(written(document(*parts))))


@pytest.mark.parametrize("name", ["lab_22targets_sslscan2.0.7.xml", "lab_targets_TRUNCATED_sigpipe_sslscan2.0.7.xml"])
@pytest.mark.shared
def test_the_leaf_of_every_server_comes_out_even_of_the_one_sslscan_died_on(name):
    served = truth()
    sightings = of(read(sslscan_xml, SSLSCAN / name), Sighting)
    assert {part for sighting in sightings for part in chain(sighting)} == set(
        pem_hashes((SSLSCAN / name).read_text(errors="replace"))
    )
    for sighting in sightings:
        assert chain(sighting)[0] in {one[0] for one in served[sighting.host][1]}
        assert (sighting.sni, sighting.ip, sighting.observed_at) == (sighting.host, None, None)


@pytest.mark.shared
def test_the_shared_samples_by_number():
    assert counts(read(sslscan_xml, SSLSCAN / "lab_22targets_sslscan2.0.7.xml")) == {
        "Run": 1,
        "Sighting": 20,
        "EndpointTls": 20,
        "Probe": 2,
    }
    rows = read(sslscan_xml, SSLSCAN / "dd_sslscan_no_vuln.xml")
    assert counts(rows) == {"Run": 1, "Sighting": 1, "EndpointTls": 1}
    assert rows[0] == Run(tool_version="1.11.13-static")
    (offered,) = of(rows, EndpointTls)  # 1.x has no list of protocols
    assert (offered.protocols, len(offered.cipher_suites), offered.groups) == (("TLSv1.2",), 9, ("secp256r1",))


def test_a_short_block_says_what_it_says_and_bits_of_a_curve_are_no_size(written):
    inside = f"<certificates>\n{SHORT.format(name='a.example')}</certificates>\n"
    (sighting,) = of(rows(written, TEST.format(host="192.0.2.1", sni="a.example", inside=inside)), Sighting)
    assert (sighting.host, sighting.ip, sighting.port, sighting.sni) == (None, "192.0.2.1", 443, "a.example")
    assert sighting.chain == (
        StatedCertificate(
            subject_cn="a.example",
            issuer_dn="/C=DE/O=Zürich AG",
            san_dns=("a.example",),
            san_ip=("2001:db8::7",),
            san_email=("x@a.example",),
            san_uri=("https://a.example/, b",),
            not_before=datetime(2025, 11, 8),
            not_after=datetime(2031, 11, 8),
            key_algorithm="EC",
            key_curve="secp256r1",
            signature_algorithm="ecdsa-with-SHA256",
            signature_hash="sha256",
        ),
    )


@pytest.mark.parametrize(
    ("serial", "expected"),
    [
        ("0a:12:34:56:78", "0a12345678"),
        ("4660 (0x1234)", "1234"),
        ("-4660 (-0x1234)", "-1234"),
        ("4660", "1234"),
        ("-4294967295", None),
        ("4294967295", None),
        ("-18446744073709551615", None),
    ],
)
def test_serial_numbers_of_all_ages(written, serial, expected):
    block = f"<certificate>\n<serial>{serial}</serial>\n<subject>/CN=a.example</subject>\n</certificate>\n"
    (sighting,) = of(rows(written, TEST.format(host="a", sni="a", inside=block)), Sighting)
    assert sighting.chain[0].serial_hex == expected


def test_neither_bytes_of_another_encoding_nor_one_tag_too_many_end_the_file(written):
    odd = TEST.format(host="a", sni="a", inside=f"<certificates>\n{SHORT.format(name='M~nchen%')}</certificates>\n")
    stray = TEST.format(host="b", sni="b", inside=f"{NO_PROTOCOL}<certificates>\n  </certificate>\n </certificates>\n")
    last = TEST.format(host="c", sni="c", inside=f"<certificates>\n{SHORT.format(name='c')}</certificates>\n")
    data = document(odd, stray, last).encode().replace(b"~", b"\xfc").replace(b"%", b"\x01")
    read_rows = list(sslscan_xml.read(written(data)))
    assert of(read_rows, Reject) == []
    assert [one.chain[0].subject_cn for one in of(read_rows, Sighting)] == ["M\\xfcnchen\\x01", "c"]
    (probe,) = of(read_rows, Probe)
    assert (probe.host, probe.outcome) == ("b", "not tls")


@pytest.mark.parametrize(
    ("message", "outcome", "place"),
    [
        ("Could not open a connection to host a.example (192.0.2.1) on port 8443.", "refused", ("192.0.2.1", 8443)),
        ("Could not open a connection to host a.example (2001:db8::1) on port 25 (Timed out).", "timeout", None),
        ("Could not resolve hostname a.example.", "unresolvable", (None, None)),
        ("The host a.example on port 25 did not appear to be an SMTP service.", "not tls", (None, 25)),
        ("The SMTP service on a.example port 25 did not appear to support STARTTLS.", "not tls", (None, 25)),
        ("Server at a.example:5432 rejected TLS startup", "not tls", (None, 5432)),
        ("Unexpected EOF reading from a.example:21", "no certificate", (None, 21)),
    ],
)
def test_an_error_between_servers_is_a_server_that_was_not_reached(written, message, outcome, place):
    (probe,) = of(rows(written, f"  <error><![CDATA[{message}]]></error>\n"), Probe)
    assert (probe.host, probe.outcome, probe.detail) == ("a.example", outcome, message)
    assert place is None or (probe.ip, probe.port) == place


def test_an_error_about_no_server_is_said_and_the_one_at_the_end_of_good_runs_is_not(written):
    told = rows(
        written,
        "<error><![CDATA[Targets file t.txt does not exist.]]></error>\n",
        "<error><![CDATA[Could not create CTX object.]]></error>\n",
    )
    assert counts(told) == {"Run": 1, "Reject": 1}


def test_nobody_asked_for_a_certificate_is_no_failed_attempt(written):
    cipher = '  <cipher status="accepted" sslversion="TLSv1.2" bits="128" cipher="AES128-SHA" id="0x002F" />\n'
    asked = TEST.format(host="b", sni="b", inside=f"{cipher}<certificates>\n</certificates>\n")
    told = rows(written, TEST.format(host="a", sni="a", inside=cipher), asked)
    assert counts(told) == {"Run": 1, "EndpointTls": 2, "Probe": 1}
    (probe,) = of(told, Probe)
    assert (probe.host, probe.outcome) == ("b", "no certificate")


def test_other_ages_of_sslscan_say_of_the_lab_what_it_served():
    served = {
        row["host"]: row["sha256"]
        for row in json.loads((SAMPLES / "truth" / "truth.json").read_text())["endpoints"]
        if row["sni"]
    }
    chains = read(sslscan_xml, SAMPLES / "sslscan" / "chains.xml")
    assert {row.host: chain(row) for row in of(chains, Sighting)}.items() <= served.items()
    short = read(sslscan_xml, SAMPLES / "sslscan" / "short.xml")
    for rows_, count in (chains, 3), (short, 6):
        assert counts(rows_) == {"Run": 1, "Sighting": count, "EndpointTls": count, "Probe": 1}
        assert [(row.host, row.ip, row.outcome) for row in of(rows_, Probe)] == [
            ("refused.lab.example", "127.0.0.33", "refused")
        ]
    keys = {row.host.partition(".")[0]: row.chain[0] for row in of(short, Sighting)}
    assert [(keys[name].key_algorithm, keys[name].key_bits, keys[name].key_curve) for name in list(keys)[:3]] == [
        ("RSA", 2048, None),
        ("EC", None, None),
        (None, None, None),  # Ed25519, which sslscan does not know
    ]
