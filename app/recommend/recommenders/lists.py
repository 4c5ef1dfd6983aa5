"""The same for everybody: what is up, what sells, what is new, what should sell."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from app.recommend.contract import Candidate, RecommendationRequest
from app.recommend.knowledge import Knowledge
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
        found = await self._knowledge.trends(trends.SCORE, k + len(request.exclude), request.category)
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
        found = await self._knowledge.trends(trends.ORDERS, k + len(request.exclude), request.category)
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
        body = _listed(request, k, [{fields.REVIEW_COUNT: "desc"}, {fields.PRODUCT_ID: "asc"}], *clauses)
        hits = await self._knowledge.products(body)
        return [Candidate(hit["_id"], 1.0 + hit["sort"][0], _review_reason(hit)) for hit in hits]


class NewArrivals:
    """In stock and new in the shop: newest first, halved every 14 days. The cold start of a product."""

    name = "new_arrivals"

    def __init__(self, knowledge: Knowledge, days: float) -> None:
        self._knowledge, self._days = knowledge, days

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        now = datetime.now(UTC)
        since = {"range": {fields.CREATED_AT: {"gte": (now - timedelta(days=self._days)).isoformat()}}}
        body = _listed(request, k, [{fields.CREATED_AT: "desc"}, {fields.PRODUCT_ID: "asc"}], since)
        found = []
        for hit in await self._knowledge.products(body):
            created = datetime.fromtimestamp(hit["sort"][0] / 1000, UTC)
            age_days = max(0.0, (now - created).total_seconds() / 86_400)
            reason = {"kind": "new", "created_at": created.isoformat(timespec="seconds")}
            found.append(Candidate(hit["_id"], 0.5 ** (age_days / _HALF_LIFE_DAYS) + 1e-9, reason))
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
        body = _listed(request, 3 * k, [{fields.STOCK: "desc"}, {fields.PRODUCT_ID: "asc"}], much)
        hits = await self._knowledge.products(body)
        known = await self._knowledge.trends_of([hit["_id"] for hit in hits])
        slow = [hit for hit in hits if not known.get(hit["_id"], {}).get(trends.ORDERS)]
        return [Candidate(hit["_id"], float(hit["sort"][0]), {"kind": "in_stock"}) for hit in slow[:k]]


def _listed(
    request: RecommendationRequest, k: int, order: list[dict[str, str]], *wanted: dict[str, Any]
) -> dict[str, Any]:
    filters = [{"term": {fields.IN_STOCK: True}}, *wanted]
    if request.category:
        filters.append(of_category(request.category))
    if request.budget is not None:
        filters.append({"range": {fields.PRICE: {"lte": int(request.budget * 1000)}}})
    return {
        "query": {"bool": {"filter": filters, "must_not": [{"terms": {fields.PRODUCT_ID: sorted(request.exclude)}}]}},
        "sort": order,
        "size": k,
        "_source": False,
        "docvalue_fields": [fields.REVIEW_COUNT, fields.RATING],
    }


def of_category(category: str) -> dict[str, Any]:
    """A category's value, or a path of the shop's own."""
    either = [{"term": {fields.CATEGORY: category}}, {"term": {fields.SHOP_CATEGORY: category.strip("/")}}]
    return {"bool": {"should": either, "minimum_should_match": 1}}


def _trend_reason(kind: str, one: dict[str, Any]) -> dict[str, Any]:
    figures = {name: one[name] for name in (trends.VIEWS, trends.CARTS, trends.ORDERS)}
    return {"kind": kind, **figures, "spike": one[trends.SPIKE] > _SPIKE}


def _review_reason(hit: dict[str, Any]) -> dict[str, Any]:
    values = hit.get("fields", {})
    rating = values.get(fields.RATING, [None])[0]
    return {"kind": "reviewed", "reviews": hit["sort"][0], "rating": None if rating is None else round(rating, 2)}
