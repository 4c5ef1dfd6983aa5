"""Reviews in Elasticsearch, by product."""

from collections.abc import Sequence
from typing import Any

from elasticsearch import AsyncElasticsearch

from es.documents import Documents, Writing
from es.mappings import keyed
from es.names import IndexNames
from shop.reviews.document import Review

MAX_READ = 1000


class ReviewStore:
    """Reviews of one shop. Every call may raise EngineError."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames, *, deadline_s: float = 5.0) -> None:
        self._documents = Documents(client, names.reviews, keyed.REVIEWS, deadline_s=deadline_s)

    async def load(self, reviews: Sequence[Review]) -> list[str]:
        """Puts reviews in the place of those of the same id; an empty string for each that was written."""
        last = {review.review_id: review for review in reviews}
        there = await self._documents.many(list(last))
        writings = []
        for key, review in last.items():
            found_by: dict[str, Any] = {keyed.PRODUCT_ID: review.product_id}
            if review.at is not None:
                found_by[keyed.CREATED_AT] = review.at.isoformat()
            state = there[key].state if key in there else None
            writings.append(Writing(key, review.model_dump(mode="json"), found_by, state))
        answers = await self._documents.write_many(writings)
        problems = {writing.key: answer for writing, answer in zip(writings, answers, strict=True)}
        return [problems[review.review_id] for review in reviews]

    async def of_product(self, *product_ids: str) -> list[Review]:
        """Reviews of a product (or of it and its family), the latest first, at most MAX_READ."""
        query = {"terms": {keyed.PRODUCT_ID: list(product_ids)}}
        found = await self._documents.find(query, newest=keyed.CREATED_AT, limit=MAX_READ)
        return [Review.model_validate(stored.document) for stored in found]
