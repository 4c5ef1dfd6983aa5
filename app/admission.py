"""How many of a kind may be under way at once: fewer while they take too long.

More than a machine can do makes each slower, until all of them miss their deadline and nothing is done at all. So
when one took too long among others, the limit becomes that part of those under way which would have been quick enough
at the same pace (Little's law), four fifths of them at most, and once for those that were let in before; while it is in
use it is raised by one for each `limit` of them that were in time (additive increase, multiplicative decrease: Chiu and
Jain, 1989). Whoever is over it is refused: searches and suggestions, and most requests at the door, after they have
waited for a place for a moment (app/waiting.py), those that may rightly take long at once.

What was let in here and refused further in says nothing of how quickly work is done, however soon that was answered: it
raises no limit. Of those that rightly take long, it is the only sign that there are too many.
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from app.problems import Overloaded
from app.settings import ServiceSettings

LEAST: Final = 4
LOWERED: Final = 0.8
# Half of the deadline: what was let in later still has its time.
SLOW_SHARE: Final = 0.5


def admission_of(settings: ServiceSettings) -> "Admission":
    """Of searches, by their deadline."""
    return Admission(settings.max_concurrent_searches, SLOW_SHARE * settings.search_deadline_s)


class Admission:
    """At most `most` under way, at least LEAST (or `most`, where that is fewer); longer than `slow_s` is too long.
    Infinite: no time is too long, and one that was refused further in lowers the limit."""

    def __init__(self, most: int, slow_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(most)
        self._least = float(min(LEAST, most))
        self._slow_s = slow_s
        self._clock = clock
        self._lowered_at = float("-inf")
        self._next: deque[asyncio.Future[None]] = deque()
        self.limit = float(most)
        self.under_way = 0

    def enter(self) -> float | None:
        """Takes a place; what `leave` is to be given, or None where there is no place."""
        if self.under_way >= int(self.limit):
            return None
        self.under_way += 1
        return self._clock()

    def leave(self, entered: float, *, refused: bool = False) -> None:
        """Gives a place back. `refused`: there was no place for it further in."""
        self._learn(entered, refused)
        self.give_back()

    def give_back(self) -> None:
        """Gives a place back of which nothing is to be learned."""
        self.under_way -= 1
        while self._next and self.under_way < int(self.limit):
            waits = self._next.popleft()
            if not waits.done():
                self.under_way += 1
                waits.set_result(None)

    @asynccontextmanager
    async def soon(self, patience_s: float) -> AsyncIterator[None]:
        """Around one of them, after waiting for a place for so long at most, first come first served. Raises Overloaded
        where there was none."""
        entered = None if self._next else self.enter()
        if entered is None:
            await self._turn(patience_s)
            entered = self._clock()
        try:
            yield
        finally:
            self.leave(entered)

    async def _turn(self, patience_s: float) -> None:
        """Returns with a place that is taken."""
        waits = asyncio.get_running_loop().create_future()
        self._next.append(waits)
        try:
            async with asyncio.timeout(patience_s):
                await waits
        except (TimeoutError, asyncio.CancelledError) as ended:
            if waits.done() and not waits.cancelled():
                # The place came together with the end.
                self.give_back()
            if isinstance(ended, TimeoutError):
                raise Overloaded from None
            raise

    def _learn(self, began: float, refused: bool) -> None:
        now = self._clock()
        took_s = now - began
        if refused:
            if math.isinf(self._slow_s):
                self._lower(began, now, LOWERED)
        elif took_s >= self._slow_s:
            self._lower(began, now, min(LOWERED, self._slow_s / took_s))
        elif self.under_way * 2 >= self.limit:
            self.limit = min(self._most, self.limit + 1 / self.limit)

    def _lower(self, began: float, now: float, share: float) -> None:
        # One or a few slow ones say nothing of too many.
        if self.under_way > self._least and began >= self._lowered_at:
            self.limit = max(self._least, min(self.limit, self.under_way) * share)
            self._lowered_at = now
