"""The two readers of Zeek's logs, as text and as JSON."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from nasty_records import NASTY_JSON, lines_of, records_of

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
        "2.5.4.3=a,OID.2.5.4.10=b",
        'O="A, Inc.", CN="b"',
        "CN=a\\C3\\BC,O=#0c0141",
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


NASTY_ZEEK_JSON = [
    *(1795424400.125250, 1795424400, 1.7954244e9, 1e9, 0.1, 4294967296.000001, 253402300800.0, 0, 0.0, -0.0, 1e300),
    *(1795424400.0000005, 999999999.999999, 3999999999.999999, 4000000000.5, float("nan"), float("inf"), 10**30),
    *("2026-11-23T09:00:00.125250Z", "2026-11-23T09:00:00.12Z", "1970-01-01T00:00:00.000000Z", "2100-01-01T00:00:00Z"),
    *("CN=a\\,b,O=c", "a\\x41", "\\\\x41", "CsI^", "Cs\\x5e", "a\tb", "1" * 65, "x" + "ab" * 32, "ab" * 16),
    *(["a\\x41", "b"], ["a,b"], ["-"], ["ab" * 32, "CD" * 32], ["ab" * 32, "cd" * 20], ["ab" * 32, 1], ["ab" * 16]),
]


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
    ssl, x509 = (records_of(samples / "zeek" / name) for name in ("ssl.json", "x509.json"))
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
