from __future__ import annotations

import tracemalloc
from datetime import datetime
from xml.sax.saxutils import quoteattr

import pytest
from scan_samples import SCAN, chain, counts, export, needs_samples, of, pem_hashes, read, truth

from certanalytics.errors import DataError
from certanalytics.model import EndpointTls, Probe, Reject, Run, Sighting, StatedCertificate
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.scanners.nmap import nmap_xml
from certanalytics.sources.scanners.sslyze import sslyze_json

NMAP = SCAN / "nmap"

# What Nmap 5 wrote of a certificate: no tables, no PEM.
OLD_OUTPUT = r"""Subject: commonName=Z\xC3\xBCrich / Nord/organizationName=M\xC3\xBCller/countryName=CH
Subject Alternative Name: DNS:a.example, DNS:*.a.example, IP Address:192.0.2.7, email:x@a.example
Issuer: commonName=Test CA/countryName=CH
Public Key type: rsa
Public Key bits: 1024
Signature Algorithm: sha1WithRSAEncryption
Not valid before: 2004-06-03T10:11:43+00:00
Not valid after:  2024-05-29T12:11:43+02:00
MD5:   ec28 c297 2c7c 6a82 ec53 e3e2 85ea 6fd2
SHA-1: 4388 33c0 94f6 afc8 64c6 0e4a 6f57 e9f4 d128 1411"""


def script(output=OLD_OUTPUT, inner="", name="ssl-cert"):
    return f"<script id='{name}' output={quoteattr(output)}>{inner}</script>"


def port(number=443, state="open", service="<service name='https'/>", scripts=""):
    return f"<port protocol='tcp' portid='{number}'><state state='{state}' reason='test'/>{service}{scripts}</port>"


def host(*ports, name="<hostname name='a.example' type='user'/>", ended="endtime='1795421961'", state="up"):
    return (
        f"<host {ended}><status state='{state}'/><address addr='00:11:22:33:44:55' addrtype='mac'/>"
        f"<address addr='192.0.2.1' addrtype='ipv4'/><hostnames>{name}</hostnames>"
        f"<ports>{''.join(ports)}</ports></host>"
    )


def run(*hosts, args="nmap -p443,9999 --script ssl-cert,ssl-enum-ciphers", prolog=""):
    return (
        f"<?xml version='1.0'?>{prolog}<nmaprun scanner='nmap' args='{args}' start='1795421955' version='7.93'>"
        f"{''.join(hosts)}</nmaprun>"
    )


def rows_of(written, content):
    return list(nmap_xml.read(written(content)))


class TestLab:
    pytestmark = needs_samples

    def test_every_leaf_served_comes_out_with_its_place(self):
        sightings = of(read(nmap_xml, NMAP / "lab_24hosts_nmap7.93.xml"), Sighting)
        leaves = {(s.host, s.ip, s.port, s.sni, *chain(s)) for s in sightings}
        served = {host: (address, {c[0] for c in chains}) for host, (address, chains) in truth().items() if chains}
        del served["mail.lab.example"]  # not in this run
        assert {leaf[0] for leaf in leaves} == set(served)
        for name, address, number, sni, sha256 in leaves:
            assert (address, number, sni) == (served[name][0], 443, name)
            assert sha256 in served[name][1]

    @pytest.mark.parametrize(
        "name", ["lab_24hosts_nmap7.93.xml", "lab_verbose_pem_nmap7.93.xml", "libnmap_full_sudo6.xml"]
    )
    def test_certificates_are_those_in_the_file_and_no_others(self, name):
        got = [sha256 for sighting in of(read(nmap_xml, NMAP / name), Sighting) for sha256 in chain(sighting)]
        assert set(got) == set(pem_hashes((NMAP / name).read_text()))
        assert got

    def test_all_that_gave_no_certificate_is_counted(self):
        rows = read(nmap_xml, NMAP / "lab_24hosts_nmap7.93.xml")
        assert counts(rows) == {"Run": 1, "Sighting": 21, "EndpointTls": 21, "Probe": 25}
        probes = of(rows, Probe)
        assert {(p.outcome, p.host, p.ip) for p in probes if p.port == 443} == {
            ("not tls", "plain.lab.example", "127.0.0.98"),
            ("closed", "refused.lab.example", "127.0.0.99"),
        }
        assert [p.outcome for p in probes if p.port == 8443] == ["closed"] * 23

    def test_times(self):
        rows = read(nmap_xml, NMAP / "lab_24hosts_nmap7.93.xml")
        assert rows[0] == Run(tool_version="7.93", started_at=datetime(2026, 11, 23, 8, 19, 15))
        assert (rows[1].observed_at, rows[1].time_basis) == (datetime(2026, 11, 23, 8, 19, 21), "record")

    def test_a_name_found_by_looking_up_the_address_was_not_sent(self):
        sightings = of(read(nmap_xml, NMAP / "lab_verbose_pem_nmap7.93.xml"), Sighting)
        assert {(s.host, s.sni) for s in sightings} == {
            ("rsa2048.lab.example", None),
            ("xn--mnchen-3ya.lab.example", None),
            ("longvalid.lab.example", None),
        }

    def test_ipv6(self):
        (probe,) = of(read(nmap_xml, NMAP / "lab_ipv6_closed_nmap7.93.xml"), Probe)
        assert (probe.outcome, probe.host, probe.ip, probe.port) == ("closed", None, "::1", 443)

    def test_protocols_and_suites_are_those_sslyze_saw(self):
        ours = {e.host: e for e in of(read(nmap_xml, NMAP / "lab_24hosts_nmap7.93.xml"), EndpointTls)}
        others = read(sslyze_json, SCAN / "sslyze" / "lab_multi_sslyze6.3.1.json.gz")
        theirs = {e.host: e for e in of(others, EndpointTls)}
        agreed = {
            name
            for name in ours
            if ours[name].protocols == theirs[name].protocols
            and set(ours[name].cipher_suites) == set(theirs[name].cipher_suites)
        }
        # Nmap 7.93 does not see every version a server with such a key offers: so in the files themselves.
        assert set(ours) - agreed == {"p384.lab.example", "ed25519.lab.example"}
        assert set(theirs) == set(ours)
        assert {e.groups for e in ours.values()} == {("x25519",)}

    def test_only_the_xml_output_is_known(self):
        known = {path.name for path in NMAP.iterdir() if nmap_xml.signature.matches(Head(export(path).head))}
        assert known == {path.name for path in NMAP.iterdir() if path.suffix == ".xml"}

    @pytest.mark.parametrize("share", [0.25, 0.9])
    def test_an_interrupted_run_keeps_its_whole_hosts(self, written, share):
        content = (NMAP / "lab_24hosts_nmap7.93.xml").read_bytes()
        whole, cut = rows_of(written, content), rows_of(written, content[: int(len(content) * share)])
        assert cut[:-1] == whole[: len(cut) - 1]
        assert len(cut) > 10
        assert isinstance(cut[-1], Reject)
        assert "cut short" in cut[-1].reason

    def test_a_byte_order_mark_changes_nothing(self, written):
        content = (NMAP / "lab_verbose_pem_nmap7.93.xml").read_bytes()
        assert rows_of(written, b"\xef\xbb\xbf" + content) == rows_of(written, content)


def test_without_pem_a_certificate_is_what_the_text_says(written):
    (sighting,) = of(rows_of(written, run(host(port(scripts=script())))), Sighting)
    assert sighting.chain == (
        StatedCertificate(
            sha1="438833c094f6afc864c60e4a6f57e9f4d1281411",
            subject_dn="commonName=Zürich / Nord/organizationName=Müller/countryName=CH",
            subject_cn="Zürich / Nord",
            subject_o="Müller",
            issuer_dn="commonName=Test CA/countryName=CH",
            issuer_cn="Test CA",
            san_dns=("a.example", "*.a.example"),
            san_ip=("192.0.2.7",),
            not_before=datetime(2004, 6, 3, 10, 11, 43),
            not_after=datetime(2024, 5, 29, 10, 11, 43),
            key_algorithm="RSA",
            key_bits=1024,
            signature_algorithm="sha1WithRSAEncryption",
            signature_hash="sha1",
        ),
    )


def test_the_table_knows_the_name_better_than_the_text(written):
    table = r"<table key='subject'><elem key='commonName'>a/commonName=b \xE4</elem></table>"
    (sighting,) = of(rows_of(written, run(host(port(scripts=script(inner=table))))), Sighting)
    assert sighting.chain[0].subject_cn == r"a/commonName=b \xe4"  # no UTF-8: stays escaped


def test_a_script_that_failed_is_an_attempt_that_gave_no_certificate(written):
    rows = rows_of(written, run(host(port(scripts=script("ERROR: script execution failed")))))
    assert [type(row).__name__ for row in rows] == ["Run", "Probe"]
    assert (rows[1].outcome, rows[1].detail) == ("no certificate", "ERROR: script execution failed")
    assert rows[1].locator == "/nmaprun/host[1]/ports/port[@portid='443']/script[@id='ssl-cert']"


@pytest.mark.parametrize(
    ("number", "service", "starttls"),
    [
        (25, "<service name='smtp'/>", "smtp"),
        (587, "<service name='submission'/>", "smtp"),
        (5432, "<service name='postgresql'/>", "postgres"),
        (465, "<service name='smtp'/>", None),
        (2525, "<service name='smtp' tunnel='ssl'/>", None),
        (443, "<service name='https'/>", None),
        (443, "", None),
    ],
)
def test_starttls(written, number, service, starttls):
    (sighting,) = of(rows_of(written, run(host(port(number, service=service, scripts=script())))), Sighting)
    assert sighting.starttls == starttls


@pytest.mark.parametrize(
    ("args", "found", "outcome"),
    [
        ("nmap -p443 --script ssl-cert", port(), "not tls"),
        ("nmap -p443 --script ssl-cert", port(state="filtered"), "filtered"),
        ("nmap -p443 --script ssl-cert", port(state="closed"), "closed"),
        ("nmap -A", port(state="filtered"), "filtered"),
        ("nmap -p 22,9999 --script=ssl-cert x", port(9999, service=""), "not tls"),
        ("nmap -p443 --script ssl-cert", port(service="<service name='http' tunnel='ssl'/>"), "no certificate"),
        ("nmap -p- --script ssl-cert", port(22, service="<service name='ssh'/>"), None),
        ("nmap -p443 -sVC", port(state="closed"), "closed"),
        ("nmap -p443 --script http-title,default", port(state="closed"), "closed"),
        ("nmap -p443 --script firewall-bypass", port(state="closed"), None),
        ("nmap -p443", port(state="closed"), None),
        ("nmap -p443 --script http-title", port(state="closed"), None),
        ("nmap -p443 -A --script http-title", port(state="closed"), None),  # then -A does not run the default scripts
        ("nmap -p443 -script=ssl-cert", port(state="closed"), "closed"),
        ('nmap -p443 --script "http-title, ssl-cert"', port(), "not tls"),
        ("nmap -p443 --script +/usr/share/nmap/scripts/ssl-*.nse", port(), "not tls"),
        ("nmap -p443 --script (default or vuln) and not http-*", port(), "not tls"),
    ],
)
def test_an_attempt_counts_where_tls_was_asked_for(written, args, found, outcome):
    probes = of(rows_of(written, run(host(found), args=args)), Probe)
    assert [probe.outcome for probe in probes] == ([outcome] if outcome else [])


@pytest.mark.parametrize("scripts", ["ssl-enum-ciphers", '"ssl-poodle, ssl-heartbleed"', "tls-*"])
def test_an_open_port_that_was_not_asked_for_its_certificate_did_not_fail_to_show_one(written, scripts):
    suite = "<table key='TLSv1.2'><table key='ciphers'><table><elem key='name'>X</elem></table></table></table>"
    spoke = port(service="<service name='http' tunnel='ssl'/>", scripts=script("", suite, "ssl-enum-ciphers"))
    hosts = host(spoke, port(8443), port(9999, state="closed"))
    rows = rows_of(written, run(hosts, args=f"nmap -p443,9999 --script {scripts}"))
    assert [type(row).__name__ for row in rows] == ["Run", "EndpointTls", "Probe"]
    assert (rows[2].port, rows[2].outcome) == (9999, "closed")


def test_a_named_host_that_was_down_counts_and_a_swept_one_does_not(written):
    swept = host(name="", state="down")
    rows = rows_of(written, run(host(state="down"), swept, args="nmap -v -p443,8443 --script ssl-cert a.example"))
    assert [(p.outcome, p.host, p.port) for p in of(rows, Probe)] == [
        ("timeout", "a.example", 443),
        ("timeout", "a.example", 8443),
    ]


def test_a_host_without_an_end_has_the_time_of_the_run(written):
    (sighting,) = of(rows_of(written, run(host(port(scripts=script()), ended=""))), Sighting)
    assert (sighting.observed_at, sighting.time_basis) == (datetime(2026, 11, 23, 8, 19, 15), "run")


@pytest.mark.parametrize("number", ["https", "70000", "9" * 25])
def test_an_odd_host_is_one_reject(written, number):
    odd = host(port(number))
    rows = rows_of(written, run(host(port(scripts=script())), odd, host(port(scripts=script()))))
    assert [type(row).__name__ for row in rows] == ["Run", "Sighting", "Reject", "Sighting"]
    assert rows[2].locator == "/nmaprun/host[2]"


@pytest.mark.parametrize(
    "entity",
    [
        "<!ENTITY x SYSTEM 'file:///etc/hostname'>",
        "<!ENTITY % x SYSTEM 'file:///etc/hostname'>",
        "<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>",
    ],
)
def test_entities_are_refused(written, entity):
    prolog = f"<!DOCTYPE nmaprun [{entity}]>"
    with pytest.raises(DataError, match="entities are refused"):
        rows_of(written, run(host(port()), prolog=prolog))


def test_a_document_type_alone_is_fine(written):
    assert counts(rows_of(written, run(host(), prolog="<!DOCTYPE nmaprun>"))) == {"Run": 1}


@pytest.mark.parametrize("declared", ["UTF-8", "UTF-16"])
def test_what_powershell_wrote_is_read_whatever_it_declares(written, declared):
    content = run(host(port(scripts=script()))).replace("'1.0'?>", f"'1.0' encoding='{declared}'?>")
    assert rows_of(written, content.encode("utf-16")) == rows_of(written, run(host(port(scripts=script()))))


def test_what_is_no_xml_is_an_error(written):
    with pytest.raises(DataError, match="not readable as XML"):
        rows_of(written, "nmaprun")


def test_a_large_file_is_read_in_little_memory(tmp_path):
    one = host(port(scripts=script("x" * 50_000 + "\n" + OLD_OUTPUT)))
    path = tmp_path / "large.xml"
    path.write_text(run(*[one] * 400))  # 20 MB
    source = export(path)
    tracemalloc.start()
    try:
        sightings = sum(isinstance(row, Sighting) for row in nmap_xml.read(source))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sightings == 400
    assert peak < 5e6
