"""How fast certificates become columns, beside other ways to read them; and where the time goes.

Each contestant is a process of its own on one processor. It has the certificates in memory before its clock starts and
reads them all once; what it remembers begins empty. The contestants take turns, five rounds; what counts is the median
of processor time, since the machines are shared. *Generated* certificates are clean (`certificates`); *real* ones are
all that lie beside the checkout. What each peer does not do stands in the table. A peer whose toolchain is not
installed is left out by name: Go; Rust with Debian's source package of x509-parser (``--crates`` names another folder
of crates); a C compiler with OpenSSL's headers. Writes its tables into ``benchmarks/README.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from certificates import certificates, write
from decoder_equality import corpora, corpus
from page import rewrite
from sampled import sampled
from straightforward import row

from certanalytics.x509 import decode

HERE = Path(__file__).parent
PEERS = HERE / "peers"
CRATES = Path("/usr/share/cargo/registry")
"""Where Debian's source packages of crates lie."""
GENERATED, ROUNDS = 30_000, 5
OURS = "certanalytics"
MISSING = {
    OURS: "validates no signature; refuses nothing: what is odd is read by the reference path",
    "cryptography": "no table, no body without timestamps, no warnings; refused certificates are left out",
    "Go": "objects, no columns; no SHA-1, no timestamps, no hash of the body; names not as strings",
    "Rust": "objects that point into the octets, no columns; no SHA-1, no hash of the body; keys unchecked",
    "C": "places of fields and extensions only: nothing is looked into, nothing is checked but lengths",
}
REACH = {"cryptography": "≥ 20", "Go": "≥ 2", "Rust": "≥ 1", "C": "≥ 0.15"}


def read(path: Path) -> list[bytes]:
    """The certificates of a file, each after its length in four octets."""
    data, at, ders = path.read_bytes(), 0, []
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4])
        ders.append(data[at + 4 : end])
        at = end
    return ders


def by_cryptography(ders: Sequence[bytes]) -> int:
    """How many certificates have a row; those `cryptography` refuses have none."""
    rows = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for der in ders:
            try:
                rows.append(row(der))
            except Exception:  # noqa: BLE001, S112 - it has many kinds of error; refused is refused
                continue
    return len(rows)


def by_columns(ders: Sequence[bytes]) -> int:
    """How many certificates have a row of columns."""
    return len(ders) - decode(ders)["evidence"].null_count


CONTESTANTS: dict[str, Callable[[Sequence[bytes]], int]] = {OURS: by_columns, "cryptography": by_cryptography}


def contest(name: str, path: Path) -> None:
    """Print how many certificates there are, how many were accepted, and the seconds it took."""
    ders = read(path)
    CONTESTANTS[name]([next(certificates(seed=1))])  # modules are loaded; nothing of the corpus is remembered
    begun = time.process_time()
    accepted = CONTESTANTS[name](ders)
    sys.stdout.write(f"{len(ders)} {accepted} {time.process_time() - begun}\n")


def built(folder: Path, crates: Path) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Commands of the contestants, and why others are left out."""
    ours = [sys.executable, str(Path(__file__)), "--contest"]
    commands, without = {name: [*ours, name] for name in CONTESTANTS}, {}
    for name, build in (("Go", _go), ("Rust", lambda folder: _rust(folder, crates)), ("C", _c)):
        try:
            commands[name] = [str(build(folder))]
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            said = error.stderr.strip().splitlines()[-1:] if isinstance(error, subprocess.CalledProcessError) else []
            without[name] = said[0] if said else str(error)
    return commands, without


def _run(*command: str, folder: Path) -> None:
    if not shutil.which(command[0]):
        raise FileNotFoundError(f"{command[0]} is not installed")
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)  # noqa: S603 - the commands below


def _go(folder: Path) -> Path:
    _run("go", "build", "-o", str(folder / "go"), str(PEERS / "decoder.go"), folder=folder)
    return folder / "go"


def _c(folder: Path) -> Path:
    options = ("-O3", "-march=native", "-Wno-deprecated-declarations", "-o", str(folder / "c"))
    _run("cc", *options, str(PEERS / "walk.c"), "-lcrypto", folder=folder)
    return folder / "c"


def _rust(folder: Path, crates: Path) -> Path:
    """Built from crates on this machine and from nowhere else."""
    if not any(crates.glob("x509-parser-*")):
        raise FileNotFoundError("the source package of x509-parser is not installed")
    package = folder / "rust"
    (package / "src").mkdir(parents=True)
    (package / ".cargo").mkdir()
    shutil.copy(PEERS / "decoder.rs", package / "src" / "main.rs")
    (package / "Cargo.toml").write_text(
        '[package]\nname = "decoder"\nversion = "0.0.0"\nedition = "2021"\n'
        '[dependencies]\nx509-parser = "*"\nsha2 = "*"\n[profile.release]\nlto = true\n',
        "utf-8",
    )
    (package / ".cargo" / "config.toml").write_text(
        f'[source.crates-io]\nreplace-with = "here"\n[source.here]\ndirectory = "{crates}"\n', "utf-8"
    )
    _run("cargo", "build", "--release", "--offline", folder=package)
    return package / "target" / "release" / "decoder"


def measured(commands: dict[str, list[str]], path: Path, rounds: int) -> dict[str, tuple[int, int, float]]:
    """Certificates, how many were accepted, and the median of seconds, by contestant; they take turns."""
    found: dict[str, list[tuple[int, int, float]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            environment = os.environ | {"GOMAXPROCS": "1"}
            done = subprocess.run(  # noqa: S603 - built above
                [*command, str(path)], check=True, capture_output=True, text=True, env=environment
            )
            count, accepted, seconds = done.stdout.split()
            found[name].append((int(count), int(accepted), float(seconds)))
    return {name: (*runs[0][:2], statistics.median(run[2] for run in runs)) for name, runs in found.items()}


def table(results: dict[str, dict[str, tuple[int, int, float]]], without: dict[str, str]) -> list[str]:
    """The contestants on each corpus."""
    lines = [
        "| certificates | by | accepted | µs each | a second | ours / theirs | reach | what it does not do |",
        "|---|---|---:|---:|---:|---:|---:|---|",
    ]
    for name, result in results.items():
        _, _, ours = result[OURS]
        for peer, (count, accepted, seconds) in result.items():
            ratio, reach = ("", "") if peer == OURS else (f"{seconds / ours:.2f}", REACH[peer])
            lines.append(
                f"| {count:,} {name} | {peer} | {accepted:,} | {1e6 * seconds / count:.1f} | {count / seconds:,.0f} | "
                f"{ratio} | {reach} | {MISSING[peer]} |"
            )
    return [*lines, *(f"\nLeft out: {peer} ({why})." for peer, why in without.items())]


def stages(ders: Sequence[bytes]) -> list[str]:
    """Where the time of decoding goes, by step of `certanalytics.x509.lockstep.table.read`."""
    decode([next(certificates(seed=1))])
    seconds, looks = sampled(lambda: decode(ders))
    seen: dict[str, Counter[str]] = {}
    for stack in looks:
        at = stack.index("table.read") if "table.read" in stack else None
        stage = stack[max(at - 1, 0)] if at is not None else "around it and the reference path"
        seen.setdefault(stage, Counter())[stack[0] if stack else ""] += 1
    lines = ["| stage | share | µs a certificate | where |", "|---|---:|---:|---|"]
    for stage, inside in sorted(seen.items(), key=lambda each: -each[1].total()):
        share = inside.total() / len(looks)
        where = ", ".join(f"{place} {100 * hits / inside.total():.0f} %" for place, hits in inside.most_common(3))
        lines.append(f"| {stage} | {100 * share:.0f} % | {1e6 * seconds * share / len(ders):.2f} | {where} |")
    return lines


def main() -> None:
    """Measure every contestant on both corpora, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contest", nargs=2, metavar=("NAME", "FILE"), help="be one contestant")
    parser.add_argument("--generated", type=int, default=GENERATED)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--crates", type=Path, default=CRATES, help="a folder of unpacked crates")
    told = parser.parse_args()
    if told.contest:
        contest(told.contest[0], Path(told.contest[1]))
        return
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        commands, without = built(folder, told.crates)
        sets = {"generated": lambda: islice(certificates(), told.generated)}
        if any(name != "vectors" for name in corpora()):
            sets["real"] = lambda: iter([der for name in corpora() if name != "vectors" for der in corpus(name)])
        results = {}
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        for name, ders in sets.items():
            write(ders(), folder / name)
            results[name] = measured(commands, folder / name, told.rounds)
        lines = table(results, without)
        rewrite("decoder", lines)
        sys.stdout.write("\n".join(lines) + "\n" + json.dumps(results) + "\n")
        spent = stages(read(folder / "generated"))
        rewrite("decoder_stages", spent)
        sys.stdout.write("\n".join(spent) + "\n")


if __name__ == "__main__":
    main()
