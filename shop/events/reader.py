"""Recent events of one shopper or of everyone, newest first; for the HTTP service."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from elasticsearch import AsyncElasticsearch

from es.client import translated
from es.mappings import events as fields
from es.names import IndexNames

# What a recommender needs to know of an event.
SHOWN = (
    fields.TYPE, fields.TIMESTAMP, fields.CUSTOMER_ID, fields.SESSION_ID, fields.PRODUCT_ID, fields.CATEGORY,
    fields.QUERY, fields.ITEMS, fields.QUANTITY, fields.VALUE, fields.RECOMMENDATION_ID, fields.SEARCH_ID,
)  # fmt: skip


class EventReader:
    """Reads the events of one shop. An event is there half a second after it was acknowledged."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames) -> None:
        self._client = client
        self._names = names

    async def recent(
        self,
        *,
        customer_id: str = "",
        session_id: str = "",
        types: Sequence[str] = (),
        limit: int = 50,
        since: datetime | None = None,
        deadline_s: float = 1.0,
    ) -> list[dict[str, Any]]:
        """Stored forms (es/mappings/events.py), newest first, without those of bots.

        With a customer and a session: what either of them did. With neither: what everybody did.
        Raises EngineUnavailable, EngineTimeout; a shop without events has none.
        """
        whose = [
            {"term": {field: value}}
            for field, value in ((fields.CUSTOMER_ID, customer_id), (fields.SESSION_ID, session_id))
            if value
        ]
        wanted: list[dict[str, Any]] = []
        if whose:
            wanted.append({"bool": {"should": whose, "minimum_should_match": 1}})
        if types:
            wanted.append({"terms": {fields.TYPE: list(types)}})
        if since is not None:
            wanted.append({"range": {fields.TIMESTAMP: {"gte": since.isoformat()}}})
        with translated():
            answer = await self._client.options(request_timeout=deadline_s).search(
                index=self._names.events,
                ignore_unavailable=True,
                query={"bool": {"filter": wanted, "must_not": [{"term": {fields.BOT: True}}]}},
                sort=[{fields.TIMESTAMP: {"order": "desc", "unmapped_type": "date"}}],
                source_includes=list(SHOWN),
                track_total_hits=False,
                size=limit,
            )
        return [hit["_source"] for hit in answer["hits"]["hits"]]
