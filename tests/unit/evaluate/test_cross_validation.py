"""The weight is chosen without the queries that it is measured on."""

import math

from evaluate.relevance.cross_validation import choose, means
from evaluate.relevance.metrics import Figures


def figure(value: float) -> Figures:
    return Figures(value, value, value, value, 1.0)


def test_a_weight_that_is_better_everywhere_is_chosen_by_every_fold() -> None:
    found = choose({0.3: [figure(0.4)] * 10, 0.6: [figure(0.5)] * 10}, folds=5)
    assert found.weights == [0.6] * 5
    assert found.held_out == [figure(0.5)] * 10
    assert found.by_weight[0.3] == (0.4, 0.4, 0.4)


def test_one_query_cannot_choose_its_own_weight() -> None:
    # Each query is good under 0.6 only by itself; the others prefer 0.3, so that none may have it.
    good_once = [figure(1.0) if i == 0 else figure(0.0) for i in range(6)]
    found = choose({0.3: [figure(0.1)] * 6, 0.6: good_once}, folds=6)
    held_out_of_first = found.held_out[0]
    assert held_out_of_first == figure(0.1)


def test_of_weights_as_good_as_the_best_the_least_is_chosen() -> None:
    flat = {0.5: 0.5, 0.55: 0.6, 0.6: 0.6, 0.65: 0.6, 0.7: 0.6, 0.75: 0.6, 0.8: 0.601}
    found = choose({weight: [figure(value)] * 10 for weight, value in flat.items()}, folds=5)
    # At 0.6 one neighbour in five is as bad as 0.5.
    assert found.weights == [0.65] * 5


def test_a_single_high_point_is_not_chosen() -> None:
    rough = {0.4: 0.62, 0.45: 0.5, 0.5: 0.5, 0.55: 0.5, 0.6: 0.6, 0.65: 0.6, 0.7: 0.6, 0.75: 0.6, 0.8: 0.6}
    found = choose({weight: [figure(value)] * 10 for weight, value in rough.items()}, folds=5)
    assert set(found.weights) <= {0.7, 0.75, 0.8}


def test_queries_without_recall_do_not_count_in_it() -> None:
    assert means([Figures(1.0, 1.0, math.nan, math.nan, 1.0), Figures(0.0, 0.0, 0.5, 0.5, 1.0)]) == (0.5, 0.5, 0.5)
