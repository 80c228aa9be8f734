"""Which moduli share a prime: against greatest common divisors taken one by one, and by hand."""

from __future__ import annotations

import math
import random
import sys

import gmpy2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certanalytics.errors import UsageError
from certanalytics.keyaudit import common_factors, shared_factors

P, Q, R, S = 1_000_003, 1_000_033, 1_000_037, 1_000_039
"""Four primes."""

PRIMES = [n for n in range(1009, 2000) if all(n % d for d in range(2, math.isqrt(n) + 1))]


def by_hand(moduli):
    """The slow way: every two of them."""
    distinct = set(moduli)
    return sorted(n for n in distinct if any(math.gcd(n, other) > 1 for other in distinct - {n}))


def found(moduli, **how):
    return {each.modulus: (each.factors, each.partners) for each in shared_factors(moduli, **how)}


def test_two_moduli_with_a_common_prime_give_all_their_primes_away():
    assert found([P * Q, P * R, S * 1_000_081]) == {P * Q: ((P, Q), (P * R,)), P * R: ((P, R), (P * Q,))}


def test_a_cycle_in_which_every_prime_is_shared():
    """Each modulus divides the product of the others, so that its divisor is itself and says nothing of its primes."""
    pq, qr, rp = P * Q, Q * R, R * P
    assert found([pq, qr, rp]) == {pq: ((P, Q), (rp, qr)), qr: ((Q, R), (pq, rp)), rp: ((P, R), (pq, qr))}


def test_the_same_modulus_twice_shares_nothing():
    assert found([P * Q, P * Q, R * S]) == {}


def test_a_square_shares_only_with_others():
    assert found([P * P, Q * R]) == {}
    assert found([P * P, P * Q]) == {P * P: ((P, P), (P * Q,)), P * Q: ((P, Q), (P * P,))}


def test_a_modulus_that_divides_another():
    assert found([P * Q, P * Q * R])[P * Q] == ((), ())  # that it is shared is certain, its primes are not told
    assert found([P * Q, P * Q * R])[P * Q * R][0] == tuple(sorted((P * Q, R)))


def test_what_is_no_modulus_is_left_out():
    assert found([0, 1, P * Q]) == {}
    assert found([]) == {}


@pytest.mark.parametrize("block", [1, 2, 3, 7, 64, 1000])
def test_two_hundred_semiprimes_against_every_pair(block):
    rng = random.Random(1816)  # noqa: S311 - any mixture will do, always the same
    moduli = [rng.choice(PRIMES) * rng.choice(PRIMES) for _ in range(60)]
    moduli += [rng.getrandbits(2048) | 1 << 2047 for _ in range(140)]
    result = shared_factors(moduli, block=block)
    assert [each.modulus for each in result] == by_hand(moduli)
    for each in result:
        assert not each.factors or math.prod(each.factors) == each.modulus
        assert all(math.gcd(each.modulus, other) > 1 for other in each.partners)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from(PRIMES[:30]), st.sampled_from(PRIMES[:30])).map(math.prod),
            st.integers(2, 1 << 512),
        ),
        max_size=40,
    ),
    st.integers(1, 9),
)
def test_any_moduli_against_every_pair(moduli, block):
    result = shared_factors(moduli, block=block)
    assert [each.modulus for each in result] == by_hand(moduli)
    for each in result:
        if len({p for p in PRIMES if each.modulus % p == 0}) == 2 and math.isqrt(each.modulus) < PRIMES[-1]:
            assert each.factors  # a product of two primes is always taken apart
            partners = {n for n in set(moduli) - {each.modulus} if any(n % f == 0 for f in each.factors)}
            assert set(each.partners) <= partners


def plainly(moduli):
    """The usual way: the product of all modulo the square of each, by division down a product tree (Heninger)."""
    levels = [sorted(set(moduli))]
    while len(levels[-1]) > 1:
        levels.append([math.prod(levels[-1][at : at + 2]) for at in range(0, len(levels[-1]), 2)])
    rest = levels.pop()
    while levels:
        rest = [rest[at // 2] % node**2 for at, node in enumerate(levels.pop())]
    return [n for n, product in zip(sorted(set(moduli)), rest, strict=True) if math.gcd(n, product // n) > 1]


@pytest.fixture(scope="module")
def keys():
    """Shared primes, keys that come twice, and small factors among many that are sound; and which share a prime."""
    rng = random.Random(2048)  # noqa: S311 - any primes will do, always the same
    primes = [int(gmpy2.next_prime(rng.getrandbits(512) | 1 << 511)) for _ in range(402)]
    sound = [primes[at] * primes[at + 1] for at in range(0, 380, 2)]
    shared = [primes[380] * prime for prime in primes[381:385]] + [primes[385] * primes[386], primes[386] * primes[387]]
    small = [3 * 5 * primes[388], 5 * primes[389], 65_537 * primes[390], primes[391] * 65_539]
    moduli = [*sound, *shared, *small, *sound[:20], *shared[:2]]
    rng.shuffle(moduli)
    return moduli, sorted([*shared, *small[:2]])


def test_the_plain_tree_finds_planted_faults(keys):
    moduli, expected = keys
    assert plainly(moduli) == by_hand(moduli) == expected


@pytest.mark.parametrize("processors", [1, 2, 3, 4])
@pytest.mark.parametrize("block", [50, 10_000])
def test_planted_faults_are_found_in_trees_of_any_size(keys, monkeypatch, processors, block):
    monkeypatch.setattr(common_factors, "PROCESSORS", processors)
    moduli, expected = keys
    assert [each.modulus for each in shared_factors(moduli, block=block)] == expected


def test_many_large_keys_with_the_interpreter_let_go(monkeypatch):
    """Numbers large enough to be multiplied while other threads run, in trees of every shape."""
    monkeypatch.setattr(common_factors, "_LARGE", 1)
    monkeypatch.setattr(common_factors, "PROCESSORS", 4)
    rng = random.Random(7)  # noqa: S311 - any numbers will do, always the same
    for count in (1, 2, 3, 5, 31, 97):
        moduli = [rng.getrandbits(2048) | 1 << 2047 for _ in range(count)]
        assert [each.modulus for each in shared_factors(moduli)] == by_hand(moduli)


def test_sizes_may_differ_widely():
    rng = random.Random(7)  # noqa: S311 - the same
    moduli = [rng.getrandbits(bits) | 1 << (bits - 1) for bits in (2, 9, 64, 65, 511, 2048, 4096, 8192) for _ in "abc"]
    assert [each.modulus for each in shared_factors(moduli)] == by_hand(moduli)


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "gmpy2", None)
    with pytest.raises(UsageError, match=r"needs gmpy2, which is not installed.*certanalytics\[keys\]"):
        shared_factors([15])
