"""DER certificates to columns, one at a time, by `cryptography`; the yardstick for the faster way.

What `cryptography` refuses (about one CA certificate in a thousand) is read leniently from the
same bytes, group by group, and the row says what and why in ``warnings``.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import pyarrow as pa
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from certanalytics.x509 import algorithms, lenient, names, strict
from certanalytics.x509.der import DerError
from certanalytics.x509.lenient_extensions import extensions as lenient_extensions
from certanalytics.x509.oids import EXTENSIONS, PRECERT_POISON, VALIDATION_LEVELS
from certanalytics.x509.parts import Parts, cut, issuance_tbs
from certanalytics.x509.schema import SCHEMA
from certanalytics.x509.strict import Columns

_LISTS = tuple(field.name for field in SCHEMA if pa.types.is_list(field.type) and field.name != "warnings")
_WIDTHS = {field.name: field.type.bit_width for field in SCHEMA if pa.types.is_integer(field.type)}


def decode(ders: Sequence[bytes | None] | pa.Array | pa.ChunkedArray) -> pa.Table:
    """Certificates as columns, one at a time: the rows of `certanalytics.x509.decode`, which says what they hold."""
    values = ders.to_pylist() if isinstance(ders, pa.Array | pa.ChunkedArray) else ders
    with _listening() as heard:
        rows = [_row(value, heard) for value in values]
    columns = [pa.array([row.get(field.name) for row in rows], field.type) for field in SCHEMA]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def read(certificate: bytes) -> Columns:
    """One certificate as values by column; what is absent may be left out."""
    with _listening() as heard:
        return _row(certificate, heard)


@contextmanager
def _listening() -> Iterator[list[warnings.WarningMessage]]:
    """What `cryptography` warns of meanwhile, to be told on the row instead of on stderr."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        yield heard


def _row(data: bytes | None, heard: list[warnings.WarningMessage]) -> Columns:
    if data is None:
        return {"warnings": ["not a certificate: no bytes"]}
    notes: list[str] = []
    row: Columns = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "sha1": hashlib.sha1(data, usedforsecurity=False).hexdigest(),
        "warnings": notes,
    }
    try:
        parts = cut(data)
    except DerError as error:
        notes.append(f"not a certificate: {error}")
        return row
    row |= {name: [] for name in _LISTS} | {"is_ca": False, "must_staple": False, "evidence": "der"}
    row |= _identity(parts)
    row |= _names(parts, notes)
    row |= _signature(parts, notes)
    row |= _fields(data, parts, notes)
    notes.extend(parts.damage)
    notes.extend(_sentences(heard))
    heard.clear()
    _conclude(row, notes)
    return row


def _identity(parts: Parts) -> Columns:
    oids = [extension.oid for extension in parts.extensions]
    return {
        "spki_sha256": hashlib.sha256(parts.spki).hexdigest(),
        "tbs_sha256": hashlib.sha256(issuance_tbs(parts)).hexdigest(),
        "is_precert": PRECERT_POISON in oids,
        "is_self_issued": parts.subject == parts.issuer,
        "unknown_critical_extensions": [
            extension.oid
            for extension in parts.extensions
            if extension.critical and extension.oid is not None and extension.oid not in EXTENSIONS
        ],
    }


def _names(parts: Parts, notes: list[str]) -> Columns:
    columns: Columns = {}
    for role, der, fields in (
        ("subject", parts.subject, ("dn", "cn", "o", "ou", "c")),
        ("issuer", parts.issuer, ("dn", "cn", "o", "c")),
    ):
        try:
            name = names.read(der)
        except DerError as error:
            notes.append(f"the {role} cannot be read ({error})")
            continue
        columns |= {f"{role}_{field}": getattr(name, field) for field in fields}
        if not name.readable:
            notes.append(f"the {role} holds bytes that are not text in the encoding they claim; they stand escaped")
    return columns


def _signature(parts: Parts, notes: list[str]) -> Columns:
    algorithm = parts.outer_algorithm
    if algorithm is not None and algorithm != parts.inner_algorithm:
        notes.append("the signature algorithm inside differs from the one beside the signature")
    try:
        name, digest = algorithms.signature(algorithm or parts.inner_algorithm)
    except DerError as error:
        notes.append(f"the signature algorithm cannot be read ({error})")
        return {}
    return {"signature_algorithm": name, "signature_hash": digest}


def _fields(data: bytes, parts: Parts, notes: list[str]) -> Columns:
    """The groups that `cryptography` reads, each read leniently where it refuses."""
    if parts.trailing:
        notes.append(f"{parts.trailing} bytes follow the certificate")
    certificate = None
    try:
        certificate = x509.load_der_x509_certificate(data[: parts.certificate.end])
    except strict.REFUSALS as error:
        notes.append(f"not strict DER ({strict.reason(error)}); read leniently")
    columns: Columns = {"decode_path": "reference"}
    groups: tuple[tuple[str, Callable[[x509.Certificate], Columns], Callable[[Parts, list[str]], Columns]], ...] = (
        ("version, serial number or validity", strict.basics, lenient.basics),
        ("names", strict.names, lenient.names),
        ("public key", strict.key, lenient.key),
        ("extensions", strict.extensions, lenient_extensions),
    )
    for group, strictly, leniently in groups:
        try:
            if certificate is not None:
                columns |= strictly(certificate)
                continue
        except UnsupportedAlgorithm:
            pass  # an algorithm or curve OpenSSL was built without is no fault of the certificate
        except strict.REFUSALS as error:
            notes.append(f"{group} not accepted by a strict reader ({strict.reason(error)}); read leniently")
        columns |= leniently(parts, notes) | {"decode_path": "lenient"}
    return columns


def _conclude(row: Columns, notes: list[str]) -> None:
    """What follows from other columns, and numbers no column can hold."""
    row["sct_count"] = len(row["sct_log_ids"])
    row["validation_level"] = next(
        (level for oid, level in VALIDATION_LEVELS.items() if oid in row["policy_oids"]), None
    )
    if row.get("not_before") and row.get("not_after"):
        row["validity_days"] = validity_days(row["not_before"], row["not_after"])
    for column, width in _WIDTHS.items():
        value = row.get(column)
        if value is not None and not -(1 << width - 1) <= value < 1 << width - 1:
            row[column] = None
            notes.append(f"{column} is too large for a {width}-bit number")
    serial = row.get("serial_hex", "")
    if serial.startswith("-") or serial == "00":
        notes.append("the serial number is not positive")


def validity_days(not_before: datetime, not_after: datetime) -> int:
    """Days from ``not_before`` through ``not_after``, both included; a second over counts as a day.

    CA/Browser Forum Baseline Requirements section 6.3.2: a day is 86,400 seconds, and any amount
    of time beyond a whole number of days is an additional day. Zero or less if it ends before it begins.
    """
    return -((not_before - not_after - timedelta(seconds=1)) // timedelta(days=1))


def _sentences(heard: list[warnings.WarningMessage]) -> Iterator[str]:
    """The first sentence of each different warning; that on serial numbers is left to `_conclude`."""
    for message in dict.fromkeys(str(warning.message) for warning in heard):
        if not message.startswith("Parsed a serial number"):
            yield message.split(". ", 1)[0].rstrip(".")
