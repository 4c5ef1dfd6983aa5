"""Matrix factorisation: shoppers and products as vectors whose products say who takes what."""

from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from shop.recommenders.errors import RecommenderUnavailable
from shop.recommenders.histories import Histories, Scores, Weights

ROWS_AT_ONCE = 100_000
"""Vectors of products gathered at a time."""


class AlsFactorization:
    """Alternating least squares on implicit feedback (Hu, Koren and Volinsky, ICDM 2008), trained by the `implicit`
    package (the extra `recommend`). An event counts `alpha` in confidence.

    A shopper's vector is solved for at the time of asking, from the history given and with the products' vectors as
    they are: (Y'Y + Y_h' (alpha_h) Y_h + l2 I) x = Y_h' (1 + alpha_h). So new shoppers and new events need no training.
    """

    def __init__(
        self,
        *,
        factors: int = 128,
        l2: float = 1.0,
        alpha: float = 10.0,
        decay: float = 1.0,
        iterations: int = 15,
        threads: int = 1,
        seed: int = 1,
    ) -> None:
        self.factors, self.l2, self.alpha, self.decay = factors, l2, alpha, decay
        self.iterations, self.threads, self.seed = iterations, threads, seed
        self.products: Weights = np.zeros((0, factors), dtype=np.float32)
        """Rows: y_i, shape (catalogue, factors)."""
        self.solved = self.products
        """Rows: (Y'Y + l2 I)^-1 y_i."""

    @staticmethod
    def require() -> None:
        """Raises RecommenderUnavailable where the package is not installed."""
        try:
            import implicit.cpu.als  # noqa: F401 - whether it is there
        except ImportError as error:
            raise RecommenderUnavailable(
                "Matrix factorisation needs the package `implicit`: pip install '.[recommend]'."
            ) from error

    def fit(self, histories: Histories) -> None:
        """Raises RecommenderUnavailable where the package is not installed."""
        self.require()
        from implicit.cpu.als import AlternatingLeastSquares

        with threadpool_limits(1, "blas"):  # its threads and those of BLAS would fight for the same cores
            model: Any = AlternatingLeastSquares(
                factors=self.factors,
                regularization=self.l2,
                alpha=self.alpha,
                iterations=self.iterations,
                num_threads=self.threads,
                random_state=self.seed,
            )
            model.fit(histories.presence(), show_progress=False)
        self.products = y = np.asarray(model.item_factors, dtype=np.float32)
        shared = y.T @ y + self.l2 * np.eye(y.shape[1], dtype=np.float32)
        self.solved = np.ascontiguousarray(np.linalg.solve(shared, y.T).T)

    def scores(self, histories: Histories) -> Scores:
        return self.shoppers(histories) @ self.products.T

    def shoppers(self, histories: Histories) -> Weights:
        """Vectors of shoppers, shape (shoppers, factors); zeros for an empty history."""
        weighted = histories.matrix(self.decay)
        y, solved = self.products, self.solved
        found = np.zeros((len(histories), self.factors), dtype=np.float32)
        lengths = np.diff(weighted.indptr)
        for length in np.unique(lengths[lengths > 0]):
            alike = np.flatnonzero(lengths == length)
            for rows in np.array_split(alike, 1 + len(alike) * int(length) // ROWS_AT_ONCE):
                entries = weighted.indptr[rows][:, None] + np.arange(length)
                items = weighted.indices[entries]
                weights = solved_for(y[items], solved[items], self.alpha * weighted.data[entries])
                found[rows] = (solved[items].transpose(0, 2, 1) @ weights[:, :, None])[:, :, 0]
        return found


def solved_for(mine: Weights, solved: Weights, confidence: Weights) -> Weights:
    """What each product of a history counts in its shopper's vector, which is the sum of weight * solved, for shoppers
    with histories of one length n; shape (shoppers, n). By the Woodbury identity: n equations each instead of as many
    as there are factors. `mine`, `solved`: shape (shoppers, n, factors). `confidence`: shape (shoppers, n)."""
    between = solved @ mine.transpose(0, 2, 1)
    wanted = (1 + confidence)[:, :, None]
    left = between + np.eye(mine.shape[1], dtype=np.float32) / np.maximum(confidence, 1e-6)[:, None, :]
    weights: Weights = (wanted - np.linalg.solve(left, between @ wanted))[:, :, 0]
    return weights
