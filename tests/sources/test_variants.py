"""What the tools can write and no sample shows: found in their sources and documentation, each a fault once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from certanalytics.model import Asset, EndpointTls, Finding, Probe, Reject, Run, Sighting
from certanalytics.sources import Export, exports, recognise

SAMPLES = Path(__file__).parents[2] / "data" / "samples"


def content(name: str) -> bytes:
    (export,) = exports(SAMPLES / name)
    assert isinstance(export, Export)
    with export.open() as stream:
        return stream.read()


@pytest.fixture
def read(written):
    """The rows of some content, by the source that knows it."""

    def rows(data):
        export = written(data if isinstance(data, bytes | str) else json.dumps(data))
        source = recognise(export)
        assert source is not None
        return list(source.read(export))

    return rows


def of(rows, kind):
    return [row for row in rows if isinstance(row, kind)]


def said_by_testssl(host, *, pem=False):
    """The findings of the lab about one host, without those that hold the certificate itself."""
    findings = json.loads(content("testssl/flat.json"))
    return [
        each for each in findings if each["ip"].startswith(f"{host}.lab.example/") and (pem or each["id"] != "cert")
    ]


class TestSslyze:
    REPORT = json.loads(content("sslyze/certinfo.json.zst"))

    def test_several_reports_in_one_file_have_no_time_in_common(self, read):
        later = self.REPORT | {"date_scans_started": "2030-01-01T00:00:00Z"}
        rows = read(json.dumps(self.REPORT) + "\n" + json.dumps(later))
        assert [row.locator for row in of(rows, Reject)] == ["date_scans_started"]
        assert of(rows, Run)[0].started_at is None
        assert {row.observed_at for row in of(rows, Sighting)} == {None}
        assert len(of(rows, Sighting)) == 2 * len(of(read(self.REPORT), Sighting))

    def test_3_and_4_say_the_same_in_another_arrangement(self, read):
        old = {
            "server_connectivity_errors": [
                {"server_string": "a.example:8443", "error_message": "Connection to the server timed out"},
                {"server_string": "b.example:443", "error_message": "Could not resolve hostname b.example"},
                {"server_string": "c.example:443", "error_message": "Connection to HTTP Proxy timed out"},
                {"server_string": "d.example:https", "error_message": "Not a valid host:port"},
            ],
            "server_scan_results": [],
            "sslyze_version": "4.1.0",
        }
        for result in self.REPORT["server_scan_results"]:
            if result["scan_result"] is not None:
                done = {name: each["result"] for name, each in result["scan_result"].items() if each["result"]}
                info = {"server_location": result["server_location"]}
                info["network_configuration"] = result["network_configuration"]
                one = {"scan_commands": [], "scan_commands_errors": {}, "scan_commands_results": done}
                old["server_scan_results"].append(one | {"server_info": info})
        rows, new = read(old), read(self.REPORT)
        assert [(row.host, row.port, row.outcome) for row in of(rows, Probe)] == [
            ("a.example", 8443, "timeout"),
            ("b.example", 443, "unresolvable"),
            ("c.example", 443, "no certificate"),
        ]
        assert len(of(rows, Reject)) == 1
        assert {(row.host, row.sni, row.chain) for row in of(rows, Sighting)} == {
            (row.host, row.sni, row.chain) for row in of(new, Sighting)
        }
        assert [row.protocols for row in of(rows, EndpointTls)] == [row.protocols for row in of(new, EndpointTls)]


class TestNmap:
    XML = content("nmap/lab.xml").decode()

    def test_a_certificate_on_a_udp_port_is_not_lost(self, read):
        whole, udp = (
            read(self.XML),
            read(self.XML.replace('protocol="tcp" portid="443"', 'protocol="udp" portid="443"')),
        )
        assert [row.chain for row in of(udp, Sighting)] == [row.chain for row in of(whole, Sighting)]

    def test_a_protocol_without_a_suite_is_not_offered(self, read):
        none = "<table key='SSLv3'><table key='ciphers'/><table key='compressors'/></table>"
        suite = "<table><elem key='name'>TLS_RSA_WITH_AES_128_CBC_SHA</elem></table>"
        enumerated = f"{none}<table key='TLSv1.0'><table key='ciphers'>{suite}</table></table>"
        rows = read(
            "<nmaprun args='' start='1' version='6.47'><host><address addr='192.0.2.1' addrtype='ipv4'/><ports>"
            f"<port protocol='tcp' portid='443'><script id='ssl-enum-ciphers' output=''>{enumerated}</script></port>"
            "</ports></host></nmaprun>"
        )
        assert [row.protocols for row in of(rows, EndpointTls)] == [("TLSv1.0",)]

    @pytest.mark.parametrize("date", ["MISSING", "Can't parse; string is &quot;010101&quot;"])
    def test_a_date_nmap_could_not_read_costs_the_date_alone(self, read, date):
        output = f"Subject: commonName=a.example&#xa;Not valid before: {date}&#xa;SHA-1: {'ab' * 20}"
        names = "&#xa;Subject Alternative Name: DNS:a.example, IP Address:2001:DB8:0:0:0:0:0:7"
        (row,) = of(
            read(
                "<nmaprun args='' start='1' version='7'><host><address addr='2001:DB8::0:1' addrtype='ipv6'/><ports>"
                f"<port protocol='tcp' portid='443'><script id='ssl-cert' output='{output}{names}'/></port>".replace(
                    "Can't", "Can&apos;t"
                )
                + "</ports></host></nmaprun>"
            ),
            Sighting,
        )
        assert (row.ip, row.chain[0].sha1, row.chain[0].not_before) == ("2001:db8::1", "ab" * 20, None)
        assert row.chain[0].san_ip == ("2001:db8::7",)


class TestTestssl:
    def test_what_it_says_instead_of_a_name_is_no_name(self, read):
        (row,) = of(read(said_by_testssl("nosan")), Sighting)
        assert row.chain[0].san_dns == ()
        findings = [
            each
            | {"finding": {"cert_commonName": "no CN field in subject", "cert_caIssuers": "selfsigned"}[each["id"]]}
            if each["id"] in {"cert_commonName", "cert_caIssuers"}
            else each
            for each in said_by_testssl("rsa2048")
        ]
        (row,) = of(read(findings), Sighting)
        assert (row.chain[0].subject_cn, row.chain[0].issuer_cn) == (None, None)

    def test_a_directory_name_among_the_names_is_not_taken_for_host_names(self, read):
        findings = said_by_testssl("rsa2048")
        for each in findings:
            if each["id"] == "cert_subjectAltName":
                each["finding"] = "a.example CN = Joe Doe, O = Example "
        (row,) = of(read(findings), Sighting)
        assert row.chain[0].san_dns == ()

    def test_a_run_by_severity_does_not_say_what_is_in_order(self, read):
        bad = [each for each in said_by_testssl("oldtls") if each["severity"] in {"LOW", "MEDIUM", "HIGH", "CRITICAL"}]
        rows = read(bad)
        assert of(rows, EndpointTls) == []  # TLS 1.2 was offered too, which is no finding
        assert len(of(rows, Finding)) == len(bad)

    def test_a_tls_server_whose_certificate_could_not_be_had_was_tried(self, read):
        findings = [
            {**said_by_testssl("rsa2048")[0], "id": "scanProblem", "severity": "WARN"}
            | {"finding": "Client problem: No server certificate could be retrieved. Thus we can't continue"}
        ]
        assert [row.outcome for row in of(read(findings), Probe)] == ["no certificate"]

    def test_findings_one_a_line(self, read):
        findings = said_by_testssl("rsa2048", pem=True)
        assert of(read("\n".join(map(json.dumps, findings))), Sighting) == of(read(findings), Sighting)

    def test_several_pretty_reports_in_one_file_have_no_time_in_common(self, read):
        report = json.loads(content("testssl/pretty.json"))
        rows = read(json.dumps(report) + json.dumps(report | {"startTime": "1900000000"}))
        assert [row.locator for row in of(rows, Reject)] == ["startTime"]
        assert {row.observed_at for row in of(rows, Sighting)} == {None}

    def test_a_spreadsheet_put_semicolons_between_the_cells(self, read):
        text = content("testssl/flat.csv").decode()
        assert of(read(text.replace('","', '";"')), Sighting) == of(read(text), Sighting)


class TestCtEntries:
    ENTRIES = json.loads(content("ct/get_entries.json"))["entries"]

    @pytest.mark.parametrize("shape", ["utf-16", "lines", "byte order mark"])
    def test_every_way_to_keep_entries(self, read, shape):
        answer = json.dumps({"entries": self.ENTRIES})
        data = {
            "utf-16": answer.encode("utf-16"),
            "lines": "\n".join(map(json.dumps, self.ENTRIES)),
            "byte order mark": answer.encode("utf-8-sig"),
        }[shape]
        assert [row.certificate for row in read(data)] == [row.certificate for row in read(answer)]

    def test_without_extra_data_a_certificate_is_there_and_a_precertificate_is_not(self, read):
        whole = read({"entries": self.ENTRIES})
        rows = read({"entries": [{"leaf_input": each["leaf_input"]} for each in self.ENTRIES]})
        for row, complete in zip(rows, whole, strict=True):
            if complete.entry_type == "precert_entry":
                assert row.reason == "extra_data is missing, which holds the precertificate"
            else:
                assert (row.certificate, row.chain) == (complete.certificate, ())


class TestDigicert:
    ORDER = json.loads(content("digicert/order.json"))

    @pytest.mark.parametrize("delimiter", [";", "\t"])
    def test_a_spreadsheet_changed_what_stands_between_cells(self, read, delimiter):
        lines = content("digicert/orders.csv").decode()
        assert '"' not in lines
        assert read(lines.replace(",", delimiter)) == read(lines)


class TestServiceNow:
    SERVERS = json.loads(content("servicenow/cmdb_ci_server.json"))["result"]

    def test_one_record_and_a_list_from_its_page(self, read):
        (listed,) = read({"result": self.SERVERS[:1]})
        for rows in (read({"result": self.SERVERS[0]}), read({"records": self.SERVERS[:1]})):
            assert [(row.asset_id, row.name, row.owner) for row in rows] == [
                (listed.asset_id, listed.name, listed.owner)
            ]

    def test_several_addresses_in_one_cell(self, read):
        rows = read({"result": [self.SERVERS[0] | {"ip_address": "192.0.2.1, 2001:DB8::1;192.0.2.1"}]})
        assert [row.ip for row in of(rows, Asset)] == ["192.0.2.1", "2001:db8::1"]
        (row,) = read({"result": [self.SERVERS[0] | {"ip_address": "DHCP"}]})
        assert row.ip is None


def test_names_in_their_own_script_follow_the_rules_of_today(read):
    rows = read("name,owner\nstraße.example,ada\nmünchen.example,ada\n")
    assert [row.name for row in rows] == ["xn--strae-oqa.example", "xn--mnchen-3ya.example"]


def test_a_pem_with_the_line_ends_of_old_macs(read):
    pem = content("truth/rsa2048.pem").decode()
    assert len(of(read("written by hand\r" + pem.replace("\n", "\r")), Sighting)) == 2
