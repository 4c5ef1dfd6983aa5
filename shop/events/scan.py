"""Events of a period read whole, and counted; for reports. Asynchronous; every call has a deadline."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from elasticsearch import AsyncElasticsearch

from es.client import translated
from es.errors import IndexMissing
from es.mappings import events as fields
from es.mappings import products as product_fields
from es.mappings import profiles as profile_fields
from es.names import IndexNames

PAGE: Final = 5_000
_IDS: Final = 1_000
_KEEP: Final = "1m"
_SOURCE: Final = (
    fields.TYPE, fields.TIMESTAMP, fields.CUSTOMER_ID, fields.SESSION_ID, fields.PRODUCT_ID, fields.QUANTITY,
    fields.RECOMMENDATION_ID, fields.PLACEMENT, fields.ALGORITHM, fields.ITEMS, fields.VALUE,
    fields.ORDER_ID, fields.VERDICT,
)  # fmt: skip


class EventScan:
    """Reports over the events of one shop. A shop without events has none. All raise EngineError."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames) -> None:
        self._client = client
        self._names = names

    async def every(
        self, types: Sequence[str], start: datetime, end: datetime, *, most: int, deadline_s: float
    ) -> tuple[list[dict[str, Any]], bool]:
        """Stored forms in order of time, without bots', at most `most`; and whether these are all."""
        client = self._client.options(request_timeout=deadline_s)
        found: list[dict[str, Any]] = []
        try:
            with translated():
                pit = (await client.open_point_in_time(index=self._names.events, keep_alive=_KEEP))["id"]
        except IndexMissing:
            return [], True
        after = None
        try:
            while len(found) < most:
                with translated():
                    answer = await client.search(
                        pit={"id": pit, "keep_alive": _KEEP},
                        query=_within(types, start, end),
                        sort=[{fields.TIMESTAMP: "asc"}, {"_shard_doc": "asc"}],
                        search_after=after,
                        size=min(PAGE, most - len(found)),
                        source_includes=list(_SOURCE),
                        track_total_hits=False,
                    )
                hits = answer["hits"]["hits"]
                found += [hit["_source"] for hit in hits]
                if len(hits) < PAGE:
                    return found, len(found) < most
                after, pit = hits[-1]["sort"], answer["pit_id"]
        finally:
            with translated():
                await client.close_point_in_time(id=pit)
        return found, False

    async def latest(
        self, kind: str, start: datetime, end: datetime, *, k: int, deadline_s: float
    ) -> list[dict[str, Any]]:
        """The k latest events of a type, stored forms, without bots'."""
        with translated():
            answer = await self._client.options(request_timeout=deadline_s).search(
                index=self._names.events,
                ignore_unavailable=True,
                query=_within([kind], start, end),
                sort=[{fields.TIMESTAMP: "desc"}],
                size=k,
                source_includes=list(_SOURCE),
            )
        return [hit["_source"] for hit in answer["hits"]["hits"]]

    async def count(self, types: Sequence[str], start: datetime, end: datetime, *, deadline_s: float) -> int:
        """How many events of these types there are."""
        with translated():
            answer = await self._client.options(request_timeout=deadline_s).count(
                index=self._names.events, query=_within(types, start, end), ignore_unavailable=True
            )
        return int(answer["count"])

    async def counted(self, body: dict[str, Any], *, deadline_s: float) -> dict[str, Any]:
        """The aggregations of a body; empty where there are no events."""
        with translated():
            answer = await self._client.options(request_timeout=deadline_s).search(
                index=self._names.events, ignore_unavailable=True, **body
            )
        return dict(answer.get("aggregations", {}))

    async def segments(self, customers: Collection[str], *, deadline_s: float) -> dict[str, tuple[str, ...]]:
        """Segments by customer, of those that have a profile."""
        listed = sorted(customers)
        found: dict[str, tuple[str, ...]] = {}
        for first in range(0, len(listed), _IDS):
            with translated():
                answer = await self._client.options(request_timeout=deadline_s).search(
                    index=self._names.alias(profile_fields.KIND),
                    ignore_unavailable=True,
                    query={"ids": {"values": listed[first : first + _IDS]}},
                    size=_IDS,
                    source_includes=[profile_fields.SEGMENTS],
                )
            for hit in answer["hits"]["hits"]:
                found[hit["_id"]] = tuple(hit["_source"].get(profile_fields.SEGMENTS, ()))
        return found

    async def categories(self, *, deadline_s: float) -> dict[str, int]:
        """Products of the live catalogue by category."""
        with translated():
            answer = await self._client.options(request_timeout=deadline_s).search(
                index=self._names.products,
                size=0,
                aggs={"categories": {"terms": {"field": product_fields.CATEGORY, "size": 1000}}},
            )
        return {bucket["key"]: bucket["doc_count"] for bucket in answer["aggregations"]["categories"]["buckets"]}


def _within(types: Sequence[str], start: datetime, end: datetime) -> dict[str, Any]:
    return {
        "bool": {
            "filter": [
                {"terms": {fields.TYPE: list(types)}},
                {"range": {fields.TIMESTAMP: {"gte": start.isoformat(), "lt": end.isoformat()}}},
            ],
            "must_not": [{"term": {fields.BOT: True}}],
        }
    }
