"""A consumer waits longer for troubles in a row, not for those that are long over, and a moment for company."""

import asyncio
from typing import Any

import pytest

from shop.stream import consumer
from shop.stream.consumer import Consumer, Pace, Settled
from shop.stream.errors import StreamUnavailable
from shop.stream.redis_stream import Entry


class Shaky:
    """A stream that is empty, and away on the turns that `away` names."""

    def __init__(self, away: set[int], turns: int, stop: asyncio.Event) -> None:
        self._away, self._turns, self._stop = away, turns, stop
        self._turn = 0

    async def return_due(self) -> int:
        self._turn += 1
        if self._turn >= self._turns:
            self._stop.set()
        if self._turn in self._away:
            raise StreamUnavailable("away")
        return 0

    async def nothing(self, *_: Any) -> list[Any]:  # noqa: ANN401
        return []

    join = leave = claim = taken = read = settle = nothing


@pytest.mark.parametrize(
    ("away", "expected"),
    [({1, 2, 3}, [1, 2, 3]), ({1, 3, 5, 7}, [1, 1, 1, 1]), ({1, 2, 4, 5}, [1, 2, 1, 2])],
)
async def test_only_troubles_in_a_row_add_up(
    away: set[int], expected: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[int] = []

    def backoff(tries: int, base_s: float) -> float:
        waited.append(tries)
        return 0.0 * base_s

    monkeypatch.setattr(consumer, "backoff", backoff)
    monkeypatch.setattr(consumer, "READ_S", 0.0)
    stop = asyncio.Event()
    stream: Any = Shaky(away, 9, stop)
    await Consumer(stream, lambda _: Settled(), Pace(batch=10, claim_s=1)).run(stop)
    assert waited == expected


class Trickling:
    """A stream in which entries come one by one, as far as somebody waits for them; then nothing, or it is away."""

    def __init__(self, entries: int, stop: asyncio.Event, *, ends_away: bool = False) -> None:
        self._entries = [Entry(str(number), b"", 0) for number in range(entries)]
        self._stop, self._ends_away = stop, ends_away
        self.asked: list[int] = []
        self.settled: list[Entry] = []

    async def read(self, _consumer: str, count: int, _wait_s: float) -> list[Entry]:
        self.asked.append(count)
        if not self._entries:
            self._stop.set()
            if self._ends_away:
                raise StreamUnavailable("away")
        found, self._entries = self._entries[:1], self._entries[1:]
        return found

    async def settle(self, done: list[Entry], *_: Any) -> None:  # noqa: ANN401
        self.settled += done

    async def nothing(self, *_: Any) -> list[Any]:  # noqa: ANN401
        return []

    join = leave = claim = taken = return_due = nothing


@pytest.mark.parametrize(("linger_s", "together"), [(0.0, [1, 1, 1]), (0.001, [2, 1])])
async def test_what_comes_soon_after_goes_with_the_first(linger_s: float, together: list[int]) -> None:
    stop, sizes = asyncio.Event(), list[int]()
    stream: Any = Trickling(3, stop)

    def work(entries: Any) -> Settled:  # noqa: ANN401
        sizes.append(len(entries))
        return Settled(done=list(entries))

    await Consumer(stream, work, Pace(batch=10, claim_s=1, linger_s=linger_s)).run(stop)
    assert sizes == together
    assert [entry.entry_id for entry in stream.settled] == ["0", "1", "2"]


async def test_what_came_first_is_done_where_the_stream_goes_away_meanwhile() -> None:
    stop = asyncio.Event()
    stream: Any = Trickling(1, stop, ends_away=True)
    await Consumer(stream, lambda e: Settled(done=list(e)), Pace(batch=10, claim_s=1, linger_s=0.001)).run(stop)
    assert len(stream.settled) == 1
    assert stream.asked == [10, 9]


async def test_a_full_batch_waits_for_nobody() -> None:
    stop = asyncio.Event()
    stream: Any = Trickling(2, stop)
    await Consumer(stream, lambda e: Settled(done=list(e)), Pace(batch=1, claim_s=1, linger_s=60)).run(stop)
    assert len(stream.settled) == 2
