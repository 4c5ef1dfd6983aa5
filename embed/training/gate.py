"""May an exported model replace its original? Compared on real texts, refused below a floor."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from embed.base import Vectors


@dataclass(frozen=True)
class Agreement:
    """How near an export is to its original.

    Cosines are between the two vectors of one text. An overlap is the share of the ten nearest products that
    both models name: for shoppers' queries, and for products as queries (each finds itself, too).
    """

    texts: int
    cosine_mean: float
    cosine_min: float
    query_overlap_at_10: float
    product_overlap_at_10: float

    def as_dict(self) -> dict[str, float]:
        """Rounded to four places, for a manifest or a table."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


FLOOR = Agreement(
    texts=500,
    cosine_mean=0.996,
    cosine_min=0.98,
    query_overlap_at_10=0.88,
    product_overlap_at_10=0.94,
)


def agreement(original: tuple[Vectors, Vectors], export: tuple[Vectors, Vectors]) -> Agreement:
    """Compare two models by their (product vectors, query vectors), rows of both in the same order."""
    products, queries = original
    products_too, queries_too = export
    cosines = np.concatenate([(products * products_too).sum(1), (queries * queries_too).sum(1)])
    return Agreement(
        texts=len(cosines),
        cosine_mean=float(cosines.mean()),
        cosine_min=float(cosines.min()),
        query_overlap_at_10=overlap(nearest(queries, products), nearest(queries_too, products_too)),
        product_overlap_at_10=overlap(nearest(products, products), nearest(products_too, products_too)),
    )


def shortfalls(measured: Agreement, floor: Agreement = FLOOR) -> list[str]:
    """What is below the floor, a line each; empty where the export may be used."""
    below = []
    for name, least in asdict(floor).items():
        value = getattr(measured, name)
        if not value >= least:
            below.append(f"{name} is {value:.4f}, below the floor of {least}")
    return below


def nearest(queries: Vectors, products: Vectors, count: int = 10) -> list[set[int]]:
    """Places of the `count` products nearest to each query; there must be more products than that."""
    found: list[set[int]] = []
    for start in range(0, len(queries), 512):
        scores = queries[start : start + 512] @ products.T
        top = np.argpartition(-scores, count, axis=1)[:, :count]
        found.extend(set(row.tolist()) for row in top)
    return found


def overlap(left: Sequence[set[int]], right: Sequence[set[int]]) -> float:
    """Mean share that sets of equal size have in common, pair by pair."""
    return float(np.mean([len(a & b) / len(a) for a, b in zip(left, right, strict=True)]))
