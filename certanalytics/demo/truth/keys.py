"""What is true of keys: which are badly made, which cross a boundary, which are old or kept at renewal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from certanalytics.demo.clock import AS_OF
from certanalytics.demo.keys import RSA_EXPONENT
from certanalytics.demo.truth.outcome import Outcome, fingerprints
from certanalytics.demo.world import Issued

_AGED = 1096
"""Days a signature key is used at most (NIST SP 800-57 Part 1 table 1: one to three years)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysTruth:
    """Certificates by SHA-256, keys by SHA-256 of the SubjectPublicKeyInfo.

    Attributes:
        common_prime: In service with an RSA modulus that has a prime in common with another one.
        close_primes: In service with a modulus of two neighbouring primes.
        small_factor: In service with a modulus that has a factor below 2**16.
        small_exponent: In service with an RSA exponent below 65,537.
        odd_size: Public, in service, with an RSA key of a size that is no multiple of 8.
        across_owners: Keys in certificates in service of which different owners are named.
        across_trust: Keys in a public certificate in service and in one that is not.
        renewals: Certificates known that were followed by another one: the same names, begun later and at most 30
            days after the end.
        kept: Those followed by one with the same key, and that one.
        aged: In service, with a key older than 1,096 days: how many. A key is as old as the oldest certificate for it.
        oldest: Days the oldest key in service has existed. Those of appliances are known for as long as scans are,
            which is not long.
    """

    common_prime: tuple[str, ...]
    close_primes: tuple[str, ...]
    small_factor: tuple[str, ...]
    small_exponent: tuple[str, ...]
    odd_size: tuple[str, ...]
    across_owners: tuple[str, ...]
    across_trust: tuple[str, ...]
    renewals: int
    kept: dict[str, str]
    aged: dict[str, int]
    oldest: int


def keys_truth(seen: Outcome) -> KeysTruth:
    """Work it out from what was seen of the world."""
    flawed: dict[str | None, list[Issued]] = defaultdict(list)
    for each in seen.live:
        flawed[each.issue.deployment.handling.flaw].append(each)
    followed = _followed(seen.known)
    ages = _ages(seen)
    shared = _shared(seen.live)
    return KeysTruth(
        common_prime=fingerprints(flawed["common prime"]),
        close_primes=fingerprints(flawed["close primes"]),
        small_factor=fingerprints(flawed["small factor"]),
        small_exponent=fingerprints(each for each in seen.live if _exponent(each) < RSA_EXPONENT),
        odd_size=fingerprints(each for each in seen.live if _is_odd(each)),
        across_owners=tuple(spki for spki, group in shared if len({_owner(each) for each in group} - {None}) > 1),
        across_trust=tuple(spki for spki, group in shared if len({each.certificate.is_public for each in group}) > 1),
        renewals=len(followed),
        kept={
            old.certificate.sha256: new.certificate.sha256 for old, new in followed.items() if _spki(old) == _spki(new)
        },
        aged={certificate: days for certificate, days in ages.items() if days > _AGED},
        oldest=max(ages.values()),
    )


def _spki(each: Issued) -> str:
    return each.certificate.request.key.spki_sha256


def _exponent(each: Issued) -> int:
    key = each.certificate.request.key
    return key.numbers[1] if key.is_rsa else RSA_EXPONENT


def _is_odd(each: Issued) -> bool:
    key = each.certificate.request.key
    return each.certificate.is_public and key.is_rsa and key.bits % 8 > 0


def _owner(each: Issued) -> str | None:
    owner = each.issue.deployment.service.owner
    return owner.name if owner else None


def _shared(live: Iterable[Issued]) -> list[tuple[str, list[Issued]]]:
    by_key: dict[str, list[Issued]] = defaultdict(list)
    for each in live:
        by_key[_spki(each)].append(each)
    return [(spki, group) for spki, group in sorted(by_key.items()) if len(group) > 1]


def _followed(known: Iterable[Issued]) -> dict[Issued, Issued]:
    """Every certificate that was followed, and what followed it first."""
    by_names: dict[tuple[str, ...], list[Issued]] = defaultdict(list)
    for each in sorted(known, key=lambda each: each.issue.not_before):
        by_names[tuple(sorted(each.certificate.request.names))].append(each)
    return {
        old: new
        for group in by_names.values()
        for old, new in pairwise(group)
        if new.issue.not_before <= old.issue.not_after + timedelta(days=30)
    }


def _ages(seen: Outcome) -> dict[str, int]:
    """Days since the first certificate for its key began, of each certificate in service that a CA issued."""
    since: dict[str, datetime] = {}
    for each in seen.known:
        begun = each.issue.not_before
        since[_spki(each)] = min(begun, since.get(_spki(each), begun))
    return {
        each.certificate.sha256: (AS_OF - since[_spki(each)]).days for each in seen.live if each.certificate.authority
    }
