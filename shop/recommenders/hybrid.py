"""Several recommenders as one: their candidates ranked by what the last known event of each shopper taught."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shop.recommenders.contract import Recommender
from shop.recommenders.errors import NothingToLearn
from shop.recommenders.evidence import Evidence, Table
from shop.recommenders.histories import Histories, Items, Scores, Weights

LEARNED_FROM = 12_000
SEED = 20260101


class Ranker(Protocol):
    """Learns an order of candidates from lists in which one is right."""

    def fit(self, features: Weights, hits: NDArray[np.bool_], sizes: NDArray[np.int64]) -> None:
        """`features`: shape (rows, features). `hits`: shape (rows,), one true in each list. `sizes`: rows of each
        list, which follow one another."""
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


class Hybrid:
    """Candidates of several models, ranked by a learned ranker.

    `fit` holds out the last event of every history, fits the models to what comes before, learns how to rank from
    the events held out, and fits the models once more to everything. So the ranker is taught by predictions of models
    that had not seen the answer, and nothing later than the histories given is ever looked at.
    """

    def __init__(self, evidence: Evidence, ranker: Ranker, *, learned_from: int = LEARNED_FROM) -> None:
        self.evidence, self.ranker, self.learned_from = evidence, ranker, learned_from

    def fit(self, histories: Histories) -> None:
        """Raises NothingToLearn where no candidate was ever right."""
        self.learn(histories)
        self.evidence.fit(histories)

    def learn(self, histories: Histories) -> None:
        """The ranker alone, from each shopper's last event; leaves the models without those events."""
        earlier = histories.without_last()
        self.evidence.fit(earlier)
        lists = teaching(self.evidence, earlier, histories.last(), self.learned_from)
        self.ranker.fit(*lists)

    def scores(self, histories: Histories) -> Scores:
        """Between 0 and 1 for candidates, the best of each shopper at 1; 0 for the rest. Where no model proposes
        anything, popularity."""
        everybody = np.arange(len(histories))
        found = [
            ranked(self.ranker, self.evidence.table(part), part, self.evidence.popularity)
            for part, _ in self.evidence.batches(histories, everybody)
        ]
        return np.concatenate([np.zeros((0, histories.catalogue), dtype=np.float32), *found])


def teaching(
    evidence: Evidence, earlier: Histories, targets: Items, at_most: int
) -> tuple[Weights, NDArray[np.bool_], NDArray[np.int64]]:
    """What a ranker is fitted to: lists of candidates that hold the shopper's next product, `at_most` of them, drawn
    by chance. Raises NothingToLearn where there is none."""
    order = np.random.default_rng(SEED).permutation(len(earlier))
    features, hits, sizes, lists = [], [], [], 0
    for part, shoppers in evidence.batches(earlier, order):
        table = evidence.table(part)
        right = table.item == targets[shoppers][table.shopper]
        holds = np.bincount(table.shopper[right], minlength=len(part)) > 0
        rows = holds[table.shopper]
        features.append(table.features[rows])
        hits.append(right[rows])
        sizes.append(table.sizes[holds])
        lists += int(holds.sum())
        if lists >= at_most:
            break
    if not lists:
        raise NothingToLearn("In no history is the next product among the candidates: there are too few events.")
    return np.concatenate(features), np.concatenate(hits), np.concatenate(sizes)


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
