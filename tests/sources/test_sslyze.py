from __future__ import annotations

import copy
import gzip
import json
import tracemalloc
from datetime import datetime

import pytest
from scan_samples import SCAN, chain, counts, export, needs_samples, of, pem_hashes, read, truth

from certanalytics.errors import DataError
from certanalytics.model import EndpointTls, Probe, Reject, Run, Sighting, StatedCertificate
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.scanners.sslyze import sslyze_json

SSLYZE = SCAN / "sslyze"
RUN = datetime(2026, 11, 23, 8, 27, 33, 159554)


def certificate(pem: str = "", **said):
    return {"as_pem": pem, **said}


def result(**changes):
    """One result in the shape of 6.x, with a certificate SSLyze only describes."""
    described = certificate(
        serial_number=0x36CA672352E88D8033DC931580BCB5E96ED40B88,
        subject={"rfc4514_string": "CN=a.example"},
        not_valid_after="2027-10-24T08:18:25Z",
        fingerprint_sha256="Ugu4bbih+mh8Mu1cSh+p1EMKmwROwhmIwE4UKwyLUsQ=",
    )
    made = {
        "server_location": {"hostname": "a.example", "port": 443, "ip_address": "192.0.2.1"},
        "network_configuration": {"tls_server_name_indication": "a.example", "tls_opportunistic_encryption": None},
        "connectivity_status": "COMPLETED",
        "connectivity_error_trace": None,
        "scan_status": "COMPLETED",
        "scan_result": {
            "certificate_info": {
                "status": "COMPLETED",
                "result": {"certificate_deployments": [{"received_certificate_chain": [described]}]},
            }
        },
    }
    made.update(changes)
    return made


def report(*results, **changes):
    made = {
        "invalid_server_strings": [],
        "server_scan_results": list(results),
        "date_scans_started": "2026-11-23T08:27:33.159554Z",
        "date_scans_completed": "2026-11-23T08:27:34Z",
        "sslyze_version": "6.3.1",
    }
    made.update(changes)
    return json.dumps(made)


def rows_of(written, content):
    return list(sslyze_json.read(written(content)))


class TestLab:
    """The chains really served, against what comes out."""

    pytestmark = needs_samples

    @pytest.mark.parametrize("name", ["lab_multi_sslyze6.3.1.json.gz", "lab_certinfo_24targets_sslyze6.3.1.json"])
    def test_every_chain_served_comes_out_with_its_place(self, name):
        sightings = of(read(sslyze_json, SSLYZE / name), Sighting)
        expected = {
            (host, address, 443, host, tuple(served))
            for host, (address, chains) in truth().items()
            for served in chains
            if not host.startswith("mail")
        }
        got = {(s.host, s.ip, s.port, s.sni, tuple(chain(s))) for s in sightings if s.sni}
        assert got == expected

    @pytest.mark.parametrize("name", ["lab_multi_sslyze6.3.1.json.gz", "lab_certinfo_24targets_sslyze6.3.1.json"])
    def test_without_sni_the_default_certificate_is_seen(self, name):
        sightings = [s for s in of(read(sslyze_json, SSLYZE / name), Sighting) if s.sni is None]
        assert len(sightings) == 21
        served = {host: chains for host, (_, chains) in truth().items()}
        served["alt.lab.example"] = [pem_hashes((SCAN / "_lab_truth" / "snidefault.pem").read_text())]
        assert all(chain(sighting) in served[sighting.host] for sighting in sightings)

    def test_a_name_the_server_does_not_know_gets_its_default(self):
        default = pem_hashes((SCAN / "_lab_truth" / "snidefault.pem").read_text())
        rows = read(sslyze_json, SSLYZE / "lab_full_one_host_sslyze6.3.1.json")
        assert [(s.host, s.sni, chain(s)) for s in of(rows, Sighting)] == [
            ("sni-a.lab.example", "sni-a.lab.example", default),
            ("sni-a.lab.example", None, default),
        ]

    def test_starttls(self):
        rows = read(sslyze_json, SSLYZE / "lab_starttls_smtp_sslyze6.3.1.json")
        address, chains = truth()["mail.lab.example"]
        seen = {(s.host, s.ip, s.port, s.starttls, tuple(chain(s))) for s in of(rows, Sighting)}
        assert seen == {("mail.lab.example", address, 25, "smtp", tuple(chains[0]))}

    def test_all_that_gave_no_certificate_is_counted(self):
        probes = of(read(sslyze_json, SSLYZE / "lab_multi_sslyze6.3.1.json.gz"), Probe)
        assert {(p.outcome, p.host, p.ip, p.port) for p in probes} == {
            ("unresolvable", "nosuchhost.lab.example", None, 443),
            ("refused", "refused.lab.example", "127.0.0.99", 443),
            ("not tls", "plain.lab.example", "127.0.0.98", 443),
        }

    def test_nothing_is_rejected_and_every_row_has_the_time_of_the_run(self):
        rows = read(sslyze_json, SSLYZE / "lab_certinfo_24targets_sslyze6.3.1.json")
        assert counts(rows) == {"Run": 1, "Sighting": 43, "Probe": 3}
        assert rows[0] == Run(tool_version="6.3.1", started_at=RUN)
        assert {(row.observed_at, row.time_basis) for row in rows[1:]} == {(RUN, "run")}

    def test_protocols_suites_and_groups(self):
        rows = read(sslyze_json, SSLYZE / "lab_multi_sslyze6.3.1.json.gz")
        offered = {endpoint.host: endpoint for endpoint in of(rows, EndpointTls)}
        assert len(offered) == 21
        assert offered["oldtls.lab.example"].protocols == ("TLSv1.0", "TLSv1.1")
        assert {"TLSv1.2", "TLSv1.3"} <= set(offered["oldtls.lab.example"].refused)
        assert offered["rsa2048.lab.example"].protocols == ("TLSv1.2", "TLSv1.3")
        assert "TLS_AES_256_GCM_SHA384" in offered["rsa2048.lab.example"].cipher_suites
        full = of(read(sslyze_json, SSLYZE / "lab_full_one_host_sslyze6.3.1.json"), EndpointTls)[0]
        assert full.groups == ("X25519", "X448", "secp256r1", "secp384r1", "secp521r1")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dd_issue_9848.json", {"Run": 1, "Sighting": 1, "EndpointTls": 1}),
        ("dd_one_target_one_vuln_new.json", {"Run": 1, "Sighting": 1, "EndpointTls": 1}),
        ("scb_expired.badssl.com.json", {"Run": 1, "Sighting": 2, "EndpointTls": 1}),
        ("scb_no-certificate_deployments.json", {"Run": 1, "Probe": 1, "EndpointTls": 1}),
        ("scb_supplied-ca-valid.json", {"Run": 1, "Sighting": 1, "EndpointTls": 1}),
        ("scb_unavailable-host.json", {"Run": 1, "Probe": 1}),
    ],
)
class TestRealExports:
    pytestmark = needs_samples

    def test_rows(self, name, expected):
        assert counts(read(sslyze_json, SSLYZE / name)) == expected

    def test_chains_are_those_received_and_no_others(self, name, expected):
        def received(value):
            if isinstance(value, dict):
                for key, inner in value.items():
                    if key == "received_certificate_chain":
                        yield from pem_hashes("".join(found["as_pem"] for found in inner))
                    yield from received(inner)
            elif isinstance(value, list):
                for inner in value:
                    yield from received(inner)

        rows = read(sslyze_json, SSLYZE / name)
        got = {sha256 for sighting in of(rows, Sighting) for sha256 in chain(sighting)}
        assert got == set(received(json.loads((SSLYZE / name).read_text())))
        assert bool(got) == ("Sighting" in expected and "supplied" not in name)


class TestRecognition:
    pytestmark = needs_samples

    def test_only_5_and_6_are_known(self):
        known = {path.name for path in SSLYZE.iterdir() if sslyze_json.signature.matches(Head(export(path).head))}
        everything = {path.name for path in SSLYZE.iterdir()}
        assert everything - known == {
            "PROVENANCE.md",
            "dd_report_two_target_many_vuln.xml",  # 1.x
            "dd_two_targets_two_vuln_old.json",  # 3.x
            "scb_test-empty-report.json",
        }

    @pytest.mark.parametrize("other", ["testssl", "nmap", "zgrab2", "ssllabs", "shodan", "httpx", "cipherscan"])
    def test_no_other_scanner_is_taken_for_it(self, other):
        paths = [path for path in (SCAN / other).iterdir() if path.stat().st_size]
        assert not [path for path in paths if sslyze_json.signature.matches(Head(export(path).head))]


class TestCut:
    pytestmark = needs_samples

    @pytest.mark.parametrize("share", [0.25, 0.9])
    def test_a_cut_file_keeps_its_whole_results(self, written, share):
        content = (SSLYZE / "lab_certinfo_24targets_sslyze6.3.1.json").read_bytes()
        whole = rows_of(written, content)
        cut = rows_of(written, content[: int(len(content) * share)])
        assert isinstance(cut[-1], Reject)
        assert "cut short" in cut[-1].reason
        assert len(cut) > 2
        # The run's time stands behind the results, so a cut file has lost it.
        assert [row.locator for row in cut[1:-1]] == [row.locator for row in whole[1 : len(cut) - 1]]
        assert {row.observed_at for row in cut[1:-1]} == {None}

    def test_a_cut_archive_too(self, written):
        packed = (SSLYZE / "lab_multi_sslyze6.3.1.json.gz").read_bytes()
        rows = list(sslyze_json.read(written(packed[: len(packed) // 2])))
        assert len(of(rows, Sighting)) > 5
        assert len(of(rows, Reject)) == 1

    def test_without_one_whole_result_it_is_an_error(self, written):
        content = (SSLYZE / "lab_full_one_host_sslyze6.3.1.json").read_bytes()
        with pytest.raises(DataError):
            rows_of(written, content[: len(content) // 4])


def test_a_byte_order_mark_changes_nothing(written):
    text = report(result())
    assert rows_of(written, text) == rows_of(written, b"\xef\xbb\xbf" + text.encode())


def test_the_run_is_found_before_the_results_too(written):
    first = json.dumps({"date_scans_started": "2022-01-17T16:45:07", "sslyze_version": "5.0.1"})[:-1]
    rows = rows_of(written, first + ', "server_scan_results": [' + json.dumps(result()) + "]}")
    assert rows[0] == Run(tool_version="5.0.1", started_at=datetime(2022, 1, 17, 16, 45, 7))
    assert rows[1].observed_at == datetime(2022, 1, 17, 16, 45, 7)


def test_a_server_cannot_set_the_clock(written):
    liar = result(connectivity_error_trace='"date_scans_started": "1999-01-01T00:00:00Z"', connectivity_status="ERROR")
    assert rows_of(written, report(liar))[0].started_at == RUN


def test_a_certificate_without_pem_is_what_is_said_of_it(written):
    (sighting,) = of(rows_of(written, report(result())), Sighting)
    assert sighting.chain == (
        StatedCertificate(
            sha256="520bb86db8a1fa687c32ed5c4a1fa9d4430a9b044ec21988c04e142b0c8b52c4",
            serial_hex="36ca672352e88d8033dc931580bcb5e96ed40b88",
            subject_dn="CN=a.example",
            not_after=datetime(2027, 10, 24, 8, 18, 25),
        ),
    )


@pytest.mark.parametrize("digits", [49, 160, 1200])
def test_whole_numbers_keep_all_their_digits(written, digits):
    serial = int("1234567890" * (digits // 10 + 1))
    odd = copy.deepcopy(result())
    deployment = odd["scan_result"]["certificate_info"]["result"]["certificate_deployments"][0]
    deployment["received_certificate_chain"] = [certificate(serial_number=serial)]
    (sighting,) = of(rows_of(written, report(odd)), Sighting)
    assert int(sighting.chain[0].serial_hex, 16) == serial


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("ServerRejectedConnection", "refused"),
        ("ConnectionToServerTimedOut", "timeout"),
        ("TlsHandshakeTimedOut", "handshake failed"),
        ("ServerRejectedOpportunisticTlsNegotiation", "not tls"),
        ("SomethingNew", "no certificate"),
    ],
)
def test_outcomes(written, error, outcome):
    trace = (
        f'Traceback (most recent call last):\n  File "x.py", line 1\nsslyze.errors.{error}: a.example:443 -> "No".\n'
    )
    failed = result(connectivity_status="ERROR", connectivity_error_trace=trace, scan_result=None)
    (probe,) = of(rows_of(written, report(failed)), Probe)
    assert (probe.outcome, probe.detail, probe.host) == (outcome, 'a.example:443 -> "No".', "a.example")


def test_an_address_is_no_host_name(written):
    place = {"hostname": "2001:db8::1", "port": 443, "ip_address": None}
    (sighting,) = of(rows_of(written, report(result(server_location=place))), Sighting)
    assert (sighting.host, sighting.ip) == (None, "2001:db8::1")


@pytest.mark.parametrize(
    "odd",
    [
        {"server_location": None},
        {"server_location": {"hostname": "a.example"}},
        {"server_location": "a.example:443"},
        {"server_location": {"hostname": "a.example", "port": 10**25}},
        {"scan_result": ["what"]},
        {"scan_result": {"certificate_info": {"result": {"certificate_deployments": "none"}}}},
    ],
)
def test_an_odd_result_is_one_reject(written, odd):
    rows = rows_of(written, report(result(), result(**odd), result()))
    assert [type(row).__name__ for row in rows] == ["Run", "Sighting", "Reject", "Sighting"]
    assert rows[2].locator == "server_scan_results[1]"


def test_no_intermediate_takes_the_place_of_a_leaf_that_cannot_be_read(written):
    odd = result()
    served = odd["scan_result"]["certificate_info"]["result"]["certificate_deployments"][0]
    served["received_certificate_chain"].insert(0, certificate("-----BEGIN CERTIFICATE-----"))
    rows = rows_of(written, report(odd))
    assert [type(row).__name__ for row in rows] == ["Run", "Reject"]
    assert rows[1].locator.endswith("received_certificate_chain[0]")


def test_targets_that_were_no_use(written):
    targets = [
        {"server_string": "gone.example:8443", "error_message": "Could not resolve hostname gone.example"},
        {"server_string": "a.example:https", "error_message": "Not a valid host:port"},
    ]
    # Wherever it stands, the list is found.
    rows = rows_of(written, json.dumps({"server_scan_results": [result()], "invalid_server_strings": targets}))
    (probe,), (reject,) = of(rows, Probe), of(rows, Reject)
    assert (probe.outcome, probe.host, probe.port) == ("unresolvable", "gone.example", 8443)
    assert (reject.locator, reject.excerpt) == ("invalid_server_strings[1]", "a.example:https")


def test_the_same_chain_twice_is_one_sighting(written):
    twice = copy.deepcopy(result())
    served = twice["scan_result"]["certificate_info"]["result"]
    served["certificate_deployments"] *= 2
    served["certificate_deployment_with_sni_disabled"] = served["certificate_deployments"][0]
    assert [s.sni for s in of(rows_of(written, report(twice)), Sighting)] == ["a.example", None]


def test_a_large_file_is_read_in_little_memory(tmp_path):
    text = json.dumps(result())
    padded = text[:-1] + ', "http_headers": "' + "x" * 200_000 + '"}'
    path = tmp_path / "large.json.gz"
    with gzip.open(path, "wt", compresslevel=1) as stream:
        stream.write('{"invalid_server_strings": [], "server_scan_results": [')
        stream.write(",".join([padded] * 300))  # 60 MB
        stream.write('], "date_scans_started": "2026-11-23T08:27:33.159554Z"}')
    source = export(path)
    tracemalloc.start()
    try:
        sightings = sum(isinstance(row, Sighting) for row in sslyze_json.read(source))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sightings == 300
    assert peak < 30e6


def test_an_address_sslyze_sent_as_a_name_is_none(written):
    written_out = "2001:db8:0:0:0:0:0:1"
    place = {"hostname": written_out, "port": 443, "ip_address": written_out}
    target = result(server_location=place, network_configuration={"tls_server_name_indication": written_out})
    (sighting,) = of(rows_of(written, report(target)), Sighting)
    assert (sighting.host, sighting.ip, sighting.sni) == (None, "2001:db8::1", None)
