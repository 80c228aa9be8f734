"""What an entry of an LDAP directory or Active Directory says of people, groups and computers, however exported."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from certanalytics.model import Asset, Person, Record, Reject, Row, Team
from certanalytics.sources._reading.text import is_dns_name, naive
from certanalytics.sources.organisation._owner_rows import ACTIVE

Value = str | bytes
"""Text, or what is no text."""

DN = ("dn", "distinguishedname")
"""What a table calls the name of an entry: ``csvde`` the one, PowerShell the other."""

_PEOPLE = frozenset({"person", "organizationalperson", "inetorgperson", "user", "contact", "posixaccount", "account"})
_GROUPS = frozenset({"group", "groupofnames", "groupofuniquenames", "groupofentries", "posixgroup", "groupofurls"})
_COMPUTERS = frozenset({"computer", "msds-groupmanagedserviceaccount", "msds-managedserviceaccount"})
_OF_GROUPS = ("member", "uniquemember", "memberuid", "member;range=0-1499", "grouptype", "groupscope")
_ACCOUNTS = ("uid", "samaccountname", "userprincipalname")

_DISABLED = 0x2
"""ACCOUNTDISABLE in ``userAccountControl`` [MS-ADTS 2.2.16]."""

_IF_SET = {
    "active": True,
    "isactive": True,
    "enabled": True,
    "accountenabled": True,
    "logindisabled": False,  # eDirectory
    "nsaccountlock": False,  # 389 Directory Server, FreeIPA
    "ds-pwp-account-disabled": False,  # OpenDJ and its like
    "orclisenabled": True,
    "inetuserstatus": True,
    "accountstatus": True,
    "msds-useraccountdisabled": False,  # Active Directory Lightweight Directory Services
}
"""Attributes that say whether an account can be used, and what their being true means."""

_WORDS = ACTIVE | {"enabled": True, "disabled": False, "deleted": False}
_LOCKED_FOR_GOOD = "000001010000Z"
"""``pwdAccountLockedTime`` of an account only an administrator can unlock (OpenLDAP ppolicy)."""

_FILETIME = datetime(1601, 1, 1)
_NEVER = 0x7FFF_FFFF_FFFF_FFFF


@dataclass(slots=True)
class Entry:
    """One record: its attributes by name in lower case with options (``usercertificate;binary``)."""

    locator: str
    attributes: dict[str, list[Value]] = field(default_factory=dict)

    def texts(self, *names: str) -> list[str]:
        """The values of the first of these attributes that has any in text; an option as to language is no matter."""
        for name in names:
            found = [
                value.strip()
                for written, values in self.attributes.items()
                if written == name or written.startswith(f"{name};lang-")
                for value in values
                if isinstance(value, str) and value.strip()
            ]
            if found:
                return found
        return []

    def text(self, *names: str) -> str | None:
        """The first of those values."""
        return next(iter(self.texts(*names)), None)


def value_of(octets: bytes) -> Value:
    """A value given as bytes: text if it is some."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets


def names_entries(columns: Collection[str]) -> bool:
    """Whether a table, by the names of its columns in lower case, can only be one of the entries of a directory."""
    return "objectclass" in columns and any(name in columns for name in DN)


def directory_rows(entry: Entry, known_by: str, system: str = "ldap") -> Iterator[Row]:
    """What an entry is: a person, a group, a computer, or none of these.

    It is known by its distinguished name, as managers and members are referred to; one known by something else needs a
    system of its own, or it would be somebody else beside the one of that name. ``active`` is false for an account that
    is disabled; one of which nothing says so is neither, and when it expires says nothing of who is there today. The
    account of a trust between domains, which ends in ``$`` like that of a machine, is nobody. A computer is an asset
    that ``managedBy`` answers for. A certificate in an entry is a record of the directory.
    """
    classes = {name.casefold() for name in entry.texts("objectclass")}
    if classes & _COMPUTERS or (not classes and _is_machine(entry)):
        yield _computer(entry, known_by, system)
    elif classes & _GROUPS or (not classes and any(name in entry.attributes for name in _OF_GROUPS)):
        yield _group(entry, known_by, system)
    elif (classes & _PEOPLE and not _ends_in_dollar(entry)) or (not classes and entry.text(*_ACCOUNTS, "mail")):
        yield from _person(entry, known_by, system)
    yield from _certificates(entry, known_by, system)


def _is_machine(entry: Entry) -> bool:
    """Whether an entry exported without its classes is a machine: Active Directory ends the account of one in ``$``."""
    return "dnshostname" in entry.attributes or _ends_in_dollar(entry)


def _ends_in_dollar(entry: Entry) -> bool:
    return (entry.text("samaccountname") or "").endswith("$")


def _person(entry: Entry, known_by: str, system: str) -> Iterator[Row]:
    last_login = None
    try:
        last_login = _last_login(entry)
    except (ValueError, OverflowError) as error:
        reason = f"the last login cannot be read ({error}); the person is kept without it"
        yield Reject(locator=f"{entry.locator}.lastLogon", reason=reason)
    yield Person(
        locator=entry.locator,
        system=system,
        person_id=known_by,
        name=entry.text("displayname", "cn", "name"),
        user_name=entry.text("samaccountname", "uid", "userprincipalname"),
        email=entry.text("mail", "email", "emailaddress", "rfc822mailbox"),
        active=_active(entry),
        department=entry.text("department", "departmentnumber", "ou"),
        manager=entry.text("manager"),
        last_login=last_login,
    )


def _group(entry: Entry, known_by: str, system: str) -> Team:
    return Team(
        locator=entry.locator,
        system=system,
        team_id=known_by,
        name=entry.text("displayname", "cn", "name"),
        email=entry.text("mail", "email"),
        manager=entry.text("managedby", "owner"),
    )


def _computer(entry: Entry, known_by: str, system: str) -> Asset:
    name = (entry.text("dnshostname") or "").lower().rstrip(".")
    active = _active(entry)
    return Asset(
        locator=entry.locator,
        system=system,
        asset_id=known_by,
        name=name if "." in name and is_dns_name(name) else None,
        service=None,
        owner=entry.text("managedby"),
        status=None if active is None else "enabled" if active else "disabled",
        location=entry.text("location", "l"),
    )


def _certificates(entry: Entry, known_by: str, system: str) -> Iterator[Row]:
    number = 0
    for name, values in entry.attributes.items():
        if name.partition(";")[0] in {"usercertificate", "cacertificate"}:
            for value in values:
                if isinstance(value, bytes) and value.startswith(b"\x30"):
                    number += 1
                    record_id = known_by if number == 1 else f"{known_by}#{number}"
                    yield Record(locator=entry.locator, system=system, record_id=record_id, certificate=value)


def _active(entry: Entry) -> bool | None:
    """Whether the account can be used: not if any attribute says so, yes if one says that and none the contrary."""
    said: list[bool] = []
    control = entry.text("useraccountcontrol")
    if control is not None:
        said.append(not int(control, 0) & _DISABLED)
    for name, meaning in _IF_SET.items():
        word = (entry.text(name) or "").casefold()
        if word in _WORDS:
            said.append(_WORDS[word] is meaning)
    if entry.text("pwdaccountlockedtime") == _LOCKED_FOR_GOOD:
        said.append(False)
    return all(said) if said else None


def _last_login(entry: Entry) -> datetime | None:
    """The latest of the times of login; Active Directory counts 100 nanoseconds since 1601, others write a time."""
    times = _times(entry.texts("lastlogon") + entry.texts("lastlogontimestamp"))
    written = entry.text("authtimestamp", "lastlogintime")
    if written:
        times.append(_generalized_time(written))
    return max(times, default=None)


def _times(written: Iterable[str]) -> list[datetime]:
    counts = [int(value) for value in written]
    return [_FILETIME + timedelta(microseconds=count // 10) for count in counts if 0 < count < _NEVER]


def _generalized_time(written: str) -> datetime:
    found = re.fullmatch(r"(\d{14})(?:[.,]\d+)?(Z|[+-]\d{4})", written)
    if found is None:
        raise ValueError(f"{written[:40]!r} is no GeneralizedTime")
    zone = "+0000" if found[2] == "Z" else found[2]
    return naive(datetime.strptime(found[1] + zone, "%Y%m%d%H%M%S%z"))
