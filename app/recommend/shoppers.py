"""What a shopper did: their history, and what they need not be shown again. One search, but for those who did much."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from app.recommend.contract import Did, Interaction
from app.recommend.reads import Reads
from es.mappings import events as fields
from es.names import IndexNames
from shop.events.recent import RecentEvents

HISTORY: Final = 50
_LATEST: Final = 100
_SETTLED: Final = 500
_DID: Final = {
    "view_product": Did.LOOKED,
    "recommendation_click": Did.LOOKED,
    "search_click": Did.LOOKED,
    "add_to_cart": Did.CART,
    "order_placed": Did.BOUGHT,
}
_TURNED_DOWN: Final = ("dislike", "dismiss")
_BOT: Final = {"term": {fields.BOT: True}}
_NEWEST: Final = [{fields.TIMESTAMP: {"order": "desc", "unmapped_type": "date"}}]
_SHOWN: Final = [
    fields.TYPE, fields.TIMESTAMP, fields.PRODUCT_ID, fields.SESSION_ID, fields.VERDICT, fields.BOT,
]  # fmt: skip
_Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Past:
    """`history`: what somebody did last, oldest first, at most HISTORY, without bots. `settled`: products that need not
    be shown again: ordered, or turned down."""

    history: tuple[Interaction, ...] = ()
    settled: frozenset[str] = frozenset()


class Shoppers:
    """Reads of one shop. All raise EngineError."""

    def __init__(self, reads: Reads, names: IndexNames, recent: RecentEvents | None = None) -> None:
        """`recent`: what was just sent and is not stored yet; None where events are stored before they are answered."""
        self._reads = reads
        self._recent = recent
        # A pattern, not the alias: a shop without events has none yet, and that is no error.
        self._events = names.months_pattern(fields.KIND)

    async def past(self, customer_id: str, session_id: str, settled_days: float) -> Past:
        """What the customer and the session did. Settled is what was ordered or turned down in the last
        `settled_days`, of the 500 latest such events."""
        # Begun, not awaited: the search must be asked in this turn, to go out with the others.
        reading = asyncio.create_task(self._just_sent(customer_id, session_id))
        since = datetime.now(UTC) - timedelta(days=settled_days)
        try:
            latest = await self._found(_latest_body(customer_id, session_id, since))
            older: dict[str, _Event] = {}
            if len(latest) == _LATEST:
                older = await self._found(_settled_body(customer_id, session_id, since))
            just_sent = await reading
        finally:
            reading.cancel()
        known = latest | older | {key: event for key, event in reversed(just_sent.items()) if key not in latest}
        in_time = sorted(known.values(), key=lambda event: str(event[fields.TIMESTAMP]))
        return Past(_history(in_time, session_id), _settled(in_time, since))

    async def everyone(self, k: int) -> list[Interaction]:
        """What all shoppers did last, oldest first, at most k; without bots."""
        body = {
            "query": {"bool": {"filter": [_one_of(_DID)], "must_not": [_BOT]}},
            "sort": _NEWEST,
            "size": k,
            "_source": [fields.TYPE, fields.TIMESTAMP, fields.PRODUCT_ID],
        }
        found = await self._found(body)
        return [done for event in found.values() for done in _interactions(event, "")][-k:]

    async def _found(self, body: dict[str, Any]) -> dict[str, _Event]:
        """Stored forms by id, oldest first."""
        answer = await self._reads.search(self._events, body)
        return {hit["_id"]: hit["_source"] for hit in reversed(answer["hits"]["hits"])}

    async def _just_sent(self, customer_id: str, session_id: str) -> dict[str, dict[str, Any]]:
        return {} if self._recent is None else await self._recent.of(customer_id, session_id)


def _latest_body(customer_id: str, session_id: str, since: datetime) -> dict[str, Any]:
    """The latest events that are of the history, or settle something: where there are fewer than _LATEST, all."""
    counts = {"bool": {"filter": [_one_of(_DID)], "must_not": [_BOT]}}
    return _body(customer_id, session_id, [counts, _settling(since)], _LATEST)


def _settled_body(customer_id: str, session_id: str, since: datetime) -> dict[str, Any]:
    return _body(customer_id, session_id, [_settling(since)], _SETTLED)


def _body(customer_id: str, session_id: str, either: list[dict[str, Any]], size: int) -> dict[str, Any]:
    given = ((fields.CUSTOMER_ID, customer_id), (fields.SESSION_ID, session_id))
    whose = [{"term": {field: value}} for field, value in given if value]
    return {
        "query": {"bool": {"filter": [_any_of(whose), _any_of(either)]}},
        "sort": _NEWEST,
        "size": size,
        "_source": _SHOWN,
    }


def _settling(since: datetime) -> dict[str, Any]:
    verdict = {"terms": {fields.VERDICT: list(_TURNED_DOWN)}}
    feedback = {"bool": {"filter": [_one_of(["recommendation_feedback"]), verdict]}}
    either = _any_of([_one_of(["order_placed"]), feedback])
    return {"bool": {"filter": [either, {"range": {fields.TIMESTAMP: {"gte": since.isoformat()}}}]}}


def _any_of(clauses: list[dict[str, Any]]) -> dict[str, Any]:
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": clauses, "minimum_should_match": 1}}


def _one_of(types: Iterable[str]) -> dict[str, Any]:
    return {"terms": {fields.TYPE: list(types)}}


def _history(events: Iterable[_Event], session_id: str) -> tuple[Interaction, ...]:
    counted = (event for event in events if event[fields.TYPE] in _DID and not event.get(fields.BOT))
    return tuple([done for event in counted for done in _interactions(event, session_id)][-HISTORY:])


def _settled(events: Iterable[_Event], since: datetime) -> frozenset[str]:
    return frozenset(
        product for event in events if _settles(event, since) for product in _listed(event.get(fields.PRODUCT_ID))
    )


def _settles(event: _Event, since: datetime) -> bool:
    """Whether what an event is about need not be shown again."""
    turned_down = event[fields.TYPE] == "recommendation_feedback" and event.get(fields.VERDICT) in _TURNED_DOWN
    return (event[fields.TYPE] == "order_placed" or turned_down) and _time(event) >= since


def _interactions(event: _Event, session_id: str) -> list[Interaction]:
    at, mine = _time(event), bool(session_id) and event.get(fields.SESSION_ID) == session_id
    return [Interaction(p, _DID[event[fields.TYPE]], at, mine) for p in _listed(event.get(fields.PRODUCT_ID))]


def _time(event: _Event) -> datetime:
    return datetime.fromisoformat(event[fields.TIMESTAMP])


def _listed(value: str | list[str] | None) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else value
