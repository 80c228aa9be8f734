"""Microsoft AD CS, as the PowerShell module PSPKI lists the requests of a CA database.

Read is what ``Get-IssuedRequest``, ``Get-RevokedRequest`` and their like show with ``Format-List`` and ``-Property
RawCertificate`` or ``*``: ``Name : value`` with continuation lines below the value, records apart by an empty line.
The lists PSPKI gives of templates and of CAs are other things and not read. Dates stand in the format of the console
and are read only where they can mean one day (`certanalytics.sources._reading.local_dates`); as written they stay in
``attributes``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from certanalytics.model import Reject, Row
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.records import rows
from certanalytics.sources._reading.signature import Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.managers._adcs import COLUMNS, adcs_rows

_FIELD = re.compile(r"(?P<name>[A-Za-z][\w.$ ]*?) *:(?: (?P<value>.*))?$")
_REQUEST = re.compile(r"^RequestID\s*: \d+\s*$", re.MULTILINE)
_TELLING = re.compile(r"^(Request\.\w+|RawCertificate|ConfigString|CertificateTemplate|SerialNumber)\s*:", re.MULTILINE)


@source(
    "adcs-pspki",
    produced_by="Microsoft AD CS, PSPKI: Get-IssuedRequest -Property RawCertificate | Format-List, and its like",
    brings=("certificate", "owner", "status"),
    signature=Signature(
        "text with lines RequestID : <number> and Request.<column> :, RawCertificate : or ConfigString :",
        lambda head: bool(_REQUEST.search(head.text) and _TELLING.search(head.text)),
    ),
)
def adcs_pspki(export: Export) -> Iterator[Row]:
    """Read a list of requests; a request without a certificate is a record without one."""
    yield from rows(_records(export), adcs_rows)


def _records(export: Export) -> Iterator[tuple[str, Mapping[str, str]] | Reject]:
    """Records of ``name : value``; a value goes on as long as lines are indented, across empty ones too."""
    record: dict[str, str] = {}
    name, start, number = "", 0, 0
    try:
        with export.text() as stream:
            for number, line in enumerate(stream, 1):
                indented = line[:1].isspace()
                field = None if indented else _FIELD.match(line.rstrip())
                if field is None:
                    if name and indented and line.strip():
                        # Prose is broken between words, base64 anywhere: white space in it does not count.
                        record[name] = f"{record[name]} {line.strip()}".strip()
                    continue
                named = field["name"].strip().casefold()
                # RequestID comes first; a list of chosen columns may put it elsewhere, and then repeats one.
                if record and (named in record or named == "requestid"):
                    yield f"line {start}", _named(record)
                    record = {}
                if not record:
                    start = number
                name = named
                record[name] = (field["value"] or "").strip()
    except DAMAGED as error:
        yield Reject(locator=f"line {number}", reason=f"the file is damaged from here on ({error}). Export it again")
    if record:
        yield f"line {start}", _named(record)


def _named(record: Mapping[str, str]) -> dict[str, str]:
    return {COLUMNS[name]: value for name, value in record.items() if name in COLUMNS and value}
