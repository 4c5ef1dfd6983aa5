"""Matrix factorisation answered from stored vectors: a shopper's own is solved for from what they did last, and the
products nearest to it go on from there. As AlsFactorization gives offline, but for what a graph misses. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import numpy as np

from es.mappings import factors as fields
from shop.recommenders.factorization import AlsFactorization, solved_for
from shop.recommenders.histories import Weights

READ: Final = 50
"""Products of a history that are solved with, the latest."""


class Factors(NamedTuple):
    """A product's document. `vector`, `solved`: shape (factors,)."""

    vector: Weights
    solved: Weights
    alpha: float
    decay: float


class Solved(NamedTuple):
    """A shopper. `vector`: shape (factors,). `parts`: by product of the history, the latest first, what it adds to the
    vector; they add up to it."""

    vector: Weights
    parts: Mapping[str, Weights]

    def because(self, product: Weights) -> str:
        """The product of the history that speaks most for a product, by its vector; of equals the latest."""
        return max(self.parts, key=lambda source: float(self.parts[source] @ product))


def documents(
    product_ids: Sequence[str], model: AlsFactorization, computed_at: datetime, listed: Collection[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ids and documents of a generation, of a fitted model with fields.FACTORS; `product_ids`: by its numbers;
    `listed`: those in the catalogue."""
    for product_id, vector, solved in zip(product_ids, model.products, model.solved, strict=True):
        if np.any(vector):
            yield (
                product_id,
                {
                    fields.VECTOR: vector.tolist(),
                    fields.SOLVED: solved.tolist(),
                    fields.LISTED: product_id in listed,
                    fields.ALPHA: model.alpha,
                    fields.DECAY: model.decay,
                    fields.COMPUTED_AT: computed_at.isoformat(),
                },
            )


def factors_of(source: Mapping[str, Any]) -> Factors:
    """A document as it is read, its vector included."""
    vector, solved = (np.asarray(source[name], dtype=np.float32) for name in (fields.VECTOR, fields.SOLVED))
    return Factors(vector, solved, float(source[fields.ALPHA]), float(source[fields.DECAY]))


def read_for(history: Sequence[str]) -> list[str]:
    """The products of a history whose documents are worth reading, the latest first."""
    return list(dict.fromkeys(reversed(history)))[:READ]


def shopper(history: Sequence[str], rows: Mapping[str, Factors]) -> Solved | None:
    """The vector of who did that, in order of time; None where none of it has factors."""
    known = [product for product in read_for(history) if product in rows]
    if not known:
        return None
    alpha, decay = rows[known[0]].alpha, rows[known[0]].decay
    counts = dict.fromkeys(known, 0.0)
    for behind, product in enumerate(reversed(history)):
        if product in counts:
            counts[product] += decay**behind
    mine = np.stack([rows[product].vector for product in known])
    solved = np.stack([rows[product].solved for product in known])
    confidence = alpha * np.asarray([counts[product] for product in known], dtype=np.float32)
    weights = solved_for(mine[None], solved[None], confidence[None])[0]
    parts = weights[:, None] * solved
    return Solved(parts.sum(axis=0), dict(zip(known, parts, strict=True)))
