from __future__ import annotations

import json
from datetime import datetime

import pytest

from certanalytics.errors import DataError
from certanalytics.model import CtEntry, Reject, StatedCertificate
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.transparency.crtsh import crtsh_json

RESULT = {
    "issuer_ca_id": 1,
    "issuer_name": "C=US, O=Example CA, CN=Example CA 1",
    "common_name": "www.example.org",
    "name_value": "www.example.org",
    "id": 9_223_372_036_854_775_807,
    "entry_timestamp": "2024-03-10T20:13:50.34",
    "not_before": "2024-01-30T00:00:00",
    "not_after": "2025-03-01T23:59:59",
    "serial_number": "00f1e2d3c4b5a69788796a5b4c3d2e1f00112233ff",
    "result_count": 2,
}


def read(written, *results):
    return list(crtsh_json.read(written(json.dumps([RESULT | result for result in results]))))


@pytest.mark.shared
def test_the_real_sample_says_what_a_reader_sees_in_it(sample):
    first, second, third = crtsh_json.read(sample("ct/crtsh_json/ronin_example_org.json"))
    assert first == CtEntry(
        locator="[0]",
        certificate=StatedCertificate(
            serial_hex="075bcef30689c8addf13e51af4afe187",
            issuer_dn="C=US, O=DigiCert Inc, CN=DigiCert Global G2 TLS RSA SHA256 2020 CA1",
            subject_cn="www.example.org",
            san_dns=("example.com", "www.example.com"),
            not_before=datetime(2024, 1, 30),
            not_after=datetime(2025, 3, 1, 23, 59, 59),
        ),
        log="crt.sh",
        log_index=12337892544,
        entry_timestamp=datetime(2024, 3, 10, 20, 13, 50, 549000),
    )
    assert second.log_index == 11920382870
    # A certificate of unknown issuer that no log brought, with a 160-bit serial number.
    assert (third.certificate.issuer_dn, third.entry_timestamp) == (None, None)
    assert third.certificate.serial_hex == "1ac1e693c87d36563a92ca145c87bbc26fd49f4c"


def test_a_serial_number_keeps_every_digit_and_loses_only_its_padding(written):
    (row,) = read(written, {})
    assert row.certificate.serial_hex == "f1e2d3c4b5a69788796a5b4c3d2e1f00112233ff"
    assert row.log_index == 2**63 - 1


def test_names_addresses_and_what_is_neither_are_told_apart(written):
    names = (
        "*.example.org\nexample.org\n192.0.2.7\n2001:DB8::1\nadmin@example.org\nExample Inc, Ltd\nxn--bcher-kva.example"
    )
    (row,) = read(written, {"name_value": names})
    assert row.certificate.san_dns == ("*.example.org", "example.org", "xn--bcher-kva.example")
    assert row.certificate.san_ip == ("192.0.2.7", "2001:db8::1")


@pytest.mark.parametrize(
    ("written_time", "microsecond"),
    [("2024-03-10T20:13:50", 0), ("2024-03-10T20:13:50.5", 500_000), ("2024-03-10T20:13:50.875", 875_000)],
)
def test_fractions_of_any_length_are_utc(written, written_time, microsecond):
    (row,) = read(written, {"entry_timestamp": written_time})
    assert row.entry_timestamp == datetime(2024, 3, 10, 20, 13, 50, microsecond)


def test_results_without_the_later_columns_and_one_a_line(written):
    old = {key: RESULT[key] for key in RESULT if key not in {"common_name", "serial_number", "result_count"}}
    export = written("\ufeff" + "\n".join(json.dumps(old | {"id": number}) for number in range(3)))
    assert crtsh_json.signature.matches(Head(export.head))
    rows = list(crtsh_json.read(export))
    assert [row.log_index for row in rows] == [0, 1, 2]
    assert all(row.certificate.serial_hex is None and row.certificate.subject_cn is None for row in rows)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"not_after": "tomorrow"}, "Invalid isoformat string: 'tomorrow'"),
        ({"serial_number": "xyz"}, "not hexadecimal"),
        ({"id": "one"}, "invalid literal"),
        ({"id": 2**63}, "9223372036854775808 does not fit into 64 bits"),
        ({"not_after": "9999-12-31T23:59:59-05:00"}, "out of range"),
        ({"name_value": ["a"]}, "text expected, found a list"),
    ],
)
def test_a_bad_result_is_a_reject_with_what_it_said(written, bad, reason):
    first, second = read(written, bad, {})
    assert isinstance(first, Reject)
    assert (first.locator, second.locator) == ("[0]", "[1]")
    assert reason in first.reason
    assert "Example CA 1" in first.excerpt


@pytest.mark.parametrize("share", [0.25, 0.9])
def test_a_file_that_is_cut_keeps_what_stood_before(written, share):
    content = json.dumps([RESULT | {"id": number} for number in range(40)])
    *kept, last = crtsh_json.read(written(content[: int(len(content) * share)]))
    assert [row.log_index for row in kept] == list(range(len(kept)))
    assert len(kept) == int(40 * share)
    assert isinstance(last, Reject)
    assert "cut short" in last.reason


def test_an_answer_that_is_an_error_page_is_not_recognised_and_not_read(written):
    page = written("<html><head><title>502 Bad Gateway</title></head></html>")
    assert not crtsh_json.signature.matches(Head(page.head))
    with pytest.raises(DataError, match="not JSON"):
        list(crtsh_json.read(page))


def test_until_2019_each_name_had_a_result_and_nothing_stood_between_them(written):
    old = {name: RESULT[name] for name in ("issuer_ca_id", "issuer_name", "not_before", "not_after")}
    old |= {"min_cert_id": 325717795, "min_entry_timestamp": "2018-02-08T16:47:39.089"}
    names = ("www.example.org", "example.org")
    export = written("".join(json.dumps(old | {"name_value": name}) for name in names))
    assert crtsh_json.signature.matches(Head(export.head))
    rows = list(crtsh_json.read(export))
    assert [row.certificate.san_dns for row in rows] == [(name,) for name in names]
    assert {(row.certificate.alias, row.log_index, row.entry_timestamp) for row in rows} == {
        ("crt.sh:325717795", 325717795, datetime(2018, 2, 8, 16, 47, 39, 89000))
    }
