"""Matrix factorisation: the shopper as a vector, solved for from what they did until now, and the products it wants."""

from collections.abc import Sequence

from app.recommend.contract import Candidate, RecommendationRequest
from app.recommend.knowledge import Knowledge
from app.recommend.recommenders.evidence import done_with
from shop.recommenders.factor_index import read_for, shopper


class Factorization:
    """Products by the inner product with the shopper's vector. Nobody without a history of products that others
    touched; the latest event is in it."""

    name = "factorization"

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def read_ahead(self, request: RecommendationRequest) -> None:
        await self._knowledge.learned.factors(read_for(request.named[::-1]))

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        history = [done.product_id for done in request.history]
        history += [*request.cart, *((request.product_id,) if request.product_id else ())]
        if not history:
            return []
        asking = shopper(history, await self._knowledge.learned.factors(read_for(history)))
        if asking is None:
            return []
        left_out = request.exclude | set(request.about)
        found = await self._knowledge.learned.wanted(asking.vector, k, without=left_out)
        done = done_with(request)
        return [
            Candidate(
                product_id,
                score,
                {"kind": "wanted_with", "product_id": (source := asking.because(vector)), "did": done.get(source, "")},
            )
            for product_id, score, vector in found
        ]
