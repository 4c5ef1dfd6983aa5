"""When a call is tried again: a few times, with growing and random waits, and not often over all calls."""

from collections.abc import Callable
from random import random
from typing import Final

_FIRST_WAIT_S: Final = 0.25
_MOST: Final = 10.0
_EARNED_BY_CALL: Final = 0.1


class Retries:
    """A budget: each call earns a tenth of a retry, ten are saved at most. So that what is overloaded is not asked
    several times as often for it."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._left = _MOST

    def earn(self) -> None:
        self._left = min(_MOST, self._left + _EARNED_BY_CALL)

    def wait_before(self, attempt: int, asked: float | None, first_by: float) -> float | None:
        """Seconds to wait after `attempt` (1 the first) before the next one; None: there is none, or it would come
        too late. `asked`: seconds that the provider asked for."""
        if attempt > self._limit or self._left < 1:
            return None
        wait = max(_FIRST_WAIT_S * 2.0 ** (attempt - 1) * (0.5 + random()), asked or 0.0)
        if self._clock() + wait >= first_by:
            return None
        self._left -= 1
        return wait
