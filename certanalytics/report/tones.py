"""How a key figure is to be read: a word, a sign and a colour, the same in every format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from certanalytics.result import Tone


@dataclass(frozen=True, slots=True)
class Reading:
    """How one tone is shown.

    Attributes:
        word: What it is called; empty where nothing needs saying.
        colour: Ink of the figure, at least 4.5:1 on white.
    """

    word: str
    colour: str


TONES: Mapping[Tone, Reading] = {
    "neutral": Reading("", "#16202e"),
    "good": Reading("In order", "#1f4e8c"),
    "warning": Reading("Watch", "#a8480a"),
    "critical": Reading("Act now", "#9b1c1c"),
}
"""The reading of each tone."""
