"""A sequential model as lists of successors, one a product: how it is stored, and how a history is continued. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from shop.recommenders.histories import Histories
from shop.recommenders.item_knn import strongest
from shop.recommenders.sequential import CounterSettings, transitions

KEPT = 100
LEAST = 1e-6
"""Below this an event of long ago moves nothing."""


class Successors(NamedTuple):
    """What goes on from a product, best first, and how strongly; of one length."""

    product_ids: Sequence[str]
    weights: Sequence[float]


class Continuation(NamedTuple):
    """A product that goes on from a history. `because`: the product of the history that speaks most for it, and
    `share`: how much of the score comes from there, 0 to 1."""

    product_id: str
    score: float
    because: str
    share: float


def learned(
    sequences: Iterable[Sequence[str]], settings: CounterSettings | None = None, *, kept: int = KEPT
) -> Iterator[tuple[str, Successors]]:
    """The sequential counter fitted to product ids in order of time, one sequence a shopper: each product that
    something follows, with its `kept` strongest successors."""
    numbers: dict[str, int] = {}
    histories = Histories.of([numbers.setdefault(product, len(numbers)) for product in one] for one in sequences)
    weights = strongest(transitions(histories, settings or CounterSettings()), kept)
    product_ids = list(numbers)
    for number, product in enumerate(product_ids):
        span = slice(weights.indptr[number], weights.indptr[number + 1])
        found, others = weights.data[span], weights.indices[span]
        order = np.argsort(-found, kind="stable")
        if len(order):
            yield product, Successors([product_ids[n] for n in others[order]], found[order].astype(float).tolist())


def continued(
    history: Sequence[str],
    successors: Mapping[str, Successors],
    k: int,
    *,
    decay: float,
    exclude: Collection[str] = (),
) -> list[Continuation]:
    """The k products that go on best from a history in order of time, none of `exclude`. An event counts decay^n with
    n events after it. The score of a product is the sum over the events; ties go in the order of ids."""
    if k < 1:
        return []
    totals: dict[str, float] = {}
    best: dict[str, tuple[float, str]] = {}
    for source, strength in _strengths(history, decay).items():
        found = successors.get(source)
        if found is None:
            continue
        for product, weight in zip(found.product_ids, found.weights, strict=True):
            part = strength * weight
            totals[product] = totals.get(product, 0.0) + part
            if product not in best or part > best[product][0]:
                best[product] = (part, source)
    left_out = set(exclude)
    ranked = sorted((-score, product) for product, score in totals.items() if score > 0 and product not in left_out)
    return [Continuation(product, -score, best[product][1], best[product][0] / -score) for score, product in ranked[:k]]


def read_for(history: Sequence[str], decay: float) -> list[str]:
    """The products of a history whose successors are worth reading, the latest first."""
    return list(_strengths(history, decay))


def _strengths(history: Sequence[str], decay: float) -> dict[str, float]:
    found: dict[str, float] = {}
    strength = 1.0
    for product in reversed(history):
        if strength < LEAST:
            break
        found[product] = found.get(product, 0.0) + strength
        strength *= decay
    return found
