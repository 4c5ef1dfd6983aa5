"""What shoppers did just now, while it waits in the stream: the next list of the same visit is to know it.

One list a session and one a customer, `PREFIX:events:of:session:ID` and `PREFIX:events:of:customer:ID`, of the newest
events that recommendations look at. They are forgotten NOTED_S after the last of them.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import orjson
import redis.asyncio
import structlog
from redis.exceptions import RedisError

from es.mappings import events as fields
from shop.events.intake import Taken
from shop.stream.entrance import AWAY_S
from shop.stream.redis_stream import NOTES_MOST, Note

log = structlog.get_logger(__name__)

TYPES: Final = frozenset({
    "view_product", "recommendation_click", "search_click", "add_to_cart", "order_placed", "recommendation_feedback",
})  # fmt: skip
_KEPT: Final = (fields.TYPE, fields.TIMESTAMP, fields.PRODUCT_ID, fields.SESSION_ID, fields.VERDICT)
_OWNERS: Final = {"session": fields.SESSION_ID, "customer": fields.CUSTOMER_ID}


class RecentEvents:
    """Of one shop, for all processes. Redis in trouble costs `call_s` at most, once in AWAY_S, and is no error: what
    is not known here is found in Elasticsearch a little later."""

    def __init__(self, url: str, prefix: str, *, call_s: float = 0.25) -> None:
        self._redis = redis.asyncio.from_url(
            url, socket_timeout=call_s, socket_connect_timeout=call_s, health_check_interval=30
        )
        self._key = f"{prefix}:events:of"
        self._call_s = call_s
        self._away_until = 0.0
        self._asked: dict[tuple[str, str], asyncio.Task[dict[str, dict[str, Any]]]] = {}

    async def close(self) -> None:
        """Closes the connections."""
        with suppress(RedisError, OSError):
            await self._redis.aclose()

    def notes(self, events: Sequence[Taken]) -> list[Note]:
        """What is to be kept of events, as they go into the stream: those that say who it was; none of bots."""
        return [
            Note(place, key, _kept(event))
            for place, event in enumerate(events)
            if event.document[fields.TYPE] in TYPES and not event.document.get(fields.BOT)
            for key in self._keys(event.document)
        ]

    async def of(self, customer_id: str, session_id: str) -> dict[str, dict[str, Any]]:
        """Stored forms of what the customer and the session did just now, as far as recommendations look at them, by
        event id; leave them as they are, others may have asked the same."""
        who = (customer_id, session_id)
        if who not in self._asked:
            task = asyncio.create_task(self._read(*who))
            self._asked[who] = task
            task.add_done_callback(lambda _: self._asked.pop(who, None))
        return await asyncio.shield(self._asked[who])

    async def _read(self, customer_id: str, session_id: str) -> dict[str, dict[str, Any]]:
        keys = self._keys({fields.CUSTOMER_ID: customer_id, fields.SESSION_ID: session_id})
        if not keys or time.monotonic() < self._away_until:
            return {}
        try:
            async with asyncio.timeout(self._call_s):
                pipeline = self._redis.pipeline(transaction=False)
                for key in keys:
                    pipeline.lrange(key, 0, NOTES_MOST - 1)
                found = await pipeline.execute()
        except (RedisError, OSError, TimeoutError) as error:
            self._gone("just sent events not read", error)
            return {}
        return dict(orjson.loads(item) for items in found for item in items)

    def _gone(self, what: str, error: Exception) -> None:
        self._away_until = time.monotonic() + AWAY_S
        log.info(what, reason=type(error).__name__)

    def _keys(self, document: dict[str, Any]) -> list[str]:
        return [f"{self._key}:{owner}:{document[name]}" for owner, name in _OWNERS.items() if document.get(name)]


def _kept(event: Taken) -> bytes:
    """Id and what is looked at, as a JSON pair."""
    return orjson.dumps([event.event_id, {name: event.document[name] for name in _KEPT if name in event.document}])
