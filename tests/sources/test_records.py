from __future__ import annotations

import gzip
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certanalytics.errors import DataError
from certanalytics.model import Reject
from certanalytics.sources._reading.json import LONGEST_NUMBER, BrokenJsonError, items
from certanalytics.sources._reading.records import csv_records, json_records, rows
from certanalytics.sources._reading.signature import Head

LIMIT = LONGEST_NUMBER


def read_json(content, prefix="item"):
    found = []
    try:
        found.extend(iter_into(found, items(io.BytesIO(content), prefix)))
    except BrokenJsonError as error:
        return found, error
    return found, None


def iter_into(found, values):
    for value in values:
        found.append(value)
    return ()


@pytest.mark.parametrize("digits", [39, 640, LIMIT])
def test_whole_numbers_keep_every_digit(digits):
    number = 10**digits - 1
    assert read_json(b"[" + b"9" * digits + b"]") == ([number], None)


@pytest.mark.parametrize("before", [0, 1, 65_536 - LIMIT, 65_530, 200_000])
def test_a_number_too_long_for_the_interpreter_ends_the_file_and_not_the_process(before):
    content = b'["' + b"x" * before + b'", 7, ' + b"8" * (LIMIT + 1) + b"]"
    found, error = read_json(content)
    assert [len(str(value)) for value in found] in ([before, 1], [before])
    assert "digits" in str(error)
    assert not error.cut


@pytest.mark.parametrize(
    "content", [b'[{"a": 1e99999999999999999999999}]', b'[{"a": \xff}]', b"[1, oops]", b"\xef\xbb\xbf"]
)
def test_broken_json_is_one_kind_of_error_that_quotes_nothing(content):
    _, error = read_json(content)
    assert "\n" not in str(error)
    assert "oops" not in str(error)


@pytest.mark.parametrize("before", [0, 65_534, 65_535])
def test_bytes_that_are_no_utf_8_are_kept_escaped_and_what_follows_is_read(before):
    # Wherever the two bytes of the letter fall into ijson's pieces, only the odd byte is escaped.
    text = "x" * before + "ü"
    content = b'["' + text.encode() + b'", "Z\xfcrich", "\xed\xa0\x80", "end"]'
    assert read_json(content) == ([text, "Z\\xfcrich", "\\xed\\xa0\\x80", "end"], None)


def test_a_head_with_a_hostile_number_is_looked_at_without_harm():
    assert Head(b'{"a": ' + b"1" * (LIMIT + 50)).json_paths <= {"", "a"}


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(content):
    read_json(content)
    head = Head(content)
    assert isinstance(head.json_paths, frozenset)
    assert isinstance(head.columns(","), tuple)
    assert head.xml_root is None or isinstance(head.xml_root, str)


def test_csv_rows_come_under_lower_case_names_and_with_the_line_they_start_at(written):
    export = written('\ufeffName , Note\r\n\r\na,"two\r\nlines"\r\nb, x \r\n')
    assert list(csv_records(export)) == [
        ("line 3", {"name": "a", "note": "two\r\nlines"}),
        ("line 5", {"name": "b", "note": "x"}),
    ]


@pytest.mark.parametrize(("content", "owner"), [("Jürgen €".encode("cp1252"), "Jürgen €"), (b"J\x81", "J\\x81")])
def test_csv_as_spreadsheets_on_windows_write_it(written, content, owner):
    export = written(b"name,owner\r\na.example," + content + b"\r\nb.example,Bo,,\r\n")
    assert list(csv_records(export)) == [
        ("line 2", {"name": "a.example", "owner": owner}),
        ("line 3", {"name": "b.example", "owner": "Bo"}),
    ]


def test_csv_in_utf_16(written):
    export = written("name;owner\nmünchen.example;Jürgen\n".encode("utf-16"))
    assert list(csv_records(export, ";")) == [("line 2", {"name": "münchen.example", "owner": "Jürgen"})]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a", "1 cells where the header has 2: cut short"),
        ("a,b,c", "3 cells where the header has 2"),
        ('a,"b"c', "not CSV"),
        ('a,"b', "unexpected end of data; cut short, or a quote is missing"),
    ],
)
def test_a_bad_csv_row_is_a_reject_and_those_before_it_are_read(written, row, reason):
    first, second = csv_records(written(f"name,owner\nx,y\n{row}"))
    assert first == ("line 2", {"name": "x", "owner": "y"})
    assert isinstance(second, Reject)
    assert second.locator == "line 3"
    assert reason in second.reason


def cut_archive():
    # Numbers that do not repeat, so that compression leaves something to cut.
    content = gzip.compress(json.dumps([{"n": number * 7919 % 104729} for number in range(30_000)]).encode())
    return content[: len(content) * 3 // 4]


def test_an_archive_that_is_cut_keeps_what_could_be_unpacked(written):
    *kept, last = json_records(written(cut_archive()))
    assert len(kept) > 10_000
    assert isinstance(last, Reject)
    assert "damaged from here on" in last.reason


def test_a_damaged_archive_without_a_record_is_an_error(written):
    with pytest.raises(DataError, match=r"damaged from here on .*, before its first record\. Export it again"):
        list(json_records(written(cut_archive()), under="orders"))


def test_an_excerpt_never_shows_a_private_key(written):
    export = written(json.dumps([{"pem": "-----BEGIN PRIVATE KEY-----\nMIIB"}, {"pem": "harmless"}]))

    def refuse(_locator, _record):
        raise ValueError("no")

    first, second = rows(json_records(export), refuse)
    assert first.excerpt is None
    assert second.excerpt == '{"pem": "harmless"}'


def test_a_record_nested_without_end_is_a_reject(written):
    export = written('[{"a":' + "[" * 20_000 + "]" * 20_000 + "}]")

    def refuse(_locator, record):
        raise ValueError(str(len(record)))

    (reject,) = rows(json_records(export), refuse)
    assert reject == Reject(locator="[0]", reason="1", excerpt="(nested too deeply to be shown)")


@given(share=st.floats(0, 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_wherever_json_is_cut_the_records_before_the_cut_are_kept(written, share):
    content = json.dumps({"rows": [{"n": number} for number in range(50)]})
    cut = content[: int(len(content) * share)]
    try:
        found = list(json_records(written(cut), under="rows"))
    except DataError:
        assert "}" not in cut
        return
    whole = [record for record in found if not isinstance(record, Reject)]
    assert [record["n"] for _, record in whole] == list(range(cut.count("}") - (cut == content)))
    assert len(found) - len(whole) == (cut != content)


def test_json_as_windows_powershell_writes_it(written):
    for encoding in ("utf-16", "utf-8-sig"):
        export = written('[{"a": "ü"}, {"a": 2}]'.encode(encoding))
        assert Head(export.head).json_paths >= {"item.a"}
        assert [fields for _, fields in json_records(export)] == [{"a": "ü"}, {"a": 2}]


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_a_line_for_excel_before_the_header_is_no_header(written, line):
    export = written(f"{line}\r\nName;Owner\r\na.example;ada\r\n")
    assert Head(export.head).columns(";") == ("Name", "Owner")
    assert list(csv_records(export, ";")) == [("line 3", {"name": "a.example", "owner": "ada"})]


def test_a_header_further_down_and_another_encoding(written):
    export = written("Bericht\n\nName,Größe\na,1\n".encode("cp850"))
    assert list(csv_records(export, header_holds=["Größe"], encoding="cp850")) == [
        ("line 4", {"name": "a", "grösse": "1"})
    ]  # as casefold has it
