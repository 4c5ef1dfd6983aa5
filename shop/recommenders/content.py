"""Products alike by what is known about them, not by who took them: what there is for a product nobody took yet."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from embed.base import Vectors
from shop.recommenders.histories import Histories, Scores
from shop.recommenders.item_knn import scaled

_GROUPS: Final = 16
"""Groups for each of the highest that are wanted: the more, the fewer are sorted that need not be."""


class VectorNeighbours:
    """Cosine between products and the weighted mean of a history. Vectors of a catalogue lie in a narrow cone; their
    mean is taken off first, so that what is left tells products apart.

    `vectors`: shape (catalogue, dims).
    """

    def __init__(self, vectors: Vectors, *, decay: float = 0.6) -> None:
        self.decay = decay
        self.vectors = centred(vectors)

    def fit(self, histories: Histories) -> None:
        """Nothing is learned from histories."""
        del histories

    def scores(self, histories: Histories) -> Scores:
        found: Scores = np.asarray((histories.matrix(self.decay) @ self.vectors) @ self.vectors.T, dtype=np.float32)
        return found


class SharedFeatures:
    """Cosine over attributes or words, rare ones counting more (idf), between products and a history.

    `features`: shape (catalogue, features), 1 where a product has one.
    """

    def __init__(self, features: sparse.csr_matrix, *, decay: float = 0.6) -> None:
        self.decay = decay
        had = np.maximum(np.asarray(features.sum(axis=0)).ravel(), 1)
        idf = np.log(max(features.shape[0], 1) / had).astype(np.float32)
        weighted = scaled(np.ones(features.shape[0], dtype=np.float32), features, idf)
        length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
        inverse = (1 / np.where(length > 0, length, 1)).astype(np.float32)
        self._products = scaled(inverse, weighted, np.ones(features.shape[1], dtype=np.float32))
        self._by_feature = self._products.T.tocsr()

    def fit(self, histories: Histories) -> None:
        """Nothing is learned from histories."""
        del histories

    def scores(self, histories: Histories) -> Scores:
        found: Scores = ((histories.matrix(self.decay) @ self._products) @ self._by_feature).toarray()
        return found


def features_of(having: Sequence[Iterable[object]]) -> sparse.csr_matrix:
    """The matrix of `SharedFeatures` from the attributes (or words) of each product, in their order."""
    numbers: dict[object, int] = {}
    rows, columns = [], []
    for row, names in enumerate(having):
        for name in sorted(set(names), key=str):
            rows.append(row)
            columns.append(numbers.setdefault(name, len(numbers)))
    shape = (len(having), max(len(numbers), 1))
    return sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)


def centred(vectors: Vectors) -> Vectors:
    """The vectors without their mean, each of length 1 again."""
    moved = vectors - vectors.mean(axis=0)
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    scaled_back: Vectors = (moved / np.where(length > 0, length, 1)).astype(np.float32)
    return scaled_back


def nearest(vectors: Vectors, neighbours: int, *, power: float = 4.0, block: int = 1_000) -> sparse.csr_matrix:
    """Each product's nearest by cosine, itself among them: cosine^power, rows adding up to 1. Shape (n, n)."""
    return as_weights(cosines(vectors, neighbours, block=block), power=power)


def cosines(vectors: Vectors, neighbours: int, *, block: int = 1_000) -> sparse.csr_matrix:
    """The cosines of each product's nearest, itself among them. Shape (n, n). Takes n^2 products of vectors, `block`
    rows of n of them at a time in memory."""
    n = len(vectors)
    neighbours = min(neighbours, n)
    columns = np.empty((n, neighbours), dtype=np.int64)
    found = np.empty((n, neighbours), dtype=np.float32)
    for first in range(0, n, block):
        near = vectors[first : first + block] @ vectors.T
        columns[first : first + block], found[first : first + block] = highest(near, neighbours)
    starts = np.arange(n + 1) * neighbours
    return sparse.csr_matrix((found.ravel(), columns.ravel(), starts), shape=(n, n), dtype=np.float32)


def highest(scores: Scores, k: int) -> tuple[NDArray[np.int64], Scores]:
    """Columns and scores of the k highest of each row, the highest first, each of shape (rows, k); of equal ones those
    of the first columns. `k`: 1 to the number of columns.

    Each row is first cut into groups, of which the k-th highest best is at most the k-th highest score: what is below
    it need not be sorted. That takes a tenth of the time of a partition where rows are long.
    """
    width = scores.shape[1] // (_GROUPS * k)
    if width < 2:
        bounds = np.partition(scores, scores.shape[1] - k, axis=1)[:, scores.shape[1] - k]
    else:
        # Every so-many-th column, for products of one family lie side by side.
        grouped = scores[:, : width * _GROUPS * k].reshape(len(scores), width, _GROUPS * k).max(axis=1)
        bounds = np.partition(grouped, _GROUPS * k - k, axis=1)[:, _GROUPS * k - k]
    # Of one dimension: of two, what is not zero takes three times as long to find.
    kept = np.flatnonzero((scores >= bounds[:, None]).ravel())
    rows, columns = np.divmod(kept, scores.shape[1])
    values = scores.ravel()[kept]
    in_order = np.lexsort((columns, -values, rows))
    counts = np.bincount(rows, minlength=len(scores))
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    best = in_order[first[:, None] + np.arange(k)]
    return columns[best], values[best]


def as_weights(near: sparse.csr_matrix, *, power: float = 4.0) -> sparse.csr_matrix:
    """Cosines to the power, those below 0 as none, rows adding up to 1."""
    weights = sparse.csr_matrix(near, copy=True)
    weights.data = np.clip(weights.data, 0, 1) ** power
    total = np.asarray(weights.sum(axis=1)).ravel()
    return scaled(
        (1 / np.where(total > 0, total, 1)).astype(np.float32), weights, np.ones(near.shape[1], dtype=np.float32)
    )
