"""Requests that wait for a place, for a moment at most.

In a burst it is better to wait a little than to be refused. But where more comes than can be done, a queue that is
served in order makes everybody late and nobody is served sooner. So as long as now and then somebody finds a place at
once, others may wait for PATIENT_S (less, where a deadline is short), first come first served. Once nobody did for
STANDING_S there are too many: each waits for PRESSED_S only, and who came last goes first, having waited least
(controlled delay and adaptive LIFO, as in Maurer, "Fail at Scale", ACM Queue 13/8, 2015).
"""

import math
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final, Generic, TypeVar

PATIENT_S: Final = 1.2
"""At most, whatever the deadline, and of a search's usual two seconds: what was let in later still has its time."""
PRESSED_S: Final = 0.05
STANDING_S: Final = 4.0
"""Longer than a machine stands still now and then (a collector, other work): what comes meanwhile is no more than
usual, and is done soon after."""
LEAST_LEFT: Final = 0.4
"""Share of a deadline that is left at least, however long it was waited."""

WAITED_S: ContextVar[float] = ContextVar("waited", default=0.0)
"""Seconds that the request under way has waited for its place."""

SPARING: ContextVar[bool] = ContextVar("sparing", default=False)
"""Whether the request under way found no place, and is answered from memory instead of being refused."""

_Item = TypeVar("_Item")


def time_left(deadline_s: float) -> float:
    """Seconds of a deadline that are left to the request under way, which may have waited."""
    return max(deadline_s - WAITED_S.get(), LEAST_LEFT * deadline_s)


def patience_of(deadline_s: float, left: float = LEAST_LEFT) -> float:
    """Seconds for which a request with this deadline may wait for a place, so that this share of it is left then."""
    return min(PATIENT_S, (1 - left) * deadline_s)


def patience_left(deadline_s: float) -> float:
    """Seconds for which the request under way may wait for a place further in."""
    return max(patience_of(deadline_s) - WAITED_S.get(), 0.0)


class Waiting(Generic[_Item]):
    """At most `most` that wait. Whoever adds one asks for `late` from time to time."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._items: deque[tuple[float, float, _Item]] = deque()
        # When somebody found a place at once, and when somebody waited, for the last time.
        self._free_at = self._stood_at = clock()

    def __len__(self) -> int:
        return len(self._items)

    @property
    def pressed(self) -> bool:
        """Whether there have been too many for a while."""
        now = self._clock()
        return now - self._free_at > STANDING_S and (bool(self._items) or now - self._stood_at <= STANDING_S)

    def passed(self) -> None:
        """Somebody found a place at once."""
        self._free_at = self._clock()

    def add(self, item: _Item, patience_s: float = PATIENT_S) -> bool:
        """False where it may not wait, as too many do. `patience_s`: how long it waits at most."""
        now = self._clock()
        if not self._items and now - self._stood_at > STANDING_S:
            self._free_at = now
        self._stood_at = now
        if len(self._items) >= self._most:
            return False
        self._items.append((now, patience_s, item))
        return True

    def next(self) -> tuple[float, _Item] | None:
        """Who is to go now, with the seconds that were waited; None where nobody waits."""
        if not self._items:
            return None
        came, _, item = self._items.pop() if self.pressed else self._items.popleft()
        return self._clock() - came, item

    def late(self) -> list[_Item]:
        """Who has waited too long; they wait no more."""
        most_s, now = PRESSED_S if self.pressed else math.inf, self._clock()
        late = [now - came >= min(patience_s, most_s) for came, patience_s, _ in self._items]
        found = [one[2] for one, is_late in zip(self._items, late, strict=True) if is_late]
        if found:
            self._items = deque(one for one, is_late in zip(self._items, late, strict=True) if not is_late)
        return found
