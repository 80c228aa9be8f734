"""Recognising a file costs no more than a scan of its head: no signature takes time that grows with its square."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from certanalytics.sources import SOURCES
from certanalytics.sources._reading.export import HEAD_BYTES
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.scanners._sslscan import alternative_names

UNJUDGED = 0.02
"""Seconds below which nothing is judged: it costs nobody anything, and there is nothing but noise to measure."""
MOST_GROWTH = 10
"""For four times the data; linear is 4, quadratic 16."""

REPEATED = [
    *(
        " ",
        "\n",
        "\r\n",
        "\t",
        "\r",
        " \n",
        "\n ",
        "{",
        "[",
        "[ ",
        '{"a":',
        '"',
        "'",
        ",",
        ":",
        "0",
        "-",
        "=",
        "A",
        "_",
    ),
    *("\\", "<", "<!--", "<?", "#", ";", "/", ".", "(", "|", "\0", "a\n", "a,", "A=", "= ", "\n=\n", "# ", "\n\n#"),
    *(
        "a: b\r\n",
        '"a": 1, ',
        "{}\n",
        "[],",
        "a;b\n",
        "-----BEGIN CERTIFICATE-----\n",
        "archive_dir=\n",
        "fullchain = a\n",
    ),
    *(
        "server {\n",
        "<a ",
        "<VirtualHost *:443>\n",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "0 ",
        "a.example ",
        "é",
    ),
]
"""What a head consists of, again and again."""
BEFORE = ["", "{", '[{"', "#", "<?xml version='1.0'?>"]


def seconds(look: Callable[[], object], times: int) -> float:
    """The least a look takes."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        look()
        found.append(time.perf_counter() - start)
    return min(found)


def is_slow(look: Callable[[bytes], object], data: bytes) -> bool:
    """Whether a look at the data takes longer than a scan of it ever does."""
    large = seconds(lambda: look(data), 3)
    return large > UNJUDGED and large > MOST_GROWTH * seconds(lambda: look(data[: len(data) // 4]), 5)


@pytest.mark.parametrize("repeated", REPEATED, ids=ascii)
def test_no_signature_is_slow_on_nasty_heads(repeated):
    for before in BEFORE:
        data = (before.encode() + repeated.encode() * HEAD_BYTES)[:HEAD_BYTES]
        shared = Head(data)
        for source in SOURCES:
            matches = source.signature.matches
            if seconds(lambda matches=matches, shared=shared: matches(shared), 1) > UNJUDGED:
                assert not is_slow(lambda part, matches=matches: matches(Head(part)), data), (source.name, before)


@pytest.mark.parametrize("written", ["DNS:a" + " " * HEAD_BYTES + "b", "DNS:a," * (HEAD_BYTES // 6), "," * HEAD_BYTES])
def test_alternative_names_are_taken_apart_in_one_go(written):
    assert not is_slow(lambda part: alternative_names(part.decode()), written.encode())
