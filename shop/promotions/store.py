"""Promotions in Elasticsearch."""

from collections.abc import Sequence
from datetime import datetime

from elasticsearch import AsyncElasticsearch

from es.documents import Documents, Writing
from es.mappings import keyed
from es.names import IndexNames
from shop.promotions.document import Promotion


class PromotionStore:
    """Promotions of one shop. Every call may raise EngineError."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames, *, deadline_s: float = 5.0) -> None:
        self._documents = Documents(client, names.promotions, keyed.PROMOTIONS, deadline_s=deadline_s)

    async def load(self, promotions: Sequence[Promotion]) -> list[str]:
        """Puts promotions in the place of those of the same id; an empty string for each that was written."""
        last = {promotion.promotion_id: promotion for promotion in promotions}
        there = await self._documents.many(list(last))
        writings = [
            Writing(
                key,
                one.model_dump(mode="json"),
                {keyed.ENDS_AT: one.ends_at.isoformat()} if one.ends_at else {},
                there[key].state if key in there else None,
            )
            for key, one in last.items()
        ]
        answers = await self._documents.write_many(writings)
        problems = {writing.key: answer for writing, answer in zip(writings, answers, strict=True)}
        return [problems[one.promotion_id] for one in promotions]

    async def running(self, now: datetime) -> list[Promotion]:
        """Those that are on at this moment, those that end first before the others."""
        over = {"range": {keyed.ENDS_AT: {"lte": now.isoformat()}}}
        found = await self._documents.find({"bool": {"must_not": [over]}}, limit=500)
        read = [Promotion.model_validate(stored.document) for stored in found]
        running = [promotion for promotion in read if promotion.runs(now)]
        return sorted(running, key=lambda one: (one.ends_at is None, one.ends_at or now, one.promotion_id))
