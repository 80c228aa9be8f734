"""Figures that count what is wrong among what could be looked at, and never take the rest for right."""

from __future__ import annotations

from dataclasses import dataclass

from certanalytics.analysis._words import sentence, withheld, without
from certanalytics.result import Kpi, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What a figure is about: how many there are, of how many it can be told, and why not of the others.

    Attributes:
        noun: What is counted, in the singular (``endpoint``).
        told: Of how many it can be told.
        total: How many there are.
        untold: What the others are, after their number (``that were not asked``).
        why: Why nothing can be said where it can be told of none, one sentence.
    """

    noun: str
    told: float
    total: float
    untold: str
    why: str


def finding(
    base: Base,
    *,
    name: str,
    label: str,
    found: float,
    said: str,
    definition: str,
    tone: Tone = "warning",
    none: Tone = "good",
) -> Kpi:
    """How many of a base something is wrong with.

    Args:
        base: What it is about.
        name: Stable name of the figure.
        label: What stands below it on a tile.
        found: How many it holds for.
        said: The sentence, without capital letter and full stop.
        definition: How it is computed, in words.
        tone: How it reads where there are any.
        none: How it reads where there are none, if all could be looked at; else nothing can be said.

    Returns:
        The figure; withheld where it can be told of none.
    """
    untold = base.total - base.told
    kpi = Kpi(
        id=name,
        label=label,
        value=found,
        sentence=sentence(said),
        definition=definition,
        numerator=found,
        denominator=base.told,
        counts=f"{base.noun}s",
        excluded=without([(untold, base.untold)], base.noun),
        tone=tone if found else "neutral" if untold else none,
    )
    return kpi if base.told else withheld(kpi, base.why)
