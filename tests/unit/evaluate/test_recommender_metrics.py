"""Figures of recommendations, worked out by hand."""

import numpy as np
import pytest

from evaluate.recommenders import metrics
from evaluate.recommenders.metrics import Unlikeness
from evaluate.recommenders.resampling import intervals
from shop.recommenders.contract import Recommended
from shop.recommenders.histories import Histories


def of(*rows: list[int], catalogue: int = 20) -> Histories:
    return Histories.of(rows, catalogue)


def shown(*rows: list[int]) -> list[Recommended]:
    return [Recommended(np.array(row, dtype=np.int32), np.ones(len(row), dtype=np.float32)) for row in rows]


def test_ranks_are_among_all_products_but_those_seen() -> None:
    scores = np.array([[0.9, 0.8, 0.7, 0.1], [0.9, 0.8, 0.7, 0.1]], dtype=np.float32)
    asked, targets = of([0], [0], catalogue=4), of([2], [3], catalogue=4)
    assert metrics.ranks(scores, asked, targets, exclude_seen=True).tolist() == [2, 3]
    assert metrics.ranks(scores, asked, targets, exclude_seen=False).tolist() == [3, 4]


def test_scoring_everything_alike_gains_nothing() -> None:
    same = np.zeros((1, 101), dtype=np.float32)
    found = metrics.ranks(same, of([], catalogue=101), of([7], catalogue=101), exclude_seen=True)
    assert found.tolist() == [51]


def test_a_target_that_was_seen_before_can_still_be_ranked() -> None:
    scores = np.array([[0.5, 0.9, 0.1]], dtype=np.float32)
    found = metrics.ranks(scores, of([0, 1], catalogue=3), of([0], catalogue=3), exclude_seen=True)
    assert found.tolist() == [1]


def test_figures_of_one_and_of_several_targets() -> None:
    targets = of([1], [2, 3], [4])
    ranks = np.array([1.0, 3.0, 11.0, 10.0])
    assert metrics.hit_rate(ranks, targets).tolist() == [1, 1, 1]
    expected = [1, (1 / np.log2(4)) / (1 + 1 / np.log2(3)), 1 / np.log2(11)]
    assert metrics.ndcg(ranks, targets) == pytest.approx(expected)
    assert metrics.reciprocal_rank(ranks, targets) == pytest.approx([1, 1 / 3, 1 / 10])


def test_more_targets_than_places_can_be_perfect() -> None:
    targets = of(list(range(12)))
    assert metrics.ndcg(np.arange(1.0, 13), targets).tolist() == pytest.approx([1])


def test_coverage() -> None:
    assert metrics.coverage(shown([1, 2], [2, 3], []), 20) == pytest.approx(3 / 20)


@pytest.mark.parametrize("kind", ["dense", "sparse"])
def test_diversity_is_the_mean_over_pairs(kind: str) -> None:
    import scipy.sparse as sparse

    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(20, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    unlike = Unlikeness(sparse.csr_matrix(vectors) if kind == "sparse" else vectors)
    found = metrics.diversity(shown([1, 5, 7], [3], [2, 2]), unlike)
    pairs = [1 - float(vectors[a] @ vectors[b]) for a, b in ((1, 5), (1, 7), (5, 7))]
    assert found[0] == pytest.approx(np.mean(pairs), abs=1e-5)
    assert np.isnan(found[1])
    assert found[2] == pytest.approx(0, abs=1e-5)


def test_novelty_is_bits_of_surprise() -> None:
    train = of([0], [0], [0, 1])
    assert metrics.novelty(shown([0], [1], [2], []), train)[:3] == pytest.approx([0, 1, 2])


def test_serendipity_counts_hits_that_are_neither_popular_nor_like_the_history() -> None:
    vectors = np.array([[1, 0], [0, 1], [1, 0], [0.6, 0.8]], dtype=np.float32)
    asked, targets = of([0], [0], [0], [0], [], catalogue=4), of([1], [2], [3], [1], [1], catalogue=4)
    popular = np.array([3], dtype=np.int32)
    found = metrics.serendipity(shown([1], [2], [3], [2], [1]), asked, targets, popular, Unlikeness(vectors))
    assert found.tolist() == pytest.approx([1, 0, 0, 0, 1])


def test_intervals_hold_the_mean_and_shrink_with_shoppers() -> None:
    rng = np.random.default_rng(1)
    few = intervals({"a": rng.random(50)})["a"]
    many = intervals({"a": rng.random(5_000), "b": np.full(5_000, np.nan)})["a"]
    assert few.low < few.mean < few.high
    assert many.high - many.low < (few.high - few.low) / 5
    assert many.high - many.low == pytest.approx(2 * 1.96 * np.sqrt(1 / 12 / 5_000), rel=0.15)
