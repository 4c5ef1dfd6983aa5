"""Matrix factorisation: the shopper as a vector, solved for from what they did until now, and the products it wants."""

from collections.abc import Sequence

from app.recommend.contract import Candidate, RecommendationRequest
from app.recommend.knowledge import Knowledge
from app.recommend.recommenders.evidence import done_with, steps_of
from es.mappings import factors
from shop.recommenders.factor_index import read_for, shopper


class Factorization:
    """Products by the inner product with the shopper's vector. Nobody without a history of products that others
    touched; the latest event is in it."""

    name = "factorization"

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def read_ahead(self, request: RecommendationRequest) -> None:
        learned = self._knowledge.learned
        await learned.factors(read_for(request.named[::-1]), learned.generation(factors.KIND))

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        history = steps_of(request)
        if not history:
            return []
        learned = self._knowledge.learned
        # Of one generation all of it: vectors of two have nothing to do with one another.
        generation = learned.generation(factors.KIND)
        asking = shopper(history, await learned.factors(read_for(history), generation))
        if asking is None:
            return []
        left_out = request.exclude | set(request.about)
        found = await learned.wanted(asking.vector, k, generation, without=left_out)
        done = done_with(request)
        return [
            Candidate(
                product_id,
                score,
                {"kind": "wanted_with", "product_id": (source := asking.because(vector)), "did": done.get(source, "")},
            )
            for product_id, score, vector in found
        ]
