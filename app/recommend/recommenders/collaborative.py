"""By what other shoppers did: products of the same visits, products of the same orders, what usually comes next."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from app.recommend.contract import Candidate, Did, RecommendationRequest
from app.recommend.knowledge import Knowledge
from app.recommend.learned_rows import Pairs
from app.recommend.recommenders.evidence import done_with, weights_of
from es.mappings import pairs, successors
from shop.recommenders.successors import continued, read_for

SOURCES: Final = 6
_DECAY_FRESH_S: Final = 300.0


class Collaborative:
    """Item-item: sum over the shopper's products of their weight times the pair's score, by visits in common."""

    name = "collaborative"

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def read_ahead(self, request: RecommendationRequest) -> None:
        await self._knowledge.learned.pairs(request.named[:SOURCES], pairs.VIEWED_TOGETHER)

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        weights = weights_of(request, SOURCES)
        found = await self._knowledge.learned.pairs(list(weights), pairs.VIEWED_TOGETHER)
        return _summed(request, weights, found, pairs.VIEWED_TOGETHER, k)


class BoughtTogether:
    """Products of the same orders as the page's product, those in the cart, or those just bought; and for those just
    bought, what buyers came back for."""

    name = "bought_together"

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def read_ahead(self, request: RecommendationRequest) -> None:
        await self._knowledge.learned.pairs(request.named[:SOURCES], pairs.BOUGHT_TOGETHER)

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        sources = dict.fromkeys((*((request.product_id,) if request.product_id else ()), *request.cart))
        relation = pairs.BOUGHT_TOGETHER
        if not sources:
            relation = pairs.BOUGHT_AFTER
            sources = dict.fromkeys(d.product_id for d in reversed(request.history) if d.did is Did.BOUGHT)
        weights = dict.fromkeys(list(sources)[:SOURCES], 1.0)
        return _summed(request, weights, await self._knowledge.learned.pairs(list(weights), relation), relation, k)


class Sequential:
    """What goes on from the visit by the sequential counter: the latest event counts most."""

    name = "sequential"

    def __init__(self, knowledge: Knowledge, decay: Callable[[], Awaitable[float]]) -> None:
        self._knowledge = knowledge
        self._read_decay = decay
        self._decay = 0.0
        self._fresh_until = float("-inf")
        self._of: str | None = None

    async def read_ahead(self, request: RecommendationRequest) -> None:
        await self._knowledge.learned.successors(request.named[:SOURCES])

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        history = [done.product_id for done in request.history]
        history += [*request.cart, *((request.product_id,) if request.product_id else ())]
        if not history:
            return []
        decay = await self._current_decay()
        found = await self._knowledge.learned.successors(read_for(history, decay)[:SOURCES])
        left_out, done = request.exclude | set(request.about), done_with(request)
        return [
            Candidate(
                one.product_id,
                one.score,
                {"kind": "follows", "product_id": one.because, "did": done.get(one.because, "")},
            )
            for one in continued(history, found, k, decay=decay, exclude=left_out)
        ]

    async def _current_decay(self) -> float:
        generation = self._knowledge.learned.generation(successors.KIND)
        if generation != self._of or (not generation and time.monotonic() > self._fresh_until):
            self._decay = await self._read_decay()
            self._fresh_until, self._of = time.monotonic() + _DECAY_FRESH_S, generation
        return self._decay


def _summed(
    request: RecommendationRequest,
    weights: dict[str, float],
    found: Mapping[str, Pairs],
    relation: str,
    k: int,
) -> list[Candidate]:
    """Candidates by the sum of weight * score; the reason is the pair that adds most."""
    left_out = request.exclude | set(request.about)
    totals: dict[str, float] = {}
    best: dict[str, tuple[float, str, int]] = {}
    for source, listed in found.items():
        weight = weights[source]
        for place, (product, score) in enumerate(zip(listed.product_ids, listed.scores, strict=True)):
            part = weight * score
            if product in left_out or part <= 0:
                continue
            totals[product] = totals.get(product, 0.0) + part
            if product not in best or part > best[product][0]:
                best[product] = (part, source, place)
    ranked = sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:k]
    done = done_with(request)
    return [Candidate(p, score, _reason(done, relation, found, *best[p][1:])) for p, score in ranked]


def _reason(
    done: Mapping[str, str], relation: str, found: Mapping[str, Pairs], source: str, place: int
) -> dict[str, Any]:
    return {
        "kind": relation,
        "product_id": source,
        "did": done.get(source, ""),
        "count": found[source].times[place],
        "share": found[source].confidences[place],
    }
