"""Whether the decoder says what the reference path says: every column, on all certificates there are and on mutants.

Real certificates lie beside the checkout (corpora; samples, as their readers find them) and in the package of vectors
that `cryptography` publishes; clean ones come from `certificates`; a million mutants are made of all of them by the
structure of their DER (`tests/x509/der_mutants.py`). What is compared is in `tests/x509/differential.py`: whole rows,
and that `cryptography` refuses nothing that was read the fast way. Two processes work on it, piece by piece; pieces
that are done are kept in ``build`` for as long as the decoder does not change, so that a run can be stopped and taken
up again. Writes its table into ``benchmarks/README.md``; any disagreement is shown with the smallest certificate that
has it.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import importlib
import json
import multiprocessing
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path

from certificates import certificates
from page import rewrite

from certanalytics.errors import CertAnalyticsError
from certanalytics.sources import exports, recognise
from certanalytics.x509 import certificates as found_in
from certanalytics.x509 import decode, reference

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "tests" / "x509"))
from der_mutants import mutants  # noqa: E402 - what the tests use, too
from differential import PATH, disagreements, reduced  # noqa: E402

SHARED = HERE.parents[1] / "shared"
DONE = HERE.parent / "build" / "decoder_equality.jsonl"
PIECE = 2_000
"""Certificates in one piece of the work."""
OF_EACH = 40
"""Mutants made of one certificate in a piece."""
GENERATED, MUTANTS = 100_000, 1_000_000
WAYS = ("fast", "reference", "lenient", None)


@cache
def corpus(name: str) -> Sequence[bytes]:
    """Distinct certificates of a corpus."""
    if name == "vectors":
        root = Path(importlib.import_module("cryptography_vectors").__file__ or "").parent
        return _distinct(_in_files(root / "x509"))
    if name == "samples":
        return _distinct(_in_samples(SHARED / "samples"))
    return _distinct(_in_files(SHARED / "corpora" / name))


def corpora() -> list[str]:
    """The corpora that are there."""
    folder = SHARED / "corpora"
    named = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [*named, *(["samples"] if (SHARED / "samples").is_dir() else []), "vectors"]


def _distinct(ders: Iterator[bytes]) -> Sequence[bytes]:
    return list(dict.fromkeys(ders))


def _in_files(folder: Path) -> Iterator[bytes]:
    """Every certificate in files; of a file that claims to be one and is not read as one, its bytes."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".pem", ".der", ".crt", ".cer", ".csv", ".proof", ".txt"} and "crl" not in path.name:
            data = path.read_bytes()
            yield from (found.der for found in found_in(data) if found.der is not None)
            if path.suffix in {".der", ".crt", ".cer"} and data[:1] == b"\x30":
                yield data


def _in_samples(folder: Path) -> Iterator[bytes]:
    """Every certificate in exports, as their readers find them."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            for export in exports(path):
                source = recognise(export)
                for row in source.read(export) if source else ():
                    yield from _in_row(row)
        except CertAnalyticsError:
            continue  # no export of a tool: a page of documentation, an archive


def _in_row(value: object) -> Iterator[bytes]:
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _in_row(part)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _in_row(getattr(value, field.name))


@cache
def _clean(count: int) -> Sequence[bytes]:
    return list(islice(certificates(), count))


def piece(name: str, number: int) -> list[bytes]:
    """The certificates of one piece of the work."""
    if name == "generated":
        return list(islice(certificates(seed=number), PIECE))
    if name == "mutants":
        rng = random.Random(number)  # noqa: S311 - the same mutants every time
        names = corpora()
        originals = [
            rng.choice(corpus(rng.choice(names)) if rng.random() < 0.8 else _clean(PIECE))
            for _ in range(PIECE // OF_EACH)
        ]
        return [der for original in originals for _, der in mutants(original, rng, OF_EACH)]
    return list(corpus(name)[number * PIECE : (number + 1) * PIECE])


def account(task: tuple[str, int]) -> dict[str, object]:
    """What became of the certificates of one piece, and where the decoder disagrees."""
    ders = piece(*task)
    try:
        table, oracle, raised = decode(ders), reference.decode(ders), {}
    except Exception:  # noqa: BLE001 - nothing may raise
        raised = dict(_raising(ders))
        ders = [der for der in ders if der not in raised]
        table, oracle = decode(ders), reference.decode(ders)
    found = disagreements(ders, table, oracle)
    ways = Counter(table[PATH].to_pylist())
    kinds = {(each.column, str(table[PATH][each.row])): each for each in reversed(found)}
    return {
        "corpus": task[0],
        "piece": task[1],
        "ways": [ways[way] for way in WAYS],
        "rows": len({each.row for each in found}) + len(raised),
        "found": [
            [way, each.column, repr(each.said)[:300], repr(each.expected)[:300], ders[each.row].hex()]
            for (_, way), each in kinds.items()
        ]
        + [["raised", why, why, "a row", der.hex()] for der, why in raised.items()],
    }


def _raising(ders: list[bytes]) -> Iterator[tuple[bytes, str]]:
    """The certificates that make a decoder raise, found by halving."""
    why = _why_raised(ders)
    if why and len(ders) == 1:
        yield ders[0], why
    elif why:
        yield from _raising(ders[: len(ders) // 2])
        yield from _raising(ders[len(ders) // 2 :])


def _why_raised(ders: list[bytes]) -> str | None:
    try:
        decode(ders), reference.decode(ders)
    except Exception as error:  # noqa: BLE001 - every error is one too many
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} in {Path(place.filename).name}, {place.name}"
    return None


def smallest(der: bytes, column: str) -> bytes:
    """The smallest certificate made of this one that still has a disagreement in a column."""

    def still(data: bytes) -> bool:
        why = _why_raised([data])
        return (
            why == column
            if why
            else any(each.column == column for each in disagreements([data], decode([data]), reference.decode([data])))
        )

    return reduced(der, still)


def tasks(generated: int, changed: int) -> list[tuple[str, int]]:
    """All pieces of the work, the quick and telling ones first."""
    counts = {name: len(corpus(name)) for name in corpora()} | {"generated": generated, "mutants": changed}
    return [(name, number) for name, count in counts.items() for number in range(-(-count // PIECE))]


def state() -> str:
    """A digest of all that the outcome of a piece depends on."""
    proof = HERE.parent / "tests" / "x509"
    files = [
        *sorted((HERE.parent / "certanalytics" / "x509").rglob("*.py")),
        *sorted(proof.glob("der_*.py")),
        *sorted(proof.glob("hostile_*.py")),
        proof / "differential.py",
        HERE / "certificates.py",
        Path(__file__),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def main() -> None:
    """Do what is left of the work, as long as there is time, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="when to stop (the table then says how far it came)")
    parser.add_argument("--mutants", type=int, default=MUTANTS)
    parser.add_argument("--generated", type=int, default=GENERATED)
    parser.add_argument("--processes", type=int, default=2)
    told = parser.parse_args()
    end, now = time.monotonic() + 60 * told.minutes, state()
    DONE.parent.mkdir(exist_ok=True)
    kept = [json.loads(line) for line in DONE.read_text("utf-8").splitlines()] if DONE.is_file() else []
    done = [each for each in kept if each["state"] == now]
    past = {(each["corpus"], each["piece"]) for each in done}
    left = [task for task in tasks(told.generated, told.mutants) if task not in past]
    with (
        multiprocessing.get_context("forkserver").Pool(told.processes) as pool,
        DONE.open("w", encoding="utf-8") as file,
    ):
        file.writelines(json.dumps(each) + "\n" for each in done)
        for each in pool.imap_unordered(account, left):
            done.append(each)
            file.write(json.dumps(each | {"state": now}) + "\n")
            file.flush()
            sys.stdout.write(f"{len(done)} of {len(past) + len(left)} pieces\r")
            if time.monotonic() > end:
                break
    report(done)


def report(done: list[dict[str, object]]) -> None:
    """Print and write the table; show every kind of disagreement once."""
    lines = [
        "| corpus | certificates | fast | reference | lenient | rejected | disagreements |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    names = list(dict.fromkeys(name for name, _ in tasks(1, 1)))
    for name in names:
        pieces = [each for each in done if each["corpus"] == name]
        ways = [sum(counts) for counts in zip(*(each["ways"] for each in pieces), strict=True)] or [0] * len(WAYS)
        wrong = sum(each["rows"] for each in pieces)
        cells = [sum(ways), *ways, wrong]
        lines.append(f"| {name} | " + " | ".join(f"{cell:,}" for cell in cells) + " |")
    rewrite("decoder_equality", lines)
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
    shown = {(way, column): rest for each in done for way, column, *rest in each["found"]}
    for (way, column), (said, expected, der) in shown.items():
        found = smallest(bytes.fromhex(der), column).hex()
        sys.stdout.write(f"\n{way}: {column}\n  said {said}\n  reference {expected}\n  {found}\n")


if __name__ == "__main__":
    main()
