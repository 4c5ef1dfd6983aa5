"""The road through the stream: a change is answered when Redis has it, and made soon after.

While Redis does not answer, keeps nothing on disk, or no consumer runs, changes are made before they are answered.
"""

import asyncio
import time
from collections.abc import Sequence

import structlog

from es.errors import EngineTimeout
from shop.products.changes.direct import LATE
from shop.products.changes.errors import StreamUnavailable
from shop.products.changes.request import ChangeRequest
from shop.products.changes.road import Answer, Queued, Road, RoadFull, RoadStatus
from shop.products.changes.stream import ChangeStream

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 10.0
STREAM_SHARE = 0.4
"""Of the deadline, what is waited for Redis; the rest is for the other road."""
AWAY_S = 1.0
"""So long Redis is not asked after it did not answer: not every change is to wait for it in vain."""


class QueuedRoad:
    """Sends changes by `stream`, or by `direct` where it cannot be trusted. At most `most_waiting` wait in it; a
    thousand changes take `deadline_s` at most."""

    def __init__(self, stream: ChangeStream, direct: Road, *, most_waiting: int, deadline_s: float = 10.0) -> None:
        self._stream = stream
        self._direct = direct
        self._most_waiting = most_waiting
        self._deadline_s = deadline_s
        self._away_until = 0.0
        self._trouble = ""
        self._looked_at: float | None = None
        self._loss = ""

    async def send(self, requests: Sequence[ChangeRequest]) -> list[Answer]:
        """As Road.send."""
        if not requests:
            return []
        left_s = self._deadline_s * (1 + len(requests) // 1000)
        end = time.monotonic() + left_s
        if await self._streamed(requests, STREAM_SHARE * left_s):
            return [Queued(request.change_id) for request in requests]
        try:
            async with asyncio.timeout(end - time.monotonic()):
                return await self._direct.send(requests)
        except TimeoutError:
            return [EngineTimeout(LATE)] * len(requests)

    async def _streamed(self, requests: Sequence[ChangeRequest], most_s: float) -> bool:
        """Whether the stream has taken them. Raises RoadFull."""
        if time.monotonic() < self._away_until:
            return False
        try:
            async with asyncio.timeout(most_s):
                if await self._room(len(requests)) is None:
                    return False
                await self._stream.add([request.dumped() for request in requests])
        except (StreamUnavailable, TimeoutError) as error:
            # Perhaps it has them; to make a change twice is as to make it once.
            self._trouble = str(error) or "Redis does not answer in time"
            self._away_until = time.monotonic() + AWAY_S
            log.warning("changes go without the stream", trouble=self._trouble)
            return False
        return True

    async def _room(self, more: int) -> int | None:
        """What waits; None where the stream is not to be used. Raises RoadFull, StreamUnavailable."""
        now = time.monotonic()
        if self._looked_at is None or now - self._looked_at > LOOK_EVERY_S:
            self._loss = await self._stream.durable()
            self._looked_at = now
        waiting, consumers = await self._stream.load()
        self._trouble = self._loss or ("" if consumers else "no consumer runs: `python -m ingest stream run`")
        if self._trouble:
            return None
        if waiting and waiting + more > self._most_waiting:
            raise RoadFull(f"{waiting} changes wait to be made; send the same again in a moment.", 5.0)
        return waiting

    async def status(self) -> RoadStatus:
        """As Road.status."""
        try:
            await self._room(0)
            found = await self._stream.status()
        except StreamUnavailable as error:
            return self._instead(str(error))
        except RoadFull as error:
            return RoadStatus("changes go through Redis", self._most_waiting, str(error))
        if self._trouble:
            return self._instead(self._trouble, found.waiting)
        said = (
            f"changes go through Redis, {found.consumers} consumers, lag {found.lag_s:.1f} s, {found.later} to try "
            f"again, {found.dead} dead letters"
        )
        return RoadStatus(said, found.waiting, lag_s=found.lag_s, dead=found.dead)

    def _instead(self, trouble: str, waiting: int = 0) -> RoadStatus:
        return RoadStatus("changes are made before they are answered, without the stream", waiting, trouble)
