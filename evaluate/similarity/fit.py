"""A logistic curve through pairs: the probability of the same kind at each cosine, and how far it is off."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embed.similarity import Scale
from evaluate.similarity.pairs import Pairs

BINS = 10


@dataclass(frozen=True)
class Fitted:
    """The curve of all catalogues, and for each its calibration error under a curve of the others."""

    scale: Scale
    held_out: dict[str, float]


def fitted(sets: Sequence[Pairs]) -> Fitted:
    """Each catalogue counts the same, however many pairs it has."""
    held_out = {}
    for one in sets:
        others = [other for other in sets if other is not one]
        held_out[one.name] = calibration_error(curve(others), one)
    return Fitted(curve(sets), held_out)


def curve(sets: Sequence[Pairs]) -> Scale:
    """Logistic regression of `same` on the cosine, by Newton's method; weights make the catalogues equal."""
    x = np.concatenate([pairs.cosines for pairs in sets])
    y = np.concatenate([pairs.same for pairs in sets]).astype(np.float64)
    weight = np.concatenate([np.full(len(pairs.cosines), 1 / len(pairs.cosines)) for pairs in sets])
    design = np.stack([x, np.ones_like(x)], axis=1)
    theta = np.zeros(2)
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ theta))
        slope = design.T @ (weight * (y - p))
        bend = (design * (weight * p * (1 - p))[:, None]).T @ design + 1e-9 * np.eye(2)
        step = np.linalg.solve(bend, slope)
        theta += step
        if np.abs(step).max() < 1e-9:
            break
    return Scale(float(theta[0]), float(theta[1]))


def calibration_error(scale: Scale, pairs: Pairs) -> float:
    """Expected calibration error: mean distance between what is told and what is, over ten bins of equal size."""
    told: NDArray[np.float64] = np.array([scale.similarity(c) for c in pairs.cosines])
    bins = np.array_split(np.argsort(told), BINS)
    return float(sum(len(b) * abs(told[b].mean() - pairs.same[b].mean()) for b in bins) / len(told))
