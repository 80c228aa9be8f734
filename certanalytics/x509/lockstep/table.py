"""A batch of certificates as a table: every column from its field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from certanalytics.x509.lockstep import fields, pieces
from certanalytics.x509.lockstep.columns import binaries, chosen, hexadecimal
from certanalytics.x509.lockstep.digests import issuance_tbs, sha1, sha256
from certanalytics.x509.lockstep.extensions import (
    ALTERNATIVE_NAMES,
    SUBJECT_KEY_ID,
    TIMESTAMPS,
    Extensions,
    extensions,
    values,
)
from certanalytics.x509.lockstep.fields import OCTET_STRING, Fields
from certanalytics.x509.lockstep.general_names import alternative_names
from certanalytics.x509.lockstep.keys import CURVE_NAMES, NAMES, keys
from certanalytics.x509.lockstep.octets import Octets, Span, Truths
from certanalytics.x509.lockstep.subjects import LITERALS, subjects
from certanalytics.x509.lockstep.timestamps import log_ids
from certanalytics.x509.schema import SCHEMA

_DAY = 86_400


class Batch(NamedTuple):
    """A batch as far as it was read.

    Attributes:
        table: A row for each certificate, of `certanalytics.x509.SCHEMA`.
        sound: Which rows are right; the others hold nothing of use.
    """

    table: pa.Table
    sound: Truths


def read(ders: Sequence[bytes]) -> Batch:
    """Decode a batch of certificates as far as they are canonical.

    Args:
        ders: At least one certificate; all together less than 1 GiB.
    """
    octets = Octets(ders, LITERALS)
    cut = fields.cut(octets)
    not_before, not_after = fields.times(octets, cut.validity)
    key = keys(octets, cut.key)
    found = extensions(octets, cut.extensions)
    said = _said(octets, cut, found)
    count = len(ders)
    logs, sct_count = log_ids(octets, found.own[TIMESTAMPS])
    columns: dict[str, pa.Array] = {
        "sha256": sha256(ders),
        "sha1": sha1(ders),
        "spki_sha256": sha256(octets.slices(cut.spki)),
        "tbs_sha256": sha256(issuance_tbs(octets, cut, found.removed)),
        "version": pa.repeat(pa.scalar(3, pa.int32()), count),
        "serial_hex": _serials(octets, cut.serial),
        **subjects(octets, cut.subject, cut.subject_name),
        "not_before": pa.array(not_before * 1_000_000).cast(pa.timestamp("us")),
        "not_after": pa.array(not_after * 1_000_000).cast(pa.timestamp("us")),
        "validity_days": pa.array((-((not_before - not_after - 1) // _DAY)).astype(np.int32)),
        "key_algorithm": chosen(NAMES, key.kind),
        "key_bits": pa.array(key.bits.astype(np.int32)),
        "key_curve": chosen(CURVE_NAMES, key.kind),
        "rsa_exponent": pa.array(key.exponent, mask=key.exponent == 0),
        **alternative_names(octets, found.own[ALTERNATIVE_NAMES]),
        "subject_key_id": _subject_key_ids(octets, found),
        "sct_log_ids": logs,
        "sct_count": pa.array(sct_count.astype(np.int32)),
        "is_self_issued": pa.array(octets.same(cut.issuer, cut.subject_name)),
        "evidence": pa.repeat("der", count),
        "warnings": pa.ListArray.from_arrays(pa.array(np.zeros(count + 1, np.int32)), pa.array([], pa.string())),
        "decode_path": pa.repeat("fast", count),
    }
    table = pa.table([columns[name] if name in columns else said.column(name) for name in SCHEMA.names], schema=SCHEMA)
    return Batch(table, octets.sound)


def _said(octets: Octets, cut: Fields, found: Extensions) -> pieces.Said:
    """What the pieces that certificates share say of each."""
    said = pieces.Said(octets)
    rows = np.flatnonzero(octets.sound)
    said.add(rows, binaries(octets, cut.signed_by.of(rows)), pieces.issuer)
    runs, strangers = found.runs.sound(octets), found.strangers.sound(octets)
    said.add(runs.rows, binaries(octets, runs.span), pieces.run)
    before, value = values(octets, strangers)
    kept = octets.sound[strangers.rows]
    extensions_apart = zip(octets.slices(before.of(kept)), octets.slices(value.of(kept)), strict=True)
    essences = [pieces.essence(*extension) for extension in extensions_apart]
    said.add(strangers.rows[kept], pa.array(essences, pa.binary()), pieces.run)
    return said


def _subject_key_ids(octets: Octets, found: Extensions) -> pa.Array:
    rows = found.own[SUBJECT_KEY_ID].rows
    _, value = values(octets, found.own[SUBJECT_KEY_ID])
    key_id = octets.element(OCTET_STRING, *value, rows)
    octets.doubt(key_id.end != value.end, rows)
    count = len(octets.sound)
    start, end, present = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.bool_)
    start[rows], end[rows], present[rows] = key_id.content, key_id.end, True
    return hexadecimal(octets, Span(start, end), present)


def _serials(octets: Octets, serial: Span) -> pa.Array:
    """Serial numbers without the octet that only keeps them positive."""
    padded = (octets.octet[serial.content] == 0) & (serial.length > 1)
    return hexadecimal(octets, Span(serial.content + padded, serial.end))
