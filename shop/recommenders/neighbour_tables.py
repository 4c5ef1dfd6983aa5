"""The learned hybrid in a form that can be served: every model is a table of the neighbours of each product, so that a
history is answered by the rows of its latest products, wherever they are kept.

What is measured offline and what is served are the same tables, cut and rounded in the same way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
import scipy.sparse as sparse

from embed.base import Vectors
from shop.recommenders.content import as_weights, centred, cosines
from shop.recommenders.evidence import Evidence
from shop.recommenders.histories import Histories, Scores
from shop.recommenders.hybrid import LEARNED_FROM, Hybrid
from shop.recommenders.item_knn import Bm25ItemKnn, strongest, without_diagonal
from shop.recommenders.rankers import ListwiseLinear
from shop.recommenders.sequential import CounterSettings, transitions

READ: Final = 12
"""Events of a history that are looked at: with a decay of 0.6 those before have a weight of 0.002."""
KEPT: Final = 60
"""Neighbours of a product in each table."""
NEAR: Final = 20
"""Products of like texts that lend each other what followed them."""
DIGITS: Final = 5
_ROWS: Final = 1_000
DECAY: Final = 0.6
COUNTER, ITEM_KNN, TEXTS, FROM_LIKE, TO_LIKE = "counter", "item_knn", "texts", "from_like", "to_like"


class Reading(NamedTuple):
    """A table, and what an event counts for each that came after it (0: the last alone)."""

    table: str
    decay: float


READINGS: Final[Mapping[str, Reading]] = MappingProxyType({
    "counter": Reading(COUNTER, DECAY),
    "counter, last event": Reading(COUNTER, 0.0),
    "item-kNN": Reading(ITEM_KNN, DECAY),
    "texts": Reading(TEXTS, DECAY),
    "texts, last event": Reading(TEXTS, 0.0),
    "counter, from like texts": Reading(FROM_LIKE, DECAY),
    "counter, to like texts": Reading(TO_LIKE, DECAY),
})  # fmt: skip
"""The models, each a table read in one way. Without texts, those of COUNTER and ITEM_KNN."""
_OF_BEHAVIOUR: Final = frozenset({COUNTER, ITEM_KNN})


@dataclass(slots=True)
class NeighbourTables:
    """The tables of a catalogue. `vectors`: of the products' texts, shape (catalogue, dims), zeros where a product has
    none; None: there are no texts."""

    vectors: Vectors | None = None
    settings: CounterSettings = field(default_factory=CounterSettings)
    tables: dict[str, sparse.csr_matrix] = field(default_factory=dict)
    _near: sparse.csr_matrix | None = None
    _fitted_to: Histories | None = None

    def fit(self, histories: Histories) -> None:
        """Every table, from these histories; once, however many models share them."""
        if histories is self._fitted_to:
            return
        counted = transitions(histories, self.settings)
        knn = Bm25ItemKnn(neighbours=KEPT)
        knn.fit(histories)
        found = {COUNTER: _kept(counted), ITEM_KNN: _kept(knn.weights)}
        if self.vectors is not None:
            if self._near is None:
                self._near = cosines(self._centred(self.vectors), KEPT + 1, block=256)
            like = as_weights(strongest(self._near, NEAR))
            found[TEXTS] = _kept(positive(self._near))
            found[FROM_LIKE], found[TO_LIKE] = lent(like, counted), lent(counted, like.T)
        self.tables = {name: rounded(table) for name, table in found.items()}
        self._fitted_to = histories

    @property
    def readings(self) -> dict[str, Reading]:
        """The models that these tables can be read as."""
        return {
            name: reading
            for name, reading in READINGS.items()
            if self.vectors is not None or reading.table in _OF_BEHAVIOUR
        }

    @staticmethod
    def _centred(vectors: Vectors) -> Vectors:
        """Vectors without their mean; products without texts stay at zero, near to nothing."""
        known = np.abs(vectors).sum(axis=1) > 0
        found = np.zeros_like(vectors, dtype=np.float32)
        if known.any():
            found[known] = centred(vectors[known])
        return found


class TableModel:
    """A Recommender: one reading of the tables."""

    def __init__(self, tables: NeighbourTables, reading: Reading) -> None:
        self._tables, self.reading = tables, reading

    def fit(self, histories: Histories) -> None:
        self._tables.fit(histories)

    def few_scores(self, histories: Histories) -> sparse.csr_matrix:
        return histories.matrix(self.reading.decay) @ self._tables.tables[self.reading.table]

    def scores(self, histories: Histories) -> Scores:
        found: Scores = self.few_scores(histories).toarray()
        return found


def tabled_hybrid(tables: NeighbourTables, *, learned_from: int = LEARNED_FROM) -> Hybrid:
    """The learned hybrid over the tables, as it is served."""
    models = {name: TableModel(tables, reading) for name, reading in tables.readings.items()}
    evidence = Evidence(models, list(models), per_model=KEPT, latest=READ)
    return Hybrid(evidence, ListwiseLinear(), learned_from=learned_from)


def lent(left: sparse.spmatrix, right: sparse.spmatrix) -> sparse.csr_matrix:
    """The KEPT strongest neighbours of each product in `left @ right`, some thousand rows at a time: the whole of it
    takes a gigabyte for a catalogue of 100,000."""
    rows, columns = sparse.csr_matrix(left), sparse.csr_matrix(right)
    parts = [
        strongest(without_diagonal(rows[first : first + _ROWS] @ columns, first), KEPT)
        for first in range(0, rows.shape[0], _ROWS)
    ]
    return sparse.csr_matrix(sparse.vstack(parts)) if parts else sparse.csr_matrix((0, columns.shape[1]))


def _kept(table: sparse.spmatrix) -> sparse.csr_matrix:
    return strongest(without_diagonal(table), KEPT)


def positive(weights: sparse.csr_matrix) -> sparse.csr_matrix:
    """Those above 0."""
    found = sparse.csr_matrix(weights, copy=True)
    found.data = np.clip(found.data, 0, None)
    found.eliminate_zeros()
    return found


def rounded(weights: sparse.csr_matrix) -> sparse.csr_matrix:
    """Weights to DIGITS significant digits, as they are stored."""
    found = sparse.csr_matrix(weights, dtype=np.float64, copy=True)
    found.eliminate_zeros()
    scale = 10.0 ** (DIGITS - 1 - np.floor(np.log10(np.abs(found.data))))
    found.data = np.round(found.data * scale) / scale
    return sparse.csr_matrix(found, dtype=np.float32)
