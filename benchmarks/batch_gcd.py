"""How long it takes to find every modulus that shares a prime with another one.

The moduli have 2,048 bits and consist of sixteen random primes of 128 bits (two of 1,024 bits take hours to make and
cost the same here); one in a thousand shares a prime with its neighbour. *Plain* is the remainder tree with a division
at each node, modulo the square of what lies below it. Writes its table into ``benchmarks/README.md``.
"""

from __future__ import annotations

import math
import random
import resource
import sys
import time
from collections.abc import Callable, Sequence

import gmpy2
from page import rewrite

from certanalytics.keyaudit import shared_factors

SIZES = (2_000, 20_000)
ONE_IN = 1_000


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


def seconds(run: Callable[[Sequence[int]], object], numbers: Sequence[int]) -> float:
    """Wall time of finding them one way."""
    begun = time.perf_counter()
    run(numbers)
    return time.perf_counter() - begun


def main() -> None:
    """Measure both ways on each size, check what they find, and write the table."""
    lines = [
        "| moduli of 2,048 bits | sharing a prime | found | scaled, s | plain, s | plain / scaled | peak, MiB |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for count in [int(size) for size in sys.argv[1:]] or SIZES:
        numbers, shared = moduli(count)
        found = {each.modulus for each in shared_factors(numbers)}
        if found != shared or set(plain(numbers)) != shared:
            raise SystemExit(f"{count}: {len(found)} found, {len(shared)} share a prime")
        pairs = [(seconds(shared_factors, numbers), seconds(plain, numbers)) for _ in range(3)]
        ours, other = (sorted(values)[1] for values in zip(*pairs, strict=True))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        found_of = f"| {count:,} | {len(shared):,} | {len(found):,} "
        lines.append(f"{found_of}| {ours:.1f} | {other:.1f} | {other / ours:.1f} | {peak:,} |")
        sys.stdout.write(lines[-1] + "\n")
        sys.stdout.flush()
    rewrite("batch_gcd", lines)


if __name__ == "__main__":
    main()
