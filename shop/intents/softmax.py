"""A linear model with a probability a class: multinomial logistic regression, fitted by L-BFGS."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weights:
    """`vectors`: shape (dims, classes); `pieces`: shape (known pieces, classes); `bias`: shape (classes,)."""

    vectors: Floats
    pieces: Floats
    bias: Floats


def scores(weights: Weights, vectors: Floats, pieces: sparse.csr_matrix) -> Floats:
    """Shape (n, classes): log-odds but for a constant a row."""
    found: Floats = vectors @ weights.vectors + pieces @ weights.pieces + weights.bias
    return found


def probabilities(found: Floats) -> Floats:
    """Softmax by row."""
    powers = np.exp(found - found.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def fit(
    vectors: Floats, pieces: sparse.csr_matrix, classes: npt.NDArray[np.intp], count: int, strength: float = 10.0
) -> Weights:
    """Weights that explain `classes` (numbers from 0 to count - 1). `strength` weighs the examples against the penalty
    on large weights (L2). Classes with few examples count for more: by the square root of how few they are."""
    rows, dims = vectors.shape
    truth = np.eye(count)[classes]
    sizes = np.maximum(truth.sum(axis=0), 1)
    weight = (strength * np.sqrt(rows / (count * sizes)))[classes][:, None]
    across = pieces.T.tocsr()
    parts = (dims, dims + pieces.shape[1])

    def unpacked(flat: Floats) -> Weights:
        table = flat.reshape(-1, count)
        return Weights(table[: parts[0]], table[parts[0] : parts[1]], table[-1])

    def loss(flat: Floats) -> tuple[float, Floats]:
        model = unpacked(flat)
        found = scores(model, vectors, pieces)
        found -= found.max(axis=1, keepdims=True)
        powers = np.exp(found)
        sums = powers.sum(axis=1, keepdims=True)
        wrong = (powers / sums - truth) * weight
        value = -(weight * truth * (found - np.log(sums))).sum()
        value += 0.5 * ((model.vectors**2).sum() + (model.pieces**2).sum())
        slope = np.vstack([vectors.T @ wrong + model.vectors, across @ wrong + model.pieces, wrong.sum(axis=0)])
        return float(value), slope.ravel()

    start = np.zeros((parts[1] + 1) * count)
    return unpacked(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 80}).x)
