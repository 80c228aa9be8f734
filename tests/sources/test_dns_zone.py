from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certanalytics.errors import DataError
from certanalytics.model import DnsRecord, Reject
from certanalytics.sources import exports, recognise
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.organisation.dns_zone import dns_zone

SOA = "@ IN SOA ns1 hostmaster 1 2h 3600 1w 5m\n"


def read(written, text):
    """(name, type, value, ttl) of every record, or the reason of a reject."""
    return [
        row.reason if isinstance(row, Reject) else (row.name, row.record_type, row.value, row.ttl)
        for row in dns_zone.read(written(text))
    ]


def data(written, record_type, value):
    (row,) = dns_zone.read(written(f"$ORIGIN lab.example.\nx 60 IN {record_type} {value}\n"))
    return row.value if isinstance(row, DnsRecord) else row.reason


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "records", "rejects"),
    [
        ("octodns_bind/unit.tests.tst", 36, 0),
        ("2.0.192.in-addr.arpa.", 7, 0),
        ("invalid.zone.tst", 1, 0),  # no NS record: what it has is read
        ("cli53/basic.txt", 0, 17),  # nobody knows whose zone it is
    ],
)
def test_the_real_samples_keep_every_record(sample, name, records, rejects):
    rows = list(dns_zone.read(sample(f"ownership/dns_zones/{name}")))
    assert (sum(isinstance(row, DnsRecord) for row in rows), len(rows)) == (records, records + rejects)
    assert all("$ORIGIN <zone>." in row.reason for row in rows if isinstance(row, Reject))


@pytest.mark.shared
def test_a_record_over_several_lines_takes_over_the_last_stated_ttl(sample):
    rows = {row.locator: row for row in dns_zone.read(sample("ownership/dns_zones/octodns_bind/unit.tests."))}
    assert rows["line 61"] == DnsRecord(
        locator="line 61",
        system="zone-file",
        name="_25._tcp.mx2.unit.tests",
        record_type="TLSA",
        value="3 1 1 c164b2c3f36d068d42a6138e446152f568615f28c69bd96a73e354cac88ed00c",
        zone="unit.tests",
        ttl=300,
    )


def test_the_labs_zone_pins_the_keys_its_servers_have():
    samples = Path(__file__).parents[2] / "data" / "samples"
    (export,) = exports(samples / "dns" / "lab.example.zone")
    pinned = {row.name.split(".")[2]: row.value for row in dns_zone.read(export) if row.record_type == "TLSA"}
    assert pinned.keys() == {"rsa2048", "p256", "ed25519"}
    for name, value in pinned.items():
        key = x509.load_pem_x509_certificates((samples / "truth" / f"{name}.pem").read_bytes())[0].public_key()
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert value == f"3 1 1 {hashlib.sha256(spki).hexdigest()}"


@pytest.mark.parametrize(
    ("record_type", "value", "means"),
    [
        ("CNAME", "WWW", "www.lab.example"),
        ("CNAME", "@", "lab.example"),
        ("CNAME", r"a\.b.\067om.", r"a\.b.com"),  # decimal: 67 is C
        ("CNAME", r"\042.other.", "*.other"),
        ("MX", "0 .", "0 ."),
        ("AAAA", "2001:DB8:0::1", "2001:db8::1"),
        ("TXT", r'a "b;(c" d\;e "q\"uote"', r'"a" "b;(c" "d\;e" "q\"uote"'),
        ("TXT", '"a""b"', '"a" "b"'),
        ("CAA", "128 ISSUE ca.example", '128 issue "ca.example"'),
        ("CAA", '0 issue "ca.example; policy=ev"', '0 issue "ca.example; policy=ev"'),
        ("TYPE257", r"\# 16 00 05 69737375 65 63612e6578616d706c", '0 issue "ca.exampl"'),
        ("A", r"\# 4 7f000001", "127.0.0.1"),
        ("TYPE65280", r"\# 2 AB 01", r"\# 2 ab01"),
        ("SVCB", '1 svc ALPN="h2,h3" no-default-alpn', '1 svc.lab.example alpn="h2,h3" no-default-alpn'),
        ("NAPTR", '1 2 "u" "sip+E2U" "!^.*$!sip:a@b!i" .', '1 2 "u" "sip+E2U" "!^.*$!sip:a@b!i" .'),
        ("DS", "1 RSASHA256 2 AB CD", "1 RSASHA256 2 abcd"),
        ("A", "1.2.3", "Expected 4 octets in '1.2.3'"),
        ("A", "1.2.3.4 5", "the data of A has words too many: 5"),
        ("MX", "10", "the data of MX ends too early"),
        ("MX", "70000 a", "not a number of 16 bits: 70000"),
        ("CNAME", "a..b", "not a name, a label is empty or longer than 63 octets: a..b"),
        ("CNAME", r"\999", r"not an escape: \999"),
        ("TXT", '"open', "a quote is not closed, or a backslash has nothing to escape"),
        ("TLSA", "3 1 1 abc", "not hexadecimal: abc"),
        ("TYPE65280", r"\# 3 ab01", "2 octets where 3 are announced"),
        ("NOPE", "1", "NOPE is no type of record"),
    ],
)
def test_data_has_one_spelling_or_a_reason(written, record_type, value, means):
    assert data(written, record_type, value) == means


def test_order_of_class_and_ttl_blank_owners_and_units(written):
    text = (
        "$ORIGIN lab.example.\n" + SOA + "a 1h in A 127.0.0.1\n\tA 127.0.0.2\n$TTL 1d\nb IN 1m30s A 127.0.0.3\n  A ::\n"
    )
    assert read(written, text) == [
        ("lab.example", "SOA", "ns1.lab.example hostmaster.lab.example 1 7200 3600 604800 300", None),
        ("a.lab.example", "A", "127.0.0.1", 3600),
        ("a.lab.example", "A", "127.0.0.2", 3600),
        ("b.lab.example", "A", "127.0.0.3", 90),
        "Expected 4 octets in '::'",
    ]


def test_the_zone_is_that_of_the_soa_record_and_may_be_the_origin(written):
    text = "www A 127.0.0.1\nlab.example. IN SOA ns1 root 1 2 3 4 5\nwww A 127.0.0.1\nother.test. A 127.0.0.1\n"
    lost, soa, www, other = dns_zone.read(written(text))
    assert "neither $ORIGIN nor the owner of its SOA record" in lost.reason
    assert (soa.value, www.name) == ("ns1.lab.example root.lab.example 1 2 3 4 5", "www.lab.example")
    assert (www.zone, other.zone) == ("lab.example", None)  # what is not in the zone is in none we know


def test_a_zone_that_does_not_say_which_it_is_may_be_named_by_the_user(written):
    text = "$TTL 60\n@ IN SOA ns1 root 1 2 3 4 5\nwww A 127.0.0.1\n"
    export = written(text)
    assert [row.reason[:15] for row in dns_zone.read(export)] == ["a relative name"] * 2
    for named in ("lab.example", "LAB.example."):
        soa, www = dns_zone.read(replace(export, origin=named))
        assert soa.value == "ns1.lab.example root.lab.example 1 2 3 4 5"
        assert (www.name, www.zone) == ("www.lab.example", "lab.example")
    with pytest.raises(DataError, match="is no zone"):
        list(dns_zone.read(replace(export, origin="lab..example")))


@pytest.mark.parametrize("said", ["$ORIGIN other.test.\n", "other.test. IN SOA ns1 root 1 2 3 4 5\n"])
def test_what_a_zone_file_says_itself_counts_more(written, said):
    *_, www = dns_zone.read(replace(written(f"{said}www 60 IN A 127.0.0.1\n"), origin="lab.example"))
    assert www.name == "www.other.test"


def test_a_secondarys_file_names_the_zone_below_the_root(written):
    text = "$ORIGIN .\n$TTL 60\nlab.example IN SOA a.b c.d ( 1 2 3\n 4 5 )\n NS ns.lab.example\n"
    text += "$ORIGIN lab.example.\nx A 127.0.0.1"
    names = [(row.name, row.zone) for row in dns_zone.read(written(text))]
    assert names == [("lab.example", "lab.example")] * 2 + [("x.lab.example", "lab.example")]


@pytest.mark.parametrize("bad", ["$ORIGIN a..b.", "$ORIGIN", "$ORIGIN a. b."])
def test_after_a_bad_origin_no_name_is_put_below_the_old_one(written, bad):
    _, reason = read(written, f"$ORIGIN lab.example.\n{bad}\nwww 60 A 127.0.0.1\n")
    assert "a relative name" in reason


@pytest.mark.parametrize(
    "named",
    [
        "lab.example.dns for lab.example zone.",
        "lab.example.dns for Default zone scope in zone lab.example.",
        "(null) for Default zone scope in zone lab.example.",
    ],
)
def test_windows_names_the_zone_in_a_comment_and_ages_records(written, named):
    text = (
        f";\r\n;  Database file {named}\r\n;      Zone version:  5\r\n;\r\n\r\n"
        "@                       IN  SOA dc01.lab.example. hostmaster.lab.example. (\r\n"
        "                        \t\t5            ; serial number\r\n\t\t900\t600\t86400\t3600 ) ; default TTL\r\n"
        "\r\n@                       NS\tdc01.lab.example.\r\n"
        "@                       [AGE:3636304]\t600\tA\t192.0.2.1\r\n"
        "                        [AGE:3636304]\t1200\tA\t192.0.2.2\r\n"
        '@                       TXT\t( "v=spf1 -all" )\r\n'
        "dc01                    A\t192.0.2.3\r\n"
    )
    assert recognise(written(text)).name == "dns-zone"
    assert read(written, text) == [
        ("lab.example", "SOA", "dc01.lab.example hostmaster.lab.example 5 900 600 86400 3600", 3600),
        ("lab.example", "NS", "dc01.lab.example", 3600),
        ("lab.example", "A", "192.0.2.1", 600),
        ("lab.example", "A", "192.0.2.2", 1200),
        ("lab.example", "TXT", '"v=spf1 -all"', 3600),
        ("dc01.lab.example", "A", "192.0.2.3", 3600),
    ]


def test_the_comment_of_another_program_names_no_zone(written):
    text = ";  Database file zone.tst for @. zone.\n$ORIGIN lab.example.\na 60 IN A 127.0.0.1\nb IN A 127.0.0.2\n"
    assert read(written, text) == [
        ("a.lab.example", "A", "127.0.0.1", 60),
        ("b.lab.example", "A", "127.0.0.2", 60),
    ]


def test_after_a_bad_owner_no_record_is_given_to_the_one_before(written):
    text = "$ORIGIN lab.example.\na 60 A 127.0.0.1\na..b A 127.0.0.2\n  A 127.0.0.3\n"
    assert read(written, text)[2] == "a record without an owner, after none that could be read"


def test_what_is_not_followed_says_so_and_changes_nothing(written):
    text = "$ORIGIN lab.example.\na 60 A 127.0.0.1\n$INCLUDE more.zone sub\n$GENERATE 1-9 h$ A 127.0.0.$\n"
    text += "$DATE 1\n A 127.0.0.2\n"
    a, include, generate, unknown, b = read(written, text)
    assert (a[0], b[0]) == ("a.lab.example", "a.lab.example")
    assert include.startswith("$INCLUDE is not followed")
    assert generate.startswith("$GENERATE is not followed")
    assert unknown == "$DATE is no directive of a zone file"


def test_records_of_other_classes_are_not_the_internets(written):
    text = '$ORIGIN lab.example.\na CH TXT "x"\nb AWS ALIAS AAAA a $self false\nc AWS A 127.0.0.1\n'
    chaos, alias, broken = read(written, text)
    assert chaos == "a record of class CH, which is not the Internet's"
    assert alias == ("b.lab.example", "ALIAS", "a.lab.example", None)
    assert broken.startswith("class AWS is for ALIAS")


def test_a_parenthesis_that_stays_open_takes_no_record_along_in_silence(written):
    text = "$ORIGIN lab.example.\na 60 TXT ( x\nb A 127.0.0.1\n"
    assert read(written, text) == ["a parenthesis is not closed up to the end of the file"]
    text = '$ORIGIN lab.example.\na 60 A 127.0.0.1\nb TXT ( "x\n  A 127.0.0.9\n)\nc A 127.0.0.2\n'
    _, fault, orphan, closing, last = read(written, text)
    assert fault.startswith("a quote is not closed")
    assert orphan == "a record without an owner, after none that could be read"
    assert closing.startswith("a parenthesis is closed")
    assert last == ("c.lab.example", "A", "127.0.0.2", 60)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_encodings_and_line_ends(written, encoding):
    text = "; Büro\r\n$ORIGIN lab.example.\r\na 60 IN A 127.0.0.1\r\n"
    export = written(text.encode(encoding))
    assert dns_zone.signature.matches(Head(export.head))
    assert [row.name for row in dns_zone.read(export)] == ["a.lab.example"]


def test_bytes_that_are_not_ascii_are_octets(written):
    content = b"$ORIGIN lab.example.\nb\xfcro 60 A 127.0.0.1\nb\xc3\xbcro 60 A 127.0.0.1\n"
    assert [row.name for row in dns_zone.read(written(content))] == [r"b\252ro.lab.example", r"b\195\188ro.lab.example"]


@pytest.mark.parametrize(
    "text",
    [
        "name,owner\nwww.lab.example,ada\n",
        "127.0.0.1 localhost\n::1 localhost\n",
        "+example.com:10.2.3.4:30\n",
        "server {\n  listen 443 ssl;\n  server_name a.example;\n}\n",
        "Nmap scan report\nwww.lab.example. 60 IN A 127.0.0.1\n",
        "See that in 60 A minute\n",
        "validate_fail\t86400\tERR\tA\t127.0.0.1\n",
        "what a SOA record says\nhost a b\n",
        "",
    ],
)
def test_what_is_no_zone_file_is_not_taken_for_one(text):
    assert not dns_zone.signature.matches(Head(text.encode()))


@pytest.mark.parametrize(
    "text",
    [
        "* 86400 IN A 10.0.0.1\n",
        "$TTL 3h\n",
        "\n; x\n@ SOA a. b. 1 2 3 4 5\n@ 60 NS a.\n",
        "$INCLUDE x\na. IN A 1.2.3.4\n",
        "@ SOA a. b. 1 2 3 4 5\n@ NS a.\nwww A 192.0.2.1\n",
    ],
)
def test_a_zone_file_is_known_by_its_first_entries(text):
    assert dns_zone.signature.matches(Head(text.encode()))
