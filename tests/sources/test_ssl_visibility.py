"""The session log of SSL Visibility: the published example lines, and lines as they get damaged."""

from __future__ import annotations

from datetime import datetime

import pytest

from certanalytics.model import EndpointTls, Reject, Sighting, StatedCertificate
from certanalytics.sources.managers.ssl_visibility import ssl_visibility_session_log

OLD = (
    "Dec 15 11:09:55 SSLV3800 ssldata[3934]: [A:81000064] 1450195794 192.0.2.3:49307 -> 192.0.2.7:443 TLS1.0 "
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA www.lab.example rule:6 resign Success(0x0)\n"
)
NEW = (
    "Sep 14 12:22:19 sslv Sep 14 12:22:19 sslv ssldata[4256]: [A:86161d82] 1473870139 [2001:db8::5]:4824 -> "
    "[2001:db8::1]:443 TLS1.2 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 www.lab.example Web Ads rule: Analytics "
    "cert fp: 01:02:03:04:05:06:07:50:3f:dd: 01:02:03:04:05:06:07:08:11:12 rule:1 cut Success(0x0)\n"
)


def read(written, text):
    return list(ssl_visibility_session_log.read(written(text)))


def test_a_session_with_a_fingerprint(written):
    sighting, spoken = read(written, NEW)
    place = {
        "host": "www.lab.example",
        "ip": "2001:db8::1",
        "port": 443,
        "observed_at": datetime(2016, 9, 14, 16, 22, 19),
    }
    chain = (StatedCertificate(sha1="01020304050607503fdd01020304050607081112"),)
    assert sighting == Sighting(locator="line 1", kind="passive", chain=chain, **place)
    suites = ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",)
    assert spoken == EndpointTls(locator="line 1", protocols=("TLSv1.2",), cipher_suites=suites, **place)


def test_a_resigned_session_without_a_fingerprint_says_nothing_of_the_server(written):
    assert read(written, OLD) == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (NEW[:-20], "cut short"),
        (NEW.replace("3f:dd: ", "xx:xx: "), "not hexadecimal"),
        (NEW.replace(":11:12", ""), "36 digits"),
        (NEW.replace("]:443", "]:99999"), "no port"),
        (NEW.replace("[2001:db8::1]", "server"), "no address"),
    ],
)
def test_a_damaged_line_is_told(written, line, reason):
    *_, row = read(written, OLD + line)
    assert isinstance(row, Reject)
    assert row.locator == "line 2"
    assert reason in row.reason
