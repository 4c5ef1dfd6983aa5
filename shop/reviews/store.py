"""Reviews in Elasticsearch, by product."""

from collections.abc import Sequence
from typing import Any

from elasticsearch import AsyncElasticsearch

from es.documents import Documents, Stored, Writing
from es.mappings import keyed
from es.names import IndexNames
from shop.feed_rows import put_rows
from shop.reviews.document import Review

MAX_READ = 1000


class ReviewStore:
    """Reviews of one shop. Every call may raise EngineError."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames, *, deadline_s: float = 5.0) -> None:
        self._documents = Documents(client, names.reviews, keyed.REVIEWS, deadline_s=deadline_s)

    async def load(self, reviews: Sequence[Review]) -> list[str]:
        """Puts reviews in the place of those of the same id; an empty string for each that was written."""
        return await put_rows(self._documents, reviews, lambda review: review.review_id, _of_a_feed)

    async def of_product(self, *product_ids: str) -> list[Review]:
        """Reviews of a product (or of it and its family), the latest first, at most MAX_READ."""
        query = {"terms": {keyed.PRODUCT_ID: list(product_ids)}}
        found = await self._documents.find(query, newest=keyed.CREATED_AT, limit=MAX_READ)
        return [Review.model_validate(stored.document) for stored in found]


def _of_a_feed(review: Review, stored: Stored | None) -> Writing:
    found_by: dict[str, Any] = {keyed.PRODUCT_ID: review.product_id}
    if review.at is not None:
        found_by[keyed.CREATED_AT] = review.at.isoformat()
    return Writing(review.review_id, review.model_dump(mode="json"), found_by, stored.state if stored else None)
