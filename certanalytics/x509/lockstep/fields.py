"""The fields of a certificate and what makes each canonical: RFC 5280 section 4.1, row by row.

Each function reads like the ASN.1 it stands for; what it does not name is doubted.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from certanalytics.x509.lockstep.octets import Numbers, Octets, Span, Truths, Words

INTEGER, BIT_STRING, OCTET_STRING, OID = 0x02, 0x03, 0x04, 0x06
SEQUENCE, SET, EXTENSIONS = 0x30, 0x31, 0xA3
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18

_V3 = bytes.fromhex("a003020102")
_LONGEST_SERIAL = 21


class Fields(NamedTuple):
    """Where the fields of each certificate lie.

    Attributes:
        tbs: TBSCertificate, header included.
        tbs_content: What it holds.
        serial: Octets of the serial number.
        signed_by: AlgorithmIdentifier and issuer Name, which stand side by side.
        issuer: Issuer Name, header included.
        validity: The two times.
        subject: What the subject Name holds.
        subject_name: Subject Name, header included.
        spki: SubjectPublicKeyInfo, header included.
        key: What it holds.
        extension_block: The ``[3]`` with the extensions, header included.
        extensions: The extensions.
    """

    tbs: Span
    tbs_content: Span
    serial: Span
    signed_by: Span
    issuer: Span
    validity: Span
    subject: Span
    subject_name: Span
    spki: Span
    key: Span
    extension_block: Span
    extensions: Span


def cut(octets: Octets) -> Fields:
    """Cut every certificate into its fields: version 3, no unique identifiers, nothing left over."""
    certificate = octets.element(SEQUENCE, *octets.whole)
    octets.doubt(certificate.end != octets.whole.end)

    tbs = octets.element(SEQUENCE, *certificate)
    octets.doubt(~octets.begins(tbs.content, _V3))
    version_end = np.minimum(tbs.content + len(_V3), tbs.end)
    serial = octets.element(INTEGER, version_end, tbs.end)
    algorithm = octets.element(SEQUENCE, serial.end, tbs.end)
    issuer = octets.element(SEQUENCE, algorithm.end, tbs.end)
    validity = octets.element(SEQUENCE, issuer.end, tbs.end)
    subject = octets.element(SEQUENCE, validity.end, tbs.end)
    key = octets.element(SEQUENCE, subject.end, tbs.end)
    block = octets.element(EXTENSIONS, key.end, tbs.end)
    octets.doubt(block.end != tbs.end)
    extensions = octets.element(SEQUENCE, *block)
    octets.doubt((extensions.end != block.end) | (extensions.length == 0))

    outer = octets.element(SEQUENCE, tbs.end, certificate.end)
    octets.doubt(~octets.same(Span(serial.end, algorithm.end), Span(tbs.end, outer.end)))
    signature = octets.element(BIT_STRING, outer.end, certificate.end)
    octets.doubt((signature.end != certificate.end) | (octets.octet[signature.content] != 0) | (signature.length < 2))

    octets.doubt(~positive(octets, serial) | (serial.length > _LONGEST_SERIAL))
    return Fields(
        tbs=Span(certificate.content, tbs.end),
        tbs_content=tbs,
        serial=serial,
        signed_by=Span(serial.end, issuer.end),
        issuer=Span(algorithm.end, issuer.end),
        validity=validity,
        subject=subject,
        subject_name=Span(validity.end, subject.end),
        spki=Span(subject.end, key.end),
        key=key,
        extension_block=Span(key.end, block.end),
        extensions=extensions,
    )


def positive(octets: Octets, integer: Span) -> Truths:
    """Where an INTEGER is in its shortest form (X.690 section 8.3) and greater than zero."""
    word = octets.words(integer.content)
    first, second = word & 0xFF, word >> 8 & 0xFF
    padded = (first == 0) & (integer.length > 1)
    found: Truths = (integer.length > 0) & (first < 0x80) & (padded | (first != 0)) & (~padded | (second >= 0x80))
    return found


def times(octets: Octets, validity: Span) -> tuple[Numbers, Numbers]:
    """``notBefore`` and ``notAfter`` as seconds since 1970 (section 4.1.2.5)."""
    not_before, middle = _time(octets, validity.content, validity.end)
    not_after, end = _time(octets, middle, validity.end)
    octets.doubt(end != validity.end)
    return not_before, not_after


def _time(octets: Octets, at: Numbers, limit: Numbers) -> tuple[Numbers, Numbers]:
    """``YYMMDDHHMMSSZ`` as UTCTime until 2049, ``YYYYMMDDHHMMSSZ`` as GeneralizedTime."""
    tags, span, sound = octets.header(at, limit)
    general = tags == GENERALIZED_TIME
    octets.doubt(~sound | ~(general | (tags == UTC_TIME)) | (span.length != np.where(general, 15, 13)))
    start = np.minimum(span.content + 2 * general, limit)
    date, clock = octets.words(start), octets.words(np.minimum(start + 8, limit))
    century = np.where(general, octets.words(span.content), 0x3030)
    pairs = [century, date, date >> 16, date >> 32, date >> 48, clock, clock >> 16]
    hundreds, year, month, day, hour, minute, second = (_two_digits(octets, pair) for pair in pairs)
    octets.doubt(clock >> 32 & 0xFF != ord("Z"))
    year = np.where(general, 100 * hundreds + year, year + np.where(year >= 50, 1900, 2000))
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    known = np.clip(month, 1, 12)
    octets.doubt((month != known) | (day < 1) | (day > _DAYS[known] + (leap & (known == 2))))
    octets.doubt((hour > 23) | (minute > 59) | (second > 59) | (year < 1))
    months = (year - 1970) * 12 + known - 1
    days = months.astype("M8[M]").astype("M8[D]").astype(np.int64) + day - 1
    return ((days * 24 + hour) * 60 + minute) * 60 + second, span.end


_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)


def _two_digits(octets: Octets, word: Words) -> Numbers:
    """The number in the first two octets of a word, which must be decimal digits."""
    tens, ones = (word & 0xFF) - ord("0"), (word >> 8 & 0xFF) - ord("0")
    octets.doubt((tens < 0) | (tens > 9) | (ones < 0) | (ones > 9))
    number: Numbers = np.clip(tens, 0, 9) * 10 + np.clip(ones, 0, 9)
    return number
