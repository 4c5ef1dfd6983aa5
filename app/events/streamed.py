"""Events through the stream: answered when Redis has them, stored soon after; without it they are written directly."""

import asyncio
import time
from collections.abc import Sequence
from typing import Protocol

from app.events.writes import LATE, GroupedWrites
from app.waiting import time_left
from es.errors import EngineTimeout
from shop.events.intake import Taken
from shop.events.recent import RecentEvents
from shop.events.store import Answer, Status
from shop.events.streamed import dumped
from shop.stream.entrance import STREAM_SHARE, Entrance, RoadStatus
from shop.stream.redis_stream import RedisStream


class EventWrites(Protocol):
    """Takes events and answers each only when it cannot be lost any more."""

    def admit(self, events: int) -> None:
        """Raises Overloaded where so many more events would wait too long."""
        ...

    async def write(self, events: Sequence[Taken]) -> list[Answer]:
        """The answers, in order. Raises EngineError, RoadFull."""
        ...

    async def status(self) -> RoadStatus:
        """Never raises."""
        ...


class StreamedWrites:
    """Sends events by `stream`, or by `direct` where it cannot be trusted; what recommendations look at is kept in
    `recent` until it is stored. At most `most_waiting` wait in the stream; each request takes `deadline_s` at most."""

    def __init__(
        self, stream: RedisStream, recent: RecentEvents, direct: GroupedWrites, *, most_waiting: int, deadline_s: float
    ) -> None:
        self._stream = stream
        self._recent = recent
        self._direct = direct
        self._deadline_s = deadline_s
        instead = "events are stored before they are answered, without the stream"
        self._entrance = Entrance(stream, "events", most_waiting=most_waiting, instead=instead)

    def admit(self, events: int) -> None:
        """As EventWrites.admit; the stream is asked in `write`."""
        self._direct.admit(events)

    async def write(self, events: Sequence[Taken]) -> list[Answer]:
        """As EventWrites.write. DUPLICATE is told of an id that came through the stream a short while ago."""
        if not events:
            return []
        end = time.monotonic() + time_left(self._deadline_s)

        async def add() -> list[bool]:
            named = [(event.event_id, dumped(event)) for event in events]
            return await self._stream.add_named(named, self._recent.notes(events))

        new = await self._entrance.enter(len(events), add, STREAM_SHARE * self._deadline_s)
        if new is not None:
            return [(Status.ACCEPTED if first else Status.DUPLICATE, "") for first in new]
        try:
            async with asyncio.timeout(end - time.monotonic()):
                return await self._direct.write(events)
        except TimeoutError as error:
            raise EngineTimeout(LATE) from error

    async def status(self) -> RoadStatus:
        """As EventWrites.status."""
        return await self._entrance.status()
