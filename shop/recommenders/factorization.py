"""Matrix factorisation: shoppers and products as vectors whose products say who takes what."""

from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from shop.recommenders.errors import RecommenderUnavailable
from shop.recommenders.histories import Histories, Scores, Weights


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

    def fit(self, histories: Histories) -> None:
        """Raises RecommenderUnavailable where the package is not installed."""
        try:
            from implicit.cpu.als import AlternatingLeastSquares
        except ImportError as error:
            raise RecommenderUnavailable(
                "Matrix factorisation needs the package `implicit`: pip install 'shopscout[recommend]'."
            ) from error
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
        self.products = np.asarray(model.item_factors, dtype=np.float32)

    def scores(self, histories: Histories) -> Scores:
        return self.shoppers(histories) @ self.products.T

    def shoppers(self, histories: Histories) -> Weights:
        """Vectors of shoppers, shape (shoppers, factors); zeros for an empty history."""
        weighted = histories.matrix(self.decay)
        y = self.products
        shared = y.T @ y + self.l2 * np.eye(self.factors, dtype=np.float32)
        found = np.zeros((len(histories), self.factors), dtype=np.float32)
        for row in range(len(histories)):
            span = slice(weighted.indptr[row], weighted.indptr[row + 1])
            if span.stop == span.start:
                continue
            mine = y[weighted.indices[span]]
            confidence = 1 + self.alpha * weighted.data[span]
            left = shared + (mine * (confidence - 1)[:, None]).T @ mine
            found[row] = np.linalg.solve(left, mine.T @ confidence)
        return found
