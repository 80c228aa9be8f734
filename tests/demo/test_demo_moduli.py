"""Moduli of the demo: no two share a factor whatever the seed, and each breakable one breaks by the attack it names."""

from __future__ import annotations

import math
from itertools import combinations, pairwise
from random import Random

import pytest

from certanalytics.demo.moduli import Moduli
from certanalytics.demo.primes import BOUND, primes_below


@pytest.fixture(scope="module", params=[1816, 7])
def moduli(request):
    return Moduli(Random(request.param))  # noqa: S311  # seeded is the point


def test_sound_moduli_have_their_size_and_no_two_a_common_factor(moduli):
    made = {bits: [moduli.sound(bits) for _ in range(40)] for bits in (1024, 2048, 3072, 4096)}
    for bits, group in made.items():
        assert {each.bit_length() for each in group} == {bits}
    everything = [each for group in made.values() for each in group]
    assert all(math.gcd(a, b) == 1 for a, b in combinations(everything, 2))


def test_why_no_two_terms_share_a_prime():
    """Their distances are twos, threes and a number below the bound; every prime of a term lies above it."""
    moduli = Moduli(Random(3))  # noqa: S311  # seeded is the point
    terms = sorted(moduli.sound(1024) for _ in range(200))
    for one, other in pairwise(terms):
        distance = other - one
        for small in (2, 3):
            while distance % small == 0:
                distance //= small
        assert distance < BOUND
    assert all(term % each for term in terms for each in primes_below(BOUND)[::50])


def test_keys_of_one_batch_share_one_prime(moduli):
    first, second, third = (moduli.breakable("common prime") for _ in range(3))
    common = math.gcd(first, second)
    assert common == math.gcd(first, third) == math.gcd(second, third)
    assert common.bit_length() == 1024
    assert {each.bit_length() for each in (first, second, third)} == {2048}
    assert pow(3, common - 1, common) == 1


def test_close_primes_fall_to_the_first_step_of_fermat(moduli):
    modulus = moduli.breakable("close primes")
    middle = math.isqrt(modulus) + 1
    half = math.isqrt(middle * middle - modulus)
    assert (middle - half) * (middle + half) == modulus
    assert half > 0
    assert modulus.bit_length() == 2048


def test_a_small_factor_is_found_by_trial_division(moduli):
    modulus = moduli.breakable("small factor")
    assert [each for each in primes_below(1 << 16) if modulus % each == 0]
    assert modulus.bit_length() == 2048
