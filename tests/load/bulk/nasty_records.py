"""Records of lines of JSON with values in them that are usual, unusual, damaged or made to do harm."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path

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


SCALARS = [value for value in NASTY_JSON if not isinstance(value, list | dict)]


def records_of(*files: Path) -> list[object]:
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def lines_of(records: list[object]) -> bytes:
    return "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records).encode()


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


def dirtied(value: object, rng: random.Random, share: float, nasty: list[object]) -> object:
    """A record with others in place of a share of its values."""
    if isinstance(value, dict):
        return {name: dirtied(inner, rng, share, nasty) for name, inner in value.items()}
    return rng.choice(nasty) if rng.random() < share else value
