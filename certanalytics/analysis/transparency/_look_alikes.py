"""Domains that look like others: the same skeleton, a letter or two apart, a word more, another suffix.

No domain is compared with every other: own domains are indexed by label, by its skeleton (Unicode UTS #39) and by what
is left of it when letters are taken out, and each candidate is looked up there.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

KINDS = ("homoglyph", "other suffix", "edit distance", "added word")
"""In the order in which they are told: of several likenesses the first."""


@dataclass(frozen=True, slots=True)
class Guards:
    """How long an own name has to be for a likeness to be more than chance.

    Attributes:
        one: For one letter more, less, other or swapped.
        two: For two.
        word: For the whole name inside a longer one.
    """

    one: int
    two: int
    word: int


@dataclass(frozen=True, slots=True, order=True)
class Likeness:
    """How a domain is like an own one.

    Attributes:
        rank: Place of the kind in `KINDS`.
        distance: Letters apart; 0 where it is not told by letters.
        own: The own domain.
    """

    rank: int
    distance: int
    own: str

    @property
    def kind(self) -> str:
        """What kind of likeness it is."""
        return KINDS[self.rank]


class LookAlikes:
    """Own domains, indexed so that what looks like one of them is found without comparing it with all.

    Args:
        own: Registered domains.
        confusable: What each character looks like (UTS #39), by character.
        guards: From which length on a likeness counts.
    """

    def __init__(self, own: Iterable[str], confusable: Mapping[str, str], guards: Guards) -> None:
        self.own = frozenset(own)
        self._confusable, self._guards = confusable, guards
        self._labels: dict[str, set[str]] = defaultdict(set)
        self._skeletons: dict[str, set[str]] = defaultdict(set)
        self._shortened: dict[str, set[str]] = defaultdict(set)
        for domain in sorted(self.own):
            self._labels[label_of(domain)].add(domain)
        for label in self._labels:
            self._skeletons[self.skeleton(label)].add(label)
            for short in _shortened(label, self._reach(label)):
                self._shortened[short].add(label)
        self._lengths = sorted({len(label) for label in self._labels if len(label) >= guards.word})
        self._depth = max(map(self._reach, self._labels), default=0)

    def skeleton(self, label: str) -> str:
        """What a label looks like: each character by its prototype, without the marks on it."""
        text = unicodedata.normalize("NFD", label)
        for _ in range(2):  # a prototype may itself look like something: a letter like m, and m like rn
            text = "".join(self._confusable.get(character, character) for character in text)
        return "".join(character for character in text if unicodedata.category(character) != "Mn")

    def of(self, domain: str) -> Likeness | None:
        """How a registered domain is like an own one, if it is; own domains are not."""
        if domain in self.own:
            return None
        found = [
            Likeness(rank, distance, own)
            for label, rank, distance in self._alike(label_of(domain))
            for own in self._labels[label]
        ]
        return min(found, default=None)

    def _alike(self, label: str) -> Iterable[tuple[str, int, int]]:
        if label in self._labels:
            yield label, 1, 0
        for own in self._skeletons.get(self.skeleton(label), ()):
            if own != label:
                yield own, 0, 0
        near = {own for short in _shortened(label, self._depth) for own in self._shortened.get(short, ())}
        for own in near - {label}:
            apart = distance(label, own, self._reach(own))
            if apart is not None:
                yield own, 2, apart
        parts = set(label.split("-"))
        parts |= {part for length in self._lengths for part in (label[:length], label[-length:])}
        for part in parts - {label}:
            if len(part) >= self._guards.word and part in self._labels:
                yield part, 3, 0

    def _reach(self, label: str) -> int:
        """How many letters apart a name may be to be like this one."""
        return (len(label) >= self._guards.one) + (len(label) >= self._guards.two)


def label_of(domain: str) -> str:
    """The label somebody registered, in Unicode and lower case."""
    label = domain.partition(".")[0].lower()
    if label.startswith("xn--"):
        try:
            return label[4:].encode("ascii").decode("punycode").lower()
        except UnicodeError:
            return label
    return label


def distance(one: str, other: str, most: int) -> int | None:
    """How many letters are more, less, other or swapped with their neighbour; ``None`` where more than ``most``.

    The distance of Damerau and Levenshtein between texts of which no part is changed twice.
    """
    if abs(len(one) - len(other)) > most:
        return None
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, counterpart in enumerate(other, 1):
            cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (letter != counterpart))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == counterpart:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > most:
            return None
        before, last = last, current
    return last[-1] if last[-1] <= most else None


def _shortened(label: str, depth: int) -> set[str]:
    """A label, and what is left when up to so many letters are taken out."""
    found, last = {label}, {label}
    for _ in range(depth):
        last = {text[:place] + text[place + 1 :] for text in last for place in range(len(text))}
        found |= last
    return found
