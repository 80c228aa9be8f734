"""Two decoders over the same bytes: where they say different things, and what neither may say."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa
from cryptography import x509
from der_tree import Tree

from certanalytics.x509.der import wrap

Decoder = Callable[[Sequence[bytes]], pa.Table]

PATH = "decode_path"
PATHS = {"fast", "reference", "lenient", None}


class Disagreement(NamedTuple):
    """One column of one row of which the decoders say different things, or a rule that a row breaks."""

    row: int
    column: str
    said: object
    expected: object


def disagreements(ders: Sequence[bytes], table: pa.Table, oracle: pa.Table) -> list[Disagreement]:
    """Every difference between a decoder's rows and the oracle's, in all columns but ``decode_path``.

    Besides, a row that is no certificate has no path, and what `cryptography` refuses is not ``fast``.
    """
    if table.num_rows != len(ders) or table.drop_columns(PATH).schema != oracle.drop_columns(PATH).schema:
        shape = (table.num_rows, str(table.schema)), (len(ders), str(oracle.schema))
        return [Disagreement(-1, "rows and columns", *shape)]
    table.validate(full=True)
    found = [
        Disagreement(row, name, said, expected)
        for name in oracle.schema.names
        if name != PATH and not table[name].equals(oracle[name])
        for row, (said, expected) in enumerate(zip(table[name].to_pylist(), oracle[name].to_pylist(), strict=True))
        if said != expected
    ]
    return found + list(_false_paths(ders, table))


def _false_paths(ders: Sequence[bytes], table: pa.Table) -> Iterator[Disagreement]:
    columns = (table[name].to_pylist() for name in (PATH, "evidence", "warnings"))
    for row, (path, evidence, notes) in enumerate(zip(*columns, strict=True)):
        if path not in PATHS or (path is None) != (evidence is None):
            yield Disagreement(row, PATH, path, f"evidence is {evidence}")
        if path != "lenient" and any(note.endswith("read leniently") for note in notes):
            yield Disagreement(row, PATH, path, notes)
        if path == "fast" and (why := refusal(ders[row])):
            yield Disagreement(row, PATH, path, f"refused by cryptography: {why}")


def refusal(data: bytes) -> str | None:
    """Why `cryptography` does not read a certificate in all its parts; ``None`` if it does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            certificate = x509.load_der_x509_certificate(data)
            _ = certificate.version, certificate.serial_number, certificate.signature_algorithm_oid
            _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
            _ = certificate.subject, certificate.issuer, certificate.extensions
            certificate.public_key()
        except Exception as error:  # noqa: BLE001 - whatever it raises is a refusal
            return f"{type(error).__name__}: {error}"
    return None


def hashes(ders: Sequence[bytes]) -> tuple[list[str], list[str]]:
    """SHA-256 and SHA-1 of every input."""
    return [hashlib.sha256(der).hexdigest() for der in ders], [hashlib.sha1(der).hexdigest() for der in ders]  # noqa: S324


def reduced(data: bytes, still: Callable[[bytes], bool]) -> bytes:
    """A certificate with everything left out that is not needed for what is still said of it."""
    smaller: bytes | None = data
    while smaller is not None:
        data = smaller
        tree = Tree(data)
        fewer = (tree.with_replaced(at, new) for at in range(1, len(tree.nodes)) for new in _less(tree, at))
        smaller = next((other for other in fewer if len(other) < len(data) and still(other)), None)
    return data


def _less(tree: Tree, at: int) -> Iterator[bytes]:
    content, tag = tree.content(at), tree.der(at)[:1]
    yield b""
    yield tag + b"\0"
    yield b"\x30\x00" if tag == b"\x30" else tag + b"\1\0"
    if len(content) > 8 and not tree.children(at):
        yield wrap(tag[0], content[: len(content) // 2])
