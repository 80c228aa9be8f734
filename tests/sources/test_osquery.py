from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from scan_samples import counts, export, of

from certanalytics.model import Reject, Sighting, StatedCertificate
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.scanners.osquery import osquery

SAMPLES = Path(__file__).parents[2] / "data" / "samples"

STORED = {
    "common_name": "a.example",
    "subject2": "C = DE, CN = a.example",
    "issuer": "/C=DE/CN=Some CA",
    "ca": "0",
    "self_signed": "0",
    "not_valid_before": "1761264000",
    "not_valid_after": "0",
    "signing_algorithm": "ecdsa-with-SHA384",
    "key_algorithm": "id-ecPublicKey",
    "key_strength": "prime256v1",
    "sha1": "AB" * 20,
    "path": "/etc/ssl/certs/ca.pem",
    "serial": "0AFE",
}
LINE = {"name": "c", "hostIdentifier": "web1.example", "calendarTime": "-", "unixTime": 1795435200}


def rows(written, *records):
    return list(osquery.read(written("\n".join(map(json.dumps, records)))))


def _leaf(case):
    return x509.load_pem_x509_certificates((SAMPLES / "truth" / f"{case}.pem").read_bytes())[0]


def test_what_is_said_of_the_lab_is_true():
    for name, expected in {"certificates.json": 4, "curl_certificate.json": 4, "results.log": 6}.items():
        sightings = list(osquery.read(export(SAMPLES / "osquery" / name)))
        assert counts(sightings) == {"Sighting": expected}
        for sighting in sightings:
            (certificate,) = sighting.chain
            if isinstance(certificate, bytes):
                assert hashlib.sha256(certificate).hexdigest() == _leaf("oddname").fingerprint(SHA256()).hex()
                continue
            case = (sighting.host or Path(sighting.path).stem).partition(".")[0]
            case = Path(sighting.path).stem if sighting.path else case.replace("win1", "selfsigned")
            truth = _leaf(case)
            assert int(certificate.serial_hex, 16) == truth.serial_number
            assert certificate.not_after == truth.not_valid_after_utc.replace(tzinfo=None)
            assert certificate.subject_cn == truth.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
            if certificate.key_bits:
                assert (certificate.key_algorithm, certificate.key_bits) == ("RSA", truth.public_key().key_size)
            if certificate.key_curve:
                assert certificate.key_curve == truth.public_key().curve.name


def test_an_entry_of_a_store(written):
    (sighting,) = rows(written, STORED)
    assert (sighting.kind, sighting.path, sighting.host, sighting.observed_at) == ("file", STORED["path"], None, None)
    assert sighting.chain == (
        StatedCertificate(
            sha1="ab" * 20,
            serial_hex="0afe",
            subject_dn="C = DE, CN = a.example",
            subject_cn="a.example",
            issuer_dn="/C=DE/CN=Some CA",
            not_before=datetime(2025, 10, 24),
            key_algorithm="EC",
            key_curve="secp256r1",
            signature_algorithm="ecdsa-with-SHA384",
            signature_hash="sha384",
            is_ca=False,
        ),
    )


def test_windows_has_stores_and_names_for_display(written):
    entry = {**STORED, "subject": "DE, A", "subject2": "C=DE, O=A", "issuer": "DE, Some CA", "common_name": "A"}
    entry |= {"ca": "-1", "store": "Personal", "path": "LocalMachine\\Personal", "key_algorithm": "ECC"}
    (sighting,) = rows(written, {**entry, "key_strength": "256"})
    assert (sighting.path, sighting.resource) == (None, "LocalMachine\\Personal")
    (said,) = sighting.chain
    assert (said.subject_dn, said.subject_cn, said.issuer_dn, said.is_ca) == ("C=DE, O=A", None, None, None)
    assert (said.key_algorithm, said.key_bits, said.key_curve) == ("EC", 256, None)


def test_the_strength_of_a_dsa_key_is_no_size(written):
    (sighting,) = rows(written, {**STORED, "key_algorithm": "dsaEncryption", "key_strength": "384"})
    assert (sighting.chain[0].key_algorithm, sighting.chain[0].key_bits) == ("DSA", None)


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ({"action": "added", "columns": STORED}, 1),
        ({"action": "removed", "columns": STORED}, 0),
        ({"action": "snapshot", "snapshot": [STORED, {"pid": "1"}, STORED]}, 2),
        ({"diffResults": {"added": [STORED], "removed": ""}}, 1),
        ({"diffResults": {"added": "", "removed": [STORED]}}, 0),
        ({"action": "added", "columns": {"name": "osqueryd", "pid": "1", "sha1": "x"}}, 0),
    ],
)
def test_lines_of_the_log(written, line, seen):
    found = rows(written, {**LINE, **line})
    assert counts(found) == ({"Sighting": seen} if seen else {})
    for sighting in of(found, Sighting):
        assert (sighting.host, sighting.observed_at) == ("web1.example", datetime(2026, 11, 23, 12))


def test_an_odd_row_of_a_snapshot_is_one_reject(written):
    odd = {**STORED, "sha1": "?"}
    found = rows(written, {**LINE, "action": "snapshot", "snapshot": [odd, STORED]})
    assert counts(found) == {"Reject": 1, "Sighting": 1}
    assert of(found, Reject)[0].locator == "[0].snapshot[0]"


def test_a_server_is_asked_on_the_port_it_names(written):
    served = {"hostname": "a.example:8443", "sha256_fingerprint": "CD" * 32, "valid_to": "Nov  8 00:00:00 2031 GMT"}
    served |= {"subject_alternative_names": "DNS:a.example, IP Address:2001:DB8:0:0:0:0:0:7, email:x@a.example"}
    served |= {"authority_key_identifier": "keyid:AB:CD:EF:01:AB:CD:EF:01;DirName:/CN=x;serial:01"}
    (sighting,) = rows(written, {**served, "basic_constraint": "CA:FALSE", "serial_number": ""})
    assert (sighting.kind, sighting.host, sighting.port, sighting.sni) == ("scan", "a.example", 8443, "a.example")
    (said,) = sighting.chain
    assert (said.sha256, said.not_after, said.is_ca) == ("cd" * 32, datetime(2031, 11, 8), False)
    assert (said.san_dns, said.san_ip, said.san_email) == (("a.example",), ("2001:db8::7",), ("x@a.example",))
    assert said.authority_key_id == "abcdef01abcdef01"


def test_rows_one_a_line_and_lines_in_an_array(written):
    log = {**LINE, "action": "added", "columns": STORED}
    for content in (json.dumps(STORED), json.dumps([log])):
        export = written(content)
        assert osquery.signature.matches(Head(export.head))
        assert len(of(osquery.read(export), Sighting)) == 1


@pytest.mark.parametrize(
    ("asked", "place"),
    [("[2001:db8::1]:8443", (None, "2001:db8::1", 8443)), ("https://a.example/", ("a.example", None, 443))],
)
def test_where_curl_certificate_was_pointed(written, asked, place):
    (row,) = rows(written, {"hostname": asked, "sha256_fingerprint": "AB" * 32, "valid_to": ""})
    assert (row.host, row.ip, row.port) == place


def test_a_digest_that_was_cut_names_no_certificate(written):
    assert isinstance(rows(written, STORED | {"sha1": "AB" * 19})[0], Reject)
