"""What recognising a file costs: no more than a scan of its head, whatever stands in it.

Every signature looks at heads made to keep it busy, and at a quarter of each. What takes four times as long for four
times the data is a scan; what takes sixteen times as long grows with its square. A ratio of times is nothing for a
test: this writes its table into ``benchmarks/README.md`` and ends with 1 where something grows too fast.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from page import rewrite

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
NAMES = ["DNS:a" + " " * HEAD_BYTES + "b", "DNS:a," * (HEAD_BYTES // 6), "," * HEAD_BYTES]
"""What sslscan may say are alternative names."""


def seconds(look: Callable[[], object], times: int) -> float:
    """The least a look takes."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        look()
        found.append(time.perf_counter() - start)
    return min(found)


def growth(look: Callable[[bytes], object], data: bytes) -> tuple[float, float]:
    """Seconds of a look at all of the data, and how many times as long that takes as a quarter; 0 if unjudged."""
    large = seconds(lambda: look(data), 3)
    return large, large / seconds(lambda: look(data[: len(data) // 4]), 5) if large > UNJUDGED else 0.0


def main() -> int:
    """Look at every head with every signature and write the table."""
    slowest: dict[str, tuple[float, float]] = {}

    def note(name: str, look: Callable[[bytes], object], data: bytes) -> None:
        took, grew = growth(look, data)
        before = slowest.get(name, (0.0, 0.0))
        slowest[name] = max(before[0], took), max(before[1], grew)

    for repeated in REPEATED:
        for before in BEFORE:
            data = (before.encode() + repeated.encode() * HEAD_BYTES)[:HEAD_BYTES]
            shared = Head(data)
            for source in SOURCES:
                matches = source.signature.matches
                if seconds(lambda matches=matches, shared=shared: matches(shared), 1) > UNJUDGED:
                    note(source.name, lambda part, matches=matches: matches(Head(part)), data)
    for written in NAMES:
        note("sslscan-xml: names", lambda part: alternative_names(part.decode()), written.encode())
    lines = ["| what | slowest head, ms | growth for four times the head | reach |", "|---|---:|---:|---:|"]
    for name, (took, grew) in sorted(slowest.items(), key=lambda found: found[1], reverse=True):
        lines.append(f"| {name} | {1000 * took:.0f} | {f'{grew:.1f}' if grew else '–'} | ≤ {MOST_GROWTH} |")
    rewrite("signatures", lines)
    sys.stdout.write("\n".join(lines) + "\n")
    return int(any(grew > MOST_GROWTH for _, grew in slowest.values()))


if __name__ == "__main__":
    sys.exit(main())
