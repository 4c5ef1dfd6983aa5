"""Item-item collaborative filtering: what the same shoppers took is alike, in whatever order they took it."""

import numpy as np
import scipy.sparse as sparse

from shop.recommenders.histories import Histories, Scores, Weights


def strongest(weights: sparse.spmatrix, neighbours: int) -> sparse.csr_matrix:
    """The `neighbours` highest weights of each row; the others become zero. float32."""
    rows = sparse.csr_matrix(weights, dtype=np.float32)
    lengths = np.diff(rows.indptr)
    kept = np.ones(len(rows.data), dtype=bool)
    for row in np.flatnonzero(lengths > neighbours):
        span = slice(rows.indptr[row], rows.indptr[row + 1])
        rest = np.argpartition(-rows.data[span], neighbours - 1)[neighbours:]
        kept[span.start + rest] = False
    starts = np.concatenate([[0], np.cumsum(np.minimum(lengths, neighbours))])
    return sparse.csr_matrix((rows.data[kept], rows.indices[kept], starts), shape=rows.shape)


def scaled(source: Weights, weights: sparse.spmatrix, target: Weights) -> sparse.csr_matrix:
    """weights[i, j] * source[i] * target[j], float32."""
    rows = sparse.csr_matrix(weights, dtype=np.float32, copy=True)
    rows.data *= np.repeat(source, np.diff(rows.indptr)) * target[rows.indices]
    return rows


class ItemTransitions:
    """A shopper's events, each decay^k by how many came after it, each pointing at other products.

    `weights`: shape (catalogue, catalogue), from the row to the column; what `fit` of a subclass finds.
    """

    def __init__(self, decay: float) -> None:
        self.decay = decay
        self.weights = sparse.csr_matrix((0, 0), dtype=np.float32)

    def scores(self, histories: Histories) -> Scores:
        found: Scores = (histories.matrix(self.decay) @ self.weights).toarray()
        return found


class CosineItemKnn(ItemTransitions):
    """Cosine of the sets of shoppers of two products (Sarwar et al., WWW 2001): shared / sqrt(n_i n_j)."""

    def __init__(self, *, neighbours: int = 200, decay: float = 1.0) -> None:
        super().__init__(decay)
        self.neighbours = neighbours

    def fit(self, histories: Histories) -> None:
        taken = histories.presence()
        shoppers = np.maximum(np.asarray(taken.sum(axis=0)).ravel(), 1).astype(np.float32)
        shared = without_diagonal(taken.T @ taken)
        self.weights = strongest(scaled(shoppers**-0.5, shared, shoppers**-0.5), self.neighbours)


class Bm25ItemKnn(ItemTransitions):
    """Inner products of products' rows of shoppers, weighted as BM25 weights words: a shopper of many products says
    little about each, a product of many shoppers is damped (Robertson and Zaragoza, 2009; as the `implicit` package
    does it)."""

    def __init__(self, *, neighbours: int = 200, decay: float = 1.0, k1: float = 1.2, b: float = 0.75) -> None:
        super().__init__(decay)
        self.neighbours, self.k1, self.b = neighbours, k1, b

    def fit(self, histories: Histories) -> None:
        taken = histories.presence().T.tocsr()
        shoppers = np.diff(taken.indptr).astype(np.float32)
        products = np.asarray(taken.sum(axis=0)).ravel()
        rarity = np.maximum(np.log(histories.catalogue) - np.log1p(products), 0)
        norm = self.k1 * (1 - self.b + self.b * shoppers / max(float(shoppers.mean()), 1e-9))
        saturated = ((self.k1 + 1) / (norm + 1)).astype(np.float32)
        weighted = scaled(saturated, taken, rarity.astype(np.float32))
        self.weights = strongest(without_diagonal(weighted @ weighted.T), self.neighbours)


def without_diagonal(weights: sparse.spmatrix, first: int = 0) -> sparse.csr_matrix:
    """A copy whose diagonal is zero: no product is its own neighbour. `first`: which row of the whole its first is."""
    entries = sparse.coo_matrix(weights)
    other = entries.row + first != entries.col
    return sparse.csr_matrix((entries.data[other], (entries.row[other], entries.col[other])), shape=entries.shape)
