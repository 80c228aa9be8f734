"""DER certificates to columns: all at once where they are canonical, one at a time where they are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from certanalytics.x509 import lockstep, reference
from certanalytics.x509.schema import SCHEMA

_ROWS, _OCTETS = 1 << 13, 1 << 24
"""A batch is at most this large; smaller ones pay more for each step, larger ones leave the processor's caches."""
_LONGEST = 1 << 16
"""Octets of a certificate read with the others; a longer one would make a batch of its own."""


def decode(ders: Sequence[bytes | None] | pa.Array | pa.ChunkedArray) -> pa.Table:
    """Certificates as columns: one row for each input, in input order.

    Nothing raises and nothing is left out: what is not a certificate has a row with its hashes,
    the reason in ``warnings``, and null in every other column, ``evidence`` included.

    Args:
        ders: DER of the certificates, as bytes or as an Arrow array of binary values.

    Returns:
        A table with the columns of `certanalytics.x509.SCHEMA`. Of a name, ``_cn``, ``_o``, ``_ou``
        and ``_c`` are the most specific value of that type, the last in the certificate's order.
        ``validity_days`` counts both ends, and a fraction of a day as a day (CA/Browser Forum
        Baseline Requirements section 6.3.2). ``tbs_sha256`` is over the TBSCertificate without
        poison and SCT list, so that a precertificate and its certificate share it.
    """
    values = ders.to_pylist() if isinstance(ders, pa.Array | pa.ChunkedArray) else ders
    sizes = np.fromiter((0 if der is None else len(der) for der in values), np.int64, len(values))
    parts = [_decoded(values[start:end], sizes[start:end]) for start, end in _batches(sizes)]
    return pa.concat_tables([SCHEMA.empty_table(), *parts])


def _batches(sizes: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Where each batch begins and ends: at least one certificate, then as many as it may hold."""
    ends = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        full = int(np.searchsorted(ends, ends[start] - sizes[start] + _OCTETS, side="right"))
        end = min(max(full, start + 1), start + _ROWS, len(sizes))
        yield start, end
        start = end


def _decoded(ders: Sequence[bytes | None], sizes: NDArray[np.int64]) -> pa.Table:
    together = (sizes > 0) & (sizes < _LONGEST)
    sound = np.zeros(len(ders), np.bool_)
    table = SCHEMA.empty_table()
    if together.any():
        table, sound[together] = lockstep.read([der for der in compress(ders, together) if der])
    if sound.all():
        return table
    alone = reference.decode(list(compress(ders, ~sound)))
    return _in_order(sound, table, np.cumsum(together) - 1, alone, np.cumsum(~sound) - 1)


def _in_order(
    sound: NDArray[np.bool_], table: pa.Table, place: NDArray[np.int64], rest: pa.Table, rest_place: NDArray[np.int64]
) -> pa.Table:
    """Rows of two tables in the order of the input, by runs of neighbours from the same table.

    Args:
        sound: Which rows are of the first table.
        table: The first table.
        place: Where each row would stand in it.
        rest: The second table.
        rest_place: Where each row would stand in that.
    """
    order = np.where(sound, place, table.num_rows + rest_place)
    return pa.concat_tables([table, rest]).combine_chunks().take(pa.array(order))
