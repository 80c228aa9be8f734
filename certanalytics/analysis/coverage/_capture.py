"""How many there are that nobody saw, from what several sources saw in common: capture and recapture."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

Z = 1.959963984540054
"""The normal quantile of a two-sided interval of 95 %."""

_STEPS, _CLOSE = 200, 1e-10

History = tuple[bool, bool, bool]
"""Which of three lists one thing stands in."""

HISTORIES: tuple[History, ...] = tuple((a, b, c) for a, b, c in product((True, False), repeat=3) if a or b or c)
"""What can be observed of three lists: everything but standing in none."""


class NotEstimableError(ValueError):
    """The counts do not allow an estimate; the message says why."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many there are, seen and unseen.

    Attributes:
        total: All, the unseen among them.
        deviation: Standard deviation of the total.
        low: Lower end of the log-normal interval of 95 %; never below what was seen.
        high: Its upper end.
        seen: Those that at least one list holds.
        model: What was assumed of the lists.
    """

    total: float
    deviation: float
    low: float
    high: float
    seen: int
    model: str

    @property
    def unseen(self) -> float:
        """Those that no list holds."""
        return self.total - self.seen


def chapman(first: int, second: int, both: int) -> Estimate:
    """Chapman's estimate from two lists: (n1 + 1)(n2 + 1)/(m + 1) - 1.

    The lists have to be of one closed population and independent of each other. Variance after Seber (1970), interval
    log-normal in the unseen (Chao 1987): 800, 1,000 and 700 in common give 1,142.8 with a deviation of 8.4.

    Args:
        first: How many the first list holds.
        second: How many the second list holds.
        both: How many both hold.

    Raises:
        NotEstimableError: A list is empty.
        ValueError: They cannot have so many in common.
    """
    if both > min(first, second) or min(first, second, both) < 0:
        raise ValueError("two lists have no more in common than the shorter one holds")
    if not min(first, second):
        raise NotEstimableError("one of the lists is empty")
    total = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return _estimate(total, variance, first + second - both, "two independent lists")


def log_linear(counts: Mapping[History, int], names: tuple[str, str, str] = ("first", "second", "third")) -> Estimate:
    """The estimate from three lists by the hierarchical log-linear model with the least AIC.

    Poisson models of the seven observed counts, by iteratively reweighted least squares: the lists independent, or with
    one, two or all three pairs of them dependent; never all three at once, of which the data could say nothing
    (Fienberg 1972). Of equally good models the simpler one counts. The deviation is that of the chosen model alone.

    Args:
        counts: How many stand in just these lists; what stands in none is not looked at.
        names: What the lists are called in the description of the model.

    Raises:
        NotEstimableError: Two lists have nothing in common, or no model can be fitted.
    """
    observed = {history: int(counts.get(history, 0)) for history in HISTORIES}
    for one, other in combinations(range(3), 2):
        if not sum(count for history, count in observed.items() if history[one] and history[other]):
            raise NotEstimableError("two of the three lists have nothing in common")
    pairs = list(combinations(range(3), 2))
    models = [chosen for number in range(4) for chosen in combinations(pairs, number)]
    fitted = [(found, chosen) for chosen in models if (found := _fit(observed, chosen)) is not None]
    if not fitted:
        raise NotEstimableError("too few stand in several lists to fit any model")
    (_, unseen, spread), chosen = min(fitted, key=lambda each: (round(each[0][0], 9), len(each[1])))
    seen = sum(observed.values())
    dependent = ", ".join(" with ".join(names[place] for place in pair) for pair in chosen)
    return _estimate(
        seen + unseen,
        unseen + unseen**2 * spread,
        seen,
        f"three lists, dependent on each other: {dependent}" if chosen else "three independent lists",
    )


def fit_total(counts: Mapping[History, int], dependent: tuple[tuple[int, int], ...]) -> float:
    """The total one given log-linear model estimates; see `log_linear`.

    Args:
        counts: How many stand in just these lists.
        dependent: The pairs of lists, by number from 0, that depend on each other.

    Raises:
        NotEstimableError: The model cannot be fitted.
    """
    observed = {history: int(counts.get(history, 0)) for history in HISTORIES}
    found = _fit(observed, dependent)
    if found is None:
        raise NotEstimableError("this model cannot be fitted to these counts")
    return sum(observed.values()) + found[1]


def _fit(observed: Mapping[History, int], dependent: tuple[tuple[int, int], ...]) -> tuple[float, float, float] | None:
    """AIC, the expected number in no list and the variance of its logarithm; ``None`` where there is no finite fit."""
    design = np.array(
        [[1.0, *map(float, history), *(float(history[a] and history[b]) for a, b in dependent)] for history in observed]
    )
    counts = np.array(list(observed.values()), dtype=float)
    mean = counts + 0.5
    previous = math.inf
    for _ in range(_STEPS):
        working = np.log(mean) + (counts - mean) / mean
        information = design.T @ (design * mean[:, None])
        try:
            weights = np.linalg.solve(information, design.T @ (mean * working))
        except np.linalg.LinAlgError:
            return None
        mean = np.exp(np.clip(design @ weights, -30, 30))
        likelihood = float(np.sum(counts * np.log(mean) - mean))
        if abs(likelihood - previous) < _CLOSE * (1 + abs(likelihood)):
            break
        previous = likelihood
    else:
        return None
    # A mean that runs to nothing is a parameter that runs to infinity: there is no fit, only a direction.
    if mean.min() < 1e-6:
        return None
    spread = float(np.linalg.inv(design.T @ (design * mean[:, None]))[0, 0])
    factorials = math.fsum(math.lgamma(count + 1) for count in counts)
    return 2 * design.shape[1] - 2 * (likelihood - factorials), math.exp(weights[0]), spread


def _estimate(total: float, variance: float, seen: int, model: str) -> Estimate:
    unseen = total - seen
    if unseen <= 0:
        return Estimate(float(seen), 0.0, float(seen), float(seen), seen, model)
    factor = math.exp(Z * math.sqrt(math.log1p(variance / unseen**2)))
    return Estimate(total, math.sqrt(variance), seen + unseen / factor, seen + unseen * factor, seen, model)
