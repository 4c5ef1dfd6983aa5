"""Two ways to learn an order of candidates: a weighted sum, and trees."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from shop.recommenders.errors import RecommenderUnavailable
from shop.recommenders.histories import Weights

SEED = 20260101


class ListwiseLinear:
    """A weighted sum of the features and their square roots, standardised, that makes the right candidate of each list
    as likely as it can under a softmax (ListNet with one right answer; Cao et al., ICML 2007). numpy and scipy alone.

    `l2` holds back the weights. `weights`: shape (2 * features,), in units of standard deviations.
    """

    def __init__(self, *, l2: float = 1e-3, steps: int = 150) -> None:
        self.l2, self.steps = l2, steps
        self.weights: Weights = np.zeros(0, dtype=np.float32)
        self._mean = self._spread = self.weights

    def fit(self, features: Weights, hits: NDArray[np.bool_], sizes: NDArray[np.int64]) -> None:
        rows = _with_roots(features)
        self._mean = np.asarray(rows.mean(axis=0, dtype=np.float64), dtype=np.float32)
        spread = rows.std(axis=0)
        self._spread = np.where(spread > 1e-9, spread, 1).astype(np.float32)
        rows -= self._mean
        rows /= self._spread
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        right = hits.astype(np.float32)

        def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            score = rows @ weights.astype(np.float32)
            best = np.maximum.reduceat(score, starts)
            likely = np.exp(score - np.repeat(best, sizes))
            total = np.add.reduceat(likely, starts)
            surprise = -(score[hits] - best - np.log(total)).mean() + self.l2 * weights @ weights
            slope = ((likely / np.repeat(total, sizes) - right) @ rows) / len(sizes) + 2 * self.l2 * weights
            return float(surprise), slope.astype(np.float64)

        found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": self.steps})
        self.weights = found.x.astype(np.float32)

    def parameters(self) -> dict[str, list[float]]:
        """What was learned, as plain numbers; `restored` makes the ranker of it."""
        return {"weights": self.weights.tolist(), "mean": self._mean.tolist(), "spread": self._spread.tolist()}

    @classmethod
    def restored(cls, parameters: Mapping[str, Sequence[float]]) -> Self:
        """The ranker that gave these parameters."""
        ranker = cls()
        ranker.weights, ranker._mean, ranker._spread = (
            np.asarray(parameters[name], dtype=np.float32) for name in ("weights", "mean", "spread")
        )
        return ranker

    def predict(self, features: Weights) -> Weights:
        standard = (_with_roots(features) - self._mean) / self._spread
        return np.asarray(standard @ self.weights, dtype=np.float32)


class BoostedTrees:
    """LambdaMART (Burges, 2010) by LightGBM (the extra `recommend`): trees boosted for the order of the first twenty.
    Sees what a sum cannot: that a model is to be trusted for long histories, or popular products, only."""

    def __init__(self, *, rounds: int = 80, leaves: int = 31, rate: float = 0.07, threads: int = 1) -> None:
        self.rounds, self.leaves, self.rate, self.threads = rounds, leaves, rate, threads
        self._booster: Any = None

    def fit(self, features: Weights, hits: NDArray[np.bool_], sizes: NDArray[np.int64]) -> None:
        """Raises RecommenderUnavailable where LightGBM is not installed."""
        try:
            import lightgbm
        except ImportError as error:
            raise RecommenderUnavailable(
                "Boosted trees need the package `lightgbm`: pip install '.[recommend]'."
            ) from error
        settings = {
            "objective": "lambdarank",
            "lambdarank_truncation_level": 20,
            "num_leaves": min(self.leaves, max(6, len(sizes) // 150)),  # few lists bear few leaves
            "learning_rate": self.rate,
            "min_data_in_leaf": max(5, min(200, len(features) // 1_000)),
            "num_threads": self.threads,
            "seed": SEED,
            "deterministic": True,
            "force_row_wise": True,
            "verbose": -1,
        }
        data = lightgbm.Dataset(features, label=hits.astype(np.int8), group=sizes)
        self._booster = lightgbm.train(settings, data, num_boost_round=self.rounds)

    def predict(self, features: Weights) -> Weights:
        found: Weights = np.asarray(self._booster.predict(features, num_threads=self.threads), dtype=np.float32)
        return found


def _with_roots(features: Weights) -> Weights:
    found: Weights = np.hstack([features, np.sqrt(np.clip(features, 0, None))])
    return found
