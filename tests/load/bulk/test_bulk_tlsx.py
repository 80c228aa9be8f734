"""The two readers of tlsx."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from nasty_records import NASTY_JSON, lines_of, records_of


def test_samples_of_tlsx(compare, samples):
    assert compare(sorted((samples / "tlsx").iterdir())) == {"lines.jsonl"}


@pytest.mark.shared
def test_shared_samples_of_tlsx(compare, shared):
    assert compare(sorted((shared / "samples" / "scan" / "tlsx").iterdir())) == {"public_lines.jsonl"}


def test_nasty_members(compare_together, samples):
    records = records_of(samples / "tlsx" / "lines.jsonl")
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
    records = records_of(samples / "tlsx" / "lines.jsonl")
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
