"""A revocation list that is not held in memory."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest

from certanalytics.errors import DataError
from certanalytics.sources import exports
from certanalytics.sources.transparency import revocations
from certanalytics.sources.transparency.revocations import crl
from certanalytics.x509 import der


def written_list(path, entries):
    """A list with many entries, each as long as they are on average in large lists."""
    name = der.wrap(0x30, der.wrap(0x31, der.wrap(0x30, bytes.fromhex("0603550403") + der.wrap(0x0C, b"Large"))))
    time = der.wrap(0x17, b"261101000000Z")
    reason = bytes.fromhex("300c300a0603551d1504030a0104")
    listed = b"".join(
        der.wrap(0x30, der.wrap(0x02, b"\x01" + number.to_bytes(15)) + time + reason) for number in range(entries)
    )
    algorithm = bytes.fromhex("300a06082a8648ce3d040302")
    body = der.wrap(0x30, algorithm + name + time + time + der.wrap(0x30, listed))
    path.write_bytes(der.wrap(0x30, body + algorithm + der.wrap(0x03, b"\0" * 65)))
    return path


@pytest.mark.parametrize("change", [lambda data: data, lambda data: data[:-200], lambda data: data + b"\n\n"])
@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress])
def test_the_same_rows_from_disk(tmp_path, monkeypatch, pack, change):
    path = written_list(tmp_path / "large.crl", 3000)
    path.write_bytes(pack(change(path.read_bytes())))

    def rows():
        (export,) = exports(path)
        try:
            return list(crl.read(export))
        except DataError as error:
            return error.what

    monkeypatch.setattr(der, "_PIECE", 1000)
    in_memory = rows()
    monkeypatch.setattr(revocations, "IN_MEMORY", 100)
    assert rows() == in_memory


def test_its_size_does_not_matter(tmp_path, monkeypatch):
    path = written_list(tmp_path / "large.crl", 40_000)
    monkeypatch.setattr(revocations, "IN_MEMORY", 1 << 18)
    monkeypatch.setattr(der, "_PIECE", 1 << 18)
    (export,) = exports(path)
    tracemalloc.start()
    count = sum(1 for _ in crl.read(export))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 40_001
    assert peak < 1 << 20 < path.stat().st_size
