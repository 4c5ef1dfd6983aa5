"""The door of the API: places for requests, taken before anything else is done with them.

The server's protocol asks here as soon as it has the headers of a request. Who is let in becomes a task of the app; who
waits is nothing but an entry in a queue; who is refused gets an answer that was written beforehand, without a task,
middlewares, a line in the log or a key being looked at: refusals must cost next to nothing, or they take the processor
from what is to be answered. They are counted, and told once a second. Where the app runs without that protocol, the
guard asks here itself, and nobody waits.

Events and changes, which are only written down, and a product by its id have places of their own, so that they neither
wait nor are refused for want of those that searches fill. What can be answered from memory, if with less
(recommendations, suggestions), is not refused but told to spare (brownout: Klein et al., ICSE 2014).
"""

import asyncio
import contextvars
import math
import random
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

import orjson
import structlog
from starlette.types import Scope

from app.access import cors
from app.access.scopes import Need, need_of, row_of
from app.admission import SLOW_SHARE
from app.deadlines import Deadlines
from app.lane import Lane, can_spare, is_free, one_product, takes_long
from app.meter import meter
from app.problems import overloaded_body
from app.waiting import LEAST_LEFT, SPARING, WAITED_S, patience_of
from shop.keys.key import Scope as Access

DOOR: Final = "shopscout.door"
"""Where the protocol finds it: in the state of the lifespan."""
PLACE: Final = "shopscout.place"
CAME: Final = "shopscout.came"
"""In the scope of a request: its place, and when it came, where it waited (time.perf_counter)."""
QUICK_S: Final = 0.5
"""Where requests that should be quick take longer, or more than half of their deadline, fewer are let in at once.
Events and changes of products, which wait for Elasticsearch to write them, may take half of theirs: how long writing
takes says nothing of how long searches do."""
LONG_SHARE: Final = 8
"""While the quick ones are too many, one of those that take long has a place for each eight of them."""
LONG_LEAST: Final = 1
HELD_S: Final = 5.0
"""So long after the quick ones were too many they still are, for those that take long."""
TELL_S: Final = 1.0
SPARE_PATIENT_S: Final = 0.08
"""So long what can be answered from memory waits for a place beside searches: a list is better with less than late.
Then it is made from memory, or waits for a place of that kind, of which there is one soon."""
FROM_MEMORY_LEFT: Final = 0.1
"""Share of a deadline that an answer from memory needs."""
RETRY_AFTER_S: Final = (1, 2, 3)
"""Drawn by chance, or all who were refused together would come again together."""
_SWEEP_S: Final = 0.025
_HEAD: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\ncache-control: no-store\r\n"
    b"x-content-type-options: nosniff\r\ncontent-length: %d\r\nretry-after: %d\r\n"
)

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Place:
    """A place that is taken, of these places, since then."""

    of: "Lane[_Waiter]"
    since: float


@dataclass(frozen=True, slots=True)
class Visit:
    """A request at the door. `begin` makes a task of it, `refuse` sends what is given and ends it; `gone` says whether
    whoever sent it has left."""

    scope: Scope
    begin: Callable[[], None]
    refuse: Callable[[bytes], None]
    gone: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Waiter:
    """Who waits. `context`: in which the request came, so that nothing of another one's is its own. `came`, `came_at`:
    when, by time.perf_counter and by the door's clock."""

    visit: Visit
    context: contextvars.Context
    came: float
    came_at: float
    deadline_s: float

    def patience_s(self, *, from_memory: bool = False) -> float:
        """How long it may wait in all."""
        return patience_of(self.deadline_s, FROM_MEMORY_LEFT if from_memory else LEAST_LEFT)


class Door:
    """Places for requests that should be quick, and others for single products, events, changes, answers from memory
    and what may rightly take long."""

    def __init__(
        self,
        most: int,
        origins: Callable[[], Collection[str]] = tuple,
        clock: Callable[[], float] = time.monotonic,
        deadlines: Deadlines = Deadlines(),  # noqa: B008 - frozen
    ) -> None:
        def lane(deadline_s: float, slow_s: float = math.inf) -> Lane[_Waiter]:
            return Lane(most, min(slow_s, SLOW_SHARE * deadline_s), clock)

        self.quick, self.light, self.spared = (lane(deadlines.search_s, QUICK_S) for _ in range(3))
        self.events, self.changes, self.long = lane(deadlines.events_s), lane(deadlines.changes_s), lane(math.inf)
        self._waited_for = (self.quick, self.light, self.spared, self.events, self.changes)
        self._origins = origins
        self._clock = clock
        self._deadlines = deadlines
        self._pressed_at = -math.inf
        self._sweeping: asyncio.TimerHandle | None = None
        self._telling: asyncio.TimerHandle | None = None
        self._refused: Counter[tuple[str, str]] = Counter()

    def come(self, visit: Visit) -> None:
        """Begins it now or in a moment, or refuses it."""
        scope = visit.scope
        need = need_of(scope["method"], scope["path"])
        if is_free(need, scope["method"]):
            visit.begin()
            return
        lane = self._lane(scope, need)
        since = self._at_once(lane)
        if since is not None:
            scope[PLACE] = Place(lane, since)
            visit.begin()
            return
        waiter = self._waiter(visit, need)
        patience_s = min(SPARE_PATIENT_S if can_spare(scope) else math.inf, waiter.patience_s())
        if not self._may_wait(scope, lane) or not self._waits(lane, waiter, patience_s):
            self._refuse(waiter)

    def enter(self, scope: Scope, need: Need) -> Place | None:
        """A place at once, or None."""
        lane = self._lane(scope, need)
        since = self._at_once(lane)
        return None if since is None else Place(lane, since)

    def begins(self, place: Place) -> None:
        """Only now is there something to do for whoever has the place."""
        place.since = self._clock()

    def leave(self, place: Place, *, refused: bool = False, unused: bool = False) -> None:
        """Gives a place back; who waits for one begins. `refused`: there was no place for it further in. `unused`: it
        was turned away for another reason than the number of others."""
        if unused:
            place.of.give_back()
        else:
            place.of.leave(place.since, refused=refused)
        self._let_in(place.of)

    def refused_at(self, scope: Scope) -> None:
        """Counts a refusal."""
        row = row_of(scope["path"])
        self._refused[scope["method"], row.path if row is not None else "other"] += 1
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(TELL_S, self.tell)

    def tell(self) -> None:
        """Tells what was refused since the last time, in the metrics and in one line."""
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        refused, self._refused = self._refused, Counter()
        if refused:
            for (method, route), count in refused.items():
                meter().refused(method, route, count)
            log.warning(
                "requests refused", count=refused.total(), under_way=self.quick.under_way,
                limit=int(self.quick.limit), events_under_way=self.events.under_way, long_under_way=self.long.under_way,
                routes={route: count for (_, route), count in refused.most_common(5)},
            )  # fmt: skip

    def _at_once(self, lane: Lane[_Waiter]) -> float | None:
        return None if lane is self.long and lane.under_way >= self._most_long() else lane.at_once()

    def _most_long(self) -> float:
        now = self._clock()
        if self.quick.waiting.pressed:
            self._pressed_at = now
        if now - self._pressed_at > HELD_S:
            return math.inf
        return max(LONG_LEAST, self.quick.limit / LONG_SHARE)

    def _may_wait(self, scope: Scope, lane: Lane[_Waiter]) -> bool:
        # Where there are too many, the places go to those who cannot be answered otherwise.
        return lane in self._waited_for and not (lane.waiting.pressed and can_spare(scope))

    def _lane(self, scope: Scope, need: Need) -> Lane[_Waiter]:
        """The places that a request needs one of; those of the quick ones where it has no others."""
        if takes_long(scope["path"], need):
            return self.long
        if need is Access.EVENTS:
            return self.events
        if need is Access.CATALOGUE:
            return self.changes
        return self.light if one_product(scope) else self.quick

    def _waiter(self, visit: Visit, need: Need) -> _Waiter:
        deadline_s = self._deadlines.of(visit.scope["path"], need)
        return _Waiter(visit, contextvars.copy_context(), time.perf_counter(), self._clock(), deadline_s)

    def _waits(self, lane: Lane[_Waiter], waiter: _Waiter, patience_s: float) -> bool:
        if not lane.waiting.add(waiter, patience_s):
            return False
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(_SWEEP_S, self._sweep)
        return True

    def _sweep(self) -> None:
        """Refuses those that have waited too long."""
        self._sweeping = None
        for lane in self._waited_for:
            for waiter in lane.waiting.late():
                if lane is self.spared:
                    self._refuse_now(waiter.visit)
                else:
                    self._refuse(waiter)
            self._let_in(lane)
        if self._sweeping is None and any(lane.waiting for lane in self._waited_for):
            self._sweeping = asyncio.get_running_loop().call_later(_SWEEP_S, self._sweep)

    def _let_in(self, lane: Lane[_Waiter]) -> None:
        while lane.waiting and lane.free:
            found = lane.waiting.next()
            assert found is not None
            if found[1].visit.gone():
                continue
            if lane is not self.spared and self._waited_s(found[1]) > found[1].patience_s():
                # The machine stood still: too little is left of its deadline.
                self._refuse(found[1])
                continue
            since = lane.enter()
            assert since is not None
            self._begin(lane, since, found[1])

    def _begin(self, lane: Lane[_Waiter], since: float, waiter: _Waiter) -> None:
        """Begins what has waited, or is spared, and has had a place since then."""
        waiter.visit.scope[PLACE], waiter.visit.scope[CAME] = Place(lane, since), waiter.came
        waiter.context.run(WAITED_S.set, self._waited_s(waiter))
        if lane is self.spared:
            waiter.context.run(SPARING.set, True)
        waiter.context.run(waiter.visit.begin)

    def _refuse(self, waiter: _Waiter) -> None:
        """Has it answered from memory, where that is possible, or refuses it."""
        if waiter.visit.gone():
            return
        spares = can_spare(waiter.visit.scope)
        since = self.spared.at_once() if spares else None
        if since is not None:
            self._begin(self.spared, since, waiter)
            return
        left_s = waiter.patience_s(from_memory=True) - self._waited_s(waiter)
        if not spares or not self._waits(self.spared, waiter, left_s):
            self._refuse_now(waiter.visit)

    def _waited_s(self, waiter: _Waiter) -> float:
        """Seconds that it has waited, wherever it did."""
        return self._clock() - waiter.came_at

    def _refuse_now(self, visit: Visit) -> None:
        self.refused_at(visit.scope)
        visit.refuse(self._answer(visit.scope))

    def _answer(self, scope: Scope) -> bytes:
        content = _BODIES[random.randrange(len(_BODIES))]
        origin = next((value for name, value in scope["headers"] if name == b"origin"), b"").decode("latin-1")
        more = b""
        if origin and origin.lower() in self._origins():
            more = b"".join(b"%s: %s\r\n" % pair for pair in cors.answer_headers(origin))
        head, body = content
        return b"".join((head, more, b"\r\n", b"" if scope["method"] == "HEAD" else body))


def _written(retry_after_s: int) -> tuple[bytes, bytes]:
    body = orjson.dumps(overloaded_body())
    return _HEAD % (len(body), retry_after_s), body


_BODIES: Final = tuple(_written(seconds) for seconds in RETRY_AFTER_S)
