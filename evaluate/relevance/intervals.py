"""Means over queries with 95 % bootstrap intervals (Sakai, SIGIR 2006): percentiles over resampled queries. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
SEED = 20260101


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over queries and the bounds of its 95 % interval."""

    mean: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float]:
        return {"mean": round(self.mean, 4), "low": round(self.low, 4), "high": round(self.high, 4)}


def interval(values: Sequence[float]) -> Interval:
    """Mean of one figure over queries; NaN values (queries without the figure) are left out. The same values give
    the same interval: the resampling is seeded."""
    known = np.asarray([value for value in values if not np.isnan(value)])
    if not len(known):
        return Interval(float("nan"), float("nan"), float("nan"))
    means = _resampled(known)
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(known.mean()), float(low), float(high))


def difference(values: Sequence[float], base: Sequence[float]) -> Interval:
    """Mean of `values` - `base`, query by query (paired): what the two share cancels out."""
    return interval([a - b for a, b in zip(values, base, strict=True)])


def _resampled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    generator = np.random.default_rng(SEED)
    drawn = generator.integers(0, len(values), (RESAMPLES, len(values)))
    means: NDArray[np.float64] = values[drawn].mean(axis=1)
    return means
