"""Cert Spotter, certstream and certwatch: what the rules that hold for every source cannot see."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

import pytest

from certanalytics.model import CtEntry, Finding, Reject, Revocation, StatedCertificate
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.transparency.certspotter import certspotter_issuances
from certanalytics.sources.transparency.certstream import certstream
from certanalytics.sources.transparency.certwatch import certwatch_csv

TBS = "b0537995114358761f330303e5b8a0d7c7319a7e458495395e07004911f91c38"
KEY = "8bd1da95272f7fa4ffb24137fc0ed03aae67e5c4d8b3c50734e1050a7920b922"


@pytest.mark.shared
def test_an_issuance_without_its_certificate(sample):
    (row,) = certspotter_issuances.read(sample("ct/certspotter_issuances/codecentric_issuances_test_3.json"))
    assert row == CtEntry(
        locator="[0]",
        certificate=StatedCertificate(
            tbs_sha256=TBS,
            spki_sha256=KEY,
            issuer_dn="C=US, O=DigiCert Inc, CN=DigiCert SHA2 Secure Server CA",
            not_before=datetime(2018, 11, 28),
            not_after=datetime(2020, 12, 2, 12),
        ),
        log="certspotter",
        log_index=648494876,
    )


@pytest.mark.shared
def test_the_old_shape_says_whether_it_is_a_precertificate(sample):
    export = sample("ct/certspotter_issuances/codecentric_issuances_test_1.json")
    (row,) = certspotter_issuances.read(export)
    assert row.entry_type == "x509_entry"
    assert hashlib.sha256(row.certificate).hexdigest() == json.loads(export.path.read_text())[0]["cert"]["sha256"]


def test_a_revocation_has_the_serial_number_of_the_certificate(repository, written):
    path = repository / "data" / "samples" / "certspotter" / "issuances.json"
    issuances = json.loads(path.read_text())
    (revoked,) = [row for row in certspotter_issuances.read(written(path.read_bytes())) if isinstance(row, Revocation)]
    assert (revoked.status, revoked.reason) == ("revoked", "superseded")
    assert revoked.revoked_at == datetime(2026, 11, 2, 8)
    assert revoked.observed_at == datetime(2026, 11, 22, 5)
    assert revoked.issuer_dn
    (issuance,) = [one for one in issuances if one["revoked"]]
    del issuance["cert_der"]
    stated, finding = certspotter_issuances.read(written(json.dumps([issuance])))
    assert stated.certificate.sha256 == issuance["cert_sha256"]
    assert (stated.certificate.key_algorithm, stated.certificate.key_bits) == ("RSA", 2048)
    assert isinstance(finding, Finding)
    assert issuance["cert_sha256"] in finding.text


@pytest.mark.shared
def test_full_lite_and_names_are_of_the_same_forty_entries(sample):
    full, lite, names = (
        list(certstream.read(sample(f"ct/certstream/certstream_server_rust_{kind}.jsonl")))
        for kind in ("full", "lite", "domains_only")
    )
    assert len(full) == len(lite) == len(names) == 40
    for whole, part, named in zip(full, lite, names, strict=True):
        assert hashlib.sha256(whole.certificate).hexdigest() == part.certificate.sha256
        assert (whole.log, whole.log_index, whole.entry_type) == (part.log, part.log_index, part.entry_type)
        assert whole.entry_timestamp == part.entry_timestamp
        assert set(part.certificate.san_dns) <= set(named.certificate.san_dns)
        assert (named.log, named.log_index) == (None, None)
    assert full[0].entry_timestamp == datetime(2026, 5, 20, 18, 48, 13, 443000)
    assert lite[0].certificate == StatedCertificate(
        sha256="de722a58267a423caadff9cb59a8508bc9cc616d12c0a2ff9327b1151b5ec386",
        sha1="30af23fe9be0772eff5c0526700b79ff566bbe3a",
        serial_hex="b99764012ea87db00e6a7788ebe7c44b",
        issuer_cn="WR1",
        issuer_o="Google Trust Services",
        subject_cn="portal.dragonjar.org",
        san_dns=("portal.dragonjar.org",),
        not_before=datetime(2026, 5, 20, 17, 48, 12),
        not_after=datetime(2026, 8, 18, 18, 48),
        signature_hash="sha256",
        is_ca=False,
    )


def test_heartbeats_and_der_that_was_taken_out(repository, written):
    redacted = json.loads((repository / "data" / "samples" / "certstream" / "redacted.json").read_text())
    beat = {"message_type": "heartbeat", "timestamp": 1795392000.5}
    content = "\n".join(map(json.dumps, [beat, redacted, beat, redacted["data"]]))
    assert certstream.signature.matches(Head(content.encode()))
    enveloped, bare = certstream.read(written(content))
    assert enveloped.certificate == bare.certificate
    assert isinstance(bare.certificate, StatedCertificate)
    assert bare.certificate.sha1
    assert bare.chain == enveloped.chain
    assert all(above.sha1 for above in bare.chain)


def test_a_common_name_that_is_no_alternative_name_is_none(written):
    leaf = {"subject": {"CN": "a.example"}, "all_domains": ["a.example", "b.example"], "fingerprint": "AB:" * 19 + "AB"}
    leaf |= {"extensions": {"subjectAltName": "DNS:b.example"}, "not_before": 1, "not_after": 2.5}
    (row,) = certstream.read(written(json.dumps({"message_type": "certificate_update", "data": {"leaf_cert": leaf}})))
    assert row.certificate.san_dns == ("b.example",)
    assert row.certificate.not_after == datetime(1970, 1, 1, 0, 0, 2, 500000)


def test_bytea_with_and_without_header_and_in_postgresql_s_own_text(repository, written):
    folder = repository / "data" / "samples" / "certwatch"
    with_header, without = (
        list(certwatch_csv.read(written((folder / name).read_bytes()))) for name in ("certificate.csv", "headless.csv")
    )
    assert [(row.certificate, row.log_index) for row in with_header] == [
        (row.certificate, row.log_index) for row in without
    ]
    assert with_header[1].entry_timestamp == datetime(2026, 11, 20, 8, 0, 0, 125000)
    text = (folder / "headless.csv").read_text().replace(",", "\t").replace("\\", "\\\\")
    assert certwatch_csv.signature.matches(Head(text.encode()))
    assert list(certwatch_csv.read(written(text))) == without
    alone = "\n".join(f'"\\x{row.certificate.hex()}"' for row in without)
    assert certwatch_csv.signature.matches(Head(alone.encode()))
    assert [(row.certificate, row.log_index) for row in certwatch_csv.read(written(alone))] == [
        (row.certificate, None) for row in without
    ]
    kept, cut = certwatch_csv.read(written("id,certificate\n7,\\x3003020101\n8,\\x30030\n"))
    assert kept.log_index == 7
    assert isinstance(cut, Reject)


def test_a_message_that_says_nothing_of_a_certificate_is_no_certificate(written):
    nothing = {"data": {"leaf_cert": {}, "cert_index": 1}}
    odd = {"data": {"leaf_cert": {"serial_number": "0A"}, "chain": ["MII"]}}
    assert [type(row) for row in certstream.read(written(f"{json.dumps(nothing)}\n{json.dumps(odd)}"))] == [Reject] * 2
