"""Version, serial number, validity and key read from bytes that `cryptography` refuses.

Each function gives the same columns as its namesake in `certanalytics.x509.strict`, leaves out
what cannot be read, and says so in ``notes``. Extensions have `lenient_extensions`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from certanalytics.x509 import der
from certanalytics.x509.algorithms import CURVES, DSA, EC, FIXED_BITS, KEY_ALGORITHMS, RSA, RSASSA_PSS
from certanalytics.x509.der import DerError, Element
from certanalytics.x509.parts import Parts
from certanalytics.x509.rsa_keys import unsigned_integers
from certanalytics.x509.serial import serial_hex

Columns = dict[str, object]
"""Values by column name."""

_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_TIME = re.compile(rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:[.,]\d+)?(Z|[+-]\d{4})?")
_PRIME_FIELD = "1.2.840.10045.1.1"


def basics(parts: Parts, notes: list[str]) -> Columns:
    """``version``, ``serial_hex``, ``not_before`` and ``not_after``."""
    columns: Columns = {}
    try:
        columns["version"] = 1 if parts.version is None else der.integer(parts.version) + 1
    except DerError as error:
        notes.append(f"the version cannot be read ({error})")
    try:
        columns["serial_hex"] = serial_hex(der.integer(parts.serial))
    except DerError as error:
        notes.append(f"the serial number cannot be read ({error})")
    try:
        times = list(der.children(parts.validity))
    except DerError as error:
        times = []
        notes.append(f"the validity cannot be read ({error})")
    for column, element in zip(("not_before", "not_after"), times, strict=False):
        try:
            columns[column] = time(element)
        except ValueError as error:
            notes.append(f"{column} cannot be read ({error})")
    return columns


def names(_parts: Parts, _notes: list[str]) -> Columns:
    """No column: names are read from the very octets, whatever `cryptography` says of them."""
    return {}


def time(element: Element) -> datetime:
    """A UTCTime or GeneralizedTime as naive UTC (RFC 5280 section 4.1.2.5).

    Seconds may be missing; a zone other than ``Z`` is reckoned, a missing one taken as UTC, and
    fractions are dropped.

    Raises:
        ValueError: It is not a time.
    """
    digits = element.content
    if element.tag == _UTC_TIME:
        digits = (b"19" if digits[:2] >= b"50" else b"20") + digits
    elif element.tag != _GENERALIZED_TIME:
        raise DerError(f"no time: tag {element.tag:#04x}")
    found = _TIME.fullmatch(digits)
    if not found:
        raise DerError(f"no time: {element.content[:32]!r}")
    zone = found[7] or b"Z"
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    if zone != b"Z":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:]))
        try:
            moment = moment.replace(tzinfo=timezone(-offset if zone[:1] == b"-" else offset)).astimezone(UTC)
        except OverflowError as error:
            raise DerError(f"no time: {element.content!r}") from error
    return moment.replace(tzinfo=None)


def key(parts: Parts, notes: list[str]) -> Columns:
    """``key_algorithm``, ``key_bits``, ``key_curve`` and ``rsa_exponent``."""
    columns: Columns = {}
    try:
        fields = der.sequence(parts.spki, "public key")
        identifier = der.children(der.expect(next(fields, None), der.SEQUENCE, "key algorithm"))
        oid = der.oid(der.expect(next(identifier, None), der.OID, "key algorithm").content)
        columns["key_algorithm"] = algorithm = KEY_ALGORITHMS.get(oid, oid)
        columns["key_bits"] = FIXED_BITS.get(algorithm)
        if oid in (RSA, RSASSA_PSS):
            modulus, exponent = unsigned_integers(
                der.bits(der.expect(next(fields, None), der.BIT_STRING, "RSA key")), 2
            )
            columns |= {"key_bits": modulus.bit_length(), "rsa_exponent": exponent}
        elif oid == EC:
            columns |= _curve(next(identifier, None))
        elif oid == DSA and (parameters := next(identifier, None)) is not None and parameters.tag == der.SEQUENCE:
            columns["key_bits"] = unsigned_integers(parameters.der, 1)[0].bit_length()
    except DerError as error:
        notes.append(f"the public key cannot be read in full ({error})")
    return columns


def _curve(parameters: Element | None) -> Columns:
    """Name and field size of the curve; explicit parameters (RFC 3279 section 2.3.5) have no name."""
    if parameters is None:
        raise DerError("no curve")
    if parameters.tag == der.OID:
        oid = der.oid(parameters.content)
        curve = CURVES.get(oid)
        return {"key_curve": curve.name, "key_bits": curve.bits} if curve else {"key_curve": oid}
    fields = list(der.children(der.expect(parameters, der.SEQUENCE, "curve")))
    field = der.expect(fields[1] if len(fields) > 1 else None, der.SEQUENCE, "field of the curve")
    inside = der.children(field)
    if der.oid(der.expect(next(inside, None), der.OID, "field of the curve").content) == _PRIME_FIELD:
        prime = der.expect(next(inside, None), der.INTEGER, "field of the curve")
        return {"key_bits": int.from_bytes(prime.content).bit_length()}
    raise DerError("a curve with explicit parameters over a field that is not prime")
