"""The truth about keys, worked out again from the exports alone by an independent reader."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from independent_reading import begins, dns_names, ends, sha256

from certanalytics import demo
from certanalytics.demo.faults import keys as faults


@pytest.fixture(scope="module")
def truth(built):
    return built.truth.keys


@pytest.fixture(scope="module")
def rsa_keys(live):
    """The numbers of every RSA key in service."""
    keys = {each: certificate.public_key() for each, certificate in live.items()}
    return {each: key.public_numbers() for each, key in keys.items() if isinstance(key, rsa.RSAPublicKey)}


def spki(certificate):
    return sha256(certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def test_keys_with_a_common_prime(truth, rsa_keys, known):
    """Each of the planted shares one prime with the others, and no other modulus known has it."""
    moduli = [rsa_keys[each].n for each in truth.common_prime]
    assert len(set(moduli)) == sum(faults.COMMON_PRIME.values()) == 3
    (common,) = {math.gcd(one, other) for one, other in pairwise([*moduli, moduli[0]])}
    assert common.bit_length() == 1024
    keys = [each.public_key() for each in known.values()]
    rest = {key.public_numbers().n for key in keys if isinstance(key, rsa.RSAPublicKey)} - set(moduli)
    assert all(each % common for each in rest)


def test_neighbouring_primes(truth, rsa_keys):
    """Where the primes lie so close, the middle of them is the next whole number above the square root (Fermat)."""

    def falls(modulus):
        middle = math.isqrt(modulus - 1) + 1
        return math.isqrt(middle * middle - modulus) ** 2 == middle * middle - modulus

    assert tuple(sorted(each for each, key in rsa_keys.items() if falls(key.n))) == truth.close_primes
    assert len(truth.close_primes) == sum(faults.CLOSE_PRIMES.values())


def test_small_factors(truth, rsa_keys):
    odd = math.prod(range(3, 1 << 16, 2))
    assert (
        tuple(sorted(each for each, key in rsa_keys.items() if math.gcd(odd % key.n, key.n) > 1)) == truth.small_factor
    )
    assert len(truth.small_factor) == sum(faults.SMALL_FACTOR.values())


def test_small_exponents_and_odd_sizes(truth, rsa_keys, live):
    assert tuple(sorted(each for each, key in rsa_keys.items() if key.e < 65537)) == truth.small_exponent
    assert {rsa_keys[each].e for each in truth.small_exponent} == {3}
    odd = [each for each, key in rsa_keys.items() if key.n.bit_length() % 8]
    assert tuple(sorted(odd)) == truth.odd_size
    for each in odd:
        assert live[each].issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "Halden Secure"


def test_keys_across_owners_and_trust(truth, live, sources, said, built):
    owners, trusts = defaultdict(set), defaultdict(set)
    for each, certificate in live.items():
        owners[spki(certificate)] |= {sources.owner(said[each])} - {""}
        trusts[spki(certificate)].add("Meridian" in certificate.issuer.rfc4514_string())
    in_several = set(built.truth.reused_keys)
    assert truth.across_owners == tuple(sorted(key for key in in_several if len(owners[key]) > 1))
    assert truth.across_trust == tuple(sorted(key for key in in_several if len(trusts[key]) > 1))
    assert set(truth.across_owners) < in_several
    assert truth.across_trust


def test_renewals_that_kept_the_key(truth, known):
    by_names = defaultdict(list)
    for each, certificate in known.items():
        by_names[dns_names(certificate)].append((begins(certificate), each))
    renewals = {
        old: new
        for group in by_names.values()
        for (_, old), (begun, new) in pairwise(sorted(group))
        if begun <= ends(known[old]) + timedelta(days=30)
    }
    assert len(renewals) == truth.renewals
    assert {old: new for old, new in renewals.items() if spki(known[old]) == spki(known[new])} == truth.kept


def test_keys_kept_for_years(truth, known, live):
    oldest = {}
    for certificate in known.values():
        if certificate.issuer != certificate.subject:
            key = spki(certificate)
            oldest[key] = min(begins(certificate), oldest.get(key, begins(certificate)))
    ages = {
        each: (demo.AS_OF - oldest[spki(certificate)]).days
        for each, certificate in live.items()
        if certificate.issuer != certificate.subject
    }
    assert {each: days for each, days in ages.items() if days > 1096} == truth.aged
    assert max(ages.values()) == truth.oldest
    assert len(truth.aged) == sum(faults.KEPT_FOR_YEARS.values())
