"""Rate limits: how many requests a minute a key and a visitor may send. Counting takes no call to anybody.

A sliding window over two fixed ones: the requests of this window, and those of the last one by the part of it that is
still inside (an estimate that Cloudflare found 0.003 % of requests wrong by). What is refused is not counted, so that
whoever goes on trying is not shut out for ever.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

WINDOW_S: Final = 60
MOST_SUBJECTS: Final = 200_000
REST: Final = "rest"
"""Subjects beyond the most share one count: a flood of addresses must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `quota` requests in WINDOW_S seconds for a subject; `name` is what headers call it."""

    name: str
    subject: str
    quota: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """What came of counting a request: whether it may pass, by the tightest of its limits."""

    limit: Limit
    remaining: int
    resets_s: int
    retry_after_s: float = 0.0

    @property
    def passes(self) -> bool:
        return self.retry_after_s == 0.0


class RateCounts:
    """Counts of this process, with what the others counted as of the last time they were put together."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._window = 0
        self._now: dict[str, int] = {}
        self._last: dict[str, int] = {}
        self._new: dict[str, int] = {}

    def take(self, limits: Sequence[Limit]) -> Allowance | None:
        """Counts one request against all of its limits, or none of them where one is used up. None: there is no
        limit."""
        if not limits:
            return None
        at = self._clock()
        self._turn(at)
        part = (at % WINDOW_S) / WINDOW_S
        tightest: Allowance | None = None
        for limit in limits:
            found = self._look(limit, part)
            if not found.passes:
                return found
            if tightest is None or found.remaining < tightest.remaining:
                tightest = found
        for limit in limits:
            subject = self._counted(limit.subject)
            self._now[subject] = self._now.get(subject, 0) + 1
            self._new[subject] = self._new.get(subject, 0) + 1
        return tightest

    def unshared(self) -> tuple[int, dict[str, int]]:
        """The window, and what was counted in it since the last call; the caller shares it or gives it back."""
        self._turn(self._clock())
        new, self._new = self._new, {}
        return self._window, new

    def shared(self, window: int, totals: dict[str, int]) -> None:
        """Totals over all processes, without what was counted here while they were asked."""
        if window == self._window:
            for subject, total in totals.items():
                self._now[subject] = total + self._new.get(subject, 0)

    def give_back(self, window: int, new: dict[str, int]) -> None:
        """Counts that could not be shared are shared the next time."""
        if window == self._window:
            for subject, count in new.items():
                self._new[subject] = self._new.get(subject, 0) + count

    def _counted(self, subject: str) -> str:
        return subject if subject in self._now or len(self._now) < MOST_SUBJECTS else REST

    def _look(self, limit: Limit, part: float) -> Allowance:
        subject = self._counted(limit.subject)
        now, last = self._now.get(subject, 0), self._last.get(subject, 0)
        used = now + last * (1 - part)
        resets_s = math.ceil(WINDOW_S * (1 - part))
        if used + 1 <= limit.quota:
            return Allowance(limit, int(limit.quota - used - 1), resets_s)
        room = limit.quota - 1 - now
        if room >= 0:
            wait = WINDOW_S * (1 - part - room / last)
        else:
            # In the next window, when enough of what was counted in this one has gone out of it.
            wait = WINDOW_S * (1 - part) + WINDOW_S * (1 - max(0, limit.quota - 1) / now)
        return Allowance(limit, 0, resets_s, max(1.0, math.ceil(wait)))

    def _turn(self, at: float) -> None:
        window = int(at // WINDOW_S)
        if window != self._window:
            self._last = self._now if window == self._window + 1 else {}
            self._now, self._new, self._window = {}, {}, window


def rate_headers(limits: Sequence[Limit], allowed: Allowance) -> list[tuple[bytes, bytes]]:
    """RateLimit and RateLimit-Policy as of draft-ietf-httpapi-ratelimit-headers: the policies, and the tightest one."""
    policy = ", ".join(f'"{limit.name}";q={limit.quota};w={WINDOW_S}' for limit in limits)
    left = f'"{allowed.limit.name}";r={allowed.remaining};t={allowed.resets_s}'
    return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", left.encode())]
