"""Primes and rough numbers (those without a small prime factor) from a seed."""

from __future__ import annotations

import math
from functools import cache
from random import Random

BOUND = 1 << 17
"""Rough numbers have no prime factor below this. Tests for weak keys look for factors up to 2**16."""


def rough_number(rng: Random, bits: int) -> int:
    """A random odd number of a size without a prime factor below `BOUND`; its two highest bits are set."""
    while True:
        number = rng.getrandbits(bits) | 1 | 3 << (bits - 2)
        if is_rough(number):
            return number


def is_rough(number: int) -> bool:
    """Whether a number has no prime factor below `BOUND`."""
    few, many = _primorials()
    # cheapest first: most candidates fall to the smallest primes
    return math.gcd(few, number) == 1 and math.gcd(many % number, number) == 1


def prime(rng: Random, bits: int) -> int:
    """A random prime of a size; its two highest bits are set."""
    while True:
        number = rough_number(rng, bits)
        if is_prime(number, rng):
            return number


def is_prime(number: int, rng: Random) -> bool:
    """Whether a rough number is prime: Fermat to base 2 sorts out nearly everything, Miller and Rabin the rest."""
    return pow(2, number - 1, number) == 1 and _passes_miller_rabin(number, rng)


@cache
def primes_below(limit: int) -> tuple[int, ...]:
    """Every prime below a limit, by the sieve of Eratosthenes."""
    sieve = bytearray([1]) * limit
    sieve[:2] = b"\0\0"
    for number in range(2, math.isqrt(limit) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, limit, number)))
    return tuple(number for number in range(limit) if sieve[number])


def _passes_miller_rabin(number: int, rng: Random) -> bool:
    twos = ((number - 1) & -(number - 1)).bit_length() - 1
    for _ in range(4):
        power = pow(rng.randrange(2, number - 1), (number - 1) >> twos, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


@cache
def _primorials() -> tuple[int, int]:
    primes = primes_below(BOUND)
    return _product([each for each in primes if each < 1 << 10]), _product(list(primes))


def _product(factors: list[int]) -> int:
    while len(factors) > 1:
        factors = [math.prod(factors[i : i + 2]) for i in range(0, len(factors), 2)]
    return factors[0]
