"""Precision and recall of rankings by cosine, from vectors and what is true of the rows."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from embed.base import Vectors

Relevance = npt.NDArray[np.bool_]
"""Shape (queries, items): whether the item answers the query."""

Scores = npt.NDArray[np.float64]
"""One number a query, from 0 to 1."""


def precision_at(queries: Vectors, items: Vectors, relevant: Relevance, k: int) -> Scores:
    """Relevant items among the first `k`, divided by the smaller of `k` and the number of relevant items.

    Queries with no relevant item score 0: leave them out before.
    """
    hits = _hits(queries @ items.T, relevant, k)
    return np.asarray(hits / np.clip(relevant.sum(axis=1), 1, k))


def recall_at(queries: Vectors, items: Vectors, own: Sequence[int], k: int) -> Scores:
    """1 where the query's `own` item is among the first `k`, else 0."""
    scores = queries @ items.T
    rows = np.arange(len(scores))
    better = (scores > scores[rows, list(own)][:, None]).sum(axis=1)
    return np.asarray(better < k, np.float64)


def neighbour_precision_at(items: Vectors, same: Relevance, k: int) -> Scores:
    """For each item, the share of its `k` nearest others that are the `same`, (items, items); divided by `k`."""
    scores = items @ items.T
    np.fill_diagonal(scores, -np.inf)
    return np.asarray(_hits(scores, same, k) / k)


def interval(scores: Scores, *, draws: int = 2000, seed: int = 0) -> tuple[float, float]:
    """95 % interval of the mean, by bootstrap over the queries."""
    generator = np.random.default_rng(seed)
    picks = generator.integers(0, len(scores), (draws, len(scores)))
    low, high = np.percentile(scores[picks].mean(axis=1), (2.5, 97.5))
    return float(low), float(high)


def _hits(scores: npt.NDArray[np.floating], relevant: Relevance, k: int) -> npt.NDArray[np.int64]:
    # Ties go to the item that comes first, whatever the sort would like.
    top = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return np.asarray(np.take_along_axis(relevant, top, axis=1).sum(axis=1))
