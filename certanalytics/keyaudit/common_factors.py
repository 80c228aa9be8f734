"""Moduli that share a prime with another one: batch greatest common divisors over all of them at once.

Two RSA keys made with too little randomness may have a prime in common; the greatest common divisor of the two gives
it away, and with it both private keys (Heninger et al., "Mining Your Ps and Qs", 2012). For m moduli the m²/2
divisors are found in quasi-linear time: with N the product of all and S the sum of all N/nᵢ, a modulus n shares a
factor if gcd(n, S mod n) > 1, for S mod n = N/n mod n. That saves the squares of the usual way, N mod n². N and S
come up a product tree. The remainders come down the same tree scaled (Bernstein, "Scaled remainder trees", 2004; "How
to find smooth parts of integers", 2004): instead of S mod v each node holds the fraction (S mod v)/v, so that going
down costs multiplications and no divisions.

The moduli are cut into parts, each with a tree of its own that is worked on by a processor of its own: gmpy2 lets
other threads run while it multiplies. What a part needs of the others is their product modulo its own, which of two
numbers equally long is a subtraction or two: so a cut saves the uppermost level of the tree, the dearest of all.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from certanalytics.keyaudit._extra import needed

BLOCK = 100_000
"""Moduli in trees at one time; of more the trees come one after another, so that memory stays bounded."""

PROCESSORS = min(os.cpu_count() or 1, 4)
"""Trees at one time; with more of them they are too short to be worth what each needs of the others."""

_LARGE = 1 << 15
"""Bits of a number from which on it is worth a change of threads to multiply it."""

_GUARD = 64
"""Bits a fraction has beyond its divisor. Each level of a tree loses less than one unit in the last place."""

_COMPARISONS = 1_000_000
"""Single divisors computed at most to take apart moduli all of whose primes are shared."""


@dataclass(frozen=True, slots=True)
class Shared:
    """One modulus that has a factor in common with another.

    Attributes:
        modulus: The modulus.
        factors: Two factors greater than one whose product it is; empty if it is known only that each of its primes
            stands in another modulus.
        partners: The other moduli found to have one of these factors, in order.
    """

    modulus: int
    factors: tuple[int, ...]
    partners: tuple[int, ...]


def shared_factors(moduli: Iterable[int], *, block: int = BLOCK) -> list[Shared]:
    """The moduli that share a factor with another one, smallest first.

    A modulus that comes twice counts once: it shares everything with itself, which says nothing. Moduli below two
    are no moduli and are left out.

    Args:
        moduli: RSA moduli.
        block: How many to take into trees at one time.

    Raises:
        UsageError: gmpy2 is not installed.
    """
    gmpy2 = needed("gmpy2")
    distinct = sorted({int(modulus) for modulus in moduli if modulus > 1})
    hits: dict[int, int] = {}
    for modulus, rest in _cofactors(gmpy2, distinct, block):
        divisor = int(gmpy2.gcd(modulus, rest))
        if divisor > 1:
            hits[modulus] = divisor
    factors = {modulus: (divisor, modulus // divisor) for modulus, divisor in hits.items() if divisor < modulus}
    factors |= _taken_apart(gmpy2, [modulus for modulus in hits if modulus not in factors], list(hits))
    holders: dict[int, set[int]] = defaultdict(set)
    for modulus, parts in factors.items():
        for part in parts:
            holders[part].add(modulus)
    return [
        Shared(
            modulus,
            tuple(sorted(factors.get(modulus, ()))),
            tuple(sorted(set().union(*(holders[part] for part in factors.get(modulus, ()))) - {modulus})),
        )
        for modulus in sorted(hits)
    ]


def _taken_apart(gmpy2: Any, whole: Sequence[int], hits: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Factors of moduli all of whose primes are shared, by single divisors with the other hits."""
    factors = {}
    budget = _COMPARISONS
    for modulus in whole:
        for other in hits:
            budget -= 1
            divisor = int(gmpy2.gcd(modulus, other))
            if 1 < divisor < modulus:
                factors[modulus] = (divisor, modulus // divisor)
                break
        if budget <= 0:
            break
    return factors


def _cofactors(gmpy2: Any, moduli: Sequence[int], block: int) -> Iterator[tuple[int, Any]]:
    """Each modulus n with (N / n) mod n, where N is the product of all."""
    size = max(-(-min(block, len(moduli)) // PROCESSORS), 1)
    parts = [moduli[start : start + size] for start in range(0, len(moduli), size)]

    def product(part: Sequence[int]) -> Any:
        return _products(gmpy2, part)[-1][0]

    def cofactors(place: int) -> list[Any]:
        tree = trees.pop(place, None) or _products(gmpy2, parts[place])
        rest, own = _sum_of_cofactors(gmpy2, tree), tree[-1][0]
        for other, number in enumerate(products):
            if other != place:
                rest = rest * (number % own) % own
        return _remainders(gmpy2, rest, tree)

    with ThreadPoolExecutor(PROCESSORS) as pool:
        trees: dict[int, list[list[Any]]] = {}
        if len(parts) <= PROCESSORS:
            trees = dict(enumerate(pool.map(lambda part: _products(gmpy2, part), parts)))
            products = [tree[-1][0] for tree in trees.values()]
        else:  # more trees than there is room for at one time: they are grown once more
            products = list(pool.map(product, parts))
        for part, remainders in zip(parts, pool.map(cofactors, range(len(parts))), strict=True):
            yield from zip(part, remainders, strict=True)


def _products(gmpy2: Any, numbers: Sequence[int]) -> list[list[Any]]:
    """The product tree: the numbers, the products of each two neighbours, and so on up to that of all."""
    levels = [[gmpy2.mpz(number) for number in numbers]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        _let_others_run(gmpy2, below)
        above = [below[at] * below[at + 1] for at in range(0, len(below) - 1, 2)]
        levels.append(above + below[len(above) * 2 :])
    return levels


def _let_others_run(gmpy2: Any, level: Sequence[Any]) -> None:
    """Whether gmpy2 lets other threads run while it calculates with such numbers; each thread says so for itself."""
    gmpy2.get_context().allow_release_gil = level[0].bit_length() >= _LARGE


def _sum_of_cofactors(gmpy2: Any, tree: list[list[Any]]) -> Any:
    """The sum over all numbers n of (product of all) / n, by the product rule up the tree."""
    sums = [type(number)(1) for number in tree[0]]
    for below in tree[:-1]:
        _let_others_run(gmpy2, below)
        above = [sums[at] * below[at + 1] + sums[at + 1] * below[at] for at in range(0, len(below) - 1, 2)]
        sums = above + sums[len(above) * 2 :]
    return sums[0]


def _remainders(gmpy2: Any, number: Any, tree: list[list[Any]]) -> list[Any]:
    """A number modulo each leaf of a product tree, which is taken down on the way.

    A node v holds f ≈ (number mod v) / v as a whole number of 2^-(bits of v + guard). Its left child l is told
    (number mod l) / l ≡ f·r (mod 1), r being its right child; an error of f grows by r, and is again small against
    1/l. At a leaf n, n·f rounded is the remainder as long as the error stays below half a unit: with at most 64
    levels that each round down by less than one unit it is below 64·2^-guard.
    """
    above = tree.pop()
    fractions = [((number % above[0]) << (above[0].bit_length() + _GUARD)) // above[0]]
    below = above
    while tree:
        below, next_fractions = tree.pop(), []
        _let_others_run(gmpy2, below)
        for at, node in enumerate(below):
            parent = at // 2
            other = below[at ^ 1] if at ^ 1 < len(below) else None
            if other is None:
                next_fractions.append(fractions[parent])
                continue
            scale = above[parent].bit_length() + _GUARD
            kept = gmpy2.f_mod_2exp(fractions[parent] * other, scale)
            next_fractions.append(kept >> (scale - node.bit_length() - _GUARD))
        fractions, above = next_fractions, below
    remainders = []
    for node, fraction in zip(below, fractions, strict=True):
        scale = node.bit_length() + _GUARD
        remainders.append(((fraction * node + (1 << (scale - 1))) >> scale) % node)
    return remainders
