"""Arrow columns from slices of the batch: the octets of all rows copied at once, never one by one."""

from __future__ import annotations

import binascii

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from certanalytics.x509.lockstep.octets import Numbers, Octets, Span, Truths


def gather(octet: NDArray[np.uint8], span: Span) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """The octets of all spans in a row, and where each begins in them; one more number than spans."""
    offsets = np.zeros(len(span.content) + 1, np.int64)
    np.cumsum(span.length, out=offsets[1:])
    places = np.repeat(span.content - offsets[:-1], span.length)
    places += np.arange(len(places))
    return octet.take(places), offsets.astype(np.int32)


def texts(octets: Octets, span: Span, present: Truths | None = None) -> pa.Array:
    """A string column; null where a row is not ``present``.

    The octets must be known to be UTF-8.
    """
    values, offsets = gather(octets.octet, span)
    return strings(values, offsets, present)


def strings(values: NDArray[np.uint8] | bytes, offsets: NDArray[np.int32], present: Truths | None = None) -> pa.Array:
    """A string column from its octets and where each value begins in them."""
    valid = None if present is None else pa.py_buffer(np.packbits(present, bitorder="little"))
    buffers = [valid, pa.py_buffer(offsets), pa.py_buffer(values)]
    return pa.Array.from_buffers(pa.string(), len(offsets) - 1, buffers)


def hexadecimal(octets: Octets, span: Span, present: Truths | None = None) -> pa.Array:
    """A column of lower-case hexadecimal; null where a row is not ``present``."""
    values, offsets = gather(octets.octet, span)
    return strings(binascii.hexlify(values.data), offsets * 2, present)


def fixed_hexadecimal(values: list[bytes], size: int) -> pa.Array:
    """A column of lower-case hexadecimal from values of one size."""
    return strings(binascii.hexlify(b"".join(values)), np.arange(len(values) + 1, dtype=np.int32) * (2 * size))


def lists(count: int, rows: Numbers, values: pa.Array) -> pa.Array:
    """A list column.

    Args:
        count: Rows of the column.
        rows: For each value its row, in rising order.
        values: The values.
    """
    offsets = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(rows, minlength=count), out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def chosen(names: tuple[str | None, ...], numbers: Numbers) -> pa.Array:
    """A column of a few values, by their numbers."""
    return pa.array(names, pa.string()).take(pa.array(numbers))
