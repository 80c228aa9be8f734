"""How fast a log's answers to get-entries become an estate, how much memory that takes, and how both grow.

*Ours* is ``load`` of a folder of answers of 1,000 entries into a new estate file, by as many processes as there are
processors: from the call to the closed file. *Straight* is what one would write first: one process, orjson (``json``
where it is not installed), the certificate of each entry through `cryptography` into about as many columns, and each
answer's rows into a DuckDB file; it keeps no names, chains, keys of facts or repetitions, and is measured on the first
`STRAIGHT` entries. Both in alternating rounds on the smallest size; medians. Memory is the highest sum of the resident
sizes of all processes at work, what they share counted for each. Writes its table into ``benchmarks/README.md``.

    python benchmarks/ct_pipeline.py 100000 1000000 5000000
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import log_answers
from page import rewrite
from sampled import sampled

from certanalytics import connect

SIZES = (100_000, 1_000_000)
ROUNDS = 4
STRAIGHT = 10_000
REACH, GROWTH, MEMORY = 15, 1.3, 2 << 10

OURS = """
import json, sys, time
from certanalytics import connect
begun = time.perf_counter()
report = connect(sys.argv[1]).load(sys.argv[2])
seconds = time.perf_counter() - begun
counts = [report.total(each) for each in ("read", "accepted", "rejected", "certificates", "without_der")]
print(json.dumps([seconds, *counts]))
"""


def ours(estate: Path, folder: Path) -> tuple[float, int, list[int]]:
    """Seconds and peak memory in MiB of a load, and its counts."""
    with subprocess.Popen(  # noqa: S603 - the program above
        [sys.executable, "-c", OURS, str(estate), str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        peak = [0]
        done = threading.Event()
        watching = threading.Thread(target=_watch, args=(process.pid, peak, done))
        watching.start()
        said = process.stdout.read() if process.stdout else ""
        done.set()
        watching.join()
    if process.returncode:
        raise SystemExit(f"the load ended with {process.returncode}")
    seconds, *counts = json.loads(said)
    return seconds, peak[0], counts


def straight(estate: Path, folder: Path) -> float:
    """Seconds the straightforward way takes for an entry."""
    pages = sorted(folder.rglob("*.json"))[: STRAIGHT // log_answers.PAGE]
    program = Path(__file__).parent / "straightforward_load.py"
    done = subprocess.run(  # noqa: S603 - a program of ours
        [sys.executable, program, estate, *pages], check=True, capture_output=True, text=True
    )
    seconds, entries = json.loads(done.stdout)
    return float(seconds / entries)


STAGES = {
    "store._install": "views, questions and facts of a new estate",
    "export.sha256": "SHA-256 of the files",
    "__init__.recognise": "which source a file is of",
    "decoder.decode": "certificates decoded",
    "names.names_of": "names, with the domains somebody registered",
    "decoded.certificates_of": "certificates told apart",
    "one_file.tables": "facts as columns, with their keys",
    "ct_get_entries._rows": "entries taken apart, a row each",
    "ct_get_entries._plain": "JSON and base64",
    "secrets.without_keys": "private keys looked for in texts",
    "reading.read_together": "the rest of reading",
    "load.load": "written by DuckDB",
}
"""What is told apart in a load, by function: the first that is at work counts."""


def stages(folder: Path, count: int) -> list[str]:
    """Where the time of a load by one process goes, whatever processor it is on."""
    with tempfile.TemporaryDirectory() as place:
        estate = connect(Path(place) / "estate.duckdb")
        seconds, looks = sampled(lambda: estate.load(folder, workers=1))
    found = Counter(
        next((name for at, name in STAGES.items() if at in stack), "what is loaded first") for stack in looks
    )
    lines = ["| what | share | µs an entry |", "|---|---:|---:|"]
    for name, hits in found.most_common():
        share = hits / len(looks)
        lines.append(f"| {name} | {100 * share:.0f} % | {1e6 * seconds * share / count:.1f} |")
    return lines


def _watch(process: int, peak: list[int], done: threading.Event) -> None:
    while not done.wait(0.1):
        peak[0] = max(peak[0], sum(map(_resident, _below(process))))


def _below(process: int) -> list[int]:
    """A process and all that descend from it."""
    try:
        tasks = Path(f"/proc/{process}/task").iterdir()
        children = [int(child) for task in tasks for child in (task / "children").read_text("ascii").split()]
    except OSError:
        return []
    return [process, *(each for child in children for each in _below(child))]


def _resident(process: int) -> int:
    """Resident memory in MiB."""
    try:
        status = Path(f"/proc/{process}/status").read_text("ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) >> 10 for line in status.splitlines() if line.startswith("VmRSS")), 0)


def main() -> None:
    """Measure all sizes, and write the table."""
    measured = ("entries", "load, s", "entries/s", "straight, entries/s", "times", "reach", "cost per entry", "reach")
    taken = ("memory, MiB", "reach", "certificates", "of them with DER", "estate, MiB")
    lines = [f"| {' | '.join(measured + taken)} |", "|---:" * len(measured + taken) + "|"]
    cost: float | None = None
    for size in [int(each) for each in sys.argv[1:]] or SIZES:
        with tempfile.TemporaryDirectory() as place:
            estate, folder = Path(place) / "estate.duckdb", Path(place) / "log"
            for start in range(0, size, 100_000):
                log_answers.write(folder / f"{start:010}", min(100_000, size - start), start=start)
            rounds, others, peak = [], [], 0
            for _ in range(ROUNDS if cost is None else 1):
                estate.unlink(missing_ok=True)
                seconds, highest, counts = ours(estate, folder)
                if counts[:3] != [size, size, 0]:
                    raise SystemExit(f"{size}: {counts}")
                rounds.append(seconds)
                peak = max(peak, highest)
                if cost is None:
                    others.append(straight(Path(place) / "straight.duckdb", folder))
            seconds, file = statistics.median(rounds), estate.stat().st_size >> 20
            each = seconds / size
            if cost is None:
                rewrite("ct_stages", stages(folder, size))
            cost = cost or each
            compared = f"{1 / statistics.median(others):,.0f} | {_ratio(others, each)} | ≥ {REACH}" if others else "| |"
            lines.append(
                f"| {size:,} | {seconds:.1f} | {1 / each:,.0f} | {compared} | {each / cost:.2f} | ≤ {GROWTH} "
                f"| {peak:,} | < {MEMORY:,} | {counts[3]:,} | {counts[3] - counts[4]:,} | {file:,} |"
            )
            sys.stdout.write(lines[-1] + "\n")
            sys.stdout.flush()
            shutil.rmtree(folder)
    rewrite("ct_pipeline", lines)


def _ratio(others: list[float], each: float) -> str:
    return f"{statistics.median(others) / each:.1f}"


if __name__ == "__main__":
    begun = time.perf_counter()
    main()
    sys.stderr.write(f"{time.perf_counter() - begun:.0f} s in all\n")
