"""RSA moduli for keys that are only certified: sound ones that share nothing, and those a fault makes breakable.

A sound modulus is a product of random numbers of 1,024 bits without a prime factor below 2**17: it is *not* a product
of two known primes, and nobody holds a private key for it, by design. That no two have a factor in common must not be
left to chance (among the moduli of the demo one in seven seeds would have such a pair), and it is not: the numbers are
terms of one arithmetic progression. A prime that divides two terms divides their distance, which is a number below
2**17 times a step of twos and threes; but such primes divide no term.
"""

from __future__ import annotations

import math
from itertools import count, islice
from random import Random
from typing import Literal

from certanalytics.demo.primes import BOUND, is_prime, is_rough, prime, primes_below

Flaw = Literal["common prime", "close primes", "small factor"]

_TERM_BITS = 1024
_STEP = 2 * 3**632
"""Of 1,003 bits, so that two terms lie much too far apart for Fermat's method."""
_SMALL = (4099, 4111, 4127, 4129, 4133)
"""So little above 2**12 that the size of a product does not hang on the one chosen."""


class Moduli:
    """Gives each modulus once.

    Args:
        rng: Where the terms come from, and the primes of breakable moduli.
    """

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        # every term has its highest three bits set, so that a product of four of them is as long as they together
        base = 7 << (_TERM_BITS - 3) | rng.getrandbits(_TERM_BITS - 4) | 1
        terms = _rough_terms(base if base % 3 else base + 2)
        rng.shuffle(terms)
        self._terms = iter(terms)
        self._shared = prime(rng, _TERM_BITS)

    def sound(self, bits: int) -> int:
        """A modulus that shares no factor with any other, of a size from 1,024 bits on."""
        whole, rest = divmod(bits, _TERM_BITS)
        if not rest:
            return math.prod(islice(self._terms, whole))
        # a true prime for what is no multiple of a term: nothing else has it
        return math.prod(islice(self._terms, whole - 1)) * prime(self._rng, _TERM_BITS + rest)

    def breakable(self, flaw: Flaw) -> int:
        """A modulus of 2,048 bits that anybody can take apart.

        Args:
            flaw: ``common prime``: all of these have one prime in common (a batch greatest common divisor finds it).
                ``close primes``: two neighbouring primes (Fermat's method finds them). ``small factor``: one of
                the primes that follow 2**12 (trial division finds it).
        """
        if flaw == "common prime":
            return self._shared * next(self._terms)
        if flaw == "close primes":
            first = prime(self._rng, _TERM_BITS)
            return first * next(each for each in count(first + 2, 2) if is_rough(each) and is_prime(each, self._rng))
        return self._rng.choice(_SMALL) * next(self._terms) * prime(self._rng, _TERM_BITS - 12)


def _rough_terms(base: int) -> list[int]:
    """The terms of the progression from ``base`` on that no prime below `BOUND` divides, by a sieve."""
    sieve = bytearray([1]) * BOUND
    for each in primes_below(BOUND):
        if each > 3:
            first = -base * pow(_STEP, -1, each) % each
            sieve[first::each] = bytes(len(range(first, BOUND, each)))
    return [base + number * _STEP for number, is_left in enumerate(sieve) if is_left]
