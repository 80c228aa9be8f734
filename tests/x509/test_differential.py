"""The decoder against the reference path: every column of every row, on clean, real and broken certificates."""

from __future__ import annotations

import random
import re
from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from der_mutants import everywhere, mutants
from differential import PATH, disagreements, hashes, reduced, refusal

from certanalytics.x509 import decode, reference

SEED = 20261126


def account(ders: list[bytes]) -> Counter[str | None]:
    """How many rows took which path, once nothing disagrees."""
    table = decode(ders)
    found = disagreements(ders, table, reference.decode(ders))
    shown = [(each.column, each.said, each.expected, ders[each.row].hex()) for each in found[:3]]
    assert shown == []
    assert (table["sha256"].to_pylist(), table["sha1"].to_pylist()) == hashes(ders)
    return Counter(table[PATH].to_pylist())


def test_clean_certificates_all_go_the_fast_way(generated):
    assert account(generated) == {"fast": len(generated)}


def test_vectors(vectors):
    ders = list(vectors.values())
    assert account(ders)["fast"] > 200


@pytest.mark.shared
def test_real_certificates(corpora):
    """A third of the large corpus, all of the others; ``benchmarks/decoder_equality.py`` takes every one."""
    found = account([der for ders in corpora.values() for der in ders[:: 3 if len(ders) > 5_000 else 1]])
    assert found["fast"] > 0.85 * found.total()


def test_changed_certificates(vectors, generated):
    rng = random.Random(SEED)  # noqa: S311
    originals = [*rng.sample(list(vectors.values()), 60), *generated[:40]]
    found = account([der for original in originals for _, der in mutants(original, rng, 30)])
    assert min(found["fast"], found["reference"], found["lenient"], found[None]) > 100  # every way is exercised


def test_every_change_at_every_place(generated):
    rng = random.Random(SEED)  # noqa: S311
    smallest = min((der for der in generated if bytes.fromhex("2b06010401d679020402") in der), key=len)
    assert account([der for _, der in everywhere(smallest, rng)])["fast"] > 50


# What the comparison is worth: each of these decoders is wrong in one way, and is caught.


def _with_paths(table: pa.Table) -> pa.Table:
    """The reference's rows as a perfect decoder would give them, slow as it is."""
    lenient = [any(note.endswith("read leniently") for note in notes) for notes in table["warnings"].to_pylist()]
    none = [evidence is None for evidence in table["evidence"].to_pylist()]
    paths = [None if no else "lenient" if odd else "fast" for no, odd in zip(none, lenient, strict=True)]
    table = table.drop_columns(PATH) if PATH in table.schema.names else table
    return table.append_column(PATH, pa.array(paths, pa.string()))


def _changed(table: pa.Table, name: str, change) -> pa.Table:
    values = change(table[name].to_pylist())
    return table.set_column(
        table.schema.get_field_index(name), table.schema.field(name), [pa.array(values, table.schema.field(name).type)]
    )


def _of_the_neighbour(values: list) -> list:
    """The last row has what the first one says, as when a slice ends one row too late."""
    return [*values[:-1], values[0]]


PLANTED = {
    "a row too few": lambda table: table.slice(1),
    "another type": lambda table: table.set_column(4, "version", table["version"].cast(pa.int64())),
    "a column too few": lambda table: table.drop_columns("sha1"),
    "a neighbour's names": lambda table: _changed(table, "san_dns", _of_the_neighbour),
    "a neighbour's serial number": lambda table: _changed(table, "serial_hex", _of_the_neighbour),
    "null for an empty list": lambda table: _changed(table, "san_uri", lambda lists: [each or None for each in lists]),
    "an empty list for null": lambda table: _changed(table, "san_dns", lambda lists: [each or [] for each in lists]),
    "a lost warning": lambda table: _changed(table, "warnings", lambda lists: [[] for _ in lists]),
    "a name without escapes": lambda table: _changed(
        table, "issuer_dn", lambda names: [name and re.sub(r"\\([,+])", r"\1", name) for name in names]
    ),
    "a second too much": lambda table: table.set_column(
        15, "not_before", pc.add(table["not_before"], pa.scalar(1_000_000, pa.duration("us")))
    ),
    "a day too few": lambda table: table.set_column(17, "validity_days", pc.subtract(table["validity_days"],
        pa.scalar(1, pa.int32()))),
    "names in another order": lambda table: _changed(table, "san_dns",
        lambda lists: [each and each[::-1] for each in lists]),
    "a name cut short": lambda table: _changed(table, "subject_cn",
        lambda names: [name and name[:8] for name in names]),
    "everything fast": lambda table: _changed(table, PATH, lambda paths: ["fast"] * len(paths)),
    "what was refused is fast": lambda table: _changed(table, PATH, lambda paths: [path and "fast" for path in paths]),
    "no path": lambda table: _changed(table, PATH, lambda paths: [None] * len(paths)),
    "an unknown path": lambda table: _changed(table, PATH, lambda paths: [path and "quick" for path in paths]),
}  # fmt: skip


@pytest.fixture(scope="module")
def batch(vectors, generated) -> list[bytes]:
    names = ("cryptography.io.pem", "custom/invalid_utf8_common_name.pem", "custom/two_basic_constraints.pem")
    return [*generated[:40], *(vectors[f"x509/{name}"] for name in names), b"\x30\x00", b"", generated[40]]


def test_a_right_decoder_passes(batch):
    oracle = reference.decode(batch)
    assert disagreements(batch, _with_paths(oracle), oracle) == []


@pytest.mark.parametrize("planted", PLANTED)
def test_a_wrong_decoder_is_caught(batch, planted):
    oracle = reference.decode(batch)
    assert disagreements(batch, PLANTED[planted](_with_paths(oracle)), oracle)


def test_what_cryptography_refuses(vectors, generated):
    assert refusal(generated[0]) is None
    for name, why in {
        "custom/negative_serial.pem": None,
        "badasn1time.pem": "InvalidValue",
        "custom/invalid_version.pem": "InvalidVersion",
        "custom/two_basic_constraints.pem": "DuplicateExtension",
    }.items():
        said = refusal(vectors[f"x509/{name}"])
        assert (said is None) if why is None else (why in said), name
    assert refusal(generated[0] + b"\0")


def test_a_certificate_is_reduced_to_what_matters(generated):
    """Of a certificate that is said to be wrong for its policy, hardly more than the policy is left."""
    policy = bytes.fromhex("0603551d20")
    original = next(der for der in generated if policy in der)
    smallest = reduced(original, lambda der: policy in der)
    assert policy in smallest
    assert len(smallest) < 60


def test_mutants_are_the_same_for_the_same_seed(generated):
    one, other = (list(mutants(generated[0], random.Random(SEED), 200)) for _ in range(2))  # noqa: S311
    assert one == other
    assert len({der for _, der in one}) > 150
