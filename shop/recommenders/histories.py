"""What shoppers did, as arrays: the one input of every recommender."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

Items: TypeAlias = NDArray[np.int32]
"""Numbers of products, 0 to catalogue - 1."""

Scores: TypeAlias = NDArray[np.float32]
"""Shape (shoppers, catalogue): higher is better; 0 or less is no recommendation."""

Weights: TypeAlias = NDArray[np.float32]
"""One number a product, an event or an entry of a matrix."""


def power(base: Weights, exponent: float) -> Weights:
    """base^exponent, float32."""
    found: Weights = np.power(base, np.float32(exponent), dtype=np.float32)
    return found


@dataclass(frozen=True, slots=True)
class Histories:
    """Events of shoppers (or sessions), each in order of time.

    `items`: shape (events,), one shopper after the other. `starts`: shape (shoppers + 1,), where each begins and
    the last ends. `catalogue`: how many products there are, whether or not anyone touched them.
    """

    items: Items
    starts: NDArray[np.int64]
    catalogue: int

    @classmethod
    def of(cls, sequences: Iterable[Sequence[int]], catalogue: int | None = None) -> Self:
        """From one sequence of product numbers a shopper. `catalogue`: None: up to the largest of them. Raises
        ValueError for a number outside the catalogue."""
        lengths: list[int] = []

        def numbers() -> Iterator[int]:
            for sequence in sequences:
                lengths.append(len(sequence))
                yield from sequence

        # Read as it comes: an array for each of a million shoppers would take more than all that they did.
        items = np.fromiter(numbers(), dtype=np.int64)
        if catalogue is None:
            catalogue = int(items.max(initial=-1)) + 1
        if len(items) and (items.min() < 0 or items.max() >= catalogue):
            raise ValueError(f"Products are numbers from 0 to {catalogue - 1}.")
        ends = np.cumsum(np.asarray(lengths, dtype=np.int64))
        return cls(items.astype(np.int32), np.concatenate([np.zeros(1, dtype=np.int64), ends]), catalogue)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def of_shopper(self, shopper: int) -> Items:
        """The items of one shopper, in order of time."""
        return self.items[self.starts[shopper] : self.starts[shopper + 1]]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Events of each shopper, shape (shoppers,)."""
        return np.diff(self.starts)

    @property
    def shoppers(self) -> NDArray[np.int64]:
        """Whose event each is, shape (events,)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def age(self) -> NDArray[np.int64]:
        """How many events of the same shopper follow each, shape (events,); 0 is the last."""
        return np.repeat(self.starts[1:], self.lengths) - 1 - np.arange(len(self.items))

    def part(self, first: int, end: int) -> "Histories":
        """Shoppers first to end - 1."""
        starts = self.starts[first : end + 1]
        return Histories(self.items[starts[0] : starts[-1]], starts - starts[0], self.catalogue)

    def taken(self, shoppers: NDArray[np.int64]) -> "Histories":
        """These shoppers, in this order."""
        lengths = self.lengths[shoppers]
        starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
        events = np.arange(starts[-1]) + np.repeat(self.starts[shoppers] - starts[:-1], lengths)
        return Histories(self.items[events], starts, self.catalogue)

    def chosen(self, wanted: NDArray[np.bool_]) -> "Histories":
        """The shoppers for whom `wanted`, shape (shoppers,), holds."""
        return self.taken(np.flatnonzero(wanted))

    def last(self) -> Items:
        """The last item of each shopper, shape (shoppers,); -1 where there is none."""
        found = np.full(len(self), -1, dtype=np.int32)
        some = self.lengths > 0
        found[some] = self.items[self.starts[1:][some] - 1]
        return found

    def without_last(self) -> "Histories":
        """Every shopper without the last event; those who have none stay empty."""
        kept = self.age > 0
        lengths = np.maximum(self.lengths - 1, 0)
        return Histories(
            self.items[kept], np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)]), self.catalogue
        )

    def latest(self, count: int) -> "Histories":
        """Every shopper's last `count` events."""
        kept = self.age < count
        lengths = np.minimum(self.lengths, count)
        return Histories(
            self.items[kept], np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)]), self.catalogue
        )

    def counts(self) -> Weights:
        """Events of each product, shape (catalogue,)."""
        return np.bincount(self.items, minlength=self.catalogue).astype(np.float32)

    def matrix(self, decay: float = 1.0) -> sparse.csr_matrix:
        """Shape (shoppers, catalogue): the sum of decay^age over the events of a shopper with a product."""
        weights = np.power(np.float32(decay), self.age.astype(np.float32)).astype(np.float32)
        return self._sparse(weights)

    def presence(self) -> sparse.csr_matrix:
        """Shape (shoppers, catalogue): 1 where a shopper touched a product, however often."""
        found = self._sparse(np.ones(len(self.items), dtype=np.float32))
        found.data[:] = 1
        return found

    def _sparse(self, weights: Weights) -> sparse.csr_matrix:
        shape = (len(self), self.catalogue)
        found = sparse.csr_matrix((weights, self.items.astype(np.int64), self.starts), shape=shape)
        found.sum_duplicates()
        return found
