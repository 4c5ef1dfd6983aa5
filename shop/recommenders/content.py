"""Products alike by what is known about them, not by who took them: what there is for a product nobody took yet."""

from collections.abc import Iterable, Sequence

import numpy as np
import scipy.sparse as sparse

from embed.base import Vectors
from shop.recommenders.histories import Histories, Scores
from shop.recommenders.item_knn import scaled


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
    n = len(vectors)
    neighbours = min(neighbours, n)
    columns = np.empty((n, neighbours), dtype=np.int64)
    cosines = np.empty((n, neighbours), dtype=np.float32)
    for first in range(0, n, block):
        found = vectors[first : first + block] @ vectors.T
        best = np.argpartition(-found, neighbours - 1, axis=1)[:, :neighbours]
        columns[first : first + block] = best
        cosines[first : first + block] = np.take_along_axis(found, best, axis=1)
    weights = np.clip(cosines, 0, 1) ** power
    total = weights.sum(axis=1, keepdims=True)
    weights /= np.where(total > 0, total, 1)
    shape = (n, n)
    starts = np.arange(n + 1) * neighbours
    return sparse.csr_matrix((weights.ravel(), columns.ravel(), starts), shape=shape, dtype=np.float32)
