"""What the rules over all sources cannot see of Suricata's tls events."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from scan_samples import SCAN, needs_samples, read

from certanalytics.model import Probe, Reject, Sighting, StatedCertificate
from certanalytics.sources.scanners.suricata import suricata_eve


def event(timestamp="2026-11-23T11:00:00.038810+0200", **tls):
    return {
        "timestamp": timestamp,
        "flow_id": 7,
        "event_type": "tls",
        "src_ip": "192.0.2.1",
        "src_port": 50000,
        "dest_ip": "192.0.2.2",
        "dest_port": 443,
        "tls": tls,
    }


@pytest.fixture
def rows(written):
    def from_events(*events):
        return list(suricata_eve.read(written("".join(json.dumps(one) + "\n" for one in events))))

    return from_events


class TestSamples:
    pytestmark = needs_samples

    def test_an_event_in_full(self):
        (row,) = read(suricata_eve, SCAN / "suricata" / "elastic_tls_empty_issuerdn.log")
        assert row == Sighting(
            locator="line 1",
            chain=(
                StatedCertificate(
                    sha1="b9c8dc0de58b78c3cfe344bed1553b380592de1d",
                    serial_hex="1a000b9ea57b2461df621032e60001000b9ea6",
                    subject_dn="CN=example.com, O=Example Corp, C=US",
                    subject_cn="example.com",
                    subject_o="Example Corp",
                    not_before=datetime(2025, 9, 11, 4, 59, 57),
                    not_after=datetime(2026, 9, 11, 4, 59, 57),
                ),
            ),
            kind="passive",
            ip="198.51.100.10",
            port=636,
            observed_at=datetime(2026, 6, 27, 12, 13, 26, 24477),
        )


@pytest.mark.parametrize(
    ("dn", "common_name", "organisation"),
    [
        ("C=DE, O=Example, Inc., CN=a.example", "a.example", "Example, Inc."),
        ("C=US, O=Example, CN=a.example/emailAddress=x@a.example", "a.example", "Example"),
        ("CN=b.example, CN=a.example", None, None),
        ("", None, None),
    ],
)
def test_names_without_escapes(rows, dn, common_name, organisation):
    (row,) = rows(event(subject=dn, issuerdn="CN=Issuer"))
    assert (row.chain[0].subject_cn, row.chain[0].subject_o) == (common_name, organisation)


def test_serial_numbers_are_bytes_with_a_sign(rows):
    serials = [row.chain[0].serial_hex for row in rows(event(serial="00:A4:9D"), event(serial="A4:9D"))]
    assert serials == ["a49d", "-5b63"]


def test_behind_a_proxy_only_the_name_is_the_servers(rows):
    (proxied,) = rows(event(subject="CN=a", sni="a.example", from_proto="http"))
    assert (proxied.ip, proxied.port, proxied.sni, proxied.starttls) == (None, None, "a.example", None)
    (mail,) = rows(event(subject="CN=a", from_proto="smtp"))
    assert (mail.ip, mail.port, mail.starttls) == ("192.0.2.2", 443, "smtp")


@pytest.mark.parametrize(
    ("proto", "starttls"), [("ldap", "ldap"), ("pgsql", "postgres"), ("ftp", "ftp"), ("rfb", None)]
)
def test_what_turned_into_tls_goes_by_the_estates_name(rows, proto, starttls):
    (row,) = rows(event(subject="CN=a", from_proto=proto))
    assert (row.ip, row.starttls) == ("192.0.2.2", starttls)


def test_events_without_a_certificate(rows):
    resumed = event(sni="a.example", session_resumed=True)
    hidden = event(sni="b.example", version="TLS 1.3")
    silent = event(sni="c.example", version="TLS 1.2")  # a custom list may leave the certificate out
    client = event(sni="d.example", version="TLS 1.2", client={"subject": "CN=me", "issuerdn": "CN=us"})
    alert = {**event(subject="CN=a"), "event_type": "alert"}
    made = rows(resumed, hidden, resumed, silent, client, alert)
    assert [(type(row), row.sni) for row in made] == [(Probe, "a.example"), (Probe, "b.example")]


def test_a_time_without_zone_is_the_sensors_own_and_left_out(rows):
    (row,) = rows(event(timestamp="2026-11-23T11:00:00.038810", subject="CN=a"))
    assert row.observed_at is None


def test_a_certificate_that_is_no_base64_is_a_reject(rows):
    kept, bad = rows(event(subject="CN=a"), event(chain=["not base64!"]))
    assert isinstance(kept, Sighting)
    assert isinstance(bad, Reject)
