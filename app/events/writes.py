"""Writes of several requests put together: what arrives while a bulk request is under way goes with the next.

Alone, each event of a page would cost a bulk request and a sync of the disk; together they cost one.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from app.problems import Overloaded
from app.waiting import time_left
from es.errors import EngineTimeout
from shop.events.intake import Taken
from shop.events.store import Answer
from shop.stream.entrance import RoadStatus

OVERLOADED = "Too many events at once; send the same again in a moment. What is stored already is not counted twice."
LATE = "The events were not stored in time and may still be; send the same again, nothing is counted twice."
LARGEST_GROUP = 5_000

_Waiting = tuple[Sequence[Taken], "asyncio.Future[list[Answer]]"]


class GroupedWrites:
    """At most `writers` calls of `write` (blocking) at once, in threads; at most `most_waiting` events waiting, each
    request at most `deadline_s`."""

    def __init__(
        self,
        write: Callable[[Sequence[Taken]], list[Answer]],
        *,
        writers: int,
        most_waiting: int,
        deadline_s: float = 5.0,
    ) -> None:
        self._write = write
        self._writers = writers
        self._most_waiting = most_waiting
        self._deadline_s = deadline_s
        self._waiting: deque[_Waiting] = deque()
        self._events_waiting = 0
        self._under_way: set[asyncio.Task[None]] = set()

    def admit(self, events: int) -> None:
        """Raises Overloaded where so many more events would wait too long; a single batch is always let in."""
        if self._events_waiting and self._events_waiting + events > self._most_waiting:
            raise Overloaded(OVERLOADED)

    async def write(self, events: Sequence[Taken]) -> list[Answer]:
        """The answers of the events, in order. Raises what the write of their group raised, and EngineTimeout where it
        takes longer than the deadline."""
        if not events:
            return []
        future: asyncio.Future[list[Answer]] = asyncio.get_running_loop().create_future()
        self._waiting.append((events, future))
        self._events_waiting += len(events)
        self._start()
        try:
            async with asyncio.timeout(time_left(self._deadline_s)):
                return await future
        except TimeoutError as error:
            raise EngineTimeout(LATE) from error

    async def status(self) -> RoadStatus:
        """How many wait; never raises."""
        return RoadStatus("events are stored before they are answered, without a stream", self._events_waiting)

    def _start(self) -> None:
        while self._waiting and len(self._under_way) < self._writers:
            task = asyncio.get_running_loop().create_task(self._run(self._next_group()))
            self._under_way.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        self._start()

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        size = 0
        while self._waiting and (not group or size + len(self._waiting[0][0]) <= LARGEST_GROUP):
            group.append(self._waiting.popleft())
            size += len(group[-1][0])
        self._events_waiting -= size
        return group

    async def _run(self, group: list[_Waiting]) -> None:
        try:
            answers = await asyncio.to_thread(self._write, [event for events, _ in group for event in events])
        except Exception as error:
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
            return
        start = 0
        for events, future in group:
            # Whoever went away meanwhile has been stored all the same.
            if not future.done():
                future.set_result(answers[start : start + len(events)])
            start += len(events)
