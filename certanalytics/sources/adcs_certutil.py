"""Microsoft AD CS, as ``certutil -view ... csv`` lists the request table of a CA database.

The header has the names of the columns in the language of the console. The English ones, and the names ``-out``
takes, are known; for another language the user maps them (`mapped_certutil`), and may then say the code page, the
format of the dates, the time zone and which CA it is, none of which the file tells. Dates are otherwise read only
where they can mean one day (`certanalytics.sources._local_dates`). The file names no issuer: without ``Certificate
Hash`` or ``Binary Certificate`` its certificates cannot be joined with what others say of them. The long form (``Row
1:``) is not read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from certanalytics.model import Reject, Row
from certanalytics.sources._adcs import adcs_rows
from certanalytics.sources._certutil_mapping import CertutilMapping, read_certutil_mapping
from certanalytics.sources._export import Export
from certanalytics.sources._records import Record, csv_records, rows
from certanalytics.sources._signature import Head, Signature
from certanalytics.sources._source import Source, source

_NAME = "adcs-certutil-csv"

_ENGLISH = {
    "request_id": ("issued request id", "request id", "requestid", "request.requestid"),
    "requester": ("requester name", "requestername", "request.requestername"),
    "caller": ("caller name", "callername", "request.callername"),
    "disposition": ("request disposition", "disposition", "request.disposition"),
    "disposition_message": ("request disposition message", "dispositionmessage", "request.dispositionmessage"),
    "status_code": ("request status code", "statuscode", "request.statuscode"),
    "submitted": ("request submission date", "submittedwhen", "request.submittedwhen"),
    "resolved": ("request resolution date", "resolvedwhen", "request.resolvedwhen"),
    "revoked": ("revocation date", "revokedwhen", "request.revokedwhen"),
    "revoked_effective": ("effective revocation date", "revokedeffectivewhen", "request.revokedeffectivewhen"),
    "revocation_reason": ("revocation reason", "revokedreason", "request.revokedreason"),
    "subject_cn": ("issued common name", "commonname"),
    "subject_dn": ("issued distinguished name", "distinguishedname"),
    "template": ("certificate template", "certificatetemplate"),
    "not_before": ("certificate effective date", "notbefore"),
    "not_after": ("certificate expiration date", "notafter"),
    "serial_number": ("serial number", "serialnumber"),
    "certificate_hash": ("certificate hash", "certificatehash"),
    "key_bits": ("public key length", "publickeylength"),
    "certificate": ("binary certificate", "rawcertificate"),
    "ca": ("configstring",),  # PSPKI exported by Export-Csv -NoTypeInformation
    "template_name": ("certificatetemplateoid",),
}
"""Our names to the display names of English consoles and the names ``-out`` takes."""

_OURS = {theirs: name for name, names in _ENGLISH.items() for theirs in names}
_TELLING = frozenset(
    {"issued request id", "issued common name", "request disposition", "certificate effective date"}
) | {theirs for theirs in _OURS if theirs.startswith("request.")}
_FROM_OUT = frozenset({"requestid", "requestername", "certificatetemplate", "notafter", "serialnumber", "commonname"})
_TRAILER = re.compile(r"certutil: .*|maximum row index: \d+|\d+ [^\d\W]+( .*)?", re.IGNORECASE)
"""What a console prints below the rows, seen as a row of one cell."""


def _is_english(head: Head) -> bool:
    columns = {cell.casefold() for cell in head.columns(",")}
    known = columns & _OURS.keys()
    # Other tools have columns called Serial Number, and Certificate Expiration Date, too.
    with_requester = "requester name" in columns and columns & {"certificate hash", "certificate expiration date"}
    return len(known) >= 2 and bool(known & _TELLING or with_requester or len(known & _FROM_OUT) >= 3)


@source(
    _NAME,
    produced_by='Microsoft AD CS: certutil -view -restrict ... -out "RequestID,RequesterName,..." csv, in English',
    brings=("owner", "status"),
    tried_on="documentation",
    signature=Signature("CSV with the columns of the CA database under their English names", _is_english),
)
def adcs_certutil_csv(export: Export) -> Iterator[Row]:
    """Read a listing with English column names.

    A console writes in its OEM code page, which does not show: names with letters beyond ASCII need a mapping that
    says the ``encoding``, also where the columns are English.
    """
    yield from _listing(export, _OURS, CertutilMapping())


def mapped_certutil(path: Path) -> Source:
    r"""A source for certutil listings in another language, whose columns the user names in a TOML file.

    All but ``kind`` and ``[columns]`` may be left out::

        kind = "certutil"
        encoding = "cp850"                  # of the console; UTF-8 and UTF-16 are known
        time_format = "%d.%m.%Y %H:%M"      # else dates are read where they can mean one day only
        timezone = "Europe/Berlin"          # of the console; UTC if left out
        empty = "LEER"                      # the word for an empty cell
        ca = 'ca01.example.com\Example Issuing CA'
        issuer_dn = "CN=Example Issuing CA, DC=example, DC=com"

        [columns]                           # names as in `certanalytics.sources._adcs.COLUMNS`
        request_id = "Ausgestellte Anforderungs-ID"
        serial_number = "Seriennummer"

    Args:
        path: The TOML file. Its name without suffix becomes part of the source's name.

    Raises:
        UsageError: The file cannot be read, or what it says cannot be followed.
    """
    mapping = read_certutil_mapping(path)
    wanted = frozenset(mapping.columns.values())
    ours = {theirs: name for name, theirs in mapping.columns.items()}
    return Source(
        name=f"{_NAME}:{path.stem}",
        produced_by=f"certutil -view ... csv with the columns mapped in {path.name}",
        brings=("owner", "status"),
        tried_on="documentation",
        signature=Signature(
            "CSV with columns " + ", ".join(mapping.columns.values()),
            lambda head: wanted <= _header(head, mapping),
        ),
        read=lambda export: _listing(export, ours, mapping),
    )


def _header(head: Head, mapping: CertutilMapping) -> frozenset[str]:
    """The cells of the first line in lower case, in the code page the mapping says."""
    text = head.text
    if mapping.encoding and not head.data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.data.decode(mapping.encoding, errors="replace")
    line = next(filter(str.strip, text.splitlines()), "")
    try:
        cells = next(csv.reader([line], delimiter=mapping.delimiter), [])
    except csv.Error:
        return frozenset()
    return frozenset(cell.strip().casefold() for cell in cells)


def _listing(export: Export, ours: Mapping[str, str], mapping: CertutilMapping) -> Iterator[Row]:
    def convert(locator: str, row: Mapping[str, str]) -> Iterator[Row]:
        said = {ours[theirs]: value for theirs, value in row.items() if theirs in ours and value != mapping.empty}
        yield from adcs_rows(locator, {**mapping.constant, **said}, mapping.times)

    yield from rows(_without_trailer(csv_records(export, mapping.delimiter, encoding=mapping.encoding)), convert)


def _without_trailer(records: Iterator[Record | Reject]) -> Iterator[Record | Reject]:
    """Records without what the console says below them (``CertUtil: -view command completed successfully.``)."""
    for record in records:
        if isinstance(record, Reject) and record.reason.startswith("1 cells"):
            said = re.fullmatch(r'\{"0": "(.*)"\}', record.excerpt or "")
            if said and _TRAILER.fullmatch(said[1]):
                continue
        yield record
