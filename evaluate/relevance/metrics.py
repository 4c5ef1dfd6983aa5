"""Figures of one ranked list against human ratings. Pure.

Ratings are whole numbers from 0 (wrong) to 3 (perfect); a gain is 2^rating - 1 (Burges et al., Learning to Rank
using Gradient Descent, ICML 2005). Judged products come from the results of one engine, so three figures are read
together: what an engine finds that nobody judged is left out in the first and counts as wrong in the second.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields

Ratings = Mapping[str, int]
"""Product id -> rating, for one query."""

DEPTH = 10
RECALL_DEPTH = 100
RELEVANT_FROM = 2


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one query, each 0 to 1. `recall` and `mrr` are NaN where no product is rated 2 or 3."""

    ndcg_condensed: float
    ndcg_raw: float
    recall: float
    mrr: float
    judged: float

    def as_tuple(self) -> tuple[float, ...]:
        return astuple(self)


NAMES = tuple(field.name for field in fields(Figures))
TITLES = ("nDCG@10 condensed", "nDCG@10 raw", "recall@100", "MRR", "judged@10")


def figures(ranked: Sequence[str], ratings: Ratings) -> Figures:
    """All figures of one list of product ids, best first. At least one rating must be above 0."""
    return Figures(
        ndcg_condensed(ranked, ratings),
        ndcg_raw(ranked, ratings),
        recall(ranked, ratings),
        reciprocal_rank(ranked, ratings),
        judged_share(ranked, ratings),
    )


def ndcg_condensed(ranked: Sequence[str], ratings: Ratings) -> float:
    """nDCG@10 of the judged products alone (Sakai, Alternatives to Bpref, SIGIR 2007).

    Judged products that were not returned come last, worst rating first, so that a short list gains nothing.
    """
    returned = set(ranked)
    listed = [ratings[product] for product in ranked if product in ratings]
    missing = sorted(rating for product, rating in ratings.items() if product not in returned)
    return _dcg([*listed, *missing]) / _ideal(ratings)


def ndcg_raw(ranked: Sequence[str], ratings: Ratings) -> float:
    """nDCG@10 with products that nobody judged counted as rated 0."""
    return _dcg([ratings.get(product, 0) for product in ranked]) / _ideal(ratings)


def recall(ranked: Sequence[str], ratings: Ratings) -> float:
    """Share of the products rated 2 or 3 among the first 100; NaN where there are none."""
    relevant = _relevant(ratings)
    if not relevant:
        return math.nan
    return len(relevant.intersection(ranked[:RECALL_DEPTH])) / len(relevant)


def reciprocal_rank(ranked: Sequence[str], ratings: Ratings) -> float:
    """1 / place of the first product rated 2 or 3, 0 where none is in the list; NaN where there are none.

    Its mean over queries is MRR. Unjudged products count as wrong, as in raw nDCG.
    """
    relevant = _relevant(ratings)
    if not relevant:
        return math.nan
    return next((1 / place for place, product in enumerate(ranked, start=1) if product in relevant), 0.0)


def judged_share(ranked: Sequence[str], ratings: Ratings) -> float:
    """Share of the first 10 that somebody judged; 0 for an empty list."""
    top = ranked[:DEPTH]
    return sum(product in ratings for product in top) / len(top) if top else 0.0


def _relevant(ratings: Ratings) -> set[str]:
    return {product for product, rating in ratings.items() if rating >= RELEVANT_FROM}


def _ideal(ratings: Ratings) -> float:
    best = _dcg(sorted(ratings.values(), reverse=True))
    if best <= 0:
        raise ValueError("no product is rated above 0: such a query cannot be scored")
    return best


def _dcg(ratings: Sequence[int]) -> float:
    return math.fsum((2**rating - 1) / math.log2(place + 2) for place, rating in enumerate(ratings[:DEPTH]))
