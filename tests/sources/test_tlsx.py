from __future__ import annotations

import json
from datetime import datetime

import pytest
from scan_samples import SCAN, counts, needs_samples, of, read

from certanalytics.model import CtEntry, EndpointTls, Probe, Reject, Sighting, StatedCertificate
from certanalytics.sources.scanners.httpx import httpx_json
from certanalytics.sources.scanners.tlsx import tlsx_json

LINE = {"host": "a.example", "ip": "192.0.2.1", "port": "8443", "probe_status": True, "sni": "a.example"}
DIGEST = {"fingerprint_hash": {"sha256": "ab" * 32}}


def rows_of(written, *lines, source=tlsx_json):
    return list(source.read(written("\n".join(map(json.dumps, lines)))))


class TestRealLines:
    pytestmark = needs_samples

    def test_tlsx(self):
        rows = read(tlsx_json, SCAN / "tlsx" / "public_lines.jsonl")
        assert counts(rows) == {"Sighting": 2, "EndpointTls": 2}
        assert rows[2] == Sighting(
            locator="[1]",
            kind="scan",
            host="samaa.tv",
            ip="3.160.77.103",
            port=443,
            sni="samaa.tv",
            observed_at=datetime(2026, 8, 27, 15, 12, 32, 686706),
            chain=(
                StatedCertificate(
                    sha256="0e5c21353545b09e9ec0f25c953ab7208f5ba66a68d6e2475a997224d16116ce",
                    sha1="94226a8f4ba7e1c4d4f5055d85a972ac6019c614",
                    serial_hex="0d54c61b485eb6a664498b0d0ce01dcf",
                    subject_dn="CN=samaa.tv",
                    subject_cn="samaa.tv",
                    issuer_dn="CN=Amazon RSA 2048 M01, O=Amazon, C=US",
                    issuer_cn="Amazon RSA 2048 M01",
                    issuer_o="Amazon",
                    san_dns=("samaa.tv", "*.samaa.tv"),
                    not_before=datetime(2026, 1, 23),
                    not_after=datetime(2027, 2, 21, 23, 59, 59),
                ),
            ),
        )
        assert rows[3].protocols == ("TLSv1.3",)
        assert rows[3].groups == ("X25519MLKEM768",)
        assert rows[0].observed_at == datetime(2022, 8, 22, 15, 52, 59, 799053)  # +05:30

    def test_pretty_printed(self):
        assert (
            read(tlsx_json, SCAN / "tlsx" / "readme_pretty.json")
            == read(tlsx_json, SCAN / "tlsx" / "public_lines.jsonl")[:2]
        )

    def test_httpx(self):
        sighting, offered = read(httpx_json, SCAN / "httpx" / "public_tls_line_excerpt.jsonl")
        assert (sighting.host, sighting.ip, sighting.port) == (None, "127.0.0.1", 443)
        assert sighting.observed_at == datetime(2024, 6, 27, 12, 27, 32, 391073)
        assert offered.cipher_suites == ("TLS_AES_128_GCM_SHA256",)

    @pytest.mark.parametrize("name", ["dd_httpx_many_vuln.json", "dd_httpx_one_vuln.json"])
    def test_httpx_without_tls_is_known_and_gives_nothing(self, name):
        assert read(httpx_json, SCAN / "httpx" / name) == []


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("auto: could not connect to host; dial tcp: connection refused", "refused"),
        ("context deadline exceeded", "timeout"),
        ("could not resolve host: no address found for host", "unresolvable"),
        ("tls: first record does not look like a TLS handshake", "not tls"),
        ("remote error: tls: handshake failure", "handshake failed"),
        ("something new", "no certificate"),
        (None, "no certificate"),
    ],
)
def test_a_failed_probe_by_its_words(written, error, outcome):
    (probe,) = rows_of(written, {"host": "a.example", "port": "443", "probe_status": False, "error": error})
    assert (probe.outcome, probe.detail, probe.observed_at) == (outcome, error, None)
    assert isinstance(probe, Probe)


def test_a_server_that_asked_for_a_client_certificate_first(written):
    rows = rows_of(written, LINE | {"tls_version": "tls12", "client_cert_required": True})
    assert [type(row) for row in rows] == [Probe, EndpointTls]


def test_the_leaf_is_not_repeated_where_openssl_shows_it_again(written):
    leaf, issuer = DIGEST, {"fingerprint_hash": {"sha256": "cd" * 32}}
    with_leaf = LINE | leaf | {"chain": [leaf, issuer], "tls_connection": "openssl"}
    without = LINE | leaf | {"chain": [issuer], "tls_connection": "ctls"}
    one, other = rows_of(written, with_leaf, without)
    assert [part.sha256 for part in one.chain] == ["ab" * 32, "cd" * 32]
    assert one.chain == other.chain


def test_a_line_from_a_log_is_no_handshake(written):
    line = (
        LINE
        | DIGEST
        | {"serial": "1000000000", "ctl_source": "google_xenon2025h2", "not_before": "0001-01-01T00:00:00Z"}
    )
    (entry,) = rows_of(written, line)
    assert entry == CtEntry(
        locator="[0]",
        certificate=StatedCertificate(sha256="ab" * 32, serial_hex="3b9aca00"),
        log="google_xenon2025h2",
    )


def test_after_a_redirect_the_address_of_the_target_is_not_that_of_the_certificate(written):
    record = {"url": "https://a.example/", "host_ip": "192.0.2.1", "tls": LINE | DIGEST | {"ip": ""}}
    moved = record | {"url": "https://other.example/"}
    rows = rows_of(written, record, moved, source=httpx_json)
    assert [row.ip for row in of(rows, Sighting)] == ["192.0.2.1", None]


@pytest.mark.parametrize("digest", [{"sha256": "ab" * 31}, {"sha256": "ab" * 20}, {"sha1": "ab" * 32}, {"sha1": "ab"}])
def test_a_fingerprint_that_was_cut_names_no_certificate(written, digest):
    (row,) = rows_of(written, {**LINE, "fingerprint_hash": digest})
    assert isinstance(row, Reject)


def test_a_name_that_is_none_is_left_out(written):
    names = ["10.0.0.1", "*.a.example", "a b.example", "https://a.example", "A.example", "a" * 64 + ".example", "::1"]
    sighting, *_ = rows_of(written, {**LINE, **DIGEST, "subject_an": names})
    assert sighting.chain[0].san_dns == ("*.a.example", "A.example")
