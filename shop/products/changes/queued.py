"""The road through the stream: a change is answered when Redis has it, and made soon after.

While Redis does not answer, keeps nothing on disk, or no consumer runs, changes are made before they are answered.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

from es.errors import EngineTimeout
from shop.products.changes.direct import LATE
from shop.products.changes.request import ChangeRequest
from shop.products.changes.road import Answer, Queued, Road
from shop.stream.entrance import STREAM_SHARE, Entrance, RoadStatus
from shop.stream.redis_stream import RedisStream

FIELD: Final = "change"


def change_stream(url: str, prefix: str) -> RedisStream:
    """The stream of changes of the shop with this prefix."""
    return RedisStream(url, f"{prefix}:changes", FIELD)


class QueuedRoad:
    """Sends changes by `stream`, or by `direct` where it cannot be trusted. At most `most_waiting` wait in it; a
    thousand changes take `deadline_s` at most."""

    def __init__(
        self,
        stream: RedisStream,
        direct: Road,
        *,
        most_waiting: int,
        deadline_s: float = 10.0,
        left: Callable[[float], float] = float,
    ) -> None:
        """`left`: what of a deadline is left to whoever sends now, who may have waited before."""
        self._stream = stream
        self._direct = direct
        self._deadline_s = deadline_s
        self._left = left
        instead = "changes are made before they are answered, without the stream"
        self._entrance = Entrance(stream, "changes", most_waiting=most_waiting, instead=instead)

    async def send(self, requests: Sequence[ChangeRequest]) -> list[Answer]:
        """As Road.send."""
        if not requests:
            return []
        left_s = self._left(self._deadline_s * (1 + len(requests) // 1000))
        end = time.monotonic() + left_s

        async def add() -> list[bool]:
            return await self._stream.add([request.dumped() for request in requests])

        if await self._entrance.enter(len(requests), add, STREAM_SHARE * left_s) is not None:
            return [Queued(request.change_id) for request in requests]
        try:
            async with asyncio.timeout(end - time.monotonic()):
                return await self._direct.send(requests)
        except TimeoutError:
            return [EngineTimeout(LATE)] * len(requests)

    async def status(self) -> RoadStatus:
        """As Road.status."""
        return await self._entrance.status()
