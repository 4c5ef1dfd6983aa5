"""Candidates and what each model says about them: the table that a hybrid ranks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shop.recommenders.contract import Recommender
from shop.recommenders.histories import Histories, Items, Weights
from shop.recommenders.scored import Dense, Few, Keys, Scored, SpeaksOfFew

BLOCK_CELLS = 12_000_000
"""Scores of one model held at a time: shoppers x catalogue."""


@dataclass(frozen=True, slots=True)
class Table:
    """Candidates, one a row, shopper by shopper. `shopper` and `item`: shape (rows,). `features`: shape
    (rows, features). `sizes`: candidates of each shopper, shape (shoppers,)."""

    shopper: NDArray[np.int64]
    item: Items
    features: Weights
    sizes: NDArray[np.int64]


@dataclass(slots=True)
class Evidence:
    """Models by name, fitted together; `proposing` names those whose best `per_model` products become candidates.
    `latest`: how many events of a history are looked at; 0: all.

    Features of a candidate, in the order of `names`: every model's score, and that score as a share of the model's best
    for this shopper; the candidate's events and how often it was somebody's last; the events of the last product in
    the history; the length of the history; how often the candidate is in it already.
    """

    models: Mapping[str, Recommender]
    proposing: Sequence[str]
    per_model: int = 60
    exclude_seen: bool = True
    latest: int = 0
    _events: Weights = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    _latest: Weights = field(default_factory=lambda: np.zeros(0, dtype=np.float32))

    @property
    def names(self) -> list[str]:
        """Names of the features."""
        scores = [f"{name}{kind}" for name in self.models for kind in ("", ": share of best")]
        return [
            *scores,
            "events",
            "share of events that were the last",
            "events of the last product",
            "length of history",
            "times in history",
        ]

    def fit(self, histories: Histories) -> None:
        """Every model anew, from the same histories."""
        for model in self.models.values():
            model.fit(histories)
        self._events = histories.counts()
        last = histories.last()
        latest = np.bincount(last[last >= 0], minlength=histories.catalogue)
        self._latest = (latest / (self._events + 5)).astype(np.float32)

    @property
    def events(self) -> Weights:
        """Events of each product, shape (catalogue,)."""
        return self._events

    @property
    def latest_share(self) -> Weights:
        """How often a product's event was somebody's last, as a share of its events and five more, (catalogue,)."""
        return self._latest

    @property
    def popularity(self) -> Weights:
        """Events of each product as a share of the most of any, shape (catalogue,)."""
        found: Weights = self._events / max(float(self._events.max(initial=0)), 1.0)
        return found

    def batches(self, histories: Histories, order: NDArray[np.int64]) -> Iterator[tuple[Histories, NDArray[np.int64]]]:
        """The shoppers of `order`, as many at a time as `table` should be asked about at once; and which they are."""
        step = max(1, BLOCK_CELLS // max(histories.catalogue, 1))
        for first in range(0, len(order), step):
            shoppers = order[first : first + step]
            yield histories.taken(shoppers), shoppers

    def table(self, histories: Histories) -> Table:
        """Candidates of each history. Holds the scores of every model at once: shoppers x catalogue each, unless it
        speaks of few."""
        if self.latest:
            histories = histories.latest(self.latest)
        scored = {name: _scored(model, histories) for name, model in self.models.items()}
        if self.exclude_seen:
            seen = np.unique(histories.shoppers * histories.catalogue + histories.items)
            for one in scored.values():
                one.without(seen)
        keys = _together([scored[name].proposed(self.per_model) for name in self.proposing])
        if self.exclude_seen:
            keys = np.setdiff1d(keys, seen, assume_unique=True)
        shopper, item = np.divmod(keys, histories.catalogue)
        features = self._features(scored, histories, shopper, item)
        return Table(shopper, item.astype(np.int32), features, np.bincount(shopper, minlength=len(histories)))

    def _features(
        self, scored: Mapping[str, Scored], histories: Histories, shopper: NDArray[np.int64], item: NDArray[np.int64]
    ) -> Weights:
        keys = shopper * histories.catalogue + item
        columns: list[Weights] = []
        for one in scored.values():
            score = one.at(keys)
            columns += [score, (score / np.maximum(one.best(), 1e-9)[shopper]).astype(np.float32)]
        last = histories.last()
        of_last = np.where(last >= 0, self._events[last], 0)
        lengths = histories.lengths
        seen = np.zeros(len(item), dtype=np.float32)
        if len(item) and not self.exclude_seen:
            seen = np.asarray(histories.matrix()[shopper, item]).ravel()
        about: list[NDArray[Any]] = [self._events[item], self._latest[item], of_last[shopper], lengths[shopper], seen]
        return np.stack([column.astype(np.float32) for column in (*columns, *about)], axis=1)


def _scored(model: Recommender, histories: Histories) -> Scored:
    return Few(model.few_scores(histories)) if isinstance(model, SpeaksOfFew) else Dense(model.scores(histories))


def _together(proposed: Sequence[Keys]) -> Keys:
    return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *proposed]))
