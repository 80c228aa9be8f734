"""The two readers of large files: whatever a file says, both bring the same rows of every table."""

from __future__ import annotations

import base64
import copy
import gzip
import json
import random
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import pytest
import zstandard
from estate_rows import empty

from certanalytics import bulk_held
from certanalytics import load as loading
from certanalytics.bulk import BulkReading
from certanalytics.schema import TABLES
from certanalytics.sources import exports, recognise
from certanalytics.store import Store

NASTY = [
    *(
        "",
        "-",
        "(empty)",
        " ",
        "\\",
        "\\\\",
        "\\x41",
        "\\xff",
        "\\x2c",
        "a\\x2cb",
        "#a",
        "T",
        "F",
        "true",
        "false",
        "TT",
    ),
    *(
        "0",
        "-1",
        "00",
        "443",
        "0443",
        "65535",
        "65536",
        "99999999999999999999",
        "443/tcp",
        "443.0",
        "+443",
        "4_43",
        "٣",
    ),
    *(
        "10.0.0.1",
        "10.0.0.01",
        "010.0.0.1",
        "256.1.1.1",
        "1.2.3",
        "::1",
        "FE80::1",
        "[::1]",
        "a.example",
        " a.example ",
    ),
    *("1795424400.125250", "1795424400", "1795424400.1", "1.7954244e9", "nan", "inf", "XXXXXXXXXX.XXXXXX", "0.000000"),
    *(
        "4294967296.000001",
        "9999999999.999999",
        "253402300799.000000",
        "253402300800.000000",
        "-1.000000",
        "788918399.999999",
        "788918400.000000",
        "4102444800.000000",
        "1e30",
        "-inf",
        "2026-11-23",
    ),
    *("2026-11-23T09:00:00.125250Z", "10000-01-01T00:59:59.000000Z", "1969-12-31T23:59:59.999999Z"),
    *("ab" * 32, "AB" * 32, "cd" * 20, "ef" * 16, f"{'ab' * 32},{'cd' * 20}", f"{'ab' * 32},{'ef' * 32}", "xyz", "a,b"),
    *(
        "a,-,b",
        "a,(empty)",
        "*.a.example,b.example",
        " a , b ",
        "ü.example",
        "a\u00a0",
        "\u00a0a",
        "CN=a",
        "CN= a ,O=#41",
    ),
    *("CN=a\\,b,O=c", "CN=a\\\\,b,O=c", "O=x+CN=y", "cn=low,o=er", "CN=,CN=second", "commonName=a,organizationName=b"),
    *("/C=US/O=x/CN=y", "CN=a=b", "X=CN=a", "OU=x, O = spaced ,CN=  z", "C" * 255, "CN=" + "c" * 252, "#" + "c" * 2046),
    *(
        "rsaEncryption",
        "prime256v1",
        "ED25519",
        "sha256WithRSAEncryption",
        "1024",
        "256",
        "2048.0",
        "0x0A",
        "A:B",
        "CsxI^",
    ),
]
"""What a cell may hold: usual, unusual, damaged and made to do harm."""


NASTY_JSON = [
    *(None, True, False, 0, 443, -1, 65536, 10**20, 1.5, 443.0, [], {}, [1], [None], [[]], {"a": 1}, [{}], ["a", 1]),
    *(
        "",
        " ",
        "a",
        " a ",
        "443",
        "0443",
        "443.0",
        "٣",
        "null",
        "ü.example",
        'a"b',
        "a\\b",
        "a,b",
        '","',
        "\x00",
        "\u2028",
    ),
    *("10.0.0.1", "010.0.0.1", "::1", "[FE80::1]", "fe80::1%eth0", "A.example", "a_b", "dead.beef", "*.a.example"),
    *("2026-11-23T14:00:59.799053123+05:30", "2026-11-23T14:00:59Z", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00Z"),
    *("2026-11-23T24:00:00Z", "2026-11-23T14:00:59+24:00", "2026-11-23", "9999-12-31T23:59:59-05:00", "20261123"),
    *("ab" * 32, "AB" * 32, "cd" * 20, "AB:CD", "0A:0b", "00:01", "AB:C", "00", "-01", "0x1F", "12345", "CN=a, O=b"),
    *(["a.example"], ["", "a"], ["a", "b"], [" a"], ['a","b'], ["tls10", "tls12"], "tls12", "ssl30", "timeout"),
    *([{"version": "tls12", "ciphers": {"weak": ["A"], "secure": ["B"]}}], [{"version": "tls12"}], [{"ciphers": []}]),
    *({"sha256": "ab" * 32}, {"sha1": "cd" * 20}, {"sha256": 1}, {"sha256": None}, {"md5": "x"}, "connect: refused"),
    *(
        {"sha256": "ab" * 31},
        {"sha256": ":".join(["AB"] * 32)},
        {"sha1": "ab" * 32},
        {"sha256": "ab" * 32, "sha1": "0"},
    ),
    *(
        ["10.0.0.1", "a.example"],
        ["::1"],
        ["a b.example"],
        ["-a.example"],
        ["a-.example"],
        ["a..example"],
        ["*.a", "*"],
    ),
    *(["a" * 63 + ".example"], ["a" * 64 + ".example"], [("a" * 63 + ".") * 3 + "a" * 62], ["a.example."], ["a.1"]),
    *([("a" * 63 + ".") * 3 + "a" * 61], ["1.2.3.4.5"], ["a.*.example"], ["https://a.example"], ["_a.example", "A"]),
]


NASTY_ZEEK_JSON = [
    *(1795424400.125250, 1795424400, 1.7954244e9, 1e9, 0.1, 4294967296.000001, 253402300800.0, 0, 0.0, -0.0, 1e300),
    *(1795424400.0000005, 999999999.999999, 3999999999.999999, 4000000000.5, float("nan"), float("inf"), 10**30),
    *("2026-11-23T09:00:00.125250Z", "2026-11-23T09:00:00.12Z", "1970-01-01T00:00:00.000000Z", "2100-01-01T00:00:00Z"),
    *("CN=a\\,b,O=c", "a\\x41", "\\\\x41", "CsI^", "Cs\\x5e", "a\tb", "1" * 65, "x" + "ab" * 32, "ab" * 16),
    *(["a\\x41", "b"], ["a,b"], ["-"], ["ab" * 32, "CD" * 32], ["ab" * 32, "cd" * 20], ["ab" * 32, 1], ["ab" * 16]),
]


def tables(
    files: list[Path], at_least: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[object], dict[str, list[str]]]:
    """The reports of a load, and all rows of the estate it makes."""
    monkeypatch.setattr(loading, "BULK_BYTES", at_least)
    with empty() as estate:
        report = loading.load(estate.store, files, collected_at=datetime(2026, 11, 25))
        rows = {table: sorted(map(repr, estate.store.fetch(f'FROM "{table}"'))) for table in TABLES}
    return list(report.files), rows


@pytest.fixture
def compare(monkeypatch):
    """Loads files by each reader, asserts that both say the same, and gives the names DuckDB read."""

    def compared(files: list[Path]) -> set[str]:
        read: set[str] = set()
        begin = BulkReading.begin

        def noted(self: BulkReading) -> bool:
            done = begin(self)
            read.update([self.export.path.name] if done else [])
            return done

        monkeypatch.setattr(BulkReading, "begin", noted)
        slow, slow_rows = tables(files, 1 << 60, monkeypatch)
        assert not read
        fast, fast_rows = tables(files, 0, monkeypatch)
        assert fast == slow
        for table, rows in slow_rows.items():
            assert fast_rows[table] == rows, table
        return read

    return compared


@pytest.fixture
def compare_together(compare, tmp_path):
    """Compares many small files as two large ones, since what costs time is a file and not its lines.

    DuckDB is asked of each by itself whether it takes it; those it takes are compared as one file, the others as
    another. A line is read by itself, so what is read otherwise in a small file is read otherwise in a large one.
    """

    def compared(bodies: Iterable[bytes], head: bytes = b"") -> list[bool]:
        parts: dict[bool, list[bytes]] = {True: [], False: []}
        taken = []
        with empty() as estate:
            for number, body in enumerate(bodies):
                file = tmp_path / f"alone-{number}"
                file.write_bytes(head + body)
                taken.append(takes(estate.store, file))
                parts[taken[-1]].append(body)
                file.unlink()
        files = []
        for by_duckdb, found in parts.items():
            if found:
                files.append(tmp_path / f"together-{by_duckdb}")
                files[-1].write_bytes(head + b"".join(found))
        read = compare(files)
        assert ("together-True" in read) == any(taken)
        return taken

    return compared


def takes(store: Store, file: Path) -> bool:
    """Whether DuckDB takes a file, as a load would find out."""
    (export,) = exports(file)
    source = recognise(export)
    how = source.bulk(export) if source and source.bulk else None
    if how is None:
        return False
    with BulkReading(store, source.name, how, export) as reading:
        return reading.begin()


def mutated(log: bytes, seed: int, share: float) -> bytes:
    """A log with some cells replaced; now and then a line is cut, doubled or has a cell too many."""
    rng = random.Random(seed)  # noqa: S311 - always the same
    lines = []
    for line in log.decode().splitlines():
        cells = line.split("\t")
        if not line.startswith("#"):
            cells = [rng.choice(NASTY) if rng.random() < share else cell for cell in cells]
            if rng.random() < share / 4:
                cells = rng.choice([cells[:-1], cells[:1], [*cells, "more"], []])
        lines += ["\t".join(cells)] * (2 if rng.random() < share / 4 else 1)
    return ("\n".join(lines) + "\n").encode()


def test_our_samples_of_zeek(compare, samples):
    by_python = {"before-4.1.log", "x509.json"}  # the latter has the certificates themselves
    files = sorted((samples / "zeek").iterdir())
    assert compare(files) == {file.name for file in files} - by_python


@pytest.mark.shared
def test_shared_samples_of_zeek(compare, shared):
    read = compare(sorted((shared / "samples" / "scan" / "zeek").iterdir()))
    assert {"brim_x509.log.gz", "brim_ssl.log.gz", "zeekbase_dtls_x509.log"} <= read
    assert {"brim_known_certs.log.gz", "brim_known_certs.json.gz", "maccdc2012_ssl.log", "maccdc2012_x509.log"} <= read


@pytest.mark.parametrize("name", ["ssl.log", "x509.log"])
def test_nasty_logs(compare_together, samples, name):
    lines = (samples / "zeek" / name).read_bytes().splitlines(keepends=True)
    head = b"".join(line for line in lines if line.startswith(b"#") and not line.startswith(b"#close"))
    body = b"".join(line for line in lines if not line.startswith(b"#"))
    bodies = [mutated(body * 3, seed, (0.01, 0.05, 0.2)[seed % 3]) for seed in range(30)]
    assert sum(compare_together(bodies, head)) > (0 if name == "x509.log" else 5)


def tsv_logs(samples: Path) -> dict[str, list[str]]:
    """The lines of each log of 4.1 or later among the samples."""
    (known,) = (samples / "zeek").glob("known_certs*")
    logs = {name: (samples / "zeek" / name).read_text().splitlines() for name in ("ssl.log", "x509.log")}
    return {**logs, "known_certs.log": gzip.decompress(known.read_bytes()).decode().splitlines()}


def test_each_nasty_cell_alone(compare, samples, tmp_path):
    files = []
    for name, lines in tsv_logs(samples).items():
        header = next(line.split("\t")[1:] for line in lines if line.startswith("#fields"))
        first = next(number for number, line in enumerate(lines) if not line.startswith("#"))
        cells = lines[first].split("\t")
        made = []
        for at, column in enumerate(header):
            nasty = NASTY
            if column in {"fingerprint", "cert_chain_fps"}:  # any of them would send the file to the first reader
                nasty = [cell for cell in NASTY if cell in {"", "-", "ab" * 32, "AB" * 32}]
            made += ["\t".join([*cells[:at], cell, *cells[at + 1 :]]) for cell in nasty]
        files.append(tmp_path / name)
        files[-1].write_text("\n".join([*lines[:first], *made, *lines[first:], ""]), "utf-8", newline="\n")
    assert compare(files) == {file.name for file in files}


def json_logs(samples: Path) -> dict[str, list[dict[str, object]]]:
    """The same logs as JSON: x509.log without the certificates themselves."""
    ssl, x509 = (
        [json.loads(line) for line in (samples / "zeek" / name).read_text().splitlines()]
        for name in ("ssl.json", "x509.json")
    )
    lines = tsv_logs(samples)["known_certs.log"]
    names = next(line.split("\t")[1:] for line in lines if line.startswith("#fields"))
    known = [dict(zip(names, line.split("\t"), strict=True)) for line in lines if not line.startswith("#")]
    for row in known:
        row["subject"] = row["subject"].replace("\\\\", "\\")
        row |= {"ts": float(row["ts"]), "port_num": int(row["port_num"])}
    without = [{name: value for name, value in row.items() if name != "cert"} for row in x509]
    return {"ssl": ssl, "x509": without, "known_certs": known}


@pytest.mark.parametrize("log", ["ssl", "x509", "known_certs"])
def test_each_nasty_member_of_zeek_alone(compare_together, samples, log):
    records = json_logs(samples)[log]
    bodies = []
    for name in dict.fromkeys(name for record in records for name in record):
        for values in (NASTY_JSON, NASTY_ZEEK_JSON):
            made = [{**records[0], name: value} for value in values]
            bodies.append(lines_of([records[0], *made, *records]))
    assert sum(compare_together(bodies)) > len(bodies) / 2


@pytest.mark.parametrize("log", ["ssl", "x509", "known_certs"])
def test_nasty_json_of_zeek(compare_together, samples, log):
    records = json_logs(samples)[log]
    bodies = []
    for seed in range(6):
        rng = random.Random(seed)  # noqa: S311 - always the same
        share, nasty = (0.003, 0.02)[seed % 2], [*NASTY, *NASTY_JSON, *NASTY_ZEEK_JSON]
        made = [
            {name: rng.choice(nasty) if rng.random() < share else value for name, value in record.items()}
            for record in records * 5
            if rng.random() > share / 4
        ]
        rng.shuffle(made)
        bodies.append(lines_of([records[0], *made]))
    assert sum(compare_together(bodies)) > len(bodies) / 3


def test_lines_of_zeek_that_are_not_plainly_of_one_log(compare_together, samples):
    logs = json_logs(samples)
    nested = {"ts": 1795424400.5, "id": {"resp_h": "10.0.0.1", "resp_p": 443}, "established": True}
    dotted = {name.replace(".", "_"): value for name, value in logs["ssl"][0].items()}
    milliseconds = {**logs["ssl"][0], "ts": 1795424400125}
    foreign = {"ts": 1795424400.5, "uid": "C1", "id.orig_h": "10.0.0.2", "id.resp_h": "10.0.0.1", "proto": "tcp"}
    old = {**logs["ssl"][0], "cert_chain_fuids": ["F1"]}
    odd = {
        "nested": nested, "dotted": dotted, "milliseconds": milliseconds, "foreign": foreign, "old": old,
        "x509": logs["x509"][0], "known": logs["known_certs"][0], "no object": [1], "number": 5, "nothing": None,
    }  # fmt: skip
    texts = {name: lines_of([record]) for name, record in odd.items()}
    texts |= {"empty": b"\n", "cut": b'{"ts":17\n', "two": lines_of([nested])[:-1] + lines_of([nested])}
    texts |= {
        "twice": b'{"ts":1,' + lines_of(logs["ssl"][:1])[1:],
        "half": lines_of([dotted]).replace(b"CLab", b"\\ud800"),
    }
    texts |= {"no UTF-8": lines_of(logs["ssl"][:1]).replace(b"rsa2048", b"rsa\xe4"), "spaces": b"  { }  \n"}
    before = [lines_of((logs["ssl"] * 20)[:lines]) for lines in (0, 3, 200)]  # the last beyond what is looked at first
    assert not any(compare_together(head + text + lines_of(logs["ssl"]) for text in texts.values() for head in before))


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


def lines_of(records: list[object]) -> bytes:
    return "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records).encode()


def test_samples_of_tlsx(compare, samples):
    assert compare(sorted((samples / "tlsx").iterdir())) == {"lines.jsonl"}


@pytest.mark.shared
def test_shared_samples_of_tlsx(compare, shared):
    assert compare(sorted((shared / "samples" / "scan" / "tlsx").iterdir())) == {"public_lines.jsonl"}


def test_nasty_members(compare_together, samples):
    records = [json.loads(line) for line in (samples / "tlsx" / "lines.jsonl").read_text().splitlines()]
    names = dict.fromkeys(name for record in records for name in record)
    extra = ["version_enum", "cipher_enum", "emails", "client_cert_required", "chain", "certificate", "ctl_source"]
    bodies = []
    for name in [*names, *extra]:
        for base in (records[0], records[-1])[: 2 if name in records[-1] or name in extra else 1]:
            # One at a time where a value would send the whole file to the first reader.
            for values in (NASTY_JSON[:30], NASTY_JSON[30:60], NASTY_JSON[60:]):
                made = [{**base, name: value} for value in values]
                bodies.append(lines_of([records[0], *made, {k: v for k, v in base.items() if k != name}]))
    assert sum(compare_together(bodies)) > len(bodies) / 3


def test_nasty_handshakes(compare_together, samples):
    records = [json.loads(line) for line in (samples / "tlsx" / "lines.jsonl").read_text().splitlines()]
    bodies = []
    for seed in range(20):
        rng = random.Random(seed)  # noqa: S311 - always the same
        share = (0.01, 0.1)[seed % 2]
        made = [
            {name: rng.choice(NASTY_JSON) if rng.random() < share else value for name, value in record.items()}
            for record in records * 4
            if rng.random() > share / 10
        ]
        bodies.append(lines_of([records[0], *made]))
    compare_together(bodies)


NASTY_URLS = [
    *("https://A.example:8443/x?y", "http://a.example", "https://10.0.0.1", "https://10.0.0.1:0/", "https://[::1]:443"),
    *(
        "https://x:99999",
        "https://u@a.example",
        "HTTPS://A.example",
        "ftp://a.example",
        "https://dead.beef",
        "a.example",
    ),
    *("https://010.0.0.1", "https:///x", "https://a.example?x", "https://ü.example", "https://1.2.3.4.5", "https://[a"),
    *("https://10.0.0.1-x", "https://a.example:", "https://RSA2048.lab.example:443/", ["10.0.0.1"], ["::1", "::2"]),
]


def test_samples_of_httpx(compare, samples):
    assert compare(sorted((samples / "httpx").iterdir())) == {"lines.jsonl"}


@pytest.mark.shared
def test_shared_samples_of_httpx(compare, shared):
    assert "public_tls_line_excerpt.jsonl" in compare(sorted((shared / "samples" / "scan" / "httpx").iterdir()))


def test_nasty_members_of_httpx(compare_together, samples):
    records = [json.loads(line) for line in (samples / "httpx" / "lines.jsonl").read_text().splitlines()]
    bodies = []
    for base in (records[1], records[-1]):
        for name in ("timestamp", "url", "host", "host_ip", "a", "aaaa", "failed", "error"):
            for values in (NASTY_JSON, NASTY_URLS):
                made = [{**base, name: value} for value in values]
                without = {key: value for key, value in base.items() if key != name}
                bodies.append(lines_of([records[1], *made, without]))
    for seed in range(8):
        rng = random.Random(seed)  # noqa: S311 - always the same
        share, nasty = (0.003, 0.02)[seed % 2], [*NASTY_JSON, *NASTY_URLS]

        def dirty(value: object) -> object:
            if isinstance(value, dict):
                return {name: dirty(inner) for name, inner in value.items()}
            return rng.choice(nasty) if rng.random() < share else value  # noqa: B023 - called in this turn

        bodies.append(lines_of([records[1], *map(dirty, records * 6)]))
    assert sum(compare_together(bodies)) > len(bodies) / 2


def test_lines_both_readers_could_take_in_two_ways(compare, samples, tmp_path):
    changes: list[tuple[str, Callable[[bytes], bytes]]] = [
        ("twice the same name", lambda line: line[:-1] + b',"port":"1"}'),
        ("twice the same digest", lambda line: line.replace(b'{"md5"', b'{"sha256":"00","md5"')),
        ("no number", lambda line: line.replace(b'"443"', b"NaN")),
        ("null", lambda line: b"null"),
        ("a number", lambda line: b"5"),
        ("text", lambda line: b'"a"'),
        ("half a character", lambda line: line.replace(b'"sni":"', b'"sni":"\\ud800')),
        ("an escape", lambda line: line.replace(b'"sni":"', b'"sni":"\\u0061')),
        ("two on a line", lambda line: line + line),
        ("nothing", lambda line: b""),
        ("cut", lambda line: line[:50]),
        ("spaces", lambda line: b"  " + line.replace(b",", b" , ")),
        ("a number like a float", lambda line: line.replace(b'"port":"443"', b'"port":443.0')),
        ("no object", lambda line: b"[1]"),
    ]
    lines = (samples / "tlsx" / "lines.jsonl").read_bytes().splitlines()
    for name, change in changes:
        (tmp_path / f"{name}.jsonl").write_bytes(b"\n".join([lines[0], change(lines[1]), *lines[2:], b""]))
    assert "an escape.jsonl" in compare(sorted(tmp_path.iterdir()))


NASTY_EVENTS = [
    *("2026-11-23T11:00:00.038810+0200", "2026-11-23T11:00:00", "2026-11-23T11:00:00.1234567-0330", "TLS 1.3", "http"),
    *("HTTP", "http2", " smtp", "smtp", "IMAP", "C=DE, O=Example, Inc., CN=a", "CN=a, CN=b", "cn=a, O=b, o=c", "CN= a"),
    *("CN=a/O=b", "CN=a, O=b + C=DE", "CN=a=b", "CN=a, b, O=c", "2.5.4.3=a, CN=b", "CN=", "CN=a,O=b", "O=x, CN=", "CN"),
    *(":".join(["AB"] * 20), ":".join(["ab"] * 19), "ab" * 20, "80:01", "8001", "7F:01", "00:FF", "0:FF", "00", "FF"),
    *(
        ["a.example", "10.0.0.1"],
        ["fe80::1"],
        ["fe80::1%eth0"],
        ["*.a.example", "b c"],
        ["a"],
        ["dead"],
        [" a.example"],
    ),
    *("TLS 1.2", "10.0.0.1", "2026-10-24T00:00:00", "2026-02-30T00:00:00", "0001-01-01T00:00:00", "alert", "tls"),
]


def test_samples_of_suricata(compare, samples):
    assert compare(sorted((samples / "suricata").iterdir())) == {"eve.json", "default.json"}


@pytest.mark.shared
def test_shared_samples_of_suricata(compare, shared):
    files = sorted((shared / "samples" / "scan" / "suricata").glob("*.log"))
    assert compare(files) == {file.name for file in files}


def test_nasty_events_of_suricata(compare_together, samples):
    events = [json.loads(line) for line in (samples / "suricata" / "eve.json").read_text().splitlines()]
    (resumed,) = (event for event in events if event.get("tls", {}).get("session_resumed"))
    shows = next(event for event in events if "fingerprint" in event.get("tls", {}))
    of_tls = dict.fromkeys([*shows["tls"], *resumed["tls"], "from_proto", "certificate", "chain"])
    bodies = []
    for base in (shows, resumed):
        for name in (*base, *of_tls):
            made = [
                {**base, "tls": {**base["tls"], name: value}} if name in of_tls else {**base, name: value}
                for value in (*NASTY_EVENTS, *(() if name == "tls" else NASTY_JSON))
            ]
            bodies.append(lines_of([*events, *made, {key: base[key] for key in base if key != name}]))
    for seed in range(16):
        rng = random.Random(seed)  # noqa: S311 - always the same
        share, nasty = (0.003, 0.02)[seed % 2], [*NASTY_JSON, *NASTY_EVENTS]

        def dirty(value: object) -> object:
            if isinstance(value, dict):
                return {name: dirty(inner) for name, inner in value.items()}
            return rng.choice(nasty) if rng.random() < share else value  # noqa: B023 - called in this turn

        made = [*map(dirty, events * 5)]
        rng.shuffle(made)
        bodies.append(lines_of([events[0], *made]))
    assert sum(compare_together(bodies)) > len(bodies) / 2


def test_lines_of_suricata_that_are_no_events(compare, samples, tmp_path):
    lines = (samples / "suricata" / "eve.json").read_bytes()
    texts = [b"null", b"5", b"{}", b"", b'{"tls":1', b'"tls"', b'{"tls":{}}{"tls":{}}', b"[1]", b'{"event_type":"tls"}']
    files = []
    for number, text in enumerate(texts):
        files.append(tmp_path / f"{number}.json")
        files[-1].write_bytes(lines + text + b"\n" + lines)
    assert compare(files) == {"2.json"}


SCALARS = [value for value in NASTY_JSON if not isinstance(value, list | dict)]


def paths_of(value: object) -> list[tuple[object, ...]]:
    """Where everything in a record stands that is neither an object nor a list."""
    if isinstance(value, dict | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        return [(name, *path) for name, part in parts for path in paths_of(part)]
    return [()]


def changed(record: object, path: tuple[object, ...], value: object) -> object:
    """A record with another value at a place, or without the member if the value is `...`."""
    made = copy.deepcopy(record)
    *above, last = path
    holder = made
    for name in above:
        holder = holder[name]
    if value is ...:
        del holder[last]
    else:
        holder[last] = value
    return made


def varied(records: list[object], values: int) -> list[object]:
    """Each record as it is, and with one of its values replaced or left out at a time."""
    rng = random.Random(1816)  # noqa: S311 - always the same
    made = list(records)
    for record in records:
        for path in paths_of(record):
            some = [..., *rng.sample(SCALARS, values)]
            made += [changed(record, path, value) for value in some if value is not ... or isinstance(path[-1], str)]
    return made


def records_of(*files: Path) -> list[object]:
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def grabs(samples: Path) -> list[object]:
    """Lines of ZGrab2 of every kind: those of the lab, and their handshakes as other modules show them."""
    lines = records_of(samples / "zgrab2" / "tls.jsonl", samples / "zgrab2" / "multiple.jsonl")
    for line in lines:  # what nobody reads
        for grab in line.get("data", {}).values():
            for part in ("certificate", "chain"):
                sent = grab.get("result", {}).get("handshake_log", {}).get("server_certificates", {}).get(part, [])
                for certificate in sent if isinstance(sent, list) else [sent]:
                    certificate.pop("parsed", None)
    log = lines[1]["data"]["tls"]["result"]["handshake_log"] | {"client_hello": {"server_name": "p256.lab.example"}}
    url = {"scheme": "https", "host": "p256.lab.example:8443", "path": "/"}
    web = {"response": {"status_code": 200, "request": {"url": url, "tls_log": {"handshake_log": log}}}}
    plainly = {"response": {"status_code": 200, "request": {"url": url | {"scheme": "http"}}}}
    results = [
        ("success", "http", web),
        ("success", "http", plainly),
        ("success", "imap", {"starttls": "a001 OK", "tls": {"handshake_log": log}}),
        ("success", "ftp", {"auth_tls": "500 what?", "auth_ssl": "", "banner": "220"}),
        ("success", "mssql", {"tls": {"handshake_log": log}, "version": "1"}),
        ("protocol-error", "postgres", None),
        ("io-timeout", "http", None),
        ("success", "amqp091", {"tls": {"handshake_log": log}}),
        ("unknown-error", "tls", None),
        ("unknown-error", "tls", {"handshake_log": {"client_hello": {"server_name": "a.example"}}}),
    ]
    for number, (status, module, result) in enumerate(results):
        grab = {"status": status, "protocol": module, "port": 443 + number % 2, "timestamp": "2026-11-23T09:00:00Z"}
        grab |= {"result": result} if result else {"error": "read tcp: i/o timeout"}
        lines.append({"ip": f"10.0.0.{number}", "data": {f"{module}-{number}": grab}})
    key = "-----BEGIN PRIVATE KEY----- MIIEvQIBADANBgkqhkiG9w0BAQEFAASC -----END PRIVATE KEY-----"
    lines[-2]["data"]["tls-8"]["error"] = f"tls: unexpected {key} from server"  # which no row keeps
    both = {**lines[-10]["data"], **lines[-8]["data"]}
    lines.append({"ip": "10.0.1.1", "data": {**both, "tls": lines[0]["data"]["tls"]}})
    lines.append({"ip": "10.0.1.2", "data": {**both, "tls": lines[0]["data"]["tls"], "more": lines[-2]["data"]}})
    return lines


def test_samples_of_zgrab2(compare, samples):
    assert compare(sorted((samples / "zgrab2").iterdir())) == {"tls.jsonl", "multiple.jsonl"}


@pytest.mark.shared
def test_shared_samples_of_zgrab2(compare, shared):
    files = sorted((shared / "samples" / "scan" / "zgrab2").glob("*.json"))
    assert compare(files) == {file.name for file in files}


def test_nasty_grabs(compare, compare_together, samples, tmp_path):
    lines = grabs(samples)
    file = tmp_path / "scalars.jsonl"
    file.write_bytes(lines_of(varied(lines[6:], 3)))
    assert compare([file]) == {file.name}
    rng = random.Random(1816)  # noqa: S311 - always the same
    bodies = []
    for _ in range(12):
        record = rng.choice(lines)
        path = rng.choice(paths_of(record))
        values = [value for value in NASTY_JSON if isinstance(value, list | dict)]
        above = path[: rng.randrange(1, len(path) + 1)]
        bodies.append(lines_of([*lines, changed(record, above, rng.choice([*values, "a", None]))]))
    compare_together(bodies)


@pytest.mark.parametrize("at_a_time", [2, 10_000])
def test_certificates_that_are_none(compare, samples, tmp_path, monkeypatch, at_a_time):
    """What stands beside a damaged one is kept where another record holds it too, and not where none does."""
    monkeypatch.setattr(bulk_held, "_AT_A_TIME", at_a_time)
    lines = [line for line in grabs(samples)[:6] if "result" in line["data"]["tls"]]
    where = ("data", "tls", "result", "handshake_log", "server_certificates")
    sent = lines[0]["data"]["tls"]["result"]["handshake_log"]["server_certificates"]
    whole = base64.b64decode(sent["certificate"]["raw"])
    bad = [
        *("", "MII", "AAAA", "not base64", base64.b64encode(whole[:-9]).decode(), base64.b64encode(whole[4:]).decode()),
        base64.b64encode(whole.replace(b"\x02\x14", b"\x04\x14", 1)).decode(),
    ]
    at = whole.index(b"\x02\x14") + 2  # its serial number
    pool = [base64.b64encode(whole[: at + 4] + n.to_bytes(16) + whole[at + 20 :]).decode() for n in range(60)]
    rng = random.Random(at_a_time)  # noqa: S311 - always the same
    files = []
    for number in range(3):
        made = []
        for _ in range(30):
            texts = rng.sample(pool, rng.randrange(1, 4)) + rng.sample(bad, rng.random() < 0.3)
            leaf, *chain = rng.sample(texts, len(texts))
            sent = {"certificate": {"raw": leaf}, "chain": [{"raw": text} for text in chain]}
            made.append(changed(lines[0], where, sent))
        files.append(tmp_path / f"{number}.jsonl")
        files[-1].write_bytes(lines_of([*lines[: number % 2], *made]))
    assert compare(files) == {file.name for file in files}


def test_samples_of_certstream(compare, samples):
    assert compare(sorted((samples / "certstream").iterdir())) == {"lite.jsonl"}


@pytest.mark.shared
def test_shared_samples_of_certstream(compare, shared):
    files = sorted((shared / "samples" / "ct" / "certstream").glob("*.json*"))
    assert compare(files) == {"certstream_server_rust_lite.jsonl"}


def test_nasty_messages(compare, samples, tmp_path):
    full, *_ = records_of(samples / "certstream" / "full.jsonl")[1:]
    lines = records_of(samples / "certstream" / "lite.jsonl")[:2]
    entry, leaf = lines[0]["data"], lines[0]["data"]["leaf_cert"]
    lines[1]["data"] = {**lines[1]["data"], "update_type": "PrecertLogEntry", "chain": [], "submission_timestamp": None}
    nasty = [
        *({"all_domains": names} for names in NASTY_JSON if isinstance(names, list)),
        *(
            {"extensions": {"subjectAltName": said}}
            for said in ("", "DNS:a, DNS:b", "DNS:rsa2048.lab.example,", "a, b")
        ),
        {"all_domains": ["rsa2048.lab.example", "a.example"], "extensions": {"subjectAltName": "DNS:a.example"}},
        {"all_domains": ["rsa2048.lab.example"], "extensions": {"subjectAltName": "DNS:rsa2048.lab.example.b"}},
        {"all_domains": ["rsa2048.lab.example"], "subject": {"CN": 'a",["b'}},
        *(
            {"all_domains": names, "extensions": {"subjectAltName": "DNS:" + ", DNS:".join(names)}}  # the same again
            for names in (
                ["rsa2048.lab.example", "b.example"],
                [" rsa2048.lab.example", "c.example"],  # so the common name is not among the alternative names
                ["rsa2048.lab.example", "a,b"],
                ["rsa2048.lab.example", "ü.example"],
                [],
            )
        ),
        *(
            {"sha1": digest}
            for digest in ("AB" * 20, "A:B" * 20, ":" + "ab" * 20, "0:x" + "ab" * 20, int("1" * 40), ["AB" * 20], 5)
        ),
        *({"not_before": time} for time in (0, -1, 1.5, 9999999999, 10**11, "1795392000", True, 1795392000.25)),
        *({"sha1": sha1, "fingerprint": other} for sha1 in ("", " ", None, "AB") for other in ("", None, "AB:CD")),
        *({"sha256": None, "sha1": ":".join(["AB"] * 20)}, {"sha256": None, "sha1": None, "fingerprint": None}),
        *({"as_der": word} for word in ("", "REDACT", "redacted", " ", "MII", 5)),
        *({"serial_number": serial} for serial in ("0", "00AB", "ABC", "-5", "0x1F", "", "F" * 41)),
    ]
    made = [{**lines[0], "data": {**entry, "leaf_cert": {**leaf, **more}}} for more in nasty]
    made += [
        {**lines[0], "data": {**entry, "chain": [leaf]}},
        full,
        entry,
        {"message_type": "heartbeat", "data": entry},
    ]
    made += [{**lines[0], "message_type": kind} for kind in (None, "", "other", " heartbeat", "heartbeat")]
    times = (0, 1.5, 1795392000.123456, 1795392000.1234567, 1e15, 1795392000123, "soon", -1.5)
    made += [{**lines[0], "data": {**entry, "submission_timestamp": time}} for time in times]
    files = [tmp_path / name for name in ("scalars.jsonl", "made.jsonl")]
    files[0].write_bytes(lines_of(varied(lines, 6)))
    files[1].write_bytes(lines_of([*lines, *made]))
    assert compare(files) == {"scalars.jsonl", "made.jsonl"}
