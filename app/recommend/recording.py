"""Impressions: each list that was answered, with its id and the chance of each choice, stored in the background."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from app.problems import Overloaded
from es.errors import EngineError
from shop.queries.waiting import Waiting
from shop.stream.errors import RoadFull
from shop.tasks import Background

FLUSH_S: Final = 0.5
BATCH: Final = 500
_CLOSING_S: Final = 2.0
_MAX_PROBLEMS: Final = 3
_SHORTEST_PROPENSITY: Final = 1e-6

log = structlog.get_logger(__name__)
Record = Callable[[Sequence[dict[str, Any]]], Awaitable[Mapping[str, Any]]]


class Impressions:
    """Events of type impression on their way to the event store (`record`). `start` and `stop` it from the lifespan;
    without `start` nothing is kept. While the store is away they wait, `limit` of them at most."""

    def __init__(self, record: Record, *, limit: int) -> None:
        self._record = record
        self._waiting: Waiting[dict[str, Any]] = Waiting(limit)
        self._writer = Background()

    @property
    def dropped(self) -> int:
        """Impressions for which there was no room."""
        return self._waiting.dropped

    def start(self) -> None:
        self._writer.begin(self._write_on())

    async def stop(self) -> None:
        """Writes what waits, for a moment at most."""
        if not self._writer.begun:
            return
        await self._writer.end()
        with contextlib.suppress(EngineError, Overloaded, RoadFull, TimeoutError):
            async with asyncio.timeout(_CLOSING_S):
                await self.flush()

    def shown(self, answer: Mapping[str, Any], customer_id: str, session_id: str) -> None:
        """Takes note of an answer; returns at once and never fails."""
        if self._writer.begun and answer["items"]:
            self._waiting.add(impression(answer, customer_id, session_id, datetime.now(UTC)))

    async def flush(self) -> None:
        """Writes what waits. Raises what the store's trouble is; what was not written waits on."""
        while batch := self._waiting.take(BATCH):
            try:
                answer = await self._record(batch)
            except BaseException:
                self._waiting.put_back(batch)
                raise
            refused = [event["why"] for event in answer["events"] if event["status"] == "refused"]
            if refused:
                log.error("impressions refused", count=len(refused), why=refused[:_MAX_PROBLEMS])

    async def _write_on(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_S)
            try:
                await self.flush()
            except (EngineError, Overloaded, RoadFull) as error:
                log.info("impressions not written yet", waiting=len(self._waiting), reason=str(error))


def impression(answer: Mapping[str, Any], customer_id: str, session_id: str, at: datetime) -> dict[str, Any]:
    """The event of an answer. Nobody in particular saw it: it is stored as seen without consent, so without its id."""
    event: dict[str, Any] = {
        "type": "impression",
        "event_id": f"i-{answer['recommendation_id']}",
        "timestamp": at.isoformat(),
        "placement": answer["placement"],
        "recommendation_id": answer["recommendation_id"],
        "items": [
            {
                "product_id": item["product_id"],
                "position": item["position"],
                "algorithm": item["algorithm"],
                "propensity": max(_SHORTEST_PROPENSITY, item["propensity"]),
                "score": item["score"],
            }
            for item in answer["items"]
        ],
    }
    if customer_id:
        event["customer_id"] = customer_id
    if session_id:
        event["session_id"] = session_id
    if not customer_id and not session_id:
        event["consent"] = False
    return event
