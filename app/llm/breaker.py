"""A circuit breaker: after failures in a row nothing is sent for a while, then one call tries. For one thread."""

import time
from collections.abc import Callable


class Breaker:
    """Closed: calls pass. Open: none passes for `open_s`, then one; if that works it is closed again."""

    def __init__(self, failures: int, open_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._open_s = open_s
        self._clock = clock
        self._failures = 0
        self._open_until: float | None = None
        self._trying = False
        self._why = ""

    def allows(self) -> bool:
        """Whether a call may be sent; who gets True tells how it went by `worked`, `failed` or `gave_up`."""
        if self.blocks():
            return False
        self._trying = self._open_until is not None
        return True

    def blocks(self) -> bool:
        """Whether a call would not be let through now."""
        return self._open_until is not None and (self._trying or self._clock() < self._open_until)

    def worked(self) -> None:
        self._failures, self._open_until, self._trying, self._why = 0, None, False, ""

    def failed(self, why: str, *, at_once: bool = False, open_s: float = 0.0) -> None:
        """`at_once`: trying again is no use for now. `open_s`: at least so long, as the provider asked for it."""
        self._failures += 1
        if at_once or self._trying or self._failures >= self._limit:
            self._open_until = self._clock() + max(self._open_s, open_s)
            self._why = why
        self._trying = False

    def gave_up(self) -> None:
        """The call was ended from our side: it says nothing about the provider."""
        self._trying = False

    def trouble(self) -> str:
        """Why it is open, and for how long; empty while it is closed."""
        if self._open_until is None:
            return ""
        left = max(0.0, self._open_until - self._clock())
        return f"{self._why} (asked again in {left:.0f} s)"
