"""Tables in columns of their own: read by a map, and a map proposed for them."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certanalytics.errors import DataError, UsageError
from certanalytics.model import Record, Reject, Sighting, StatedCertificate
from certanalytics.sources import mapped, recognise, suggest
from certanalytics.sources._reading.signature import Head

SHA256, SHA1 = "ab" * 32, "cd" * 20


def source_of(tmp_path, toml):
    path = tmp_path / "list.toml"
    path.write_text(toml)
    return mapped(path)


def read(tmp_path, written, toml, content):
    source = source_of(tmp_path, toml)
    export = written(content)
    assert source.signature.matches(Head(export.head))
    return list(source.read(export))


def test_a_list_of_certificates_gives_records_and_places(tmp_path, written):
    toml = """
        kind = "certificates"
        delimiter = ";"
        time_format = "%d.%m.%Y %H:%M"
        timezone = "Europe/Berlin"
        empty = "k. A."
        [columns]
        sha256 = "Fingerabdruck"
        serial = "Seriennummer"
        issuer_cn = "CA"
        not_after = "Ende"
        names = "Namen"
        host = "Server"
        port = "Port"
        owner = "Wer"
        comment = "Bemerkung"
        [values.state]
    """.replace("[values.state]", "")
    content = (
        "Liste vom 23.11.2026;;\n\nNr;Fingerabdruck;Seriennummer;CA;Ende;Namen;Server;Port;Wer;Bemerkung\n"
        f"1;{SHA256.upper()};00:0A;Issuing 1;31.12.2026 13:00;a.example, DNS:b.example 192.0.2.1;web01;443;"
        "ada@example.com;k. A.\n2;;;;;;web02;;bob;\n3;zz;;;;;;;;\n"
    )
    record, place, nothing, broken = read(tmp_path, written, toml, content)
    assert record == Record(
        locator="line 4",
        system="table:list",
        record_id=SHA256.upper(),
        certificate=StatedCertificate(
            sha256=SHA256,
            serial_hex="0a",
            issuer_cn="Issuing 1",
            san_dns=("a.example", "b.example"),
            san_ip=("192.0.2.1",),
            not_after=datetime(2026, 12, 31, 12),
        ),
        owner_email="ada@example.com",
    )
    assert isinstance(place, Sighting)
    assert (place.kind, place.host, place.port, place.chain) == ("config", "web01", 443, (record.certificate,))
    assert "nothing in the row tells which certificate" in nothing.reason
    assert "not hexadecimal" in broken.reason


@pytest.mark.parametrize(
    ("end", "read_as"),
    [
        ("2026-12-31", datetime(2026, 12, 31, 23, 59, 59)),
        ("31.12.2026", datetime(2026, 12, 31, 23, 59, 59)),
        ("2026-12-31 10:00:00", datetime(2026, 12, 31, 10)),
        ("12/31/2026", datetime(2026, 12, 31, 23, 59, 59)),
        ("01/02/2026", None),
    ],
)
def test_an_end_is_read_where_it_means_one_day(tmp_path, written, end, read_as):
    toml = 'kind = "certificates"\n[columns]\nsha1 = "Hash"\nnot_after = "Until"\n'
    (record,) = read(tmp_path, written, toml, f"Hash,Until\n{SHA1},{end}\n")
    assert record.certificate.not_after == read_as
    assert (record.attributes is None) == (read_as is not None)


def test_json_lines_are_read_by_paths(tmp_path, written):
    toml = """
        kind = "certificates"
        records = "json"
        [columns]
        serial_decimal = "cert.serialNumber"
        issuer = "cert.issuer"
        names = "cert.names"
        owner = "tags.Owner"
    """
    told = {
        "cert": {"serialNumber": 255, "issuer": "CN=A", "names": ["a.example", "b.example"]},
        "tags": {"Owner": "x"},
    }
    for content in (json.dumps([told]), json.dumps(told) + "\n" + json.dumps(told)):
        first = read(tmp_path, written, toml, content)[0]
        assert first.certificate == StatedCertificate(
            serial_hex="ff", issuer_dn="CN=A", san_dns=("a.example", "b.example")
        )
        assert first.owner_name == "x"


def test_a_certificate_in_a_cell_is_the_certificate(tmp_path, written, samples):
    pem = (samples / "truth" / "p256.pem").read_text().split("-----END CERTIFICATE-----")[0]
    out = io.StringIO()
    csv.writer(out).writerows([["ID", "PEM"], ["7", pem + "-----END CERTIFICATE-----"], ["8", "-----BEGIN nothing"]])
    toml = 'kind = "certificates"\n[columns]\nrecord_id = "ID"\ncertificate = "PEM"\n'
    record, reject, kept = read(tmp_path, written, toml, out.getvalue())
    assert isinstance(record.certificate, bytes)
    assert isinstance(reject, Reject)
    assert (kept.record_id, kept.certificate) == ("8", None)


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ('kind = "cars"', "kind is 'cars'. Write one of owners, certificates, certutil."),
        ('kind = "certificates"\n[columns]\nissuer = "CA"\n', "columns lacks record_id or sha256 or sha1"),
        ('records = "xml"\n', "records is 'xml'. Write csv or json."),
        ('kind = "certificates"\nca = "x"\n', "ca is no key of a mapping"),
        ('encoding = "klingon"\n[columns]\nname = "N"\nowner = "O"\n', "encoding is 'klingon'"),
    ],
)
def test_a_map_that_cannot_be_followed_says_what_to_do(tmp_path, toml, says):
    with pytest.raises(UsageError) as raised:
        source_of(tmp_path, toml)
    assert says in str(raised.value)


def test_a_map_is_proposed_from_the_names_of_the_columns(written):
    content = (
        "Zertifikatsliste;Stand 2026\n;\n"
        "Seriennummer;Allgemeiner Name;Fingerabdruck;Gültig bis;Verantwortlicher;Server;Farbe\n"
        f"0A1B2C;www.example.com;{SHA1};31.12.2026;ada@example.com;web01;rot\n"
    )
    export = written(content)
    assert recognise(export) is None
    proposed = suggest(export)
    assert proposed.toml == (
        'kind = "certificates"\ndelimiter = ";"\n\n[columns]\nsha1 = "Fingerabdruck"\nserial = "Seriennummer"\n'
        'common_name = "Allgemeiner Name"\nnot_after = "Gültig bis"\nhost = "Server"\nowner = "Verantwortlicher"\n'
    )
    assert (proposed.unmapped, proposed.doubts) == (("Farbe",), ())
    assert proposed.preview[0] == (SHA1, "0A1B2C", "www.example.com", "2026-12-31 00:00:00", "web01", "ada@example.com")


def test_what_the_names_leave_open_is_said(written):
    content = f"Serial Number,Thumbprint,Expires\n100200,{SHA1},01/02/2027\n"
    proposed = suggest(written(content))
    assert "# time_format" in proposed.toml
    assert len(proposed.doubts) == 2
    assert "serial_decimal" in proposed.doubts[0]
    assert "01/02/2027" in proposed.doubts[1]
    assert proposed.preview[0][2] == "(kept as written)"
    mixed = suggest(written(f"Serial,Fingerprint\n0a,{SHA1}\n0b,{SHA256}\n"))
    assert "Fingerprint" in mixed.unmapped
    assert "neither SHA-1 nor SHA-256" in mixed.doubts[0]


def test_owner_lists_and_json_are_proposed_too(written):
    owners = suggest(written("Server;Contact;Department\nweb01.example.com;ada;Retail\n"))
    assert owners.toml.startswith('kind = "owners"\ndelimiter = ";"\n\n[columns]\nname = "Server"\nowner = "Contact"')
    lines = suggest(written('{"cert": {"sha256": "x"}, "valid_to": "2026-12-31"}\n' * 3))
    assert 'records = "json"' in lines.toml
    assert 'sha256 = "cert.sha256"' in lines.toml
    assert 'not_after = "valid_to"' in suggest(written('[{"sha256": "x", "valid_to": "2026-12-31"}]')).toml


def test_a_word_the_map_would_refuse_is_told(written):
    proposed = suggest(written("Hostname;Verantwortlicher;Kritikalität\na.example;ada;High\nb.example;bob;hoch\n"))
    (doubt,) = proposed.doubts
    assert doubt.startswith("'hoch' in criticality is none of critical, high, medium, low")
    assert "[values.criticality]" in doubt


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "hello world\n", "Expires\n2026-01-01\n", "\0\1"])
def test_where_names_say_too_little_nothing_is_proposed(written, content):
    with pytest.raises(DataError, match="no map can be proposed"):
        suggest(written(content))


words = st.sampled_from(["Serial Number", "SHA1", "sha256", "Owner", "FQDN", "Expires", 'odd "name"', "a\\b", "Größe"])


@given(st.lists(words, min_size=1, max_size=6, unique=True), st.sampled_from(",;\t|"), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
def test_a_proposed_map_can_be_read_and_fits_its_table(tmp_path, written, header, delimiter, title):
    out = io.StringIO()
    if title:
        out.write("A title\r\n\r\n")
    csv.writer(out, delimiter=delimiter).writerows([header, [SHA1] * len(header)])
    export = written(out.getvalue())
    try:
        proposed = suggest(export)
    except DataError:
        return
    source = source_of(tmp_path, proposed.toml)
    assert source.signature.matches(Head(export.head))
    assert list(source.read(export))
