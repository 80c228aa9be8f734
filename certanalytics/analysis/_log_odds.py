"""Probabilities from weighed evidence, and how well they hold against what is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

BINS = 5
"""Into how many bands of equal width stated probabilities are put."""


@dataclass(frozen=True, slots=True)
class Band:
    """Predictions of about one probability, and how often they came true.

    Attributes:
        low: Lower end of the band, included.
        high: Upper end, excluded but for the last band.
        predictions: How many there are.
        mean: Their mean.
        observed: Share of them that came true.
    """

    low: float
    high: float
    predictions: int
    mean: float
    observed: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well probabilities hold: the reliability table and the Brier score.

    Attributes:
        brier: Mean squared difference of probability and outcome: 0 is perfect, 0.25 what saying one half gives.
        brier_of_rate: The same if everyone had been given the share that came true: what a forecast has to beat.
        bands: Bands that hold predictions, lowest first.
    """

    brier: float
    brier_of_rate: float
    bands: tuple[Band, ...]


def logistic(log_odds: float) -> float:
    """The probability of log-odds: 1 / (1 + e^−x)."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1 + odds)


def calibration(probabilities: Sequence[float], outcomes: Sequence[bool], bins: int = BINS) -> Calibration:
    """How well probabilities hold against outcomes that became known otherwise.

    Args:
        probabilities: Probabilities in [0, 1].
        outcomes: Whether each came true, in the same order.
        bins: Bands of equal width.

    Raises:
        ValueError: There are none, the numbers differ, or one is no probability.
    """
    if not probabilities or len(probabilities) != len(outcomes):
        raise ValueError("as many outcomes as probabilities are needed, at least one")
    if min(probabilities) < 0 or max(probabilities) > 1:
        raise ValueError("a probability lies between 0 and 1")
    number = len(outcomes)
    rate = sum(outcomes) / number
    held: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for probability, outcome in zip(probabilities, outcomes, strict=True):
        held[min(int(probability * bins), bins - 1)].append((probability, outcome))
    return Calibration(
        math.fsum((p - o) ** 2 for p, o in zip(probabilities, outcomes, strict=True)) / number,
        rate * (1 - rate),
        tuple(
            Band(
                place / bins,
                (place + 1) / bins,
                len(band),
                math.fsum(p for p, _ in band) / len(band),
                sum(o for _, o in band) / len(band),
            )
            for place, band in enumerate(held)
            if band
        ),
    )
