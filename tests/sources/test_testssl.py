from __future__ import annotations

import csv
import io
import json
from datetime import datetime

import pytest
from scan_samples import SCAN, chain, counts, export, needs_samples, of, pem_hashes, read, truth

from certanalytics.errors import DataError
from certanalytics.model import EndpointTls, Finding, Probe, Reject, Run, Sighting, StatedCertificate
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.scanners.testssl import testssl_csv, testssl_json, testssl_json_pretty

TESTSSL = SCAN / "testssl"
SOURCES = (testssl_json, testssl_csv, testssl_json_pretty)
LAB = [
    (testssl_json, "lab_mass_flat_testssl3.0.8.json", 13),
    (testssl_csv, "lab_mass_testssl3.0.8.csv", 13),
    (testssl_json_pretty, "lab_mass_pretty_testssl3.0.8.json", 5),
    (testssl_json, "lab_rsa2048_flat_testssl3.0.8.json", 1),
    (testssl_csv, "lab_rsa2048_testssl3.0.8.csv", 1),
    (testssl_json, "lab_starttls_smtp_flat_testssl3.0.8.json", 1),
]
PEM = "-----BEGIN CERTIFICATE----- MAMCAQ{} -----END CERTIFICATE-----"
LEAF, SECOND, FIRST_INTERMEDIATE, LAST_INTERMEDIATE = (PEM.format(last) for last in "EIMQ")
DER = {pem: bytes.fromhex("3003020" + "1" + f"0{number}") for number, pem in enumerate((LEAF, SECOND), 1)}
DER |= {
    pem: bytes.fromhex(f"300302010{number}") for number, pem in enumerate((FIRST_INTERMEDIATE, LAST_INTERMEDIATE), 3)
}

# What 3.0 says of a certificate, in its order.
SAID = {
    "cert_signatureAlgorithm": "SHA256 with RSA",
    "cert_keySize": "RSA 2048 bits (exponent is 65537)",
    "cert_serialNumber": "0466F874",
    "cert_fingerprintSHA1": "C5757279BBD6BB8BD4384E67266D3D3ED3B35B12",
    "cert_fingerprintSHA256": "D07897067C86D2F858490E594A5463BB6C45CA617051CB95A5656D4B582DD0FD",
    "cert_commonName": "a.example",
    "cert_subjectAltName": "a.example *.a.example 192.0.2.7 2001:db8::7 x@a.example https://a.example/",
    "cert_caIssuers": "Test CA (X1) (Test Org from DE)",
    "cert_notBefore": "2025-09-19 08:18",
    "cert_notAfter": "2026-09-19 08:18",
}
STATED = StatedCertificate(
    sha256="d07897067c86d2f858490e594a5463bb6c45ca617051cb95a5656d4b582dd0fd",
    sha1="c5757279bbd6bb8bd4384e67266d3d3ed3b35b12",
    serial_hex="0466f874",
    subject_cn="a.example",
    issuer_cn="Test CA (X1)",
    san_dns=("a.example", "*.a.example"),
    san_ip=("192.0.2.7", "2001:db8::7"),
    not_before=datetime(2025, 9, 19, 8, 18),
    not_after=datetime(2026, 9, 19, 8, 18),
    key_algorithm="RSA",
    key_bits=2048,
    signature_algorithm="SHA256 with RSA",
    signature_hash="sha256",
)


def flat(*findings, place="a.example/192.0.2.1", port="443"):
    """Flat JSON of findings, each ``(id, text)`` or ``(id, text, severity)``."""
    return json.dumps(
        [
            {"id": check, "ip": place, "port": port, "severity": (*rest, "INFO")[0], "finding": text}
            for check, text, *rest in findings
        ]
    )


def rows_of(written, content, source=testssl_json):
    return list(source.read(written(content)))


class TestLab:
    """The chains really served, against what comes out."""

    pytestmark = needs_samples

    @pytest.mark.parametrize(("source", "name", "targets"), LAB)
    def test_every_leaf_comes_out_with_its_place(self, source, name, targets):
        rows = read(source, TESTSSL / name)
        sightings = of(rows, Sighting)
        seen = {s.host for s in sightings}
        served = truth()
        expected = {
            (host, served[host][0], 25 if host.startswith("mail") else 443, host, (leaf,))
            for host in seen
            for leaf, *_ in served[host][1]
        }
        assert {(s.host, s.ip, s.port, s.sni, tuple(chain(s))) for s in sightings} == expected
        assert len(seen) + len(of(rows, Probe)) == targets

    @pytest.mark.parametrize(("source", "name", "targets"), LAB)
    def test_certificates_are_those_in_the_file_and_no_others(self, source, name, targets):
        got = [sha256 for sighting in of(read(source, TESTSSL / name), Sighting) for sha256 in chain(sighting)]
        assert sorted(got) == sorted(pem_hashes((TESTSSL / name).read_text()))
        assert len(got) <= targets

    @pytest.mark.parametrize(("source", "name", "targets"), LAB)
    def test_every_finding_that_warns_comes_out(self, source, name, targets):
        content = (TESTSSL / name).read_text()
        if source is testssl_csv:
            severities = [row["severity"] for row in csv.DictReader(io.StringIO(content))]
        else:
            severities = []

            def collect(pairs):
                found = dict(pairs)
                severities.extend([found["severity"]] if "severity" in found else [])
                return found

            json.loads(content, object_pairs_hook=collect)
        rows = read(source, TESTSSL / name)
        expected = sum(severity not in {"OK", "INFO", "DEBUG"} for severity in severities)
        assert len(of(rows, Finding)) == expected >= targets - 12
        assert not of(rows, Reject)

    def test_flat_json_and_csv_say_the_same(self):
        def facts(rows):
            seen = {(s.host, s.ip, s.port, *chain(s)) for s in of(rows, Sighting)}
            tried = {(p.host, p.ip, p.port, p.outcome) for p in of(rows, Probe)}
            return seen, tried

        flat_rows = read(testssl_json, TESTSSL / "lab_mass_flat_testssl3.0.8.json")
        assert facts(flat_rows) == facts(read(testssl_csv, TESTSSL / "lab_mass_testssl3.0.8.csv"))
        assert facts(flat_rows)[1] == {
            ("refused.lab.example", "127.0.0.99", 443, "refused"),
            ("plain.lab.example", "127.0.0.98", 443, "not tls"),
        }

    def test_pretty_json(self):
        rows = read(testssl_json_pretty, TESTSSL / "lab_mass_pretty_testssl3.0.8.json")
        started = datetime(2026, 11, 23, 8, 34, 10)
        assert rows[0] == Run(tool_version="3.0.8", started_at=started)
        assert {(row.observed_at, row.time_basis) for row in rows[1:]} == {(started, "run")}
        # The name of what could not be reached is not in the file.
        assert [(p.host, p.ip, p.port, p.outcome) for p in of(rows, Probe)] == [(None, "127.0.0.99", 443, "refused")]
        dual = [s for s in of(rows, Sighting) if s.host == "dual.lab.example"]
        assert [chain(s) for s in dual] == [[leaf] for leaf, *_ in truth()["dual.lab.example"][1]]
        assert counts(rows) == {"Run": 1, "Sighting": 5, "EndpointTls": 4, "Probe": 1, "Finding": 21}

    def test_a_run_that_was_interrupted_before_its_first_host(self):
        rows = read(testssl_json_pretty, TESTSSL / "lab_interrupted_pretty_testssl3.0.8.json")
        assert counts(rows) == {"Run": 1}

    def test_starttls(self):
        rows = read(testssl_json, TESTSSL / "lab_starttls_smtp_flat_testssl3.0.8.json")
        assert [s.starttls for s in of(rows, Sighting)] == ["smtp"]
        assert [e.starttls for e in of(rows, EndpointTls)] == ["smtp"]
        assert {s.starttls for s in of(read(*LAB[0][:1], TESTSSL / LAB[0][1]), Sighting)} == {None}

    def test_protocols(self):
        (endpoint,) = of(read(testssl_csv, TESTSSL / "lab_rsa2048_testssl3.0.8.csv"), EndpointTls)
        assert (endpoint.host, endpoint.protocols) == ("rsa2048.lab.example", ("TLSv1.2", "TLSv1.3"))

    def test_suites_and_groups_of_3_3(self):
        rows = read(testssl_csv, TESTSSL / "baseline_default_testssl.csvfile")
        (endpoint,) = of(rows, EndpointTls)
        assert endpoint.protocols == ("TLSv1.2", "TLSv1.3")
        assert endpoint.refused == ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1")
        assert endpoint.groups == (
            *("X25519MLKEM768", "prime256v1", "secp384r1", "secp521r1", "X25519", "X448"),
            *("ffdhe2048", "ffdhe3072"),
        )
        lines = (TESTSSL / "baseline_default_testssl.csvfile").read_text().splitlines()
        assert len(endpoint.cipher_suites) == sum(line.startswith('"cipher-') for line in lines) == 28
        assert endpoint.cipher_suites[0] == "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
        assert not of(rows, Sighting)  # the baseline has no certificate findings

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("dd_defectdojo_many_vuln.csv", {"Sighting": 4, "EndpointTls": 4, "Finding": 17}),
            ("dd_defectdojo_no_vuln.csv", {}),
            ("dd_demo.csv", {"EndpointTls": 1}),
            ("dd_demo2.csv", {"EndpointTls": 1}),
            ("dd_failed_target.csv", {"Probe": 1, "Finding": 1}),
            ("dd_many_cves.csv", {"Finding": 1}),
            ("dd_overall_medium.csv", {"EndpointTls": 1, "Finding": 1}),
            ("dd_references.csv", {"EndpointTls": 1, "Finding": 39}),
        ],
    )
    def test_other_real_exports(self, name, expected):
        assert counts(read(testssl_csv, TESTSSL / name)) == expected

    def test_each_export_is_known_by_one_source(self):
        for path in TESTSSL.iterdir():
            known = [source for source in SOURCES if source.signature.matches(Head(export(path).head))]
            assert len(known) == (path.suffix not in {".log", ".md"}), path.name


class TestCut:
    pytestmark = needs_samples

    @pytest.mark.parametrize("share", [0.25, 0.9])
    @pytest.mark.parametrize(("source", "name"), [row[:2] for row in LAB[:3]])
    def test_a_cut_file_keeps_what_came_before(self, written, source, name, share):
        content = (TESTSSL / name).read_bytes()
        whole = rows_of(written, content, source)
        cut = rows_of(written, content[: int(len(content) * share)], source)
        # The reject stands where the file breaks; what is whole of the endpoint it breaks in comes after it.
        assert len(of(cut, Reject)) == 1
        for kind in (Sighting, EndpointTls, Probe, Finding):
            kept = of(cut, kind)
            assert kept == of(whole, kind)[: len(kept)]
        assert of(cut, Sighting)

    def test_without_one_whole_finding_it_is_an_error(self, written):
        with pytest.raises(DataError):
            rows_of(written, flat(("service", "HTTP"))[:30])


def test_what_a_cut_file_no_longer_says_is_not_taken_as_a_no(written):
    content = flat(("TLS1_2", "offered"), ("cert_serialNumber", "01"), ("OCSP_stapling", "not offered", "LOW"))
    rows = rows_of(written, content.removesuffix("]") + ', {"id": "TLS1_3"')
    assert [type(row).__name__ for row in rows] == ["Reject", "Finding"]
    assert counts(rows_of(written, content)) == {"Sighting": 1, "EndpointTls": 1, "Finding": 1}


class TestWriting:
    """What editors, spreadsheets and shells do to a file on its way."""

    @pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
    def test_csv(self, written, newline, mark):
        lines = [
            '"id","fqdn/ip","port","severity","finding","cve","cwe"',
            f'"cert","a.example/192.0.2.1","443","INFO","{LEAF}","",""',
            '"id","fqdn/ip","port","severity","finding","cve","cwe"',  # two files put together
            '"cert","b.example/192.0.2.2","8443","INFO","' + LEAF + '","",""',
        ]
        rows = rows_of(written, mark + newline.join(lines).encode() + newline.encode(), testssl_csv)
        assert [(s.host, s.port, s.chain) for s in of(rows, Sighting)] == [
            ("a.example", 443, (DER[LEAF],)),
            ("b.example", 8443, (DER[LEAF],)),
        ]
        assert not of(rows, Reject)

    def test_json(self, written):
        text = flat(("cert", LEAF))
        assert rows_of(written, b"\xef\xbb\xbf" + text.encode()) == rows_of(written, text)


def test_without_pem_a_certificate_is_what_is_said_of_it(written):
    (sighting,) = of(rows_of(written, flat(*SAID.items())), Sighting)
    assert sighting.chain == (STATED,)
    assert (sighting.observed_at, sighting.locator) == (None, "[0]")


@pytest.mark.parametrize("kept", [("cert_keySize",), ("cert_commonName", "cert_notAfter"), ()])
def test_what_could_be_any_certificate_is_none(written, kept):
    """So it is with ``--severity HIGH``, which leaves out the findings that are in order."""
    findings = [("heartbleed", "not vulnerable", "OK"), *((check, SAID[check]) for check in kept)]
    assert not of(rows_of(written, flat(*findings)), Sighting)


@pytest.mark.parametrize("suffix", ["cert", "hostCert"])
def test_two_certificates_with_their_intermediates(written, suffix):
    findings = [
        ("cert_numbers", "2"),
        (f"cert_serialNumber <{suffix}#1>", "01"),
        (f"cert <{suffix}#1>", LEAF),
        (f"intermediate_cert <#1> <{suffix}#1>", FIRST_INTERMEDIATE),
        (f"intermediate_cert_notAfter <#1> <{suffix}#1>", "2030-01-01 00:00"),
        (f"intermediate_cert <#2> <{suffix}#1>", LAST_INTERMEDIATE),
        (f"cert <{suffix}#2>", SECOND),
        (f"intermediate_cert <#1> <{suffix}#2>", LAST_INTERMEDIATE),
    ]
    assert [s.chain for s in of(rows_of(written, flat(*findings)), Sighting)] == [
        (DER[LEAF], DER[FIRST_INTERMEDIATE], DER[LAST_INTERMEDIATE]),
        (DER[SECOND], DER[LAST_INTERMEDIATE]),
    ]


def test_one_certificate_with_its_intermediate_and_real_line_breaks(written):
    findings = [("cert", LEAF.replace(" ", "\n").replace("BEGIN\n", "BEGIN ").replace("END\n", "END "))]
    findings.append(("intermediate_cert <#1>", FIRST_INTERMEDIATE))
    (sighting,) = of(rows_of(written, flat(*findings)), Sighting)
    assert sighting.chain == (DER[LEAF], DER[FIRST_INTERMEDIATE])


def test_a_damaged_pem_is_a_reject(written):
    rows = rows_of(written, flat(("cert", "-----BEGIN CERTIFICATE----- ???"), ("service", "HTTP")))
    assert [type(row).__name__ for row in rows] == ["Reject"]
    assert rows[0].locator == "[0]"


@pytest.mark.parametrize(
    ("place", "host", "ip", "sni"),
    [
        ("a.example/192.0.2.1", "a.example", "192.0.2.1", "a.example"),
        ("192.0.2.1/192.0.2.1", None, "192.0.2.1", None),
        ("a.example/[2001:db8::1]", "a.example", "2001:db8::1", "a.example"),
        ("a.example", "a.example", None, "a.example"),
        ("a.example/", "a.example", None, "a.example"),
    ],
)
def test_places(written, place, host, ip, sni):
    (sighting,) = of(rows_of(written, flat(("cert", LEAF), place=place)), Sighting)
    assert (sighting.host, sighting.ip, sighting.sni) == (host, ip, sni)


def test_what_is_about_no_endpoint_has_no_place(written):
    (finding,) = rows_of(written, flat(("engine_problem", "No engine", "WARN"), place="/"))
    assert finding == Finding(locator="[0]", check_id="engine_problem", severity="warn", text="No engine")


@pytest.mark.parametrize(
    ("check", "text", "severity", "outcome"),
    [
        ("scanProblem", "Can't connect to '192.0.2.1:443' Make sure a firewall is not between", "FATAL", "refused"),
        ("scanProblem", "a.example doesn't resolve to an IP address", "FATAL", "unresolvable"),
        ("scanProblem", "No STARTTLS found in handshake", "FATAL", "not tls"),
        ("scanProblem", "something else", "FATAL", "no certificate"),
        ("optimal_proto", "192.0.2.1:443 doesn't seem to be a TLS/SSL enabled server.", "WARN", "not tls"),
        ("optimal_proto", "Your /usr/bin/openssl cannot connect to 192.0.2.1:443.", "WARN", "handshake failed"),
        ("scanProblem", "HTTP header was repeatedly zero.", "WARN", None),
    ],
)
def test_outcomes(written, check, text, severity, outcome):
    rows = rows_of(written, flat((check, text, severity)))
    assert [(p.outcome, p.detail) for p in of(rows, Probe)] == ([(outcome, text)] if outcome else [])
    assert [(f.check_id, f.severity) for f in of(rows, Finding)] == [(check, severity.lower())]


def test_an_endpoint_that_showed_its_certificate_did_not_fail(written):
    rows = rows_of(written, flat(("cert", LEAF), ("scanProblem", "Can't connect to 'a'", "FATAL")))
    assert counts(rows) == {"Sighting": 1, "Finding": 1}


def test_the_same_target_twice_in_a_row_is_two_endpoints(written):
    once = [("service", "HTTP"), ("cert", LEAF)]
    rows = rows_of(written, flat(*once, *once))
    assert [s.locator for s in of(rows, Sighting)] == ["[1]", "[3]"]


def test_an_odd_finding_is_one_reject(written):
    findings = json.loads(flat(("service", "HTTP"), ("cert", LEAF), ("OCSP_stapling", "not offered", "LOW")))
    place = {"id": "x", "ip": "a.example/192.0.2.1", "severity": "LOW"}
    findings[1:1] = [17, {**place, "port": "https"}, {**place, "port": "9" * 25}, {"finding": ""}]
    rows = rows_of(written, json.dumps(findings))
    assert counts(rows) == {"Reject": 4, "Sighting": 1, "Finding": 1}
    assert [row.locator for row in of(rows, Reject)] == ["[1]", "[2]", "[3]", "[4]"]


def test_pretty_json_of_3_2_with_a_problem_of_the_client(written):
    problem = {"id": "old_openssl", "severity": "WARN", "finding": "too old"}
    place = {"targetHost": "a.example", "ip": "192.0.2.1", "port": "443", "rDNS": "--", "service": "imap"}
    served = [{"id": "cert", "severity": "INFO", "finding": LEAF}, {"id": "", "severity": "LOW", "finding": "?"}]
    content = {
        "clientProblem1": [problem],
        "Invocation": "testssl.sh",
        "version": "3.2.1 from 2025",
        "startTime": "1795422850",
        "scanResult": [{**place, "serverDefaults": served}, {**place, "port": "https"}],
        "scanTime": 12,
    }
    export_ = written(json.dumps(content))
    assert testssl_json_pretty.signature.matches(Head(export_.head))
    rows = list(testssl_json_pretty.read(export_))
    assert rows[0] == Run(tool_version="3.2.1", started_at=datetime(2026, 11, 23, 8, 34, 10))
    assert (rows[1].check_id, rows[1].locator, rows[1].host) == ("old_openssl", "clientProblem1[0]", None)
    (sighting,) = of(rows, Sighting)
    assert (sighting.locator, sighting.starttls) == ("scanResult[0].serverDefaults[0]", "imap")
    assert [row.locator for row in of(rows, Reject)] == ["scanResult[0].serverDefaults[1]", "scanResult[1]"]
