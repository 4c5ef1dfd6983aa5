"""What recommenders read: events, what jobs learned from them, and where products stand. Each read is one search."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np

from app.recommend.contract import Did, Interaction
from app.recommend.reads import Reads
from embed.base import Vector
from es.errors import IndexMissing
from es.mappings import events as event_fields
from es.mappings import neighbours as neighbour_fields
from es.mappings import pairs as pair_fields
from es.mappings import products as fields
from es.mappings import profiles as profile_fields
from es.mappings import successors as successor_fields
from es.mappings import trends as trend_fields
from es.mappings import weights as weight_fields
from es.names import IndexNames
from shop.events.recent import RecentEvents
from shop.recommenders.successors import Successors

HISTORY: Final = 50
_PLACES_KEPT: Final = 20_000
_PLACES_FRESH_S: Final = 60.0
_DID: Final = {
    "view_product": Did.LOOKED,
    "recommendation_click": Did.LOOKED,
    "search_click": Did.LOOKED,
    "add_to_cart": Did.CART,
    "order_placed": Did.BOUGHT,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a product stands: unit vectors of its text and pictures (None: it has none), and its family."""

    group_id: str
    text: Vector | None
    image: Vector | None


@dataclass(frozen=True, slots=True)
class Near:
    """A neighbour by vectors; `cosine` as exact as the index keeps vectors. `brand` and `category`: empty if none."""

    product_id: str
    cosine: float
    brand: str
    category: str


class Knowledge:
    """Reads of one shop. All raise EngineError; what a job never wrote raises IndexMissing."""

    def __init__(self, reads: Reads, names: IndexNames, recent: RecentEvents | None = None) -> None:
        """`recent`: what was just sent and is not stored yet; None where events are stored before they are answered."""
        self._reads = reads
        self._names = names
        self._recent = recent
        self._places: OrderedDict[str, tuple[float, Place]] = OrderedDict()

    async def close(self) -> None:
        """Gives up the reads that are under way."""
        await self._reads.close()

    async def history(self, customer_id: str, session_id: str) -> list[Interaction]:
        """What the customer and the session did last, oldest first, at most HISTORY; without bots."""
        body = {
            "query": {"bool": {"filter": [_whose(customer_id, session_id), _one_of(_DID)], "must_not": [_BOT]}},
            "sort": [{event_fields.TIMESTAMP: {"order": "desc", "unmapped_type": "date"}}],
            "size": HISTORY,
            "_source": [
                event_fields.TYPE, event_fields.TIMESTAMP, event_fields.PRODUCT_ID, event_fields.SESSION_ID,
            ],
        }  # fmt: skip
        known = await self._with_recent(body, customer_id, session_id)
        found = [_interactions(event, session_id) for event in known if event[event_fields.TYPE] in _DID]
        return [done for several in found for done in several][-HISTORY:]

    async def everyone(self, k: int) -> list[Interaction]:
        """What all shoppers did last, oldest first, at most k; without bots."""
        body = {
            "query": {"bool": {"filter": [_one_of(_DID)], "must_not": [_BOT]}},
            "sort": [{event_fields.TIMESTAMP: {"order": "desc", "unmapped_type": "date"}}],
            "size": k,
            "_source": [event_fields.TYPE, event_fields.TIMESTAMP, event_fields.PRODUCT_ID],
        }
        answer = await self._reads.search(self._events, body)
        found = [_interactions(hit["_source"], "") for hit in reversed(answer["hits"]["hits"])]
        return [done for several in found for done in several][-k:]

    async def settled(self, customer_id: str, session_id: str, days: float) -> set[str]:
        """Products that need not be shown again: ordered by the customer, or in this session, or turned down, in the
        last `days`. Of the 500 latest such events."""
        since = datetime.now(UTC) - timedelta(days=days)
        verdict = {"terms": {event_fields.VERDICT: list(_TURNED_DOWN)}}
        either = [_one_of(["order_placed"]), {"bool": {"filter": [_one_of(["recommendation_feedback"]), verdict]}}]
        wanted = [
            _whose(customer_id, session_id),
            {"bool": {"should": either, "minimum_should_match": 1}},
            {"range": {event_fields.TIMESTAMP: {"gte": since.isoformat()}}},
        ]
        body = {
            "query": {"bool": {"filter": wanted}},
            "sort": [{event_fields.TIMESTAMP: {"order": "desc", "unmapped_type": "date"}}],
            "size": 500,
            "_source": [event_fields.PRODUCT_ID, event_fields.TYPE, event_fields.TIMESTAMP, event_fields.VERDICT],
        }
        known = await self._with_recent(body, customer_id, session_id)
        return {p for event in known if _settles(event, since) for p in _listed(event.get(event_fields.PRODUCT_ID))}

    async def _with_recent(self, body: dict[str, Any], customer_id: str, session_id: str) -> list[dict[str, Any]]:
        """Stored forms of the events found and of those just sent, of whatever type; oldest first."""
        # Begun, not awaited: the search must be asked in this turn, to go out with the others.
        reading = asyncio.create_task(self._just_sent(customer_id, session_id))
        try:
            answer = await self._reads.search(self._events, body)
            stored = {hit["_id"]: hit["_source"] for hit in reversed(answer["hits"]["hits"])}
            newer = [event for event_id, event in (await reading).items() if event_id not in stored]
        finally:
            reading.cancel()
        return sorted([*stored.values(), *reversed(newer)], key=lambda event: str(event[event_fields.TIMESTAMP]))

    async def _just_sent(self, customer_id: str, session_id: str) -> dict[str, dict[str, Any]]:
        return {} if self._recent is None else await self._recent.of(customer_id, session_id)

    async def profile(self, customer_id: str) -> dict[str, Any]:
        """The stored profile; empty where there is none."""
        found = await self._by_id(profile_fields.KIND, [customer_id], None)
        return dict(found.get(customer_id, {}))

    async def pairs(self, product_ids: Sequence[str], relation: str) -> dict[str, list[dict[str, Any]]]:
        """Stored pairs of a relation (es/mappings/pairs.py) by product."""
        found = await self._by_id(pair_fields.KIND, product_ids, [relation])
        return {product_id: source.get(relation, []) for product_id, source in found.items()}

    async def successors(self, product_ids: Sequence[str]) -> dict[str, Successors]:
        """What goes on from each product, as the job `successors` learned it."""
        wanted = [successor_fields.PRODUCT_IDS, successor_fields.WEIGHTS]
        found = await self._by_id(successor_fields.KIND, product_ids, wanted)
        return {
            product_id: Successors(source[successor_fields.PRODUCT_IDS], source[successor_fields.WEIGHTS])
            for product_id, source in found.items()
        }

    async def neighbours(self, product_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Rows of the learned hybrid by product (es/mappings/neighbours.py)."""
        return await self._by_id(neighbour_fields.KIND, product_ids, None)

    async def weights(self) -> dict[str, dict[str, Any]]:
        """What the job `weights` learned, by placement (es/mappings/weights.py); empty before its first run."""
        body = {"query": {"match_all": {}}, "size": 1000}
        try:
            answer = await self._reads.search(self._names.alias(weight_fields.KIND), body)
        except IndexMissing:
            return {}
        return {hit["_id"]: hit["_source"] for hit in answer["hits"]["hits"]}

    async def trends(self, order: str, k: int, category: str = "") -> list[dict[str, Any]]:
        """The k trends (es/mappings/trends.py) highest in the field `order`, above 0."""
        wanted: list[dict[str, Any]] = [{"range": {order: {"gt": 0}}}]
        if category:
            wanted.append({"term": {trend_fields.CATEGORY: category}})
        body = {
            "query": {"bool": {"filter": wanted}},
            "sort": [{order: "desc"}, {trend_fields.PRODUCT_ID: "asc"}],
            "size": k,
            "_source": _TREND,
        }
        answer = await self._reads.search(self._names.alias(trend_fields.KIND), body)
        return [hit["_source"] for hit in answer["hits"]["hits"]]

    async def trends_of(self, product_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Trends by product; those without events in the period have none."""
        return await self._by_id(trend_fields.KIND, product_ids, None)

    async def products(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """The hits of any search of the live catalogue."""
        answer = await self._reads.search(self._names.products, body)
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        return hits

    async def places(self, product_ids: Iterable[str]) -> dict[str, Place]:
        """Where products stand, by id; those that do not exist are left out. Kept for a minute."""
        now = time.monotonic()
        wanted = list(dict.fromkeys(product_ids))
        missing = [p for p in wanted if p not in self._places or self._places[p][0] < now]
        if missing:
            body = {
                "query": {"terms": {fields.PRODUCT_ID: missing}},
                "size": len(missing),
                "_source": {
                    "includes": [fields.GROUP_ID, fields.TEXT_VECTOR, fields.IMAGE_VECTOR],
                    "exclude_vectors": False,
                },
            }
            for product_id in missing:
                self._places.pop(product_id, None)
            for hit in await self.products(body):
                self._places[hit["_id"]] = (now + _PLACES_FRESH_S, _place(hit["_id"], hit["_source"]))
        found = {p: self._places[p][1] for p in wanted if p in self._places}
        while len(self._places) > _PLACES_KEPT:
            self._places.popitem(last=False)
        return found

    async def near(
        self, field: str, vector: Vector, k: int, *, floor: float, without: Sequence[dict[str, Any]] = ()
    ) -> list[Near]:
        """The k products in stock nearest to a point in one space of the index, none below cosine `floor`; none that
        match a clause of `without`."""
        knn = {
            "field": field,
            "query_vector": np.round(vector.astype(np.float64), 6).tolist(),
            "k": k,
            "num_candidates": max(100, 2 * k),
            "similarity": floor,
            "filter": {"bool": {"filter": [{"term": {fields.IN_STOCK: True}}], "must_not": list(without)}},
        }
        body = {"knn": knn, "size": k, "_source": False, "docvalue_fields": [fields.BRAND, fields.CATEGORY]}
        return [_near(hit) for hit in await self.products(body)]

    async def _by_id(self, kind: str, ids: Sequence[str], source: list[str] | None) -> dict[str, dict[str, Any]]:
        if not ids:
            return {}
        body: dict[str, Any] = {"query": {"ids": {"values": list(ids)}}, "size": len(ids)}
        if source is not None:
            body["_source"] = source
        answer = await self._reads.search(self._names.alias(kind), body)
        return {hit["_id"]: hit["_source"] for hit in answer["hits"]["hits"]}

    @property
    def _events(self) -> str:
        # A pattern, not the alias: a shop without events has none yet, and that is no error.
        return self._names.months_pattern(event_fields.KIND)


_TREND: Final = [
    trend_fields.PRODUCT_ID, trend_fields.SCORE, trend_fields.VIEWS, trend_fields.CARTS, trend_fields.ORDERS,
    trend_fields.SPIKE,
]  # fmt: skip
_TURNED_DOWN: Final = ("dislike", "dismiss")
_BOT: Final = {"term": {event_fields.BOT: True}}


def _whose(customer_id: str, session_id: str) -> dict[str, Any]:
    given = ((event_fields.CUSTOMER_ID, customer_id), (event_fields.SESSION_ID, session_id))
    return {"bool": {"should": [{"term": {f: v}} for f, v in given if v], "minimum_should_match": 1}}


def _one_of(types: Iterable[str]) -> dict[str, Any]:
    return {"terms": {event_fields.TYPE: list(types)}}


def _listed(value: str | list[str] | None) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else value


def _settles(event: Mapping[str, Any], since: datetime) -> bool:
    """Whether what an event is about need not be shown again."""
    if datetime.fromisoformat(event[event_fields.TIMESTAMP]) < since:
        return False
    turned_down = event.get(event_fields.VERDICT) in _TURNED_DOWN
    return event[event_fields.TYPE] == "order_placed" or (
        event[event_fields.TYPE] == "recommendation_feedback" and turned_down
    )


def _interactions(source: Mapping[str, Any], session_id: str) -> list[Interaction]:
    at = datetime.fromisoformat(source[event_fields.TIMESTAMP])
    mine = bool(session_id) and source.get(event_fields.SESSION_ID) == session_id
    did = _DID[source[event_fields.TYPE]]
    return [Interaction(p, did, at, mine) for p in _listed(source.get(event_fields.PRODUCT_ID))]


def _place(product_id: str, source: Mapping[str, Any]) -> Place:
    text, image = source.get(fields.TEXT_VECTOR), source.get(fields.IMAGE_VECTOR)
    return Place(
        source.get(fields.GROUP_ID) or product_id,
        None if text is None else np.asarray(text, np.float32),
        None if image is None else np.asarray(image, np.float32),
    )


def _near(hit: Mapping[str, Any]) -> Near:
    values = hit.get("fields", {})
    brand, category = values.get(fields.BRAND, [""])[0], values.get(fields.CATEGORY, [""])[0]
    return Near(hit["_id"], 2 * hit["_score"] - 1, brand, category)
