"""Rate limits over all processes: what each counted is put together a few times a second, through Redis."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Final, Protocol

import redis.asyncio
import structlog
from redis.exceptions import RedisError

from app.access.limits import WINDOW_S, RateCounts
from shop.tasks import cancelled

log = structlog.get_logger(__name__)

EVERY_S: Final = 0.25
CALL_S: Final = 1.0
BACK_OFF_MOST_S: Final = 5.0


class CountsUnavailable(Exception):
    """The counts of others cannot be had now; the message says why."""


class SharedCounts(Protocol):
    """Counts that several processes add to."""

    async def add(self, window: int, counts: Mapping[str, int]) -> dict[str, int]:
        """Adds counts of one window; the totals over all processes. Raises CountsUnavailable."""

    async def close(self) -> None: ...


class RedisCounts:
    """Counts in Redis, a key a subject and window, which go by themselves."""

    def __init__(self, url: str, prefix: str) -> None:
        self._redis = redis.asyncio.from_url(
            url, socket_timeout=CALL_S, socket_connect_timeout=CALL_S, health_check_interval=30
        )
        self._prefix = prefix

    async def add(self, window: int, counts: Mapping[str, int]) -> dict[str, int]:
        try:
            async with asyncio.timeout(CALL_S):
                pipeline = self._redis.pipeline(transaction=False)
                for subject, count in counts.items():
                    key = f"{self._prefix}:rate:{window}:{subject}"
                    pipeline.incrby(key, count)
                    pipeline.expire(key, 2 * WINDOW_S)
                answers = await pipeline.execute()
        except (RedisError, OSError, TimeoutError) as error:
            raise CountsUnavailable(f"Redis does not answer ({type(error).__name__})") from error
        return dict(zip(counts, (int(total) for total in answers[::2]), strict=True))

    async def close(self) -> None:
        with contextlib.suppress(RedisError, OSError):
            await self._redis.aclose()


class Sharing:
    """Puts the counts of this process together with those of the others, in the background.

    Between two times a process does not know what the others let pass: together they may be over a limit by what
    arrives in EVERY_S seconds. A request never waits for it.
    """

    def __init__(self, counts: RateCounts, shared: SharedCounts | None) -> None:
        self._counts = counts
        self._shared = shared
        self._trouble = ""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._shared is not None:
            self._task = asyncio.create_task(self._share_on(self._shared))

    async def stop(self) -> None:
        if self._task is not None:
            await cancelled(self._task)
        if self._shared is not None:
            await self._shared.close()

    def health(self) -> tuple[bool, str]:
        """Whether all is well, and what there is to say."""
        if self._shared is None:
            return True, "each process counts for itself; set SHOPSCOUT_REDIS_URL for limits over all of them"
        if self._trouble:
            return False, f"each process counts for itself: {self._trouble}"
        return True, "limits hold over all processes, through Redis"

    async def share(self, shared: SharedCounts) -> None:
        """Once. Raises CountsUnavailable; what was to be shared is shared the next time."""
        window, new = self._counts.unshared()
        if not new:
            return
        try:
            totals = await shared.add(window, new)
        except BaseException:
            self._counts.give_back(window, new)
            raise
        self._counts.shared(window, totals)

    async def _share_on(self, shared: SharedCounts) -> None:
        pause = EVERY_S
        while True:
            await asyncio.sleep(pause)
            try:
                await self.share(shared)
            except CountsUnavailable as error:
                pause = min(BACK_OFF_MOST_S, pause * 2)
                if not self._trouble:
                    log.warning("rate limits are not shared", reason=str(error))
                self._trouble = str(error)
            else:
                pause, self._trouble = EVERY_S, ""
