"""Numbers in sentences, and what is said where there is no number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from certanalytics.result import Kpi

WHOLE = "that is of the whole estate, for no scope bounds them"
"""What is added where a figure of a scope counts what no scope tells apart."""


def counted(number: float, noun: str = "certificate") -> str:
    """``no certificates``, ``1 certificate``, ``1,410 certificates``."""
    return f"{int(number):,} {noun}" if number == 1 else f"{int(number):,} {noun}s" if number else f"no {noun}s"


def agree(number: float, one: str, many: str) -> str:
    """The verb (or pronoun) that goes with a number."""
    return one if number == 1 else many


def of_them(part: float, whole: float, what: str) -> str:
    """What holds for a part of those just named: ``, 4 of them without an owner``; nothing where it holds for none."""
    if not part:
        return ""
    among = f"{int(part):,} of them " if part < whole else "all of them " if whole > 1 else ""
    return f", {among}{what}"


def sentence(*clauses: str) -> str:
    """Clauses as one sentence: capital letter, semicolons between, full stop."""
    text = "; ".join(clause for clause in clauses if clause)
    return text[:1].upper() + text[1:] + "."


def together(*sentences: str) -> str:
    """Whole sentences as one: semicolons between, and small letters after them where a word begins."""
    clauses = [text.removesuffix(".") for text in sentences]
    return sentence(*(text if text[1:2].isupper() else text[:1].lower() + text[1:] for text in clauses))


def without(exclusions: Iterable[tuple[float, str]], noun: str = "certificate") -> str | None:
    """What was left out, with the counts; ``None`` when nothing was."""
    said = [f"{counted(number, noun)} {reason}" for number, reason in exclusions if number]
    return ", ".join(said) or None


def withheld(kpi: Kpi, why: str) -> Kpi:
    """A figure these data cannot give, with the sentence that says why."""
    return replace(kpi, value=None, numerator=None, denominator=None, excluded=None, sentence=why, tone="neutral")
