"""Reports whose header stands wherever a tool put it, in whatever encoding: what it says of the run is not lost."""

from __future__ import annotations

import gzip
import json
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest
import zstandard

from certanalytics.model import Run
from certanalytics.sources import recognise

REPORTS = ["testssl/pretty.json", "sslyze/certinfo.json.zst", "sslyze/full.json.gz", "sslyze/smtp.json.zip"]
WRITTEN = {
    "sorted": lambda report: json.dumps(report, sort_keys=True, indent=1).encode(),
    "the other way round": lambda report: json.dumps(dict(sorted(report.items(), reverse=True))).encode(),
    "utf-16-le": lambda report: b"\xff\xfe" + json.dumps(report).encode("utf-16-le"),
    "utf-16-be, sorted": lambda report: b"\xfe\xff" + json.dumps(report, sort_keys=True, indent=1).encode("utf-16-be"),
}


def unpacked(content):
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return archive.read(archive.namelist()[0])
    if content.startswith(b"\x1f\x8b"):
        return gzip.decompress(content)
    return zstandard.ZstdDecompressor().decompressobj().decompress(content) if content[:1] == b"\x28" else content


def said(export):
    source = recognise(export)
    assert source is not None
    rows = list(source.read(export))
    return source.name, [row for row in rows if isinstance(row, Run)], {replace(row, locator="") for row in rows[1:]}


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("name", REPORTS)
def test_the_header_of_a_report(samples, written, name, form):
    content = unpacked((samples / name).read_bytes())
    source, runs, rows = said(written(content))
    assert runs[0].started_at
    assert runs[0].tool_version
    again = said(written(WRITTEN[form](json.loads(content))))
    assert again[:2] == (source, runs)
    assert again[2] == rows
    assert {row.observed_at for row in again[2]} == {row.observed_at for row in rows}
