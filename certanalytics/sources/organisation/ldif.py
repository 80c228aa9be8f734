"""LDAP and Active Directory: people, groups and computers, as ``ldapsearch``, ``ldifde`` and ``slapcat`` write LDIF.

Entries, also those of ``changetype: add``. A change that modifies, renames or deletes says only what became different,
and is a reject: export the entries themselves; so is the end of a search that the directory cut off. Organisational
units, policies and the directory's own configuration are passed over, passwords and photographs never kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from certanalytics.model import Asset, Person, Record, Reject, Row, Team
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import is_dns_name, naive
from certanalytics.sources.organisation._ldif import Entry, entries

_SYSTEM = "ldap"
_START = re.compile(r"dn:(?:: *[A-Za-z0-9+/]| *[A-Za-z0-9.-]+ *=| *$)", re.IGNORECASE)
_PEOPLE = frozenset({"person", "organizationalperson", "inetorgperson", "user", "posixaccount", "account"})
_GROUPS = frozenset({"group", "groupofnames", "groupofuniquenames", "groupofentries", "posixgroup", "groupofurls"})
_COMPUTERS = frozenset({"computer", "msds-groupmanagedserviceaccount", "msds-managedserviceaccount"})
_OF_GROUPS = ("member", "uniquemember", "memberuid", "member;range=0-1499", "grouptype")
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
}
"""Attributes that say whether an account can be used, and what their being true means."""

_TRUE = frozenset({"true", "1", "yes", "active", "enabled"})
_FALSE = frozenset({"false", "0", "no", "inactive", "disabled", "deleted"})
_LOCKED_FOR_GOOD = "000001010000Z"
"""``pwdAccountLockedTime`` of an account only an administrator can unlock (OpenLDAP ppolicy)."""

_FILETIME = datetime(1601, 1, 1)
_NEVER = 0x7FFF_FFFF_FFFF_FFFF


def _begins_with_dn(head: Head) -> bool:
    """Whether the first line that is neither empty nor a comment, nor the version, names an entry."""
    comment = False
    for line in head.text.splitlines():
        comment = line.startswith("#") or (comment and line.startswith(" "))
        if line.strip() and not comment and not line.casefold().startswith("version:"):
            return bool(_START.match(line))
    return False


@source(
    "ldap-ldif",
    produced_by="ldapsearch -LLL, ldifde -f, slapcat: LDIF of an LDAP directory or Active Directory",
    brings=("people", "owner"),
    signature=Signature(
        "text that begins with dn: and a distinguished name, below version: and comments", _begins_with_dn
    ),
)
def ldap_ldif(export: Export) -> Iterator[Row]:
    """Read entries.

    A person is known by the distinguished name, as managers and members are referred to. ``active`` is false for an
    account that is disabled; one of which nothing says so is neither. A computer is an asset that ``managedBy`` answers
    for. A certificate in an entry is a record of the directory.
    """
    for entry in entries(export):
        if isinstance(entry, Reject):
            yield entry
            continue
        try:
            made = tuple(_rows(entry))
        except (ValueError, OverflowError) as error:
            yield Reject(locator=entry.locator, reason=str(error), excerpt=entry.text("dn"))
        else:
            yield from made


def _rows(entry: Entry) -> Iterator[Row]:
    dn = entry.text("dn")
    change = (entry.text("changetype") or "add").casefold()
    if dn is None:
        if not entry.attributes.keys() & {"version", "search", "result", "ref"}:
            raise ValueError("an entry without dn")
        result = entry.text("result")
        if result and not re.match(r"0\b", result):
            raise ValueError(f"the search ended with {result!r}: entries are missing; export them in pages or in parts")
        return
    if dn.casefold().replace(" ", "").endswith("cn=config"):
        return
    if change != "add":
        raise ValueError(f"a change ({change}), not an entry: export the entries themselves")
    classes = {name.casefold() for name in entry.texts("objectclass")}
    if classes & _COMPUTERS or (not classes and _is_machine(entry)):
        yield _computer(entry, dn)
    elif classes & _GROUPS or (not classes and any(name in entry.attributes for name in _OF_GROUPS)):
        yield _group(entry, dn)
    elif classes & _PEOPLE or (not classes and entry.text(*_ACCOUNTS, "mail")):
        yield from _person(entry, dn)
    yield from _certificates(entry, dn)


def _is_machine(entry: Entry) -> bool:
    """Whether an entry exported without its classes is a machine: Active Directory ends the account of one in ``$``."""
    return "dnshostname" in entry.attributes or (entry.text("samaccountname") or "").endswith("$")


def _person(entry: Entry, dn: str) -> Iterator[Row]:
    last_login = None
    try:
        last_login = _last_login(entry)
    except ValueError as error:
        reason = f"the last login cannot be read ({error}); the person is kept without it"
        yield Reject(locator=f"{entry.locator}.lastLogon", reason=reason)
    yield Person(
        locator=entry.locator,
        system=_SYSTEM,
        person_id=dn,
        name=entry.text("displayname", "cn", "name"),
        user_name=entry.text("samaccountname", "uid", "userprincipalname"),
        email=entry.text("mail", "email", "rfc822mailbox"),
        active=_active(entry),
        department=entry.text("department", "departmentnumber", "ou"),
        manager=entry.text("manager"),
        last_login=last_login,
    )


def _group(entry: Entry, dn: str) -> Team:
    return Team(
        locator=entry.locator,
        system=_SYSTEM,
        team_id=dn,
        name=entry.text("displayname", "cn", "name"),
        email=entry.text("mail", "email"),
        manager=entry.text("managedby", "owner"),
    )


def _computer(entry: Entry, dn: str) -> Asset:
    name = (entry.text("dnshostname") or "").lower().rstrip(".")
    active = _active(entry)
    return Asset(
        locator=entry.locator,
        system=_SYSTEM,
        asset_id=dn,
        name=name if "." in name and is_dns_name(name) else None,
        service=None,
        owner=entry.text("managedby"),
        status=None if active is None else "enabled" if active else "disabled",
        location=entry.text("location", "l"),
    )


def _certificates(entry: Entry, dn: str) -> Iterator[Row]:
    number = 0
    for name, values in entry.attributes.items():
        if name.partition(";")[0] in {"usercertificate", "cacertificate"}:
            for value in values:
                if isinstance(value, bytes) and value.startswith(b"\x30"):
                    number += 1
                    record_id = dn if number == 1 else f"{dn}#{number}"
                    yield Record(locator=entry.locator, system=_SYSTEM, record_id=record_id, certificate=value)


def _active(entry: Entry) -> bool | None:
    """Whether the account can be used: not if any attribute says so, yes if one says that and none the contrary."""
    said: list[bool] = []
    control = entry.text("useraccountcontrol")
    if control is not None:
        said.append(not int(control, 0) & _DISABLED)
    for name, meaning in _IF_SET.items():
        word = (entry.text(name) or "").casefold()
        if word in _TRUE | _FALSE:
            said.append((word in _TRUE) is meaning)
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
