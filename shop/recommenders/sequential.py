"""What follows what: co-occurrence in order, counted. A second to train, and the strongest single model we have."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sparse

from shop.recommenders.histories import Histories, power
from shop.recommenders.item_knn import ItemTransitions, scaled, strongest

BLOCK: Final = 2_000_000
"""Events whose pairs are held at a time."""


@dataclass(frozen=True, slots=True)
class CounterSettings:
    """How pairs are counted and how a history is read.

    Two events of a shopper at a distance d, 1 to `window`, add d^-distance_power from the earlier product to the later
    one, and `reverse` of that back. A pair's sum is divided by the later product's events to the `target_power` and
    the earlier one's to the `source_power`: popular products are damped. In a history the event k before the last
    counts decay^k. `neighbours` bounds how many products one product may point at.
    """

    window: int = 20
    distance_power: float = 0.5
    reverse: float = 0.3
    target_power: float = 0.15
    source_power: float = 0.25
    decay: float = 0.6
    neighbours: int = 1_000


FIRST_ORDER = CounterSettings(window=1, reverse=0.0, target_power=0.0, source_power=1.0, decay=0.0)
"""A Markov chain of the first order: the share of the last product's successors."""


class SequentialCounter(ItemTransitions):
    """Co-occurrence of products in the order of time, weighted by distance and recency."""

    def __init__(self, settings: CounterSettings | None = None) -> None:
        self.settings = settings or CounterSettings()
        super().__init__(self.settings.decay)

    def fit(self, histories: Histories) -> None:
        self.weights = transitions(histories, self.settings)


def transitions(histories: Histories, settings: CounterSettings) -> sparse.csr_matrix:
    """Weights from product to product, shape (catalogue, catalogue)."""
    counted = ordered_pairs(histories, settings.window, settings.distance_power, settings.reverse)
    events = np.maximum(histories.counts(), 1)
    damped = scaled(power(events, -settings.source_power), counted, power(events, -settings.target_power))
    return strongest(damped, settings.neighbours)


def ordered_pairs(histories: Histories, window: int, power: float, reverse: float) -> sparse.csr_matrix:
    """Sums of d^-power over pairs of events of one shopper at distances d of 1 to `window`, from the earlier to the
    later product, plus `reverse` of the same backwards. A product does not follow itself."""
    shape = (histories.catalogue, histories.catalogue)
    forward = sparse.csr_matrix(shape, dtype=np.float32)
    longest = int(histories.lengths.max(initial=1))
    for distance in range(1, min(window, longest - 1) + 1):
        forward = forward + np.float32(distance**-power) * _at_distance(histories, distance)
    return sparse.csr_matrix(forward + np.float32(reverse) * forward.T, dtype=np.float32) if reverse else forward


def _at_distance(histories: Histories, distance: int) -> sparse.csr_matrix:
    """How often a product came so many events after another. Counted block by block: all pairs at once would be twenty
    times the events."""
    items, shoppers = histories.items, histories.shoppers
    shape = (histories.catalogue, histories.catalogue)
    found = sparse.csr_matrix(shape, dtype=np.float32)
    for begin in range(0, len(items) - distance, BLOCK):
        end = min(begin + BLOCK, len(items) - distance)
        first, then = items[begin:end], items[begin + distance : end + distance]
        pairs = (shoppers[begin:end] == shoppers[begin + distance : end + distance]) & (first != then)
        once = np.ones(int(pairs.sum()), dtype=np.float32)
        found = found + sparse.csr_matrix((once, (first[pairs], then[pairs])), shape=shape)
    return found
