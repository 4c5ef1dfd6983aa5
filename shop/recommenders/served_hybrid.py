"""The learned hybrid answered from stored rows: the same candidates, features and order as Hybrid over NeighbourTables
gives offline. Pure."""

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from es.mappings import neighbours as fields
from shop.recommenders.histories import Weights
from shop.recommenders.hybrid import Hybrid
from shop.recommenders.neighbour_tables import DIGITS, KEPT, READ, NeighbourTables, Reading
from shop.recommenders.rankers import ListwiseLinear

Row = Mapping[str, Any]
"""A document of es/mappings/neighbours.py."""


class PackedRow(NamedTuple):
    """The same as arrays. `about`: shape (2, neighbours), events and latest; `weights`: (neighbours,) by table."""

    product_ids: Sequence[str]
    about: NDArray[np.float32]
    weights: Mapping[str, NDArray[np.float32]]
    own_events: float


def packed(row: Row) -> PackedRow:
    """A row as it is read many times."""
    weights = {table: np.asarray(values, dtype=np.float32) for table, values in row[fields.WEIGHTS].items()}
    about = np.asarray([row[fields.EVENTS], row[fields.LATEST]], dtype=np.float32)
    # Of many rows: a product's id is held once. A tuple, which the garbage collector need not look through.
    product_ids = tuple(map(sys.intern, row[fields.PRODUCT_IDS]))
    return PackedRow(product_ids, about, weights, float(row[fields.OWN_EVENTS]))


class Ranked(NamedTuple):
    """A product that goes on from a history. `score`: above 0, 1 for the best. `because`: the product of the history
    that speaks most for it, in the table `table`."""

    product_id: str
    score: float
    because: str
    table: str


@dataclass(slots=True)
class _Evidence:
    """Everything that the rows say, entry by entry. `candidate`, `source`: shape (entries,); `values`: (entries,
    tables); `events`, `latest`: by candidate."""

    product_ids: list[str]
    candidate: NDArray[np.int64]
    source: NDArray[np.int64]
    values: NDArray[np.float32]
    events: NDArray[np.float32]
    latest: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ServedHybrid:
    """Readings of tables, and the ranker that weighs them."""

    readings: Mapping[str, Reading]
    ranker: ListwiseLinear

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Self:
        """From the `ranker` of an index."""
        readings = {name: Reading(table, float(decay)) for name, table, decay in stored["readings"]}
        return cls(readings, ListwiseLinear.restored(stored))

    def ranked(
        self, history: Sequence[str], rows: Mapping[str, Row | PackedRow], k: int, *, exclude: Collection[str] = ()
    ) -> list[Ranked]:
        """The k products that go on best from a history in order of time, none that is in it, none of `exclude`. Equal
        scores go in the order of ids. `rows`: of the products of `read_for(history)`; those that have none may miss."""
        read = list(history[-READ:])
        known = {p: row if isinstance(row, PackedRow) else packed(row) for p, row in rows.items()}
        evidence = _gathered(read, known, self._tables())
        if not evidence.product_ids:
            return []
        strengths = {decay: _strengths(read, decay) for decay in {reading.decay for reading in self.readings.values()}}
        parts = [self._parts(evidence, reading, strengths[reading.decay]) for reading in self.readings.values()]
        count = len(evidence.product_ids)
        scores = np.stack([np.bincount(evidence.candidate, part, count) for part in parts]).astype(np.float32)
        shares = scores / np.maximum(scores.max(axis=1, initial=0), 1e-9)[:, None]
        own = known[read[-1]].own_events if read[-1] in known else 0.0
        wanted = np.flatnonzero(_proposed(scores))
        found = self.ranker.predict(_features(evidence, scores, shares, wanted, own, len(read)))
        found = np.maximum(np.exp(found - found.max()), 1e-30)
        left_out = set(exclude)
        best = sorted(
            (-float(score), evidence.product_ids[n], int(n))
            for score, n in zip(found, wanted, strict=True)
            if evidence.product_ids[n] not in left_out
        )[:k]
        weighed = np.stack(parts) / np.maximum(scores.max(axis=1, initial=0), 1e-9)[:, None]
        model, entry = _strongest(evidence, weighed)
        sources, tables = list(dict.fromkeys(reversed(read))), [reading.table for reading in self.readings.values()]
        return [
            Ranked(product, -score, sources[evidence.source[entry[n]]], tables[model[entry[n]]])
            for score, product, n in best
        ]

    def _tables(self) -> list[str]:
        return list(dict.fromkeys(reading.table for reading in self.readings.values()))

    def _parts(self, evidence: _Evidence, reading: Reading, strength: Weights) -> Weights:
        """What each entry adds to the reading's score of its candidate."""
        column = self._tables().index(reading.table)
        found: Weights = strength[evidence.source] * evidence.values[:, column]
        return found


def read_for(history: Sequence[str]) -> list[str]:
    """The products of a history whose rows are worth reading, the latest first."""
    return list(dict.fromkeys(reversed(history[-READ:])))


def stored_ranker(hybrid: Hybrid, tables: NeighbourTables) -> dict[str, Any]:
    """What `ServedHybrid.restored` reads, of a fitted hybrid over tables (its ranker: ListwiseLinear)."""
    assert isinstance(hybrid.ranker, ListwiseLinear)
    # A list: the order of features counts, and Elasticsearch keeps none of the members of a mapping's objects.
    readings = [[name, *reading] for name, reading in tables.readings.items()]
    return {"readings": readings, **hybrid.ranker.parameters()}


def documents(
    product_ids: Sequence[str], tables: NeighbourTables, hybrid: Hybrid, computed_at: datetime
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ids and documents of a generation; `product_ids`: by the numbers in the tables."""
    listed = {name: sparse.csr_matrix(table) for name, table in tables.tables.items()}
    values = {name: _plain(table.data) for name, table in listed.items()}
    events, latest = hybrid.evidence.events.astype(int), _plain(hybrid.evidence.latest_share)
    for number, product_id in enumerate(product_ids):
        spans = {name: slice(table.indptr[number], table.indptr[number + 1]) for name, table in listed.items()}
        others = np.unique(np.concatenate([listed[name].indices[span] for name, span in spans.items()]))
        if not len(others):
            continue
        weights = np.zeros((len(spans), len(others)))
        for row, (name, span) in zip(weights, spans.items(), strict=True):
            row[np.searchsorted(others, listed[name].indices[span])] = values[name][span]
        yield (
            product_id,
            {
                fields.PRODUCT_IDS: [product_ids[other] for other in others.tolist()],
                fields.EVENTS: events[others].tolist(),
                fields.LATEST: latest[others].tolist(),
                # Most are 0, and are written as that.
                fields.WEIGHTS: {
                    name: [value or 0 for value in row] for name, row in zip(spans, weights.tolist(), strict=True)
                },
                fields.OWN_EVENTS: int(events[number]),
                fields.COMPUTED_AT: computed_at.isoformat(),
            },
        )


def _plain(numbers: Weights) -> NDArray[np.float64]:
    """The numbers to DIGITS significant digits, each as near as float64 comes to the decimal one: then it is written
    with those digits alone."""
    found = np.zeros(numbers.shape)
    some = np.flatnonzero(numbers)
    exact = numbers[some].astype(np.float64)
    # Whole numbers and powers of ten up to 10^22 are exact, so that the quotient is the nearest.
    places = DIGITS - 1 - np.floor(np.log10(np.abs(exact))).astype(int)
    up, down = 10.0 ** np.maximum(places, 0), 10.0 ** np.maximum(-places, 0)
    found[some] = np.round(exact * up / down) / up * down
    return found


def _gathered(read: Sequence[str], rows: Mapping[str, PackedRow], tables: Sequence[str]) -> _Evidence:
    """The entries of all rows; products of the history are no candidates."""
    numbers: dict[str, int] = {}
    candidates: list[int] = []
    kept: list[NDArray[np.int64]] = []
    seen = set(read)
    columns: list[NDArray[np.float32]] = []
    about: list[NDArray[np.float32]] = []
    sources: list[int] = []
    for source, product in enumerate(dict.fromkeys(reversed(read))):
        row = rows.get(product)
        if row is None:
            continue
        ids = row.product_ids
        places = [place for place, other in enumerate(ids) if other not in seen]
        candidates += [numbers.setdefault(ids[place], len(numbers)) for place in places]
        kept.append(np.asarray(places, dtype=np.int64))
        none = np.zeros(len(ids), dtype=np.float32)
        columns.append(np.stack([row.weights.get(table, none) for table in tables])[:, kept[-1]])
        about.append(row.about[:, kept[-1]])
        sources += [source] * len(places)
    candidate = np.asarray(candidates, dtype=np.int64)
    values = np.concatenate(columns, axis=1).T if columns else np.zeros((0, len(tables)), dtype=np.float32)
    told = np.zeros((2, len(numbers)), dtype=np.float32)
    if about:
        told[:, candidate] = np.concatenate(about, axis=1)
    return _Evidence(list(numbers), candidate, np.asarray(sources, dtype=np.int64), values, told[0], told[1])


def _strongest(evidence: _Evidence, weighed: Weights) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The model to whose share each entry adds most, and by candidate the entry that adds most to any; of equal ones
    that of the first model, then the first. `weighed`: shape (models, entries)."""
    model, most = weighed.argmax(axis=0), weighed.max(axis=0)
    entries = np.arange(len(most))
    in_order = np.lexsort((-entries, -model, most))
    found = np.zeros(len(evidence.product_ids), dtype=np.int64)
    # Of several for one place, the last stays.
    found[evidence.candidate[in_order]] = in_order
    return model, found


def _strengths(read: Sequence[str], decay: float) -> Weights:
    """By product of the history, the latest first: the sum of decay^n over its events, n the events after each."""
    numbers = {product: n for n, product in enumerate(dict.fromkeys(reversed(read)))}
    found = np.zeros(len(numbers), dtype=np.float32)
    for age, product in enumerate(reversed(read)):
        found[numbers[product]] += np.float32(decay) ** np.float32(age)
    return found


def _proposed(scores: Weights) -> NDArray[np.bool_]:
    """Which candidates are among the KEPT best of any model, as Evidence chooses them."""
    wanted = np.zeros(scores.shape[1], dtype=bool)
    for row in scores:
        k = min(KEPT, len(row))
        best = np.argpartition(-row, k - 1)[:k]
        wanted[best[row[best] > 0]] = True
    return wanted


def _features(
    evidence: _Evidence, scores: Weights, shares: Weights, wanted: NDArray[np.int64], own: float, length: int
) -> Weights:
    """As Evidence makes them, in its order."""
    ones = np.ones(len(wanted), dtype=np.float32)
    columns = [column for score, share in zip(scores, shares, strict=True) for column in (score[wanted], share[wanted])]
    about = [evidence.events[wanted], evidence.latest[wanted], own * ones, length * ones, 0 * ones]
    return np.stack([*columns, *about], axis=1).astype(np.float32)
