"""Neighbouring sessions: those that share products with this one, and what else was in them."""

import numpy as np
import scipy.sparse as sparse

from shop.recommenders.histories import Histories, Scores, power
from shop.recommenders.item_knn import scaled, strongest


class SessionKnn:
    """Vector-multiplication session kNN (Ludewig and Jannach, UMUAI 2018): the current session, recent events counting
    more, times every past session; the products of the `neighbours` nearest add up by their nearness and rarity."""

    def __init__(self, *, neighbours: int = 100, decay: float = 0.6, rarity: float = 0.25) -> None:
        self.neighbours, self.decay, self.rarity = neighbours, decay, rarity
        self._near = self._products = sparse.csr_matrix((0, 0), dtype=np.float32)

    def fit(self, histories: Histories) -> None:
        taken = histories.presence()
        size = np.maximum(np.diff(taken.indptr), 1).astype(np.float32)
        damped = power(np.maximum(histories.counts(), 1), -self.rarity)
        self._near = scaled(power(size, -0.5), taken, damped).T.tocsr()
        self._products = scaled(np.ones(len(size), dtype=np.float32), taken, damped)

    def scores(self, histories: Histories) -> Scores:
        near = strongest(histories.matrix(self.decay) @ self._near, self.neighbours)
        found: Scores = (near @ self._products).toarray()
        return found
