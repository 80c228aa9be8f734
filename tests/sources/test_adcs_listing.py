"""What ``certutil -view`` writes without ``csv``, in the ways consoles, shells and requesters can bend it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import pytest

from certanalytics.errors import DataError
from certanalytics.model import Record, Reject, StatedCertificate
from certanalytics.sources import SOURCES, recognise
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.managers._adcs import shown_times
from certanalytics.sources.managers.adcs_certutil import adcs_certutil_csv
from certanalytics.sources.managers.adcs_certutil_view import adcs_certutil_view
from certanalytics.x509.pem import pem_to_der

TRUTH = Path(__file__).parents[2] / "data" / "samples" / "truth"
PEM = (TRUTH / "p256.pem").read_text().partition("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----"
DONE = "\nMaximum Row Index: 9\n\n9 Rows\nCertUtil: -view command completed successfully.\n"
RULE = "  ----------------------------  ----------------------------  ------  ---------\n"
ENGLISH = {
    "RequestID": "Issued Request ID",
    "Request.RequestAttributes": "Request Attributes",
    "Request.RequesterName": "Requester Name",
    "Request.Disposition": "Request Disposition",
    "SerialNumber": "Serial Number",
    "NotAfter": "Certificate Expiration Date",
}
GERMAN = {
    "RequestID": "Ausgestellte Anforderungs-ID",
    "Request.RequesterName": "Antragstellername",
    "Request.Disposition": "Anforderungsdisposition",
    "NotAfter": "Ablaufdatum für Zertifikat",
    "SerialNumber": "Seriennummer",
}


def _schema(shown: dict[str, str]) -> str:
    lines = (f"  {name:<28}  {words:<28}  String  128 -- Indexed\n" for name, words in shown.items())
    return (
        "Schema:\n  Column Name                   Localized Name                Type    MaxLength\n"
        + RULE
        + "".join(lines)
    )


def _row(number: int, *values: str, shown: dict[str, str] = ENGLISH, word: str = "Row") -> str:
    lines = (f"  {words}: {value}\n" for words, value in zip(shown.values(), values, strict=True))
    return f"\n{word} {number}:\n{''.join(lines)}"


ADA = _row(1, "0x2bc (700)", "EMPTY", '"LAB\\ada"', "0x14 (20) -- Issued", '"00ab01"', "11/26/2027 9:12 AM")
BEN = _row(2, "0x2bd (701)", "EMPTY", '"LAB\\ben"', "0x1f (31) -- Denied", "EMPTY", "EMPTY")


def test_a_listing(written):
    export = written(_schema(ENGLISH) + ADA + BEN + DONE)
    assert recognise(export) is adcs_certutil_view
    ada, ben = adcs_certutil_view.read(export)
    assert (ada.record_id, ada.requester, ada.state) == ("700", "LAB\\ada", "issued")
    assert ada.certificate == StatedCertificate(serial_hex="ab01", not_after=datetime(2027, 11, 26, 9, 12))
    assert (ben.record_id, ben.requester, ben.state, ben.certificate) == ("701", "LAB\\ben", "denied", None)


def test_a_request_is_the_same_in_csv(written):
    columns = '"Request ID","Requester Name","Serial Number","Certificate Expiration Date"'
    (one,) = adcs_certutil_csv.read(written(f'{columns}\n"700","LAB\\ada","ab01",""\n'))
    (other,) = adcs_certutil_view.read(written(_schema(ENGLISH) + ADA + DONE))
    assert one.record_id == other.record_id


@pytest.mark.parametrize(
    ("encoding", "colon"),
    [("utf-8", ":"), ("utf-8", " :"), ("utf-8", "\u00a0:"), ("utf-16", ":"), ("utf-16", "\u00a0:"), ("cp850", ":")],
)
def test_a_listing_in_another_language(written, encoding, colon):
    row = _row(
        1,
        "0xb (11)",
        '"LAB\\jürgen"',
        "0x14 (20) -- Ausgestellt",
        "26.11.2027 09:12",
        '"0b"',
        shown=GERMAN,
        word="Zeile",
    )
    text = _schema(GERMAN) + row.replace(": ", f"{colon} ") + "\nCertUtil: -view-Befehl wurde erfolgreich ausgeführt.\n"
    export = written(text.encode(encoding))
    assert recognise(export) is adcs_certutil_view
    (record,) = adcs_certutil_view.read(export)
    # The page is not known, and the name not guessed.
    assert record.requester == ("LAB\\j\\x81rgen" if encoding == "cp850" else "LAB\\jürgen")
    assert (record.record_id, record.state) == ("11", "issued")
    assert record.certificate == StatedCertificate(serial_hex="0b", not_after=datetime(2027, 11, 26, 9, 12))


def test_columns_a_language_calls_the_same_come_in_their_order(written):
    shown = {"Request.CommonName": "Name", "RequestID": "ID", "CommonName": "Name", "SerialNumber": "Nummer"}
    row = _row(1, '"asked.example"', "0x5", '"given.example"', '"0b"', shown=shown, word="R")
    (record,) = adcs_certutil_view.read(written(_schema(shown) + row + DONE))
    assert record.certificate.subject_cn == "given.example"


def test_what_a_requester_writes_is_no_row_and_no_column(written):
    attributes = '"\nx:\n\nRow 2:\n  Issued Request ID: 0x9\n  Serial Number: 666\nCertUtil: -view\nccm:ca01"'
    row = ADA.replace("Attributes: EMPTY", f"Attributes: {attributes}")
    ada, ben = adcs_certutil_view.read(written(_schema(ENGLISH) + row + BEN + DONE))
    assert (ada.record_id, ada.certificate.serial_hex, ben.record_id) == ("700", "ab01", "701")


def test_a_quote_that_is_not_closed_takes_no_more_than_a_value_can_be(written):
    open_row = BEN.replace("Attributes: EMPTY", 'Attributes: "' + "\nccm:ca01.example" * 9000)
    carla = _row(4, "0x2bf (703)", "EMPTY", '"LAB\\carla"', "0x14 (20)", '"0c"', "EMPTY")
    ada, reject, last = adcs_certutil_view.read(written(_schema(ENGLISH) + ADA + open_row + carla + DONE))
    assert (ada.record_id, last.record_id) == ("700", "703")
    assert isinstance(reject, Reject)
    assert "no closing quote" in reject.reason


def test_what_is_explained_below_values_is_passed_over(written):
    shown = {"Request.RawRequest": "Binary Request", "RequestID": "Issued Request ID"}
    shown |= {
        "RawCertificate": "Binary Certificate",
        "SerialNumber": "Serial Number",
        "CommonName": "Issued Common Name",
    }
    request = (
        "\n" + PEM.replace("CERTIFICATE", "NEW CERTIFICATE REQUEST") + "\n\nPKCS10 Certificate Request:\nVersion: 1\n"
    )
    dump = "\n\nX509 Certificate:\nVersion: 3\nSerial Number: 666\n  Name Hash: 09\n    0000  30 82\nPart 7:\nRow 1:\n"
    values = (
        request,
        "0x5",
        f"\n{PEM}{dump}",
        '"0b"\n0000    30 00 62 00   0.b.',
        '"a.example"\n\n  Request Attributes:\n    cdc: "dc"',
    )
    (record,) = adcs_certutil_view.read(
        written(_schema(shown) + _row(1, *values, shown=shown).replace(": \n", ":\n") + DONE)
    )
    assert record.record_id == "5"
    assert record.certificate == pem_to_der(PEM)


def test_a_certificate_that_cannot_be_read_leaves_its_request(written):
    shown = {"RequestID": "Issued Request ID", "RawCertificate": "Binary Certificate", "SerialNumber": "Serial Number"}
    rows = (
        _row(1, "0x5", f"\n{PEM.replace('M', '!')}\n", '"0b"', shown=shown),
        _row(2, "0x6", f"\n{PEM}\n", '"0c"', shown=shown),
    )
    reject, broken, good = adcs_certutil_view.read(
        written(_schema(shown) + "".join(rows).replace(": \n", ":\n") + DONE)
    )
    assert isinstance(reject, Reject)
    assert (broken.record_id, broken.certificate.serial_hex) == ("5", "0b")
    assert good.certificate == pem_to_der(PEM)


def test_certificates_without_numbers_are_known_by_themselves(written):
    shown = {
        "UPN": "User Principal Name",
        "CertificateTemplate": "Certificate Template",
        "RawCertificate": "Binary Certificate",
    }
    row = _row(1, "EMPTY", '"1.3.6.1.4.1.311.21.8.1" Web Server', f"\n{PEM}", shown=shown).replace(": \n", ":\n")
    (record,) = adcs_certutil_view.read(written(_schema(shown) + row + DONE))
    assert record.record_id == hashlib.sha256(pem_to_der(PEM)).hexdigest()
    assert record.product == "Web Server"


def test_an_english_listing_without_its_schema(written):
    export = written(ADA + BEN + DONE)
    assert recognise(export) is adcs_certutil_view
    assert [row.record_id for row in adcs_certutil_view.read(export)] == ["700", "701"]


def test_two_listings_in_one_file(written):
    german = _row(1, "0xb", '"LAB\\jan"', "0x14", "EMPTY", '"0b"', shown=GERMAN, word="Zeile")
    export = written(_schema(ENGLISH) + ADA + DONE + _schema(GERMAN) + german + DONE)
    assert [row.record_id for row in adcs_certutil_view.read(export)] == ["700", "11"]


def test_a_listing_that_is_cut_before_another(written):
    cut = (ADA + BEN).rpartition("  Serial Number")[0]
    first, reject, again = adcs_certutil_view.read(written(_schema(ENGLISH) + cut + _schema(ENGLISH) + ADA + DONE))
    assert (first.record_id, again.record_id) == ("700", "700")
    assert len({first.locator, reject.locator, again.locator}) == 3
    assert "cut short" in reject.reason


@pytest.mark.parametrize(
    ("empty", "encoding"),
    [("EMPTY", "utf-8"), ("LEER", "cp850"), ("VACÍO", "cp850"), ("PRÁZDNÉ", "cp852"), ("空", "utf-8"), ("空", "cp932")],
)
def test_nothing_in_any_language_is_nothing(written, empty, encoding):
    row = _row(1, "0xb (11)", empty, "0x9 -- Wartend", empty, empty, shown=GERMAN, word="Zeile")
    (record,) = adcs_certutil_view.read(written((_schema(GERMAN) + row + DONE).encode(encoding, "backslashreplace")))
    assert (record.record_id, record.state, record.requester, record.certificate) == ("11", "pending", None, None)
    assert record.attributes == '{"disposition": "0x9 -- Wartend"}'


@pytest.mark.parametrize("cut", [r'"LAB\be', "0x1f (3", "  Serial Number", "  Certificate Expiration Date: EM"])
def test_the_row_a_cut_goes_through_is_not_read(written, cut):
    text = _schema(ENGLISH) + ADA + BEN
    kept, reject = adcs_certutil_view.read(written(text[: text.rindex(cut) + len(cut)]))
    assert isinstance(kept, Record)
    assert kept.record_id == "700"
    assert isinstance(reject, Reject)
    assert "cut short" in reject.reason


def test_a_listing_without_its_end_may_have_had_more_rows(written):
    *kept, reject = adcs_certutil_view.read(written(_schema(ENGLISH) + ADA + BEN))
    assert [row.record_id for row in kept] == ["700", "701"]
    assert "rows below may be missing" in reject.reason


def test_certutil_says_when_it_broke_off(written):
    failed = "CertUtil: -view command FAILED: 0x800706ba (WIN32: 1722 RPC_S_SERVER_UNAVAILABLE)\n"
    kept, reject = adcs_certutil_view.read(written(_schema(ENGLISH) + ADA + "\n" + failed))
    assert kept.record_id == "700"
    assert "0x800706ba" in reject.reason


def test_a_listing_of_nothing(written):
    export = written(_schema(ENGLISH) + DONE.replace("9", "0"))
    assert recognise(export) is adcs_certutil_view
    assert list(adcs_certutil_view.read(export)) == []
    with pytest.raises(DataError, match="before its first row"):
        list(adcs_certutil_view.read(written(_schema(ENGLISH))))


@pytest.mark.parametrize(
    "text",
    [
        _schema({"ExtensionRequestId": "Extension Request ID", "ExtensionName": "Extension Name"})
        + "\nRow 1:\n"
        + DONE,
        _schema({"CRLRowId": "CRL Row ID", "CRLNumber": "CRL Number"}) + "\nRow 1:\n  CRL Row ID: 0x1\n" + DONE,
        _schema(ENGLISH) + "\nCertUtil: -schema command completed successfully.\n",
        "Row 1:\n  Name: 0x1\n",
    ],
)
def test_other_tables_are_nobody_s(text):
    head = Head(text.encode())
    assert [source.name for source in SOURCES if source.signature.matches(head)] == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("11/26/2027 9:12 PM GMT", datetime(2027, 11, 26, 21, 12)),
        ("11/26/2027 9:12 PM 5.250s", datetime(2027, 11, 26, 21, 12, 5)),
        ("26.11.2027 09:12 35,000s GMT", datetime(2027, 11, 26, 9, 12, 35)),
        ("2027-11-26 09:12", datetime(2027, 11, 26, 9, 12)),
        ("EMPTY", None),
    ],
)
def test_times_as_certutil_shows_them(written, expected):
    assert shown_times({"a": written}).get("a") == expected
