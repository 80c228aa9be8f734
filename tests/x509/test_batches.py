"""A row depends on its own bytes alone: not on its neighbours, its place, or where a batch is cut."""

from __future__ import annotations

import random
import time
from functools import cache

import pyarrow as pa
import pytest
from der_mutants import mutants
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certanalytics.x509 import SCHEMA, decode, decoder, der
from certanalytics.x509.parts import cut

PATIENT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)


@pytest.fixture(scope="module")
def stock(vectors, generated) -> list[bytes]:
    """Certificates of every sort: clean, real, changed, cut, and no certificates at all."""
    rng = random.Random(1816)  # noqa: S311
    real = list(vectors.values())
    changed = [data for original in (*real[::9], *generated[:30]) for _, data in mutants(original, rng, 6)]
    hostile = [
        b"", b"\0", b"\x30", b"\x30\x80", b"\x30\x80\0\0", b"\x30\x84\xff\xff\xff\xff", b"\x30\x88" + b"\xff" * 8,
        b"\x30" * 500, b"\xff" * 500, b"\x30\x82\xff\xff" * 99, generated[0][:-1], generated[0][:5],
        generated[0] + b"\0",
    ]  # fmt: skip
    return [*generated[:40], *real[::3], *changed, *hostile]


@pytest.fixture(scope="module")
def alone(stock):
    """The row of each certificate of the stock when it is decoded by itself."""

    @cache
    def row(at: int) -> dict[str, object]:
        (only,) = decode([stock[at]]).to_pylist()
        return only

    return row


@given(data=st.data())
@PATIENT
def test_neighbours_change_nothing(data, stock, alone):
    picked = data.draw(st.lists(st.integers(0, len(stock) - 1), min_size=1, max_size=30))
    table = decode([stock[at] for at in picked])
    table.validate(full=True)
    assert table.schema == SCHEMA
    assert table.to_pylist() == [alone(at) for at in picked]


@given(data=st.data())
@PATIENT
def test_random_bytes_among_good_rows_change_nothing(data, stock, alone):
    """Bytes that no mutation would make, at random places."""
    rows = data.draw(st.lists(st.integers(0, 39) | st.binary(max_size=300), max_size=12))
    told = decode([stock[row] if isinstance(row, int) else row for row in rows]).to_pylist()
    assert len(told) == len(rows)
    for row, said in zip(rows, told, strict=True):
        if isinstance(row, int):
            assert said == alone(row)


def test_a_batch_may_be_cut_anywhere(stock):
    whole = decode(stock)
    for at in (0, 1, 2, 39, 40, len(stock) // 2, len(stock) - 1, len(stock)):
        assert pa.concat_tables([decode(stock[:at]), decode(stock[at:])]).equals(whole), at


def test_a_large_batch_is_read_in_parts(stock, monkeypatch):
    """So that no offset grows beyond what Arrow's strings can hold, however many octets come at once."""
    whole = decode(stock)
    monkeypatch.setattr(decoder, "_ROWS", 200)
    assert decode(stock).equals(whole)
    monkeypatch.setattr(decoder, "_OCTETS", 50_000)
    assert decode(stock).equals(whole)


def test_order_is_the_order_of_the_input(stock):
    order = random.Random(1).sample(range(len(stock)), len(stock))  # noqa: S311
    assert decode([stock[at] for at in order]).equals(decode(stock).take(order))


def test_the_same_certificate_many_times(generated):
    table = decode([generated[0]] * 3_000)
    assert table.equals(decode([generated[0]]).take([0] * 3_000))


@pytest.mark.parametrize("ders", [[], pa.array([], pa.binary()), pa.chunked_array([], pa.binary())])
def test_nothing(ders):
    table = decode(ders)
    assert (table.schema, table.num_rows) == (SCHEMA, 0)


@pytest.mark.parametrize("ders", [[None], [b""], [None, b"", None], [b"", b""]])
def test_rows_without_bytes(ders):
    table = decode(pa.array(ders, pa.binary()))
    assert [any("no bytes" in note for note in notes) for notes in table["warnings"].to_pylist()] == [True] * len(ders)
    assert table["decode_path"].to_pylist() == [None] * len(ders)


def test_slices_of_an_arrow_array_are_read_where_they_lie(generated):
    """A slice shares the buffers of the whole: what stands before and after it is not its own."""
    ders = [None, b"", *generated[:20], b"\x30", None]
    for kind in (pa.binary(), pa.large_binary(), pa.binary_view()):
        array = pa.array(ders, kind)
        for start, stop in ((0, 24), (1, 24), (2, 22), (7, 9), (5, 5), (21, 24)):
            assert decode(array.slice(start, stop - start)).equals(decode(ders[start:stop])), (kind, start, stop)


@pytest.mark.parametrize(
    "names",
    [
        b"\x82\x01a" * 600,
        b"\x87\x04\x7f\0\0\x01" * 600,
        b"\x82\x01a" * 10_000,
        b"\x82\x00" * 9_000,
        b"\x82\x84\0\0\0\x01",
    ],
)
def test_lists_of_many_names_take_no_time(generated, names):
    """Steps of the walk are bounded; what needs more of them is left to the reference path."""
    ders = [_with_value(generated[0], names)] * 20
    start = time.process_time()
    table = decode(ders)
    assert time.process_time() - start < 10
    assert table.equals(decode(ders[:1]).take([0] * 20))


def _with_names(data: bytes, count: int) -> bytes:
    """A certificate with that many DNS names."""
    return _with_value(data, b"".join(der.wrap(0x82, b"name%d.example.com" % at) for at in range(count)))


def _with_value(data: bytes, names: bytes) -> bytes:
    """A certificate with these GeneralNames as its subject alternative names."""
    parts = cut(data)
    value = der.wrap(der.OCTET_STRING, der.wrap(der.SEQUENCE, names))
    kept = [each.der for each in parts.extensions if each.oid != "2.5.29.17"]
    block = der.wrap(
        0xA3, der.wrap(der.SEQUENCE, b"".join([*kept, der.wrap(der.SEQUENCE, bytes.fromhex("0603551d11") + value)]))
    )
    body = parts.tbs.data[parts.tbs.content_start : parts.extension_block.start] + block
    return der.wrap(der.SEQUENCE, der.wrap(der.SEQUENCE, body) + data[parts.tbs.end : parts.certificate.end])


@pytest.mark.parametrize("count", [127, 128, 511, 512, 513, 3_000, 50_000])
def test_many_names(generated, count):
    """Up to a megabyte of names, between two ordinary certificates."""
    ders = [generated[0], _with_names(generated[1], count), generated[2]]
    table = decode(ders)
    assert table.take([0, 2]).equals(decode([ders[0], ders[2]]))
    assert table["san_dns"].to_pylist()[1] == [f"name{at}.example.com" for at in range(count)]
