"""The learned hybrid: what goes on from a history by several models, weighed as the job `neighbours` learned it."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from app.recommend.contract import Candidate, RecommendationRequest
from app.recommend.knowledge import Knowledge
from app.recommend.recommenders.evidence import done_with, steps_of
from es.mappings import neighbours
from shop.recommenders.neighbour_tables import TEXTS
from shop.recommenders.served_hybrid import ServedHybrid, read_for

_FRESH_S: Final = 60.0
Rankers = Callable[[], Awaitable[ServedHybrid | None]]


class Learned:
    """Neighbours of the latest products, ranked. Nobody without a history; nothing until there is enough to learn."""

    name = "learned"

    def __init__(self, knowledge: Knowledge, ranker: Rankers) -> None:
        self._knowledge = knowledge
        self._read_ranker = ranker
        self._ranker: ServedHybrid | None = None
        self._fresh_until = float("-inf")
        self._of: str | None = None

    async def read_ahead(self, request: RecommendationRequest) -> None:
        await self._knowledge.learned.neighbours(read_for(request.named[::-1]))

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        history = steps_of(request)
        if not history:
            return []
        generation = self._knowledge.learned.generation(neighbours.KIND)
        if generation != self._of or (not generation and time.monotonic() > self._fresh_until):
            self._ranker = await self._read_ranker()
            self._fresh_until, self._of = time.monotonic() + _FRESH_S, generation
        if self._ranker is None:
            return []
        rows = await self._knowledge.learned.neighbours(read_for(history))
        found = self._ranker.ranked(history, rows, k, exclude=request.exclude | set(request.about))
        done = done_with(request)
        return [
            Candidate(
                one.product_id,
                one.score,
                {
                    "kind": "alike" if one.table == TEXTS else "goes_with",
                    "product_id": one.because,
                    "did": done.get(one.because, ""),
                },
            )
            for one in found
        ]
