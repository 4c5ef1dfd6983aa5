"""Figures of ranked lists against values worked out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.relevance.metrics import Figures, figures, judged_share, ndcg_condensed, ndcg_raw, recall, reciprocal_rank

# Gains are 7, 3, 1, 0; discounts of the places are 1, 1/log2(3), 1/2, 1/log2(5).
SECOND, THIRD, FOURTH = 1 / math.log2(3), 1 / 2, 1 / math.log2(5)
RATINGS = {"perfect": 3, "good": 2, "fair": 1, "wrong": 0}
IDEAL = 7 + 3 * SECOND + 1 * THIRD


def test_the_ideal_order_scores_one() -> None:
    ranked = ["perfect", "good", "fair", "wrong"]
    assert figures(ranked, RATINGS) == Figures(1.0, 1.0, 1.0, 1.0, 1.0)


def test_the_reverse_order() -> None:
    ranked = ["wrong", "fair", "good", "perfect"]
    expected = (1 * SECOND + 3 * THIRD + 7 * FOURTH) / IDEAL
    assert ndcg_condensed(ranked, RATINGS) == pytest.approx(expected)
    assert ndcg_raw(ranked, RATINGS) == pytest.approx(expected)


def test_unjudged_products_are_left_out_of_the_condensed_list_and_wrong_in_the_raw_one() -> None:
    ranked = ["unknown", "perfect", "another", "good"]
    # Not returned, so last and worst first: wrong, fair.
    assert ndcg_condensed(ranked, RATINGS) == pytest.approx((7 + 3 * SECOND + 0 * THIRD + 1 * FOURTH) / IDEAL)
    assert ndcg_raw(ranked, RATINGS) == pytest.approx((7 * SECOND + 3 * FOURTH) / IDEAL)
    assert judged_share(ranked, RATINGS) == 0.5


def test_what_is_not_returned_comes_last_worst_first() -> None:
    assert ndcg_condensed([], RATINGS) == pytest.approx((0 + 1 * SECOND + 3 * THIRD + 7 * FOURTH) / IDEAL)
    assert ndcg_condensed(["good"], RATINGS) == pytest.approx((3 + 0 + 1 * THIRD + 7 * FOURTH) / IDEAL)
    assert ndcg_raw([], RATINGS) == 0.0
    assert judged_share([], RATINGS) == 0.0


def test_only_ten_places_count() -> None:
    ratings = {f"p{i}": 3 for i in range(12)}
    ranked = [f"u{i}" for i in range(10)] + ["p0"]
    assert ndcg_raw(ranked, ratings) == 0.0
    assert ndcg_condensed(ranked, ratings) == pytest.approx(1.0)


def test_recall_counts_ratings_of_two_and_three_among_the_first_hundred() -> None:
    ranked = [f"u{i}" for i in range(99)] + ["perfect", "good"]
    assert recall(ranked, RATINGS) == 0.5
    assert recall(["fair", "wrong"], RATINGS) == 0.0
    assert math.isnan(recall(["fair"], {"fair": 1}))


def test_the_reciprocal_rank_is_that_of_the_first_rated_two_or_three() -> None:
    assert reciprocal_rank(["fair", "unknown", "wrong", "good", "perfect"], RATINGS) == 1 / 4
    assert reciprocal_rank(["fair", "wrong"], RATINGS) == 0.0
    assert math.isnan(reciprocal_rank(["fair"], {"fair": 1}))


def test_a_query_without_a_relevant_product_cannot_be_scored() -> None:
    with pytest.raises(ValueError, match="cannot be scored"):
        ndcg_condensed(["wrong"], {"wrong": 0})


@given(
    st.permutations([f"p{i}" for i in range(12)]),
    st.lists(st.integers(0, 3), min_size=8, max_size=8).filter(any),
)
def test_figures_are_shares_and_the_best_order_is_best(ranked: list[str], given_ratings: list[int]) -> None:
    ratings = {f"p{i}": rating for i, rating in enumerate(given_ratings)}
    found = figures(ranked, ratings)
    shares = [value for value in found.as_tuple() if not math.isnan(value)]
    assert all(0 <= share <= 1 + 1e-12 for share in shares)
    best = sorted(ratings, key=lambda product: -ratings[product])
    assert ndcg_condensed(best, ratings) == pytest.approx(1.0)
    assert found.ndcg_raw <= found.ndcg_condensed + 1e-12
