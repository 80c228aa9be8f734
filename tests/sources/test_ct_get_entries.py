from __future__ import annotations

import base64
import hashlib
import json
import struct
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certanalytics.errors import DataError
from certanalytics.model import CtEntry, Reject
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.transparency import ct_get_entries as module
from certanalytics.sources.transparency.ct_get_entries import ct_get_entries

FOLDER = "ct/rfc6962_get_entries"
ANSWERS = {
    "live_google_argon2026h2.json": (20, 10),
    "ctgo_client_precert_and_cert.json": (2, 1),
    "calidog_single_x509.json": (1, 0),
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def sha256(der):
    return hashlib.sha256(der).hexdigest()


def colon_hex(text):
    return text.replace(":", "").lower()


def u24(data):
    return struct.pack(">I", len(data))[1:] + data


def by_hand(leaf_input, extra_data):
    """An entry taken apart with `struct` alone: type, milliseconds, key hash, certificate, chain."""
    leaf, extra = base64.b64decode(leaf_input), base64.b64decode(extra_data)
    milliseconds, kind = struct.unpack_from(">QH", leaf, 2)
    key_hash = None
    if kind == 0:
        size = int.from_bytes(leaf[12:15], "big")
        certificate = leaf[15 : 15 + size]
    else:
        key_hash = leaf[12:44].hex()
        size = int.from_bytes(extra[:3], "big")
        certificate, extra = extra[3 : 3 + size], extra[3 + size :]
    chain, rest = [], extra[3:]
    while rest:
        size = int.from_bytes(rest[:3], "big")
        chain.append(rest[3 : 3 + size])
        rest = rest[3 + size :]
    return kind, milliseconds, key_hash, certificate, tuple(chain)


def entry(der=b"0\x03\x02\x01\x00", *, kind=0, milliseconds=1, extensions=b"", chain=(b"issuer",), key_hash=b"\1" * 32):
    """The JSON of one entry, built with `struct` from RFC 6962 section 3.4."""
    body = u24(der) if kind == 0 else key_hash + u24(b"tbs")
    leaf = struct.pack(">BBQH", 0, 0, milliseconds, kind) + body + struct.pack(">H", len(extensions)) + extensions
    extra = (b"" if kind == 0 else u24(der)) + u24(b"".join(map(u24, chain)))
    return {"leaf_input": base64.b64encode(leaf).decode(), "extra_data": base64.b64encode(extra).decode()}


@pytest.mark.shared
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_read_as_by_hand(sample, name):
    export = sample(f"{FOLDER}/{name}")
    entries = json.loads(export.path.read_bytes())["entries"]
    rows = list(ct_get_entries.read(export))
    assert (len(rows), sum(row.entry_type == "precert_entry" for row in rows)) == ANSWERS[name]
    for number, (row, said) in enumerate(zip(rows, entries, strict=True)):
        kind, milliseconds, key_hash, certificate, chain = by_hand(**said)
        assert row == CtEntry(
            locator=f"entries[{number}]",
            certificate=certificate,
            chain=chain,
            entry_type=("x509_entry", "precert_entry")[kind],
            issuer_key_hash=key_hash,
            entry_timestamp=EPOCH + timedelta(milliseconds=milliseconds),
        )


@pytest.mark.shared
def test_a_collector_s_array_agrees_with_what_certstream_said_of_it(sample):
    export = sample(f"{FOLDER}/live_ct_snapshot.json")
    rows = list(ct_get_entries.read(export))
    said = json.loads(export.path.read_bytes())
    assert len(rows) == len(said) == 40
    for row, entry_said in zip(rows, said, strict=True):
        message = json.loads(entry_said["expected_full"])["data"]
        leaf = message["leaf_cert"]
        assert sha256(row.certificate) == colon_hex(leaf["sha256"])
        assert x509.load_der_x509_certificate(row.certificate).serial_number == int(leaf["serial_number"], 16)
        assert [sha256(der) for der in row.chain] == [colon_hex(issuer["sha256"]) for issuer in message["chain"]]
        assert (
            row.entry_type == {"X509LogEntry": "x509_entry", "PrecertLogEntry": "precert_entry"}[message["update_type"]]
        )
        assert (row.log, row.log_index) == (entry_said["log_url"], message["cert_index"])
    assert sum(row.entry_type == "precert_entry" for row in rows) == 14


@pytest.mark.shared
def test_the_issuer_key_hash_is_that_of_the_issuer_in_the_chain(sample):
    rows = list(ct_get_entries.read(sample(f"{FOLDER}/live_google_argon2026h2.json")))
    checked = 0
    for row in rows:
        if row.entry_type == "precert_entry":
            issuer = x509.load_der_x509_certificate(row.chain[0]).public_key()
            spki = issuer.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            assert row.issuer_key_hash == sha256(spki)
            checked += 1
    assert checked == 10


def test_the_index_of_a_static_log_stands_in_the_leaf(written):
    extensions = b"\x00\x00\x05" + (1_111_014_090).to_bytes(5, "big")
    (row,) = ct_get_entries.read(written(json.dumps({"entries": [entry(extensions=extensions)]})))
    assert row.log_index == 1_111_014_090


def test_an_unknown_extension_before_the_index_is_passed_by(written):
    extensions = b"\x07\x00\x02ab\x00\x00\x05" + (7).to_bytes(5, "big")
    (row,) = ct_get_entries.read(written(json.dumps({"entries": [entry(extensions=extensions)]})))
    assert row.log_index == 7


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"extra_data": ""}, "'leaf_input' is missing"),
        (entry() | {"leaf_input": "!!"}, "leaf_input is not base64"),
        (entry() | {"leaf_input": ""}, "leaf_input ends at byte 0, 1 bytes too early"),
        (entry() | {"leaf_input": ["AA=="]}, "text expected, found a list"),
        (entry(kind=3), "entry type 3 is neither"),
        (entry(b""), "empty certificate"),
        (
            entry(kind=1) | {"extra_data": base64.b64encode(b"\0\0\2x").decode()},
            "extra_data ends at byte 4, 1 bytes too early",
        ),
        (entry(milliseconds=2**64 - 1), "out of range"),
        ("no object", "an object expected, found text"),
    ],
)
def test_a_bad_entry_is_a_reject_and_the_next_one_is_read(written, bad, reason):
    first, second = ct_get_entries.read(written(json.dumps({"entries": [bad, entry(b"next")]})))
    assert isinstance(first, Reject)
    assert first.locator == "entries[0]"
    assert reason in first.reason
    assert second.certificate == b"next"


@pytest.mark.parametrize(
    ("extra_data", "reason"), [(b"\0\0\2x", "1 bytes too early"), (u24(b"") + b"left", "goes on for 4 bytes")]
)
def test_a_bad_chain_does_not_spoil_the_certificate(written, extra_data, reason):
    bad = entry(b"leaf") | {"extra_data": base64.b64encode(extra_data).decode()}
    kept, fault = ct_get_entries.read(written(json.dumps({"entries": [bad]})))
    assert (kept.certificate, kept.chain) == (b"leaf", ())
    assert isinstance(fault, Reject)
    assert reason in fault.reason


@given(
    der=st.binary(min_size=1, max_size=300),
    kind=st.sampled_from([0, 1]),
    milliseconds=st.integers(0, 4_102_444_800_000),
    chain=st.lists(st.binary(min_size=1, max_size=50), max_size=3).map(tuple),
    key_hash=st.binary(min_size=32, max_size=32),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_what_was_put_in_comes_out(written, der, kind, milliseconds, chain, key_hash):
    said = entry(der, kind=kind, milliseconds=milliseconds, chain=chain, key_hash=key_hash)
    (row,) = ct_get_entries.read(written(json.dumps({"entries": [said]})))
    assert (row.certificate, row.chain) == (der, chain)
    assert row.issuer_key_hash == (key_hash.hex() if kind else None)
    assert row.entry_timestamp == EPOCH + timedelta(milliseconds=milliseconds)


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
def test_damaged_bytes_are_read_or_rejected_but_never_raise(written, data):
    said = entry(b"certificate", kind=data.draw(st.sampled_from([0, 1])))
    name = data.draw(st.sampled_from(["leaf_input", "extra_data"]))
    raw = bytearray(base64.b64decode(said[name]))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    said[name] = base64.b64encode(raw[: data.draw(st.integers(0, len(raw)))]).decode()
    rows = list(ct_get_entries.read(written(json.dumps({"entries": [said]}))))
    assert rows
    assert all(isinstance(row, CtEntry | Reject) for row in rows)


@pytest.mark.shared
@pytest.mark.parametrize("share", [0.25, 0.9])
def test_a_file_that_is_cut_keeps_what_stood_before(sample, written, share):
    whole = sample(f"{FOLDER}/live_google_argon2026h2.json")
    content = whole.path.read_bytes()
    *kept, last = ct_get_entries.read(written(content[: int(len(content) * share)]))
    assert kept == list(ct_get_entries.read(whole))[: len(kept)]
    assert len(kept) > 2
    assert last == Reject(
        locator=f"entries[{len(kept)}]", reason="the file is cut short; what follows is not read. Export it again"
    )


def test_a_file_cut_in_its_first_entry_is_an_error(written):
    content = json.dumps({"entries": [entry()]})
    with pytest.raises(DataError, match="cut short, before its first record"):
        list(ct_get_entries.read(written(content[:40])))


def test_pages_in_one_file_and_a_byte_order_mark(written):
    page = json.dumps({"entries": [entry(b"one"), entry(b"two")]})
    rows = list(ct_get_entries.read(written(b"\xef\xbb\xbf" + f"{page}\n{page}\n".encode())))
    assert [row.certificate for row in rows] == [b"one", b"two", b"one", b"two"]
    assert rows[3].locator == "entries[3]"


def test_the_signature_holds_when_the_first_entry_is_longer_than_the_head():
    assert ct_get_entries.signature.matches(Head(b'{"entries":[{"leaf_input":"' + b"A" * 65536))
    assert ct_get_entries.signature.matches(Head(b'{"leaf_input":"AAAA","extra_data":"","audit_path":[]}'))
    assert not ct_get_entries.signature.matches(Head(b'{"leaf_index":3,"audit_path":[]}'))


def test_entries_one_a_line_and_an_answer_with_a_proof(written):
    lines = [json.dumps(entry(b"one") | {"audit_path": []}), json.dumps(entry(b"two"))]
    rows = list(ct_get_entries.read(written("\n".join(lines))))
    assert [row.certificate for row in rows] == [b"one", b"two"]


MEMBERS = st.sampled_from(
    ['"leaf_input":"AAAA"', '"leaf_input":"AAAA="', '"leaf_input":null', '"extra_data":""', '"extra_data":" AAAA "',
     '"extra_data":"\\u0041AAA"', '"cert_index":7', '"cert_index":"8"', '"cert_index":9.0', '"cert_index":1e999',
     '"cert_index":99999999999999999999', '"cert_index":-1', '"cert_index":true', '"log_url":"https://log.example"',
     '"log_name":" a log "', '"log_url":5', '"log_url":[]', '"x":NaN', '"x":{"entries":[]}', '"entries":[{}]']
)  # fmt: skip
PLACES = st.sampled_from([b'{"entries":[', b"[", b"]}", b"}", b"\n", b"\xff", b"\xef\xbb\xbf", b" ", b",", b"null"])


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
def test_at_once_and_entry_by_entry_are_the_same(written, monkeypatch, data):
    """Whatever stands in an answer: read at once it gives the rows it gives entry by entry, or is not read at once."""
    parts = []
    for number in range(data.draw(st.integers(1, 3))):
        said = json.dumps(entry(b"certificate %d" % number, kind=data.draw(st.sampled_from([0, 1]))))
        more = "".join(f",{member}" for member in data.draw(st.lists(MEMBERS, max_size=2)))
        parts.append(f"{said[:-1]}{more}}}")
    content = bytearray(f'{{"entries":[{",".join(parts)}]}}'.encode())
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(content)))
        content[at:at] = data.draw(PLACES)
    export = written(bytes(content))

    def told():
        try:
            return list(ct_get_entries.read(export))
        except DataError as error:
            return error.what

    quickly = told()
    with monkeypatch.context() as patch:
        patch.setattr(module, "_plain", lambda _: None)
        assert told() == quickly
