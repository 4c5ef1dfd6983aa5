"""Several recommenders as one: each one's scores as shares of its best, times a weight."""

import asyncio
from collections.abc import Mapping, Sequence

from app.recommend.contract import Candidate, ReadsAhead, RecommendationRequest, Recommender
from app.recommend.errors import RecommenderUnavailable
from app.recommend.part_weights import PartWeights
from es.errors import EngineError


class Partial(list[Candidate]):
    """Candidates made without some parts: `missing` by the part's name."""

    def __init__(self, found: Sequence[Candidate], missing: Mapping[str, Exception]) -> None:
        super().__init__(found)
        self.missing = missing


class Hybrid:
    """Weighted sum; `weights` are those of the placement, by the recommenders' names. A part that fails is gone without
    (see Partial); where all fail, the first one's error is raised."""

    name = "hybrid"

    def __init__(self, parts: Sequence[Recommender], weights: PartWeights) -> None:
        self._parts, self._weights = parts, weights

    async def read_ahead(self, request: RecommendationRequest) -> None:
        ahead = [part.read_ahead(request) for part in self._parts if isinstance(part, ReadsAhead)]
        await asyncio.gather(*ahead)

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        parts = [asyncio.create_task(part.candidates(request, k)) for part in self._parts]
        asking = asyncio.gather(*parts, return_exceptions=True)
        weights = await self._weights.of(request.placement)
        await self._tell_early(parts, request, weights, k)
        found = await asking
        lists: dict[str, Sequence[Candidate]] = {}
        failed: dict[str, Exception] = {}
        for part, one in zip(self._parts, found, strict=True):
            if isinstance(one, EngineError | RecommenderUnavailable):
                failed[part.name] = one
            elif isinstance(one, BaseException):
                raise one
            else:
                lists[part.name] = one
        if failed and not lists:
            raise next(iter(failed.values()))
        best = _named(mixed(lists, weights, k))
        return Partial(best, failed) if failed else best

    async def _tell_early(
        self,
        parts: Sequence["asyncio.Task[Sequence[Candidate]]"],
        request: RecommendationRequest,
        weights: Mapping[str, float],
        k: int,
    ) -> None:
        """Tells what there would be without the one part that must search, where the others need not."""
        if request.ahead is None:
            return
        await asyncio.sleep(0)  # who reads from memory is done now
        there = [(part, task) for part, task in zip(self._parts, parts, strict=True) if task.done()]
        if len(there) == len(parts) - 1:
            lists = {part.name: task.result() for part, task in there if not task.exception()}
            request.ahead.proposed(self.name, _named(mixed(lists, weights, k)))


def _named(ranked: Sequence[tuple[Candidate, str]]) -> list[Candidate]:
    return [Candidate(c.product_id, c.score, c.reason_data, part) for c, part in ranked]


def mixed(
    lists: Mapping[str, Sequence[Candidate]], weights: Mapping[str, float], k: int | None = None
) -> list[tuple[Candidate, str]]:
    """The k candidates of all lists (None: all) highest in the sum of weight * share of the list's best score, each
    with the name of the list (or of its part) that adds most, whose reason it keeps. Equal scores go in the order of
    ids."""
    totals: dict[str, float] = {}
    best: dict[str, tuple[float, str, Candidate]] = {}
    for name, listed in lists.items():
        top, weight = max([c.score for c in listed], default=0.0), weights.get(name, 0.0)
        for candidate in listed if top > 0 else ():
            part = weight * candidate.score / top
            if part <= 0:
                continue
            product_id = candidate.product_id
            totals[product_id] = totals.get(product_id, 0.0) + part
            known = best.get(product_id)
            if known is None or part > known[0]:
                best[product_id] = (part, name, candidate)
    ranked = sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:k]
    return [(Candidate(p, score, best[p][2].reason_data), best[p][2].algorithm or best[p][1]) for p, score in ranked]
