"""Pieces that many certificates share, each read once by the reference path.

A piece is put into a certificate that has nothing else and read there. What then differs from that
certificate without it is what the piece says; if anything was remarked, certificates with that
piece are left to the reference path. So the lock-step walk cannot read these fields otherwise than
the reference path does: it never reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from certanalytics.x509 import der, reference
from certanalytics.x509.algorithms import EC
from certanalytics.x509.lockstep.octets import Numbers, Octets
from certanalytics.x509.schema import SCHEMA

Columns = dict[str, Any]
"""Values by column name."""

_REMEMBERED = 1 << 14
_LONGEST = 1 << 12
"""Octets of a piece that is remembered; a longer one is no everyday piece and leaves its rows to the reference path."""
_ISSUER_COLUMNS = ("issuer_dn", "issuer_cn", "issuer_o", "issuer_c", "signature_algorithm", "signature_hash")
_EXTENSION_COLUMNS = (
    "is_ca",
    "path_length",
    "key_usage",
    "extended_key_usage",
    "authority_key_id",
    "ocsp_urls",
    "ca_issuer_urls",
    "crl_urls",
    "policy_oids",
    "validation_level",
    "is_precert",
    "must_staple",
    "unknown_critical_extensions",
)

_P256 = "1.2.840.10045.3.1.7"
_GENERATOR = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
_ECDSA_WITH_SHA256 = der.wrap(der.SEQUENCE, der.oid_der("1.2.840.10045.4.3.2"))
_NOBODY = der.wrap(der.SEQUENCE, b"")
_VERSION_AND_SERIAL = bytes.fromhex("a003020102020101")
_VALIDITY = der.wrap(der.SEQUENCE, der.wrap(0x17, b"000101000000Z") * 2)
_KEY = der.wrap(
    der.SEQUENCE,
    der.wrap(der.SEQUENCE, der.oid_der(EC) + der.oid_der(_P256)) + der.wrap(der.BIT_STRING, b"\0" + _GENERATOR),
)
_SIGNATURE = der.wrap(der.BIT_STRING, b"\0\0")


def _certificate(algorithm: bytes, issuer: bytes, extensions: bytes) -> bytes:
    """The smallest certificate with these fields."""
    block = der.wrap(0xA3, der.wrap(der.SEQUENCE, extensions)) if extensions else b""
    tbs = der.wrap(der.SEQUENCE, _VERSION_AND_SERIAL + algorithm + issuer + _VALIDITY + _NOBODY + _KEY + block)
    return der.wrap(der.SEQUENCE, tbs + algorithm + _SIGNATURE)


def _said(certificate: bytes, columns: tuple[str, ...]) -> Columns | None:
    """What the reference path reads in these columns; nothing if it remarks on anything."""
    row = reference.read(certificate)
    return None if row["warnings"] else {column: row.get(column) for column in columns}


@cache
def _plain() -> Columns:
    """The columns of extensions in a certificate without any."""
    said = _said(_certificate(_ECDSA_WITH_SHA256, _NOBODY, b""), _EXTENSION_COLUMNS)
    if said is None:
        raise RuntimeError("the reference path remarks on the smallest certificate; this is an error of this package")
    return said


@lru_cache(_REMEMBERED)
def issuer(signed_by: bytes) -> Columns | None:
    """What an AlgorithmIdentifier and the issuer Name after it say; nothing if they are not plain.

    Args:
        signed_by: Both, one after the other.
    """
    algorithm = der.read(signed_by).der
    return _said(_certificate(algorithm, signed_by[len(algorithm) :], b""), _ISSUER_COLUMNS)


@lru_cache(_REMEMBERED)
def run(extensions: bytes) -> Columns | None:
    """What neighbouring extensions say, in the columns they fill; nothing if they are not plain."""
    said = _said(_certificate(_ECDSA_WITH_SHA256, _NOBODY, extensions), _EXTENSION_COLUMNS)
    return (
        None if said is None else {column: said[column] for column, empty in _plain().items() if said[column] != empty}
    )


@lru_cache(_REMEMBERED)
def is_opaque(identifier: bytes) -> bool:
    """Whether nobody looks into extensions of this kind: octets that are no DER pass without a remark.

    Args:
        identifier: DER of the OBJECT IDENTIFIER.
    """
    return run(der.wrap(der.SEQUENCE, identifier + der.wrap(der.OCTET_STRING, b"\xff"))) is not None


def essence(before: bytes, value: bytes) -> bytes:
    """An extension of a kind this package does not know, without its value if nobody looks into it.

    Args:
        before: Identifier and, where it stands, the BOOLEAN of a critical extension.
        value: What the OCTET STRING holds.
    """
    kept = b"" if is_opaque(der.read(before).der) else value
    return der.wrap(der.SEQUENCE, before + der.wrap(der.OCTET_STRING, kept))


class Said:
    """Columns put together from pieces, each of which several rows have.

    Args:
        octets: The batch.
    """

    def __init__(self, octets: Octets) -> None:
        self._octets = octets
        self._pieces: list[Columns] = []
        self._of: dict[str, Numbers] = {}

    def add(self, rows: Numbers, pieces: pa.Array, read: Callable[[bytes], Columns | None]) -> None:
        """Let pieces speak for rows.

        Args:
            rows: The rows; one that is told the same column twice is doubted.
            pieces: What each row has.
            read: Reads a piece; where it reads nothing, or the piece is very long, the row is doubted.
        """
        distinct = pieces.dictionary_encode()
        numbers: Numbers = distinct.indices.to_numpy().astype(np.int64)
        said = [read(piece) if len(piece) <= _LONGEST else None for piece in distinct.dictionary.to_pylist()]
        self._octets.doubt(np.array([columns is None for columns in said], np.bool_)[numbers], rows)
        first = len(self._pieces)
        self._pieces.extend(columns or {} for columns in said)
        for column in dict.fromkeys(column for columns in said for column in columns or ()):
            speaks = np.array([columns is not None and column in columns for columns in said], np.bool_)[numbers]
            told, piece = rows[speaks], first + numbers[speaks]
            of = self._of.setdefault(column, np.full(len(self._octets.sound), -1, np.int64))
            self._octets.doubt(of[told] >= 0, told)
            of[told] = piece
            self._octets.doubt(of[told] != piece, told)

    def column(self, name: str) -> pa.Array:
        """A column; where no piece spoke of it, what it is in a certificate without extensions."""
        values = [columns.get(name) for columns in self._pieces]
        values.append(_plain().get(name))
        of = self._of.get(name)
        if of is None:
            of = np.full(len(self._octets.sound), -1, np.int64)
        return pa.array(values, SCHEMA.field(name).type).take(pa.array(np.where(of < 0, len(values) - 1, of)))
