from __future__ import annotations

import json
from datetime import datetime

from scan_samples import SCAN, chain, counts, needs_samples, of, read

from certanalytics.model import EndpointTls, Probe, Reject, Sighting, StatedCertificate
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.scanners.shodan import shodan_json

BANNER = {
    "ip_str": "192.0.2.1",
    "ip": 3221225985,
    "port": 443,
    "transport": "tcp",
    "hostnames": ["a.example", "b.example"],
    "timestamp": "2026-09-29T12:44:48.931685",
    "_shodan": {"crawler": "c", "module": "https", "options": {}},
}
CERT = {
    "serial": 2.5879735000124514e38,
    "sig_alg": "ecdsa-with-SHA256",
    "issued": "20200520000000Z",
    "expires": "20201126235959Z",
    "pubkey": {"type": "dsa", "bits": 256},
    "subject": {"CN": "a.example"},
    "issuer": {"CN": "CA", "O": "CA Ltd"},
    "fingerprint": {"sha256": "ab" * 32},
}


def rows_of(written, *banners):
    return list(shodan_json.read(written("\n".join(json.dumps(BANNER | banner) for banner in banners))))


class TestRealBanners:
    pytestmark = needs_samples

    def test_rows(self):
        rows = read(shodan_json, SCAN / "shodan" / "banners_104.18.166.49.jsonl")
        assert counts(rows) == {"Sighting": 4, "EndpointTls": 4}
        first = rows[0]
        assert (first.host, first.ip, first.port, first.sni) == (None, "104.18.166.49", 443, None)
        assert first.observed_at == datetime(2020, 9, 29, 12, 44, 48, 931685)
        assert len(chain(first)) == 4
        assert chain(first)[0] == "7872e3d5dd476590e98509e6c1f869161edf51bbad75ba75a63bb649883d94d2"
        assert rows[1].protocols == ("TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
        assert rows[1].refused == ("SSLv2", "SSLv3")
        assert rows[1].cipher_suites == ("ECDHE-ECDSA-AES128-GCM-SHA256",)

    def test_banners_without_tls_are_known_and_give_nothing(self):
        assert read(shodan_json, SCAN / "shodan" / "intelmq_banners_no_ssl.jsonl") == []


def test_without_pem_a_rounded_serial_and_a_wrongly_named_key_are_left_out(written):
    (sighting,) = rows_of(written, {"ssl": {"cert": CERT, "chain_sha256": ["ab" * 32, "cd" * 32]}})
    assert sighting.chain == (
        StatedCertificate(
            sha256="ab" * 32,
            subject_cn="a.example",
            issuer_cn="CA",
            issuer_o="CA Ltd",
            not_before=datetime(2020, 5, 20),
            not_after=datetime(2020, 11, 26, 23, 59, 59),
            signature_algorithm="ecdsa-with-SHA256",
            signature_hash="sha256",
        ),
        StatedCertificate(sha256="cd" * 32),
    )


def test_a_handshake_without_certificate_is_an_attempt(written):
    (probe,) = rows_of(written, {"ssl": {"chain": [], "versions": [], "cipher": None}})
    assert isinstance(probe, Probe)
    assert (probe.outcome, probe.ip, probe.host) == ("handshake failed", "192.0.2.1", None)


def test_a_name_counts_if_it_was_asked_for_or_is_the_only_one(written):
    ssl = {"ssl": {"chain": []}}
    asked = {"_shodan": {"module": "smtp", "options": {"hostname": "mx.example"}}}
    several, one, given = rows_of(written, ssl, ssl | {"hostnames": ["a.example"]}, ssl | asked)
    assert [(row.host, row.sni) for row in (several, one, given)] == [
        (None, None),
        ("a.example", None),
        ("mx.example", "mx.example"),
    ]
    assert given.starttls == "smtp"


def test_the_certificate_of_a_remote_desktop_was_shown_after_an_upgrade(written):
    (row,) = rows_of(written, {"port": 3389, "_shodan": {"module": "rdp"}, "ssl": {"cert": CERT}})
    assert (row.port, row.starttls) == (3389, "rdp")


def test_answers_of_the_api_hold_the_same_banners(written):
    banner = BANNER | {"ssl": {"versions": ["TLSv1.2", "-TLSv1"], "cert": CERT}}
    host, search = {"ip_str": "192.0.2.1", "ports": [443], "data": [banner]}, {"matches": [banner], "total": 1}
    for answer in (host, search, [host], [banner], banner):
        export = written(json.dumps(answer))
        assert shodan_json.signature.matches(Head(export.head))
        assert counts(list(shodan_json.read(export))) == {"Sighting": 1, "EndpointTls": 1}


def test_a_long_page_before_the_other_keys_does_not_hide_a_banner(written):
    export = written(json.dumps({"_shodan": BANNER["_shodan"], "http": {"html": "x" * 100_000}} | BANNER))
    assert shodan_json.signature.matches(Head(export.head))


def test_one_damaged_certificate_costs_itself_alone(written):
    rows = rows_of(
        written, {"ssl": {"chain": ["-----BEGIN CERTIFICATE-----\nx"], "versions": ["TLSv1.2"], "cert": CERT}}
    )
    assert len(of(rows, Reject)) == len(of(rows, Sighting)) == len(of(rows, EndpointTls)) == 1
