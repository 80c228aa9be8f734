from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path

import pytest
from scan_samples import SCAN, counts, export, of, read, truth

from certanalytics.model import EndpointTls, Probe, Reject, Run, Sighting
from certanalytics.sources.scanners.testssl_log import testssl_log

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
START = " Start 2026-11-23 08:20:30        -->> 192.0.2.1:443 (a.example) <<--\n"
DONE = " Done 2026-11-23 08:20:49 [  23s] -->> 192.0.2.1:443 (a.example) <<--\n"
DIGEST = hashlib.sha256(b"a").hexdigest()


def rows(written, *lines):
    return list(testssl_log.read(written(START + "".join(f"{line}\n" for line in lines) + DONE)))


@pytest.mark.shared
def test_both_certificates_of_the_shared_log_come_out():
    rows = read(testssl_log, SCAN / "testssl" / "lab_dual_testssl3.0.8.log")
    assert counts(rows) == {"Run": 1, "Sighting": 2, "EndpointTls": 1}
    address, chains = truth()["dual.lab.example"]
    assert [row.chain[0].sha256 for row in of(rows, Sighting)] == [chain[0] for chain in chains]
    assert {(row.ip, row.sni) for row in of(rows, Sighting)} == {(address, "dual.lab.example")}


@pytest.mark.shared
def test_a_real_log_with_colours():
    rows = read(testssl_log, SCAN / "testssl" / "pjdevitt_badssl.log")
    assert counts(rows) == {"Run": 1, "Sighting": 1, "EndpointTls": 1}
    assert rows[0] == Run(tool_version="3.2.2")
    (certificate,) = rows[1].chain
    assert (certificate.subject_cn, certificate.issuer_cn) == ("*.badssl.com", "R13")
    assert certificate.san_dns == ("*.badssl.com", "badssl.com")
    assert certificate.not_after == datetime(2026, 4, 20, 20, 2)
    assert rows[2].protocols == ("TLSv1.0", "TLSv1.1", "TLSv1.2")
    assert set(rows[2].refused) <= {"SSLv2", "SSLv3", "TLSv1.3"}


def test_what_the_lab_served():
    served = {
        (row["host"], row["ip"], row["port"], row["starttls"], row["sha256"][0])
        for row in json.loads((SAMPLES / "truth" / "truth.json").read_text())["endpoints"]
        if row["case"] in {"rsa2048", "p256", "oddname", "dual", "mail"}
    }
    rows = list(testssl_log.read(export(SAMPLES / "testssl" / "several.log")))
    assert {(row.host, row.ip, row.port, row.starttls, row.chain[0].sha256) for row in of(rows, Sighting)} == served
    odd = next(row.chain[0] for row in of(rows, Sighting) if row.host.startswith("xn--"))
    assert odd.san_ip == ("192.0.2.7", "2001:db8::7")
    assert [(row.host, row.outcome) for row in of(rows, Probe)] == [("plain.lab.example", "not tls")]
    refused = list(testssl_log.read(export(SAMPLES / "testssl" / "refused.log")))
    assert [(row.host, row.outcome) for row in of(refused, Probe)] == [("refused.lab.example", "refused")]


def test_a_certificate_for_clients_without_sni_says_so(written):
    found = rows(
        written,
        "  Server Certificate #1",
        f"   Fingerprints                 SHA256 {DIGEST.upper()}",
        "   Issuer                       self-signed (NOT ok)",
        "   subjectAltName (SAN)         missing (NOT ok) -- Browsers are complaining",
        "   Common Name (CN)             (no CN field in subject) (request w/o SNI didn't succeed)",
        "  Server Certificate #2 (in response to request w/o SNI)",
        f"   Fingerprints                 SHA256 {DIGEST.upper()}",
    )
    first, second = of(found, Sighting)
    assert (first.sni, second.sni) == ("a.example", None)
    (said,) = first.chain
    assert (said.sha256, said.issuer_cn, said.san_dns, said.subject_cn) == (DIGEST, None, (), None)


def test_a_scan_of_protocols_alone_is_no_failure_and_a_cut_one_no_answer(written):
    assert counts(rows(written, " SSLv2      not offered (OK)")) == {"EndpointTls": 1}
    cut = list(testssl_log.read(written(f"{START} TLS 1      offered\n Serial   00FF (OK")))
    assert counts(cut) == {"Reject": 1}
    assert of(cut, EndpointTls) == []
    assert of(cut, Reject)[0].locator == "line 3"
