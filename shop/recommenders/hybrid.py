"""Several recommenders as one: their candidates ranked by what the last known event of each shopper taught."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from shop.recommenders.contract import Recommender
from shop.recommenders.errors import NothingToLearn
from shop.recommenders.evidence import Evidence, Table
from shop.recommenders.histories import Histories, Items, Scores, Weights

LEARNED_FROM, ENOUGH, MOST_ROUNDS = 12_000, 5_000, 5
SEED = 20260101


class Lists(NamedTuple):
    """Candidates to learn an order from. `features`: shape (rows, features). `hits`: shape (rows,), one true in each
    list. `sizes`: rows of each list, which follow one another."""

    features: Weights
    hits: NDArray[np.bool_]
    sizes: NDArray[np.int64]


class Ranker(Protocol):
    """Learns an order of candidates from lists in which one is right."""

    def fit(self, features: Weights, hits: NDArray[np.bool_], sizes: NDArray[np.int64]) -> None:
        """The three parts of `Lists`."""
        ...

    def predict(self, features: Weights) -> Weights:
        """A score a row, higher is better; compared within a list only."""
        ...


class WeightedSum:
    """Scores of several models, each as a share of its best for the shopper, times a weight a model. Needs no history
    to start with: what a shop uses until it has learned weights of its own."""

    def __init__(self, models: Mapping[str, Recommender], weights: Mapping[str, float]) -> None:
        if unknown := sorted(set(weights) - set(models)):
            raise ValueError(f"There is no model {', '.join(unknown)}; there are {', '.join(models)}.")
        self.models, self.weights = models, weights

    def fit(self, histories: Histories) -> None:
        for model in self.models.values():
            model.fit(histories)

    def scores(self, histories: Histories) -> Scores:
        total = np.zeros((len(histories), histories.catalogue), dtype=np.float32)
        for name, weight in self.weights.items():
            found = np.clip(self.models[name].scores(histories), 0, None)
            total += np.float32(weight) * found / np.maximum(found.max(axis=1, keepdims=True, initial=0), 1e-9)
        return total


def preferred(rankers: Mapping[str, Ranker], lists: Lists) -> str:
    """The ranker that puts the right candidate of every fourth list highest (nDCG@10) when fitted to the others; the
    first of equals. Leaves them fitted to three quarters."""
    held = np.arange(len(lists.sizes)) % 4 == 3
    if len(rankers) == 1 or not held.any():
        return next(iter(rankers))
    rows = np.repeat(held, lists.sizes)
    quality: dict[str, float] = {}
    for name, ranker in rankers.items():
        ranker.fit(lists.features[~rows], lists.hits[~rows], lists.sizes[~held])
        quality[name] = _ndcg(ranker.predict(lists.features[rows]), lists.hits[rows], lists.sizes[held])
    return max(quality, key=quality.__getitem__)


def _ndcg(scores: Weights, hits: NDArray[np.bool_], sizes: NDArray[np.int64]) -> float:
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    right = np.repeat(scores[hits], sizes)
    rank = 1 + np.add.reduceat((scores > right).astype(np.int64), starts)
    return float(np.where(rank <= 10, 1 / np.log2(1 + rank), 0).mean())


class Hybrid:
    """Candidates of several models, ranked by a learned ranker.

    `fit` holds out the last event of every history, fits the models to what comes before, learns how to rank from
    the events held out (and, where shoppers are few, from those before them), and fits the models to everything.
    So the ranker is taught by predictions of models that had not seen the answer, and nothing later than the
    histories given is ever looked at.
    """

    def __init__(self, evidence: Evidence, ranker: Ranker, *, learned_from: int = LEARNED_FROM) -> None:
        self.evidence, self.ranker, self.learned_from = evidence, ranker, learned_from

    def fit(self, histories: Histories) -> None:
        """Raises NothingToLearn where no candidate was ever right."""
        self.learn(histories)
        self.evidence.fit(histories)

    def learn(self, histories: Histories) -> None:
        """The ranker alone; leaves the models without the events that taught it."""
        self.ranker.fit(*taught(self.evidence, histories, self.learned_from))

    def scores(self, histories: Histories) -> Scores:
        """Between 0 and 1 for candidates, the best of each shopper at 1; 0 for the rest. Where no model proposes
        anything, popularity."""
        everybody = np.arange(len(histories))
        found = [
            ranked(self.ranker, self.evidence.table(part), part, self.evidence.popularity)
            for part, _ in self.evidence.batches(histories, everybody)
        ]
        return np.concatenate([np.zeros((0, histories.catalogue), dtype=np.float32), *found])


def taught(evidence: Evidence, histories: Histories, at_most: int = LEARNED_FROM) -> Lists:
    """What a ranker is fitted to: lists of candidates that hold the shopper's next product. Those of the last event
    of each shopper; where they are few, of the event before it too, each time by models that know nothing later, and
    so on. Raises NothingToLearn where there are none."""
    found: list[Lists] = []
    earlier = histories
    for _ in range(MOST_ROUNDS):
        targets, earlier = earlier.last(), earlier.without_last()
        if not len(earlier.items) or sum(len(lists.sizes) for lists in found) >= min(ENOUGH, at_most):
            break
        evidence.fit(earlier)
        found += _lists(evidence, earlier, targets, at_most)
    if not found:
        raise NothingToLearn("In no history is the next product among the candidates: there are too few events.")
    return Lists(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _lists(evidence: Evidence, earlier: Histories, targets: Items, at_most: int) -> Iterator[Lists]:
    """Of shoppers drawn by chance, until there are `at_most` lists."""
    order = np.random.default_rng(SEED).permutation(len(earlier))
    lists = 0
    for part, shoppers in evidence.batches(earlier, order):
        table = evidence.table(part)
        right = table.item == targets[shoppers][table.shopper]
        holds = np.bincount(table.shopper[right], minlength=len(part)) > 0
        rows = holds[table.shopper]
        if holds.any():
            yield Lists(table.features[rows], right[rows], table.sizes[holds])
        lists += int(holds.sum())
        if lists >= at_most:
            return


def ranked(ranker: Ranker, table: Table, histories: Histories, otherwise: Weights) -> Scores:
    """Scores of a table's candidates as a matrix: exp(score - best of the shopper). `otherwise`: the row of a shopper
    without candidates."""
    found = np.zeros((len(histories), histories.catalogue), dtype=np.float32)
    if len(table.item):
        score = ranker.predict(table.features)
        best = np.full(len(histories), -np.inf, dtype=np.float32)
        np.maximum.at(best, table.shopper, score)
        # 1e-30: far behind is not the same as no candidate.
        found[table.shopper, table.item] = np.maximum(np.exp(score - best[table.shopper]), 1e-30)
    found[table.sizes == 0] = otherwise
    return found
