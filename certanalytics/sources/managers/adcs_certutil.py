"""Microsoft AD CS, as ``certutil -view ... csv`` lists the request table of a CA database.

The header has the names of the columns in the language of the console. The English ones, and the names ``-out``
takes, are known; for another language the user maps them (a map of kind ``certutil``), and may then say the code page,
the format of the dates, the time zone and which CA it is, none of which the file tells. Dates are otherwise read only
where they can mean one day (`_reading.local_dates`). The file names no issuer: without ``Certificate
Hash`` or ``Binary Certificate`` its certificates cannot be joined with what others say of them. The long form (``Row
1:``) is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from certanalytics.model import Row
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import csv_records, rows
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.managers._adcs import adcs_rows, says_something, without_trailer

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
    "ca": ("configstring",),  # PSPKI exported by Export-Csv
    "template_name": ("certificatetemplateoid",),
}
"""Our names to the display names of English consoles and the names ``-out`` takes."""

_OURS = {theirs: name for name, names in _ENGLISH.items() for theirs in names}
_TELLING = frozenset(
    {"issued request id", "issued common name", "request disposition", "certificate effective date"}
) | {theirs for theirs in _OURS if theirs.startswith("request.")}
_FROM_OUT = frozenset({"requestid", "requestername", "certificatetemplate", "notafter", "serialnumber", "commonname"})


def _is_english(head: Head) -> bool:
    columns = head.casefolded(head.delimiter)
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
    yield from rows(
        without_trailer(csv_records(export)),
        lambda locator, row: adcs_rows(locator, _named(row)),
    )


def _named(row: Mapping[str, str]) -> dict[str, str]:
    """A row by our names. A request that was not issued has its ``Request ID`` and no ``Issued Request ID``."""
    return {_OURS[theirs]: value for theirs, value in row.items() if theirs in _OURS and says_something(value)}
