"""The directory of people: Active Directory entries as ``ldifde`` writes them (LDIF, RFC 2849), at two moments.

An account of somebody who left stays, disabled. No export says when that happened; two of them bound it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from certanalytics.demo.clock import DIRECTORY_EXPORTS
from certanalytics.demo.company import Company, Person
from certanalytics.demo.exports._files import write
from certanalytics.demo.world import World

_BASE = "OU=People,DC=meridian,DC=example"
_ENABLED, _DISABLED = 0x200, 0x202
"""``userAccountControl`` [MS-ADTS 2.2.16]: NORMAL_ACCOUNT, and with ACCOUNTDISABLE."""
_FILETIME = datetime.fromisoformat("1601-01-01T00:00:00")


def write_snapshots(folder: Path, world: World, rng: Random) -> None:
    """Write every person's entry as it was at each export, into a folder named after its day."""
    for time in DIRECTORY_EXPORTS:
        entries = ["\n".join(_entry(rng, person, world.company, time)) for person in world.company.people]
        content = "\n\n".join([*entries, ""]).encode()
        write(folder / f"{time:%Y-%m-%d}" / "people.ldif", content, time)


def _entry(rng: Random, person: Person, company: Company, time: datetime) -> Iterator[str]:
    before = time - timedelta(days=rng.randrange(1, 13), minutes=rng.randrange(1440))
    last_logon = min(person.last_login, before if person.was_active(time) else person.last_login)
    yield f"dn: {_dn(person)}"
    yield "changetype: add"
    yield from (f"objectClass: {name}" for name in ("top", "person", "organizationalPerson", "user"))
    yield f"cn: {person.name}"
    yield f"displayName: {person.name}"
    yield f"sAMAccountName: {person.user_name}"
    yield f"mail: {person.email}"
    yield f"department: {person.department}"
    yield f"userAccountControl: {_ENABLED if person.was_active(time) else _DISABLED}"
    yield f"lastLogonTimestamp: {(last_logon - _FILETIME) // timedelta(microseconds=1) * 10}"
    if person in company.managers:
        yield f"manager: {_dn(company.managers[person])}"


def _dn(person: Person) -> str:
    return f"CN={person.name},{_BASE}"
