"""The stopwatch of the bench: every step it names is there, and inner time is counted once."""

import asyncio
import time

import pytest
from starlette.types import Message, Receive, Scope, Send

from evaluate.bench.steps import REST, STEPS, Stopwatch


@pytest.mark.parametrize(("owner", "attribute", "name"), STEPS, ids=[step[1] for step in STEPS])
def test_every_step_is_there(owner: object, attribute: str, name: str) -> None:
    assert callable(getattr(owner, attribute)), name


async def test_time_in_an_inner_step_is_not_counted_in_the_outer_one() -> None:
    watch = Stopwatch(skip=1)
    inner = watch._timed(lambda: time.sleep(0.02), "inner")

    async def work() -> None:
        await asyncio.sleep(0.01)
        inner()

    outer = watch._timed(work, "outer")

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await outer()

    async def receive() -> Message:
        return {}

    async def send(_message: Message) -> None:
        return

    timed = watch.around(app)
    for path in ("/api/search", "/api/search", "/health/live"):
        await timed({"type": "http", "path": path}, receive, send)
    # The first search was skipped, the other path is none.
    assert watch.times.requests == 1
    assert 20 <= watch.times.by_step["inner"] < 30
    assert 9 <= watch.times.by_step["outer"] < 20
    assert watch.times.by_step[REST] < 5
    assert sum(watch.times.by_step.values()) == pytest.approx(watch.times.total, abs=1)
