from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from scan_samples import export, of

from certanalytics.model import Alias, CtEntry, EndpointTls, Revocation, Sighting, StatedCertificate
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.scanners.censys import censys_json

SAMPLES = Path(__file__).parents[2] / "data" / "samples" / "censys"
SHA = "ab" * 32
SERVICE = {"port": 443, "transport_protocol": "TCP", "extended_service_name": "HTTPS", "certificate": SHA}
HOST = {"ip": "192.0.2.1", "services": [SERVICE], "last_updated_at": "2026-10-27T17:02:26.140Z"}
PLATFORM = {
    "ip": "192.0.2.1",
    "services": [
        {
            "port": 443,
            "transport_protocol": "tcp",
            "scan_time": "2026-01-27T21:48:42Z",
            "tls": {
                "fingerprint_sha256": SHA,
                "presented_chain": [{"fingerprint_sha256": "cd" * 32, "subject_dn": "CN=CA"}],
                "version_selected": "tlsv1_3",
                "versions": [{"version": "tlsv1_3"}, {"version": "ss_lv_3"}],
            },
        }
    ],
}


def rows_of(written, value):
    made = written(json.dumps(value))
    assert censys_json.signature.matches(Head(made.head))
    return list(censys_json.read(made))


@pytest.mark.parametrize(
    "value",
    [
        HOST,
        [HOST],
        {"code": 200, "result": HOST},
        {"code": 200, "result": {"total": 1, "hits": [HOST]}},
        {"result": {"resource": PLATFORM}},
        {"result": [{"resource": PLATFORM}]},
        {"result": {"hits": [{"host_v1": {"resource": PLATFORM}}]}},
        [PLATFORM],
    ],
)
def test_hosts_in_every_wrapper(written, value):
    sightings = of(rows_of(written, value), Sighting)
    assert [(row.ip, row.host, row.port, row.chain[0].sha256) for row in sightings] == [("192.0.2.1", None, 443, SHA)]


def test_a_service_of_the_platform(written):
    sighting, offered = rows_of(written, PLATFORM)
    assert sighting.chain == (StatedCertificate(sha256=SHA), StatedCertificate(sha256="cd" * 32, subject_dn="CN=CA"))
    assert sighting.observed_at == datetime(2026, 1, 27, 21, 48, 42)
    assert isinstance(offered, EndpointTls)
    assert offered.protocols == ("TLSv1.3", "SSLv3")


def test_a_virtual_host_was_asked_by_its_name(written):
    (sighting,) = rows_of(written, HOST | {"name": "a.example"})
    assert (sighting.host, sighting.sni, sighting.ip) == ("a.example", "a.example", "192.0.2.1")
    assert sighting.observed_at == datetime(2026, 10, 27, 17, 2, 26, 140000)


def test_the_common_name_among_the_names_is_no_alternative_name_for_certain(written):
    leaf = {"names": ["a.example", "b.example", "192.0.2.7"], "subject": {"common_name": ["a.example"]}}
    certificates = {"leaf_fp_sha_256": SHA, "leaf_data": leaf | {"pubkey_algorithm": "ECDSA", "pubkey_bit_size": 256}}
    (sighting,) = rows_of(written, HOST | {"services": [SERVICE | {"tls": {"certificates": certificates}}]})
    assert sighting.chain == (
        StatedCertificate(
            sha256=SHA,
            subject_cn="a.example",
            san_dns=("b.example",),
            san_ip=("192.0.2.7",),
            key_algorithm="EC",
            key_bits=256,
        ),
    )


def test_certificates_are_entries_of_their_logs_and_revocations():
    rows = list(censys_json.read(export(SAMPLES / "certificates.jsonl")))
    entry, revocation = rows[0], of(rows, Revocation)[0]
    assert isinstance(entry, CtEntry)
    assert (entry.log, entry.log_index, entry.entry_type) == ("lab_2026", 8001, "x509_entry")
    assert (revocation.status, revocation.reason) == ("revoked", "keyCompromise")
    assert revocation.serial_hex == entry.certificate.serial_hex
    assert (entry.certificate.key_algorithm, entry.certificate.key_bits) == ("RSA", 2048)


def test_a_certificate_no_log_has_is_named_by_its_fingerprint(written):
    record = {"fingerprint_sha256": SHA, "parsed": {"validity_period": {"not_after": "2027-01-01T00:00:00Z"}}}
    (alias,) = rows_of(written, record)
    assert isinstance(alias, Alias)
    assert alias.certificate == StatedCertificate(sha256=SHA, not_after=datetime(2027, 1, 1))
