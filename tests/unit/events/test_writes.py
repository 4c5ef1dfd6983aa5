"""Requests that are written together get their own answers, and their own errors."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from app.events.writes import GroupedWrites
from app.problems import Overloaded
from es.errors import EngineTimeout, EngineUnavailable
from shop.events.intake import Taken
from shop.events.store import Answer, Status


def taken(*ids: str) -> list[Taken]:
    return [Taken(one, datetime(2026, 1, 1, tzinfo=UTC), {}) for one in ids]


class Recorder:
    """Writes nothing; notes what was asked, and waits until it may go on."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.go = threading.Event()
        self.fails = False

    def write(self, events: Sequence[Taken]) -> list[Answer]:
        self.groups.append([event.event_id for event in events])
        self.go.wait(10)
        if self.fails:
            raise EngineUnavailable("away")
        return [(Status.ACCEPTED, event.event_id) for event in events]


async def test_what_comes_while_a_write_is_under_way_goes_with_the_next() -> None:
    recorder = Recorder()
    writes = GroupedWrites(recorder.write, writers=1, most_waiting=100)
    sent = [asyncio.create_task(writes.write(taken(f"a{n}", f"b{n}"))) for n in range(10)]
    await asyncio.sleep(0.05)
    recorder.go.set()
    answers = await asyncio.gather(*sent)
    assert answers == [[(Status.ACCEPTED, f"a{n}"), (Status.ACCEPTED, f"b{n}")] for n in range(10)]
    assert [len(group) for group in recorder.groups] == [2, 18]
    assert await writes.write([]) == []


async def test_an_error_is_everybodys_in_the_group_and_nobody_elses() -> None:
    recorder = Recorder()
    recorder.fails = True
    recorder.go.set()
    writes = GroupedWrites(recorder.write, writers=1, most_waiting=100)
    found = await asyncio.gather(*(writes.write(taken(f"a{n}")) for n in range(3)), return_exceptions=True)
    assert all(isinstance(one, EngineUnavailable) for one in found)
    recorder.fails = False
    assert await writes.write(taken("b")) == [(Status.ACCEPTED, "b")]


async def test_more_than_may_wait_is_refused_and_one_batch_never_is() -> None:
    recorder = Recorder()
    writes = GroupedWrites(recorder.write, writers=1, most_waiting=5)
    writes.admit(1_000)
    first = asyncio.create_task(writes.write(taken("under way")))
    await asyncio.sleep(0.02)
    waiting = asyncio.create_task(writes.write(taken("a", "b", "c", "d")))
    await asyncio.sleep(0.02)
    writes.admit(1)
    with pytest.raises(Overloaded, match="same again"):
        writes.admit(2)
    recorder.go.set()
    assert len(await first) + len(await waiting) == 5
    writes.admit(1_000)


async def test_who_goes_away_is_stored_all_the_same() -> None:
    recorder = Recorder()
    writes = GroupedWrites(recorder.write, writers=1, most_waiting=100)
    gone = asyncio.create_task(writes.write(taken("gone")))
    await asyncio.sleep(0.02)
    stays = asyncio.create_task(writes.write(taken("stays")))
    gone_too = asyncio.create_task(writes.write(taken("gone too")))
    await asyncio.sleep(0.02)
    gone.cancel()
    gone_too.cancel()
    recorder.go.set()
    assert await stays == [(Status.ACCEPTED, "stays")]
    assert recorder.groups == [["gone"], ["stays", "gone too"]]


async def test_who_waits_too_long_is_told_and_the_events_are_written_all_the_same() -> None:
    recorder = Recorder()
    writes = GroupedWrites(recorder.write, writers=1, most_waiting=100, deadline_s=0.05)
    found = await asyncio.gather(*(writes.write(taken(f"a{n}")) for n in range(2)), return_exceptions=True)
    assert all(isinstance(one, EngineTimeout) for one in found)
    recorder.go.set()
    while len(recorder.groups) < 2:
        await asyncio.sleep(0.01)
    assert recorder.groups == [["a0"], ["a1"]]
