"""Keys that give themselves away, each made so that its flaw is certain."""

from __future__ import annotations

import random
import sys

import gmpy2
import pytest
from badkeys import utils

from certanalytics.errors import DataError, UsageError
from certanalytics.keyaudit import CHECKS, LARGEST, Weakness, blocklist_is_there, weaknesses

RNG = random.Random(1816)  # noqa: S311 - the same primes every time
P, Q = (int(gmpy2.next_prime(RNG.getrandbits(1024) | 3 << 1022)) for _ in "pq")
SOUND = P * Q
ROCA_MODULUS = 0x924CBA6AE99DFA084537FACC54948DF0C23DA044D8CABE0EDD75BC6
"""Modulo this product of primes the moduli of flawed chips are powers of 65537 (Nemec et al. 2017)."""


@pytest.fixture(autouse=True)
def no_data(monkeypatch, tmp_path):
    """As if the blocklist had never been downloaded."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    utils._cachedir.cache_clear()
    yield tmp_path / "badkeys"
    utils._cachedir.cache_clear()


def checks(modulus, exponent=65537):
    return {each.check for each in weaknesses(modulus, exponent, blocklist=False)}


def test_a_sound_key_has_none():
    assert weaknesses(SOUND, 65537, blocklist=False) == ()
    assert weaknesses(SOUND, 3, blocklist=False) == ()


@pytest.mark.parametrize(
    ("modulus", "exponent", "check"),
    [
        (P * int(gmpy2.next_prime(P + 10**6)), 65537, "fermat"),
        (P * P, 65537, "fermat"),
        (3 * P * Q, 65537, "smallfactors"),
        (pow(65537, 41, ROCA_MODULUS) + (1 << 1800) * ROCA_MODULUS, 65537, "roca"),
        (SOUND, 1, "rsainvalid"),
        (SOUND, SOUND + 2, "rsainvalid"),
        (0, 65537, "rsainvalid"),
    ],
)
def test_a_flaw_is_found(modulus, exponent, check):
    assert check in checks(modulus, exponent)


def test_a_small_private_exponent_is_found():
    """Wiener: d below a third of the fourth root of the modulus."""
    d = (1 << 200) + 235
    phi = (P - 1) * (Q - 1)
    assert gmpy2.gcd(d, phi) == 1
    assert checks(SOUND, int(gmpy2.invert(d, phi))) == {"smalld"}


def test_what_a_check_recovers_is_not_kept():
    assert set(Weakness.__slots__) == {"check", "detail"}
    assert weaknesses(P * P, 65537, blocklist=False) == (Weakness("fermat", "square"),)


def test_what_no_check_computes_with_cannot_be_told():
    assert weaknesses((1 << LARGEST) + 1, 65537, blocklist=False) is None


def test_every_check_is_one_of_badkeys():
    from badkeys.checks import defaultchecks  # noqa: PLC0415 - importing it is part of what is tested

    assert set(CHECKS) == set(defaultchecks) - {"dsasparse"}


def test_the_blocklist_is_used_only_where_its_data_are(no_data):
    """badkeys itself would end the process."""
    assert not blocklist_is_there()
    with pytest.raises(DataError, match="cannot be read"):
        weaknesses(SOUND, 65537, blocklist=True)
    no_data.mkdir()
    (no_data / "badkeysdata.json").write_text('{"blocklists": [')
    assert not blocklist_is_there()


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "badkeys.checks", None)
    with pytest.raises(UsageError, match=r"needs badkeys, which is not installed.*certanalytics\[keys\]"):
        weaknesses(SOUND, 65537, blocklist=False)
