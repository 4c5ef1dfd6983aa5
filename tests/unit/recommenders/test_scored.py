"""The highest of many scores, and the scores of models that speak of few: against plain sorting and dense arrays."""

import numpy as np
import pytest
import scipy.sparse as sparse

from shop.recommenders.content import cosines, highest
from shop.recommenders.scored import Dense, Few


@pytest.mark.parametrize(("columns", "k"), [(5, 5), (40, 1), (700, 3), (5_000, 20), (2_001, 61)])
@pytest.mark.parametrize("kind", ["distinct", "many equal", "all equal"])
def test_the_highest_are_those_of_a_whole_sort(columns: int, k: int, kind: str) -> None:
    chance = np.random.default_rng(columns + k)
    drawn = chance.normal(size=(7, columns)).astype(np.float32)
    scores = {"distinct": drawn, "many equal": np.round(drawn), "all equal": np.zeros_like(drawn)}[kind]
    found, values = highest(scores, k)
    expected = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    assert np.array_equal(found, expected)
    assert np.array_equal(values, np.take_along_axis(scores, expected, axis=1))


def test_cosines_do_not_depend_on_the_block() -> None:
    chance = np.random.default_rng(4)
    vectors = chance.normal(size=(1_500, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = cosines(vectors, 12, block=64)
    every = vectors @ vectors.T
    for row in range(0, 1_500, 97):
        nearest = found.indices[found.indptr[row] : found.indptr[row + 1]]
        assert set(nearest) == set(np.argsort(-every[row])[:12])
    assert np.allclose(found.toarray()[:5], np.where(found.toarray()[:5] != 0, every[:5], 0), atol=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_few_scores_are_read_as_all_scores_are(seed: int) -> None:
    chance = np.random.default_rng(seed)
    shoppers, catalogue, k = 9, 60, 4
    # Distinct, for of equal ones either may be chosen; some below 0, some shoppers without any.
    scores = chance.permutation(shoppers * catalogue).reshape(shoppers, catalogue).astype(np.float32) - 100
    scores[chance.random(scores.shape) < 0.8] = 0
    scores[2] = 0
    seen = np.unique(chance.integers(0, shoppers * catalogue, 50))
    asked = np.arange(shoppers * catalogue)
    few, dense = Few(sparse.csr_matrix(scores)), Dense(scores.copy())
    for _ in range(2):
        assert np.array_equal(few.at(asked), dense.at(asked))
        assert np.array_equal(few.best(), dense.best())
        assert np.array_equal(few.proposed(k), dense.proposed(k))
        few.without(seen)
        dense.without(seen)
    expected = scores.copy()
    expected.ravel()[seen] = 0
    assert np.array_equal(few.at(asked), expected.ravel())


def test_models_that_say_nothing() -> None:
    few = Few(sparse.csr_matrix((3, 5), dtype=np.float32))
    assert few.proposed(2).tolist() == []
    assert few.at(np.arange(15)).tolist() == [0.0] * 15
    assert few.best().tolist() == [0.0] * 3
