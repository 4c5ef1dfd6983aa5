"""The same for everybody: what is up, what sells, what is new, what should sell."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from app.recommend.contract import Candidate, RecommendationRequest
from app.recommend.knowledge import Knowledge
from app.recommend.listings import Listed
from es.mappings import products as fields
from es.mappings import trends

_SPIKE: Final = 3.0
_HALF_LIFE_DAYS: Final = 14.0


class Trending:
    """What is looked at and bought now, by the job `trends`: its decayed score."""

    name = "trending"

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        found = await self._knowledge.learned.trends(trends.SCORE, k + len(request.exclude), request.category)
        return [
            Candidate(one[trends.PRODUCT_ID], one[trends.SCORE], _trend_reason("trending", one))
            for one in found
            if one[trends.PRODUCT_ID] not in request.exclude
        ][:k]


class Popular:
    """What was bought most in the last 30 days; before anything was, what was reviewed most."""

    name = "popular"

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        found = await self._knowledge.learned.trends(trends.ORDERS, k + len(request.exclude), request.category)
        return [
            Candidate(one[trends.PRODUCT_ID], float(one[trends.ORDERS]), _trend_reason("popular", one))
            for one in found
            if one[trends.PRODUCT_ID] not in request.exclude
        ][:k]


class MostReviewed:
    """In stock, with the most reviews: known of every catalogue, without any event. The cold start of a shop."""

    name = "most_reviewed"

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        return await self.among(request, k, ())

    async def among(
        self, request: RecommendationRequest, k: int, clauses: Sequence[dict[str, Any]]
    ) -> Sequence[Candidate]:
        """The same, of products that pass every clause."""
        order = [{fields.REVIEW_COUNT: "desc"}, {fields.PRODUCT_ID: "asc"}]
        found = await self._knowledge.listings.listed(request, k, order, *clauses)
        return [Candidate(one.product_id, 1.0 + one.place, _review_reason(one)) for one in found]


class NewArrivals:
    """In stock and new in the shop: newest first, halved every 14 days. The cold start of a product."""

    name = "new_arrivals"

    def __init__(self, knowledge: Knowledge, days: float) -> None:
        self._knowledge, self._days = knowledge, days

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        now = datetime.now(UTC)
        # By the hour, so that the list of a moment ago will do.
        oldest = (now - timedelta(days=self._days)).replace(minute=0, second=0, microsecond=0)
        since = {"range": {fields.CREATED_AT: {"gte": oldest.isoformat()}}}
        order = [{fields.CREATED_AT: "desc"}, {fields.PRODUCT_ID: "asc"}]
        found = []
        for one in await self._knowledge.listings.listed(request, k, order, since):
            created = datetime.fromtimestamp(one.place / 1000, UTC)
            age_days = max(0.0, (now - created).total_seconds() / 86_400)
            reason = {"kind": "new", "created_at": created.isoformat(timespec="seconds")}
            found.append(Candidate(one.product_id, 0.5 ** (age_days / _HALF_LIFE_DAYS) + 1e-9, reason))
        return found


class SlowMovers:
    """Much in stock and not ordered in the last 30 days. Only where the shop wants it: `least_stock` pieces."""

    name = "slow_movers"

    def __init__(self, knowledge: Knowledge, least_stock: int) -> None:
        self._knowledge, self._least = knowledge, least_stock

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        if not self._least:
            return []
        much = {"range": {fields.STOCK: {"gte": self._least}}}
        order = [{fields.STOCK: "desc"}, {fields.PRODUCT_ID: "asc"}]
        found = await self._knowledge.listings.listed(request, 3 * k, order, much)
        known = await self._knowledge.learned.trends_of([one.product_id for one in found])
        slow = [one for one in found if not known.get(one.product_id, {}).get(trends.ORDERS)]
        return [Candidate(one.product_id, float(one.place), {"kind": "in_stock"}) for one in slow[:k]]


def _trend_reason(kind: str, one: dict[str, Any]) -> dict[str, Any]:
    figures = {name: one[name] for name in (trends.VIEWS, trends.CARTS, trends.ORDERS)}
    return {"kind": kind, **figures, "spike": one[trends.SPIKE] > _SPIKE}


def _review_reason(one: Listed) -> dict[str, Any]:
    return {"kind": "reviewed", "reviews": one.place, "rating": one.rating}
