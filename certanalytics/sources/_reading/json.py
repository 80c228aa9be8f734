"""JSON read as a stream: the one place that touches ijson, and that stands between it and hostile files."""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import InvalidOperation
from typing import Any, BinaryIO

import ijson

from certanalytics.sources._reading.bytes import AS_JSON_ESCAPES, UTF16_MARKS

LONGEST_NUMBER = 20_000
"""Digits a number may have: the modulus of an RSA key of 65,536 bits, which SSLyze writes as one number, fits."""

_DEEPEST = 200
_NEST = re.compile(rb'(?:[\[{]\s*(?:"[^"\\]{0,40}"\s*:\s*)?){%d}' % _DEEPEST)
"""Nothing but openings: ijson keeps a path for each, and 64 KiB of ``[`` take it ten gigabytes."""

_EIGHT_DIGITS = re.compile(rb"[0-9]{8}")


class BrokenJsonError(ValueError):
    """JSON that ends too early (``cut``) or is none; the message never holds a piece of the file."""

    def __init__(self, message: str, *, cut: bool = False) -> None:
        self.cut = cut
        super().__init__(message)


def begins(data: bytes) -> str:
    """The first character of JSON that is not white space; empty if there is none. UTF-8, or UTF-16 with its mark."""
    return data[:4096].decode(_encoding(data), errors="replace").lstrip("\ufeff \t\r\n")[:1]


def _encoding(data: bytes) -> str:
    """How a JSON text is written: what Windows PowerShell puts into a file is UTF-16 with a byte order mark."""
    return "utf-16" if data.startswith(UTF16_MARKS) else "utf-8-sig"


class _Guarded:
    """A binary stream in sound UTF-8 without byte order mark, up to a number of more than `LONGEST_NUMBER` digits.

    CPython refuses to convert what is longer than its limit, and ijson's C backend (3.6) ends the process when
    it does. testssl.sh writes the bytes of a certificate's names as they are: one that is not UTF-8 would end the
    file for ijson.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder: codecs.IncrementalDecoder | None = None
        self._limit = LONGEST_NUMBER
        self._stride = max(1, self._limit // 8)
        self._too_long = re.compile(rb"(?<![0-9])[0-9]{%d}" % (self._limit + 1))
        self._tail = b""
        self._ended = self._refused = False

    def read(self, size: int = -1) -> bytes:
        part = b"" if self._refused else self._sound(size)
        if _is_nest(part):
            raise BrokenJsonError(f"it is nested more than {_DEEPEST} levels deep")
        start = self._number_too_long(self._tail + part)
        if start is not None:
            self._refused = True
            part = part[: max(0, start - len(self._tail))]
        if self._refused and not part:
            raise BrokenJsonError(f"it holds a number of more than {self._limit} digits")
        self._tail = (self._tail + part)[-self._limit :]
        return part

    def _sound(self, size: int) -> bytes:
        """The next bytes; none only at the end, and where ijson asks for none to see of what type they are."""
        part = b""
        while size and not part and not self._ended:
            data = self._stream.read(size)
            self._ended = not data
            if self._decoder is None:
                encoding = _encoding(data)
                errors = "replace" if encoding == "utf-16" else AS_JSON_ESCAPES
                self._decoder = codecs.getincrementaldecoder(encoding)(errors)
            part = self._decoder.decode(data, final=self._ended).encode("utf-8", "replace")
        return part

    def _number_too_long(self, data: bytes) -> int | None:
        """Where such a number starts; a look at every n-th byte rules it out fifty times faster."""
        if _EIGHT_DIGITS.search(data[:: self._stride]) and (found := self._too_long.search(data)):
            return found.start()
        return None


def _is_nest(data: bytes) -> bool:
    """Whether it nests without end; to count brackets rules it out at next to no cost."""
    opened, closed = (sum(map(data.count, pair)) for pair in ((b"[", b"{"), (b"]", b"}")))
    return opened - closed >= _DEEPEST and _NEST.search(data) is not None


def items(stream: BinaryIO, prefix: str) -> Iterator[Any]:
    """The values at ``prefix`` (ijson's notation) of one JSON text, or of several one after the other.

    Whole numbers keep all their digits; other numbers are ``Decimal``.

    Raises:
        BrokenJsonError: After the values that could be read.
    """
    yield from _guard(ijson.items(_Guarded(stream), prefix, multiple_values=True))


def events(stream: BinaryIO) -> Iterator[tuple[str, str, Any]]:
    """Prefix, event and value of everything in the JSON, in file order.

    Raises:
        BrokenJsonError: After the events that could be read.
    """
    yield from _guard(ijson.parse(_Guarded(stream), multiple_values=True))


_STARTS, _ENDS = ("start_map", "start_array"), ("end_map", "end_array")


def picked(stream: BinaryIO, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Any]]:
    """Prefix and value of every value whose prefix is wanted, in file order; one may not lie in another.

    Raises:
        BrokenJsonError: After the values that could be read.
    """
    builder, depth, where = None, 0, ""
    for prefix, event, value in events(stream):
        if builder is None:
            if event == "map_key" or event in _ENDS or not wanted(prefix):
                continue
            builder, depth, where = ijson.ObjectBuilder(), 0, prefix
        builder.event(event, value)
        depth += (event in _STARTS) - (event in _ENDS)
        if not depth:
            yield where, builder.value
            builder = None


_END = object()


@contextmanager
def _long_numbers() -> Iterator[None]:
    """CPython's own limit lifted while ijson converts, and for nobody else."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(LONGEST_NUMBER)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(before)


def _guard(values: Iterator[Any]) -> Iterator[Any]:
    try:
        while True:
            with _long_numbers():
                value = next(values, _END)
            if value is _END:
                return
            yield value
    except ijson.JSONError as error:
        # The first line says what is wrong; the lines after it quote the file.
        message = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
        raise BrokenJsonError(message.splitlines()[0].strip(), cut="premature EOF" in message) from None
    except InvalidOperation:
        raise BrokenJsonError("it holds a number beyond all bounds") from None
