"""Probabilities from weighed evidence, and how well they hold against what is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

FIFTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Edges of the bands that probabilities are put into, where nothing asks for others."""


@dataclass(frozen=True, slots=True)
class Band:
    """Predictions of about one probability, and how often they came true.

    Attributes:
        low: Lower end of the band, included.
        high: Upper end, excluded but for the last band.
        predictions: How many there are.
        right: How many of them came true.
        mean: The mean of the probabilities; ``None`` where there are none.
    """

    low: float
    high: float
    predictions: int
    right: int
    mean: float | None

    @property
    def observed(self) -> float | None:
        """Share of the predictions that came true."""
        return self.right / self.predictions if self.predictions else None


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


def brier(probabilities: Sequence[float], outcomes: Sequence[bool]) -> float:
    """The Brier score: mean squared difference of probability and outcome, 0.25 for always saying one half.

    Raises:
        ValueError: There are none, the numbers differ, or one is no probability.
    """
    if not probabilities or len(probabilities) != len(outcomes):
        raise ValueError("as many outcomes as probabilities are needed, at least one")
    if min(probabilities) < 0 or max(probabilities) > 1:
        raise ValueError("a probability lies between 0 and 1")
    return math.fsum((p - o) ** 2 for p, o in zip(probabilities, outcomes, strict=True)) / len(outcomes)


def reliability(
    probabilities: Sequence[float], outcomes: Sequence[bool], edges: Sequence[float] = FIFTHS
) -> tuple[Band, ...]:
    """How often predictions of about one probability came true, band by band, lowest first."""
    pairs = list(zip(probabilities, outcomes, strict=True))
    bands = []
    for low, high in pairwise(edges):
        within = [(p, o) for p, o in pairs if low <= p < high or p == high == edges[-1]]
        mean = math.fsum(p for p, _ in within) / len(within) if within else None
        bands.append(Band(low, high, len(within), sum(bool(o) for _, o in within), mean))
    return tuple(bands)


def calibration(probabilities: Sequence[float], outcomes: Sequence[bool]) -> Calibration:
    """How well probabilities hold against outcomes that became known otherwise.

    Args:
        probabilities: Probabilities in [0, 1].
        outcomes: Whether each came true, in the same order.

    Raises:
        ValueError: There are none, the numbers differ, or one is no probability.
    """
    score, rate = brier(probabilities, outcomes), sum(outcomes) / len(outcomes)
    bands = tuple(band for band in reliability(probabilities, outcomes) if band.predictions)
    return Calibration(score, rate * (1 - rate), bands)
