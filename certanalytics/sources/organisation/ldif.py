"""LDAP and Active Directory: people, groups and computers, as ``ldapsearch``, ``ldifde`` and ``slapcat`` write LDIF.

Entries, also those of ``changetype: add``. A change that modifies, renames or deletes says only what became different,
and is a reject: export the entries themselves; so is the end of a search that the directory cut off. Organisational
units, policies and the directory's own configuration are passed over, passwords and photographs never kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from certanalytics.model import Reject, Row
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.organisation._directory import Entry, directory_rows
from certanalytics.sources.organisation._ldif import entries

_START = re.compile(r"dn:(?:: *[A-Za-z0-9+/]| *[A-Za-z0-9.-]+ *=| *$)", re.IGNORECASE)


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
    """Read entries (`certanalytics.sources.organisation._directory.directory_rows`)."""
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
    yield from directory_rows(entry, dn)
