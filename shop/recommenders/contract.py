"""What every recommender has in common."""

from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from shop.recommenders.histories import Histories, Items, Scores, Weights


@runtime_checkable
class Recommender(Protocol):
    """Learns from histories which products come next.

    A model is asked about histories, not about shoppers that it knows: one who came a minute ago, and whose last
    click it never saw, is answered like any other. Asked about an empty history it answers zeros, unless it knows
    something that fits everybody.
    """

    def fit(self, histories: Histories) -> None:
        """Forget everything and learn from these."""
        ...

    def scores(self, histories: Histories) -> Scores:
        """How well each product goes on from each history, shape (shoppers, catalogue); items seen score too."""
        ...


class Recommended(NamedTuple):
    """Products, best first, and their scores: both of shape (k,) or shorter."""

    items: Items
    scores: Weights


def recommend(model: Recommender, history: Histories, k: int, *, exclude_seen: bool = True) -> Recommended:
    """The k products that go on best from one shopper's history; fewer where fewer score above 0."""
    if len(history) != 1:
        raise ValueError("One shopper at a time.")
    return top(model.scores(history), history, k, exclude_seen=exclude_seen)[0]


def top(scores: Scores, histories: Histories, k: int, *, exclude_seen: bool = True) -> list[Recommended]:
    """The k best of each row of scores; equal scores in the order of product numbers. Leaves `scores` as they are."""
    if exclude_seen:
        scores = without_seen(scores, histories)
    k = min(k, scores.shape[1])
    found = []
    edges = -np.partition(-scores, k - 1, axis=1)[:, k - 1] if k else np.zeros(len(scores))
    for row, edge in zip(scores, edges, strict=True):
        near = np.flatnonzero((row >= edge) & (row > 0))
        best = near[np.argsort(-row[near], kind="stable")][:k].astype(np.int32)
        found.append(Recommended(best, row[best]))
    return found


def without_seen(scores: Scores, histories: Histories) -> Scores:
    """A copy with minus infinity wherever the shopper has the product already."""
    masked = scores.copy()
    masked[histories.shoppers, histories.items] = -np.inf
    return masked
