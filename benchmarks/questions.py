"""What the questions cost on an estate of a million certificates and three million looks at endpoints.

*Once a moment* is what all questions about one moment share (`certanalytics.snapshot`), computed before the first of
them. A question's *scan* takes a hash of every value of every column its plan reads, table by table, and does nothing
else. Answers come as frames, but for those a check of controls keeps as tables of DuckDB. *Growth* is the cost on a
million over ten times that on a hundred thousand: 1 is as fast as the data grow. Three questions are also written as
one would in pandas, over the same rows as a frame in memory; both must give the same answer. Medians of alternating
rounds in one process. Writes its tables into ``benchmarks/README.md``.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from in_pandas import IN_PANDAS
from large_estate import AS_OF, make
from page import rewrite

from certanalytics.estate import Estate
from certanalytics.sql import parameters_of, questions

LARGE, SMALL = 1_000_000, 100_000
ROUNDS = 3
REACH = 20
LEAST = 0.001
"""Seconds of a scan to compare with: of some questions the plan reads no table, as no row can fit."""
FURTHER: dict[str, Any] = {"horizon": 90}
"""Parameters of questions beside the moment."""
LEFT_OUT = {"attribute_values": "its answer is a register of 25 million rows, asked for one scope at a time"}
"""Questions that are not asked, and why."""
KEPT = "judged_"
"""How the questions begin whose answers a check keeps in tables (`certanalytics.policy.evaluation`)."""


def given(estate: Estate, text: str) -> dict[str, Any]:
    """The parameters a text takes."""
    values = {"as_of": estate.moment(AS_OF), **FURTHER}
    return {name: values[name] for name in parameters_of(text)}


def scans(estate: Estate, text: str) -> list[str]:
    """The plain scans of every column the plan of a question reads."""
    ((_, plan),) = estate.snapshot.store.fetch(f"EXPLAIN (FORMAT json) {text}", given(estate, text))
    read: dict[str, set[str]] = {}
    for node in _nodes(json.loads(plan)):
        more = node.get("extra_info", {})
        if "Table" in more and "Projections" in more:
            columns = more["Projections"]
            names = [columns] if isinstance(columns, str) else columns
            read.setdefault(more["Table"], set()).update(name.strip('"') for name in names)
    hashes = {table: [f'bit_xor(hash("{name}"))' for name in sorted(columns)] for table, columns in read.items()}
    return [f"SELECT {', '.join(columns)} FROM {table}" for table, columns in hashes.items()]


def _nodes(plan: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in plan:
        yield node
        yield from _nodes(node.get("children", []))


def seconds(what: Callable[[], object]) -> float:
    """The wall time of a call."""
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def side_by_side(one: Callable[[], object], other: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median seconds of two calls in alternating rounds."""
    times = [(seconds(one), seconds(other)) for _ in range(rounds)]
    return statistics.median(took for took, _ in times), statistics.median(took for _, took in times)


def asked(estate: Estate, rounds: int) -> dict[str, tuple[float, float]]:
    """Median seconds of every question and of its plain scan."""
    found = {}
    for name, text in questions().items():
        if name in LEFT_OUT:
            continue
        values = given(estate, text)
        estate.snapshot.query(text, values)  # what it shares with others is computed here
        plain = scans(estate, text)
        kept = f"CREATE OR REPLACE TEMP TABLE kept AS {text}" if name.startswith(KEPT) else text
        found[name] = side_by_side(
            partial(estate.snapshot.query, kept, values),
            lambda plain=plain: [estate.snapshot.store.fetch(sql) for sql in plain],
            rounds,
        )
        sys.stdout.write(f"{name} {found[name][0] * 1000:.0f} ms, scan {found[name][1] * 1000:.0f} ms\n")
        sys.stdout.flush()
    return found


def beside_pandas(estate: Estate) -> list[str]:
    """Rows of the table of three questions in SQL and in pandas."""
    moment = {"as_of": estate.moment(AS_OF)}
    frames = [estate.snapshot.query(f"SELECT * FROM {view}($as_of)", moment) for view in ("inventory", "presented")]
    lines = []
    for name, written in IN_PANDAS.items():
        values = given(estate, questions()[name])
        in_sql, in_pandas = partial(estate.snapshot.query, questions()[name], values), partial(written, *frames)
        left, right = in_sql(), in_pandas()
        pd.testing.assert_frame_equal(_plain(left[right.columns]), _plain(right), check_dtype=False)
        sql, python = side_by_side(in_sql, in_pandas, ROUNDS)
        lines.append(f"| `{name}` | {sql * 1000:.0f} | {python * 1000:.0f} | {python / sql:.1f} | ≥ 5 |")
    return lines


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose lists are Python's."""
    return frame.map(lambda value: list(value) if hasattr(value, "__len__") and not isinstance(value, str) else value)


def main() -> None:
    """Measure, and write the tables."""
    with tempfile.TemporaryDirectory() as folder:
        estates = {size: make(Path(folder) / f"{size}.duckdb", size) for size in (SMALL, LARGE)}
        once, found = {}, {}
        for size, estate in estates.items():
            once[size] = seconds(lambda estate=estate: estate.snapshot.take(estate.moment(AS_OF), None))
            found[size] = asked(estate, ROUNDS)
        pandas = beside_pandas(estates[LARGE])
    growth = once[LARGE] / once[SMALL] / (LARGE / SMALL)
    lines = [
        f"Once a moment, for the inventory and what it reads: {once[LARGE]:.1f} s (growth {growth:.2f}).",
        "",
        "| question | ms | plain scan, ms | times the scan | reach | growth |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, (took, scan) in sorted(found[LARGE].items(), key=lambda row: -row[1][0] / max(row[1][1], LEAST)):
        growth = took / found[SMALL][name][0] / (LARGE / SMALL)
        row = (
            f"`{name}`",
            f"{took * 1000:.0f}",
            f"{scan * 1000:.0f}",
            f"{took / scan:.1f}" if scan >= LEAST else "–",
            f"≤ {REACH}",
            f"{growth:.2f}",
        )
        lines.append(f"| {' | '.join(row)} |")
    lines += ["", *(f"Not asked: `{name}`, as {reason}." for name, reason in LEFT_OUT.items())]
    rewrite("questions", lines)
    rewrite("pandas", ["| question | SQL, ms | pandas, ms | ratio | reach |", "|---|---:|---:|---:|---:|", *pandas])


if __name__ == "__main__":
    main()
