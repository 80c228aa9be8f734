from __future__ import annotations

from datetime import datetime

import pytest

from certanalytics.errors import UsageError
from certanalytics.model import Record, Reject, Revocation, StatedCertificate
from certanalytics.sources import mapped, recognise
from certanalytics.sources._reading.local_dates import local_times
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.managers.adcs_certutil import adcs_certutil_csv
from certanalytics.sources.managers.adcs_pspki import adcs_pspki

GERMAN = """
kind = "certutil"
encoding = "cp850"
delimiter = ";"
empty = "LEER"
time_format = "%d.%m.%Y %H:%M"
timezone = "Europe/Berlin"
ca = 'ca01.example.com\\Example CA'
issuer_dn = "CN=Example CA, DC=example, DC=com"

[columns]
request_id = "Ausgestellte Anforderungs-ID"
requester = "Antragstellername"
disposition = "Anforderungsdisposition"
serial_number = "Seriennummer"
not_after = "Ablaufdatum für Zertifikat"
revoked = "Sperrdatum"
revocation_reason = "Sperrgrund"
"""


@pytest.mark.shared
def test_a_real_list_of_requests(sample):
    rows = list(adcs_pspki.read(sample("managers/ms_adcs/pspki_dump_1.txt")))
    assert [row.record_id.rpartition(":")[2] for row in rows] == ["710", "716", "787", "788", "789"]
    first = rows[0]
    assert isinstance(first.certificate, bytes)
    assert len(first.certificate) == 0x6D0 + 4
    assert (first.state, first.requester) == ("issued", "3KEY\\nejaky.uzivatel")
    assert first.requested_at == datetime(2023, 7, 7, 9, 35, 52)
    assert first.product == "Certificate authentication external client"


def test_a_listing_in_english(written):
    export = written(
        '"Request ID","Requester Name","Request Disposition","Serial Number","Certificate Expiration Date",'
        '"Certificate Hash"\r\n'
        '"7","LAB\\ada","20 -- Issued","00aB01","12/31/2026 10:00 AM","EMPTY"\r\n'
        '"8","LAB\\ben","21 -- Revoked","0b","1/2/2026 10:00 AM","EMPTY"\r\n'
        "\r\nCertUtil: -view command completed successfully.\r\n"
    )
    issued, revoked = adcs_certutil_csv.read(export)
    stated = StatedCertificate(serial_hex="ab01", not_after=datetime(2026, 12, 31, 10))
    assert (issued.state, issued.requester, issued.certificate) == ("issued", "LAB\\ada", stated)
    # The 2nd of January or the 1st of February: not guessed, but kept.
    assert (revoked.state, revoked.certificate) == ("revoked", StatedCertificate(serial_hex="0b"))
    assert '"not_after_as_written": "1/2/2026 10:00 AM"' in revoked.attributes


def test_a_request_that_was_not_issued_in_a_listing_of_all_columns(written):
    export = written(
        '"Request ID","Requester Name","Request Disposition","Issued Request ID","Serial Number"\r\n'
        '"7","LAB\\ada","20 -- Issued","7","00ab01"\r\n'
        '"8","LAB\\ben","31 -- Denied","EMPTY","EMPTY"\r\n'
    )
    issued, denied = adcs_certutil_csv.read(export)
    assert (issued.record_id, issued.state) == ("7", "issued")
    assert (denied.record_id, denied.state, denied.requester) == ("8", "denied", "LAB\\ben")
    assert denied.certificate is None


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_listing_by_powershell_of_revoked_requests(written, mark):
    columns = ("RequestID", "Request.RevokedWhen", "Request.RevokedReason", "SerialNumber", "ConfigString")
    cells = ("8", "5/6/2026 10:00:00 AM", "4", "0b", "ca01\\CA")
    lines = (mark.join(f'"{cell}"' for cell in line) for line in (columns, cells))
    export = written("#TYPE PKI.CertificateServices.DB.AdcsDbRow\r\n" + "\r\n".join(lines))
    assert recognise(export) is adcs_certutil_csv
    (record,) = adcs_certutil_csv.read(export)
    assert (record.record_id, record.state, record.certificate.serial_hex) == ("ca01\\CA:8", "revoked", "0b")
    assert record.revoked_at is None  # the 5th of June or the 6th of May


def test_a_listing_in_another_language(written, tmp_path):
    mapping = tmp_path / "deutsch.toml"
    mapping.write_text(GERMAN)
    columns = (
        "Ausgestellte Anforderungs-ID;Antragstellername;Anforderungsdisposition;Seriennummer;"
        "Ablaufdatum für Zertifikat;Sperrdatum;Sperrgrund"
    )
    row = "9;LAB\\jürgen;21 -- Gesperrt;0b;01.07.2026 12:00;02.01.2026 12:00;0x1 (1) -- Schlüssel gefährdet"
    export = written(f"{columns}\r\n{row}\r\n".encode("cp850"))
    source = mapped(mapping)
    assert source.signature.matches(Head(export.head))
    assert not adcs_certutil_csv.signature.matches(Head(export.head))
    record, revocation = source.read(export)
    (pending,) = source.read(
        written(f"{columns}\r\n10;LAB\\ada;9 -- Anstehend;LEER;LEER;LEER;LEER\r\n".encode("cp850"))
    )
    assert (pending.state, pending.certificate) == ("pending", None)
    assert isinstance(record, Record)
    assert (record.record_id, record.requester) == ("ca01.example.com\\Example CA:9", "LAB\\jürgen")
    assert record.certificate.not_after == datetime(2026, 7, 1, 10)
    assert isinstance(revocation, Revocation)
    assert (revocation.revoked_at, revocation.reason) == (datetime(2026, 1, 2, 11), "keyCompromise")
    (reject,) = source.read(written(f"{columns}\r\n{row.replace('01.07.2026', '7/1/2026')}\r\n".encode("cp850")))
    assert isinstance(reject, Reject)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("certutil", "certutility"), "kind"),
        (("cp850", "cp0"), "encoding"),
        (("Europe/Berlin", "Mars/Olympus"), "timezone"),
        (("requester", "asked_by"), "columns.asked_by"),
        (("[columns]", "[rows]"), "rows"),
        (('"cp850"', '"cp850'), "not TOML"),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_refused_in_words(change, says, tmp_path):
    mapping = tmp_path / "deutsch.toml"
    mapping.write_text(GERMAN.replace(*change, 1))
    with pytest.raises(UsageError, match=says):
        mapped(mapping)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"a": "7/8/2023"}, {}),
        ({"a": "7/7/2023 9:35:52 AM"}, {"a": datetime(2023, 7, 7, 9, 35, 52)}),
        ({"a": "7/8/2023", "b": "12/31/2023"}, {"a": datetime(2023, 7, 8), "b": datetime(2023, 12, 31)}),
        ({"a": "7/8/2023", "b": "31/12/2023"}, {"a": datetime(2023, 8, 7), "b": datetime(2023, 12, 31)}),
        ({"a": "13/1/2023", "b": "1/13/2023"}, {}),
        ({"a": "3. 10. 2023 11:59:59"}, {"a": datetime(2023, 10, 3, 11, 59, 59)}),
        ({"a": "2023/07/08 12:01 AM"}, {"a": datetime(2023, 7, 8, 0, 1)}),
        ({"a": "7/8/23", "b": "31/12/2566", "c": "soon"}, {}),
    ],
)
def test_dates_are_read_only_where_they_mean_one_day(written, expected):
    assert local_times(written) == expected
