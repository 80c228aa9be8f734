"""Microsoft AD CS, as ``certutil -view ... csv`` lists the request table of a CA database.

The header has the names of the columns in the language of the console. The English ones, and the names ``-out``
takes, are known; for another language the user maps them (a map of kind ``certutil``), and may then say the code page,
the format of the dates, the time zone and which CA it is, none of which the file tells. Dates are otherwise read only
where they can mean one day (`_reading.local_dates`). The file names no issuer: without ``Certificate
Hash`` or ``Binary Certificate`` its certificates cannot be joined with what others say of them. The long form (``Row
1:``) is another source (`adcs_certutil_view`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from certanalytics.model import Row
from certanalytics.sources._reading.certutil_listing import is_listing
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import csv_records, rows
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.managers._adcs import COLUMNS, DISPLAYED, adcs_rows, says_something, without_trailer

_NAME = "adcs-certutil-csv"

_OURS = DISPLAYED | COLUMNS
_TELLING = frozenset(
    {"issued request id", "issued common name", "request disposition", "certificate effective date"}
) | {theirs for theirs in _OURS if theirs.startswith("request.")}
_FROM_OUT = frozenset({"requestid", "requestername", "certificatetemplate", "notafter", "serialnumber", "commonname"})


def _is_english(head: Head) -> bool:
    columns = head.casefolded(head.delimiter)
    known = columns & _OURS.keys()
    # Other tools have columns called Serial Number, and Certificate Expiration Date, too.
    with_requester = "requester name" in columns and columns & {"certificate hash", "certificate expiration date"}
    are_telling = known & _TELLING or with_requester or len(known & _FROM_OUT) >= 3
    # The command that made a listing of the long form names columns between commas, too.
    return len(known) >= 2 and bool(are_telling) and not is_listing(head)


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
