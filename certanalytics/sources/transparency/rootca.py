"""The root stores of browsers and systems side by side, as the rootca project of TLS Inspector publishes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from certanalytics.model import CaListing, Row, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import csv_records, rows
from certanalytics.sources._reading.signature import csv_columns
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import fingerprint, hex_digits, utc

_SYSTEM = "rootca-csv"
_PROGRAMMES = {"google": "chrome"}  # Google's store is the one Chrome has; the other vendors name theirs


@source(
    _SYSTEM,
    produced_by="TLS Inspector rootca: certificates.csv beside the bundles",
    brings=("certificate", "roots"),
    signature=csv_columns("Vendor", "Name", "Serial", "KeyIdentifier", "NotBefore", "NotAfter", "SHA1", "SHA256"),
)
def rootca_csv(export: Export) -> Iterator[Row]:
    """Read which vendor's store holds which root; the certificates themselves lie in the bundles.

    ``Name`` is the subject. The serial number is not taken: the list has it without its sign.
    """
    yield from rows(csv_records(export), _listing)


def _listing(locator: str, row: Mapping[str, str]) -> Iterator[Row]:
    sha256, vendor = fingerprint(row["sha256"], 32), row["vendor"].casefold()
    if not (sha256 and vendor):
        raise ValueError("no SHA-256 or no vendor")
    yield CaListing(
        locator=locator,
        system=_SYSTEM,
        programme=_PROGRAMMES.get(vendor, vendor),
        certificate=StatedCertificate(
            sha256=sha256,
            sha1=fingerprint(row["sha1"], 20),
            subject_dn=row["name"] or None,
            subject_key_id=hex_digits(row["keyidentifier"]) or None,
            not_before=utc(row["notbefore"]),
            not_after=utc(row["notafter"]),
        ),
        record_type="root",
    )
