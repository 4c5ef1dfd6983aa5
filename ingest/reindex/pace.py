"""How fast a copy goes: as fast as the shop's searches stay quick, and no faster than was asked.

Elasticsearch counts the searches of an index and what they took. Before the copy begins that is looked at for some
seconds; while it goes on, its rate falls by a tenth where searches take longer than they may, and rises by a tenth
where they do not. It goes by the median of some looks: a server stands still for a moment now and then, copy or not.

What a search waits for a processor before Elasticsearch has it, or after, is not in that; so while there are searches
the copy also takes no more than its share of the processors, by what Elasticsearch says that indexing takes it.
"""

import math
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from elasticsearch import Elasticsearch

from es.client import translated
from es.errors import EngineError, EngineUnavailable
from shop.products.since import READING

FIRST_RATE: Final = 100.0
LEAST_RATE: Final = 50.0
"""Products a second; slower, it might never catch up with what is written meanwhile."""
LOOK_EVERY_S: Final = 1.0
LOOKS: Final = 5
FEW: Final = 20
"""Searches whose mean says something."""
QUIET_S: Final = 5.0
"""After so long with fewer, there is nobody to be kept waiting."""
COSTS: Final = 60
"""Looks over which it is seen what a product takes: merges are told when they end, so many products at once."""
SLOWER: Final = 0.9
FASTER: Final = 1.1
FREELY: Final = 1.5
"""What becomes of the rate: where searches take too long, where they do not, and where there are none."""


@dataclass(frozen=True, slots=True)
class Searched:
    """How often an index has been searched so far, and what that took, in milliseconds."""

    queries: int
    ms: float

    def __sub__(self, before: "Searched") -> "Searched":
        return Searched(self.queries - before.queries, self.ms - before.ms)

    @property
    def mean_ms(self) -> float:
        return self.ms / self.queries if self.queries else 0.0


def searched(client: Elasticsearch, index: str) -> Searched:
    """By others than the copy. Raises EngineError."""
    with translated():
        stats = client.indices.stats(index=index, metric="search", groups=READING)["indices"]
    found = _of(stats, index)["total"]["search"]
    own = found.get("groups", {}).get(READING, {})
    return Searched(
        found["query_total"] - own.get("query_total", 0),
        float(found["query_time_in_millis"] - own.get("query_time_in_millis", 0)),
    )


def worked_ms(client: Elasticsearch, index: str) -> float:
    """What the products of an index have taken Elasticsearch so far, in milliseconds of threads, replicas left out:
    writing, refreshing, flushing, merging. Raises EngineError."""
    parts = ["indexing", "refresh", "flush", "merge"]
    with translated():
        stats = client.indices.stats(index=index, metric=parts)["indices"]
    found = _of(stats, index)["primaries"]
    return float(
        found["indexing"]["index_time_in_millis"]
        + sum(found[part]["total_time_in_millis"] for part in ("refresh", "flush", "merges"))
    )


def _of(stats: Mapping[str, Any], index: str) -> Any:  # noqa: ANN401 - JSON
    if index not in stats:
        raise EngineUnavailable(f"No shard of {index} has started yet.")
    return stats[index]


def processors(client: Elasticsearch) -> int:
    """Of the server with data that has the fewest: the copy may be on that one. Raises EngineError."""
    with translated():
        nodes = client.nodes.info(metric="os")["nodes"].values()
    with_data = [node for node in nodes if any(role.startswith("data") for role in node.get("roles", ("data",)))]
    return min((int(node["os"]["allocated_processors"]) for node in with_data), default=1)


@dataclass(frozen=True, slots=True)
class Effort:
    """What a copy takes of the server. `worked_ms`: so far, in milliseconds of threads; `may_ms`: of them a second at
    most while there are searches, 0: any."""

    worked_ms: Callable[[], float]
    may_ms: float


class Pace:
    """Lets products go one by one. `look`: what has been searched so far; `slower`: by how much longer than before a
    search may take, 1.5 by half, 0: nobody looks; `most`: products a second, 0: any number."""

    def __init__(
        self,
        look: Callable[[], Searched],
        effort: Effort,
        *,
        slower: float,
        most: float,
        stop: threading.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.usual_ms = 0.0
        self.rate = most
        self._look = look
        self._effort = effort
        self._slower = slower
        self._most = most
        self._stop = stop
        self._clock = clock
        self._next = self._looked_at = clock()
        self._seen = Searched(0, 0.0)
        self._means: deque[float] = deque(maxlen=LOOKS)
        self._costs: deque[tuple[int, float]] = deque(maxlen=COSTS)
        self._gone = self._gone_in_all = 0
        self._begun = False

    @property
    def watches(self) -> bool:
        return self._slower > 0

    def begin(self) -> None:
        """Sees what searches take as yet, once; it waits some seconds for that."""
        if not self.watches or self._begun:
            return
        self._begun = True
        with suppress(EngineError):
            self._costs.append((0, self._effort.worked_ms()))
            self._seen = self._look()
            for _ in range(LOOKS):
                self._stop.wait(LOOK_EVERY_S)
                self._mean(self._look())
        self.usual_ms = statistics.median(self._means) if self._means else 0.0
        self.rate = min(FIRST_RATE, self._most or FIRST_RATE)
        self._next = self._looked_at = self._clock()

    def wait(self) -> None:
        """Until the next product may go."""
        now = self._clock()
        if self.watches and now - self._looked_at >= LOOK_EVERY_S:
            try:
                self._adjust(now)
            except EngineError:
                # Whoever writes and reads waits for it to come back; the next look tells more.
                self._looked_at, self._gone = now, 0
        self._gone += 1
        self._gone_in_all += 1
        if self.rate:
            # Nothing is made up for: after a long request there would be many products at once.
            self._next = max(now, self._next + 1 / self.rate)
            if self._next > now:
                self._stop.wait(self._next - now)

    def _adjust(self, now: float) -> None:
        long_s = now - self._looked_at
        seen = self._look()
        if self._mean(seen):
            takes_ms = statistics.median(self._means)
            # Where there were none before, the shop was asleep when the copy began.
            self.usual_ms = self.usual_ms or takes_ms
            wanted = self.rate * (SLOWER if takes_ms > self._slower * self.usual_ms else FASTER)
            wanted = min(wanted, self._affordable())
        elif long_s >= QUIET_S:
            self._means.clear()
            self._seen = seen
            wanted = self.rate * FREELY
        else:
            return
        # No more than twice what it has gone: where something else is the limit, it must be able to fall at once.
        wanted = max(LEAST_RATE, min(wanted, max(FIRST_RATE, 2 * self._gone / long_s)))
        self.rate = min(wanted, self._most) if self._most else wanted
        self._looked_at, self._gone = now, 0

    def _affordable(self) -> float:
        """Products a second whose cost is what the copy may take; any number where none is known yet."""
        worked = self._effort.worked_ms()
        if self._costs and worked < self._costs[-1][1]:
            self._costs.clear()  # the server has begun to count anew
        self._costs.append((self._gone_in_all, worked))
        (gone_before, ms_before), (gone, ms) = self._costs[0], self._costs[-1]
        if not self._effort.may_ms or gone == gone_before or ms <= ms_before:
            return math.inf
        return self._effort.may_ms * (gone - gone_before) / (ms - ms_before)

    def _mean(self, seen: Searched) -> bool:
        """Whether there were enough searches since the last look to say what one takes."""
        since = seen - self._seen
        if since.queries < FEW:
            return False
        self._means.append(since.mean_ms)
        self._seen = seen
        return True
