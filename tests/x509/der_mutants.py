"""Certificates with one or two things changed by the structure of their DER (X.690, RFC 5280).

`mutants` chooses by a seeded generator: first a kind of change, then a place where it makes sense, so that rare places
are met as often as common ones. `everywhere` makes every kind of change once at every place. Both yield the name of
the change and the bytes; nothing says whether the result is still a certificate: that is for the decoders to say.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from der_changes import CHANGES, WHOLE
from der_tree import Tree

Random = random.Random


class _Certificate:
    """A certificate and the places for each kind of change in it."""

    def __init__(self, data: bytes) -> None:
        self.tree = Tree(data)
        nodes = range(len(self.tree.nodes))
        self.places = {
            name: found
            for name, (place, _) in CHANGES.items()
            if (found := [at for at in nodes if place(self.tree, at)])
        }

    def changed(self, name: str, at: int, rng: Random, *, dirty: bool) -> bytes:
        new = CHANGES[name][1](self.tree, at, rng)
        return self.tree.with_spliced(at, new) if dirty else self.tree.with_replaced(at, new)

    def label(self, name: str, at: int) -> str:
        return f"{name} at {self.tree.nodes[at].role}"


def mutants(certificate: bytes, rng: Random, count: int) -> Iterator[tuple[str, bytes]]:
    """Changed certificates by what was changed; the same generator gives the same.

    Args:
        certificate: DER of the one to change.
        rng: What chooses.
        count: How many.
    """
    original = _Certificate(certificate)
    for _ in range(count):
        label, data = _mutant(original, rng)
        if rng.random() < 0.2 and len(data) < 20_000:
            second, data = _mutant(_Certificate(data), rng)
            label = f"{label}, {second}"
        yield label, data


def _mutant(original: _Certificate, rng: Random) -> tuple[str, bytes]:
    if rng.random() < 0.1 or not original.places:
        name = rng.choice(list(WHOLE))
        return name, WHOLE[name](original.tree.data, rng)
    name = rng.choice(list(original.places))
    at = rng.choice(original.places[name])
    return original.label(name, at), original.changed(name, at, rng, dirty=rng.random() < 0.05)


def everywhere(certificate: bytes, rng: Random) -> Iterator[tuple[str, bytes]]:
    """Every kind of change at every place of a certificate, and the certificate cut at every place."""
    original = _Certificate(certificate)
    for name, places in original.places.items():
        for at in places:
            yield original.label(name, at), original.changed(name, at, rng, dirty=False)
    for node in original.tree.nodes:
        for end in {node.start, node.start + 1, node.inside, node.end - 1}:
            yield "truncated", certificate[:end]
