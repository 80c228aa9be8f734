"""How long it takes to find every modulus that shares a prime with another one.

The moduli have 2,048 bits and consist of sixteen random primes of 128 bits (two of 1,024 bits take hours to make and
cost the same here); one in a thousand shares a prime with its neighbour. *Plain* is the remainder tree with a division
at each node, modulo the square of what lies below it. All ways in alternating rounds; medians. The peak is that of the
process after the first of our own runs, the moduli included. Writes its table into ``benchmarks/README.md``.

    python benchmarks/batch_gcd.py [MODULI ...]
"""

from __future__ import annotations

import math
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence

import gmpy2
from page import rewrite

from certanalytics.keyaudit import common_factors, shared_factors

SIZES = (20_000, 100_000)
ROUNDS = 4
ONE_IN = 1_000
REACH = 1.8


def moduli(count: int) -> tuple[list[int], set[int]]:
    """Moduli, and those among them that share a prime."""
    rng = random.Random(count)  # noqa: S311 - the same numbers every time
    made = [[gmpy2.next_prime(rng.getrandbits(128) | 1 << 127) for _ in range(16)] for _ in range(count)]
    shared = set()
    for at in range(0, count - 1, ONE_IN):
        made[at][0] = made[at + 1][0]
        shared |= {at, at + 1}
    numbers = [int(math.prod(primes)) for primes in made]
    return numbers, {numbers[at] for at in shared}


def plain(numbers: Sequence[int]) -> list[int]:
    """The moduli that share a prime, by dividing all the way down."""
    levels = [[gmpy2.mpz(number) for number in numbers]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        above = [below[at] * below[at + 1] for at in range(0, len(below) - 1, 2)]
        levels.append(above + below[2 * len(above) :])
    rest = levels.pop()
    while levels:
        rest = [rest[at // 2] % (node * node) for at, node in enumerate(levels.pop())]
    return [number for number, product in zip(numbers, rest, strict=True) if gmpy2.gcd(number, product // number) > 1]


def scaled(numbers: Sequence[int]) -> list[int]:
    """The moduli that share a prime, by our own way."""
    return [each.modulus for each in shared_factors(numbers)]


def on_one_processor(numbers: Sequence[int]) -> list[int]:
    """The same with one tree."""
    usual = common_factors.PROCESSORS
    common_factors.PROCESSORS = 1
    try:
        return scaled(numbers)
    finally:
        common_factors.PROCESSORS = usual


def seconds(run: Callable[[Sequence[int]], Sequence[int]], numbers: Sequence[int], shared: set[int]) -> float:
    """Wall time of finding them one way.

    Raises:
        SystemExit: It finds others.
    """
    begun = time.perf_counter()
    found = set(run(numbers))
    taken = time.perf_counter() - begun
    if found != shared:
        raise SystemExit(f"{run.__name__}: {len(found)} found, {len(shared)} share a prime")
    return taken


def main() -> None:
    """Measure the ways on each size, check what they find, and write the table."""
    lines = [
        (
            "| moduli of 2,048 bits | sharing a prime | plain, s | one processor, s | scaled, s "
            "| plain / one processor | plain / scaled | reach | peak, MiB |"
        ),
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    ways = (scaled, on_one_processor, plain)
    for count in [int(size) for size in sys.argv[1:]] or SIZES:
        numbers, shared = moduli(count)
        taken: dict[str, list[float]] = {way.__name__: [] for way in ways}
        peak = 0
        for _ in range(ROUNDS):
            for way in ways:
                taken[way.__name__].append(seconds(way, numbers, shared))
                peak = peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        ours, alone, other = (statistics.median(taken[way.__name__]) for way in ways)
        lines.append(
            f"| {count:,} | {len(shared):,} | {other:.1f} | {alone:.1f} | {ours:.1f} | {other / alone:.1f} "
            f"| {other / ours:.1f} | ≥ {REACH} | {peak:,} |"
        )
        sys.stdout.write(lines[-1] + "\n")
        sys.stdout.flush()
    rewrite("batch_gcd", lines)


if __name__ == "__main__":
    main()
