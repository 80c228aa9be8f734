"""The two readers of httpx."""

from __future__ import annotations

import random

import pytest
from nasty_records import NASTY_JSON, dirtied, lines_of, records_of

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
    records = records_of(samples / "httpx" / "lines.jsonl")
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
        bodies.append(lines_of([records[1], *(dirtied(each, rng, share, nasty) for each in records * 6)]))
    assert sum(compare_together(bodies)) > len(bodies) / 2
