"""What comes into a stream: let in while Redis answers, keeps what it has, consumers run and not too much waits."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from shop.stream.errors import RoadFull, StreamUnavailable
from shop.stream.redis_stream import RedisStream

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 10.0
STREAM_SHARE = 0.4
"""Of a deadline, what is waited for Redis; the rest is for the other road."""
LOADED_S = 0.25
"""So long it is believed how much waits, and what came through here since is added: thousands come between two looks, a
consumer counts as running for 15 s, and each look is a round trip."""
AWAY_S = 1.0
"""So long Redis is not asked after it did not answer: not everything is to wait for it in vain."""


@dataclass(frozen=True, slots=True)
class RoadStatus:
    """How a road is: what it is made of in words, how much waits, and what is wrong with it, if anything; `lag_s`: how
    long the oldest has waited; `dead`: dead letters."""

    said: str
    waiting: int
    trouble: str = ""
    lag_s: float = 0.0
    dead: int = 0


class Entrance:
    """Of `stream`, for `things` (such as "changes"), of which `most_waiting` wait in it at most. `instead` says what is
    done with them while it is closed."""

    def __init__(self, stream: RedisStream, things: str, *, most_waiting: int, instead: str) -> None:
        self._stream = stream
        self._things = things
        self._most_waiting = most_waiting
        self._instead_said = instead
        self._away_until = 0.0
        self._trouble = ""
        self._looked_at: float | None = None
        self._loss = ""
        self._loaded_at = float("-inf")
        self._waiting = 0

    async def enter(self, more: int, add: Callable[[], Awaitable[list[bool]]], most_s: float) -> list[bool] | None:
        """What `add` gives, which puts `more` things into the stream; None where they must go another way. At most
        `most_s`. Raises RoadFull."""
        if time.monotonic() < self._away_until:
            return None
        try:
            async with asyncio.timeout(most_s):
                if not await self._open(more):
                    return None
                added = await add()
                self._waiting += more
                return added
        except (StreamUnavailable, TimeoutError) as error:
            # Perhaps it has them; to do them twice is as to do them once.
            self._trouble = str(error) or "Redis does not answer in time"
            self._away_until = time.monotonic() + AWAY_S
            log.warning(f"{self._things} go without the stream", trouble=self._trouble)
            return None

    async def _open(self, more: int) -> bool:
        """Whether the stream is to be used. Raises RoadFull, StreamUnavailable."""
        now = time.monotonic()
        if self._looked_at is None or now - self._looked_at > LOOK_EVERY_S:
            self._loss = await self._stream.durable()
            self._looked_at = now
        if now - self._loaded_at > LOADED_S:
            self._waiting, consumers = await self._stream.load()
            self._trouble = self._loss or ("" if consumers else "no consumer runs: `python -m ingest stream run`")
            self._loaded_at = now
        if self._trouble:
            self._loaded_at = float("-inf")
            return False
        if self._waiting and self._waiting + more > self._most_waiting:
            self._loaded_at = float("-inf")
            raise RoadFull(f"{self._waiting} {self._things} wait; send the same again in a moment.", 5.0)
        return True

    async def status(self) -> RoadStatus:
        """How the road through the stream is; never raises."""
        self._loaded_at = float("-inf")
        try:
            await self._open(0)
            found = await self._stream.status()
        except StreamUnavailable as error:
            return self._instead(str(error))
        except RoadFull as error:
            return RoadStatus(f"{self._things} go through Redis", self._most_waiting, str(error))
        if self._trouble:
            return self._instead(self._trouble, found.waiting)
        said = (
            f"{self._things} go through Redis, {found.consumers} consumers, lag {found.lag_s:.1f} s, {found.later} to "
            f"try again, {found.dead} dead letters"
        )
        return RoadStatus(said, found.waiting, lag_s=found.lag_s, dead=found.dead)

    def _instead(self, trouble: str, waiting: int = 0) -> RoadStatus:
        return RoadStatus(self._instead_said, waiting, trouble)
