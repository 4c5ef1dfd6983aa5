"""The lexical weight chosen on some queries and measured on the others, in turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.relevance.intervals import SEED
from evaluate.relevance.metrics import Figures, Ratings
from evaluate.relevance.runs import Searcher

GRID = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
FOLDS = 5
AROUND = 2
AS_GOOD = 0.005
"""Sums of the three figures this close to the best are as good as it."""


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """`held_out`: figures of each query under the weight chosen without it, in the order of the queries.
    `weights`: the weight that each fold chose. `by_weight`: mean of the three figures over all queries."""

    held_out: list[Figures]
    weights: list[float]
    by_weight: dict[float, tuple[float, float, float]]


async def cross_validate(searcher: Searcher, judged: Mapping[str, Ratings], folds: int = FOLDS) -> CrossValidation:
    """k-fold cross-validation over queries; folds are drawn with a fixed seed."""
    scored = {weight: await searcher.with_weight(weight).scored(judged, "hybrid") for weight in GRID}
    return choose(scored, folds)


def choose(scored: Mapping[float, Sequence[Figures]], folds: int) -> CrossValidation:
    """The choice itself, from the figures of each query under each weight. Pure.

    A weight is as good as the sum of its three figures, taken together with its neighbours of the grid. Of those as
    good as the best the least is taken, which has the most meaning in it: raw nDCG, a third of the sum, counts
    against it what nobody judged.
    """
    count = len(next(iter(scored.values())))
    order = np.random.default_rng(SEED).permutation(count)
    held_out: dict[int, Figures] = {}
    weights = []
    for part in np.array_split(order, min(folds, count)):
        outside = np.setdiff1d(order, part)
        grid = sorted(scored)
        sums = with_neighbours([sum(means([scored[weight][i] for i in outside])) for weight in grid])
        best = next(weight for weight, found in zip(grid, sums, strict=True) if found >= sums.max() - AS_GOOD)
        weights.append(best)
        held_out |= {int(i): scored[best][i] for i in part}
    by_weight = {weight: means(found) for weight, found in scored.items()}
    return CrossValidation([held_out[i] for i in range(count)], weights, by_weight)


def with_neighbours(values: Sequence[float]) -> NDArray[np.float64]:
    """Each value averaged with two on either side (at the ends the last one again): the highest point of a rough
    curve is chance."""
    padded = np.pad(np.asarray(values, dtype=np.float64), AROUND, mode="edge")
    width = 2 * AROUND + 1
    smooth: NDArray[np.float64] = np.convolve(padded, np.full(width, 1 / width), "valid")
    return smooth


def means(found: Sequence[Figures]) -> tuple[float, float, float]:
    """Means of condensed nDCG, raw nDCG and recall, the latter over the queries that have it."""
    if not found:
        return 0.0, 0.0, 0.0
    recalls = [f.recall for f in found if not np.isnan(f.recall)]
    return (
        float(np.mean([f.ndcg_condensed for f in found])),
        float(np.mean([f.ndcg_raw for f in found])),
        float(np.mean(recalls)) if recalls else 0.0,
    )
