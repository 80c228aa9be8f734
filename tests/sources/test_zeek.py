"""What the rules over all sources cannot see of Zeek's logs."""

from __future__ import annotations

import hashlib
import json
import ssl
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from scan_samples import SCAN, needs_samples, of, read

from certanalytics import x509
from certanalytics.model import Alias, Probe, Reject, Sighting
from certanalytics.sources.scanners.zeek import zeek_logs

ZEEK = SCAN / "zeek"
OURS = Path(__file__).parents[2] / "data" / "samples" / "zeek"
FINGERPRINT = "ab" * 32


def placeless(rows):
    """Rows without where they stand in their file."""
    return [replace(row, locator="") for row in rows]


def log(path, fields, *lines, end="\n"):
    head = f"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t{path}\n"
    return head + "\t".join(("#fields", *fields.split())) + "\n" + "\n".join("\t".join(line) for line in lines) + end


def connection(**fields):
    said = {
        "ts": 1521911720.629574,
        "uid": "C1",
        "id.orig_h": "192.0.2.1",
        "id.orig_p": 40000,
        "id.resp_h": "192.0.2.2",
        "id.resp_p": 443,
        "server_name": "a.example",
        "established": True,
        "cert_chain_fps": [FINGERPRINT],
        **fields,
    }
    return {name: value for name, value in said.items() if value is not None}


def certificate(**fields):
    return {
        "ts": 1521911720.629574,
        "fingerprint": FINGERPRINT,
        "certificate.serial": "0A",
        "certificate.subject": "CN=a.example",
        "certificate.issuer": "CN=Issuer",
        "certificate.not_valid_before": 1500000000.0,
        "certificate.not_valid_after": 1600000000.0,
        "certificate.sig_alg": "sha256WithRSAEncryption",
        "host_cert": True,
        "client_cert": False,
        **{name.replace("__", "."): value for name, value in fields.items()},
    }


@pytest.fixture
def rows(written):
    """The rows of JSON lines, or of a text."""

    def from_content(*content):
        text = content[0] if isinstance(content[0], str) else "".join(json.dumps(line) + "\n" for line in content)
        return list(zeek_logs.read(written(text)))

    return from_content


class TestSamples:
    pytestmark = needs_samples

    def test_one_network_as_tsv_and_as_json(self):
        tsv, as_json = (read(zeek_logs, ZEEK / f"brim_known_certs.{kind}.gz") for kind in ("log", "json"))
        assert len(tsv) == 35
        assert placeless(tsv) == placeless(as_json)

    def test_every_chain_is_explained_by_fingerprint(self):
        connections, certificates = (read(zeek_logs, ZEEK / f"brim_{log}.log.gz") for log in ("ssl", "x509"))
        sightings = of(connections, Sighting)
        assert (len(sightings), of(connections, Reject)) == (9975, [])
        described = {row.chain[0].sha256 for row in of(certificates, Sighting)}  # leaves only were logged here
        unexplained = {row.chain[0].sha256 for row in sightings} - described
        assert unexplained == {"571dd531a1de8d7d9c1600d4648bf0865ad7e1fff50069eb75f8d8ea5dbb8537"}  # not in the log

    def test_a_network_of_resumed_and_hidden_sessions_is_a_probe_for_each_endpoint(self):
        (probe,) = read(zeek_logs, ZEEK / "evanswj_ssl.log")
        assert isinstance(probe, Probe)
        assert (probe.ip, probe.port, probe.outcome) == ("192.168.1.154", 8443, "no certificate")
        assert probe.detail == "TLS 1.3 encrypts the certificate"
        assert probe.observed_at == datetime(2026, 4, 3, 14, 24, 19, 722027)

    def test_before_41_chains_are_explained_by_file_identifier(self):
        aliases = {row.alias for row in read(zeek_logs, ZEEK / "zat_json_x509.log")}
        named = {part.alias for row in read(zeek_logs, ZEEK / "zat_json_ssl.log") for part in row.chain}
        assert len(aliases & named) == 50

    def test_a_certificate_in_base64_is_the_one_of_its_fingerprint(self):
        rows = read(zeek_logs, ZEEK / "zeekbase_base64cert_x509.log")
        assert [type(row) for row in rows] == [Sighting, Alias, Alias]
        lines = (ZEEK / "zeekbase_base64cert_x509.log").read_text().splitlines()
        fingerprints = [line.split("\t")[1] for line in lines if not line.startswith("#")]
        ders = [row.chain[0] if isinstance(row, Sighting) else row.certificate for row in rows]
        assert [hashlib.sha256(der).hexdigest() for der in ders] == fingerprints
        assert {row.observed_at for row in rows} == {None}

    def test_a_negative_serial_number(self):
        serials = {row.chain[0].serial_hex for row in read(zeek_logs, ZEEK / "maccdc2012_x509.log")}
        assert "-5b629bb1" in serials


def test_what_is_said_of_a_certificate_is_what_our_decoder_says():
    stated = {row.chain[0].sha256: row.chain[0] for row in of(read(zeek_logs, OURS / "x509.log"), Sighting)}
    pems = [path.read_text().partition("-----END CERTIFICATE-----") for path in (OURS.parent / "truth").glob("*.pem")]
    decoded = x509.decode([ssl.PEM_cert_to_DER_cert(begin + end) for begin, end, _ in pems]).to_pylist()
    decoded = {row["sha256"]: row for row in decoded if row["sha256"] in stated}
    assert len(decoded) == len(stated) == 8
    columns = (
        "serial_hex",
        "subject_cn",
        "issuer_cn",
        "issuer_o",
        "not_before",
        "not_after",
        "key_algorithm",
        "key_bits",
    )
    columns += ("key_curve", "signature_algorithm", "signature_hash", "is_ca")
    for sha256, row in decoded.items():
        assert {name: getattr(stated[sha256], name) for name in columns} == {name: row[name] for name in columns}
        assert list(stated[sha256].san_dns) == row["san_dns"]
    names = {one.subject_cn for one in stated.values()}
    assert 'Zürich, "Büro" / Größe; a=b' in names


@pytest.mark.parametrize("time", [1521911720.629574, 1521911720629.574, "2018-03-24T17:15:20.629574Z"], ids=str)
def test_times_in_every_form(rows, time):
    ends = {
        "certificate__not_valid_after": 253402300799000 if str(time).startswith("1521911720629") else 253402300799.0
    }
    (row,) = rows(certificate(ts=time, **ends))
    assert row.observed_at == datetime(2018, 3, 24, 17, 15, 20, 629574)
    assert row.chain[0].not_after == datetime(9999, 12, 31, 23, 59, 59)


@pytest.mark.parametrize(
    ("written_as", "expected"),
    [
        (0.0, None),
        ("1970-01-01T00:00:00.000000Z", None),
        (253402318799.0, datetime(9999, 12, 31, 23, 59, 59)),
        ("10000-01-01T04:59:59.000000Z", datetime(9999, 12, 31, 23, 59, 59)),
        (-86400.0, datetime(1969, 12, 31)),
    ],
)
def test_the_ends_of_time(rows, written_as, expected):
    (row,) = rows(certificate(certificate__not_valid_after=written_as))
    assert row.chain[0].not_after == expected


@pytest.mark.parametrize(
    "ts", [0, 0.0, -1.5, 788918399.999999, 4102444800.0, 9e10, 1e18, "1970-01-01T00:00:00Z", "9999-01-01"], ids=str
)
def test_no_connection_was_seen_then(rows, ts):
    for record in (connection(ts=ts), certificate(ts=ts)):
        (row,) = rows(record)
        assert isinstance(row, Sighting)
        assert row.observed_at is None


def test_a_time_that_is_none_is_a_reject(rows):
    _, row = rows(certificate(), certificate(ts="yesterday"))
    assert isinstance(row, Reject)


def test_names_of_fields_with_underscores_or_nested(rows):
    plain = rows(connection(), certificate())
    flat = [{name.replace(".", "_"): value for name, value in line.items()} for line in (connection(), certificate())]
    assert rows(*flat) == plain
    nested = {"id": {"orig_h": "192.0.2.1", "orig_p": 40000, "resp_h": "192.0.2.2", "resp_p": 443}}
    rest = {name: value for name, value in connection().items() if not name.startswith("id.")}
    assert rows(rest | nested, certificate()) == plain


def test_escapes_are_undone_alike_in_both_forms(rows):
    fields = "ts host port_num subject issuer_subject serial"
    cells = ("1.5", "192.0.2.2", "443", r"CN=a\\, b,O=M\xc3\xbcller\x09\xff", r"CN=\x2d", "0F")
    (tsv,) = rows(log("known_certs", fields, cells))
    said = ["CN=a\\, b,O=M\\xc3\\xbcller\t\\xff", "CN=-"]
    line = {
        "ts": 1.5,
        "host": "192.0.2.2",
        "port_num": 443,
        "subject": said[0],
        "issuer_subject": said[1],
        "serial": "0F",
    }
    (as_json,) = rows(line)
    assert tsv.chain == as_json.chain
    assert tsv.chain[0].subject_cn == "a, b"
    assert tsv.chain[0].subject_o == "Müller\t\\xff"


@pytest.mark.parametrize(("digits", "column"), [(64, "sha256"), (40, "sha1"), (32, None)])
def test_the_hash_function_is_told_by_its_length(rows, digits, column):
    fingerprint = "AB" * (digits // 2)
    seen, *explained = rows(connection(cert_chain_fps=[fingerprint]), certificate(fingerprint=fingerprint))
    if column:
        assert getattr(seen.chain[0], column) == getattr(explained[0].chain[0], column) == fingerprint.lower()
        assert len(explained) == 1
    else:
        assert seen.chain[0].alias == explained[1].alias == f"zeek:{fingerprint.lower()}"


def test_only_leaves_of_servers_are_seen_and_all_are_kept(rows):
    made = rows(certificate(), certificate(host_cert=False), certificate(client_cert=True))
    assert [type(row) for row in made] == [Sighting, Alias, Alias]
    assert (made[0].ip, made[0].host, made[0].port) == (None, None, None)


def test_client_chains_are_no_sightings(rows):
    none = connection(cert_chain_fps=[], client_cert_chain_fps=[FINGERPRINT], established=False)
    client = {"ts": 1.5, "host": "192.0.2.9", "subject": "CN=me", "issuer_subject": "CN=us", "serial": "01"}
    server = {**client, "port_num": 443}
    assert [type(row) for row in rows(none, client, server)] == [Sighting]


def test_one_probe_for_an_endpoint_and_reason_and_none_once_it_was_seen(rows):
    hidden = connection(cert_chain_fps=None, version="TLSv13")
    resumed = connection(cert_chain_fps=None, resumed=True)
    failed = connection(cert_chain_fps=None, established=False, server_name="b.example")
    made = rows(hidden, hidden, resumed, failed, connection(), hidden, resumed)
    assert [type(row) for row in made] == [Probe, Probe, Sighting]
    assert "TLS 1.3" in made[0].detail
    assert "resumed" in made[1].detail


def test_the_server_of_a_flipped_connection_is_who_opened_it(rows):
    (row,) = rows(connection(ssl_history="^CsxknGIi"))
    assert (row.ip, row.port) == ("192.0.2.1", 40000)


def test_a_name_that_fills_the_buffer_of_old_versions_was_cut(rows):
    (row,) = rows(certificate(certificate__subject="CN=" + "a" * 252, certificate__issuer="rest,CN=Issuer"))
    assert (row.chain[0].subject_dn, row.chain[0].issuer_dn) == (None, None)


def test_a_curve_counts_whatever_the_key_is_called(rows):
    key = {"certificate__key_alg": "id-ecPublicKey", "certificate__key_type": "dsa", "certificate__curve": "prime256v1"}
    (row,) = rows(certificate(**key))
    assert (row.chain[0].key_algorithm, row.chain[0].key_curve, row.chain[0].key_bits) == ("EC", "secp256r1", 256)


def test_a_line_still_being_written(rows):
    fields = "ts host port_num subject issuer_subject serial"
    whole, cut = ("1.5", "192.0.2.2", "443", "CN=a", "CN=b", "0F01"), ("2.5", "192.0.2.2", "443", "CN=a", "CN=b", "0F")
    kept, torn = rows(log("known_certs", fields, whole, cut, end=""))
    assert isinstance(kept, Sighting)
    assert isinstance(torn, Reject)


def test_logs_of_other_kinds_in_the_file_are_passed_over(rows):
    conn = log("conn", "ts uid id.resp_h proto", ("1.5", "C1", "192.0.2.2", "tcp"))
    known = log("known_certs", "ts host port_num serial subject", ("1.5", "192.0.2.2", "443", "0F", "CN=a"))
    assert [row.locator for row in rows(conn + known)] == ["line 14"]
    service = {"ts": 1.5, "host": "192.0.2.2", "port_num": 443, "port_proto": "tcp", "service": ["SSL"]}
    assert len(rows(connection(), service, {"ts": 1.5, "id.resp_h": "192.0.2.2", "proto": "tcp"})) == 1


def test_a_torn_line_of_json_costs_that_line(rows):
    line = json.dumps(connection())
    assert [type(row) for row in rows(f"{line}\n{line[:50]}\n{line}\n")] == [Sighting, Reject, Sighting]


@pytest.mark.parametrize("ts", [[1], True, 10**400, "x" * 9])
def test_a_field_of_the_wrong_type_is_a_reject(rows, ts):
    kept, bad = rows(connection(), connection(ts=ts))
    assert isinstance(kept, Sighting)
    assert isinstance(bad, Reject)
