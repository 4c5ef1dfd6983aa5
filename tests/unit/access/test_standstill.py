"""Who is refused where a machine stands still for a moment: hardly anybody; and where it has far too much to do, as
many as must be. The door, its queues and the limit of searches as they are, before a simulated machine in simulated
time."""

import asyncio
import random
import selectors
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from app.admission import Admission
from app.door import PLACE, Door, Visit
from app.problems import Overloaded
from app.waiting import SPARING, patience_left

STEP_S: Final = 0.005
WORK_S: Final = {
    "/api/search": 0.02,
    "/api/recommendations": 0.015,
    "/api/suggest": 0.008,
    "/api/products/p1": 0.003,
    "/api/events": 0.003,
}
"""Seconds of the machine that a request takes, by path."""
SHARES: Final = (0.25, 0.2, 0.05, 0.15, 0.35)
CAPACITY: Final = 1 / sum(work * share for work, share in zip(WORK_S.values(), SHARES, strict=True))
"""Requests a second that the machine can do."""
FROM_MEMORY_S: Final = 0.0005
IN_TIME_S: Final = 2.0
SECONDS: Final = 60.0


class _Skipping(selectors.DefaultSelector):
    """Waits for nothing, and notes how long it would have."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        self.now += timeout or 0.0
        return super().select(0)


class Instant(asyncio.SelectorEventLoop):
    """A loop whose time passes at once."""

    def __init__(self) -> None:
        self.skipping = _Skipping()
        super().__init__(self.skipping)

    def time(self) -> float:
        return self.skipping.now


@dataclass(eq=False)
class Job:
    """Work under way. `left_s`: of the machine alone."""

    left_s: float
    done: asyncio.Event = field(default_factory=asyncio.Event)


class Machine:
    """Shares itself among all that is under way. `pace`: how much of it there is at a time; `load`: how much comes, as
    a share of what it can do."""

    def __init__(self, load: float, pace: Callable[[float], float]) -> None:
        self.loop = Instant()
        self.counts: Counter[str] = Counter()
        self._load, self._pace = load, pace
        self._door = Door(256, clock=self.loop.time)
        self._searches = Admission(64, 1.0, self.loop.time)
        self._jobs: list[Job] = []
        self._draw = random.Random(1)
        self._begun: set[asyncio.Task[None]] = set()

    def run(self) -> Counter[str]:
        """How many were sent, good (answered in time), late and refused within SECONDS."""
        try:
            self.loop.run_until_complete(self._run())
        finally:
            self.loop.close()
        return self.counts

    async def _run(self) -> None:
        last = due = 0.0
        while self.loop.time() < SECONDS or sum(self.counts.values()) < 2 * self.counts["sent"]:
            await asyncio.sleep(STEP_S)
            now = self.loop.time()
            while due < min(now, SECONDS):
                self._come()
                due += self._draw.expovariate(self._load * CAPACITY)
            self._work((now - last) * self._pace(now))
            last = now
        await asyncio.gather(*self._begun)
        self._door.tell()

    def _come(self) -> None:
        path = self._draw.choices(list(WORK_S), SHARES)[0]
        method = "POST" if path == "/api/events" else "GET"
        job, came = Job(WORK_S[path] * self._draw.uniform(0.5, 1.5)), self.loop.time()
        scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "headers": []}

        def begin() -> None:
            task = self.loop.create_task(self._answer(scope, job, came))
            self._begun.add(task)
            task.add_done_callback(self._begun.discard)

        def refuse(_: bytes) -> None:
            self.counts["refused"] += 1

        self.counts["sent"] += 1
        self._door.come(Visit(scope, begin, refuse, lambda: False))

    async def _answer(self, scope: dict[str, Any], job: Job, came: float) -> None:
        refused = False
        try:
            if scope["path"] == "/api/search":
                async with self._searches.soon(patience_left(IN_TIME_S)):
                    await self._done(job)
            else:
                job.left_s = FROM_MEMORY_S if SPARING.get() else job.left_s
                await self._done(job)
            self.counts["good" if self.loop.time() - came <= IN_TIME_S else "late"] += 1
        except Overloaded:
            refused = True
            self.counts["refused"] += 1
        finally:
            self._door.leave(scope[PLACE], refused=refused)

    async def _done(self, job: Job) -> None:
        self._jobs.append(job)
        await job.done.wait()

    def _work(self, left_s: float) -> None:
        while left_s > 1e-9 and self._jobs:
            each = min(left_s / len(self._jobs), min(job.left_s for job in self._jobs))
            left_s -= each * len(self._jobs)
            for job in self._jobs:
                job.left_s -= each
            for job in [job for job in self._jobs if job.left_s <= 1e-9]:
                self._jobs.remove(job)
                job.done.set()


def still(every_s: float, long_s: float) -> Callable[[float], float]:
    """Stands still for so long at the end of so many seconds."""
    return lambda now: 0.0 if now % every_s > every_s - long_s else 1.0


def always(_: float) -> float:
    return 1.0


@pytest.mark.parametrize(("load", "pace"), [(0.9, always), (0.7, still(10, 0.5)), (0.7, still(10, 1.0))])
def test_a_moment_in_which_nothing_moves_is_no_reason_to_refuse(load: float, pace: Callable[[float], float]) -> None:
    counts = Machine(load, pace).run()
    # With a patience of 0.4 s, of searches alone, it was 0.2, 0.6 and 3.9 %.
    assert counts["refused"] <= 0.001 * counts["sent"]
    assert counts["late"] <= 0.002 * counts["sent"]


def test_a_machine_that_is_slower_for_seconds_refuses_hardly_anybody() -> None:
    counts = Machine(0.7, lambda now: 0.5 if now % 20 > 16 else 1.0).run()
    assert counts["refused"] + counts["late"] < 0.003 * counts["sent"]


@pytest.mark.parametrize("pace", [always, still(10, 1.0)])
def test_with_far_too_much_to_do_it_does_what_it_can(pace: Callable[[float], float]) -> None:
    best = Machine(0.9, pace).run()["good"]
    counts = Machine(3.0, pace).run()
    assert counts["refused"] > 0.1 * counts["sent"]
    # Cheap ones and lists from memory are more of what is answered then.
    assert counts["good"] > 2 * best
    assert counts["late"] < 0.02 * counts["sent"]
