"""Capture and recapture against worked and published numbers."""

from __future__ import annotations

import math

import pytest

from certanalytics.analysis.coverage._capture import NotEstimableError, chapman, fit_total, log_linear

HEPATITIS = dict(
    zip(
        [
            (True, True, True),
            (True, True, False),
            (True, False, True),
            (False, True, True),
            (True, False, False),
            (False, True, False),
            (False, False, True),
        ],
        (28, 21, 17, 18, 69, 55, 63),
        strict=True,
    )
)
"""Cases of hepatitis A in Taiwan in 1995 by serum tests, hospitals and epidemiologists (Chao et al. 2001, CARE1:
HAV)."""


def test_the_example_of_the_catalogue():
    found = chapman(800, 1000, 700)
    assert found.total == pytest.approx(1142.8, abs=0.05)
    assert found.deviation == pytest.approx(8.4, abs=0.05)
    assert 800 / found.total == pytest.approx(0.700, abs=0.0005)
    assert (found.seen, found.unseen) == (1100, pytest.approx(42.8, abs=0.05))
    assert found.seen < found.low < found.total < found.high


def test_the_interval_is_log_normal_in_the_unseen():
    found = chapman(800, 1000, 700)
    variance = 801 * 1001 * 100 * 300 / (701**2 * 702)
    factor = math.exp(1.959963984540054 * math.sqrt(math.log(1 + variance / (found.total - 1100) ** 2)))
    assert found.low == pytest.approx(1100 + found.unseen / factor)
    assert found.high == pytest.approx(1100 + found.unseen * factor)


def test_two_equal_lists_leave_nothing_unseen():
    found = chapman(50, 50, 50)
    assert (found.total, found.low, found.high, found.unseen) == (50, 50, 50, 0)


def test_an_empty_list_and_an_impossible_one():
    with pytest.raises(NotEstimableError):
        chapman(0, 10, 0)
    with pytest.raises(ValueError, match="more in common"):
        chapman(5, 10, 6)


@pytest.mark.parametrize(
    ("dependent", "total"),
    [
        ((), 388),  # published: 388
        (((0, 1),), 271 + 145 * 63 / 63),  # a list against the two others together: x00 = (a + b)(c) / both
        (((0, 1), (0, 2)), 271 + 55 * 63 / 18),  # outside the first list the other two are independent
        (((0, 1), (1, 2)), 271 + 69 * 63 / 17),
        (((0, 2), (1, 2)), 271 + 69 * 55 / 21),
        (((0, 1), (0, 2), (1, 2)), 271 + 28 * 69 * 55 * 63 / (21 * 17 * 18)),  # published: 1,313
    ],
)
def test_each_model_gives_its_closed_form(dependent, total):
    assert fit_total(HEPATITIS, dependent) == pytest.approx(total, abs=0.6 if not dependent else 0.001)


def test_the_model_with_the_least_aic_is_chosen():
    found = log_linear(HEPATITIS, ("serum", "hospital", "epidemiologist"))
    assert found.total == pytest.approx(1312.76, abs=0.01)
    assert found.model.count(" with ") == 3
    assert found.low < found.total < found.high


def test_independent_lists_are_found_independent():
    """600 of 1,000 seen with chances of 0.5, 0.4 and 0.3 each, in whole numbers: 210 remain unseen."""
    chances, counts = (0.5, 0.4, 0.3), {}
    for history in HEPATITIS:
        parts = [chance if there else 1 - chance for chance, there in zip(chances, history, strict=True)]
        counts[history] = round(1000 * math.prod(parts))
    found = log_linear(counts)
    assert (found.seen, found.model) == (790, "three independent lists")
    assert found.total == pytest.approx(1000, abs=1)


def test_the_order_of_the_lists_does_not_matter():
    turned = {history[::-1]: count for history, count in HEPATITIS.items()}
    assert log_linear(turned).total == pytest.approx(log_linear(HEPATITIS).total)


def test_too_sparse_to_say_anything():
    with pytest.raises(NotEstimableError, match="nothing in common"):
        log_linear({(True, False, False): 10, (False, True, False): 10, (False, False, True): 10})
    with pytest.raises(NotEstimableError, match="nothing in common"):
        log_linear({(True, True, False): 10, (False, True, True): 10})


def test_a_count_of_nothing_leaves_out_the_models_it_makes_infinite():
    counts = HEPATITIS | {(False, True, True): 0}
    found = log_linear(counts)
    assert math.isfinite(found.total)
    with pytest.raises(NotEstimableError):
        fit_total(counts, ((0, 1), (0, 2)))
