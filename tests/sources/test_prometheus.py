from __future__ import annotations

import json
from datetime import datetime

import pytest
from scan_samples import SCAN, counts, of, read, truth

from certanalytics.model import EndpointTls, Finding, Probe, Reject, Sighting, StatedCertificate
from certanalytics.sources.scanners.prometheus import prometheus_query, prometheus_text

PROMETHEUS = SCAN / "prometheus"
NOON = 1795435200  # 2026-11-23 12:00 UTC


def answer(*series, kind="vector"):
    return json.dumps({"status": "success", "data": {"resultType": kind, "result": list(series)}})


def series(name, value, **labels):
    return {"metric": {"__name__": name, "instance": "https://a.example/x", **labels}, "value": [NOON, str(value)]}


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("http_expired", "expired"),
        ("http_p256", "p256"),
        ("http_selfsigned", "selfsigned"),
        ("tcp_longvalid", "longvalid"),
    ],
)
@pytest.mark.shared
def test_the_leaf_served_comes_out_and_the_target_is_not_guessed(name, host):
    rows = read(prometheus_text, PROMETHEUS / f"blackbox0.23_{name}.prom")
    assert counts(rows) == {"Finding": 1, "Sighting": 1}
    (sighting,) = of(rows, Sighting)
    (certificate,) = sighting.chain
    _, ((leaf, *_),) = truth()[f"{host}.lab.example"]
    assert (certificate.sha256, certificate.subject_cn) == (leaf, f"{host}.lab.example")
    assert (certificate.not_after, sighting.host, sighting.ip, sighting.observed_at) == (None, None, None, None)


@pytest.mark.parametrize("name", ["http_refused", "http_rsa2048", "httpverify_expired"])
@pytest.mark.shared
def test_a_probe_that_failed_is_counted(name):
    (probe,) = read(prometheus_text, PROMETHEUS / f"blackbox0.23_{name}.prom")
    assert (probe.outcome, probe.detail, probe.host) == ("no certificate", "probe_success 0", None)


def test_an_answer_names_target_and_time(written):
    info = series(
        "probe_ssl_last_chain_info",
        1,
        fingerprint_sha256="AB" * 32,
        issuer="CN=A\\, B,O=C,C=DE",
        subject="CN=a.example",
        subjectalternative="a.example,*.a.example",
        serialnumber="0afe",
    )
    expiry = series("probe_ssl_earliest_cert_expiry", "1.824365905e+09")
    rows = list(prometheus_query.read(written(answer(info, expiry, series("probe_success", 0), series("up", 1)))))
    (sighting,) = of(rows, Sighting)
    assert sighting.chain == (
        StatedCertificate(
            sha256="ab" * 32,
            serial_hex="0afe",
            subject_dn="CN=a.example",
            subject_cn="a.example",
            issuer_dn="CN=A\\, B,O=C,C=DE",
            issuer_cn="A, B",
            issuer_o="C",
            san_dns=("a.example", "*.a.example"),
        ),
    )
    assert (sighting.host, sighting.port, sighting.sni) == ("a.example", 443, "a.example")
    assert (sighting.observed_at, sighting.time_basis) == (datetime(2026, 11, 23, 12), "record")
    (finding,) = of(rows, Finding)
    assert "2027-10-24 08:18:25" in finding.text
    assert of(rows, Probe) == []  # it failed for something else: the certificate was shown


@pytest.mark.parametrize(
    ("labels", "place"),
    [
        ({"instance": "https://user:secret@a.example:8443/"}, ("a.example", None, 8443)),
        ({"instance": "a.example:636"}, ("a.example", None, 636)),
        ({"instance": "a.example:25", "module": "smtp_starttls"}, ("a.example", None, 25)),
        ({"instance": "https://[2001:db8::1]/"}, (None, "2001:db8::1", 443)),
        ({"instance": "127.0.0.1:9115", "target": "https://a.example"}, ("a.example", None, 443)),
        ({"instance": "127.0.0.1:9115", "job": "tls"}, (None, None, None)),  # nobody made the target a label
        ({"instance": "Shop, front end", "job": "https"}, (None, None, None)),
        ({"instance": "http://a.example/"}, None),
        ({"instance": "192.0.2.1"}, None),  # a ping
        ({"instance": "a.example:22"}, None),
    ],
)
def test_only_what_was_asked_for_tls_counts_as_failed(written, labels, place):
    rows = list(prometheus_query.read(written(answer(series("probe_success", 0, **labels)))))
    if place is None:
        assert rows == []
    else:
        (probe,) = rows
        assert (probe.host, probe.ip, probe.port) == place


def test_certificates_in_files_and_secrets(written):
    page = r"""# TYPE x509_cert_not_after gauge
x509_cert_not_after{filepath="C:\\pki\\a.pem",filename="a.pem",issuer_CN="CA \"1\"",serial_number="255",subject_CN="a"} 2e+09
x509_cert_not_after{secret_namespace="shop",secret_name="tls",secret_key="tls.crt",serial_number="256",subject_CN=""} NaN
x509_cert_not_after{secret_namespace="shop",secret_name="odd",serial_number=""} 0
x509_cert_not_before{filepath="C:\\pki\\a.pem",issuer_CN="CA \"1\"",serial_number="255",subject_CN="a"} 1e+09
x509_cert_not_after{serial_number="x"} 1
x509_cert_error{filepath="/b"} 1
not a sample
"""  # noqa: E501 - as it is written
    rows = list(prometheus_text.read(written(page)))
    first, second = of(rows, Sighting)
    assert first.chain == (
        StatedCertificate(
            serial_hex="ff", subject_cn="a", issuer_cn='CA "1"', not_after=datetime(2033, 5, 18, 3, 33, 20)
        ),
    )
    assert (first.kind, first.path, first.resource) == ("file", "C:\\pki\\a.pem", None)
    assert second.chain == (StatedCertificate(serial_hex="0100"),)
    assert (second.path, second.resource) == (None, "shop/tls")
    assert [row.path for row in of(rows, Finding)] == ["/b"]
    assert [row.locator for row in of(rows, Reject)] == ["line 6", "line 8"]


def test_of_a_range_the_first_and_the_last_time_count(written):
    labels = {"__name__": "x509_cert_not_after", "serial_number": "1", "filepath": "/a", "instance": "web1:9793"}
    points = [[NOON + 60 * minute, "2e9"] for minute in range(5)]
    rows = list(prometheus_query.read(written(answer({"metric": labels, "values": points}, kind="matrix"))))
    assert [row.observed_at.minute for row in rows] == [0, 4]
    assert [(row.host, row.path, row.port) for row in rows] == [("web1", "/a", None)] * 2
    in_a_pod = {**labels, "pod": "exporter-x", "instance": "10.0.0.1:9793", "node": ""}
    (row,) = prometheus_query.read(written(answer({"metric": in_a_pod, "value": [NOON, "2e9"]})))
    assert (row.host, row.ip, row.path) == (None, None, "/a")


def test_federation_has_the_labels_and_a_time_in_milliseconds(written):
    line = f'probe_tls_version_info{{instance="https://a.example",version="TLS 1.2"}} 1 {NOON}000\n'
    (row,) = prometheus_text.read(written(line))
    assert isinstance(row, EndpointTls)
    assert (row.host, row.protocols, row.observed_at) == ("a.example", ("TLSv1.2",), datetime(2026, 11, 23, 12))


def test_a_line_that_was_cut_is_no_value(written):
    (row,) = prometheus_text.read(written('x509_cert_not_after{serial_number="1"} 19'))
    assert isinstance(row, Reject)


@pytest.mark.parametrize(
    "odd",
    [
        {"metric": {"__name__": "probe_success"}, "values": [[]]},
        {"metric": {"__name__": "probe_success"}, "values": [[NOON], "x"]},
        {"metric": "x", "value": [NOON, "1"]},
        {"metric": {"__name__": "x509_cert_not_after", "serial_number": "1"}, "value": [NOON, "1e300"]},
        {"metric": {"fingerprint_sha256": "?"}, "value": [NOON, "1"]},
        {"value": [NOON, "1"]},
    ],
)
def test_an_odd_series_is_one_reject(written, odd):
    rows = list(prometheus_query.read(written(answer(odd, series("probe_success", 0)))))
    assert counts(rows) == {"Reject": 1, "Probe": 1}


@pytest.mark.parametrize("end", ["", "\n", "\n# EOF", "\r\n"])
def test_a_page_without_its_last_line_end_is_whole_where_no_digit_can_be_missing(written, end):
    (row,) = prometheus_text.read(written(f'probe_success{{target="https://a.example"}} 0{end}'))
    assert isinstance(row, Probe)
