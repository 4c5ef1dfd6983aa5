"""95 % bootstrap intervals of many figures over many shoppers at once. Pure."""

from collections.abc import Mapping

import numpy as np

from evaluate.recommenders.metrics import Values
from evaluate.relevance.intervals import Interval

RESAMPLES, SEED, AT_ONCE = 2_000, 20260101, 100


def intervals(values: Mapping[str, Values]) -> dict[str, Interval]:
    """Mean and 2.5 and 97.5 percentiles over resampled shoppers; the same draws for every figure, so that figures can
    be compared. NaN values (shoppers without the figure) are left out."""
    if not values:
        return {}
    table = np.stack(list(values.values()), axis=1)
    known = ~np.isnan(table)
    filled = np.where(known, table, 0)
    n = len(table)
    generator = np.random.default_rng(SEED)
    means = []
    for _ in range(RESAMPLES // AT_ONCE):
        drawn = generator.integers(0, n, (AT_ONCE, n))
        times = np.stack([np.bincount(row, minlength=n) for row in drawn]).astype(np.float64)
        means.append((times @ filled) / np.maximum(times @ known, 1))
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5], axis=0)
    mean = filled.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return {name: Interval(float(mean[i]), float(low[i]), float(high[i])) for i, name in enumerate(values)}
