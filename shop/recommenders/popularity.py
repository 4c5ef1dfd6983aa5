"""The same for everybody: what most shoppers took."""

import numpy as np

from shop.recommenders.histories import Histories, Scores, Weights


class Popularity:
    """Events of each product, as a share of all. The baseline that every other model must beat, and the answer for a
    shopper of whom nothing is known."""

    def __init__(self) -> None:
        self.shares: Weights = np.zeros(0, dtype=np.float32)

    def fit(self, histories: Histories) -> None:
        counts = histories.counts()
        self.shares = counts / max(float(counts.sum()), 1.0)

    def scores(self, histories: Histories) -> Scores:
        return np.repeat(self.shares[None, :], len(histories), axis=0)
