"""What it costs to begin: importing the package, and asking the command line for help.

Each figure is the median over alternating runs of whole processes, and what counts is the ratio of two of one run: the
machines are noisy. Writes its table into ``benchmarks/README.md``.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from page import rewrite

ROUNDS = 15
PAIRS = {
    "`import certanalytics; certanalytics.connect` / `import duckdb`": (
        [sys.executable, "-c", "import certanalytics; certanalytics.connect"],
        [sys.executable, "-c", "import duckdb"],
    ),
    "`import certanalytics` / `import duckdb`": (
        [sys.executable, "-c", "import certanalytics"],
        [sys.executable, "-c", "import duckdb"],
    ),
    "`certanalytics --help` / `import typer, rich`": (
        [str(Path(sys.executable).parent / "certanalytics"), "--help"],
        [sys.executable, "-c", "import typer, rich"],
    ),
}


def seconds(command: list[str]) -> float:
    """Wall time of one run."""
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - the commands above
    return time.perf_counter() - begun


def main() -> None:
    """Measure every pair and write the table."""
    lines = ["| what | ours, ms | other, ms | ratio | reach |", "|---|---:|---:|---:|---:|"]
    for label, (ours, other) in PAIRS.items():
        seconds(ours), seconds(other)  # once to warm the page cache
        pairs = [(seconds(ours), seconds(other)) for _ in range(ROUNDS)]
        first, second = (statistics.median(values) for values in zip(*pairs, strict=True))
        lines.append(f"| {label} | {1000 * first:.0f} | {1000 * second:.0f} | {first / second:.2f} | ≤ 2 |")
    rewrite("start_up", lines)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
