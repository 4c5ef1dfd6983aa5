"""What follows what: co-occurrence in order, counted. A second to train, and the strongest single model we have."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse

from shop.recommenders.histories import Histories, power
from shop.recommenders.item_knn import ItemTransitions, scaled, strongest


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
    items, shoppers = histories.items, histories.shoppers
    shape = (histories.catalogue, histories.catalogue)
    longest = int(histories.lengths.max(initial=1))
    first, then, weights = [], [], []
    for distance in range(1, min(window, longest - 1) + 1):
        pairs = (shoppers[:-distance] == shoppers[distance:]) & (items[:-distance] != items[distance:])
        first.append(items[:-distance][pairs])
        then.append(items[distance:][pairs])
        weights.append(np.full(int(pairs.sum()), distance**-power, dtype=np.float32))
    if not first:
        return sparse.csr_matrix(shape, dtype=np.float32)
    forward = sparse.csr_matrix(
        (np.concatenate(weights), (np.concatenate(first), np.concatenate(then))), shape=shape, dtype=np.float32
    )
    return sparse.csr_matrix(forward + np.float32(reverse) * forward.T, dtype=np.float32) if reverse else forward
