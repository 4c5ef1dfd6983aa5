"""What came of all requests: by route good, refused and failed, times of the good ones, and good ones by second."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from loadtest.answers import Refused

MOST_REASONS: Final = 50


def rounded(ms: float) -> int:
    """To two digits, as locust keeps them: a test of a day needs no more memory than one of a minute."""
    if ms < 100:
        return round(ms)
    return int(round(ms, 1 - math.floor(math.log10(ms))))


@dataclass(slots=True)
class Route:
    """One route. `times`: milliseconds, rounded -> good answers."""

    good: int = 0
    refused: int = 0
    failed: int = 0
    times: Counter[int] = field(default_factory=Counter)

    @property
    def sent(self) -> int:
        return self.good + self.refused + self.failed

    def percentile(self, share: float) -> int:
        """Nearest rank; 0 where there is no good answer."""
        rank, seen = max(1, math.ceil(share * self.good)), 0
        for ms in sorted(self.times):
            seen += self.times[ms]
            if seen >= rank:
                return ms
        return 0


@dataclass(slots=True)
class Tally:
    """`by_second`: whole second since the start -> requests that were answered well and in time (`in_time_ms`);
    `sent_by_second`: all that ended in it."""

    in_time_ms: float
    began: float = 0.0
    routes: dict[str, Route] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    by_second: Counter[int] = field(default_factory=Counter)
    sent_by_second: Counter[int] = field(default_factory=Counter)

    def note(self, name: str, ms: float, error: BaseException | None, now: float) -> None:
        """One request that ended at `now`, in seconds since 1970."""
        route = self.routes.setdefault(name, Route())
        self.began = self.began or now
        second = int(now - self.began)
        self.sent_by_second[second] += 1
        if error is None:
            route.good += 1
            route.times[rounded(ms)] += 1
            self.by_second[second] += ms <= self.in_time_ms
        elif isinstance(error, Refused):
            route.refused += 1
        else:
            route.failed += 1
            reason = f"{name}: {error}"
            if reason in self.reasons or len(self.reasons) < MOST_REASONS:
                self.reasons[reason] += 1

    @property
    def all(self) -> Route:
        """Every route together."""
        found = Route()
        for route in self.routes.values():
            found.good += route.good
            found.refused += route.refused
            found.failed += route.failed
            found.times.update(route.times)
        return found

    def goodput(self, since: float, until: float) -> float:
        """Good answers in time a second, from one second of the test to another."""
        seconds = range(int(since), max(int(since) + 1, int(until)))
        return sum(self.by_second[second] for second in seconds) / len(seconds)

    def best(self, until: float, window: int = 10) -> float:
        """The highest goodput over `window` seconds in a row, up to a second of the test."""
        starts = range(0, max(1, int(until) - window + 1))
        return max(self.goodput(start, start + window) for start in starts)

    def figures(self) -> Mapping[str, Any]:
        """For reports."""
        rows = {**dict(sorted(self.routes.items())), "all": self.all}
        return {
            name: {
                "sent": route.sent,
                "good": route.good,
                "refused": route.refused,
                "failed": route.failed,
                **{f"p{round(share * 100)}_ms": route.percentile(share) for share in (0.5, 0.95, 0.99)},
            }
            for name, route in rows.items()
        }
