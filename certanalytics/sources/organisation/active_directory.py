"""Active Directory as a table: people, groups and computers of ``Get-ADUser`` and its like, and of ``csvde``.

PowerShell's ``Export-Csv`` with or without ``#TYPE``, between commas or semicolons, with all properties or a few: one
that names an entry (``SamAccountName``, ``DistinguishedName``) is needed. ``csvde`` names one class of an entry, puts
several values of an attribute between semicolons, and writes what is no ASCII as ``X'4dc3bc'``.

The last login is a count in ``lastLogon`` and ``lastLogonTimestamp``. ``LastLogonDate`` is the second of them in the
format and time of the computer PowerShell ran on: it is read where the counts are missing, where it can mean one day
only, and as UTC. Not read: where PowerShell wrote the name of a type for several values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from certanalytics.model import Row
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.local_dates import told_times
from certanalytics.sources._reading.records import csv_records, rows
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.organisation._directory import DN, Entry, Value, directory_rows, names_entries, value_of

_NAME = "active-directory-csv"
_OF_ACCOUNTS = {*DN, "enabled", "useraccountcontrol", "userprincipalname", "objectclass", "objectguid", "sid"}
_WHO = {"name", "cn", "displayname", "givenname", "mail", "emailaddress", "dnshostname"}
"""Without any of them it is no list of people or machines but of what is wrong with some: an audit's."""

_OF_OTHERS = frozenset({"owner", "owner_email", "employee_name", "employee name", "employeename", "password"})
"""Owner lists, those of a personnel system and orders for new accounts may name an account too."""

_SEVERAL_VALUES = frozenset({"objectclass", "mail", "emailaddress", "usercertificate", "cacertificate"})
_COLLECTION = "Microsoft.ActiveDirectory.Management.ADPropertyValueCollection"
_OCTETS = re.compile(r"X'((?:[0-9A-Fa-f]{2})+)'")

_COUNTS = ("lastlogon", "lastlogontimestamp")
_DATES = (
    *("lastlogondate", "whencreated", "whenchanged", "created", "modified", "createtimestamp", "modifytimestamp"),
    *("passwordlastset", "lastbadpasswordattempt", "accountexpirationdate", "accountlockouttime"),
)
"""Dates of one computer; one that can be read in one way only tells how the others are."""


def _is_table(head: Head) -> bool:
    columns = head.casefolded(head.delimiter)
    of_accounts = "samaccountname" in columns and columns & _OF_ACCOUNTS and not columns & _OF_OTHERS
    return bool((of_accounts or names_entries(columns)) and columns & _WHO)


@source(
    _NAME,
    produced_by="Active Directory: Get-ADUser -Filter * -Properties * | Export-Csv, or Get-ADComputer; csvde -f",
    brings=("people", "owner"),
    signature=Signature(
        "CSV with columns DN or DistinguishedName and objectClass, or SamAccountName and one of DN, DistinguishedName, "
        "Enabled, userAccountControl, UserPrincipalName, objectClass, ObjectGUID, SID; and a name or address",
        _is_table,
    ),
)
def active_directory_csv(export: Export) -> Iterator[Row]:
    """Read entries, one a row (`certanalytics.sources.organisation._directory.directory_rows`).

    One without its distinguished name is known by that of its account; managers are distinguished names all the same.
    """
    yield from rows(csv_records(export), _rows)


def _rows(locator: str, row: Mapping[str, str]) -> Iterator[Row]:
    entry = Entry(locator, dict(_attributes(row)))
    if dn := entry.text(*DN):
        yield from directory_rows(entry, dn)
    elif account := entry.text("samaccountname", "userprincipalname"):
        yield from directory_rows(entry, account, _NAME)
    else:
        raise ValueError("neither a distinguished name nor that of an account: nothing to know the entry by")


def _attributes(row: Mapping[str, str]) -> Iterator[tuple[str, list[Value]]]:
    """A row as LDIF would say it, times of login among them."""
    written = {column: cell for column, cell in row.items() if cell and cell != _COLLECTION}
    counts = {column for column in _COUNTS if written.get(column, "").isdecimal()}
    dates = {column: written[column] for column in (*_COUNTS, *_DATES) if column in written and column not in counts}
    for column, cell in written.items():
        if column not in dates:
            several = column.partition(";")[0] in _SEVERAL_VALUES
            yield column, [_value(each) for each in (re.split("[;|]", cell) if several else [cell])]
    told = told_times(dates)
    logins = [told[column] for column in (*_COUNTS, "lastlogondate") if column in told]
    if logins and not any(int(written[column]) for column in counts):
        yield "lastlogintime", [f"{max(logins):%Y%m%d%H%M%S}Z"]


def _value(cell: str) -> Value:
    octets = _OCTETS.fullmatch(cell)
    return value_of(bytes.fromhex(octets[1])) if octets else cell
