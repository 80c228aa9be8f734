"""What one RSA key shows by itself, by the checks of badkeys.

badkeys looks its blocklist up in data it downloads on request; where they were never downloaded the check is left
out, and `blocklist_is_there` says so. Private keys that a check recovers are dropped here.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from certanalytics.errors import DataError
from certanalytics.keyaudit._extra import needed

CHECKS = {
    "roca": "made by a chip with the ROCA flaw (CVE-2017-15361)",
    "fermat": "primes so close together that Fermat's method finds them",
    "smallfactors": "a prime factor of no more than 65,537",
    "sharedprimes": "a prime of a published key that was factored before",
    "rsapoly": "a pattern of zeros that gives the primes away",
    "smalld": "a private exponent so small that Wiener's attack finds it",
    "rsainvalid": "an exponent that is no RSA exponent",
    "blocklist": "a key that is public knowledge, such as those of Debian's flawed generator (CVE-2008-0166)",
}
"""The checks, by their names in badkeys, and what each finds."""

LARGEST = 16_384
"""Bits of the largest modulus tested, which is also OpenSSL's; checks of a larger one need not end."""

_BLOCKLIST = "blocklist"


@dataclass(frozen=True, slots=True)
class Weakness:
    """One check that a key failed.

    Attributes:
        check: Its name in `CHECKS`.
        detail: What badkeys tells beyond that, if anything: the name of a blocklist, that the modulus is a square.
    """

    check: str
    detail: str | None


def blocklist_is_there() -> bool:
    """Whether the data of badkeys' blocklist were downloaded; the check would end the whole process otherwise."""
    cache = os.environ.get("XDG_CACHE_HOME")
    folder = Path(cache) / "badkeys" if cache else Path.home() / ".cache" / "badkeys"
    listed = folder / "blocklist.dat"
    try:
        names = json.loads((folder / "badkeysdata.json").read_text("utf-8"))["blocklists"]
        return bool(names) and listed.stat().st_size > 0
    except (OSError, ValueError, KeyError, TypeError):
        return False


def weaknesses(modulus: int, exponent: int, *, blocklist: bool) -> tuple[Weakness, ...] | None:
    """What is known to be wrong with one RSA key; ``None`` if that cannot be told.

    Args:
        modulus: Its modulus.
        exponent: Its public exponent.
        blocklist: Whether to look it up in the blocklist, which must be there.

    Raises:
        DataError: The blocklist is asked for and its data are not there.
        UsageError: badkeys is not installed.
    """
    checks = needed("badkeys.checks")
    if modulus < 2 or exponent < 1:
        return (Weakness("rsainvalid", None),)
    if modulus.bit_length() > LARGEST:
        return None
    found, whole = [], True
    for check in CHECKS:
        if check == _BLOCKLIST and not blocklist:
            continue
        try:
            said = checks.checkrsa(modulus, e=exponent, checks=[check]).get(check)
        except ArithmeticError:  # numbers no key consists of, such as a modulus whose lower half is zero
            whole = False
            continue
        except SystemExit as error:  # how badkeys says that its data are missing
            raise DataError(
                "the blocklist of badkeys cannot be read", hint="Download it once: badkeys --update-bl"
            ) from error
        if said:
            detail = said.get("subtest")
            found.append(Weakness(check, str(detail) if detail else None))
    return tuple(found) if found or whole else None
