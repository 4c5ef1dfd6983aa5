"""What one model says of a batch of shoppers: a score for every product, or for the few that it speaks of."""

from typing import Protocol, runtime_checkable

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from shop.recommenders.histories import Histories, Scores, Weights

Keys = NDArray[np.int64]
"""shopper * catalogue + product, in ascending order, none twice."""


@runtime_checkable
class SpeaksOfFew(Protocol):
    """A model that scores few products of a history: those above 0 are far fewer than the catalogue."""

    def few_scores(self, histories: Histories) -> sparse.csr_matrix:
        """Shape (shoppers, catalogue): what `scores` gives, without its zeros."""
        ...


class Scored(Protocol):
    """Scores of one model. Products of the histories can be taken out of it."""

    def without(self, seen: Keys) -> None:
        """Those count as 0 from now on."""
        ...

    def proposed(self, k: int) -> Keys:
        """The k highest of each shopper that are above 0."""
        ...

    def at(self, keys: Keys) -> Weights:
        """The scores of these, 0 where there is none; shape (keys,)."""
        ...

    def best(self) -> Weights:
        """The highest of each shopper, at least 0; shape (shoppers,)."""
        ...


class Dense:
    """All scores of a model; the array is taken over."""

    def __init__(self, scores: Scores) -> None:
        self._scores = scores

    def without(self, seen: Keys) -> None:
        self._scores.ravel()[seen] = 0

    def proposed(self, k: int) -> Keys:
        shoppers, catalogue = self._scores.shape
        k = min(k, catalogue)
        best = np.argpartition(-self._scores, k - 1, axis=1)[:, :k]
        rows = np.arange(shoppers)[:, None]
        return np.sort((rows * catalogue + best)[self._scores[rows, best] > 0])

    def at(self, keys: Keys) -> Weights:
        found: Weights = self._scores.ravel()[keys]
        return found

    def best(self) -> Weights:
        found: Weights = self._scores.max(axis=1, initial=0)
        return found


class Few:
    """The scores of a model that speaks of few products; time and memory do not grow with the catalogue."""

    def __init__(self, scores: sparse.csr_matrix) -> None:
        rows = sparse.csr_matrix(scores, dtype=np.float32, copy=True)
        rows.sum_duplicates()
        self._shoppers, self._catalogue = rows.shape
        self._row = np.repeat(np.arange(self._shoppers), np.diff(rows.indptr))
        self._keys: Keys = self._row * self._catalogue + rows.indices
        self._values: Weights = rows.data

    def without(self, seen: Keys) -> None:
        found, there = self._found(seen)
        self._values[found[there]] = 0

    def proposed(self, k: int) -> Keys:
        above = np.flatnonzero(self._values > 0)
        row = self._row[above]
        in_order = np.lexsort((-self._values[above], row))
        starts = np.searchsorted(row, np.arange(self._shoppers))
        rank = np.arange(len(above)) - starts[row]
        return np.sort(self._keys[above][in_order[rank < k]])

    def at(self, keys: Keys) -> Weights:
        places, there = self._found(keys)
        found = np.zeros(len(keys), dtype=np.float32)
        found[there] = self._values[places[there]]
        return found

    def best(self) -> Weights:
        found = np.zeros(self._shoppers, dtype=np.float32)
        np.maximum.at(found, self._row, self._values)
        return found

    def _found(self, keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Where these stand among the entries, and whether they do."""
        places = np.searchsorted(self._keys, keys)
        there = places < len(self._keys)
        there[there] = self._keys[places[there]] == keys[there]
        return places, there
