"""Products in an order that is the same for everybody: the newest, the most reviewed, those with the largest stock."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from app.recommend.contract import RecommendationRequest
from app.recommend.kept import Fresh
from app.recommend.reads import Reads, columns
from es.mappings import products as fields
from es.names import IndexNames

_FRESH_S: Final = 5.0
_LISTS: Final = 200
_LEAST: Final = 96


class Listed(NamedTuple):
    """A product of a list. `place`: what the list is ordered by. `rating`: None where nobody rated it."""

    product_id: str
    place: float
    rating: float | None


class Listings:
    """Reads of one shop. All raise EngineError."""

    def __init__(self, reads: Reads, names: IndexNames) -> None:
        self._reads = reads
        self._products = names.products
        self._lists: Fresh[tuple[int, bytes], list[Listed]] = Fresh(_LISTS, fresh_s=_FRESH_S)

    async def listed(
        self, request: RecommendationRequest, k: int, order: list[dict[str, str]], *wanted: dict[str, Any]
    ) -> list[Listed]:
        """The first k products in stock, of the request's category and within its budget, that pass the clauses
        `wanted`; none that it excludes. What is the same for everybody is kept for some seconds."""
        body = _body(request, order, wanted)
        size = max(_LEAST, k)
        key = (size, orjson.dumps(body))
        known = self._lists.get(key)
        if known is None:
            known = await self._found({**body, "size": size})
            self._lists.keep({key: known})
        found = [one for one in known if one.product_id not in request.exclude][:k]
        if len(found) == k or len(known) < size:
            return found
        # More of them are out than there were to spare.
        return await self._found({**_body(request, order, wanted, request.exclude), "size": k})

    async def _found(self, body: dict[str, Any]) -> list[Listed]:
        answer = await self._reads.search(self._products, body)
        return [_listed(hit["fields"], hit["sort"][0]) for hit in answer["hits"]["hits"]]


def asked_for(request: RecommendationRequest) -> list[dict[str, Any]]:
    """Clauses of the request's category, a value or a path of the shop's own, and of its budget."""
    clauses: list[dict[str, Any]] = []
    if request.budget is not None:
        clauses.append({"range": {fields.PRICE: {"lte": int(request.budget * 1000)}}})
    if request.category:
        path = request.category.strip("/")
        either = [{"term": {fields.CATEGORY: request.category}}, {"term": {fields.SHOP_CATEGORY: path}}]
        clauses.append({"bool": {"should": either, "minimum_should_match": 1}})
    return clauses


def _body(
    request: RecommendationRequest,
    order: list[dict[str, str]],
    wanted: Sequence[dict[str, Any]],
    without: Collection[str] = (),
) -> dict[str, Any]:
    filters = [{"term": {fields.IN_STOCK: True}}, *wanted, *asked_for(request)]
    excluded = [{"terms": {fields.PRODUCT_ID: sorted(without)}}] if without else []
    return {
        "query": {"bool": {"filter": filters, "must_not": excluded}},
        "sort": order,
        **columns(fields.RATING),
    }


def _listed(values: Mapping[str, Any], place: float) -> Listed:
    rating = values.get(fields.RATING, [None])[0]
    return Listed(values[fields.PRODUCT_ID][0], place, None if rating is None else round(rating, 2))
