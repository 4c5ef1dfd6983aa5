"""A weight per query from features, fitted to judged queries, and measured on queries that had no say. Pure.

The measure of a weight on a query is its utility: the sum of condensed nDCG, raw nDCG and recall, as for the fixed
weight. Between the weights of a grid it is interpolated. A policy is an intercept and a coefficient a feature; it is
fitted by coordinate descent on the mean utility, less a penalty on the squares of the coefficients.

Nested folds: the outer ones measure, and inside each the penalty is chosen by folds of its own, an endless one (no
coefficients, the fixed weight) included. The best fixed weight, chosen on the same queries, is what it is compared to.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.search.weights import FURTHEST
from evaluate.relevance.cross_validation import with_neighbours
from evaluate.relevance.intervals import SEED, Interval, interval

Matrix = NDArray[np.float64]

PENALTIES: Final = (0.25, 0.5, 1.0, 2.0, 5.0, float("inf"))
STEPS: Final = (0.1, 0.05, 0.02)
FOLDS: Final = 5
REPEATS: Final = 10
ROUNDS: Final = 50
QUANTILES: Final = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Judged:
    """`utilities`: shape (queries, weights of `grid`). `features`: shape (queries, features)."""

    grid: Sequence[float]
    utilities: Matrix
    features: Matrix

    def of(self, rows: NDArray[np.intp]) -> "Judged":
        return Judged(self.grid, self.utilities[rows], self.features[rows])

    def at(self, weights: Matrix) -> Matrix:
        """The utility of each query at its own weight, interpolated; outside the grid that of its end."""
        grid = np.asarray(self.grid)
        place = np.clip(np.searchsorted(grid, weights, side="right") - 1, 0, len(grid) - 2)
        part = np.clip((weights - grid[place]) / (grid[place + 1] - grid[place]), 0.0, 1.0)
        rows = np.arange(len(weights))
        found: Matrix = self.utilities[rows, place] * (1 - part) + self.utilities[rows, place + 1] * part
        return found

    def best_fixed(self) -> float:
        """The weight of the grid with the highest mean utility, each taken together with its neighbours: beside a
        weight chosen by chance any policy would look good."""
        return float(self.grid[int(with_neighbours(self.utilities.mean(axis=0)).argmax())])


@dataclass(frozen=True, slots=True)
class Policy:
    """The weight is intercept + coefficients x (feature - mean) / scale."""

    intercept: float
    coefficients: Matrix
    mean: Matrix
    scale: Matrix

    def weights(self, judged: Judged) -> Matrix:
        """Shape (queries,), within the grid."""
        steps = np.clip((judged.features - self.mean) / self.scale, -FURTHEST, FURTHEST)
        found: Matrix = np.clip(self.intercept + steps @ self.coefficients, judged.grid[0], judged.grid[-1])
        return found


@dataclass(frozen=True, slots=True)
class Nested:
    """`policy`, `fixed`: the utility of each query under what was learned without it, mean over the repeats."""

    policy: Matrix
    fixed: Matrix
    gain: Interval
    penalties: list[float]

    @property
    def beats_fixed(self) -> bool:
        """Whether the interval of the gain lies above 0: a mean above it may be chance."""
        return self.gain.low > 0


def fit(judged: Judged, penalty: float) -> Policy:
    """The policy of these queries. An infinite penalty gives the best fixed weight."""
    mean, scale = judged.features.mean(axis=0), judged.features.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    start = Policy(judged.best_fixed(), np.zeros(judged.features.shape[1]), mean, scale)
    return start if np.isinf(penalty) else _descend(judged, start, penalty)


def _descend(judged: Judged, start: Policy, penalty: float) -> Policy:
    """Coordinate descent from the best fixed weight and from weights across the grid, lest it ends in a hollow."""
    steps = np.clip((judged.features - start.mean) / start.scale, -FURTHEST, FURTHEST)
    steps = np.hstack([np.ones((len(steps), 1)), steps])

    def worth(tried: Matrix) -> float:
        weights = np.clip(steps @ tried, judged.grid[0], judged.grid[-1])
        return float(judged.at(weights).mean() - penalty * (tried[1:] ** 2).sum())

    begun = [start.intercept, *np.quantile(judged.grid, QUANTILES)]
    ends = [_climb(worth, np.concatenate([[intercept], start.coefficients])) for intercept in begun]
    values = max(ends, key=worth)
    intercept = float(np.clip(values[0], judged.grid[0], judged.grid[-1]))
    return Policy(intercept, values[1:], start.mean, start.scale)


def _climb(worth: Callable[[Matrix], float], values: Matrix) -> Matrix:
    best = worth(values)
    for step in STEPS:
        for _ in range(ROUNDS):
            before = best
            for place in range(len(values)):
                for sign in (step, -step):
                    tried = values.copy()
                    tried[place] += sign
                    if (found := worth(tried)) > best + 1e-9:
                        values, best = tried, found
            if best == before:
                break
    return values


def choose_penalty(judged: Judged, generator: np.random.Generator) -> float:
    """The penalty with the highest utility on held-out folds of these queries; of equal ones the greater."""
    parts = folds(len(judged.utilities), generator)
    found = {penalty: float(np.mean(_held_out(judged, parts, penalty))) for penalty in PENALTIES}
    return max(reversed(PENALTIES), key=lambda penalty: found[penalty])


def nested(judged: Judged, repeats: int = REPEATS) -> Nested:
    """The nested cross-validation, repeated over different folds drawn with a fixed seed."""
    generator = np.random.default_rng(SEED)
    count = len(judged.utilities)
    policy, fixed = np.zeros((repeats, count)), np.zeros((repeats, count))
    penalties = []
    for repeat in range(repeats):
        for part in folds(count, generator):
            inside = judged.of(np.setdiff1d(np.arange(count), part))
            penalties.append(choose_penalty(inside, generator))
            outside = judged.of(part)
            policy[repeat, part] = outside.at(fit(inside, penalties[-1]).weights(outside))
            fixed[repeat, part] = outside.at(np.full(len(part), inside.best_fixed()))
    gains = policy.mean(axis=0) - fixed.mean(axis=0)
    return Nested(policy.mean(axis=0), fixed.mean(axis=0), interval(gains.tolist()), penalties)


def folds(count: int, generator: np.random.Generator) -> list[NDArray[np.intp]]:
    """Positions of the queries in each fold."""
    return list(np.array_split(generator.permutation(count), min(FOLDS, count)))


def _held_out(judged: Judged, parts: Sequence[NDArray[np.intp]], penalty: float) -> Matrix:
    found = np.zeros(len(judged.utilities))
    for part in parts:
        inside = judged.of(np.setdiff1d(np.arange(len(found)), part))
        outside = judged.of(part)
        found[part] = outside.at(fit(inside, penalty).weights(outside))
    return found
