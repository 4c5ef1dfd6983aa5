"""The counter's evidence spread to products of like texts: what follows one shampoo may follow another."""

from typing import Literal

import scipy.sparse as sparse

from shop.recommenders.histories import Histories, Scores
from shop.recommenders.sequential import CounterSettings, SequentialCounter


class SmoothedCounter:
    """The sequential counter over products and their neighbours in meaning.

    `near`: shape (catalogue, catalogue), each product's neighbours and their weights (content.nearest). `side`
    "source": a history's products lend their neighbours' successors, so a product without a past is followed by
    something. "target": successors lend to their neighbours, so a product that nobody took yet is found.
    """

    def __init__(
        self, near: sparse.csr_matrix, *, side: Literal["source", "target"], settings: CounterSettings | None = None
    ) -> None:
        self.near, self.side = near, side
        self._counter = SequentialCounter(settings)

    def fit(self, histories: Histories) -> None:
        self._counter.fit(histories)

    def scores(self, histories: Histories) -> Scores:
        events = histories.matrix(self._counter.decay)
        if self.side == "source":
            spread = (events @ self.near) @ self._counter.weights
        else:
            spread = (events @ self._counter.weights) @ self.near.T
        found: Scores = spread.toarray()
        return found
