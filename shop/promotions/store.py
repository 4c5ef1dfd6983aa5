"""Promotions in Elasticsearch."""

from collections.abc import Sequence
from datetime import datetime

from elasticsearch import AsyncElasticsearch

from es.documents import Documents, Stored, Writing
from es.mappings import keyed
from es.names import IndexNames
from shop.feed_rows import put_rows
from shop.promotions.document import Promotion


class PromotionStore:
    """Promotions of one shop. Every call may raise EngineError."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames, *, deadline_s: float = 5.0) -> None:
        self._documents = Documents(client, names.promotions, keyed.PROMOTIONS, deadline_s=deadline_s)

    async def load(self, promotions: Sequence[Promotion]) -> list[str]:
        """Puts promotions in the place of those of the same id; an empty string for each that was written."""
        return await put_rows(self._documents, promotions, lambda promotion: promotion.promotion_id, _of_a_feed)

    async def running(self, now: datetime) -> list[Promotion]:
        """Those that are on at this moment, those that end first before the others."""
        over = {"range": {keyed.ENDS_AT: {"lte": now.isoformat()}}}
        found = await self._documents.find({"bool": {"must_not": [over]}}, limit=500)
        read = [Promotion.model_validate(stored.document) for stored in found]
        running = [promotion for promotion in read if promotion.runs(now)]
        return sorted(running, key=lambda one: (one.ends_at is None, one.ends_at or now, one.promotion_id))


def _of_a_feed(promotion: Promotion, stored: Stored | None) -> Writing:
    found_by = {keyed.ENDS_AT: promotion.ends_at.isoformat()} if promotion.ends_at else {}
    state = stored.state if stored else None
    return Writing(promotion.promotion_id, promotion.model_dump(mode="json"), found_by, state)
