"""The limit of what is under way at once: it follows how long things take."""

import asyncio
import math
import random
from bisect import insort
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import ClassVar

import pytest

from app.admission import LEAST, Admission
from app.problems import Overloaded


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def crowd(admission: Admission, clock: Clock, took_s: float) -> int:
    """As many as are let in at once, each taking so long; how many that were."""
    async with AsyncExitStack() as inside:
        count = 0
        while True:
            try:
                await inside.enter_async_context(admission.soon(0))
            except Overloaded:
                break
            count += 1
        clock.now += took_s
    return count


async def held(admission: Admission, go_on: asyncio.Event, patience_s: float = 30) -> None:
    """Waits for a place, and holds it until it may go on."""
    async with admission.soon(patience_s):
        await go_on.wait()


async def test_more_than_the_limit_are_refused_and_places_are_given_back() -> None:
    admission = Admission(8, 1.0, Clock())
    async with AsyncExitStack() as inside:
        for _ in range(8):
            await inside.enter_async_context(admission.soon(0))
        with pytest.raises(Overloaded):
            await inside.enter_async_context(admission.soon(0))
    assert admission.under_way == 0
    async with admission.soon(0):
        assert admission.under_way == 1


async def test_a_place_that_is_given_back_goes_to_who_came_first() -> None:
    admission = Admission(1, 1.0, Clock())
    began: list[int] = []

    async def one(number: int) -> None:
        async with admission.soon(30):
            began.append(number)
            await asyncio.sleep(0)

    async with admission.soon(0):
        waiting = [asyncio.create_task(one(number)) for number in range(3)]
        await asyncio.sleep(0)
        assert began == []
    # Who comes only now finds others waiting, and is not let in before them, though nobody of them has begun.
    waiting.append(asyncio.create_task(one(3)))
    await asyncio.gather(*waiting)
    assert (began, admission.under_way) == ([0, 1, 2, 3], 0)


async def test_who_has_no_patience_is_refused_where_there_is_no_place_and_leaves_nothing_behind() -> None:
    admission = Admission(1, 1.0, Clock())
    async with admission.soon(0):
        for _ in range(3):
            with pytest.raises(Overloaded):
                async with admission.soon(0):
                    pytest.fail("there was no place")
        patient = asyncio.create_task(held(admission, asyncio.Event()))
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert admission.under_way == 1, "the one that waits has it, not those that were refused"
    patient.cancel()
    await asyncio.wait([patient])
    async with admission.soon(0):
        assert admission.under_way == 1


async def test_who_goes_away_while_waiting_takes_no_place() -> None:
    admission = Admission(1, 1.0, Clock())
    go_on = asyncio.Event()
    go_on.set()
    async with admission.soon(0):
        gone, stays = [asyncio.create_task(held(admission, go_on)) for _ in range(2)]
        await asyncio.sleep(0)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert admission.under_way == 1
    await stays
    assert admission.under_way == 0


@pytest.mark.parametrize("cancelled_first", [True, False])
async def test_a_place_that_comes_as_its_waiter_goes_away_is_the_next_ones(cancelled_first: bool) -> None:
    admission = Admission(1, 1.0, Clock())
    go_on = asyncio.Event()
    entered = admission.enter()
    assert entered is not None
    gone, stays = [asyncio.create_task(held(admission, go_on)) for _ in range(2)]
    await asyncio.sleep(0)
    # Both in one turn of the loop, so that the task hears of them together.
    for act in (gone.cancel, lambda: admission.leave(entered))[:: 1 if cancelled_first else -1]:
        act()
    with pytest.raises(asyncio.CancelledError):
        await gone
    await asyncio.sleep(0)
    assert (admission.under_way, stays.done()) == (1, False)
    go_on.set()
    await stays
    assert admission.under_way == 0


async def test_a_place_that_comes_as_the_patience_ends_is_not_lost() -> None:
    admission = Admission(1, 1.0, Clock())
    entered = admission.enter()
    assert entered is not None
    late = asyncio.create_task(held(admission, asyncio.Event(), patience_s=0))
    await asyncio.sleep(0)
    # Its time is over in the next turn; it hears of that and of its place together.
    admission.leave(entered)
    assert admission.under_way == 1
    with pytest.raises(Overloaded):
        await late
    assert admission.under_way == 0


async def test_slow_ones_lower_it_once_a_crowd_and_quick_ones_raise_it_again() -> None:
    clock = Clock()
    admission = Admission(64, 1.0, clock)
    assert [await crowd(admission, clock, 2.0) for _ in range(4)] == [64, 32, 16, 8]
    assert await crowd(admission, clock, 2.0) == LEAST
    assert admission.limit == LEAST
    assert await crowd(admission, clock, 2.0) == LEAST
    sizes = [await crowd(admission, clock, 0.1) for _ in range(500)]
    assert sizes == sorted(sizes)
    assert sizes[-1] == 64


async def test_it_is_lowered_to_what_would_have_been_quick_enough() -> None:
    clock = Clock()
    admission = Admission(256, 1.0, clock)
    assert [await crowd(admission, clock, 10.0), await crowd(admission, clock, 1.1)] == [256, 25]
    assert int(admission.limit) == 20


async def test_a_slow_one_on_its_own_lowers_nothing() -> None:
    clock = Clock()
    admission = Admission(64, 1.0, clock)
    for _ in range(20):
        async with admission.soon(0):
            clock.now += 5
    assert admission.limit == 64


async def test_what_fails_counts_by_its_time_and_gives_its_place_back() -> None:
    clock = Clock()
    admission = Admission(2, 1.0, clock)

    async def failing() -> None:
        async with admission.soon(0):
            clock.now += 5
            raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await failing()
    assert (admission.under_way, admission.limit) == (0, 2)


async def test_it_settles_where_a_machine_keeps_its_time() -> None:
    """A machine that does 20 a second: of those under way at once, each takes a twentieth of a second a head."""
    clock = Clock()
    admission = Admission(64, 1.0, clock)
    held = [await crowd(admission, clock, (admission.under_way or int(admission.limit)) / 20) for _ in range(200)]
    assert all(14 <= count <= 21 for count in held[20:])


async def test_what_is_refused_further_in_raises_nothing() -> None:
    clock = Clock()
    admission = Admission(64, 1.0, clock)
    await crowd(admission, clock, 2.0)
    before = admission.limit
    for _ in range(500):
        entered = [place for _ in range(int(before)) if (place := admission.enter()) is not None]
        for place in entered:
            admission.leave(place, refused=True)
    assert admission.limit == before


def test_of_those_that_may_take_long_refusals_further_in_lower_it() -> None:
    clock = Clock()
    admission = Admission(64, math.inf, clock)
    sizes = []
    for _ in range(30):
        entered = [place for _ in range(int(admission.limit)) if (place := admission.enter()) is not None]
        sizes.append(len(entered))
        clock.now += 30
        for place in entered:
            admission.leave(place, refused=True)
    assert sizes[:3] == [64, 51, 40]
    assert sizes[-1] == LEAST
    for _ in range(5000):
        entered = [place for _ in range(int(admission.limit)) if (place := admission.enter()) is not None]
        clock.now += 30
        for place in entered:
            admission.leave(place)
    assert admission.limit == 64


@dataclass
class Job:
    """A request under way in the simulated service. `left_s`: work that is left, in seconds of the machine."""

    left_s: float
    came_s: float
    outer: float
    inner: float | None


class Machine:
    """A machine that shares itself among all requests under way, behind the limits of the service: one for everything,
    one for searches in it; a refusal costs work, too. Shoppers think for a second or so and come again."""

    work_s: ClassVar[dict[str, float]] = {"search": 0.02, "list": 0.03, "event": 0.004}
    kinds: ClassVar[tuple[str, ...]] = ("search", "search", "list", "event")
    refusal_s = 0.0005

    def __init__(self, shoppers: int) -> None:
        self.clock = Clock()
        self.outer = Admission(256, 1.0, self.clock)
        self.inner = Admission(64, 0.75, self.clock)
        self.jobs: list[Job] = []
        self.owed_s = 0.0
        self.good = 0
        self.draw = random.Random(5)
        self.thinking = sorted(self.draw.uniform(0.0, 1.5) for _ in range(shoppers))

    def run(self, seconds: float, step_s: float = 0.01) -> float:
        """Answers in time a second."""
        before, end = self.good, self.clock.now + seconds
        while self.clock.now < end:
            self.clock.now += step_s
            while self.thinking and self.thinking[0] <= self.clock.now:
                self.thinking.pop(0)
                self.come(self.draw.choice(self.kinds))
            self.work(step_s)
        return (self.good - before) / seconds

    def come(self, kind: str) -> None:
        self.owed_s += self.refusal_s
        outer = self.outer.enter()
        inner = self.inner.enter() if outer is not None and kind == "search" else None
        if outer is None or (kind == "search" and inner is None):
            if outer is not None:
                self.outer.leave(outer, refused=True)
            self.think()
            return
        self.jobs.append(Job(self.work_s[kind], self.clock.now, outer, inner))

    def work(self, seconds: float) -> None:
        paid = min(self.owed_s, seconds)
        self.owed_s -= paid
        each = (seconds - paid) / max(1, len(self.jobs))
        for job in self.jobs:
            job.left_s -= each
        for job in [job for job in self.jobs if job.left_s <= 0]:
            self.jobs.remove(job)
            if job.inner is not None:
                self.inner.leave(job.inner)
            self.outer.leave(job.outer)
            self.good += self.clock.now - job.came_s <= 2.0
            self.think()

    def think(self) -> None:
        insort(self.thinking, self.clock.now + self.draw.uniform(0.5, 1.5))


def test_at_several_times_its_capacity_the_service_does_most_of_its_best() -> None:
    """54 requests a second are what the machine can do; each shopper sends less than one."""
    best = max(Machine(shoppers).run(30) for shoppers in (40, 50, 60))
    for shoppers in (120, 180, 240, 400):
        crowded = Machine(shoppers)
        crowded.run(20)
        assert crowded.run(30) > 0.8 * best, shoppers
