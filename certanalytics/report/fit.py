"""Fit text into a box on a slide, where nothing flows on: estimated on the safe side for Arial."""

from __future__ import annotations

import unicodedata

from certanalytics.report.text import cut, shortened

_NARROW = frozenset("iIjlt.,:;'|!()[]{}/\\f -r\"`")
_WIDE = frozenset("mMwW@%—…")


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
