"""Bootstrap intervals: seeded, paired, and about as wide as theory says."""

import math

import numpy as np
import pytest

from evaluate.relevance.intervals import difference, interval


def test_the_mean_lies_inside_and_the_width_is_that_of_theory() -> None:
    values = np.random.default_rng(1).normal(0.5, 0.1, 400)
    found = interval(values.tolist())
    assert found.mean == pytest.approx(values.mean())
    half = 1.96 * values.std() / math.sqrt(400)
    assert found.mean - found.low == pytest.approx(half, rel=0.1)
    assert found.high - found.mean == pytest.approx(half, rel=0.1)


def test_the_same_values_give_the_same_interval() -> None:
    values = [0.1, 0.9, 0.4, 0.6]
    assert interval(values) == interval(values)


def test_queries_without_the_figure_are_left_out() -> None:
    assert interval([0.2, math.nan, 0.4]) == interval([0.2, 0.4])
    assert math.isnan(interval([math.nan]).mean)


def test_a_difference_is_taken_query_by_query() -> None:
    base = [0.0, 0.5, 1.0, 0.25]
    found = difference([value + 0.1 for value in base], base)
    # What the two share cancels out: every query gains the same.
    assert (found.mean, found.low, found.high) == pytest.approx((0.1, 0.1, 0.1))
