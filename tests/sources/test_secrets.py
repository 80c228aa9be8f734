"""No private key in any text of any row, wherever an export has it."""

from __future__ import annotations

import base64
import io
from datetime import datetime
from pathlib import Path

import pytest

from certanalytics.model import Asset, Finding, Record, Reject, Sighting, StatedCertificate
from certanalytics.sources import Export, mapped
from certanalytics.sources._reading.records import json_records, rows
from certanalytics.sources._reading.secrets import excerpt
from certanalytics.sources._reading.signature import json_paths
from certanalytics.sources._reading.source import source

SECRET = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDSECRET"
KEY = f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n-----END RSA PRIVATE KEY-----"
WRITTEN = {
    "PEM": KEY,
    "as JSON writes it": KEY.replace("\n", "\\n"),
    "cut": KEY[:70],
    "base64 of PEM": base64.b64encode(KEY.encode()).decode(),
}


def _export(text: str) -> Export:
    return Export(Path("export"), None, datetime(2026, 11, 23), lambda: io.BytesIO(text.encode()))


@pytest.mark.parametrize("key", WRITTEN.values(), ids=WRITTEN)
def test_whatever_a_reader_yields_no_row_holds_a_key(key):
    stated = StatedCertificate(subject_cn=f"a {key} b", san_dns=("www.lab.example", key))
    made = [
        Sighting(locator="1", kind="file", chain=(b"\x30\x00", stated), resource=key),
        Record(
            locator="2", system="s", record_id="r", certificate=stated, attributes=f'{{"comment": "{key}", "a": 1}}'
        ),
        Asset(locator="3", system="s", asset_id=key, service=f"before\n{key}"),
        Reject(locator="4", reason=f"{key!r} is no time", excerpt=key),
    ]
    reader = source("leaky", produced_by="a test", brings=(), signature=json_paths("a"))(lambda _: iter(made))
    told = list(reader.read(_export("")))
    assert SECRET[:5] not in repr(told)
    assert base64.b64encode(KEY.encode()).decode()[20:40] not in repr(told)
    assert [type(row) for row in told] == [type(row) for row in made]


def test_what_only_speaks_of_a_key_stays_as_it_is():
    said = Finding(locator="1", check_id="c", severity="high", text="RSA PRIVATE KEY: whoever can read this file")
    reader = source("honest", produced_by="a test", brings=(), signature=json_paths("a"))(lambda _: iter([said]))
    assert next(iter(reader.read(_export("")))) is said


def test_a_reject_shows_nothing_of_a_record_that_may_hold_a_key():
    told = rows(json_records(_export(f'{{"privateKey": "{SECRET}"}}')), lambda locator, record: record["id"])
    assert [row.excerpt for row in told] == [None]


def test_a_reject_shows_no_line_of_a_key_and_all_of_a_fingerprint():
    line, fingerprint = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDSECRETSECRETx", "ab" * 32
    assert excerpt({"0": line, "sha256": fingerprint}) == f'{{"0": "...", "sha256": "{fingerprint}"}}'


def test_a_table_read_by_a_map_keeps_no_key(tmp_path):
    described = tmp_path / "list.toml"
    described.write_text('kind = "certificates"\n[columns]\ncommon_name = "name"\ncomment = "notes"\n')
    table = f'name,notes\nwww.lab.example,"{KEY}"\n'
    assert SECRET not in repr(list(mapped(described).read(_export(table))))
