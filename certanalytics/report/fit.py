"""Fit text into a box on a slide, where nothing flows on: estimated on the safe side for Arial."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from certanalytics.report.text import cut, shortened

_NARROW = frozenset("iIjlt.,:;'|!()[]{}/\\f -r\"`")
_WIDE = frozenset("mMwW@%—…")
Section = tuple[str, str]
"""A title and the text below it."""

_BETWEEN = 14.0
"""Space around a title and its text, in points."""


def width(text: str, points: float) -> float:
    """Estimated width of one line, in points."""
    return points * sum(_em(character) for character in text)


def line_count(text: str, points: float, room: float) -> int:
    """Estimated lines a text takes in a box ``room`` points wide; a word longer than a line is broken."""
    total = 0
    for paragraph in text.split("\n"):
        total, used = total + 1, 0.0
        for word in paragraph.split(" "):
            needed = width(word + " ", points)
            if used and used + needed > room:
                total, used = total + 1, 0.0
            total += int(needed // room) if needed > room else 0
            used += needed % room if needed > room else needed
    return total


def paragraph(text: str, *, room: float, lines: int, sizes: tuple[float, ...]) -> tuple[str, float]:
    """The text and the largest of the sizes at which it takes no more than ``lines`` lines.

    Args:
        text: What is to be said.
        room: Width of the box, in points.
        lines: Lines there is room for.
        sizes: Type sizes to try, in points, largest first; at the last the text is cut.

    Returns:
        The text, cut at a word where it must be, and its size.
    """
    for points in sizes:
        if line_count(text, points, room) <= lines:
            return text, points
    points, length = sizes[-1], len(text)
    while length > 1 and line_count(cut(text, length), points, room) > lines:
        length = length * 19 // 20
    return cut(text, length), points


def two_columns(
    said: Sequence[Section], *, room: float, height: float, sizes: tuple[float, ...]
) -> tuple[list[Section], list[Section], float]:
    """Titled texts in two columns, each text in one of them, whole sentences only.

    Args:
        said: Title and text of each.
        room: Width of a column, in points.
        height: Height of a column, in points.
        sizes: Type sizes to try, in points, largest first; at the last the longest texts lose their last sentences.

    Returns:
        What stands left, what stands right, and the size.
    """
    held = list(said)
    while True:
        for points in sizes:
            heights = [_height(each, points, room) for each in held]
            splits = [
                place for place in range(len(held) + 1) if max(sum(heights[:place]), sum(heights[place:])) <= height
            ]
            if splits:
                best = min(splits, key=lambda place: abs(sum(heights[:place]) - sum(heights[place:])))
                return held[:best], held[best:], points
        longest = max(range(len(held)), key=lambda place: len(held[place][1]))
        title, text = held[longest]
        if not text:  # titles alone have no room
            held.pop()
            continue
        whole, stop, _ = text.removesuffix(".").rpartition(". ")
        # A single sentence that has no room has to be cut all the same.
        held[longest] = (title, f"{whole}." if stop else cut(text, len(text) * 9 // 10).strip("…"))


def _height(section: Section, points: float, room: float) -> float:
    return 1.2 * points * sum(line_count(text, points, room) for text in section) + _BETWEEN


def one_line(text: str, *, points: float, room: float) -> str:
    """The text on one line ``room`` points wide, without its middle where it is too long."""
    length = len(text)
    while length > 1 and width(shortened(text, length), points) > room:
        length -= 1
    return shortened(text, length)


def _em(character: str) -> float:
    """Width of a character as a share of the type size."""
    if character in _NARROW:
        return 0.34
    if character in _WIDE:
        return 0.95
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.05
    if character.isupper() or not character.isascii():
        return 0.74
    return 0.57
