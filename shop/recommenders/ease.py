"""A linear autoencoder in closed form."""

import numpy as np
import scipy.linalg

from shop.recommenders.histories import Histories, Scores, Weights


class Ease:
    """EASE (Steck, WWW 2019): the weights B with a zero diagonal that best rebuild every shopper's products from the
    others, B = I - P diag(1 / P_jj), P = (X'X + l2 I)^-1.

    Training holds two dense float32 matrices of catalogue x catalogue and takes catalogue^3 steps: for catalogues up
    to 20,000 or so. Many more shoppers cost nothing.
    """

    def __init__(self, *, l2: float = 200.0, decay: float = 1.0) -> None:
        self.l2, self.decay = l2, decay
        self.weights: Weights = np.zeros((0, 0), dtype=np.float32)

    def fit(self, histories: Histories) -> None:
        taken = histories.presence()
        gram = np.asfortranarray((taken.T @ taken).toarray(), dtype=np.float32)
        gram[np.diag_indices_from(gram)] += self.l2
        factor, failed = scipy.linalg.lapack.spotrf(gram, lower=1, overwrite_a=1)
        inverse, failed_too = scipy.linalg.lapack.spotri(factor, lower=1, overwrite_c=1)
        if failed or failed_too:
            raise ValueError(f"The matrix of EASE cannot be inverted: raise l2 above {self.l2}.")
        del gram, factor
        inverse = np.tril(inverse)
        inverse += np.tril(inverse, -1).T
        inverse /= -np.diagonal(inverse).copy()
        inverse[np.diag_indices_from(inverse)] = 0
        self.weights = inverse

    def scores(self, histories: Histories) -> Scores:
        found: Scores = np.asarray(histories.matrix(self.decay) @ self.weights, dtype=np.float32)
        return found
