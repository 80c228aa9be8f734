"""The two readers of a log that is packed, damaged, written otherwise or called otherwise."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import zstandard


def test_files_of_any_shape(compare, samples, tmp_path):
    log = (samples / "zeek" / "ssl.log").read_bytes()
    shapes: list[tuple[str, Callable[[bytes], bytes], bool | None]] = [
        ("plain", lambda log: log, True),
        ("packed", gzip.compress, True),
        ("packed otherwise", zstandard.ZstdCompressor().compress, True),
        ("packed in two parts", lambda log: gzip.compress(log[:2000]) + gzip.compress(log[2000:]), None),
        ("damaged", lambda log: gzip.compress(log)[:-50], False),
        ("no end", lambda log: log.rpartition(b"\n#close")[0], False),
        ("Windows", lambda log: log.replace(b"\n", b"\r\n"), False),
        ("no UTF-8", lambda log: log.replace(b"lab.example", b"l\xe4b.example"), False),
        ("zeros", lambda log: log.replace(b"lab.example", b"l\0b.example"), False),
        ("mark", lambda log: b"\xef\xbb\xbf" + log, False),
        ("empty lines", lambda log: log.replace(b"\n1", b"\n\n1"), None),
        ("twice", lambda log: log + log, False),
        ("other separator", lambda log: log.replace(b"\\x09", b"\\x20").replace(b"\t", b" "), False),
        ("control bytes", lambda log: log.replace(b"lab.example", b"l\x01b.ex\x02mple"), None),
        ("long line", lambda log: log.replace(b"lab.example", b"a" * 3_000_000, 1), None),
    ]
    for name, change, _ in shapes:
        (tmp_path / name).write_bytes(change(log + f"#{name}\n".encode()))
    read = compare(sorted(tmp_path.iterdir()))
    known = {name: by_duckdb for name, _, by_duckdb in shapes if by_duckdb is not None}
    assert {name: name in read for name in known} == known


def test_a_path_that_means_something_to_duckdb(compare, samples, tmp_path):
    files = [tmp_path / name for name in ("a[1].log", "it's.log", "st*r.log", "a1.log")]
    for file in files:
        file.write_bytes((samples / "zeek" / "ssl.log").read_bytes() + f"#{file.name}\n".encode())
    assert compare(files) == {"a1.log"}
