"""How much memory it takes to load exports of two gigabytes: the highest resident size of the process that loads.

Each file is made in a temporary folder, loaded by a process of its own into an estate of its own, and removed. Files of
lines are read by DuckDB; SSLyze stands for the single document that Python reads.
Writes its table into ``benchmarks/README.md``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from made import MADE
from page import rewrite

SIZE = 2 << 30
LIMIT = 1 << 30
LOAD = """
import json, resource, sys, time
from certanalytics import connect
begun = time.perf_counter()
(file,) = connect(sys.argv[1]).load(sys.argv[2]).files
seconds = time.perf_counter() - begun
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps([file.status, file.read, file.rejected, seconds, peak]))
"""


def main() -> None:
    """Measure every kind of file named on the command line, or all, and write the table."""
    lines = [
        "| export of 2 GiB | rows read | load, s | highest resident size, MiB | reach |",
        "|---|---:|---:|---:|---:|",
    ]
    for name in sys.argv[1:] or MADE:
        with tempfile.TemporaryDirectory() as folder:
            export = Path(folder) / "export"
            MADE[name](export, SIZE)
            command = [sys.executable, "-c", LOAD, str(Path(folder) / "estate.duckdb"), str(export)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - the command above
            status, read, rejected, seconds, peak = json.loads(done.stdout)
            if (status, rejected) != ("loaded", 0) or peak >= LIMIT:
                raise SystemExit(f"{name}: {status}, {rejected} rejected, {peak >> 20} MiB")
        lines.append(f"| {name} | {read:,} | {seconds:.0f} | {peak >> 20} | < {LIMIT >> 20} |")
        sys.stdout.write(lines[-1] + "\n")
        sys.stdout.flush()
    rewrite("memory", lines)


if __name__ == "__main__":
    main()
