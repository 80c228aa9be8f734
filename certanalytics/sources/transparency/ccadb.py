"""The Common CA Database: which CA certificates the root programmes list, from its CSV reports.

Read are the reports of all certificates (AllCertificatePEMsCSVFormat, AllCertificateRecordsCSVFormat v2 to v5), those
of one programme (Mozilla's included and intermediate CAs with and without PEM, Microsoft's included CAs) and
AllIncludedRootCertsCSV. The reports of CAA identifiers, problem reporting and CA owners hold no certificates.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal

from certanalytics.model import CaListing, CertificateRef, Row, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import csv_records, rows
from certanalytics.sources._reading.signature import csv_columns
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import fingerprint, serial_hex
from certanalytics.x509 import pem_to_der

_SYSTEM = "ccadb"
_FINGERPRINT = "sha-256 fingerprint"
_PEM = ("x.509 certificate (pem)", "pem info")
_OWNER = ("ca owner", "owner")
_STARTS, _ENDS = ("valid from (gmt)", "valid from [gmt]"), ("valid to (gmt)", "valid to [gmt]")
_TRUST_BITS = ("trust bits", "derived trust bits", "trust bits for root cert")
_DISTRUST = "distrust for tls after date"
_RECORD_TYPES: dict[str, Literal["root", "intermediate"]] = {
    "root certificate": "root",
    "intermediate certificate": "intermediate",
}
_PROGRAMMES = {
    "apple": ("apple status", "apple trust bits"),
    "chrome": ("chrome status", ""),
    "google chrome": ("google chrome status", ""),
    "microsoft": ("microsoft status", "microsoft ekus"),
    "mozilla": ("mozilla status", "mozilla trust bits"),
}
"""Columns with the status and trust bits of each programme; a report has some of them."""

_NOT_LISTED = frozenset({"", "not included"})
_KEY = re.compile(r"(?:(RSA) ([0-9]+) bits|(?:EC|ECC|ECDSA) (sec[pt][0-9]{3}[kr]1))", re.IGNORECASE)
_HASH = re.compile(r"sha-?(1|224|256|384|512)|(md5)", re.IGNORECASE)
_SAID = frozenset(
    {*_PEM, *_OWNER, *_STARTS, *_ENDS, _FINGERPRINT, _DISTRUST, "parent sha-256 fingerprint", "certificate record type"}
)
"""Columns that have a field of their own; the others become attributes."""


@source(
    "ccadb-csv",
    produced_by="CCADB: AllCertificatePEMsCSVFormat, AllCertificateRecordsCSVFormat v2 to v5, AllIncludedRootCertsCSV, "
    "IncludedCACertificateReportPEMCSV, PublicAllIntermediateCertsWithPEMCSV and their like",
    brings=("certificate", "roots", "status"),
    signature=csv_columns("SHA-256 Fingerprint", "X.509 Certificate (PEM)")
    | csv_columns("SHA-256 Fingerprint", "PEM Info")
    | csv_columns("SHA-256 Fingerprint", "Certificate Record Type")
    | csv_columns("SHA-256 Fingerprint", "CA Owner")
    | csv_columns("SHA-256 Fingerprint", "Trust Bits"),
)
def ccadb_csv(export: Export) -> Iterator[Row]:
    """Read a report: what the database itself says of each certificate, and what each programme says of it.

    A programme that has a certificate as "Not Included" does not list it. Where the report brings no PEM the
    certificate is as the report states it; its name there may be a common name or anything else and is an attribute.
    Validity is in days: it ends with its last one.
    """
    yield from rows(csv_records(export), _listing)


def _listing(locator: str, row: Mapping[str, str]) -> Iterator[Row]:
    certificate, attributes = _certificate(row), _attributes(row)
    owner, revocation = _first(row, _OWNER), row.get("revocation status") or None
    record_type = _RECORD_TYPES.get(row.get("certificate record type", "").casefold())
    # Only the report of the certificates Mozilla includes has this column, and no column that says so.
    of_mozilla = _DISTRUST in row
    yield CaListing(
        locator=locator,
        system=_SYSTEM,
        programme="mozilla" if of_mozilla else _SYSTEM,
        certificate=certificate,
        ca_owner=owner,
        record_type="root" if of_mozilla else record_type,
        parent_sha256=fingerprint(row.get("parent sha-256 fingerprint"), 32),
        status="Included" if of_mozilla else None,
        trust_bits=_parts(_first(row, _TRUST_BITS)),
        revocation_status=revocation,
        distrusted_after=_day(row.get(_DISTRUST), ends=True),
        attributes=attributes,
    )
    for programme, (status, trust_bits) in _PROGRAMMES.items():
        said = row.get(status, "")
        if said.casefold() not in _NOT_LISTED:
            yield CaListing(
                locator=locator,
                system=_SYSTEM,
                programme=programme.removeprefix("google "),
                certificate=certificate,
                ca_owner=owner,
                record_type=record_type,
                status=said,
                trust_bits=_parts(row.get(trust_bits)),
                revocation_status=revocation,
            )


def _certificate(row: Mapping[str, str]) -> CertificateRef:
    pem = _first(row, _PEM)
    if pem:
        return pem_to_der(pem.strip("'"))  # the single quotes are to keep spreadsheets from reading it
    sha256 = fingerprint(row[_FINGERPRINT], 32)
    if not sha256:
        raise ValueError("no fingerprint")
    key, digest = (
        _KEY.fullmatch(row.get("public key algorithm", "")),
        _HASH.search(row.get("signature hash algorithm", "")),
    )
    serial = row.get("certificate serial number")
    return StatedCertificate(
        sha256=sha256,
        sha1=fingerprint(row.get("sha-1 fingerprint"), 20),
        serial_hex=serial_hex(serial) if serial else None,
        issuer_cn=row.get("certificate issuer common name") or None,
        issuer_o=row.get("certificate issuer organization") or None,
        subject_cn=row.get("certificate subject common name") or None,
        subject_o=row.get("certificate subject organization") or None,
        subject_key_id=_base64(row.get("subject key identifier")),
        authority_key_id=_base64(row.get("authority key identifier")),
        not_before=_day(_first(row, _STARTS), ends=False),
        not_after=_day(_first(row, _ENDS), ends=True),
        key_algorithm=None if key is None else "RSA" if key[1] else "EC",
        key_bits=int(key[2]) if key and key[2] else None,
        key_curve=key[3].lower() if key and key[3] else None,
        signature_hash=None if digest is None else digest[0].lower().replace("-", ""),
    )


def _attributes(row: Mapping[str, str]) -> str | None:
    said = {name: value for name, value in row.items() if value and name not in _SAID}
    return json.dumps(said, ensure_ascii=False) if said else None


def _first(row: Mapping[str, str], columns: tuple[str, ...]) -> str | None:
    return next((value for column in columns if (value := row.get(column))), None)


def _parts(written: str | None) -> tuple[str, ...]:
    return tuple(part for part in map(str.strip, re.split("[;,]", written or "")) if part)


def _day(written: str | None, *, ends: bool) -> datetime | None:
    """A day as its first or last second: ``2023.03.14``, ``2023-03-14`` or ``2003 Dec 04``."""
    if not written:
        return None
    try:
        day = datetime.strptime(re.sub("[ .]", "-", written), "%Y-%b-%d" if " " in written else "%Y-%m-%d")
    except ValueError:
        raise ValueError(f"not a day: {written[:40]!r}") from None
    return day + timedelta(days=1, seconds=-1) if ends else day


def _base64(written: str | None) -> str | None:
    try:
        return base64.b64decode(written, validate=True).hex() if written else None
    except binascii.Error as error:
        raise ValueError(f"a key identifier is not base64: {error}") from None
