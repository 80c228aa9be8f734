"""Arrow columns from slices of the batch: the octets of all rows copied at once, never one by one."""

from __future__ import annotations

import binascii

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from certanalytics.x509.lockstep.octets import Numbers, Octets, Span, Truths

_WITHIN, _HALF = 12, (1 << 32) - 1
"""Octets a view holds itself instead of saying where they are (Arrow columnar format, variable-size binary view)."""


def binaries(octets: Octets, span: Span) -> pa.Array:
    """The octets of each span: Arrow copies them all, told where they lie by an array of views."""
    size, start = span.length, span.content
    views = np.empty((len(size), 2), np.int64)
    views[:, 0] = octets.words(start) << 32 | size
    views[:, 1] = start << 32
    within = np.flatnonzero(size <= _WITHIN)
    short, at = size[within], start[within]
    first, second = octets.leading(at, short, 2)
    views[within, 0] = first << 32 | short
    views[within, 1] = first >> 32 & _HALF | second << 32
    buffers = [None, pa.py_buffer(views), pa.py_buffer(octets.data)]
    return pa.Array.from_buffers(pa.binary_view(), len(size), buffers).cast(pa.binary())


def gather(octets: Octets, span: Span) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """The octets of all spans in a row, and where each begins in them; one more number than spans."""
    copied = binaries(octets, span)
    _, offsets, values = copied.buffers()
    return np.frombuffer(values or b"", np.uint8), np.frombuffer(offsets, np.int32, len(copied) + 1)


def texts(octets: Octets, span: Span, present: Truths | None = None) -> pa.Array:
    """A string column; null where a row is not ``present``.

    The octets must be known to be UTF-8.
    """
    values, offsets = gather(octets, span)
    return strings(values, offsets, present)


def strings(values: NDArray[np.uint8] | bytes, offsets: NDArray[np.int32], present: Truths | None = None) -> pa.Array:
    """A string column from its octets and where each value begins in them."""
    valid = None if present is None else pa.py_buffer(np.packbits(present, bitorder="little"))
    buffers = [valid, pa.py_buffer(offsets), pa.py_buffer(values)]
    return pa.Array.from_buffers(pa.string(), len(offsets) - 1, buffers)


def hexadecimal(octets: Octets, span: Span, present: Truths | None = None) -> pa.Array:
    """A column of lower-case hexadecimal; null where a row is not ``present``."""
    values, offsets = gather(octets, span)
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
