"""Figures of recommendations, one value a shopper. Pure.

Ranks are among all products (Krichene and Rendle, KDD 2020: figures over sampled negatives order models wrongly).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from embed.base import Vectors
from shop.recommenders.contract import Recommended, without_seen
from shop.recommenders.histories import Histories, Items, Scores

K = 10
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Unlikeness:
    """How unlike two products are: 1 - cosine of their vectors, dense or sparse rows of length 1 (or 0)."""

    vectors: Vectors | sparse.csr_matrix

    def pairs(self, one: Items, other: Items) -> Values:
        """Shape (len(one), len(other))."""
        found: Any = self.vectors[one] @ self.vectors[other].T
        cosines = np.asarray(found.toarray() if sparse.issparse(found) else found, dtype=np.float64)
        return 1 - cosines


def ranks(scores: Scores, asked: Histories, targets: Histories, *, exclude_seen: bool) -> Values:
    """The rank of each target among all products, 1 the best, shape (targets,). Products with equal scores share the
    mean of their ranks: a model gains nothing from scoring everything alike. `exclude_seen` takes the products of the
    history out of the ranking (the target stays in)."""
    rows = targets.shoppers
    own = scores[rows, targets.items]
    against = without_seen(scores, asked) if exclude_seen else scores
    found = np.empty(len(rows))
    for place, (row, score, item) in enumerate(zip(rows, own, targets.items, strict=True)):
        others = against[row]
        equal = int((others == score).sum()) - int(others[item] == score)
        found[place] = 1 + int((others > score).sum()) + equal / 2
    return found


def hit_rate(found: Values, targets: Histories) -> Values:
    """1 for a shopper one of whose targets is among the first K."""
    return _per_shopper(np.maximum, (found <= K).astype(np.float64), targets)


def ndcg(found: Values, targets: Histories) -> Values:
    """nDCG@K with gain 1 (Järvelin and Kekäläinen, 2002): 1/log2(1 + rank), over the best that the number of targets
    allows."""
    gained = np.where(found <= K, 1 / np.log2(1 + found), 0.0)
    best = np.cumsum(1 / np.log2(1 + np.arange(1, K + 1)))
    found_of_best: Values = _per_shopper(np.add, gained, targets) / best[np.minimum(targets.lengths, K) - 1]
    return found_of_best


def reciprocal_rank(found: Values, targets: Histories) -> Values:
    """1 over the rank of the best target, over the whole catalogue."""
    return _per_shopper(np.maximum, 1 / found, targets)


def _per_shopper(join: np.ufunc, values: Values, targets: Histories) -> Values:
    joined: Values = join.reduceat(values, targets.starts[:-1])
    return joined


def coverage(lists: Sequence[Recommended], catalogue: int) -> float:
    """Share of the catalogue that somebody is shown."""
    shown = [found.items for found in lists]
    return len(np.unique(np.concatenate(shown))) / catalogue if shown else 0.0


def diversity(lists: Sequence[Recommended], unlike: Unlikeness) -> Values:
    """Mean unlikeness of the pairs in each list (Ziegler et al., WWW 2005); NaN for lists of fewer than two.

    The sum of the cosines of all pairs is the squared length of the sum of the vectors, less their own."""
    sizes = np.asarray([len(found.items) for found in lists])
    shown = np.concatenate([np.zeros(0, dtype=np.int64), *(found.items for found in lists)])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    shape = (len(lists), unlike.vectors.shape[0])
    listed = sparse.csr_matrix((np.ones(len(shown), dtype=np.float32), shown, starts), shape=shape)
    own = listed @ _squared(unlike.vectors)
    together = _squared(listed @ unlike.vectors)
    pairs = np.where(sizes > 1, sizes * (sizes - 1), np.nan)
    values: Values = 1 - (together - own) / pairs
    return values


def _squared(rows: Any) -> Values:  # noqa: ANN401 - dense or sparse
    """Squared lengths of rows."""
    squares = rows.multiply(rows) if sparse.issparse(rows) else rows * rows
    return np.asarray(squares.sum(axis=1), dtype=np.float64).ravel()


def novelty(lists: Sequence[Recommended], train: Histories) -> Values:
    """Mean self-information of the products shown, -log2 of the share of shoppers who have them (Vargas and Castells,
    RecSys 2011), in bits; one shopper is added to each product. NaN for empty lists."""
    having = np.asarray(train.presence().sum(axis=0)).ravel()
    bits = -np.log2((having + 1) / (len(train) + 1))
    return np.asarray([bits[found.items].mean() if len(found.items) else np.nan for found in lists])


def serendipity(
    lists: Sequence[Recommended], asked: Histories, targets: Histories, popular: Items, unlike: Unlikeness
) -> Values:
    """Relevant and unexpected (Ge, Delgado-Battenfeld and Jannach, RecSys 2010): 1 for a target in the list that is
    not one of the `popular` products, times its unlikeness to the nearest product of the history."""
    values = np.zeros(len(lists))
    for row, found in enumerate(lists):
        right = np.setdiff1d(np.intersect1d(found.items, targets.of_shopper(row)), popular).astype(np.int32)
        history = asked.of_shopper(row)
        if len(right):
            values[row] = float(unlike.pairs(right, history).min(axis=1).max()) if len(history) else 1.0
    return values
